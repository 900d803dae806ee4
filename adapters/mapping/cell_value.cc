#include "adapters/mapping/cell_value.h"

#include <utility>

#include "adapters/mapping/cell_parsers.h"
#include "adapters/mapping/month_days.h"

namespace relief::adapters {
namespace {

template <typename T>
absl::StatusOr<FieldValue> Lift(absl::StatusOr<T> value) {
  if (!value.ok()) return value.status();
  return FieldValue(*std::move(value));
}

}  // namespace

absl::StatusOr<FieldValue> ReadCell(const FieldMapping& mapping, const std::string& target,
                                    const std::string& cell, bool stored_as_number, Repair* repair) {
  switch (mapping.parser()) {
    case SEX: {
      auto sex = ParseSex(cell);
      if (!sex.ok()) return sex.status();
      return FieldValue(static_cast<int64_t>(*sex));
    }
    case DATE: {
      auto day = ReadDay(cell, repair);
      if (day.ok() || target != "fact.end_date") return Lift(std::move(day));
      // Until a month is until its end.
      const auto month = ReadMonth(cell, mapping.zero_lost(), false, repair);
      if (!month.ok()) return day.status();
      return FieldValue(LastDayOf(*month));
    }
    case DAY_OF_MONTH: {
      auto day = ReadDay(cell, repair);
      if (day.ok()) return FieldValue(*day);
      auto month = ReadMonth(cell, mapping.zero_lost(), false, repair);
      if (!month.ok()) return day.status();
      return FieldValue(FirstDayOf(*month));
    }
    case MONTH:
    case MONTH_OF_DAY:
      if (auto range = ReadRange(cell)) {
        *repair = Repair::kWords;
        return FieldValue(target == "benefit.end_month" ? range->second : range->first);
      }
      return Lift(ReadMonth(cell, mapping.zero_lost(), mapping.parser() == MONTH_OF_DAY, repair));
    case MONEY_YUAN:
      return Lift(ReadMoney(cell, mapping.unit(), repair));
    case INTEGER:
      return Lift(ParseInteger(cell));
    case TERM:
      return Lift(ReadTerm(cell, repair));
    case TERM_START:
    case MONTH_OF_TERM: {
      auto term = ReadTerm(cell, repair);
      if (!term.ok()) return term.status();
      return Lift(TermStart(*term));
    }
    case REGION:
      return Lift(ParseRegion(cell));
    case ID:
      if (target == "person.id_number") return FieldValue(ReadPersonNumber(cell, stored_as_number, repair));
      if (target == "benefit.payee_account") return FieldValue(ReadAccount(cell, stored_as_number, repair));
      return FieldValue(cell);
    default:
      if (target == "person.phones") return FieldValue(ReadPhone(cell, repair));
      return FieldValue(cell);
  }
}

}  // namespace relief::adapters
