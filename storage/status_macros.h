// Hands an error on to the caller. For functions and lambdas that return absl::Status or absl::StatusOr:
//
//   absl::StatusOr<Person> ReadPerson(const storage::Reader& reader, std::string_view id) {
//     RELIEF_RETURN_IF_ERROR(CheckId(id));
//     RELIEF_ASSIGN_OR_RETURN(const std::string value, ReadValue(reader, id));
//     return Parse(value);
//   }
//
// The target of RELIEF_ASSIGN_OR_RETURN is a declaration or an existing variable; the value is moved into it.
// Requires: the target has no comma outside parentheses (use `auto` for std::map<A, B> and the like), and
// RELIEF_ASSIGN_OR_RETURN is not the only statement of an `if` or a loop without braces: it is more than one
// statement, so that the variable outlives it.
#pragma once

#include <utility>

#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define RELIEF_RETURN_IF_ERROR(...)                                                            \
  do {                                                                                         \
    if (absl::Status relief_status = (__VA_ARGS__); !relief_status.ok()) return relief_status; \
  } while (false)

#define RELIEF_ASSIGN_OR_RETURN(target, ...) \
  RELIEF_ASSIGN_OR_RETURN_WITH_(RELIEF_JOIN_(relief_result_, __COUNTER__), target, __VA_ARGS__)

// Parts of the two above.
#define RELIEF_ASSIGN_OR_RETURN_WITH_(result, target, ...)                 \
  auto result = (__VA_ARGS__);                                             \
  if (ABSL_PREDICT_FALSE(!result.ok())) return std::move(result).status(); \
  target = *std::move(result)
#define RELIEF_JOIN_(a, b) RELIEF_JOIN_NOW_(a, b)
#define RELIEF_JOIN_NOW_(a, b) a##b
