// Digits within cells. Private to adapters/mapping, but for WithArabicNumerals.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace relief::adapters {

inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }
inline bool AllDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit);
}
// Requires: digits, few enough for an int.
inline int Number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

inline absl::Status Wrong(const char* expected) { return absl::InvalidArgumentError(expected); }

inline bool TakePrefix(std::string_view* text, std::string_view prefix) {
  if (text->substr(0, prefix.size()) != prefix) return false;
  text->remove_prefix(prefix.size());
  return true;
}
inline bool TakeSuffix(std::string_view* text, std::string_view suffix) {
  if (text->size() < suffix.size() || text->substr(text->size() - suffix.size()) != suffix) return false;
  text->remove_suffix(suffix.size());
  return true;
}

// Runs of Chinese numerals as digits: 二〇二六 2026, 十二 12, 二十一 21. Sets `*changed` where there was one.
std::string WithArabicNumerals(std::string_view text, bool* changed);

}  // namespace relief::adapters
