#include "storage/message_row.h"

#include "absl/strings/ascii.h"

namespace relief::storage {

absl::Status DamagedRow(std::string_view key, std::string_view type) {
  constexpr size_t kKindBytes = 2;
  std::string kind;
  for (const char byte : key.substr(0, kKindBytes)) kind.push_back(absl::ascii_isgraph(byte) ? byte : '?');
  return absl::DataLossError("a row of kind \"" + kind + "\" (" + std::string(type) + ") is damaged");
}

absl::StatusOr<std::optional<std::string>> FindValue(const Reader& source, std::string_view key) {
  const std::string copy(key);
  RELIEF_ASSIGN_OR_RETURN(auto rows, source.MultiGet({&copy, 1}));
  if (!rows.front().present()) return std::optional<std::string>();
  return std::optional(std::move(rows.front().value));
}

absl::StatusOr<std::optional<std::string>> FindValue(Transaction& source, std::string_view key) {
  return source.Get(key);
}

}  // namespace relief::storage
