#include "server/notice/finding_life.h"

#include <algorithm>
#include <map>

#include "server/ingest/identity_mapping.h"
#include "server/schema.h"

namespace relief::server {
namespace {

constexpr size_t kMostEvents = 10'000;  // of one finding: far beyond anything real

}  // namespace

bool IsFinal(v1::Disposition::Outcome outcome) {
  return outcome != v1::Disposition::OUTCOME_UNSPECIFIED && outcome != v1::Disposition::ACKNOWLEDGED;
}

void AppendEvent(storage::Transaction& txn, v1::Finding* finding, v1::FindingEvent event, int64_t now_us) {
  finding->set_events(finding->events() + 1);
  event.set_sequence(finding->events());
  event.set_rule_version(finding->rule_version());
  event.mutable_time()->set_seconds(now_us / 1'000'000);
  event.mutable_time()->set_nanos(static_cast<int32_t>(now_us % 1'000'000) * 1000);
  txn.Put(schema::FindingEventRow(finding->finding_id(), event.sequence()), event.SerializeAsString());
}

absl::StatusOr<v1::ListFindingEventsResponse> ListFindingEvents(const storage::Reader& reader,
                                                                const v1::ListFindingEventsRequest& request) {
  const std::string key = schema::FindingRow(request.finding_id());
  auto finding = reader.MultiGet({&key, 1});
  if (!finding.ok()) return finding.status();
  if (!(*finding)[0].present()) return absl::NotFoundError("no such finding");
  auto rows = reader.Scan(schema::FindingEventPrefix(request.finding_id()), "", kMostEvents);
  if (!rows.ok()) return rows.status();
  v1::ListFindingEventsResponse response;
  for (const storage::KeyRow& row : *rows)
    if (!response.add_events()->ParseFromString(row.row.value))
      return absl::DataLossError("the row of an event is damaged");
  return response;
}

void Conclude(v1::Finding* finding) {
  std::map<std::string, v1::Disposition::Outcome> newest;  // final answers
  for (const v1::Disposition& said : finding->dispositions())
    if (IsFinal(said.outcome())) newest[said.agency()] = said.outcome();
  const auto count = [&](v1::Disposition::Outcome outcome) {
    return std::count_if(newest.begin(), newest.end(), [&](const auto& one) { return one.second == outcome; });
  };
  const auto confirmed = count(v1::Disposition::CONFIRMED), allowed = count(v1::Disposition::NOT_A_PROBLEM);
  finding->set_disputed(confirmed > 0 && confirmed < static_cast<ptrdiff_t>(newest.size()));
  const ptrdiff_t enough = finding->notify_size() > 1 ? 2 : 1;
  if (finding->state() == v1::Finding::OPEN && allowed >= enough && allowed == static_cast<ptrdiff_t>(newest.size()))
    finding->set_state(v1::Finding::SETTLED);
  // A later word of one of them opens it again.
  if (finding->state() == v1::Finding::SETTLED && allowed != static_cast<ptrdiff_t>(newest.size()))
    finding->set_state(v1::Finding::OPEN);
}

bool IsOverdue(const v1::Finding& finding, matcher::CivilDate as_of) {
  const auto due = ToCivilDate(finding.due_date());
  return finding.state() == v1::Finding::OPEN && due && *due < as_of &&
         std::none_of(finding.dispositions().begin(), finding.dispositions().end(),
                      [](const v1::Disposition& said) { return IsFinal(said.outcome()); });
}

}  // namespace relief::server
