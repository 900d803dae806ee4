#include "server/audit/audit_access.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <optional>
#include <queue>
#include <vector>

#include "matcher/resolve/resolver.h"
#include "server/audit/audit.pb.h"
#include "server/audit/audit_rows.h"
#include "server/base/time.h"
#include "server/core/schema.h"
#include "storage/status_macros.h"

namespace relief::server::audit {
namespace {

constexpr int kDefaultPage = 50, kLargestPage = 500;
constexpr size_t kScanPage = 200;

v1::Access::Kind KindOf(std::string_view action, bool listed) {
  if (listed) return v1::Access::LISTED;
  if (action.starts_with("feed.")) return v1::Access::SENT;
  for (const std::string_view looks :
       {"look.", "registry.", "review.case", "review.list", "review.explain", "review.cluster.look",
        "review.sample.look", "finding.look", "finding.list", "referral.look", "referral.list",
        "charity.match", "audit.accesses", "access."})
    if (action.starts_with(looks)) return v1::Access::LOOKED;
  return v1::Access::CHANGED;
}

// The entries of one index, the newest first, in pages.
class Index {
 public:
  Index(const storage::Reader& reader, std::string prefix, int64_t before, bool listed)
      : reader_(reader),
        prefix_(std::move(prefix)),
        next_(audit_rows::Number(prefix_, ~static_cast<uint64_t>(before - 1))),
        listed_(listed) {}

  absl::Status Advance() {
    if (++at_ < page_.size()) return absl::OkStatus();
    if (done_) return absl::OkStatus();
    RELIEF_ASSIGN_OR_RETURN(auto rows, reader_.Scan(prefix_, next_, kScanPage));
    page_ = std::move(rows);
    at_ = 0;
    done_ = page_.size() < kScanPage;
    if (!page_.empty()) next_ = page_.back().key + std::string(1, '\0');
    return absl::OkStatus();
  }
  // 0: no more.
  int64_t sequence() const { return at_ < page_.size() ? audit_rows::SequenceOf(page_[at_].key) : 0; }
  bool listed() const { return listed_; }

 private:
  const storage::Reader& reader_;
  const std::string prefix_;
  std::string next_;
  const bool listed_;
  std::vector<storage::KeyRow> page_;
  size_t at_ = static_cast<size_t>(-1);
  bool done_ = false;
};

// The person's records; of one that is no more, the record that it was named after.
absl::StatusOr<std::vector<matcher::RecordKey>> RecordsOf(const storage::Reader& reader,
                                                          const v1::ListAccessesRequest& request,
                                                          bool* exists) {
  if (request.person_id().empty() == request.record().record_id().empty())
    return absl::InvalidArgumentError("person_id, record: one of them is required");
  if (request.has_record() && request.person_id().empty()) {
    const auto key = matcher::RecordKey::Of(request.record().source_id(), request.record().record_id());
    const std::string row = schema::RecordRow(key);
    RELIEF_ASSIGN_OR_RETURN(auto rows, reader.MultiGet({&row, 1}));
    *exists = rows[0].present();
    return std::vector{key};
  }
  const auto id = matcher::PersonId::Parse(request.person_id());
  if (!id) return absl::InvalidArgumentError("person_id: not a person id");
  std::vector<matcher::RecordKey> records = {id->anchor};
  auto person = matcher::FollowPersonId(reader, *id);
  if (absl::IsNotFound(person.status())) return records;
  if (!person.ok()) return person.status();
  *exists = true;
  RELIEF_ASSIGN_OR_RETURN(auto members, matcher::MembersOf(reader, *person));
  for (const matcher::RecordKey& member : members)
    if (member != id->anchor) records.push_back(member);
  return records;
}

absl::StatusOr<std::optional<audit::Entry>> ReadEntry(const storage::Reader& reader, int64_t sequence) {
  const std::string key = schema::AuditRow(sequence);
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.MultiGet({&key, 1}));
  if (!rows[0].present()) return std::optional<audit::Entry>();
  audit::Entry entry;
  if (!entry.ParseFromString(rows[0].value))
    return absl::DataLossError("a row of the audit chain is damaged");
  return std::optional(std::move(entry));
}

v1::Access ToAccess(const audit::Entry& entry, bool listed) {
  v1::Access access;
  access.set_sequence(entry.sequence());
  *access.mutable_time() = ToTimestamp(entry.time_us());
  access.set_actor(entry.actor());
  access.set_kind(KindOf(entry.action(), listed));
  access.set_action(entry.action());
  v1::Purpose::Kind purpose = v1::Purpose::KIND_UNSPECIFIED;
  if (v1::Purpose::Kind_Parse(entry.purpose(), &purpose)) access.set_purpose(purpose);
  access.set_case_number(entry.case_number());
  return access;
}

// The first entry that the indexes hold and that is still there.
absl::Status SetSearchedFrom(const storage::Reader& reader, v1::ListAccessesResponse* response) {
  const std::string key(audit_rows::kIndexedFromRow);
  RELIEF_ASSIGN_OR_RETURN(auto row, reader.MultiGet({&key, 1}));
  const std::string from = row[0].present() ? std::string(schema::kAuditPrefix) + row[0].value : "";
  RELIEF_ASSIGN_OR_RETURN(auto first, reader.Scan(schema::kAuditPrefix, from, 1));
  audit::Entry entry;
  if (first.empty() || !row[0].present()) return absl::OkStatus();
  if (!entry.ParseFromString(first[0].row.value))
    return absl::DataLossError("a row of the audit chain is damaged");
  *response->mutable_searched_from() = ToTimestamp(entry.time_us());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::ListAccessesResponse> ListAccesses(const storage::Reader& reader,
                                                      const v1::ListAccessesRequest& request) {
  if (request.page_size() < 0 || request.page_size() > kLargestPage)
    return absl::InvalidArgumentError("page_size: 0 to 500");
  const int page_size = request.page_size() == 0 ? kDefaultPage : request.page_size();
  int64_t before = std::numeric_limits<int64_t>::max();
  if (!request.page_token().empty()) {
    char* end = nullptr;
    before = std::strtoll(request.page_token().c_str(), &end, 10);
    if (*end != '\0' || before < 1) return absl::InvalidArgumentError("page_token: not of this query");
  }
  bool exists = false;
  RELIEF_ASSIGN_OR_RETURN(auto records, RecordsOf(reader, request, &exists));
  std::vector<Index> indexes;
  for (const matcher::RecordKey& record : records)
    indexes.emplace_back(reader, audit_rows::RecordPrefix(record), before, false);
  if (request.listed()) indexes.emplace_back(reader, std::string(audit_rows::kListPrefix), before, true);
  // Of one entry, what names the person goes before what may only hold it.
  const auto older = [&](size_t a, size_t b) {
    const int64_t of_a = indexes[a].sequence(), of_b = indexes[b].sequence();
    return of_a < of_b || (of_a == of_b && indexes[a].listed() && !indexes[b].listed());
  };
  std::priority_queue<size_t, std::vector<size_t>, decltype(older)> newest(older);
  for (size_t i = 0; i < indexes.size(); ++i) {
    RELIEF_RETURN_IF_ERROR(indexes[i].Advance());
    if (indexes[i].sequence() == 0) continue;
    exists = exists || !indexes[i].listed();
    newest.push(i);
  }
  if (!exists) return absl::NotFoundError("no such person or record, nor any access to it");
  const int64_t from_us = ToMicros(request.from_time());
  const int64_t to_us =
      request.has_to_time() ? ToMicros(request.to_time()) : std::numeric_limits<int64_t>::max();
  v1::ListAccessesResponse response;
  int64_t last = 0;
  while (!newest.empty()) {
    const size_t i = newest.top();
    newest.pop();
    const int64_t sequence = indexes[i].sequence();
    if (sequence != last) {
      RELIEF_ASSIGN_OR_RETURN(auto entry, ReadEntry(reader, sequence));
      if (entry && (entry)->time_us() >= from_us && (entry)->time_us() < to_us) {
        if (response.accesses_size() == page_size) {
          response.set_next_page_token(std::to_string(response.accesses().rbegin()->sequence()));
          break;
        }
        *response.add_accesses() = ToAccess(*entry, indexes[i].listed());
      }
    }
    last = sequence;
    RELIEF_RETURN_IF_ERROR(indexes[i].Advance());
    if (indexes[i].sequence() != 0) newest.push(i);
  }
  RELIEF_RETURN_IF_ERROR(SetSearchedFrom(reader, &response));
  return response;
}

}  // namespace relief::server::audit
