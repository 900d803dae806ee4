#include "server/coverage/condition.h"

#include <openssl/sha.h>

#include <algorithm>
#include <cstdlib>
#include <tuple>

namespace relief::coverage {

static_assert(v1::BenefitForm_MAX < 64, "forms no longer fit a 64-bit set");

RecordSelector::RecordSelector(const Selector& spec)
    : slot_(spec.fact() != v1::FACT_TYPE_UNSPECIFIED ? SlotOf(spec.fact()) : SlotOf(spec.programme())),
      fact_values_(spec.fact_values().begin(), spec.fact_values().end()) {
  for (int form : spec.forms()) forms_ |= uint64_t{1} << form;
}

bool RecordSelector::Matches(const Item& item) const {
  if (item.slot != slot_) return false;
  if (forms_ != 0) {
    const int form = item.benefit().form();
    return form >= 0 && form < 64 && (forms_ >> form & 1) != 0;
  }
  return fact_values_.empty() ||
         std::find(fact_values_.begin(), fact_values_.end(), item.fact().value()) != fact_values_.end();
}

RegionalNumber::RegionalNumber(const Parameter& spec) : value_(spec.value()) {
  for (const RegionValue& region : spec.by_region()) by_region_.emplace_back(region.prefix(), region.value());
  std::sort(by_region_.begin(), by_region_.end(),
            [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
}

int RegionalNumber::For(std::string_view region) const {
  for (const auto& [prefix, value] : by_region_) {
    if (region.substr(0, prefix.size()) == prefix) return value;
  }
  return value_;
}

std::string FieldText(const v1::Benefit& benefit, Field field) {
  switch (field) {
    case PAYING_REGION:
      return benefit.paying_region();
    case CAUSE:
      return benefit.cause();
    case APPROVAL_NUMBER:
      return benefit.approval_number();
    case INVOICE_NUMBER:
      return benefit.invoice_number();
    case TERM:
      return benefit.term();
    case SCHOOL:
      return benefit.school();
    case BENEFIT_YEAR:
      return benefit.benefit_year() == 0 ? std::string() : std::to_string(benefit.benefit_year());
    case EVENT_ID:
      return benefit.event_id();
    case CONTRACT_NUMBER:
      return benefit.contract_number();
    case DECISION_NUMBER:
      return benefit.decision_number();
    default:
      return {};
  }
}

bool AgreeOn(const std::vector<Field>& same, const v1::Benefit& a, const v1::Benefit& b) {
  return std::all_of(same.begin(), same.end(), [&](Field field) {
    const std::string value = FieldText(a, field);
    return !value.empty() && value == FieldText(b, field);
  });
}

bool DifferOn(const std::vector<Field>& different, const v1::Benefit& a, const v1::Benefit& b) {
  return std::all_of(different.begin(), different.end(), [&](Field field) {
    const std::string left = FieldText(a, field), right = FieldText(b, field);
    return !left.empty() && !right.empty() && left != right;
  });
}

void Select(const PersonRecords& person, const RecordSelector& selector, Items* items) {
  for (const Item& item : person.of(selector.slot())) {
    if (selector.Matches(item)) items->push_back(&item);
  }
}

void SortByKey(Items* items) {
  std::sort(items->begin(), items->end(), [](const Item* a, const Item* b) { return a->key() < b->key(); });
  items->erase(std::unique(items->begin(), items->end()), items->end());
}

std::string_view RegionOf(const Items& items) {
  const Item* first = nullptr;
  for (const Item* item : items) {
    if (item->benefit().paying_region().empty()) continue;
    if (first == nullptr || item->key() < first->key()) first = item;
  }
  return first == nullptr ? std::string_view() : std::string_view(first->benefit().paying_region());
}

const Item& Earliest(const Items& items) {
  // Undated records come last: a date that a correction adds should not be outrun by one that is unknown.
  const auto day = [](const Item& item) {
    const v1::Benefit& benefit = item.benefit();
    if (benefit.has_pay_date()) return DayNumber(benefit.pay_date());
    if (benefit.has_start_month()) {
      return matcher::CivilDate{static_cast<int16_t>(benefit.start_month().year()),
                                static_cast<uint8_t>(benefit.start_month().month()), 1}
          .days();
    }
    return INT32_MAX;
  };
  return **std::min_element(items.begin(), items.end(), [&](const Item* a, const Item* b) {
    return std::make_tuple(day(*a), a->key()) < std::make_tuple(day(*b), b->key());
  });
}

int64_t MonthlyFen(const v1::Benefit& benefit) {
  if (benefit.cycle() != v1::CYCLE_UNSPECIFIED && benefit.cycle() != v1::MONTHLY) return 0;
  return std::max<int64_t>(benefit.amount_fen(), 0);
}

int64_t AllButLargestFen(const Items& items) {
  int64_t sum = 0, largest = 0;
  for (const Item* item : items) {
    const int64_t amount = std::max<int64_t>(item->benefit().amount_fen(), 0);
    sum += amount;
    largest = std::max(largest, amount);
  }
  return sum - largest;
}

std::string FindingId(std::string_view rule_id, std::string_view group, const matcher::RecordKey& anchor) {
  // Lengths keep the parts apart: ("D1", "5x") is not ("D15", "x").
  std::string text = "finding:" + std::to_string(rule_id.size()) + ":" + std::to_string(group.size()) + ":";
  text.append(rule_id).append(group).append(anchor.view());
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return "F-" + matcher::RecordKey::FromBytes(reinterpret_cast<const char*>(digest)).ToString();
}

void Findings::Add(std::string_view group, const matcher::RecordKey& anchor, const Items& evidence,
                   MonthSpan months, int64_t amount_fen) {
  FindingDraft draft;
  draft.finding_id = FindingId(rule_id_, group, anchor);
  draft.rule_id = rule_id_;
  draft.evidence.reserve(evidence.size());
  for (const Item* item : evidence) draft.evidence.push_back(item->key());
  std::sort(draft.evidence.begin(), draft.evidence.end());
  draft.evidence.erase(std::unique(draft.evidence.begin(), draft.evidence.end()), draft.evidence.end());
  if (!months.empty()) draft.overlap_months = months.Months();
  draft.amount_fen = amount_fen;
  draft.anchor = anchor;
  drafts_->push_back(std::move(draft));
}

void Findings::AddPair(const Item& a, const Item& b, MonthSpan months, int64_t amount_fen) {
  const Item& first = a.key() < b.key() ? a : b;
  const Item& second = &first == &a ? b : a;
  std::string group(first.key().view());
  group.append(second.key().view());
  Add(group, first.key(), {&first, &second}, months, amount_fen);
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
    case RuleSpec::CONDITION_NOT_SET:
      break;
  }
  std::abort();  // rule_file.h lets no rule pass without a condition
}

}  // namespace relief::coverage
