// One finding, and all of them in the order of their ids.
#include "server/core/schema.h"
#include "server/findings/finding_history.h"
#include "server/findings/finding_index.h"
#include "server/findings/finding_store.h"

namespace relief::server::findings {
namespace {

constexpr size_t kScanPage = 500;

absl::StatusOr<v1::Finding> Parse(const std::string& value) {
  v1::Finding finding;
  if (!finding.ParseFromString(value)) return absl::DataLossError("the row of a finding is damaged");
  return finding;
}

}  // namespace

bool MatchesFilter(const v1::FindingFilter& filter, const v1::Finding& finding) {
  if (!filter.person_id().empty() && filter.person_id() != finding.person_id()) return false;
  return Allows(filter, ListedOf(finding));
}

absl::StatusOr<v1::Finding> GetFinding(const storage::Reader& reader, const std::string& finding_id) {
  const std::string key = schema::FindingRow(finding_id);
  auto rows = reader.MultiGet({&key, 1});
  if (!rows.ok()) return rows.status();
  if (!(*rows)[0].present()) return absl::NotFoundError("no such finding");
  return Parse((*rows)[0].value);
}

absl::Status ForEachFindingAfter(const storage::Reader& reader, const v1::FindingFilter& filter,
                                 const std::string& after_id,
                                 const std::function<bool(const v1::Finding&)>& take) {
  std::string from = after_id.empty() ? "" : schema::FindingRow(after_id) + std::string(1, '\0');
  while (true) {
    auto rows = reader.Scan(schema::kFindingPrefix, from, kScanPage);
    if (!rows.ok()) return rows.status();
    for (const storage::KeyRow& row : *rows) {
      auto finding = Parse(row.row.value);
      if (!finding.ok()) return finding.status();
      if (MatchesFilter(filter, *finding) && !take(*finding)) return absl::OkStatus();
    }
    if (rows->size() < kScanPage) return absl::OkStatus();
    from = rows->back().key + std::string(1, '\0');
  }
}

absl::Status ForEachFinding(const storage::Reader& reader, const v1::FindingFilter& filter,
                            const std::function<bool(const v1::Finding&)>& take) {
  return ForEachFindingAfter(reader, filter, "", take);
}

absl::Status ForEachFindingAsKnownAt(const storage::Reader& reader, const v1::FindingFilter& filter,
                                     int64_t time_us, const std::function<bool(const v1::Finding&)>& take) {
  return WalkHistory(
      reader, time_us, [](const v1::Finding*, const v1::Finding&, int64_t) {},
      [&](const v1::Finding& finding) { return !MatchesFilter(filter, finding) || take(finding); });
}

}  // namespace relief::server::findings
