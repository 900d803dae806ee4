#include "server/coverage/condition.h"

#include <openssl/sha.h>

#include <algorithm>
#include <cstdlib>

namespace relief::coverage {

RuleSettings::RuleSettings(const RuleSpec& spec)
    : id_(spec.id()),
      off_(spec.off()),
      severity_(spec.severity()),
      deadline_days_(spec.deadline_days()),
      estimate_fen_(spec.estimate_fen()) {
  for (const RegionSetting& region : spec.regions()) regions_.emplace_back(region.prefix(), region);
  std::sort(regions_.begin(), regions_.end(),
            [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
}

bool RuleSettings::OffIn(std::string_view region) const {
  const RegionSetting* setting = FindRegion(regions_, region);
  return setting != nullptr && setting->has_off() ? setting->off() : off_;
}

v1::Severity RuleSettings::SeverityIn(std::string_view region) const {
  const RegionSetting* setting = FindRegion(regions_, region);
  return setting != nullptr && setting->severity() != v1::SEVERITY_UNSPECIFIED ? setting->severity()
                                                                               : severity_;
}

int RuleSettings::DeadlineDaysIn(std::string_view region) const {
  const RegionSetting* setting = FindRegion(regions_, region);
  return setting != nullptr && setting->deadline_days() > 0 ? setting->deadline_days() : deadline_days_;
}

std::string FindingId(std::string_view rule_id, std::string_view group, const matcher::RecordKey& anchor) {
  // Lengths keep the parts apart: ("D1", "5x") is not ("D15", "x").
  std::string text = "finding:" + std::to_string(rule_id.size()) + ":" + std::to_string(group.size()) + ":";
  text.append(rule_id).append(group).append(anchor.view());
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return "F-" + matcher::RecordKey::FromBytes(reinterpret_cast<const char*>(digest)).ToString();
}

void Findings::Add(std::string_view group, const matcher::RecordKey& anchor,
                   std::span<const CoverageRecord* const> evidence, const std::vector<MonthIndex>& months,
                   int64_t amount_fen) {
  const std::string_view region = RegionOf(evidence);
  if (rule_.OffIn(region)) return;
  FindingDraft draft;
  draft.finding_id = FindingId(rule_.id(), group, anchor);
  draft.rule_id = rule_.id();
  draft.evidence.reserve(evidence.size());
  for (const CoverageRecord* record : evidence) draft.evidence.push_back(record->key);
  std::sort(draft.evidence.begin(), draft.evidence.end());
  draft.evidence.erase(std::unique(draft.evidence.begin(), draft.evidence.end()), draft.evidence.end());
  for (MonthIndex month : months) draft.overlap_months.push_back(month.ToProto());
  draft.amount_fen = amount_fen;
  if (amount_fen == 0) {
    draft.amount_fen = rule_.EstimateFenIn(region);
    draft.amount_is_estimate = draft.amount_fen != 0;
  }
  draft.anchor = anchor;
  draft.region = region;
  drafts_->push_back(std::move(draft));
}

void Findings::Add(std::string_view group, const matcher::RecordKey& anchor, const Items& evidence,
                   MonthSpan months, int64_t amount_fen) {
  std::vector<MonthIndex> all;
  for (MonthIndex month = months.first; month <= months.last; month = month + 1) all.push_back(month);
  Add(group, anchor, evidence, all, amount_fen);
}

void Findings::Add(std::string_view group, const matcher::RecordKey& anchor, const Items& evidence,
                   const std::vector<MonthIndex>& months, int64_t amount_fen) {
  absl::InlinedVector<const CoverageRecord*, 8> records;
  for (const Item* item : evidence) records.push_back(item->source);
  Add(group, anchor, std::span<const CoverageRecord* const>(records.data(), records.size()), months,
      amount_fen);
}

void Findings::AddPair(const Item& a, const Item& b, const Items& evidence, MonthSpan months,
                       int64_t amount_fen) {
  const Item& first = a.key() < b.key() ? a : b;
  const Item& second = &first == &a ? b : a;
  std::string group(first.key().view());
  group.append(second.key().view());
  Add(group, first.key(), evidence, months, amount_fen);
}

std::unique_ptr<Condition> MakeCondition(const RuleSpec& rule) {
  switch (rule.condition_case()) {
    case RuleSpec::kOverlap:
      return MakeOverlap(rule.overlap());
    case RuleSpec::kRepeat:
      return MakeRepeat(rule.repeat());
    case RuleSpec::kInvoiceRepeat:
      return MakeInvoiceRepeat(rule.invoice_repeat());
    case RuleSpec::kInvoiceExcess:
      return MakeInvoiceExcess(rule.invoice_excess());
    case RuleSpec::kGroupedCount:
      return MakeGroupedCount(rule.grouped_count());
    case RuleSpec::kAfterDeath:
      return MakeAfterDeath(rule.after_death());
    case RuleSpec::kMissing:
      return MakeMissing(rule.missing());
    case RuleSpec::kHolding:
      return MakeHolding(rule.holding());
    case RuleSpec::kAfterFacts:
      return MakeAfterFacts(rule.after_facts());
    case RuleSpec::kEnded:
      return MakeEnded(rule.ended());
    case RuleSpec::kIdentity:
      return MakeIdentityDispute(rule.identity());
    case RuleSpec::kUnansweredLead:
      return MakeUnansweredLead(rule.unanswered_lead());
    case RuleSpec::kAllJobless:
      return MakeAllJobless(rule.all_jobless());
    case RuleSpec::kPartCovered:
      return MakePartCovered(rule.part_covered());
    case RuleSpec::kSharedAccount:
      return MakeSharedAccount(rule.shared_account());
    case RuleSpec::kHeldTooLong:
      return MakeHeldTooLong(rule.held_too_long());
    case RuleSpec::CONDITION_NOT_SET:
      break;
  }
  std::abort();  // rule_file.h lets no rule pass without a condition
}

}  // namespace relief::coverage
