// What findings register with the core: persons whose records changed are judged at the end of each group, and
// the rows that findings derive are made again where their format changes.
#pragma once

#include "server/core/features.h"

namespace relief::server::findings {

// Judges the marked persons, brings their findings in line, and counts who holds what.
class JudgeStep final : public core::CommitStep {
 public:
  absl::Status Run(core::WriteContext& context) const override;
};

// The counts, the lists and the index of accounts.
class FindingRows final : public core::DerivedRows {
 public:
  absl::Status Begin(storage::Store& store) const override;
  absl::StatusOr<bool> Clear(storage::Transaction& txn, size_t limit) const override;
  absl::Status Add(storage::Transaction& txn, std::span<const KeyedRecord> records) const override;
};

}  // namespace relief::server::findings
