// The records of one person for the reference: what holds when, by counting. Private to the reference.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
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
      const v1::Benefit& b = row.benefit();
      if (b.has_start_month() && Ordinal(b.start_month().year(), b.start_month().month()) > now() &&
          !(b.has_decision_date() && Days(b.decision_date()) <= today()))
        continue;
      if (!b.has_start_month() && b.benefit_year() == 0 && b.term().empty() && b.has_pay_date() &&
          Days(b.pay_date()) > today())
        continue;
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
      if (forms.empty() && row.benefit().form() == v1::STRIKE_OFF) continue;
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
  // What tells of a death, and the last day that the person may have seen: the first report, or else fees
  // waived or a benefit stopped for it.
  std::optional<std::pair<Row, int>> Death() const {
    if (const auto report = First(Holding(Facts(v1::DEATH)))) return std::make_pair(*report, DayOf(*report));
    std::optional<std::pair<Row, int>> found;
    for (const Row& row : rows) {
      int day = kNoDay;
      if (row.has_fact() && row.fact().type() == v1::FUNERAL_WAIVER) day = DayOf(row);
      if (row.benefit().stop_reason() == "死亡" && row.benefit().has_end_month()) {
        const int end = Ordinal(row.benefit().end_month().year(), row.benefit().end_month().month());
        if (end < now()) day = Days((end + 1) / 12, (end + 1) % 12 + 1, 1) - 1;
      }
      if (day == kNoDay) continue;
      const auto rank = [](const Row& r) {
        return std::make_tuple(r.has_benefit(), r.has_benefit() ? int{r.benefit().programme()} : 0,
                               KeyOf(r.record_id()));
      };
      if (!found || day < found->second ||
          (day == found->second &&
           (row.has_fact() > found->first.has_fact() ||
            (row.has_fact() == found->first.has_fact() && rank(row) < rank(found->first)))))
        found = std::make_pair(row, day);
    }
    return found;
  }
  bool Dead() const { return Death().has_value(); }

  // The earliest by day, then by key; none if there is none.
  static std::optional<Row> First(const Rows& all) {
    std::optional<Row> found;
    const auto rank = [](const Row& row) { return std::make_pair(DayOf(row), KeyOf(row.record_id())); };
    for (const Row& row : all)
      if (!found || rank(row) < rank(*found)) found = row;
    return found;
  }

  // As most records say, stated or by their own number; of equals the earlier.
  std::optional<v1::Date> Birth() const;
  std::optional<int> Age() const { return AgeOn(year, month, day); }
  std::optional<int> AgeOn(int y, int m, int d) const;
  bool IsWoman() const;
  // Of working age; nothing if no record tells.
  std::optional<bool> CouldWork() const {
    if (!Age()) return std::nullopt;
    return *Age() >= 16 && *Age() <= (IsWoman() ? 54 : 59);
  }
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

// Rows that run in one month, kind by kind.
using PairTest = std::function<bool(const Row&, const Row&)>;
using RunName = std::function<std::string(const Row&)>;
inline std::string KindName(const Row& row) {
  return row.has_fact() ? "f" + std::to_string(row.fact().type())
                        : "b" + std::to_string(row.benefit().programme());
}
inline void ReferenceOverlap(const std::string& rule, const ReferencePerson& of_left,
                             const ReferencePerson& of_right, const Rows& left, const Rows& right,
                             int allowed, ReferenceOutput* out, const PairTest& test = nullptr,
                             const RunName& name = nullptr, bool from_left = false) {
  struct Group {
    std::set<int> months, left_ended;
    int right_began = kNoDay;
    Rows rows;
  };
  std::map<std::pair<std::string, std::string>, Group> groups;
  for (const Row& a : left) {
    for (const Row& b : right) {
      if (a.record_id() == b.record_id() || (test && !test(a, b))) continue;
      std::set<int> shared;
      const std::set<int> of_a = of_left.Span(a), of_b = of_right.Span(b);
      for (int m : of_a)
        if (of_b.count(m) && (!from_left || m >= *of_a.begin() + allowed)) shared.insert(m);
      if (shared.empty()) continue;
      std::string x = KindName(a), y = KindName(b);
      if (name) x += name(a), y += name(b);
      // Of one person either may be called the first.
      if (&of_left == &of_right && y < x) std::swap(x, y);
      Group& group = groups[{x, y}];
      group.months.insert(shared.begin(), shared.end());
      if (!of_left.Holds(a)) group.left_ended.insert(*of_a.rbegin());
      group.right_began = std::min(group.right_began, *of_b.begin());
      group.rows = group.rows + Rows{a, b};
    }
  }
  for (auto& [names, group] : groups) {
    for (int i = 0; i < allowed && !from_left && !group.months.empty(); ++i)
      group.months.erase(group.months.begin());
    if (from_left && group.left_ended.count(group.right_began)) group.months.erase(group.right_began);
    Rows rows;
    for (const Row& row : group.rows) {
      const std::set<int> span = of_left.Span(row);
      if (std::any_of(span.begin(), span.end(), [&](int m) { return group.months.count(m) > 0; }))
        rows.push_back(row);
    }
    if (!rows.empty()) out->Add(rule, rows);
  }
}

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
// Gaps that another member's help fills.
void ReferenceMemberGaps(const ReferencePerson& person, const std::vector<ReferencePerson>& members,
                         ReferenceOutput* out);
void ReferenceGaps(const ReferencePerson& person, ReferenceOutput* out);
// Whether a gap of these programmes is kept silent.
bool Silent(const ReferencePerson& person, const Values& programmes, int processing_days);

}  // namespace relief::coverage
