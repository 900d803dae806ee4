// Someone living holds a benefit that entitles to more, and is not reached.
#include <algorithm>
#include <optional>

#include "server/coverage/condition.h"

namespace relief::coverage {
namespace {

class MissingCondition : public Condition {
 public:
  explicit MissingCondition(const Missing& spec)
      : base_min_months_(spec.base_min_months()), expected_(spec.expected()), scope_(spec.scope()) {
    for (const Selector& selector : spec.base()) {
      base_.emplace_back(selector);
      base_slots_ |= base_.back().slots();
    }
    if (spec.has_fact()) fact_.emplace(spec.fact());
    if (spec.has_settlement()) {
      settlement_.emplace(Settlement{RecordSelector(spec.settlement().selector()),
                                     RegionalNumber(spec.settlement().older_than_days())});
    }
  }

  bool MayApply(SlotSet slots) const override {
    if ((slots & base_slots_) == 0) return false;
    if (fact_) return (slots & fact_->slots()) != 0;
    if (settlement_) return (slots & settlement_->selector.slots()) != 0;
    return true;
  }

  void Evaluate(const PersonRecords& person, Findings* findings) const override {
    if (person.death() != nullptr) return;
    Items base;
    for (const RecordSelector& selector : base_) Select(person, selector, &base);
    SortByKey(&base);
    Items live;
    for (const Item* item : base) {
      if (item->months.contains(person.now())) live.push_back(item);
    }
    if (live.empty() || !LongEnough(person, live)) return;
    if (settlement_) {
      JudgeSettlements(person, base, findings);
    } else {
      Judge(person, live, findings);
    }
  }

 private:
  struct Settlement {
    RecordSelector selector;
    RegionalNumber older_than_days;
  };

  bool LongEnough(const PersonRecords& person, const Items& live) const {
    const MonthIndex latest = person.now() - base_min_months_.For(RegionOf(live));
    return std::any_of(live.begin(), live.end(),
                       [&](const Item* item) { return item->months.first <= latest; });
  }

  // One finding at most, whatever the number of reports: the earliest report that holds names it.
  void Judge(const PersonRecords& person, const Items& live, Findings* findings) const {
    const Item* need = nullptr;
    if (fact_) {
      for (const Item& item : person.of(fact_->slot())) {
        if (!fact_->Matches(item)) continue;
        if (need == nullptr || DayNumber(item.fact().date()) < DayNumber(need->fact().date())) need = &item;
      }
      if (need == nullptr) return;
    }
    if (Reached(person)) return;
    Items evidence = live;
    if (need != nullptr) evidence.push_back(need);
    const matcher::RecordKey& anchor = need != nullptr ? need->key() : Earliest(live).key();
    findings->Add(Group(person), anchor, evidence, {}, 0);
  }

  bool Reached(const PersonRecords& person) const {
    const std::string term = scope_ == Missing::TERM_OF_DAY ? TermOf(person.now()) : std::string();
    for (const Item& item : person.of(expected_.slot())) {
      if (!expected_.Matches(item)) continue;
      switch (scope_) {
        case Missing::YEAR:
          if (item.benefit().benefit_year() == person.now().year()) return true;
          break;
        case Missing::TERM_OF_DAY:
          if (item.benefit().term() == term) return true;
          break;
        default:
          return true;
      }
    }
    return false;
  }

  // Next year's or next term's gap is another finding; a gap without a period is told by its fact alone.
  std::string Group(const PersonRecords& person) const {
    if (scope_ == Missing::YEAR) return std::to_string(person.now().year());
    if (scope_ == Missing::TERM_OF_DAY) return TermOf(person.now());
    return {};
  }

  void JudgeSettlements(const PersonRecords& person, const Items& base, Findings* findings) const {
    for (const Item& bill : person.of(settlement_->selector.slot())) {
      const v1::Benefit& benefit = bill.benefit();
      if (!settlement_->selector.Matches(bill) || !benefit.has_pay_date()) continue;
      const int64_t left = benefit.total_cost_fen() - benefit.insured_fen();
      if (benefit.amount_fen() != 0 || left <= 0) continue;
      Items cover;
      for (const Item* item : base) {
        if (item->months.contains(MonthIndex::Of(benefit.pay_date()))) cover.push_back(item);
      }
      if (cover.empty() || Assisted(person, benefit.invoice_number())) continue;
      const int age = person.today() - DayNumber(benefit.pay_date());
      if (age <= settlement_->older_than_days.For(RegionOf(cover))) continue;
      cover.push_back(&bill);
      findings->Add(benefit.invoice_number(), bill.key(), cover, {}, left);
    }
  }

  bool Assisted(const PersonRecords& person, const std::string& invoice) const {
    if (invoice.empty()) return false;
    for (const Item& item : person.of(expected_.slot())) {
      if (expected_.Matches(item) && item.benefit().amount_fen() > 0 &&
          item.benefit().invoice_number() == invoice) {
        return true;
      }
    }
    return false;
  }

  std::vector<RecordSelector> base_;
  SlotSet base_slots_ = 0;
  RegionalNumber base_min_months_;
  std::optional<RecordSelector> fact_;
  std::optional<Settlement> settlement_;
  RecordSelector expected_;
  Missing::Scope scope_;
};

}  // namespace

std::unique_ptr<Condition> MakeMissing(const Missing& spec) {
  return std::make_unique<MissingCondition>(spec);
}

}  // namespace relief::coverage
