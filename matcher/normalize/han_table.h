// The generated table, as the library sees it. Private to matcher/normalize.
#pragma once

#include "han_table_sizes.h"
#include "matcher/normalize/han_table_layout.h"

namespace relief::matcher::han_table {

struct Table {
  alignas(8) uint16_t page_of[kPageIndexSize];
  alignas(8) SyllableEntry syllables[kSyllables];  // 0 is no syllable
  alignas(8) uint16_t fold[kSyllables];
  alignas(8) ReadingList reading_lists[kReadingLists];
  alignas(8) ComponentList component_lists[kComponentLists];
  alignas(8) VariantPair variants[kVariantPairs];
  alignas(8) Entry entries[kEntries];
};

extern "C" const Table relief_han_table;

inline const Entry& EntryOf(char32_t c) {
  if (c >= kLimit) return relief_han_table.entries[0];
  return relief_han_table.entries[relief_han_table.page_of[c / kPageSize] * kPageSize + c % kPageSize];
}

}  // namespace relief::matcher::han_table
