#include "storage/run_transaction.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <thread>

namespace relief::storage {
namespace {

void BackOff(int conflicts) {
  thread_local std::minstd_rand random{std::random_device{}()};
  const int most_us = 500 << std::min(conflicts, 7);
  std::this_thread::sleep_for(
      std::chrono::microseconds(std::uniform_int_distribution<int>(0, most_us)(random)));
}

}  // namespace

absl::StatusOr<Version> RunTransaction(Store& store, Tries tries,
                                       absl::FunctionRef<absl::StatusOr<Version>(Transaction&)> attempt) {
  for (int conflicts = 0;;) {
    {
      const std::unique_ptr<ExclusiveTurn> turn = conflicts >= tries.before_turn ? store.TakeTurn() : nullptr;
      Transaction txn(store, turn.get());
      auto version = attempt(txn);
      if (!absl::IsAborted(version.status()) || ++conflicts >= tries.most) return version;
    }
    BackOff(conflicts);
  }
}

}  // namespace relief::storage
