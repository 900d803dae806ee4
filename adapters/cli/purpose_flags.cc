#include "adapters/cli/purpose_flags.h"

#include "adapters/cli/names.h"
#include "adapters/cli/text.h"

namespace relief::adapters {

void PurposeFlags::Add(CLI::App& command) {
  command
      .add_option("--purpose", kind_, Fill(Say::kHelpPurpose, {ChoicesOf(v1::Purpose::Kind_descriptor())}))
      ->capture_default_str();
  command.add_option("--case", case_number_, Text(Say::kHelpCase));
}

absl::StatusOr<v1::Purpose> PurposeFlags::Purpose() const {
  const auto kind = EnumValue(v1::Purpose::Kind_descriptor(), kind_);
  if (!kind) return absl::InvalidArgumentError(Fill(Say::kBadValue, {"--purpose"}));
  v1::Purpose purpose;
  purpose.set_kind(static_cast<v1::Purpose::Kind>(*kind));
  purpose.set_case_number(case_number_);
  return purpose;
}

}  // namespace relief::adapters
