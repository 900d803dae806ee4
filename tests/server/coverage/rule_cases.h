// What each shipped rule opens on, and each exception that keeps it closed. The day of judgement is
// 2026-10-31, unless the case says otherwise. A case of two persons is of one household.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "tests/server/coverage/person_file.h"

namespace relief::coverage {

struct Case {
  std::string name;
  std::string rule;
  std::vector<v1::Record> records;
  std::set<std::string> expected;             // evidence of each finding of the rule: "a b"
  bool rest_bears = false;                    // without one of them, the others bear a finding of their own
  std::vector<v1::Record> other_member = {};  // of the household; ids of their own
  matcher::CivilDate as_of = kAsOf;
};

std::vector<Case> DuplicateCases();
std::vector<Case> AllowanceCases();
std::vector<Case> StatusCases();
std::vector<Case> IdentityCases();
std::vector<Case> GapCases();
std::vector<Case> ListCases();
std::vector<Case> HouseholdCases();
std::vector<Case> LeadCases();
std::vector<Case> TwiceCases();
std::vector<Case> WarningCases();

inline constexpr v1::BenefitForm kRental = v1::PUBLIC_RENTAL, kSubsidy = v1::RENT_SUBSIDY,
                                 kRenovation = v1::HOUSE_RENOVATION;
inline constexpr v1::BenefitForm kCare = v1::CONCENTRATED_CARE, kOutpatient = v1::OUTPATIENT_SETTLEMENT;
inline constexpr v1::FactType kDeath = v1::DEATH, kSchool = v1::SCHOOL_ENROLMENT,
                              kJobless = v1::REGISTERED_UNEMPLOYMENT;
inline constexpr v1::FactType kDanger = v1::DANGEROUS_HOUSE, kDamage = v1::HOUSE_DAMAGE;

}  // namespace relief::coverage
