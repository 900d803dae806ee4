#include "tests/server/coverage/reference.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>

#include "tests/server/coverage/person_file.h"

namespace relief::coverage {
namespace {

using Rows = std::vector<v1::Record>;

int Ordinal(const v1::Month& month) { return month.year() * 12 + month.month() - 1; }

// Days by counting years and months, so that no arithmetic is shared with the code under test.
int Days(const v1::Date& date) {
  const auto leap = [](int y) { return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0); };
  int days = 0;
  for (int y = 2000; y < date.year(); ++y) days += leap(y) ? 366 : 365;
  const int lengths[] = {31, leap(date.year()) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (int m = 1; m < date.month(); ++m) days += lengths[m - 1];
  return days + date.day();
}

struct Reference {
  int now, year, month, today;
  std::map<int, Rows> benefits, facts;
  std::set<std::string> out;

  void Add(const std::string& rule, const Rows& rows) {
    std::vector<std::string> ids;
    for (const v1::Record& row : rows) ids.push_back(row.record_id());
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    out.insert(Line(rule, ids));
  }

  std::set<int> Span(const v1::Record& row) const {
    std::set<int> months;
    const v1::Benefit& benefit = row.benefit();
    if (!benefit.has_start_month()) return months;
    for (int m = Ordinal(benefit.start_month()); m <= now; ++m) {
      if (!benefit.has_end_month() || m <= Ordinal(benefit.end_month())) months.insert(m);
    }
    return months;
  }
  int Shared(const v1::Record& a, const v1::Record& b) const {
    int count = 0;
    const std::set<int> months = Span(b);
    for (int m : Span(a)) count += months.count(m);
    return count;
  }
  // The earliest report; of one day the one with the smaller key.
  std::optional<v1::Record> Report(v1::FactType type, const std::set<std::string>& values = {}) {
    std::optional<v1::Record> found;
    for (const v1::Record& row : facts[type]) {
      if (!values.empty() && !values.count(row.fact().value())) continue;
      const auto rank = [](const v1::Record& r) {
        return std::make_pair(Days(r.fact().date()), KeyOf(r.record_id()));
      };
      if (!found || rank(row) < rank(*found)) found = row;
    }
    return found;
  }

  void Duplicates() {
    const Rows& ml = benefits[v1::MINIMUM_LIVING];
    const Rows& ep = benefits[v1::EXTREME_POVERTY];
    const Rows& hs = benefits[v1::HOUSING];
    const Rows& temporary = benefits[v1::TEMPORARY];
    for (const auto& a : ep) {
      for (const auto& b : ml) {
        if (Shared(a, b) > 1) Add("D01", {a, b});
      }
      for (const auto& b : hs) {
        if (a.benefit().form() == v1::CONCENTRATED_CARE && Shared(a, b) > 1) Add("D23", {a, b});
      }
    }
    for (const auto& a : ml) {
      for (const auto& b : ml) {
        const std::string &x = a.benefit().paying_region(), &y = b.benefit().paying_region();
        if (!x.empty() && !y.empty() && x != y && Shared(a, b) > 1) Add("D07", {a, b});
      }
    }
    for (const auto& a : hs) {
      for (const auto& b : hs) {
        if (a.benefit().form() == v1::PUBLIC_RENTAL && b.benefit().form() == v1::RENT_SUBSIDY &&
            Shared(a, b) > 1) {
          Add("D16", {a, b});
        }
      }
    }
    for (const auto& a : temporary) {
      for (const auto& b : temporary) {
        const v1::Benefit &x = a.benefit(), &y = b.benefit();
        if (x.cause().empty() || x.cause() != y.cause()) continue;
        if (x.approval_number().empty() || y.approval_number().empty()) continue;
        if (x.approval_number() == y.approval_number()) continue;
        if (std::abs(Days(x.pay_date()) - Days(y.pay_date())) <= 365) Add("D10", {a, b});
      }
    }
    std::map<int, Rows> paid;
    for (const auto& row : benefits[v1::MEDICAL]) {
      if (row.benefit().form() == v1::INSURANCE_SUBSIDY && row.benefit().benefit_year() != 0) {
        paid[row.benefit().benefit_year()].push_back(row);
      }
    }
    for (const auto& [when, rows] : paid) {
      if (rows.size() > 1) Add("D15", rows);
    }
    std::map<std::string, Rows> terms;
    for (const auto& row : benefits[v1::EDUCATION]) {
      if (!row.benefit().term().empty()) terms[row.benefit().term()].push_back(row);
    }
    for (const auto& [term, rows] : terms) {
      std::set<std::string> schools;
      for (const auto& row : rows) schools.insert(row.benefit().school());
      schools.erase("");
      if (schools.size() > 1) Add("D19", rows);
    }
  }

  void Invoices() {
    std::map<std::string, Rows> invoices;
    for (const auto& row : benefits[v1::MEDICAL]) {
      if (!row.benefit().invoice_number().empty()) invoices[row.benefit().invoice_number()].push_back(row);
    }
    for (const auto& [number, rows] : invoices) {
      Rows live;
      int struck = 0;
      int64_t paid = 0, total = 0;
      for (const auto& row : rows) {
        const v1::Benefit& b = row.benefit();
        if (b.form() == v1::STRIKE_OFF) {
          ++struck;
        } else if (b.amount_fen() > 0) {
          live.push_back(row);
        }
        paid += b.insured_fen() + b.amount_fen();
        total = std::max(total, b.total_cost_fen());
      }
      if (static_cast<int>(live.size()) - struck > 1) {
        Add("D13", live);
      } else if (total > 0 && paid > total) {
        Add("D14", rows);
      }
    }
  }

  void AfterDeath() {
    const auto death = Report(v1::DEATH);
    if (!death) return;
    const int month_of_death = death->fact().date().year() * 12 + death->fact().date().month() - 1;
    for (const auto& row : benefits[v1::EXTREME_POVERTY]) {
      const std::set<int> months = Span(row);
      if (!months.empty() && *months.rbegin() > month_of_death) Add("D20", {row, *death});
    }
    for (const auto& row : benefits[v1::MINIMUM_LIVING]) {
      const std::set<int> months = Span(row);
      if (!months.empty() && *months.rbegin() > month_of_death + 3) Add("D20", {row, *death});
    }
  }

  void Gaps() {
    if (Report(v1::DEATH)) return;
    Rows held, base, allowance;
    for (v1::Programme programme : {v1::MINIMUM_LIVING, v1::EXTREME_POVERTY}) {
      for (const auto& row : benefits[programme]) {
        held.push_back(row);
        if (!Span(row).count(now)) continue;
        base.push_back(row);
        if (programme == v1::MINIMUM_LIVING) allowance.push_back(row);
      }
    }
    if (base.empty()) return;
    bool old = false;
    for (const auto& row : base) old |= Ordinal(row.benefit().start_month()) <= now - 3;
    const auto with = [](Rows rows, const v1::Record& row) {
      rows.push_back(row);
      return rows;
    };

    bool subsidised = false, granted = false;
    for (const auto& row : benefits[v1::MEDICAL]) {
      subsidised |= row.benefit().form() == v1::INSURANCE_SUBSIDY && row.benefit().benefit_year() == year;
    }
    if (old && !subsidised) Add("M01", base);
    const std::string term = month >= 9   ? std::to_string(year) + "秋"
                             : month == 1 ? std::to_string(year - 1) + "秋"
                                          : std::to_string(year) + "春";
    for (const auto& row : benefits[v1::EDUCATION]) granted |= row.benefit().term() == term;
    if (const auto report = Report(v1::SCHOOL_ENROLMENT); report && old && !granted)
      Add("M03", with(base, *report));
    if (const auto report = Report(v1::DANGEROUS_HOUSE, {"C", "D"});
        report && benefits[v1::HOUSING].empty()) {
      Add("M05", with(base, *report));
    }
    if (const auto report = Report(v1::REGISTERED_UNEMPLOYMENT);
        report && !allowance.empty() && benefits[v1::EMPLOYMENT].empty()) {
      Add("M06", with(allowance, *report));
    }
    if (const auto report = Report(v1::HOUSE_DAMAGE, {"COLLAPSED", "SEVERE"});
        report && benefits[v1::DISASTER].empty()) {
      Add("M09", with(base, *report));
    }

    for (const auto& bill : benefits[v1::MEDICAL]) {
      const v1::Benefit& b = bill.benefit();
      if (b.form() != v1::INPATIENT_SETTLEMENT || b.amount_fen() != 0 ||
          b.total_cost_fen() <= b.insured_fen())
        continue;
      if (today - Days(b.pay_date()) <= 30) continue;
      bool assisted = false;
      for (const auto& other : benefits[v1::MEDICAL]) {
        assisted |= !b.invoice_number().empty() && other.benefit().invoice_number() == b.invoice_number() &&
                    other.benefit().amount_fen() > 0;
      }
      Rows cover;
      for (const auto& row : held) {
        if (Span(row).count(b.pay_date().year() * 12 + b.pay_date().month() - 1)) cover.push_back(row);
      }
      if (!assisted && !cover.empty()) Add("M02", with(cover, bill));
    }
  }
};

}  // namespace

std::set<std::string> ReferenceFindings(const Rows& records, int year, int month, int day) {
  v1::Date as_of;
  as_of.set_year(year);
  as_of.set_month(month);
  as_of.set_day(day);
  Reference reference{year * 12 + month - 1, year, month, Days(as_of), {}, {}, {}};
  for (const v1::Record& record : records) {
    if (record.has_benefit()) {
      reference.benefits[record.benefit().programme()].push_back(record);
    } else if (Days(record.fact().date()) <= reference.today &&
               (!record.fact().has_end_date() || Days(record.fact().end_date()) >= reference.today)) {
      reference.facts[record.fact().type()].push_back(record);
    }
  }
  reference.Duplicates();
  reference.Invoices();
  reference.AfterDeath();
  reference.Gaps();
  return reference.out;
}

}  // namespace relief::coverage
