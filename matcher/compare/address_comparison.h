// How two addresses agree, part by part: province, city, county, town, village or road, number. Offices write
// more or fewer of the parts, so that what one of them leaves out says nothing.
//
// Pure, symmetric, callable from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace relief::matcher {

enum class AddressAgreement { kSame, kMostParts, kSameTown, kDifferent };

// `a` and `b` in the canonical form of Identity::address.
AddressAgreement CompareAddresses(std::u32string_view a, std::u32string_view b);

// 兰山区银雀山街道东关村12号 -> 兰山区, 银雀山街道, 东关村, 12号. What has no ending that is known is one
// part.
std::vector<std::u32string_view> AddressParts(std::u32string_view address);

}  // namespace relief::matcher
