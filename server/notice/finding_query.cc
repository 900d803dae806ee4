// How findings are read.
#include <algorithm>

#include "server/notice/finding_store.h"
#include "server/notice/outbox.h"
#include "server/schema.h"

namespace relief::server {
namespace {

constexpr int kDefaultPage = 50, kMaxPage = 1000;
constexpr size_t kScanPage = 500;

absl::StatusOr<v1::Finding> Parse(const std::string& value) {
  v1::Finding finding;
  if (!finding.ParseFromString(value)) return absl::DataLossError("the row of a finding is damaged");
  return finding;
}

template <typename List, typename Value>
bool Allows(const List& list, const Value& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

// A page token is the last id of the page and a fingerprint of the filter that it belongs to.
std::string FilterFingerprint(const v1::FindingFilter& filter) {
  return matcher::RecordKey::Of("filter", filter.SerializeAsString()).ToString();
}

absl::Status Walk(const storage::Reader& reader, std::string from, const v1::FindingFilter& filter,
                  const std::function<bool(const v1::Finding&)>& take) {
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

}  // namespace

bool MatchesFilter(const v1::FindingFilter& filter, const v1::Finding& finding) {
  if (!Allows(filter.rule_ids(), finding.rule_id()) || !Allows(filter.kinds(), finding.kind()) ||
      !Allows(filter.states(), finding.state()))
    return false;
  if (!filter.person_id().empty() && filter.person_id() != finding.person_id()) return false;
  v1::Subscription selection;  // programmes and region select findings as they do for a subscription
  *selection.mutable_programmes() = filter.programmes();
  selection.set_region_prefix(filter.region_prefix());
  return Matches(selection, finding);
}

absl::StatusOr<v1::Finding> GetFinding(const storage::Reader& reader, const std::string& finding_id) {
  const std::string key = schema::FindingRow(finding_id);
  auto rows = reader.MultiGet({&key, 1});
  if (!rows.ok()) return rows.status();
  if (!(*rows)[0].present()) return absl::NotFoundError("no such finding");
  return Parse((*rows)[0].value);
}

absl::StatusOr<v1::ListFindingsResponse> ListFindings(const storage::Reader& reader,
                                                      const v1::ListFindingsRequest& request) {
  if (request.page_size() < 0) return absl::InvalidArgumentError("page_size: not negative");
  const int size = request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kMaxPage);
  const std::string fingerprint = FilterFingerprint(request.filter());
  std::string from;
  if (!request.page_token().empty()) {
    const size_t dot = request.page_token().find('.');
    if (dot == std::string::npos || request.page_token().substr(0, dot) != fingerprint)
      return absl::InvalidArgumentError("page_token: not of this query");
    from = schema::FindingRow(request.page_token().substr(dot + 1)) + std::string(1, '\0');
  }
  v1::ListFindingsResponse response;
  const absl::Status status = Walk(reader, from, request.filter(), [&](const v1::Finding& finding) {
    if (response.findings_size() == size) {
      response.set_next_page_token(fingerprint + "." + response.findings(size - 1).finding_id());
      return false;
    }
    *response.add_findings() = finding;
    return true;
  });
  if (!status.ok()) return status;
  return response;
}

absl::Status ForEachFinding(const storage::Reader& reader, const v1::FindingFilter& filter,
                            const std::function<bool(const v1::Finding&)>& take) {
  return Walk(reader, {}, filter, take);
}

}  // namespace relief::server
