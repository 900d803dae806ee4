#include "server/coverage/selector.h"

#include <algorithm>
#include <tuple>

namespace relief::coverage {

static_assert(v1::BenefitForm_MAX < 64, "forms no longer fit a 64-bit set");
static_assert(v1::BenefitMark_MAX < 64, "marks no longer fit a 64-bit set");

namespace {

uint64_t BitOf(int value) { return value >= 0 && value < 64 ? uint64_t{1} << value : 0; }

bool Contains(const std::vector<std::string>& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

}  // namespace

RecordSelector::RecordSelector(const Selector& spec)
    : slot_(spec.fact() != v1::FACT_TYPE_UNSPECIFIED ? SlotOf(spec.fact()) : SlotOf(spec.programme())),
      fact_values_(spec.fact_values().begin(), spec.fact_values().end()),
      except_stop_reasons_(spec.except_stop_reasons().begin(), spec.except_stop_reasons().end()),
      except_causes_(spec.except_causes().begin(), spec.except_causes().end()) {
  for (int form : spec.forms()) forms_ |= BitOf(form);
  for (int form : spec.except_forms()) except_forms_ |= BitOf(form);
  for (int mark : spec.except_marks()) except_marks_ |= BitOf(mark);
}

bool RecordSelector::Matches(const Item& item) const {
  if (item.slot != slot_) return false;
  if (!item.is_benefit()) return fact_values_.empty() || Contains(fact_values_, item.fact().value());
  const v1::Benefit& benefit = item.benefit();
  const uint64_t form = BitOf(benefit.form());
  if (forms_ == 0 ? benefit.form() == v1::STRIKE_OFF : (forms_ & form) == 0) return false;
  if ((except_forms_ & form) != 0) return false;
  if (except_marks_ != 0) {
    for (int mark : benefit.marks()) {
      if ((except_marks_ & BitOf(mark)) != 0) return false;
    }
  }
  if (std::any_of(except_causes_.begin(), except_causes_.end(),
                  [&](const std::string& cause) { return benefit.cause().find(cause) != std::string::npos; }))
    return false;
  return except_stop_reasons_.empty() || !Contains(except_stop_reasons_, benefit.stop_reason());
}

bool RecordSelectors::Matches(const Item& item) const {
  return (slots_ & Bit(item.slot)) != 0 &&
         std::any_of(selectors_.begin(), selectors_.end(),
                     [&](const RecordSelector& selector) { return selector.Matches(item); });
}

void RecordSelectors::Collect(const PersonRecords& person, Items* items) const {
  for (const RecordSelector& selector : selectors_) {
    for (const Item& item : person.of(selector.slot())) {
      if (selector.Matches(item)) items->push_back(&item);
    }
  }
  SortByKey(items);
}

Items RecordSelectors::Of(const PersonRecords& person) const {
  Items items;
  Collect(person, &items);
  return items;
}

Items RecordSelectors::HeldBy(const PersonRecords& person) const {
  Items items = Of(person);
  items.erase(std::remove_if(items.begin(), items.end(), [](const Item* item) { return !item->holds; }),
              items.end());
  return items;
}

bool RecordSelectors::AnyHeldBy(const PersonRecords& person) const {
  if ((slots_ & person.slots()) == 0) return false;
  for (const RecordSelector& selector : selectors_) {
    for (const Item& item : person.of(selector.slot())) {
      if (item.holds && selector.Matches(item)) return true;
    }
  }
  return false;
}

RegionalNumber::RegionalNumber(const Parameter& spec) : value_(spec.value()) {
  for (const RegionValue& region : spec.by_region()) by_region_.emplace_back(region.prefix(), region.value());
  std::sort(by_region_.begin(), by_region_.end(),
            [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
}

int RegionalNumber::For(std::string_view region) const {
  const int* value = FindRegion(by_region_, region);
  return value == nullptr ? value_ : *value;
}

int RegionalNumber::For(const Item& item) const { return For(Items{&item}); }

int RegionalNumber::For(const Items& items) const {
  return by_region_.empty() ? value_ : For(RegionOf(items));
}

std::string FieldText(const Item& item, Field field) {
  const v1::Benefit& benefit = item.benefit();
  switch (field) {
    case PAYING_REGION:
      return benefit.paying_region().substr(0, 6);
    case PAYING_CITY: {
      const std::string& region = benefit.paying_region();
      const std::string province = region.substr(0, 2);
      const bool is_city = province == "11" || province == "12" || province == "31" || province == "50";
      return is_city ? province : region.substr(0, 4);
    }
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
    case HOUSEHOLD:
      return item.record().household().household_id();
    case HOUSE:
      return benefit.house_id();
    case FACT_VALUE:
      return item.fact().value();
    case INSTITUTION:
      return item.fact().institution();
    case SUB_ITEM:
      return benefit.sub_item();
    case STAGE:
      if (!benefit.stage().empty()) return benefit.stage();
      return FieldText(item, FORM);
    case DWELLING:
      return benefit.house_id().empty() ? benefit.contract_number() : benefit.house_id();
    case INSTALMENT:
      return benefit.instalment() == 0 ? std::string() : std::to_string(benefit.instalment());
    case FORM:
      return benefit.form() == v1::BENEFIT_FORM_UNSPECIFIED ? std::string() : std::to_string(benefit.form());
    default:
      return {};
  }
}

std::vector<Field> Comparison::Fields(const google::protobuf::RepeatedField<int>& fields) {
  std::vector<Field> result;
  for (int field : fields) result.push_back(static_cast<Field>(field));
  return result;
}

bool Comparison::Holds(const Item& a, const Item& b) const {
  enum class Said { kNothing, kSame, kDifferent };
  const auto compare = [&](Field field) {
    if (field == HOUSEHOLD && a.source->source_id != b.source->source_id) return Said::kNothing;
    const std::string left = FieldText(a, field), right = FieldText(b, field);
    if (left.empty() || right.empty()) return Said::kNothing;
    return left == right ? Said::kSame : Said::kDifferent;
  };
  const auto all = [&](const std::vector<Field>& fields, Said wanted) {
    return std::all_of(fields.begin(), fields.end(), [&](Field field) { return compare(field) == wanted; });
  };
  const auto none = [&](const std::vector<Field>& fields, Said passes) {
    return std::none_of(fields.begin(), fields.end(), [&](Field field) { return compare(field) == passes; });
  };
  return all(same_, Said::kSame) && all(different_, Said::kDifferent) && none(unless_same_, Said::kSame) &&
         none(unless_different_, Said::kDifferent);
}

std::string Comparison::RunOf(const Item& item) const {
  std::string run = std::to_string(item.slot);
  for (const std::vector<Field>* fields : {&same_, &different_}) {
    for (Field field : *fields) {
      run += '\x1f';
      if (field == HOUSEHOLD) run.append(item.source->source_id).append("/");
      run += FieldText(item, field);
    }
  }
  return run;
}

std::string_view RegionOf(std::span<const CoverageRecord* const> records) {
  const CoverageRecord *payer = nullptr, *home = nullptr;
  for (const CoverageRecord* record : records) {
    if (!record->record->benefit().paying_region().empty() && (payer == nullptr || record->key < payer->key))
      payer = record;
    if (!record->record->person().region_code().empty() && (home == nullptr || record->key < home->key))
      home = record;
  }
  if (payer != nullptr) return payer->record->benefit().paying_region();
  return home == nullptr ? std::string_view() : std::string_view(home->record->person().region_code());
}

std::string_view RegionOf(const Items& items) {
  absl::InlinedVector<const CoverageRecord*, 8> records;
  for (const Item* item : items) records.push_back(item->source);
  return RegionOf(std::span<const CoverageRecord* const>(records.data(), records.size()));
}

void SortByKey(Items* items) {
  std::sort(items->begin(), items->end(), [](const Item* a, const Item* b) { return a->key() < b->key(); });
  items->erase(std::unique(items->begin(), items->end()), items->end());
}

bool IsEarlier(const Item& a, const Item& b) {
  // Undated records come last: a date that a correction adds should not be outrun by one that is unknown.
  return std::make_tuple(a.day(), a.key()) < std::make_tuple(b.day(), b.key());
}

const Item& Earliest(const Items& items) {
  return **std::min_element(items.begin(), items.end(),
                            [](const Item* a, const Item* b) { return IsEarlier(*a, *b); });
}

}  // namespace relief::coverage
