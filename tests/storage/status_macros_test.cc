#include "storage/status_macros.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

namespace relief::storage {
namespace {

absl::StatusOr<std::unique_ptr<int>> Answer(absl::Status status) {
  if (!status.ok()) return status;
  return std::make_unique<int>(42);
}

TEST(ReturnIfError, HandsTheErrorOnAndOtherwiseGoesOn) {
  const auto run = [](absl::Status status) -> absl::Status {
    if (true) RELIEF_RETURN_IF_ERROR(status);
    return absl::AlreadyExistsError("went on");
  };
  EXPECT_EQ(run(absl::NotFoundError("x")), absl::NotFoundError("x"));
  EXPECT_EQ(run(absl::OkStatus()), absl::AlreadyExistsError("went on"));
}

TEST(ReturnIfError, FitsAFunctionWithAResult) {
  const auto run = [](absl::Status status) -> absl::StatusOr<std::string> {
    RELIEF_RETURN_IF_ERROR(status);
    return "value";
  };
  EXPECT_EQ(run(absl::DataLossError("x")).status(), absl::DataLossError("x"));
  EXPECT_EQ(*run(absl::OkStatus()), "value");
}

TEST(ReturnIfError, LooksAtItsExpressionOnce) {
  int calls = 0;
  const auto run = [&]() -> absl::Status {
    RELIEF_RETURN_IF_ERROR((++calls, absl::NotFoundError("x")));
    return absl::OkStatus();
  };
  EXPECT_FALSE(run().ok());
  EXPECT_EQ(calls, 1);
}

TEST(AssignOrReturn, MovesTheValueIntoADeclarationOrAVariable) {
  const auto run = [](absl::Status status) -> absl::StatusOr<int> {
    RELIEF_ASSIGN_OR_RETURN(const std::unique_ptr<int> first, Answer(absl::OkStatus()));
    std::unique_ptr<int> second;
    RELIEF_ASSIGN_OR_RETURN(second, Answer(status));
    return *first + *second;
  };
  EXPECT_EQ(*run(absl::OkStatus()), 84);
  EXPECT_EQ(run(absl::NotFoundError("x")).status(), absl::NotFoundError("x"));
}

TEST(AssignOrReturn, TakesExpressionsWithCommasAndLambdasWithMacrosInThem) {
  const auto run = []() -> absl::StatusOr<size_t> {
    RELIEF_ASSIGN_OR_RETURN(const auto counts, [&]() -> absl::StatusOr<std::map<std::string, int>> {
      RELIEF_ASSIGN_OR_RETURN(const auto inner, Answer(absl::OkStatus()));
      RELIEF_RETURN_IF_ERROR(absl::OkStatus());
      return std::map<std::string, int>{{"a", *inner}, {"b", 2}};
    }());
    return counts.size();
  };
  EXPECT_EQ(*run(), 2u);
}

}  // namespace
}  // namespace relief::storage
