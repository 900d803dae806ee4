// Cells as people and spreadsheets leave them: what is sure is read and told as repaired, and the rest refused.
//
// The parsers of cell_parsers.h take what a system exports; these take what a clerk writes besides: 二〇二六年三月,
// 26.07.03, 46082, 2026-03至今, 1.2万, 壹仟贰佰元整, a number with （本人） behind it.
//
// Pure functions; callable from any thread. The reason of an error never repeats the cell.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/mapping/mapping.pb.h"
#include "relief/v1/types.pb.h"

namespace relief::adapters {

// What was done to a cell beyond reading it.
enum class Repair {
  kNone,
  kSerialDay,        // a spreadsheet's day number
  kLostZero,         // 2026.1 for October, 20261 for January
  kNumerals,         // Chinese numerals
  kShortYear,        // 26 for 2026
  kWords,            // 起, 至今, 份, 三季度 and the like around it
  kOpenEnd,          // 9999-12 or 1900-01 for "no end"
  kUnit,             // 万 and the like in the cell
  kAroundNumber,     // brackets, quotes, blanks around a document number
  kCertificate,      // the resident number out of a disability certificate's
  kMasked,           // kept, but some of its digits are not known
  kDestroyedNumber,  // 3.71E+17, or the last digits made zeros: no number at all
  kDestroyedAccount,
  kNoSuchPhone,  // 00000000000, 12345678901
  kLeftOut,      // describes the person and cannot be read
  kNothing,      // NULL, 无, / and the like
};

// Stable, e.g. "SERIAL_DAY".
std::string_view RepairName(Repair repair);

// NULL, \N, 无, /, -, #N/A, 待补, 0000-00-00 ...: words that are written where there is nothing.
bool SaysNothing(std::string_view cell);

absl::StatusOr<v1::Date> ReadDay(std::string_view cell, Repair* repair);

// With `zero_lost`, 2026.1 is October: the column writes January as 2026.01. With `day_allowed`, a day gives its month.
absl::StatusOr<v1::Month> ReadMonth(std::string_view cell, bool zero_lost, bool day_allowed, Repair* repair);

// "2026年第三季度" or "2026-10": the first and the last month.
absl::StatusOr<std::pair<v1::Month, v1::Month>> ReadPeriod(std::string_view cell);

// "2026.01-2026.06", "2026年1月至6月": the first and the last month. Nothing where the cell is no range.
std::optional<std::pair<v1::Month, v1::Month>> ReadRange(std::string_view cell);

// 9999-12, 2999-12-31, 1900-01-01: the words of registers for "no end". Also 至今 and 长期.
bool IsOpenEnd(std::string_view cell);

// In fen, where the column is in `unit`. Never rounds.
absl::StatusOr<int64_t> ReadMoney(std::string_view cell, Unit unit, Repair* repair);

// "2026秋" from 2026-2027学年第一学期, 2026年秋季学期, 2026秋.
absl::StatusOr<std::string> ReadTerm(std::string_view cell, Repair* repair);
absl::StatusOr<v1::Month> TermStart(const std::string& term);

// Whether a number of 18 digits carries its own check digit (GB 11643) and a day of the calendar.
bool IsResidentNumber(std::string_view number);

// The number of a person's document as it goes to the hub; empty if nothing is left of it. `stored_as_number`: by the
// spreadsheet, which keeps 15 digits.
std::string ReadPersonNumber(std::string_view cell, bool stored_as_number, Repair* repair);
// All valid resident numbers in a cell, if there are at least two.
std::vector<std::string> SeveralNumbers(std::string_view cell);

std::string ReadAccount(std::string_view cell, bool stored_as_number, Repair* repair);
std::string ReadPhone(std::string_view cell, Repair* repair);

}  // namespace relief::adapters
