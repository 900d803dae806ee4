// The month that a list is of, where its title, its sheet or its file's name says so: 2026年10月低保名册, 二〇二六年十月, 202610;
// of a quarter or half a year it is the first month.
//
// Pure functions; callable from any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "relief/v1/types.pb.h"

namespace relief::adapters {

// Nothing where no text names a month, or they name several. A day (2026年10月15日) is when the list was made, not what it is of.
std::optional<v1::Month> MonthNamedIn(const std::vector<std::string>& texts);

// The year that a title names: 2026年, 2026年度, 2026年10月. Nothing where none or several are named.
std::optional<int> YearNamedIn(const std::vector<std::string>& texts);

// The school term that a title names: 2026年春季学期, 2026-2027学年第一学期. Nothing where none or several are named.
std::optional<std::string> TermNamedIn(const std::vector<std::string>& texts);

}  // namespace relief::adapters
