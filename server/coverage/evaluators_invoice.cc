// Conditions on the settlements of one hospital invoice.
#include <algorithm>
#include <cstdlib>

#include "server/coverage/condition.h"
#include "server/coverage/money.h"

namespace relief::coverage {
namespace {

// What the records of one invoice say together.
struct Invoice {
  Items all;       // settlements and strike-offs
  Items assisted;  // settlements on which assistance was paid
  Items struck;    // strike-offs: each cancels one assisted settlement
  Items others;    // assistance towards what is left

  int surplus() const { return payments() - static_cast<int>(struck.size()) - 1; }

 private:
  // Instalments of one approval are one payment.
  int payments() const {
    int count = 0;
    for (size_t i = 0; i < assisted.size(); ++i) {
      const auto same_approval = [&](const Item* other) {
        return other->slot == assisted[i]->slot && !other->benefit().approval_number().empty() &&
               other->benefit().approval_number() == assisted[i]->benefit().approval_number();
      };
      count += std::none_of(assisted.begin(), assisted.begin() + i, same_approval);
    }
    return count;
  }
};

// Departments write the sums of a strike-off negative (record.proto); one that does not means the same.
int64_t Cancelled(int64_t fen) { return -std::abs(fen); }

class InvoiceCondition : public Condition {
 public:
  template <typename Spec>
  explicit InvoiceCondition(const Spec& spec)
      : settlements_(spec.settlements()), strike_off_({&spec.strike_off()}) {}
  template <typename Spec, typename Others>
  InvoiceCondition(const Spec& spec, const Others& others)
      : settlements_(spec.settlements()), strike_off_({&spec.strike_off()}), others_(others) {}

  bool MayApply(SlotSet slots) const override {
    return (slots & (settlements_.slots() | others_.slots())) != 0;
  }

  void Evaluate(const PersonRecords& person, Findings* findings) const override {
    Items items = settlements_.Of(person);
    strike_off_.Collect(person, &items);
    others_.Collect(person, &items);
    items.erase(std::remove_if(items.begin(), items.end(),
                               [](const Item* item) { return item->benefit().invoice_number().empty(); }),
                items.end());
    std::sort(items.begin(), items.end(), [](const Item* a, const Item* b) {
      const int order = a->benefit().invoice_number().compare(b->benefit().invoice_number());
      return order != 0 ? order < 0 : a->key() < b->key();
    });
    for (size_t i = 0; i < items.size();) {
      const std::string& number = items[i]->benefit().invoice_number();
      Invoice invoice;
      for (; i < items.size() && items[i]->benefit().invoice_number() == number; ++i) {
        invoice.all.push_back(items[i]);
        if (strike_off_.Matches(*items[i])) {
          invoice.struck.push_back(items[i]);
        } else if (others_.Matches(*items[i])) {
          invoice.others.push_back(items[i]);
        } else if (items[i]->benefit().amount_fen() > 0) {
          invoice.assisted.push_back(items[i]);
        }
      }
      Judge(number, invoice, findings);
    }
  }

 protected:
  virtual void Judge(const std::string& number, const Invoice& invoice, Findings* findings) const = 0;
  bool IsStrikeOff(const Item& item) const { return strike_off_.Matches(item); }

 private:
  RecordSelectors settlements_, strike_off_;
  RecordSelectors others_{std::initializer_list<const Selector*>()};
};

// What was paid beyond one settlement. A strike-off cancels the settlement of its own amount; one whose
// amount fits none cancels the largest, so that we never ask for more than was overpaid. Of what is left the
// largest is rightly had.
int64_t SurplusFen(const Invoice& invoice) {
  std::vector<int64_t> amounts, cancelled;
  for (const Item* item : invoice.assisted) amounts.push_back(item->benefit().amount_fen());
  for (const Item* item : invoice.struck) cancelled.push_back(std::abs(item->benefit().amount_fen()));
  std::sort(amounts.begin(), amounts.end());
  int unmatched = 0;
  for (int64_t amount : cancelled) {
    const auto at = std::lower_bound(amounts.begin(), amounts.end(), amount);
    if (at != amounts.end() && *at == amount) {
      amounts.erase(at);
    } else {
      ++unmatched;
    }
  }
  int64_t sum = 0;
  for (int i = 0; i < static_cast<int>(amounts.size()) - unmatched - 1; ++i) sum = SumFen(sum, amounts[i]);
  return sum;
}

class InvoiceRepeatCondition : public InvoiceCondition {
 public:
  using InvoiceCondition::InvoiceCondition;

 protected:
  void Judge(const std::string& number, const Invoice& invoice, Findings* findings) const override {
    if (invoice.surplus() <= 0) return;
    findings->Add(number, Earliest(invoice.assisted).key(), invoice.assisted, MonthSpan(),
                  SurplusFen(invoice));
  }
};

class InvoiceExcessCondition : public InvoiceCondition {
 public:
  explicit InvoiceExcessCondition(const InvoiceExcess& spec) : InvoiceCondition(spec, spec.others()) {}

 protected:
  void Judge(const std::string& number, const Invoice& invoice, Findings* findings) const override {
    if (invoice.surplus() > 0) return JudgeRepeated(number, invoice, findings);
    int64_t paid = 0, cost = 0;
    for (const Item* item : invoice.all) {
      const v1::Benefit& benefit = item->benefit();
      if (IsStrikeOff(*item)) {
        paid += Cancelled(benefit.insured_fen()) + Cancelled(benefit.amount_fen()) +
                Cancelled(benefit.other_assisted_fen());
      } else {
        paid += benefit.insured_fen() + benefit.amount_fen() + benefit.other_assisted_fen();
        cost = std::max(cost, benefit.total_cost_fen());
      }
    }
    if (cost == 0 || paid <= cost) return;  // a cost of 0 was not stated
    findings->Add(number, Earliest(invoice.all).key(), invoice.all, MonthSpan(), paid - cost);
  }

 private:
  // Settled more than once: each settlement tells the insured part again, so that it counts once, and what
  // InvoiceRepeat asks back is left to it.
  static void JudgeRepeated(const std::string& number, const Invoice& invoice, Findings* findings) {
    if (invoice.others.empty()) return;
    int64_t insured = 0, others = 0, assisted = 0, cost = 0;
    for (const Item* item : invoice.all) {
      const v1::Benefit& benefit = item->benefit();
      insured = std::max(insured, benefit.insured_fen());
      others = std::max(others, benefit.other_assisted_fen());
      cost = std::max(cost, benefit.total_cost_fen());
      assisted = SumFen(assisted, std::max<int64_t>(benefit.amount_fen(), 0));
    }
    for (const Item* item : invoice.struck) assisted -= std::abs(item->benefit().amount_fen());
    const int64_t excess = SumFen(SumFen(insured, others), assisted) - SurplusFen(invoice) - cost;
    if (cost > 0 && excess > 0)
      findings->Add(number, Earliest(invoice.all).key(), invoice.all, MonthSpan(), excess);
  }
};

}  // namespace

std::unique_ptr<Condition> MakeInvoiceRepeat(const InvoiceRepeat& spec) {
  return std::make_unique<InvoiceRepeatCondition>(spec);
}
std::unique_ptr<Condition> MakeInvoiceExcess(const InvoiceExcess& spec) {
  return std::make_unique<InvoiceExcessCondition>(spec);
}

}  // namespace relief::coverage
