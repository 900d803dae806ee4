// Members of a household, pair by pair.
#include "tests/server/coverage/reference.h"
#include "tests/server/coverage/reference_records.h"

namespace relief::coverage {
namespace {

const std::string& HouseholdOf(const Row& row) { return row.household().household_id(); }

void Pairs(const std::vector<ReferencePerson>& members, ReferenceOutput* out) {
  for (const ReferencePerson& a : members) {
    for (const ReferencePerson& b : members) {
      if (&a == &b) continue;
      for (const Row& rental : a.Benefits(v1::HOUSING, {v1::PUBLIC_RENTAL})) {
        for (const Row& subsidy : b.Benefits(v1::HOUSING, {v1::RENT_SUBSIDY})) {
          int shared = 0;
          for (int month : a.Span(rental)) shared += static_cast<int>(b.Span(subsidy).count(month));
          if (shared > 1) out->Add("D16B", {rental, subsidy});
        }
      }
      for (const Row& renovation : a.Benefits(v1::HOUSING, {v1::HOUSE_RENOVATION})) {
        for (const Row& rebuilding : b.Benefits(v1::DISASTER, {v1::HOUSE_REBUILDING})) {
          const int x = ReferencePerson::DayOf(renovation), y = ReferencePerson::DayOf(rebuilding);
          const std::string& house = renovation.benefit().house_id();
          if (!house.empty() && house == rebuilding.benefit().house_id() && x != kNoDay && y != kNoDay &&
              std::abs(x - y) <= 1826)
            out->Add("D17D", {renovation, rebuilding});
        }
      }
    }
  }
}

bool AnySilent(const std::vector<ReferencePerson>& members, const Values& programmes, int days) {
  return std::any_of(members.begin(), members.end(),
                     [&](const ReferencePerson& member) { return Silent(member, programmes, days); });
}

// The allowances of a household that run, of members who live.
Rows Allowances(const ReferencePerson& member, const std::string& household, const Marks& except) {
  Rows found;
  if (member.Dead()) return found;
  for (const Row& row : member.Holding(member.Benefits(v1::MINIMUM_LIVING, {}, except)))
    if (HouseholdOf(row) == household) found.push_back(row);
  return found;
}

void Jobless(const std::vector<ReferencePerson>& members, const std::string& household,
             ReferenceOutput* out) {
  Rows evidence;
  bool could = false, works = false;
  for (const ReferencePerson& member : members) {
    const Rows base = Allowances(member, household, {});
    if (base.empty()) continue;
    evidence = evidence + base;
    if (member.Has(v1::DISABILITY, {"1", "2"}) || member.Has(v1::SERIOUS_ILLNESS) ||
        member.Has(v1::SCHOOL_ENROLMENT) || member.Has(v1::CUSTODY))
      continue;
    const Rows jobless = member.Holding(member.Facts(v1::REGISTERED_UNEMPLOYMENT));
    const auto age = member.Age();
    if (jobless.empty() && age && (*age < 16 || *age > 59)) continue;
    could = true;
    works |= jobless.empty() || member.Has(v1::EMPLOYED) || member.Runs(v1::EMPLOYMENT);
    evidence = evidence + jobless;
  }
  if (could && !works) out->Add("M07", evidence);
}

void PartCovered(const std::vector<ReferencePerson>& members, const std::string& household,
                 ReferenceOutput* out) {
  Rows evidence;
  std::set<std::string> shared;  // every household of which somebody covered here is a member today
  for (const ReferencePerson& member : members) {
    const Rows covered = Allowances(member, household, {v1::SINGLE_PERSON_CASE});
    evidence = evidence + covered;
    if (covered.empty()) continue;
    for (const Row& row : member.rows)
      if (!HouseholdOf(row).empty() && member.Holds(row) && !member.Span(row).empty())
        shared.insert(HouseholdOf(row));
  }
  const size_t covered = evidence.size();
  for (const ReferencePerson& member : members) {
    if (covered == 0 || member.Dead() || member.Runs(v1::MINIMUM_LIVING) || member.Runs(v1::EXTREME_POVERTY))
      continue;
    if (member.Has(v1::CUSTODY) || member.Has(v1::DECLARED_MISSING) || member.Has(v1::ORPHAN_ALLOWANCE) ||
        member.Has(v1::UNATTENDED_CHILD_ALLOWANCE) || member.Has(v1::EMPLOYED))
      continue;
    for (const Row& row : member.rows) {
      const Values relations = {"配偶", "子女", "未成年子女", "户主"};
      if (shared.count(HouseholdOf(row)) && relations.count(row.household().relation()) &&
          member.Holds(row) && !member.Span(row).empty())
        evidence.push_back(row);
    }
  }
  if (evidence.size() > covered) out->Add("M12", evidence);
}

}  // namespace

std::set<std::string> ReferenceHouseholdFindings(const std::vector<Rows>& members, int year, int month,
                                                 int day) {
  std::vector<ReferencePerson> persons;
  std::set<std::string> households;
  for (const Rows& rows : members) {
    persons.emplace_back(rows, year, month, day);
    for (const Row& row : rows) households.insert(HouseholdOf(row));
  }
  households.erase("");
  ReferenceOutput out;
  Pairs(persons, &out);
  for (const std::string& household : households) {
    if (!AnySilent(persons, {"EMPLOYMENT"}, 30)) Jobless(persons, household, &out);
    if (!AnySilent(persons, {"MINIMUM_LIVING"}, 45)) PartCovered(persons, household, &out);
  }
  return out.lines;
}

}  // namespace relief::coverage
