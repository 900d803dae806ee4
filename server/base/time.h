// Time as the hub keeps it: microseconds since 1970 in UTC, and days of the calendar in force in China, UTC+8 all
// year round.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <cstdint>

namespace relief::server {

inline constexpr int64_t kSecondUs = 1'000'000, kMinuteUs = 60 * kSecondUs, kHourUs = 60 * kMinuteUs,
                         kDayUs = 24 * kHourUs;

// The same instant. A timestamp beyond what microseconds can say is the nearest that they can.
google::protobuf::Timestamp ToTimestamp(int64_t time_us);
int64_t ToMicros(const google::protobuf::Timestamp& time);

// The day since 1970-01-01 that it is in China at that instant, and the instant at which that day begins there.
int32_t DayInChina(int64_t time_us);
int64_t BeginningInChina(int32_t day);

}  // namespace relief::server
