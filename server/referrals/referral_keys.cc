#include "server/referrals/referral_keys.h"

#include "server/records/identity_mapping.h"
#include "server/referrals/open_need.h"

namespace relief::server::referrals::referral_keys {
namespace {

constexpr size_t kDayBytes = 8;

void AppendBigEndian(std::string& out, int64_t value) {
  const auto bits = static_cast<uint64_t>(value);
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(bits >> shift));
}

// Components have no control characters, so 0x00 ends one.
std::string Component(std::string_view prefix, std::string_view component) {
  std::string key(prefix);
  key.append(component).push_back('\0');
  return key;
}

}  // namespace

std::string ReferralRow(std::string_view referral_id) {
  return std::string(kReferralPrefix).append(referral_id);
}

std::string EventPrefix(std::string_view referral_id) { return Component("hWe", referral_id); }

std::string EventRow(std::string_view referral_id, int64_t sequence) {
  std::string key = EventPrefix(referral_id);
  AppendBigEndian(key, sequence);
  return key;
}

std::string EncodeRank(const Rank& rank) {
  std::string bytes;
  AppendBigEndian(bytes, rank.due_day);
  return bytes.append(rank.referral_id);
}

std::optional<Rank> DecodeRank(std::string_view bytes) {
  if (bytes.size() <= kDayBytes) return std::nullopt;
  uint64_t read = 0;
  for (const char byte : bytes.substr(0, kDayBytes)) read = read << 8 | static_cast<uint8_t>(byte);
  const auto day = static_cast<int64_t>(read);
  if (day < INT32_MIN || day > INT32_MAX) return std::nullopt;
  return Rank{static_cast<int32_t>(day), std::string(bytes.substr(kDayBytes))};
}

std::string TargetIndex(std::string_view region_prefix, v1::Programme programme, v1::Referral::State state,
                        bool overdue) {
  std::string key = Component("hWi", region_prefix);
  key.push_back(static_cast<char>(programme));
  key.push_back(static_cast<char>(state));
  key.push_back(static_cast<char>(overdue));
  return key;
}

std::string TakerIndex(std::string_view taker, v1::Referral::State state, bool overdue) {
  std::string key = Component("hWk", taker);
  key.push_back(static_cast<char>(state));
  key.push_back(static_cast<char>(overdue));
  return key;
}

std::string FindingIndex(std::string_view finding_id) { return Component("hWf", finding_id); }

std::vector<std::string> IndexRows(const stored::Referral& stored) {
  const v1::Referral& referral = stored.referral();
  const auto due = records::ToCivilDate(referral.due_date());
  const std::string rank = EncodeRank({due ? due->days() : 0, referral.referral_id()});
  const std::string& region = referral.target().region();
  std::vector<std::string> rows;
  for (const size_t digits : {0, 2, 4, 6})
    if (digits <= region.size())
      rows.push_back(TargetIndex(region.substr(0, digits), referral.target().programme(), referral.state(),
                                 referral.overdue()) +
                     rank);
  rows.push_back(TakerIndex(referral.taker(), referral.state(), referral.overdue()) + rank);
  rows.push_back(FindingIndex(referral.finding_id()) + rank);
  if (stored.timer_day() != 0) rows.push_back(TimerRow(stored.timer_day(), referral.referral_id()));
  if (IsOpenNeed(stored)) rows.push_back(OpenNeedRow(referral.need(), region, referral.referral_id()));
  return rows;
}

std::string TimerRow(int32_t day, std::string_view referral_id) {
  return std::string(kTimerPrefix).append(EncodeRank({day, std::string(referral_id)}));
}

std::optional<Rank> DecodeTimer(std::string_view key) {
  if (!key.starts_with(kTimerPrefix)) return std::nullopt;
  return DecodeRank(key.substr(kTimerPrefix.size()));
}

std::string OpenNeedPrefix(v1::Need need, std::string_view region_prefix) {
  std::string key = "hLc";
  key.push_back(static_cast<char>(need));
  return key.append(region_prefix);
}

std::string OpenNeedRow(v1::Need need, std::string_view region, std::string_view referral_id) {
  std::string key = OpenNeedPrefix(need, region);
  key.push_back('\0');
  return key.append(referral_id);
}

std::optional<std::string> ReferralOfOpenNeed(std::string_view key) {
  const size_t end = key.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  return std::string(key.substr(end + 1));
}

std::string ProjectRow(std::string_view project_id) { return std::string(kProjectPrefix).append(project_id); }

std::string TokenRow(std::string_view project_id, std::string_view token, v1::Need need) {
  std::string key = Component(Component("hLt", project_id), token);
  key.push_back(static_cast<char>(need));
  return key;
}

}  // namespace relief::server::referrals::referral_keys
