#include "server/audit/audit_verifier.h"

#include "server/audit/audit_entry.h"
#include "server/audit/audit_line.h"
#include "server/base/time.h"
#include "storage/status_macros.h"

namespace relief::server::audit {
namespace {}  // namespace

absl::Status AuditVerifier::Keep(std::string_view text) {
  RELIEF_ASSIGN_OR_RETURN(auto line, ParseAuditLine(text));
  if (line.has_entry()) return absl::InvalidArgumentError("an entry among the heads");
  if (!line.has_head()) return absl::OkStatus();
  const audit::Head& head = line.head();
  switch (keys_.Check(head)) {
    case AuditPublicKeys::Answer::kUnknownKey:
      return absl::InvalidArgumentError("head " + std::to_string(head.sequence()) +
                                        " is signed with the key " + head.key_id() + ", which was not given");
    case AuditPublicKeys::Answer::kBad:
      return absl::InvalidArgumentError("head " + std::to_string(head.sequence()) + " has no good signature");
    case AuditPublicKeys::Answer::kGood:
      kept_.emplace(head.sequence(), Kept{head.entry_hash(), true});
      return absl::OkStatus();
  }
  return absl::InternalError("unreachable");
}

void AuditVerifier::Found(AuditProblem::Kind kind, int64_t first, int64_t last) {
  if (!report_.problem) report_.problem = AuditProblem{kind, first, last, report_.lines};
}

void AuditVerifier::Add(std::string_view text) {
  ++report_.lines;
  if (report_.problem) return;
  auto line = ParseAuditLine(text);
  if (gap_) {
    // Only one question is left: does the first missing entry stand further down?
    if (line.ok() && line->has_entry() && line->entry().sequence() == gap_->first &&
        line->entry().hash() == AuditHash(line->entry()))
      Found(AuditProblem::Kind::kReordered, gap_->first, gap_->first);
    return;
  }
  if (!line.ok() || (line->line_case() == audit::Line::kFormat && line->format() != kAuditFileFormat))
    return Found(AuditProblem::Kind::kUnreadable, last_.sequence + 1, last_.sequence + 1);
  if (line->has_entry()) AddEntry(line->entry());
  if (line->has_head()) AddHead(line->head());
}

void AuditVerifier::AddEntry(const audit::Entry& entry) {
  using Kind = AuditProblem::Kind;
  const int64_t expected = last_.sequence + 1;
  if (entry.hash().empty() || entry.hash() != AuditHash(entry))
    return break_ ? Found(Kind::kAltered, break_->first, break_->first)
                  : Found(Kind::kAltered, expected, expected);
  if (break_) {
    // The chain broke between the last two. Where the later of them is what this entry was made after, the
    // earlier was replaced.
    const bool later_is_genuine = entry.sequence() == expected && entry.previous_hash() == last_.hash;
    const int64_t wrong = later_is_genuine ? break_->first : last_.sequence;
    return Found(Kind::kAltered, wrong, wrong);
  }
  if (entry.sequence() > expected) {
    gap_ = AuditProblem{Kind::kDeleted, expected, entry.sequence() - 1, report_.lines};
    return;
  }
  if (entry.sequence() < expected) return Found(Kind::kRepeated, entry.sequence(), entry.sequence());
  if (entry.previous_hash() != last_.hash) {
    const bool nothing_before_to_doubt = report_.entries == 0 || report_.signed_to == last_.sequence;
    if (nothing_before_to_doubt) return Found(Kind::kAltered, expected, expected);
    break_ = AuditProblem{Kind::kAltered, last_.sequence, last_.sequence, report_.lines};
  }
  if (report_.entries++ == 0) {
    report_.first_sequence = entry.sequence();
    vouched_time_us_ = entry.time_us();
  }
  last_ = {entry.sequence(), entry.hash(), entry.time_us()};
  report_.last_sequence = entry.sequence();
  if (!break_) Compare();
}

void AuditVerifier::Compare() {
  const auto [begin, end] = kept_.equal_range(last_.sequence);
  for (auto kept = begin; kept != end; ++kept) {
    if (kept->second.hash != last_.hash)
      return Found(AuditProblem::Kind::kForked, report_.signed_to + 1, last_.sequence);
    ++(kept->second.from_elsewhere ? report_.kept_heads : report_.heads);
  }
  if (begin != end) {
    report_.signed_to = last_.sequence;
    vouched_time_us_ = last_.time_us;
  }
  kept_.erase(begin, end);
}

void AuditVerifier::AddHead(const audit::Head& head) {
  switch (keys_.Check(head)) {
    case AuditPublicKeys::Answer::kBad:
      return Found(AuditProblem::Kind::kBadSignature, head.sequence(), head.sequence());
    case AuditPublicKeys::Answer::kUnknownKey:
      ++report_.unknown_key_heads;
      // Without any key nothing that is signed can be checked, and the report says so. With one, a beginning
      // that it did not sign is no beginning: the entries before it are missing.
      if (keys_.empty() && report_.entries == 0 && head.kind() == audit::Head::BEGINNING)
        last_ = {head.sequence(), head.entry_hash(), head.entry_time_us()};
      return;
    case AuditPublicKeys::Answer::kGood:
      break;
  }
  if (head.kind() == audit::Head::BEGINNING && report_.entries == 0) return Begin(head);
  if (head.sequence() < last_.sequence) return;  // its place is behind its entry; moved heads prove nothing
  kept_.emplace(head.sequence(), Kept{head.entry_hash(), false});
  if (head.sequence() == last_.sequence && !break_) Compare();
}

void AuditVerifier::Begin(const audit::Head& beginning) {
  if (beginning.time_us() - beginning.entry_time_us() < kLeastRetentionDays * kDayUs)
    return Found(AuditProblem::Kind::kRemovedEarly, 1, beginning.sequence());
  last_ = {beginning.sequence(), beginning.entry_hash(), beginning.entry_time_us()};
  report_.removed_to = report_.signed_to = beginning.sequence();
  Compare();
  // Of entries that are no more, only the last one's hash is known.
  const auto reached = kept_.lower_bound(beginning.sequence());
  for (auto kept = kept_.begin(); kept != reached; ++kept) report_.kept_before += kept->second.from_elsewhere;
  kept_.erase(kept_.begin(), reached);
}

Unvouched UnvouchedOf(const AuditReport& report) {
  if (report.entries == 0) return Unvouched::kNothing;
  if (report.signed_to < report.first_sequence) return Unvouched::kAll;
  return report.unsigned_us > kDayUs ? Unvouched::kTail : Unvouched::kNothing;
}

AuditReport AuditVerifier::Finish() {
  if (report_.entries > 0) report_.unsigned_us = last_.time_us - vouched_time_us_;
  if (!report_.problem && gap_) report_.problem = gap_;
  if (!report_.problem && break_) report_.problem = break_;
  if (!report_.problem && (!kept_.empty() || report_.entries == 0))
    report_.problem = AuditProblem{AuditProblem::Kind::kTruncated, last_.sequence + 1,
                                   kept_.empty() ? last_.sequence + 1 : kept_.rbegin()->first, report_.lines};
  return report_;
}

}  // namespace relief::server::audit
