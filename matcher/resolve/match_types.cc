#include "matcher/resolve/match_types.h"

namespace relief::matcher {

std::string MatchConflict::ToString() const { return "C-" + a.ToString() + b.ToString(); }

std::optional<std::pair<RecordKey, RecordKey>> MatchConflict::Parse(std::string_view text) {
  if (text.size() != 34 || text.substr(0, 2) != "C-") return std::nullopt;
  const auto a = RecordKey::Parse(text.substr(2, 16));
  const auto b = RecordKey::Parse(text.substr(18, 16));
  if (!a || !b || !(*a < *b)) return std::nullopt;
  return std::pair(*a, *b);
}

}  // namespace relief::matcher
