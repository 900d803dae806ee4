// Benefit months. Entitlement starts and stops with calendar months (低保审核确认办法 art. 21,
// 特困人员认定办法 art. 26), so that benefits are compared by month and never by day. Value types; callable
// from any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "matcher/normalize/civil_date.h"
#include "relief/v1/record.pb.h"
#include "relief/v1/types.pb.h"

namespace relief::coverage {

// A month as an ordinal, so that a distance is a subtraction: 12 * year + month - 1.
struct MonthIndex {
  int32_t ordinal = 0;

  static MonthIndex Of(int year, int month) { return {12 * year + month - 1}; }
  static MonthIndex Of(const v1::Month& month) { return Of(month.year(), month.month()); }
  static MonthIndex Of(const v1::Date& date) { return Of(date.year(), date.month()); }
  static MonthIndex Of(matcher::CivilDate date) { return Of(date.year, date.month); }

  int year() const { return ordinal / 12; }
  int month() const { return ordinal % 12 + 1; }
  int32_t FirstDay() const;  // days since 1970-01-01
  v1::Month ToProto() const;

  MonthIndex operator+(int months) const { return {ordinal + months}; }
  MonthIndex operator-(int months) const { return {ordinal - months}; }
  friend auto operator<=>(const MonthIndex&, const MonthIndex&) = default;
};

// Consecutive months, both ends included. Empty if last < first.
struct MonthSpan {
  MonthIndex first{0};
  MonthIndex last{-1};

  bool empty() const { return last < first; }
  int count() const { return empty() ? 0 : last.ordinal - first.ordinal + 1; }
  bool contains(MonthIndex month) const { return first <= month && month <= last; }
  // The months of a non-empty span, in order.
  std::vector<v1::Month> Months() const;
};

MonthSpan Intersect(MonthSpan a, MonthSpan b);

// The months of a benefit up to and including `now`; an open benefit runs to `now`. Empty for a benefit
// without a start month.
MonthSpan BenefitMonths(const v1::Benefit& benefit, MonthIndex now);
// The same for a fact, from the month of its date.
MonthSpan FactMonths(const v1::Fact& fact, MonthIndex now);

matcher::CivilDate CivilDateOf(const v1::Date& date);

// The day as a number, days since 1970-01-01.
int32_t DayNumber(const v1::Date& date);

// The school term of a month as records write it: 秋 from September to January, named after the year in which
// it began, and 春 from February to August; and the first month of that term and of the next.
std::string TermOf(MonthIndex month);
// The first month of a term as records write it; nothing if it is written otherwise.
std::optional<MonthIndex> TermOfText(const std::string& term);
MonthIndex TermStart(MonthIndex month);
MonthIndex NextTermStart(MonthIndex month);

}  // namespace relief::coverage
