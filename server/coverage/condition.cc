#include "server/coverage/condition.h"

#include <openssl/sha.h>

#include <algorithm>
#include <cstdlib>

namespace relief::coverage {

RuleSettings::RuleSettings(const RuleSpec& spec)
    : id_(spec.id()),
      is_gap_(spec.kind() == v1::MISSING),
      told_by_(TellersOf(spec)),
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

namespace {

using RecordSpan = std::span<const CoverageRecord* const>;

absl::InlinedVector<const CoverageRecord*, 8> RecordsOf(const Items& items) {
  absl::InlinedVector<const CoverageRecord*, 8> records;
  for (const Item* item : items) records.push_back(item->source);
  return records;
}

constexpr size_t kCountyDigits = 6;

// The least favourable answer is the person's.
int Weight(v1::Entitlement::State state) {
  switch (state) {
    case v1::Entitlement::NOT_HELPED:
      return 4;
    case v1::Entitlement::UNDECIDED:
      return 3;
    case v1::Entitlement::HELPED:
      return 2;
    case v1::Entitlement::NOT_CONCERNED:
      return 1;
    default:
      return 0;
  }
}

}  // namespace

std::vector<Teller> TellersOf(const RuleSpec& rule) {
  std::vector<Teller> tellers;
  if (rule.kind() != v1::MISSING) return tellers;
  const auto add = [&](const Selector& selector) {
    Teller teller{selector.programme() != v1::PROGRAMME_UNSPECIFIED ? SlotOf(selector.programme())
                                                                    : SlotOf(selector.fact()),
                  0};
    for (int form : selector.forms()) teller.forms |= uint64_t{1} << form;
    const auto same = std::find_if(tellers.begin(), tellers.end(),
                                   [&](const Teller& other) { return other.slot == teller.slot; });
    if (same == tellers.end()) {
      tellers.push_back(teller);
    } else {
      // Whoever tells of one of two forms tells of the programme.
      same->forms = same->forms == 0 || teller.forms == 0 ? 0 : same->forms | teller.forms;
    }
  };
  for (const Selector& selector : rule.told_by()) add(selector);
  if (!tellers.empty()) return tellers;
  const google::protobuf::RepeatedPtrField<Selector>* expected = nullptr;
  switch (rule.condition_case()) {
    case RuleSpec::kMissing:
      expected = &rule.missing().expected();
      break;
    case RuleSpec::kEnded:
      expected = &rule.ended().expected();
      break;
    case RuleSpec::kUnansweredLead:
      expected = &rule.unanswered_lead().answer();
      break;
    case RuleSpec::kAllJobless:
      expected = &rule.all_jobless().at_work();
      break;
    default:
      return tellers;
  }
  for (const Selector& selector : *expected)
    if (std::find(rule.notify().begin(), rule.notify().end(), selector.programme()) != rule.notify().end())
      add(selector);
  if (tellers.empty())
    for (const Selector& selector : *expected) add(selector);
  return tellers;
}

FindingDraft Findings::Draft(std::string_view group, const matcher::RecordKey& anchor, RecordSpan evidence,
                             const std::vector<MonthIndex>& months, int64_t amount_fen,
                             std::string_view region) const {
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
  return draft;
}

void Findings::Add(std::string_view group, const matcher::RecordKey& anchor, RecordSpan evidence,
                   const std::vector<MonthIndex>& months, int64_t amount_fen) {
  const std::string_view region = RegionOf(evidence);
  if (rule_.OffIn(region)) return;
  judged_->drafts.push_back(Draft(group, anchor, evidence, months, amount_fen, region));
}

void Findings::AddOfPeriod(const std::string& period, const matcher::RecordKey& anchor, const Items& evidence,
                           int64_t amount_fen) {
  const size_t before = judged_->drafts.size();
  Add(period, anchor, evidence, MonthSpan(), amount_fen);
  if (judged_->drafts.size() > before) judged_->drafts.back().period = period;
}

void Findings::AddAs(v1::Severity severity, std::string_view group, const matcher::RecordKey& anchor,
                     const Items& evidence) {
  const size_t before = judged_->drafts.size();
  Add(group, anchor, evidence);
  if (judged_->drafts.size() > before) judged_->drafts.back().severity = severity;
}

void Findings::AddGap(std::string_view group, const matcher::RecordKey& anchor, const Items& evidence,
                      const Asked& asked, int64_t amount_fen) {
  const auto records = RecordsOf(evidence);
  const RecordSpan span(records.data(), records.size());
  const std::string_view region = RegionOf(span);
  if (rule_.OffIn(region)) return NotConcerned(v1::Entitlement::OFF_IN_REGION);
  if (instead_.first != v1::Entitlement::STATE_UNSPECIFIED) {
    Lack lack;
    lack.reason = instead_.second;
    return Answer(instead_.first, lack, region, asked.period, "");
  }
  Lack lack;
  if (feeds_ != nullptr)
    for (const Teller& teller : rule_.told_by()) {
      lack =
          feeds_->Ask({teller.slot, teller.forms, region.substr(0, kCountyDigits), asked.list, asked.since});
      if (lack.reason != v1::Entitlement::REASON_UNSPECIFIED) break;
    }
  const bool unheard = lack.reason == v1::Entitlement::FEED_SILENT;
  if (lack.reason != v1::Entitlement::REASON_UNSPECIFIED && !unheard)
    return Answer(v1::Entitlement::UNDECIDED, lack, region, asked.period, "");
  FindingDraft draft = Draft(group, anchor, span, {}, amount_fen, region);
  draft.period = asked.period;
  if (unheard) {
    Answer(v1::Entitlement::UNDECIDED, lack, region, asked.period, "");
    judged_->unheard.push_back(std::move(draft));
  } else {
    Answer(v1::Entitlement::NOT_HELPED, lack, region, asked.period, draft.finding_id);
    judged_->drafts.push_back(std::move(draft));
  }
}

void Findings::Helped(const Items& evidence, const std::string& period) {
  const std::string_view region = RegionOf(evidence);
  if (rule_.OffIn(region)) return NotConcerned(v1::Entitlement::OFF_IN_REGION);
  Answer(v1::Entitlement::HELPED, {}, region, period, "");
}

void Findings::NotConcerned(v1::Entitlement::Reason reason) {
  if (!all_ || !rule_.is_gap()) return;
  Lack lack;
  lack.reason = reason;
  Answer(v1::Entitlement::NOT_CONCERNED, lack, {}, {}, "");
}

void Findings::Answer(v1::Entitlement::State state, const Lack& lack, std::string_view region,
                      const std::string& period, const std::string& finding_id) {
  if (!rule_.is_gap() || (state == v1::Entitlement::NOT_CONCERNED && !all_)) return;
  if (answer_ && Weight(state) <= Weight(answer_->state)) return;
  answer_ = RuleAnswer{rule_.id(), state,     lack, member_, std::string(region.substr(0, kCountyDigits)),
                       period,     finding_id};
}

void Findings::Finish() {
  if (answer_) judged_->answers.push_back(*std::move(answer_));
  answer_.reset();
}

void Findings::Add(std::string_view group, const matcher::RecordKey& anchor, const Items& evidence,
                   MonthSpan months, int64_t amount_fen) {
  std::vector<MonthIndex> all;
  for (MonthIndex month = months.first; month <= months.last; month = month + 1) all.push_back(month);
  Add(group, anchor, evidence, all, amount_fen);
}

void Findings::Add(std::string_view group, const matcher::RecordKey& anchor, const Items& evidence,
                   const std::vector<MonthIndex>& months, int64_t amount_fen) {
  const auto records = RecordsOf(evidence);
  Add(group, anchor, RecordSpan(records.data(), records.size()), months, amount_fen);
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
    case RuleSpec::kEarlyWarning:
      return MakeEarlyWarning(rule.early_warning());
    case RuleSpec::CONDITION_NOT_SET:
      break;
  }
  std::abort();  // rule_file.h lets no rule pass without a condition
}

}  // namespace relief::coverage
