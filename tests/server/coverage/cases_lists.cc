// In need by other departments' data, and on no list.
#include "tests/server/coverage/rule_cases.h"

namespace relief::coverage {

std::vector<Case> ListCases() {
  return {

      Case{"GravelyIll", "M08A", {FactOf("f", v1::SERIOUS_ILLNESS, "2026-01-05")}, {"f"}},
      Case{"NeedyStudent", "M08A", {FactOf("f", v1::NEEDY_STUDENT, "2026-01-05")}, {"f"}},
      Case{"OnAList",
           "M08A",
           {FactOf("f", v1::NEEDY_STUDENT, "2026-01-05"), FactOf("g", v1::LOW_INCOME_MARGIN, "2026-02-01")},
           {}},
      Case{"NoLongerOnAList",
           "M08A",
           {FactOf("f", v1::NEEDY_STUDENT, "2026-01-05"),
            FactOf("g", v1::LOW_INCOME_MARGIN, "2025-02-01", "", "2026-10-30")},
           {"f"}},
      Case{"OnTheAllowance",
           "M08A",
           {FactOf("f", v1::SERIOUS_ILLNESS, "2026-01-05"), MinimumLiving("d", "2026-10")},
           {}},
      Case{"AllowanceEnded",
           "M08A",
           {FactOf("f", v1::SERIOUS_ILLNESS, "2026-01-05"), MinimumLiving("d", "2026-01", "2026-09")},
           {"f"}},
      Case{"FortyFourDaysOld", "M08A", {FactOf("f", v1::SERIOUS_ILLNESS, "2026-09-17")}, {}},
      Case{"FortyFiveDaysOld", "M08A", {FactOf("f", v1::SERIOUS_ILLNESS, "2026-09-16")}, {"f"}},
      Case{"DisabledAndJobless",
           "M08B",
           {FactOf("f", kJobless, "2026-01-05"), FactOf("g", v1::DISABILITY, "2020-01-05", "2")},
           {"f g"}},
      Case{"OnlyJobless",
           "M08B",
           {FactOf("f", kJobless, "2026-01-05"), FactOf("g", kJobless, "2026-02-05")},
           {}},
      Case{"SlightlyDisabled",
           "M08B",
           {FactOf("f", kJobless, "2026-01-05"), FactOf("g", v1::DISABILITY, "2020-01-05", "3")},
           {}},
      Case{"AtWork",
           "M08B",
           {FactOf("f", kJobless, "2026-01-05"), FactOf("g", v1::DISABILITY, "2020-01-05", "2"),
            FactOf("h", v1::EMPLOYED, "2026-06-01")},
           {}},
      Case{"LargeSpending",
           "M11",
           {OfAmount(FactOf("f", v1::MEDICAL_SPENDING, "2026-01-05"), 3000000)},
           {"f"}},
      Case{"LessSpending", "M11", {OfAmount(FactOf("f", v1::MEDICAL_SPENDING, "2026-01-05"), 2999999)}, {}},
      Case{"RigidExpenditure",
           "M11",
           {OfAmount(FactOf("f", v1::MEDICAL_SPENDING, "2026-01-05"), 3000000),
            FactOf("g", v1::RIGID_EXPENDITURE, "2026-02-05")},
           {}},
  };
}

}  // namespace relief::coverage
