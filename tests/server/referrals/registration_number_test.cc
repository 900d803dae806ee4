#include "server/referrals/registration_number.h"

#include <gtest/gtest.h>

namespace relief::server::referrals {
namespace {

// Made up. The check characters follow from GB 32100-2015: 31 less the weighted sum, modulo 31.
TEST(RegistrationNumber, TakesCharitiesAndNobodyElse) {
  EXPECT_TRUE(IsCharityRegistration("53371300MJE000001U"));
  EXPECT_FALSE(IsCharityRegistration("53371300MJE000001T")) << "another check character";
  EXPECT_FALSE(IsCharityRegistration("53371300MJE000010U")) << "two characters changed places";
  EXPECT_FALSE(IsCharityRegistration("53371300MJE000001"));
  EXPECT_FALSE(IsCharityRegistration("53371300mje000001u"));
  EXPECT_FALSE(IsCharityRegistration("53371300MJEO00001U")) << "no letter O";
  EXPECT_FALSE(IsCharityRegistration(""));
}

// Well formed, and still no charity.
TEST(RegistrationNumber, ACompanyIsNoCharity) { EXPECT_FALSE(IsCharityRegistration("91350100M000100Y43")); }

}  // namespace
}  // namespace relief::server::referrals
