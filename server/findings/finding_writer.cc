#include "server/findings/finding_writer.h"

#include "server/core/schema.h"
#include "server/findings/finding_index.h"
#include "storage/status_macros.h"

namespace relief::server::findings {

void FindingWriter::Write(const v1::Finding* before, v1::Finding* after,
                          std::span<const v1::FindingEvent> events, std::optional<v1::Notice::Event> notice) {
  if (!before || before->state() != after->state()) after->set_by_baseline(baseline_);
  if (baseline_) notice.reset();
  const int64_t first = after->events() + 1;
  after->set_events(after->events() + static_cast<int64_t>(events.size()));
  for (size_t i = 0; i < events.size(); ++i) {
    stored::FindingEvent row;
    v1::FindingEvent& event = *row.mutable_event();
    event = events[i];
    event.set_sequence(first + static_cast<int64_t>(i));
    event.set_rule_version(after->rule_version());
    event.mutable_time()->set_seconds(context_.now_us / 1'000'000);
    event.mutable_time()->set_nanos(static_cast<int32_t>(context_.now_us % 1'000'000) * 1000);
    // Only the last one of them is ever asked for: they happened at the same instant.
    if (i + 1 == events.size()) *row.mutable_finding() = *after;
    context_.txn.Put(schema::FindingEventRow(after->finding_id(), event.sequence()), row.SerializeAsString());
  }
  const bool was_open = before && before->state() == v1::Finding::OPEN;
  const bool is_open = after->state() == v1::Finding::OPEN;
  change_.opened += static_cast<int>(is_open && !was_open);
  change_.closed += static_cast<int>(was_open && !is_open);
  tally_.Change(before, after, context_.now_us);
  IndexFinding(context_.txn, before, *after);
  context_.txn.Put(schema::FindingRow(after->finding_id()), after->SerializeAsString());
  written_.push_back({*after, was_open, notice});
}

absl::Status FindingWriter::Flush() {
  for (const auto& listener : context_.features.Get<FindingListeners>().listeners)
    RELIEF_RETURN_IF_ERROR(listener->Follow(context_, written_));
  context_.CountFindings(change_);
  return tally_.Flush(context_.txn);
}

v1::FindingEvent EventOf(v1::FindingEvent::Kind kind, const v1::Finding& finding) {
  v1::FindingEvent event;
  event.set_kind(kind);
  event.set_evidence(finding.evidence_size());
  event.set_amount_fen(finding.amount_fen());
  return event;
}

}  // namespace relief::server::findings
