#include "adapters/cli/finding_filter.h"

#include "adapters/cli/names.h"
#include "adapters/cli/text.h"

namespace relief::adapters {
namespace {

absl::Status BadFlag(const char* flag) { return absl::InvalidArgumentError(Fill(Say::kBadValue, {flag})); }

}  // namespace

void FindingFilterFlags::AddForReport(CLI::App& command) {
  command.add_option("--rule", rules_, Text(Say::kHelpRule))->delimiter(',');
  command.add_option("--kind", kinds_, Fill(Say::kHelpKind, {ChoicesOf(v1::FindingKind_descriptor())}))
      ->delimiter(',');
  command.add_option("--programme", programmes_, Text(Say::kHelpProgrammes))->delimiter(',');
  command.add_option("--region", region_, Text(Say::kHelpRegion));
  command.add_option("--person", person_, Text(Say::kHelpPersonFilter));
}

void FindingFilterFlags::Add(CLI::App& command) {
  AddForReport(command);
  command
      .add_option("--state", state_,
                  Fill(Say::kHelpState, {ChoicesOf(v1::Finding::State_descriptor(),
                                                   {v1::Finding::OPEN, v1::Finding::CLOSED})}))
      ->check(CLI::IsMember({"open", "closed", "all"}))
      ->capture_default_str();
}

absl::StatusOr<v1::FindingFilter> FindingFilterFlags::Filter() const {
  v1::FindingFilter filter;
  for (const auto& rule : rules_) filter.add_rule_ids(rule);
  for (const auto& name : kinds_) {
    const auto kind = EnumValue(v1::FindingKind_descriptor(), name);
    if (!kind) return BadFlag("--kind");
    filter.add_kinds(static_cast<v1::FindingKind>(*kind));
  }
  for (const auto& name : programmes_) {
    const auto programme = EnumValue(v1::Programme_descriptor(), name);
    if (!programme) return BadFlag("--programme");
    filter.add_programmes(static_cast<v1::Programme>(*programme));
  }
  if (state_ == "open") filter.add_states(v1::Finding::OPEN);
  if (state_ == "closed") filter.add_states(v1::Finding::CLOSED);
  filter.set_region_prefix(region_);
  filter.set_person_id(person_);
  return filter;
}

}  // namespace relief::adapters
