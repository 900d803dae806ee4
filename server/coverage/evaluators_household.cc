// Conditions on the members of a household as such.
#include <algorithm>
#include <map>

#include "server/coverage/condition.h"

namespace relief::coverage {
namespace {

// A household as one source counts it. Empty text: the record names none.
std::string HouseholdOf(const Item& item) {
  const std::string& id = item.record().household().household_id();
  return id.empty() ? id : std::string(item.source->source_id) + "/" + id;
}

struct Member {
  const PersonRecords* person = nullptr;
  Items items;  // that put the person into the household
};
using Households = std::map<std::string, std::vector<Member>>;

// Who holds such benefits in which household.
Households ByHousehold(std::span<const PersonRecords> members, const RecordSelectors& selectors) {
  Households households;
  for (const PersonRecords& person : members) {
    if (person.death() != nullptr) continue;
    std::map<std::string, Items> own;
    for (const Item* item : selectors.HeldBy(person)) {
      if (!item->months.empty() && !HouseholdOf(*item).empty()) own[HouseholdOf(*item)].push_back(item);
    }
    for (auto& [household, items] : own) households[household].push_back({&person, std::move(items)});
  }
  return households;
}

Items ItemsOf(const std::vector<Member>& members) {
  Items items;
  for (const Member& member : members) items.insert(items.end(), member.items.begin(), member.items.end());
  return items;
}

class AllJoblessCondition : public Condition {
 public:
  explicit AllJoblessCondition(const AllJobless& spec)
      : base_(spec.base()),
        age_(spec.working_age()),
        unfit_(spec.unfit()),
        jobless_(spec.jobless()),
        at_work_(spec.at_work()),
        jobless_min_days_(spec.jobless_min_days()) {}

  bool MayApply(SlotSet slots) const override {
    return (slots & base_.slots()) != 0 && (slots & jobless_.slots()) != 0;
  }

  void EvaluateHousehold(std::span<const PersonRecords> persons, Findings* findings) const override {
    for (const auto& [household, members] : ByHousehold(persons, base_)) {
      Items evidence = ItemsOf(members);
      const Items base = evidence;
      const matcher::RecordKey anchor = Earliest(base).key();
      bool somebody_could_work = false, somebody_works = false;
      for (const Member& member : members) {
        const PersonRecords& person = *member.person;
        const Items jobless = jobless_.HeldBy(person);
        if (unfit_.AnyHeldBy(person)) continue;
        if (!person.IsAged(age_).value_or(true)) continue;
        somebody_could_work = true;
        if (!LongJobless(jobless, person.clock()) || at_work_.AnyHeldBy(person)) somebody_works = true;
        evidence.insert(evidence.end(), jobless.begin(), jobless.end());
      }
      findings->TurnTo(MemberOf(anchor, members, persons));
      if (!somebody_could_work) {
        findings->NotConcerned(v1::Entitlement::NO_NEED);
      } else if (somebody_works) {
        findings->Helped(base);
      } else {
        findings->AddGap(household, anchor, evidence, {});
      }
    }
  }

 private:
  // Whose record it is, among all who are judged together: the answer is that person's.
  static uint32_t MemberOf(const matcher::RecordKey& key, const std::vector<Member>& members,
                           std::span<const PersonRecords> persons) {
    for (const Member& member : members)
      for (const Item* item : member.items)
        if (item->key() == key) return static_cast<uint32_t>(member.person - persons.data());
    return 0;
  }

  // Whether the person has been without work for as long as the office may take.
  bool LongJobless(const Items& jobless, Clock& clock) const {
    return std::any_of(jobless.begin(), jobless.end(), [&](const Item* item) {
      return clock.Reached(int64_t{item->day()} + jobless_min_days_.For(*item));
    });
  }

  RecordSelectors base_;
  Age age_;
  RecordSelectors unfit_, jobless_, at_work_;
  RegionalNumber jobless_min_days_;
};

class PartCoveredCondition : public Condition {
 public:
  explicit PartCoveredCondition(const PartCovered& spec)
      : benefit_({&spec.benefit()}),
        otherwise_(spec.otherwise()),
        relations_(spec.relations().begin(), spec.relations().end()) {}

  bool MayApply(SlotSet slots) const override { return (slots & benefit_.slots()) != 0; }

  void EvaluateHousehold(std::span<const PersonRecords> persons, Findings* findings) const override {
    if (persons.size() < 2) return;
    for (const auto& [household, members] : ByHousehold(persons, benefit_)) {
      Items evidence = ItemsOf(members);
      const matcher::RecordKey anchor = Earliest(evidence).key();
      const size_t covered = evidence.size();
      for (const PersonRecords& person : persons) {
        if (IsCovered(person) || person.death() != nullptr || otherwise_.AnyHeldBy(person)) continue;
        for (const Item& item : person.all()) {
          if (SharesHousehold(item, members)) evidence.push_back(&item);
        }
      }
      if (evidence.size() > covered) findings->Add(household, anchor, evidence);
    }
  }

 private:
  bool IsCovered(const PersonRecords& person) const { return benefit_.AnyHeldBy(person); }

  // Whether a source that counts this person into a household counts a covered member into the same one,
  // today.
  bool SharesHousehold(const Item& item, const std::vector<Member>& members) const {
    const std::string household = HouseholdOf(item);
    if (household.empty() || !item.holds || item.months.empty()) return false;
    const std::string& relation = item.record().household().relation();
    if (!relations_.empty() && std::find(relations_.begin(), relations_.end(), relation) == relations_.end())
      return false;
    return std::any_of(members.begin(), members.end(), [&](const Member& member) {
      const std::span<const Item> items = member.person->all();
      return std::any_of(items.begin(), items.end(), [&](const Item& other) {
        return other.holds && !other.months.empty() && HouseholdOf(other) == household;
      });
    });
  }

  RecordSelectors benefit_, otherwise_;
  std::vector<std::string> relations_;
};

}  // namespace

std::unique_ptr<Condition> MakeAllJobless(const AllJobless& spec) {
  return std::make_unique<AllJoblessCondition>(spec);
}
std::unique_ptr<Condition> MakePartCovered(const PartCovered& spec) {
  return std::make_unique<PartCoveredCondition>(spec);
}

}  // namespace relief::coverage
