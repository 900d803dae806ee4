// Benefits beside benefits, and benefits beside facts.
#include "tests/server/coverage/reference.h"

#include <cstdlib>

#include "tests/server/coverage/reference_records.h"

namespace relief::coverage {
namespace {

struct Pairs {
  const ReferencePerson& person;
  ReferenceOutput* out;

  using Test = PairTest;
  void Overlap(const std::string& rule, const Rows& left, const Rows& right, int allowed,
               const Test& test = nullptr, const RunName& name = nullptr, bool from_left = false) const {
    ReferenceOverlap(rule, person, person, left, right, allowed, out, test, name, from_left);
  }
  void Close(const std::string& rule, const Rows& left, const Rows& right, int days, const Test& test) const {
    for (const Row& a : left) {
      for (const Row& b : right) {
        const int x = ReferencePerson::DayOf(a), y = ReferencePerson::DayOf(b);
        const bool dated = x != kNoDay && y != kNoDay;
        if (a.record_id() != b.record_id() && (dated ? std::abs(x - y) <= days : days == kNoDay) &&
            test(a, b))
          out->Add(rule, {a, b});
      }
    }
  }
};

bool Same(const std::string& a, const std::string& b) { return !a.empty() && a == b; }
bool Differ(const std::string& a, const std::string& b) { return !a.empty() && !b.empty() && a != b; }
bool SameHouse(const Row& a, const Row& b) { return Same(a.benefit().house_id(), b.benefit().house_id()); }

void Invoices(const ReferencePerson& person, ReferenceOutput* out) {
  std::map<std::string, Rows> invoices;
  for (const Row& row : person.Benefits(v1::MEDICAL) + person.Benefits(v1::MEDICAL, {v1::STRIKE_OFF}) +
                            person.Benefits(v1::TEMPORARY))
    if (!row.benefit().invoice_number().empty()) invoices[row.benefit().invoice_number()].push_back(row);
  for (const auto& [number, rows] : invoices) {
    Rows live;
    std::set<std::string> payments;
    std::vector<int64_t> amounts, struck_amounts;
    bool others = false;
    int64_t paid = 0, total = 0, insured = 0, by_others = 0, assisted = 0;
    for (const Row& row : rows) {
      const v1::Benefit& b = row.benefit();
      const bool medical = b.programme() == v1::MEDICAL;
      others |= !medical;
      if (b.form() == v1::STRIKE_OFF) {
        struck_amounts.push_back(-b.amount_fen());
      } else if (b.amount_fen() > 0 && medical) {
        live.push_back(row);
        amounts.push_back(b.amount_fen());
        payments.insert(b.approval_number().empty() ? "row " + row.record_id()
                                                    : "approval " + b.approval_number());
      }
      paid += b.insured_fen() + b.amount_fen() + b.other_assisted_fen();
      assisted += b.amount_fen();
      insured = std::max(insured, b.insured_fen());
      by_others = std::max(by_others, b.other_assisted_fen());
      if (b.form() != v1::STRIKE_OFF) total = std::max(total, b.total_cost_fen());
    }
    if (static_cast<int>(payments.size()) - static_cast<int>(struck_amounts.size()) > 1) {
      out->Add("D13", live);
      // What is asked back: all but the largest of those that no strike-off took away, of its own amount or
      // else the largest.
      std::sort(amounts.begin(), amounts.end());
      int unmatched = 0;
      for (int64_t amount : struck_amounts) {
        const auto at = std::find(amounts.begin(), amounts.end(), amount);
        if (at == amounts.end()) {
          ++unmatched;
        } else {
          amounts.erase(at);
        }
      }
      int64_t surplus = 0;
      for (int i = 0; i + 1 + unmatched < static_cast<int>(amounts.size()); ++i) surplus += amounts[i];
      if (others && total > 0 && insured + by_others + assisted - surplus > total) out->Add("D14", rows);
    } else if (total > 0 && paid > total) {
      out->Add("D14", rows);
    }
  }
}

bool SameStage(const Row& a, const Row& b) {
  return Same(a.benefit().event_id(), b.benefit().event_id()) && a.benefit().stage().empty() &&
         b.benefit().stage().empty() && a.benefit().form() != 0 && a.benefit().form() == b.benefit().form();
}
bool SameGrant(const Row& a, const Row& b) {
  return Same(a.benefit().term(), b.benefit().term()) && Same(a.benefit().school(), b.benefit().school());
}
// How many months a subsidy was held, by counting.
void TooLong(const std::string& rule, const ReferencePerson& p, v1::BenefitForm form, ReferenceOutput* out) {
  std::set<int> months;
  Rows rows;
  for (const Row& row : p.Benefits(v1::EMPLOYMENT, {form})) {
    const std::set<int> span = p.Span(row);
    months.insert(span.begin(), span.end());
    if (!span.empty()) rows.push_back(row);
  }
  if (months.size() <= 36) return;
  const int end = *months.begin() + 1;  // the age at the end of the first month
  const int last = Days(end / 12, end % 12 + 1, 1) - 1;
  const auto birth = p.Birth();
  if (birth) {
    const int from = p.IsWoman() ? 45 : 55;
    if (Days(birth->year() + from, birth->month(), birth->day()) <= last) return;
  }
  out->Add(rule, rows);
}

}  // namespace

void ReferenceDuplicates(const ReferencePerson& p, ReferenceOutput* out) {
  const Pairs pairs{p, out};
  const Rows ml = p.Benefits(v1::MINIMUM_LIVING), ep = p.Benefits(v1::EXTREME_POVERTY);
  const Rows orphan = p.Facts(v1::ORPHAN_ALLOWANCE), full = p.Facts(v1::UNATTENDED_CHILD_ALLOWANCE, {"FULL"});
  const Rows living = p.Facts(v1::DISABILITY_LIVING_SUBSIDY),
             nursing = p.Facts(v1::DISABILITY_NURSING_SUBSIDY);
  const Rows rental = p.Benefits(v1::HOUSING, {v1::PUBLIC_RENTAL});
  const Rows renovation = p.Benefits(v1::HOUSING, {v1::HOUSE_RENOVATION});
  const Rows posts = p.Benefits(v1::EMPLOYMENT, {v1::POST_SUBSIDY, v1::PUBLIC_WELFARE_POST});
  const Rows flexible = p.Benefits(v1::EMPLOYMENT, {v1::FLEXIBLE_WORK_SUBSIDY});
  const RunName county = [](const Row& row) { return "/" + row.benefit().paying_region(); };
  const RunName household = [&](const Row& row) {
    return county(row) + "/" + row.household().household_id();
  };
  const RunName city = [](const Row& row) { return "/" + row.benefit().paying_region().substr(0, 4); };
  pairs.Overlap("D01", ep, ml, 1);
  pairs.Overlap("D02A", orphan, ep, 1);
  pairs.Overlap("D02B", p.Facts(v1::UNATTENDED_CHILD_ALLOWANCE), ep, 1);
  pairs.Overlap("D03A", full, ml, 1);
  pairs.Overlap("D03B", full, ep, 1);
  pairs.Overlap("D04", full, living, 1);
  pairs.Overlap("D04B", orphan, living, 1);
  pairs.Overlap("D05", ep, living + nursing, 1);
  pairs.Overlap("D06", p.Facts(v1::INJURY_NURSING_ALLOWANCE), nursing, 1);
  pairs.Overlap(
      "D07", ml, ml, 1,
      [](const Row& a, const Row& b) {
        return Differ(a.benefit().paying_region(), b.benefit().paying_region());
      },
      county);
  pairs.Overlap(
      "D28", ep, ep, 1,
      [](const Row& a, const Row& b) {
        return Differ(a.benefit().paying_region(), b.benefit().paying_region());
      },
      county);
  pairs.Overlap(
      "D08B", ml, ml, 1,
      [](const Row& a, const Row& b) {
        return Same(a.benefit().paying_region(), b.benefit().paying_region()) &&
               Same(a.household().household_id(), b.household().household_id());
      },
      household);
  pairs.Overlap(
      "D08", ml, ml, 1,
      [](const Row& a, const Row& b) {
        return Same(a.benefit().paying_region(), b.benefit().paying_region()) &&
               Differ(a.household().household_id(), b.household().household_id());
      },
      household);
  pairs.Overlap("D09", p.Facts(v1::LOW_INCOME_MARGIN) + p.Facts(v1::RIGID_EXPENDITURE),
                p.Benefits(v1::MINIMUM_LIVING, {}, {v1::SINGLE_PERSON_CASE, v1::GRADUAL_EXIT}) + ep, 1);
  const Rows temporary = p.Benefits(v1::TEMPORARY, {}, {v1::ADVANCE_RELIEF});
  pairs.Close("D10", temporary, temporary, 365, [](const Row& a, const Row& b) {
    return Same(a.benefit().cause(), b.benefit().cause()) &&
           Differ(a.benefit().approval_number(), b.benefit().approval_number());
  });
  pairs.Close("D11", p.Benefits(v1::DISASTER, {v1::EMERGENCY_RELIEF, v1::TRANSITION_RELIEF}),
              p.Benefits(v1::TEMPORARY), 105, [](const Row& a, const Row& b) {
                return Same(a.benefit().event_id(), b.benefit().event_id());
              });
  Invoices(p, out);
  std::map<int, Rows> years;
  for (const Row& row : p.Benefits(v1::MEDICAL, {v1::INSURANCE_SUBSIDY}))
    if (row.benefit().benefit_year() != 0) years[row.benefit().benefit_year()].push_back(row);
  for (const auto& [when, rows] : years)
    if (rows.size() > 1) out->Add("D15", rows);
  pairs.Overlap("D16", rental, p.Benefits(v1::HOUSING, {v1::RENT_SUBSIDY}), 1);
  pairs.Overlap(
      "D17A", rental, rental, 1,
      [](const Row& a, const Row& b) {
        return Differ(a.benefit().paying_region().substr(0, 4), b.benefit().paying_region().substr(0, 4));
      },
      city);
  pairs.Overlap(
      "D17E", rental, rental, 1,
      [](const Row& a, const Row& b) {
        const auto dwelling = [](const Row& row) {
          return row.benefit().house_id().empty() ? row.benefit().contract_number()
                                                  : row.benefit().house_id();
        };
        return Same(a.benefit().paying_region().substr(0, 4), b.benefit().paying_region().substr(0, 4)) &&
               !Same(dwelling(a), dwelling(b));
      },
      city);
  pairs.Overlap(
      "D18D", posts, posts, 1,
      [](const Row& a, const Row& b) { return a.benefit().form() == b.benefit().form(); },
      [](const Row& row) { return std::to_string(row.benefit().form()); });
  TooLong("D30A", p, v1::PUBLIC_WELFARE_POST, out);
  TooLong("D30B", p, v1::FLEXIBLE_WORK_SUBSIDY, out);
  const Rows relief = p.Benefits(v1::DISASTER), grants = p.Benefits(v1::EDUCATION);
  pairs.Close("D29A", relief, relief, kNoDay, [](const Row& a, const Row& b) {
    return SameStage(a, b) && Differ(a.benefit().paying_region(), b.benefit().paying_region());
  });
  const Rows after_papers = p.Benefits(v1::DISASTER, {}, {v1::ADVANCE_RELIEF});
  pairs.Close("D29B", after_papers, after_papers, kNoDay, [](const Row& a, const Row& b) {
    return SameStage(a, b) && Same(a.benefit().paying_region(), b.benefit().paying_region());
  });
  pairs.Close("D19C", grants, grants, kNoDay, [](const Row& a, const Row& b) {
    return SameGrant(a, b) && Differ(a.benefit().paying_region(), b.benefit().paying_region()) &&
           !Differ(a.benefit().sub_item(), b.benefit().sub_item());
  });
  pairs.Close("D19D", grants, grants, kNoDay, [](const Row& a, const Row& b) {
    return SameGrant(a, b) && Same(a.benefit().paying_region(), b.benefit().paying_region()) &&
           Same(a.benefit().sub_item(), b.benefit().sub_item());
  });
  pairs.Close("D17B", renovation, p.Benefits(v1::DISASTER, {v1::HOUSE_REBUILDING}), 1826, SameHouse);
  pairs.Close("D17C", renovation, renovation, 1826, [](const Row& a, const Row& b) {
    return SameHouse(a, b) && Differ(a.benefit().contract_number(), b.benefit().contract_number());
  });
  pairs.Overlap("D18A", posts, flexible, 1);
  pairs.Overlap("D18B", posts + flexible, p.Facts(v1::UNEMPLOYMENT_INSURANCE), 1);
  pairs.Overlap("D18C", posts + flexible, p.Facts(v1::REGISTERED_UNEMPLOYMENT), 3);
  std::map<std::string, Rows> terms;
  for (const Row& row : p.Benefits(v1::EDUCATION))
    if (!row.benefit().term().empty()) terms[row.benefit().term()].push_back(row);
  for (const auto& [term, rows] : terms) {
    std::set<std::string> schools;
    for (const Row& row : rows) schools.insert(row.benefit().school());
    schools.erase("");
    if (schools.size() > 1) out->Add("D19", rows);
  }
  const Rows rolls = p.Facts(v1::SCHOOL_ENROLMENT);
  pairs.Overlap(
      "D19B", rolls, rolls, 1,
      [](const Row& a, const Row& b) {
        return Same(a.fact().value(), b.fact().value()) &&
               Differ(a.fact().institution(), b.fact().institution());
      },
      [](const Row& row) { return "/" + row.fact().value() + "/" + row.fact().institution(); });
  pairs.Overlap("D21", p.Facts(v1::CUSTODY) + p.Facts(v1::DECLARED_MISSING), ml + ep, 1, nullptr, nullptr,
                true);
  pairs.Overlap("D22A", p.Benefits(v1::EXTREME_POVERTY, {}, {v1::MINOR_EXTENDED}), p.Facts(v1::EMPLOYED), 1);
  pairs.Overlap("D23", p.Benefits(v1::EXTREME_POVERTY, {v1::CONCENTRATED_CARE}), p.Benefits(v1::HOUSING), 1);
}

std::set<std::string> ReferenceFindings(const Rows& records, int year, int month, int day) {
  const ReferencePerson person(records, year, month, day);
  ReferenceOutput out;
  ReferenceDuplicates(person, &out);
  ReferenceStatus(person, &out);
  ReferenceIdentity(person, &out);
  ReferenceGaps(person, &out);
  return out.lines;
}

}  // namespace relief::coverage
