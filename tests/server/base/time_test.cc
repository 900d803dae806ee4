#include "server/base/time.h"

#include <gtest/gtest.h>

#include <limits>

namespace relief::server {
namespace {

TEST(Time, GoesToATimestampAndBackToTheMicrosecond) {
  for (const int64_t time_us : {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{1'780'000'000'123'456}}) {
    const auto time = ToTimestamp(time_us);
    EXPECT_GE(time.nanos(), 0);
    EXPECT_EQ(ToMicros(time), time_us);
  }
}

TEST(Time, OfATimestampThatNoCalendarHasIsTheNearestThatThereIs) {
  google::protobuf::Timestamp late, early;
  late.set_seconds(std::numeric_limits<int64_t>::max());
  early.set_seconds(std::numeric_limits<int64_t>::min());
  early.set_nanos(-5);
  EXPECT_EQ(ToTimestamp(ToMicros(late)).seconds(), 253'402'300'799);   // the end of 9999
  EXPECT_EQ(ToTimestamp(ToMicros(early)).seconds(), -62'135'596'800);  // the beginning of the year 1
}

TEST(Time, ADayBeginsInChinaAtFourInTheAfternoonBeforeInUtc) {
  EXPECT_EQ(BeginningInChina(1), 16 * kHourUs);
  EXPECT_EQ(DayInChina(16 * kHourUs), 1);
  EXPECT_EQ(DayInChina(16 * kHourUs - 1), 0);
  EXPECT_EQ(DayInChina(-8 * kHourUs), 0);
  EXPECT_EQ(DayInChina(-8 * kHourUs - 1), -1) << "before 1970 too";
}

}  // namespace
}  // namespace relief::server
