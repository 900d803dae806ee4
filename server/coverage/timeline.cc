#include "server/coverage/timeline.h"

#include <algorithm>

namespace relief::coverage {

int32_t MonthIndex::FirstDay() const {
  return matcher::CivilDate{static_cast<int16_t>(year()), static_cast<uint8_t>(month()), 1}.days();
}

v1::Month MonthIndex::ToProto() const {
  v1::Month proto;
  proto.set_year(year());
  proto.set_month(month());
  return proto;
}

std::vector<v1::Month> MonthSpan::Months() const {
  std::vector<v1::Month> months;
  months.reserve(count());
  for (MonthIndex month = first; month <= last; month = month + 1) months.push_back(month.ToProto());
  return months;
}

MonthSpan Intersect(MonthSpan a, MonthSpan b) {
  return {std::max(a.first, b.first), std::min(a.last, b.last)};
}

MonthSpan BenefitMonths(const v1::Benefit& benefit, MonthIndex now) {
  if (!benefit.has_start_month()) return {};
  MonthIndex last = now;
  if (benefit.has_end_month()) last = std::min(last, MonthIndex::Of(benefit.end_month()));
  return {MonthIndex::Of(benefit.start_month()), last};
}

MonthSpan FactMonths(const v1::Fact& fact, MonthIndex now) {
  MonthIndex last = now;
  if (fact.has_end_date()) last = std::min(last, MonthIndex::Of(fact.end_date()));
  return {MonthIndex::Of(fact.date()), last};
}

matcher::CivilDate CivilDateOf(const v1::Date& date) {
  return {static_cast<int16_t>(date.year()), static_cast<uint8_t>(date.month()),
          static_cast<uint8_t>(date.day())};
}

int32_t DayNumber(const v1::Date& date) { return CivilDateOf(date).days(); }

MonthIndex TermStart(MonthIndex month) {
  if (month.month() >= 9) return MonthIndex::Of(month.year(), 9);
  if (month.month() == 1) return MonthIndex::Of(month.year() - 1, 9);
  return MonthIndex::Of(month.year(), 2);
}

MonthIndex NextTermStart(MonthIndex month) {
  return TermStart(month) + (TermStart(month).month() == 9 ? 5 : 7);
}

std::optional<MonthIndex> TermOfText(const std::string& term) {
  int year = 0;
  size_t digits = 0;
  for (; digits < term.size() && digits < 4 && term[digits] >= '0' && term[digits] <= '9'; ++digits)
    year = 10 * year + (term[digits] - '0');
  if (digits != 4) return std::nullopt;
  const std::string season = term.substr(4);
  if (season == "秋") return MonthIndex::Of(year, 9);
  if (season == "春") return MonthIndex::Of(year, 2);
  return std::nullopt;
}

std::string TermOf(MonthIndex month) {
  const MonthIndex start = TermStart(month);
  return std::to_string(start.year()) + (start.month() == 9 ? "秋" : "春");
}

}  // namespace relief::coverage
