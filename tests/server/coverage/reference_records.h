// The records of one person for the reference: what holds when, by counting. Private to the reference.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/server/coverage/person_file.h"

namespace relief::coverage {

using Row = v1::Record;
using Rows = std::vector<Row>;
using Forms = std::set<int>;
using Marks = std::set<int>;
using Values = std::set<std::string>;

inline int Ordinal(int year, int month) { return year * 12 + month - 1; }

// Days by counting years and months, so that no arithmetic is shared with the code under test.
inline int Days(int year, int month, int day) {
  const auto leap = [](int y) { return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0); };
  int days = 0;
  for (int y = 1900; y < year; ++y) days += leap(y) ? 366 : 365;
  const int lengths[] = {31, leap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (int m = 1; m < month; ++m) days += lengths[m - 1];
  return days + day;
}
inline int Days(const v1::Date& date) { return Days(date.year(), date.month(), date.day()); }

constexpr int kNoDay = 1 << 30;

struct ReferencePerson {
  Rows rows;  // that have begun
  int year, month, day;

  int today() const { return Days(year, month, day); }
  int now() const { return Ordinal(year, month); }

  ReferencePerson(const Rows& all, int y, int m, int d) : year(y), month(m), day(d) {
    for (const Row& row : all) {
      if (row.has_fact() && Days(row.fact().date()) > today()) continue;
      if (row.has_lead() && Days(row.lead().found_date()) > today()) continue;
      rows.push_back(row);
    }
  }

  std::set<int> Span(const Row& row) const {
    std::set<int> months;
    int first = kNoDay, last = now();
    if (row.has_fact()) {
      first = Ordinal(row.fact().date().year(), row.fact().date().month());
      if (row.fact().has_end_date())
        last = std::min(last, Ordinal(row.fact().end_date().year(), row.fact().end_date().month()));
    } else if (row.benefit().has_start_month()) {
      first = Ordinal(row.benefit().start_month().year(), row.benefit().start_month().month());
      if (row.benefit().has_end_month())
        last = std::min(last, Ordinal(row.benefit().end_month().year(), row.benefit().end_month().month()));
    }
    for (int m = first; m <= last; ++m) months.insert(m);
    return months;
  }

  bool Holds(const Row& row) const {
    if (row.has_fact()) return !row.fact().has_end_date() || Days(row.fact().end_date()) >= today();
    if (row.has_lead()) return !row.lead().has_closed_date() || Days(row.lead().closed_date()) > today();
    return !row.benefit().has_start_month() || Span(row).count(now()) > 0;
  }

  static int DayOf(const Row& row) {
    if (row.has_fact()) return Days(row.fact().date());
    if (row.has_lead()) return Days(row.lead().found_date());
    const v1::Benefit& benefit = row.benefit();
    if (benefit.has_pay_date()) return Days(benefit.pay_date());
    if (benefit.has_start_month())
      return Days(benefit.start_month().year(), benefit.start_month().month(), 1);
    return kNoDay;
  }

  Rows Benefits(v1::Programme programme, const Forms& forms = {}, const Marks& except = {}) const {
    Rows found;
    for (const Row& row : rows) {
      if (!row.has_benefit() || row.benefit().programme() != programme) continue;
      if (!forms.empty() && forms.count(row.benefit().form()) == 0) continue;
      const auto& marks = row.benefit().marks();
      if (std::any_of(marks.begin(), marks.end(), [&](int mark) { return except.count(mark) > 0; })) continue;
      found.push_back(row);
    }
    return found;
  }
  Rows Facts(v1::FactType type, const Values& values = {}) const {
    Rows found;
    for (const Row& row : rows) {
      if (row.has_fact() && row.fact().type() == type &&
          (values.empty() || values.count(row.fact().value()) > 0))
        found.push_back(row);
    }
    return found;
  }
  Rows Holding(const Rows& all) const {
    Rows found;
    for (const Row& row : all)
      if (Holds(row)) found.push_back(row);
    return found;
  }
  bool Has(v1::FactType type, const Values& values = {}) const {
    return !Holding(Facts(type, values)).empty();
  }
  bool Runs(v1::Programme programme) const { return !Holding(Benefits(programme)).empty(); }
  bool Dead() const { return Has(v1::DEATH); }

  // The earliest by day, then by key; none if there is none.
  static std::optional<Row> First(const Rows& all) {
    std::optional<Row> found;
    const auto rank = [](const Row& row) { return std::make_pair(DayOf(row), KeyOf(row.record_id())); };
    for (const Row& row : all)
      if (!found || rank(row) < rank(*found)) found = row;
    return found;
  }

  // As most records say, stated or by their own number; of equals the earlier.
  std::optional<int> Age() const;
};

inline Rows operator+(Rows a, const Rows& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

struct ReferenceOutput {
  std::set<std::string> lines;
  void Add(const std::string& rule, const Rows& rows) {
    std::set<std::string> ids;
    for (const Row& row : rows) ids.insert(row.record_id());
    lines.insert(Line(rule, {ids.begin(), ids.end()}));
  }
};

// What the number of the pool says; whether it is the record's own, by the record's birth date and sex.
struct KnownNumber {
  std::string birth;
  v1::Sex sex;
};
std::optional<KnownNumber> Known(const Row& row);
bool IsOwn(const Row& row);
std::string BirthText(const Row& row);

void ReferenceDuplicates(const ReferencePerson& person, ReferenceOutput* out);
void ReferenceStatus(const ReferencePerson& person, ReferenceOutput* out);
void ReferenceIdentity(const ReferencePerson& person, ReferenceOutput* out);
void ReferenceGaps(const ReferencePerson& person, ReferenceOutput* out);
// Whether a gap of these programmes is kept silent.
bool Silent(const ReferencePerson& person, const Values& programmes, int processing_days);

}  // namespace relief::coverage
