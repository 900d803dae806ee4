// Comparison levels of a column: how two of its values agree. The levels of a kind are few, ordered from the
// strongest to the weakest, and always end with DIFFERENT; what each is worth is estimated from the data
// (estimate.h), never set by hand.
//
// Pure, symmetric, callable from any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "matcher/linkage/table.h"

namespace relief::matcher {

inline constexpr uint8_t kExactLevel = 0;
inline constexpr uint8_t kMissingLevel = 0xff;  // one side has no value: says nothing

// "EXACT", ..., "DIFFERENT".
std::span<const std::string_view> LevelNames(ColumnKind kind);

// Compares all columns of two rows. Given name and surname are also looked for in one another's column.
class RowComparison {
 public:
  explicit RowComparison(const Table& table);

  // One level for each column.
  void Compare(size_t a, size_t b, uint8_t* levels) const;

 private:
  uint8_t CompareColumn(size_t column, size_t a, size_t b) const;

  const Table& table_;
  int given_ = -1, surname_ = -1;
};

}  // namespace relief::matcher
