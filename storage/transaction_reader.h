// Lets code that reads from a Reader read through a transaction: it sees the transaction's own writes, and
// what it reads becomes a guard. For the transaction's thread, while the transaction lives.
#pragma once

#include "storage/transaction.h"

namespace relief::storage {

class TransactionReader final : public Reader {
 public:
  explicit TransactionReader(Transaction& txn) : txn_(txn) {}

  absl::StatusOr<std::vector<Row>> MultiGet(std::span<const std::string> keys) const override {
    return txn_.MultiGet(keys);
  }
  absl::StatusOr<std::vector<KeyRow>> Scan(std::string_view prefix, std::string_view from,
                                           size_t limit) const override {
    return txn_.Scan(prefix, from, limit);
  }
  Version version() const override { return Transaction::kPending; }

 private:
  Transaction& txn_;
};

}  // namespace relief::storage
