// Members of a household, pair by pair.
#include "tests/server/coverage/reference.h"
#include "tests/server/coverage/reference_records.h"

namespace relief::coverage {
namespace {

const std::string& HouseholdOf(const Row& row) { return row.household().household_id(); }

std::string Dwelling(const Row& row) {
  return row.benefit().house_id().empty() ? row.benefit().contract_number() : row.benefit().house_id();
}

bool NotOneContract(const Row& a, const Row& b) {
  return a.benefit().contract_number().empty() ||
         a.benefit().contract_number() != b.benefit().contract_number();
}

void Pairs(const std::vector<ReferencePerson>& members, ReferenceOutput* out) {
  for (const ReferencePerson& a : members) {
    for (const ReferencePerson& b : members) {
      if (&a == &b) continue;
      const Rows a_rental = a.Benefits(v1::HOUSING, {v1::PUBLIC_RENTAL}),
                 b_rental = b.Benefits(v1::HOUSING, {v1::PUBLIC_RENTAL});
      ReferenceOverlap("D16B", a, b, a_rental, b.Benefits(v1::HOUSING, {v1::RENT_SUBSIDY}), 1, out);
      ReferenceOverlap(
          "D17G", a, b, a_rental, b_rental, 1, out,
          [](const Row& x, const Row& y) {
            return !Dwelling(x).empty() && !Dwelling(y).empty() && Dwelling(x) != Dwelling(y);
          },
          Dwelling);
      const Rows renovations = a.Benefits(v1::HOUSING, {v1::HOUSE_RENOVATION});
      const auto near_house = [&](const std::string& rule, const Rows& others, const PairTest& test) {
        for (const Row& one : renovations) {
          for (const Row& other : others) {
            const int x = ReferencePerson::DayOf(one), y = ReferencePerson::DayOf(other);
            const std::string& house = one.benefit().house_id();
            if (!house.empty() && house == other.benefit().house_id() && x != kNoDay && y != kNoDay &&
                std::abs(x - y) <= 1826 && test(one, other))
              out->Add(rule, {one, other});
          }
        }
      };
      near_house("D17D", b.Benefits(v1::DISASTER, {v1::HOUSE_REBUILDING}),
                 [](const Row&, const Row&) { return true; });
      near_house("D17F", b.Benefits(v1::HOUSING, {v1::HOUSE_RENOVATION}), NotOneContract);
      for (const Row& x : a.Benefits(v1::TEMPORARY)) {
        for (const Row& y : b.Benefits(v1::TEMPORARY)) {
          const bool one_approval = !x.benefit().approval_number().empty() &&
                                    x.benefit().approval_number() == y.benefit().approval_number();
          if (one_approval) continue;
          const auto papers = [](const Row& row) {
            const auto& marks = row.benefit().marks();
            return std::find(marks.begin(), marks.end(), v1::ADVANCE_RELIEF) == marks.end();
          };
          // Of the causes of the random persons none is a person's own.
          if (papers(x) && papers(y) && !x.benefit().cause().empty() &&
              x.benefit().cause() == y.benefit().cause() &&
              std::abs(ReferencePerson::DayOf(x) - ReferencePerson::DayOf(y)) <= 365)
            out->Add("D10B", {x, y});
          if (!x.benefit().invoice_number().empty() &&
              x.benefit().invoice_number() == y.benefit().invoice_number())
            out->Add("D10C", {x, y});
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
    if (!member.CouldWork().value_or(true)) continue;
    could = true;
    const bool long_ago = std::any_of(jobless.begin(), jobless.end(), [&](const Row& row) {
      return member.today() - ReferencePerson::DayOf(row) >= 30;
    });
    works |= !long_ago || member.Has(v1::EMPLOYED) || member.Runs(v1::EMPLOYMENT);
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

// What happened in the last 180 days to those who live with somebody on a list; the newest of each kind and member.
void Warning(const std::string& rule, const std::vector<ReferencePerson>& members,
             bool (*on_list)(const Row&), ReferenceOutput* out) {
  Rows base, events;
  for (const ReferencePerson& member : members) {
    for (const Row& row : member.rows)
      if (!member.Dead() && on_list(row) && member.Holds(row) && !member.Span(row).empty())
        base.push_back(row);
    const auto newest = [&](const Rows& rows, const auto& day_of) {
      const Row* found = nullptr;
      for (const Row& row : rows) {
        if (member.today() - day_of(row) > 180) continue;
        if (!found || day_of(row) > day_of(*found) ||
            (day_of(row) == day_of(*found) && KeyOf(row.record_id()) < KeyOf(found->record_id())))
          found = &row;
      }
      if (found) events.push_back(*found);
    };
    Rows spending;
    for (const Row& row : member.Holding(member.Facts(v1::MEDICAL_SPENDING)))
      if (row.fact().amount_fen() >= 1000000) spending.push_back(row);
    newest(spending, ReferencePerson::DayOf);
    for (v1::FactType type : {v1::SERIOUS_ILLNESS, v1::DISABILITY, v1::REGISTERED_UNEMPLOYMENT, v1::DEATH})
      newest(member.Holding(member.Facts(type)), ReferencePerson::DayOf);
    newest(member.Holding(member.Facts(v1::HOUSE_DAMAGE, {"COLLAPSED", "SEVERE"})), ReferencePerson::DayOf);
    if (!member.Has(v1::SCHOOL_ENROLMENT) && member.Age() && *member.Age() >= 6 && *member.Age() <= 15) {
      Rows left;
      for (const Row& row : member.Facts(v1::SCHOOL_ENROLMENT))
        if (row.fact().has_end_date()) left.push_back(row);
      newest(left, [](const Row& row) {
        return Days(row.fact().end_date().year(), row.fact().end_date().month(),
                    row.fact().end_date().day()) +
               1;
      });
    }
  }
  if (!base.empty() && !events.empty()) out->Add(rule, base + events);
}

void Warnings(const std::vector<ReferencePerson>& members, ReferenceOutput* out) {
  Warning(
      "W01", members,
      [](const Row& row) {
        return row.benefit().programme() == v1::MINIMUM_LIVING && row.benefit().form() != v1::STRIKE_OFF;
      },
      out);
  Warning(
      "W02", members,
      [](const Row& row) {
        return row.benefit().programme() == v1::EXTREME_POVERTY && row.benefit().form() != v1::STRIKE_OFF;
      },
      out);
  Warning(
      "W03", members, [](const Row& row) { return row.fact().type() == v1::LOW_INCOME_MARGIN; }, out);
  Warning(
      "W04", members, [](const Row& row) { return row.fact().type() == v1::RIGID_EXPENDITURE; }, out);
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
  for (const ReferencePerson& person : persons) ReferenceMemberGaps(person, persons, &out);
  Warnings(persons, &out);
  for (const std::string& household : households) {
    if (!AnySilent(persons, {"EMPLOYMENT"}, 30)) Jobless(persons, household, &out);
    if (!AnySilent(persons, {"MINIMUM_LIVING"}, 45)) PartCovered(persons, household, &out);
  }
  return out.lines;
}

}  // namespace relief::coverage
