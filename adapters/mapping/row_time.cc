// What the month of a list says of its rows.
#include <algorithm>

#include "adapters/mapping/cell_parsers.h"
#include "adapters/mapping/month_days.h"
#include "adapters/mapping/row_field.h"

namespace relief::adapters {
namespace {

// Whether the benefit goes on from month to month.
bool IsMonthly(v1::Programme programme) {
  return programme == v1::MINIMUM_LIVING || programme == v1::EXTREME_POVERTY || programme == v1::HOUSING ||
         programme == v1::EMPLOYMENT;
}

}  // namespace

// One month of a benefit that is paid month by month. False: the benefit is not of that kind.
bool RowMapper::ApplyPayment(MappedRow* mapped) const {
  if (!payments_ || !mapped->record.has_benefit()) return false;
  v1::Benefit& benefit = *mapped->record.mutable_benefit();
  if (!IsMonthly(benefit.programme())) return false;
  v1::Month month = period_;
  if (benefit.has_pay_date()) {
    month.set_year(benefit.pay_date().year());
    month.set_month(benefit.pay_date().month());
  }
  if (month.year() == 0) {
    AddError("benefit.start_month", "a list of payments says of which month they are; give it with --period",
             mapped);
    return true;
  }
  *benefit.mutable_start_month() = month;
  *benefit.mutable_end_month() = month;
  return true;
}

// What stands in a column that is a month was paid for that month alone.
void RowMapper::ApplyColumnMonth(const Part& part, MappedRow* mapped) const {
  v1::Month month = part.month();
  if (month.year() == 0) month.set_year(year_);
  v1::Record& record = mapped->record;
  if (month.year() == 0) {
    AddError(record.has_fact() ? "fact.date" : "benefit.start_month",
             "a list of payments says of which month they are; give it with --period", mapped);
    return;
  }
  mapped->column_month = month;
  if (record.has_fact()) {
    *record.mutable_fact()->mutable_date() = FirstDayOf(month);
  } else if (IsMonthly(record.benefit().programme())) {
    *record.mutable_benefit()->mutable_start_month() = month;
    *record.mutable_benefit()->mutable_end_month() = month;
  } else {
    *record.mutable_benefit()->mutable_pay_date() = FirstDayOf(month);
  }
}

// True if the record's first month is only the list's. `part`: null of what all parts have in common.
bool RowMapper::ApplyTime(const Part* part, MappedRow* mapped) const {
  const bool months = std::any_of(mapping_.parts().begin(), mapping_.parts().end(),
                                  [](const Part& one) { return one.has_month(); });
  if (!months) return ApplyPeriod(mapped);
  if (part != nullptr && part->has_month()) ApplyColumnMonth(*part, mapped);
  return false;
}

bool RowMapper::ApplyPeriod(MappedRow* mapped) const {
  v1::Record& record = mapped->record;
  if (record.benefit().programme() == v1::EDUCATION && !record.benefit().has_start_month()) {
    // The term is known, from a column or from the title.
    if (const auto start = ParseTermStart(record.benefit().term()); start.ok())
      *record.mutable_benefit()->mutable_start_month() = *start;
    return false;
  }
  if (ApplyPayment(mapped) || period_.year() == 0) return false;
  if (record.has_fact()) {
    if (record.fact().has_date()) return false;
    *record.mutable_fact()->mutable_date() = FirstDayOf(period_);
    return true;
  }
  if (!record.has_benefit()) return false;
  v1::Benefit& benefit = *record.mutable_benefit();
  if (IsMonthly(benefit.programme())) {
    if (benefit.has_start_month()) return false;
    *benefit.mutable_start_month() = period_;
    return true;
  }
  const bool once = benefit.programme() == v1::TEMPORARY || benefit.programme() == v1::DISASTER;
  if (once && !benefit.has_pay_date()) *benefit.mutable_pay_date() = FirstDayOf(period_);
  return false;  // a payment is of its month
}

}  // namespace relief::adapters
