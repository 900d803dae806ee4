// The layout of the generated table of Han characters: written by han_table_generator.cc, read by han.cc.
// Both are compiled by the same compiler for the same machine, so that a plain struct is the format.
#pragma once

#include <cstddef>
#include <cstdint>

namespace relief::matcher::han_table {

// Two levels: page_of[c / 256] names a page of 256 entries; page 0 is empty.
inline constexpr size_t kPageSize = 256;
inline constexpr size_t kPageIndexSize = 0x324;  // up to the end of CJK Extension H, U+323AF
inline constexpr char32_t kLimit = kPageIndexSize * kPageSize;
inline constexpr size_t kMaxReadings = 6;

struct Entry {
  uint32_t standard : 21;  // standard form; 0: the character itself
  uint32_t level : 2;      // of 通用规范汉字表
  uint32_t has_variants : 1;
  uint32_t radical : 8;       // 1..214, 0: unknown
  uint32_t cangjie : 25;      // up to five letters of five bits, the first one lowest; 0: unknown
  uint32_t strokes : 7;       // 0: unknown
  uint32_t four_corner : 17;  // the five digits + 1 (a missing fifth one is 0); 0: unknown
  uint32_t readings : 15;     // index of a ReadingList; 0 is the empty one
  uint32_t phonetic : 16;     // class of characters that share a phonetic component; 0: unknown
  uint32_t components : 16;   // index of a ComponentList; 0 is the empty one
};
static_assert(sizeof(Entry) == 16);

struct ReadingList {
  uint16_t count;
  uint16_t syllables[7];  // kMaxReadings used
};

// What the character is built of; equal numbers are equal components. Sorted.
struct ComponentList {
  uint16_t count;
  uint16_t components[7];  // 6 used
};

struct SyllableEntry {
  char text[8];  // padded with zeros; sorted
};

struct VariantPair {
  uint32_t a, b;  // each pair stands in both orders; sorted
};

}  // namespace relief::matcher::han_table
