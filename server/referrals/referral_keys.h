// Keys of the rows of referrals and charities (server/core/schema.h has all others; ARCHITECTURE.md, "On
// disk", the table).
//
// An index row has no value and ends in a rank: the due day (8 bytes) and the referral's id, so that every
// index is in the order in which referrals are listed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "relief/v1/types.pb.h"
#include "server/referrals/referral.pb.h"

namespace relief::server::referrals::referral_keys {

inline constexpr std::string_view kReferralPrefix = "hw";
std::string ReferralRow(std::string_view referral_id);

std::string EventPrefix(std::string_view referral_id);
std::string EventRow(std::string_view referral_id, int64_t sequence);

// Where one referral ranks among others.
struct Rank {
  int32_t due_day = 0;
  std::string referral_id;

  friend auto operator<=>(const Rank&, const Rank&) = default;
};
std::string EncodeRank(const Rank& rank);
std::optional<Rank> DecodeRank(std::string_view bytes);

// Prefixes of index rows; a rank follows.
std::string TargetIndex(std::string_view region_prefix, v1::Programme programme, v1::Referral::State state,
                        bool overdue);
std::string TakerIndex(std::string_view taker, v1::Referral::State state, bool overdue);
std::string FindingIndex(std::string_view finding_id);

// Everything that is derived from a referral's row.
std::vector<std::string> IndexRows(const stored::Referral& referral);

inline constexpr std::string_view kTimerPrefix = "hWt";
std::string TimerRow(int32_t day, std::string_view referral_id);
std::optional<Rank> DecodeTimer(std::string_view key);  // due_day is the timer's day

// Needs that charities may learn of. The region has 6 digits, or is empty where none is known.
std::string OpenNeedPrefix(v1::Need need, std::string_view region_prefix);
std::string OpenNeedRow(v1::Need need, std::string_view region, std::string_view referral_id);
std::optional<std::string> ReferralOfOpenNeed(std::string_view key);

inline constexpr std::string_view kProjectPrefix = "hLp";
std::string ProjectRow(std::string_view project_id);

std::string TokenRow(std::string_view project_id, std::string_view token, v1::Need need);

}  // namespace relief::server::referrals::referral_keys
