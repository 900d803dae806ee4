// From one cell, as departments write it, to one value.
//
// Pure functions; callable from any thread. The reason of an error says what was expected and never repeats
// the cell.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "relief/v1/types.pb.h"

namespace relief::adapters {

// Without blanks (also the full-width one) and control characters around it.
std::string Trim(std::string_view cell);

// Full-width digits, letters and signs to their plain forms, without blanks and without a spreadsheet's
// leading apostrophe. For codes, dates and numbers; never for names.
std::string Plain(std::string_view cell);

absl::StatusOr<v1::Date> ParseDate(std::string_view cell);
absl::StatusOr<v1::Month> ParseMonth(std::string_view cell);
absl::StatusOr<v1::Sex> ParseSex(std::string_view cell);
absl::StatusOr<int64_t> ParseMoneyYuan(std::string_view cell);  // in fen
absl::StatusOr<int64_t> ParseInteger(std::string_view cell);
absl::StatusOr<std::string> ParseTerm(std::string_view cell);
absl::StatusOr<v1::Month> ParseTermStart(std::string_view cell);
absl::StatusOr<std::string> ParseRegion(std::string_view cell);

}  // namespace relief::adapters
