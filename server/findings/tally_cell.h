// What reports count: a finding as a cell, which tells where it counts, and as figures, which tell how much.
//
// Everything that a report filters or groups by is in the cell, so that one sum over cells answers it. A cell
// holds the whole SET of regions and of programmes: a finding of two counties counts in each of them, and
// once in their sum.
//
// Pure functions; callable from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "matcher/normalize/civil_date.h"
#include "relief/v1/finding_service.pb.h"
#include "server/findings/tally.pb.h"

namespace relief::server::findings {

// Bounds of the buckets of answers and ages, in days, included; the last has no end.
inline constexpr std::array<int32_t, 7> kAnswerDays = {1, 3, 7, 15, 30, 60, 90};
inline constexpr std::array<int32_t, 6> kAgeDays = {7, 15, 30, 90, 180, 365};
inline constexpr size_t kAnswerBuckets = kAnswerDays.size() + 1, kAgeBuckets = kAgeDays.size() + 1;

// The order is on disk: add at the end only.
enum Figure : size_t {
  kFindings,
  kPersonMentions,  // persons, one who has two findings counted twice
  kAmount,
  kEstimated,
  kRecovered,
  kConfirmed,
  kNotAProblem,
  kWrongPerson,
  kWrongData,
  kContradicted,
  kClosedUnanswered,
  kFirstAnswers,
  kFirstDays,  // the sum of days to them
  kFinalAnswers,
  kFinalDays,
  kFirstBucket,
  kFinalBucket = kFirstBucket + kAnswerBuckets,
  // Of a month's flow.
  kOpened = kFinalBucket + kAnswerBuckets,
  kReopened,
  kClosed,
  kSettled,
  kOpenChange,    // opened and moved in, less what closed and moved out
  kAmountChange,  // of the open ones
  kRecoveredChange,
  kFigureCount,
};

struct Figures {
  std::array<int64_t, kFigureCount> values = {};

  int64_t& operator[](size_t figure) { return values[figure]; }
  int64_t operator[](size_t figure) const { return values[figure]; }
  Figures& operator+=(const Figures& other);
  Figures operator-() const;
  bool zero() const;
  friend bool operator==(const Figures&, const Figures&) = default;

  std::string Encode() const;
  static bool Decode(std::string_view bytes, Figures* figures);
};

enum class Tier : char { kCounty = 'c', kFine = 'f' };

// The day in UTC+8.
int32_t DayOf(const google::protobuf::Timestamp& time);
inline int32_t MonthIndex(matcher::CivilDate day) { return day.year * 12 + day.month - 1; }
matcher::CivilDate FirstOfMonth(int32_t month_index);

stored::TallyCell CellOf(const v1::Finding& finding, Tier tier);

// A cell as the last part of a row's key. One cell has one encoding, whatever version of what library wrote it.
std::string EncodeCell(const stored::TallyCell& cell);
// Nothing for bytes that EncodeCell does not make.
std::optional<stored::TallyCell> DecodeCell(std::string_view bytes);

Figures FiguresOf(const v1::Finding& finding);

// The cell of a month's flow: what stays when a finding changes its state.
stored::TallyCell FlowCellOf(stored::TallyCell cell);
// The cell that a person's open finding is remembered by: the county's and the fine one hold the same
// persons.
stored::TallyCell PersonCellOf(stored::TallyCell fine_cell);

// Does the filter allow findings of this cell? Its person, amount and days of opening are not looked at;
// states neither, unless told.
bool Allows(const v1::FindingFilter& filter, const stored::TallyCell& cell, bool states);

// The persons whom a finding concerns.
std::vector<std::string> PersonsOf(const v1::Finding& finding);

size_t BucketOf(std::span<const int32_t> bounds, int32_t days);

}  // namespace relief::server::findings
