// Transactions that begin again when another writer came between.
//
//   RELIEF_RETURN_IF_ERROR(RunTransaction(store, {}, [&](Transaction& txn) -> absl::StatusOr<Version> {
//                            RELIEF_ASSIGN_OR_RETURN(const auto count, txn.Get("count"));
//                            txn.Put("count", Next(count));
//                            return txn.Commit();
//                          }).status());
#pragma once

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "storage/store.h"
#include "storage/transaction.h"

namespace relief::storage {

struct Tries {
  int before_turn = 3;  // after so many conflicts, the next try is made under an exclusive turn
  int most = 12;        // a store without turns may conflict for ever
};

// Runs `attempt` with a new transaction until it returns something else than ABORTED. Between the tries it
// waits a random time that grows, so that two who met do not meet again; and at last it takes an exclusive
// turn, so that nobody starves, however long the transaction and however busy the others. `attempt` commits
// by itself. Requires: it bears to be run again from the beginning, and waits for no other commit.
// ABORTED: there were conflicts to the last.
absl::StatusOr<Version> RunTransaction(Store& store, Tries tries,
                                       absl::FunctionRef<absl::StatusOr<Version>(Transaction&)> attempt);

}  // namespace relief::storage
