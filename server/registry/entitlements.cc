#include "server/registry/entitlements.h"

#include <algorithm>

#include "matcher/resolve/index_reader.h"
#include "server/findings/judging.h"
#include "server/records/identity_mapping.h"
#include "server/registry/person_rows.h"
#include "storage/status_macros.h"

namespace relief::server::registry {

std::map<std::string, v1::Finding> GapRules(const coverage::RuleSet& rules, matcher::CivilDate as_of) {
  std::map<std::string, v1::Finding> gaps;
  for (const coverage::RuleInfo& rule : rules.rules_in_force(as_of))
    if (rule.kind == v1::MISSING) rules.Describe(rule.id, as_of, &gaps[rule.id]);
  return gaps;
}

v1::Entitlement ShowAnswer(const coverage::RuleAnswer& answer,
                           const std::map<std::string, v1::Finding>& rules) {
  v1::Entitlement shown;
  shown.set_rule_id(answer.rule_id);
  if (const auto rule = rules.find(answer.rule_id); rule != rules.end()) {
    shown.set_title_zh(rule->second.title_zh());
    shown.set_title_en(rule->second.title_en());
    shown.set_need(rule->second.need());
    *shown.mutable_notify() = rule->second.notify();
  }
  shown.set_state(answer.state);
  shown.set_reason(answer.lack.reason);
  shown.set_lacking(answer.lack.programme);
  shown.set_lacking_fact(answer.lack.fact);
  if (answer.lack.since != 0)
    *shown.mutable_since() = records::ToProto(matcher::CivilDate::FromDays(answer.lack.since));
  shown.set_period(answer.period);
  shown.set_region(answer.region);
  shown.set_finding_id(answer.finding_id);
  return shown;
}

absl::StatusOr<v1::EntitlementSheet> ReadEntitlements(const storage::Reader& reader,
                                                      const coverage::RuleSet& rules,
                                                      const coverage::Feeds* feeds, matcher::CivilDate as_of,
                                                      const v1::GetEntitlementsRequest& request) {
  const auto id = matcher::PersonId::Parse(request.person_id());
  if (!id) return absl::NotFoundError("no such person");
  RELIEF_ASSIGN_OR_RETURN(const matcher::PersonId person, matcher::FollowPersonId(reader, *id));
  RELIEF_ASSIGN_OR_RETURN(const auto household, findings::ReadHousehold(reader, person));
  std::vector<matcher::PersonId> persons;
  std::vector<std::vector<coverage::CoverageRecord>> records, in_review;
  const auto add = [&](const matcher::PersonId& member, const std::vector<matcher::RecordKey>& keys) {
    persons.push_back(member);
    records.push_back(household.ToRules(keys));
    in_review.push_back(household.InReviewWith(member));
  };
  add(person, household.members.at(person));
  for (const auto& [member, keys] : household.members)
    if (!(member == person)) add(member, keys);
  std::vector<coverage::PersonInput> inputs;
  for (size_t i = 0; i < records.size(); ++i)
    inputs.push_back({.records = records[i], .in_review = in_review[i]});

  const std::map<std::string, v1::Finding> gaps = GapRules(rules, as_of);
  v1::EntitlementSheet sheet;
  *sheet.mutable_as_of_date() = records::ToProto(as_of);
  std::vector<std::vector<v1::Entitlement>> shown(inputs.size());
  const size_t wanted = request.only_this_person() ? 1 : inputs.size();
  for (size_t i = 0; i < wanted; ++i)
    for (const coverage::RuleAnswer& answer : rules.Judge(inputs[i], feeds, as_of, true).answers)
      shown[i].push_back(ShowAnswer(answer, gaps));
  if (inputs.size() <= findings::kLargestHousehold)
    for (const coverage::RuleAnswer& answer : rules.JudgeHousehold(inputs, feeds, as_of, true).answers)
      shown[answer.member].push_back(ShowAnswer(answer, gaps));
  for (size_t i = 0; i < wanted; ++i) {
    std::stable_sort(
        shown[i].begin(), shown[i].end(),
        [](const v1::Entitlement& a, const v1::Entitlement& b) { return a.rule_id() < b.rule_id(); });
    v1::EntitlementSheet::Member& member = *sheet.add_members();
    member.set_person_id(persons[i].ToString());
    for (v1::Entitlement& one : shown[i]) *member.add_entitlements() = std::move(one);
  }
  return sheet;
}

}  // namespace relief::server::registry
