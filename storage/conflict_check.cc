#include "storage/conflict_check.h"

#include "storage/scan.h"
#include "storage/status_macros.h"

namespace relief::storage {
namespace {

// Going through this many recent keys costs less than reading one row.
constexpr size_t kKeysPerRead = 16;

class Check {
 public:
  Check(const Commit& commit, const Reader& stored, Version version, const RecentWrites& recent)
      : commit_(commit), stored_(stored), version_(version), recent_(recent) {}

  absl::StatusOr<std::vector<std::string>> Run() {
    if (commit_.read_at == 0 || commit_.read_at != recent_.newest()) {
      RELIEF_RETURN_IF_ERROR(CheckPreconditions());
      for (const RangePrecondition& range : commit_.ranges) RELIEF_RETURN_IF_ERROR(CheckRange(range));
    }
    RELIEF_RETURN_IF_ERROR(Look(commit_.assumptions));
    return std::move(conflicts_);
  }

 private:
  absl::Status CheckPreconditions() {
    const Version since = commit_.read_at;
    if (since == 0 || !recent_.Covers(since) ||
        recent_.CountSince(since) > kKeysPerRead * commit_.preconditions.size())
      return Look(commit_.preconditions);
    const auto writes = recent_.LastWritesSince(since);
    for (const Precondition& precondition : commit_.preconditions)
      if (writes.contains(precondition.key)) conflicts_.push_back(precondition.key);
    return absl::OkStatus();
  }

  absl::Status Look(const std::vector<Precondition>& preconditions) {
    if (preconditions.empty()) return absl::OkStatus();
    std::vector<std::string> keys;
    keys.reserve(preconditions.size());
    for (const Precondition& precondition : preconditions) keys.push_back(precondition.key);
    RELIEF_ASSIGN_OR_RETURN(const std::vector<Row> rows, stored_.MultiGet(keys));
    for (size_t i = 0; i < keys.size(); ++i)
      if (rows[i].version != preconditions[i].expected || recent_.WroteSince(version_, keys[i]))
        conflicts_.push_back(keys[i]);
    return absl::OkStatus();
  }

  absl::Status CheckRange(const RangePrecondition& range) {
    const bool known = recent_.Covers(commit_.read_at);
    if (const auto key = recent_.FirstWriteSince(known ? commit_.read_at : version_, range.from, range.to)) {
      conflicts_.emplace_back(*key);
      return absl::OkStatus();
    }
    return known ? absl::OkStatus() : ReadRange(range);
  }

  // A row that was written since has a newer version, and one that is gone is missing from the count.
  absl::Status ReadRange(const RangePrecondition& range) {
    uint64_t rows = 0;
    std::string changed;
    const auto look = [&](const KeyRow& row) -> absl::StatusOr<bool> {
      if (!range.to.empty() && row.key >= range.to) return false;
      ++rows;
      if (row.row.version > commit_.read_at) changed = row.key;
      return changed.empty() && rows <= range.rows;
    };
    RELIEF_RETURN_IF_ERROR(ForEachRow(stored_, "", range.from, look, 500));
    if (!changed.empty()) {
      conflicts_.push_back(std::move(changed));
    } else if (rows != range.rows) {
      conflicts_.push_back(range.from);
    }
    return absl::OkStatus();
  }

  const Commit& commit_;
  const Reader& stored_;
  const Version version_;
  const RecentWrites& recent_;
  std::vector<std::string> conflicts_;
};

}  // namespace

absl::StatusOr<std::vector<std::string>> ConflictsOf(const Commit& commit, const Reader& stored,
                                                     Version version, const RecentWrites& recent) {
  return Check(commit, stored, version, recent).Run();
}

}  // namespace relief::storage
