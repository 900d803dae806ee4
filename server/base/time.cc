#include "server/base/time.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>

namespace relief::server {
namespace {

constexpr int64_t kUtc8Us = 8 * kHourUs;

}  // namespace

google::protobuf::Timestamp ToTimestamp(int64_t time_us) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(time_us);
}

int64_t ToMicros(const google::protobuf::Timestamp& time) {
  using google::protobuf::util::TimeUtil;
  // The years 1 to 9999, as the type's own definition bounds it: what was typed may be anything.
  google::protobuf::Timestamp bounded;
  bounded.set_seconds(
      std::clamp<int64_t>(time.seconds(), TimeUtil::kTimestampMinSeconds, TimeUtil::kTimestampMaxSeconds));
  bounded.set_nanos(std::clamp<int32_t>(time.nanos(), 0, 999'999'999));
  return TimeUtil::TimestampToMicroseconds(bounded);
}

int32_t DayInChina(int64_t time_us) {
  const int64_t there = time_us + kUtc8Us;
  return static_cast<int32_t>(there / kDayUs - (there % kDayUs < 0 ? 1 : 0));
}

int64_t BeginningInChina(int32_t day) { return day * kDayUs - kUtc8Us; }

}  // namespace relief::server
