// Cells of departments' files: what a parser takes is a value that the hub could have been sent, and it is
// the value that the hub's own reading of the same text gives. Reasons of refusals never repeat the cell.
#include <cstdlib>

#include "adapters/mapping/cell_parsers.h"
#include "matcher/normalize/civil_date.h"
#include "matcher/normalize/text.h"
#include "tests/fuzz/fuzz_target.h"

using namespace relief;

namespace {

template <typename T>
void CheckReason(const absl::StatusOr<T>& value, std::string_view cell) {
  if (value.ok()) return;
  HOLDS(absl::IsInvalidArgument(value.status()));
  const std::string reason(value.status().message());
  HOLDS(!reason.empty() && reason.size() < 100);
  // Five characters of a name that stand in a reason are no accident.
  const std::string plain = adapters::Plain(cell);
  HOLDS(plain.size() < 15 || reason.find(plain) == std::string::npos);
}

// Two readers of dates, written apart: where both understand a cell, they agree; with a time behind it, the
// day stays.
void CheckDates(std::string_view cell) {
  const auto date = adapters::ParseDate(cell);
  CheckReason(date, cell);
  const auto civil = matcher::ParseDate(cell);
  if (date.ok()) {
    const matcher::CivilDate read{static_cast<int16_t>(date->year()), static_cast<uint8_t>(date->month()),
                                  static_cast<uint8_t>(date->day())};
    HOLDS(read.valid());
    if (civil) HOLDS(*civil == read);
    const auto again = adapters::ParseDate(read.ToString());
    HOLDS(again.ok() && again->day() == date->day());
    for (const char* time : {" 00:00:00", " 10:00", " 20:00:00", "T00:00:00"}) {
      const auto timed = adapters::ParseDate(std::string(read.ToString()) + time);
      if (timed.ok())
        HOLDS(timed->year() == date->year() && timed->month() == date->month() &&
              timed->day() == date->day());
    }
  }
  const auto month = adapters::ParseMonth(cell);
  CheckReason(month, cell);
  const auto civil_month = matcher::ParseMonth(cell);
  if (month.ok())
    HOLDS(month->month() >= 1 && month->month() <= 12 && month->year() >= 1800 && month->year() <= 2200);
  if (month.ok() && civil_month)
    HOLDS(civil_month->year == month->year() && civil_month->month == month->month());
}

void CheckMoney(std::string_view cell) {
  const auto fen = adapters::ParseMoneyYuan(cell);
  CheckReason(fen, cell);
  if (!fen.ok()) return;
  char written[40];
  std::snprintf(written, sizeof written, "%s%lld.%02lld", *fen < 0 ? "-" : "", std::llabs(*fen) / 100LL,
                std::llabs(*fen) % 100LL);
  const auto again = adapters::ParseMoneyYuan(written);
  HOLDS(again.ok() && *again == *fen);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view cell(reinterpret_cast<const char*>(data), size);
  const std::string trimmed = adapters::Trim(cell), plain = adapters::Plain(cell);
  HOLDS(adapters::Trim(trimmed) == trimmed);
  HOLDS(trimmed.size() <= cell.size() && plain.size() <= cell.size());
  const auto sound = [](const std::string& text) {
    return matcher::EncodeUtf8(matcher::DecodeUtf8(text)) == text;
  };
  if (sound(std::string(cell))) HOLDS(sound(trimmed) && sound(plain));
  CheckDates(cell);
  CheckMoney(cell);
  const auto number = adapters::ParseInteger(cell);
  CheckReason(number, cell);
  if (number.ok()) HOLDS(*adapters::ParseInteger(std::to_string(*number)) == *number);
  CheckReason(adapters::ParseSex(cell), cell);
  const auto term = adapters::ParseTerm(cell);
  CheckReason(term, cell);
  HOLDS(term.ok() == adapters::ParseTermStart(cell).ok());
  if (term.ok()) HOLDS(*adapters::ParseTerm(*term) == *term);
  const auto region = adapters::ParseRegion(cell);
  CheckReason(region, cell);
  if (region.ok()) HOLDS(region->size() == 6 && *adapters::ParseRegion(*region) == *region);
  return 0;
}
