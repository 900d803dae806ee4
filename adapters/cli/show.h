// Persons, findings and match explanations as text for people.
#pragma once

#include <ostream>
#include <string>

#include "adapters/cli/table.h"
#include "relief/v1/finding_service.pb.h"
#include "relief/v1/registry_service.pb.h"

namespace relief::adapters {

std::string ProgrammeTitle(v1::Programme programme);  // in the language of the session
std::string FactValue(const v1::Fact& fact);
std::string TitleOf(const v1::Finding& finding);
std::string PeriodOf(const v1::Benefit& benefit);

// What a rule on gaps says of a person, a row each; and why it cannot be told, or does not apply.
Table EntitlementTable();
void AddEntitlement(const v1::Entitlement& one, Table* table);
std::string WhyOf(const v1::Entitlement& entitlement);

Table FindingTable();
void AddFinding(const v1::Finding& finding, Table* table);
void ShowFinding(const v1::Finding& finding, std::ostream& out);
void ShowPerson(const v1::Person& person, std::ostream& out);

// The waterfall: what each field adds or takes, in bits, with a bar, and the running sum.
void ShowExplanation(const v1::MatchExplanation& explanation, std::ostream& out);

}  // namespace relief::adapters
