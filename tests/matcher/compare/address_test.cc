#include <gtest/gtest.h>

#include "matcher/compare/address_comparison.h"

namespace relief::matcher {
namespace {

TEST(Address, IsTakenApartAtItsEndings) {
  EXPECT_EQ(
      AddressParts(U"山东省临沂市兰山区银雀山街道东关村12号"),
      (std::vector<std::u32string_view>{U"山东省", U"临沂市", U"兰山区", U"银雀山街道", U"东关村", U"12号"}));
  EXPECT_EQ(AddressParts(U"东关村"), (std::vector<std::u32string_view>{U"东关村"}));
  EXPECT_EQ(AddressParts(U"某处"), (std::vector<std::u32string_view>{U"某处"}));
  EXPECT_TRUE(AddressParts(U"").empty());
}

TEST(Address, PartsThatAreLeftOutSayNothing) {
  struct Case {
    const char32_t *a, *b;
    AddressAgreement agreement;
  };
  for (const Case& c : std::vector<Case>{
           {U"兰山区银雀山街道东关村12号", U"山东省临沂市兰山区银雀山街道东关村12号",
            AddressAgreement::kSame},
           {U"兰山区银雀山街道12号", U"兰山区银雀山街道东关村12号", AddressAgreement::kSame},
           {U"兰山区银雀山街道东关村12号", U"兰山区银雀山街道东关村21号", AddressAgreement::kMostParts},
           {U"兰山区银雀山街道东关村12号", U"兰山区银雀山街道西关村7号", AddressAgreement::kSameTown},
           {U"兰山区银雀山街道东关村12号", U"罗庄区盛庄街道西关村7号", AddressAgreement::kDifferent},
           {U"兰山区", U"兰山区银雀山街道东关村12号", AddressAgreement::kDifferent},
       }) {
    EXPECT_EQ(CompareAddresses(c.a, c.b), c.agreement);
    EXPECT_EQ(CompareAddresses(c.b, c.a), c.agreement);
  }
}

}  // namespace
}  // namespace relief::matcher
