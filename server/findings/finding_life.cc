#include "server/findings/finding_life.h"

#include <algorithm>
#include <map>

#include "server/core/schema.h"
#include "server/records/identity_mapping.h"
#include "server/records/stored.pb.h"

namespace relief::server::findings {
namespace {

constexpr size_t kMostEvents = 10'000;  // of one finding: far beyond anything real

absl::StatusOr<std::vector<stored::FindingEvent>> ReadEvents(const storage::Reader& reader,
                                                             const std::string& finding_id) {
  auto rows = reader.Scan(schema::FindingEventPrefix(finding_id), "", kMostEvents);
  if (!rows.ok()) return rows.status();
  std::vector<stored::FindingEvent> events(rows->size());
  for (size_t i = 0; i < rows->size(); ++i)
    if (!events[i].ParseFromString((*rows)[i].row.value))
      return absl::DataLossError("the row of an event is damaged");
  return events;
}

int64_t Microseconds(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1'000'000 + time.nanos() / 1000;
}

// Still an answer on that day.
bool Holds(const v1::Disposition& said, matcher::CivilDate as_of) {
  const auto until = said.has_until() ? records::ToCivilDate(said.until()) : std::nullopt;
  return IsFinal(said.outcome()) && (!until || *until >= as_of);
}

bool Answered(const v1::Finding& finding, matcher::CivilDate as_of) {
  return std::any_of(finding.dispositions().begin(), finding.dispositions().end(),
                     [&](const v1::Disposition& said) { return Holds(said, as_of); });
}

}  // namespace

bool IsFinal(v1::Disposition::Outcome outcome) {
  return outcome != v1::Disposition::OUTCOME_UNSPECIFIED && outcome != v1::Disposition::ACKNOWLEDGED;
}

absl::StatusOr<v1::ListFindingEventsResponse> ListFindingEvents(const storage::Reader& reader,
                                                                const v1::ListFindingEventsRequest& request) {
  const std::string key = schema::FindingRow(request.finding_id());
  auto finding = reader.MultiGet({&key, 1});
  if (!finding.ok()) return finding.status();
  if (!(*finding)[0].present()) return absl::NotFoundError("no such finding");
  auto events = ReadEvents(reader, request.finding_id());
  if (!events.ok()) return events.status();
  v1::ListFindingEventsResponse response;
  for (stored::FindingEvent& row : *events) *response.add_events() = std::move(*row.mutable_event());
  return response;
}

absl::StatusOr<v1::Finding> FindingAsKnownAt(const storage::Reader& reader, const std::string& finding_id,
                                             int64_t time_us) {
  auto events = ReadEvents(reader, finding_id);
  if (!events.ok()) return events.status();
  for (auto row = events->rbegin(); row != events->rend(); ++row)
    if (row->has_finding() && Microseconds(row->event().time()) <= time_us)
      return std::move(*row->mutable_finding());
  return absl::NotFoundError("no such finding then");
}

void Conclude(v1::Finding* finding, matcher::CivilDate as_of) {
  const bool dismissed = finding->deliberation().outcome() == v1::Deliberation::DISMISSED;
  std::map<std::string, const v1::Disposition*> newest;  // final answers since the case conference
  for (const v1::Disposition& said : finding->dispositions())
    if (Holds(said, as_of) && (!finding->has_deliberation() ||
                               Microseconds(said.time()) > Microseconds(finding->deliberation().time())))
      newest[said.agency()] = &said;
  const auto count = [&](v1::Disposition::Outcome outcome) {
    return std::count_if(newest.begin(), newest.end(),
                         [&](const auto& one) { return one.second->outcome() == outcome; });
  };
  const auto all = static_cast<ptrdiff_t>(newest.size());
  const ptrdiff_t confirmed = count(v1::Disposition::CONFIRMED),
                  allowed = count(v1::Disposition::NOT_A_PROBLEM);
  finding->set_disputed(confirmed > 0 && confirmed < all);
  const ptrdiff_t enough = finding->notify_size() > 1 ? 2 : 1;
  if (finding->state() == v1::Finding::OPEN && allowed >= enough && allowed == all) {
    finding->set_state(v1::Finding::SETTLED);
    finding->clear_suppressed_until();
    std::optional<matcher::CivilDate> until;
    for (const auto& [agency, said] : newest)
      if (const auto day = said->has_until() ? records::ToCivilDate(said->until()) : std::nullopt;
          day && (!until || *day < *until))
        until = day;
    if (until) *finding->mutable_suppressed_until() = records::ToProto(*until);
  }
  // A later word of one of them opens it again.
  if (finding->state() == v1::Finding::SETTLED && allowed != all) finding->set_state(v1::Finding::OPEN);
  if (dismissed && newest.empty() && finding->state() == v1::Finding::OPEN)
    finding->set_state(v1::Finding::SETTLED);
  if (finding->state() != v1::Finding::SETTLED) finding->clear_suppressed_until();
}

bool StaysSettled(const v1::Finding& finding, matcher::CivilDate as_of) {
  if (finding.state() != v1::Finding::SETTLED) return false;
  const auto until =
      finding.has_suppressed_until() ? records::ToCivilDate(finding.suppressed_until()) : std::nullopt;
  return !until || *until >= as_of;
}

bool IsOverdue(const v1::Finding& finding, matcher::CivilDate as_of) {
  const auto due = records::ToCivilDate(finding.due_date());
  return finding.state() == v1::Finding::OPEN && due && *due < as_of && !Answered(finding, as_of);
}

int EscalationOf(const v1::Finding& finding, matcher::CivilDate as_of) {
  if (!IsOverdue(finding, as_of)) return 0;
  return std::min((as_of.days() - records::ToCivilDate(finding.due_date())->days() - 1) / kEscalationDays,
                  kMostEscalations);
}

std::optional<int32_t> NextTurn(const v1::Finding& finding, matcher::CivilDate as_of) {
  if (finding.state() == v1::Finding::SETTLED && finding.has_suppressed_until()) {
    const auto until = records::ToCivilDate(finding.suppressed_until());
    if (until && *until >= as_of) return until->days() + 1;
  }
  const auto due = records::ToCivilDate(finding.due_date());
  if (finding.state() != v1::Finding::OPEN || !due) return std::nullopt;
  // An answer that ends some day may make it overdue the day after.
  std::optional<int32_t> next;
  const auto consider = [&](int32_t day) {
    if (day > as_of.days() && (!next || day < *next)) next = day;
  };
  for (const v1::Disposition& said : finding.dispositions())
    if (const auto until = said.has_until() ? records::ToCivilDate(said.until()) : std::nullopt)
      consider(until->days() + 1);
  if (!Answered(finding, as_of))
    for (int i = 0; i <= kMostEscalations; ++i) consider(due->days() + 1 + i * kEscalationDays);
  return next;
}

}  // namespace relief::server::findings
