#include "server/findings/finding_writer.h"

#include "server/core/schema.h"
#include "server/findings/finding_index.h"
#include "server/referrals/gap_closing.h"

namespace relief::server::findings {

absl::StatusOr<FindingWriter> FindingWriter::Open(core::WriteContext& context) {
  auto outbox = notices::Outbox::Open(context.txn, context.now_us);
  if (!outbox.ok()) return outbox.status();
  return FindingWriter(context, *std::move(outbox));
}

void FindingWriter::Write(const v1::Finding* before, v1::Finding* after,
                          std::span<const v1::FindingEvent> events, std::optional<v1::Notice::Event> notice) {
  const int64_t first = after->events() + 1;
  after->set_events(after->events() + static_cast<int64_t>(events.size()));
  for (size_t i = 0; i < events.size(); ++i) {
    stored::FindingEvent row;
    v1::FindingEvent& event = *row.mutable_event();
    event = events[i];
    event.set_sequence(first + static_cast<int64_t>(i));
    event.set_rule_version(after->rule_version());
    event.mutable_time()->set_seconds(context_->now_us / 1'000'000);
    event.mutable_time()->set_nanos(static_cast<int32_t>(context_->now_us % 1'000'000) * 1000);
    // Only the last one of them is ever asked for: they happened at the same instant.
    if (i + 1 == events.size()) *row.mutable_finding() = *after;
    context_->txn.Put(schema::FindingEventRow(after->finding_id(), event.sequence()),
                      row.SerializeAsString());
  }
  const bool was_open = before && before->state() == v1::Finding::OPEN;
  const bool is_open = after->state() == v1::Finding::OPEN;
  counts_.opened += static_cast<int>(is_open && !was_open);
  counts_.closed += static_cast<int>(was_open && !is_open);
  tally_.Change(before, after, context_->now_us);
  IndexFinding(context_->txn, before, *after);
  if (was_open && !is_open && !after->referral_id().empty()) closed_.push_back(*after);
  if (notice) outbox_.Append(*after, *notice);
  context_->txn.Put(schema::FindingRow(after->finding_id()), after->SerializeAsString());
}

absl::Status FindingWriter::Flush() {
  for (const v1::Finding& finding : closed_)
    if (absl::Status status = referrals::CloseReferralOf(*context_, finding); !status.ok()) return status;
  outbox_.Flush();
  context_->CountOpenFindings(counts_.opened - counts_.closed);
  return tally_.Flush(context_->txn);
}

v1::FindingEvent EventOf(v1::FindingEvent::Kind kind, const v1::Finding& finding) {
  v1::FindingEvent event;
  event.set_kind(kind);
  event.set_evidence(finding.evidence_size());
  event.set_amount_fen(finding.amount_fen());
  return event;
}

}  // namespace relief::server::findings
