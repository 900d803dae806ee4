// Headings of columns, as departments write them: two that differ in blanks, brackets' width or a star for "required" are
// one.
//
// Pure functions; callable from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/mapping/mapping.pb.h"

namespace relief::adapters {

// Without blanks and line breaks, in plain width and small letters, without stars and leading numbers ("1.姓名").
std::string HeadingKey(std::string_view heading);

// The key without what stands in brackets: 月保障金（元） -> 月保障金.
std::string BareHeading(std::string_view heading);

// The unit of money that a heading or a line above the table names: （万元）, 单位：元.
std::optional<Unit> UnitOf(std::string_view text);

// The column with this heading: as written, or else by its key. -1 if there is none, -2 if there are several.
int FindColumn(const std::vector<std::string>& header, std::string_view heading);

// The month that a column is of, of those that stand for months with what was paid in each: 一月, 10月金额, 2026-01, 发放金额/3月.
// Year 0: it names none.
std::optional<v1::Month> MonthOfHeading(std::string_view heading);

}  // namespace relief::adapters
