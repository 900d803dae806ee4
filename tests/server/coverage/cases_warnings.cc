// Households that may fall into need: events of the last half year, added up.
#include "tests/server/coverage/rule_cases.h"

namespace relief::coverage {

std::vector<Case> WarningCases() {
  return {

      Case{
          "LossOfWork", "W01", {MinimumLiving("a", "2026-01"), FactOf("f", kJobless, "2026-08-01")}, {"a f"}},
      Case{"LongAgo", "W01", {MinimumLiving("a", "2026-01"), FactOf("f", kJobless, "2026-05-03")}, {}},
      Case{"TheLastDayThatItCounts",
           "W01",
           {MinimumLiving("a", "2026-01"), FactOf("f", kJobless, "2026-05-04")},
           {"a f"}},
      Case{"ADeathOfAnotherMember",
           "W01",
           {MinimumLiving("a", "2026-01")},
           {"a d"},
           false,
           {FactOf("d", kDeath, "2026-09-01")}},
      Case{"NobodyIsOnTheListAnyMore",
           "W01",
           {MinimumLiving("a", "2026-01", "2026-06"), FactOf("f", kJobless, "2026-08-01")},
           {}},
      Case{"OffTheRoll",
           "W02",
           {Born(ExtremePoverty("a", "2026-01"), "2015-03-01"),
            FactOf("s", kSchool, "2025-09-01", "", "2026-07-10")},
           {"a s"}},
      Case{"OnAnotherRoll",
           "W02",
           {Born(ExtremePoverty("a", "2026-01"), "2015-03-01"),
            FactOf("s", kSchool, "2025-09-01", "", "2026-07-10"), FactOf("t", kSchool, "2026-09-01")},
           {}},
      Case{"PastTheAgeOfSchool",
           "W02",
           {Born(ExtremePoverty("a", "2026-01"), "2005-03-01"),
            FactOf("s", kSchool, "2025-09-01", "", "2026-07-10")},
           {}},
      Case{
          "AHouseThatCollapsed",
          "W03",
          {FactOf("a", v1::LOW_INCOME_MARGIN, "2026-01-01"), FactOf("h", kDamage, "2026-08-01", "COLLAPSED")},
          {"a h"}},
      Case{"SlightDamage",
           "W03",
           {FactOf("a", v1::LOW_INCOME_MARGIN, "2026-01-01"), FactOf("h", kDamage, "2026-08-01", "MODERATE")},
           {}},
      Case{"IllnessAndDisability",
           "W04",
           {FactOf("a", v1::RIGID_EXPENDITURE, "2026-01-01"), FactOf("i", v1::SERIOUS_ILLNESS, "2026-08-01"),
            FactOf("j", v1::DISABILITY, "2026-09-01", "2")},
           {"a i j"},
           true},
      Case{"OnNoList", "W04", {FactOf("i", v1::SERIOUS_ILLNESS, "2026-08-01")}, {}},
  };
}

}  // namespace relief::coverage
