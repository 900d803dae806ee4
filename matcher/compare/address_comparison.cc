#include "matcher/compare/address_comparison.h"

#include <algorithm>
#include <array>

namespace relief::matcher {
namespace {

// From the province down to the room. An ending of two characters goes before its last character alone.
constexpr std::u32string_view kEndings[] = {
    U"自治区", U"自治州", U"自治县", U"街道", U"社区", U"小区", U"单元", U"省", U"市", U"州",
    U"盟",     U"县",     U"区",     U"旗",   U"镇",   U"乡",   U"村",   U"屯", U"组", U"路",
    U"街",     U"巷",     U"弄",     U"号",   U"栋",   U"幢",   U"楼",   U"层", U"室"};
constexpr std::u32string_view kTownEndings[] = {U"街道", U"镇", U"乡"};

size_t EndingAt(std::u32string_view text, size_t at) {
  for (std::u32string_view ending : kEndings)
    if (text.substr(at, ending.size()) == ending) return ending.size();
  return 0;
}

bool EndsLikeTown(std::u32string_view part) {
  return std::any_of(std::begin(kTownEndings), std::end(kTownEndings), [&](std::u32string_view ending) {
    return part.size() > ending.size() && part.substr(part.size() - ending.size()) == ending;
  });
}

}  // namespace

std::vector<std::u32string_view> AddressParts(std::u32string_view address) {
  std::vector<std::u32string_view> parts;
  size_t start = 0;
  for (size_t at = 1; at < address.size();) {
    const size_t ending = at > start ? EndingAt(address, at) : 0;
    if (ending == 0) {
      ++at;
      continue;
    }
    at += ending;
    parts.push_back(address.substr(start, at - start));
    start = at;
    ++at;
  }
  if (start < address.size()) parts.push_back(address.substr(start));
  return parts;
}

AddressAgreement CompareAddresses(std::u32string_view a, std::u32string_view b) {
  if (a == b) return AddressAgreement::kSame;
  const std::vector<std::u32string_view> x = AddressParts(a), y = AddressParts(b);
  const auto& fewer = x.size() <= y.size() ? x : y;
  const auto& more = x.size() <= y.size() ? y : x;
  // Parts that stand in both, in the same order.
  size_t common = 0, next = 0;
  bool town = false;
  for (const std::u32string_view part : fewer) {
    const auto found = std::find(more.begin() + static_cast<std::ptrdiff_t>(next), more.end(), part);
    if (found == more.end()) continue;
    ++common;
    town = town || EndsLikeTown(part);
    next = static_cast<size_t>(found - more.begin()) + 1;
  }
  const bool same_end = !fewer.empty() && !more.empty() && fewer.back() == more.back();
  if (common == fewer.size() && common >= 2 && same_end) return AddressAgreement::kSame;
  if (common >= 2 && 2 * common >= fewer.size() + 1) return AddressAgreement::kMostParts;
  return town || common >= 2 ? AddressAgreement::kSameTown : AddressAgreement::kDifferent;
}

}  // namespace relief::matcher
