#include "server/referrals/settings.h"

#include <algorithm>

#include "server/base/text_file.h"
#include "server/referrals/need_tokens.h"
#include "storage/status_macros.h"

namespace relief::server::referrals {
namespace {

constexpr int kLongestLimit = 250;  // working days: a year

absl::Status CheckRange(const std::string& field, int value, int highest) {
  if (value >= 0 && value <= highest) return absl::OkStatus();
  return absl::InvalidArgumentError("referrals." + field + ": 0 to " + std::to_string(highest));
}

absl::Status CheckLimit(const config::Referrals::Limit& limit, int index) {
  const std::string where = "limits[" + std::to_string(index) + "].";
  const std::string& region = limit.region_prefix();
  if (region.size() > 6 || region.size() % 2 != 0 ||
      !std::all_of(region.begin(), region.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return absl::InvalidArgumentError("referrals." + where + "region_prefix: 0, 2, 4 or 6 digits");
  if (limit.working_days() < 1)
    return absl::InvalidArgumentError("referrals." + where + "working_days: at least 1");
  return CheckRange(where + "working_days", limit.working_days(), kLongestLimit);
}

}  // namespace

int ReferralSettings::LimitFor(const v1::Target& target) const {
  const config::Referrals::Limit* best = nullptr;
  const auto rank = [](const config::Referrals::Limit& limit) {
    return std::pair(limit.region_prefix().size(), limit.programme() != v1::PROGRAMME_UNSPECIFIED);
  };
  for (const config::Referrals::Limit& limit : limits) {
    if (limit.programme() != v1::PROGRAMME_UNSPECIFIED && limit.programme() != target.programme()) continue;
    if (!target.region().starts_with(limit.region_prefix())) continue;
    if (best == nullptr || rank(*best) < rank(limit)) best = &limit;
  }
  return best == nullptr ? working_days : best->working_days();
}

absl::StatusOr<ReferralSettings> LoadReferralSettings(const config::Referrals& config) {
  ReferralSettings settings;
  for (const absl::Status& status :
       {CheckRange("working_days", config.working_days(), kLongestLimit),
        CheckRange("escalation_working_days", config.escalation_working_days(), kLongestLimit),
        CheckRange("offer_days", config.offer_days(), 365)})
    if (!status.ok()) return status;
  if (config.working_days() > 0) settings.working_days = config.working_days();
  if (config.escalation_working_days() > 0)
    settings.escalation_working_days = config.escalation_working_days();
  if (config.offer_days() > 0) settings.offer_days = config.offer_days();
  for (int i = 0; i < config.limits_size(); ++i) RELIEF_RETURN_IF_ERROR(CheckLimit(config.limits(i), i));
  settings.limits.assign(config.limits().begin(), config.limits().end());
  if (!config.calendar_file().empty()) {
    stored::WorkingCalendar data;
    RELIEF_RETURN_IF_ERROR(ReadTextFile(config.calendar_file(), &data));
    auto calendar = WorkingCalendar::From(data);
    if (!calendar.ok())
      return absl::InvalidArgumentError(config.calendar_file() + ": " +
                                        std::string(calendar.status().message()));
    settings.calendar = *std::move(calendar);
  }
  settings.token_key_file = config.token_key_file();
  if (!settings.token_key_file.empty())
    if (auto keys = NeedTokens::Load(settings.token_key_file); !keys.ok()) return keys.status();
  return settings;
}

}  // namespace relief::server::referrals
