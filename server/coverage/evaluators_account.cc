// Many strangers are paid into one account.
#include <algorithm>
#include <set>

#include "server/coverage/condition.h"

namespace relief::coverage {
namespace {

// Who is paid, as the record alone says: the household where the source counts one, or else the number, or
// else the name. It does not depend on who was resolved to be whom, so that a merge elsewhere leaves the
// finding alone.
std::string PayeeOf(const Item& item) {
  const v1::Record& record = item.record();
  if (!record.household().household_id().empty())
    return "h" + std::string(item.source->source_id) + "/" + record.household().household_id();
  if (!record.person().id_number().empty()) return "n" + record.person().id_number();
  return "w" + record.person().name();
}

class SharedAccountCondition : public Condition {
 public:
  explicit SharedAccountCondition(const SharedAccount& spec)
      : benefit_(spec.benefit()), households_(spec.households()) {}

  bool MayApply(SlotSet) const override { return true; }

  void Evaluate(const PersonRecords& person, Findings* findings) const override {
    for (const AccountInput& account : person.accounts()) {
      if (account.records.empty()) continue;
      const PersonRecords paid({account.records}, person.clock());
      const Items items = benefit_.HeldBy(paid);
      if (items.empty()) continue;
      std::set<std::string> payees;
      for (const Item* item : items) payees.insert(PayeeOf(*item));
      if (static_cast<int>(payees.size()) <= households_.For(items)) continue;
      findings->Add("account", account.records.front().key, items);
    }
  }

 private:
  RecordSelectors benefit_;
  RegionalNumber households_;
};

}  // namespace

std::unique_ptr<Condition> MakeSharedAccount(const SharedAccount& spec) {
  return std::make_unique<SharedAccountCondition>(spec);
}

}  // namespace relief::coverage
