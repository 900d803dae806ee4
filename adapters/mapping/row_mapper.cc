#include "adapters/mapping/row_mapper.h"

#include <google/protobuf/descriptor.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include "adapters/mapping/cell_parsers.h"
#include "adapters/mapping/cell_repairs.h"
#include "adapters/mapping/field_path.h"
#include "adapters/mapping/heading.h"

namespace relief::adapters {

// One FieldMapping, resolved against the header of one file.
struct RowMapper::Field {
  const FieldMapping* mapping = nullptr;
  std::vector<FieldPath> targets;
  int column = -1;       // -1: a constant
  int when_column = -1;  // -1: always
  bool lenient = false;  // describes the person or the household
  // Per target: the values of codes and constant, ready to set.
  std::vector<std::map<std::string, FieldValue>> codes;
  std::vector<FieldValue> constants;
};

namespace {

FieldValue NamedValue(const FieldPath& path, const std::string& name) {
  if (path.Enum() == nullptr) return name;
  return static_cast<int64_t>(path.Enum()->FindValueByName(name)->number());
}

template <typename T>
absl::StatusOr<FieldValue> Lift(absl::StatusOr<T> value) {
  if (!value.ok()) return value.status();
  return FieldValue(*std::move(value));
}

v1::Date FirstDayOf(const v1::Month& month) {
  v1::Date day;
  day.set_year(month.year());
  day.set_month(month.month());
  day.set_day(1);
  return day;
}

v1::Date LastDayOf(const v1::Month& month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = month.year() % 4 == 0 && (month.year() % 100 != 0 || month.year() % 400 == 0);
  v1::Date day = FirstDayOf(month);
  day.set_day(kDays[month.month() - 1] + (leap && month.month() == 2 ? 1 : 0));
  return day;
}

// `stored_as_number`: by a spreadsheet. A value that is an empty text says nothing.
absl::StatusOr<FieldValue> ParseCell(const FieldMapping& mapping, const std::string& target,
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

void AddError(const std::string& field, const std::string& message, MappedRow* row) {
  v1::FieldError& error = row->errors.emplace_back();
  error.set_field(field);
  error.set_reason(v1::FieldError::INVALID);
  error.set_message(message);
}

// An empty content of the mapping's kind: the hub then names the field that is absent, not the content.
void Begin(const Mapping& mapping, v1::Record* record) {
  switch (mapping.content()) {
    case v1::Source::BENEFITS:
      return record->mutable_benefit()->set_programme(mapping.programme());
    case v1::Source::LEADS:
      record->mutable_lead();
      return;
    case v1::Source::GIFTS:
      record->mutable_gift();
      return;
    default:
      record->mutable_fact();
  }
}

bool DescribesPerson(const std::string& path) {
  return path.rfind("person.", 0) == 0 || path.rfind("household.", 0) == 0;
}

// Under a key, because what is hashed holds a person's number: who sees the digest cannot try all numbers against it.
std::string Digest(const std::string& key, const std::string& text) {
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
  constexpr char kHex[] = "0123456789abcdef";
  std::string hex;
  for (int i = 0; i < 12; ++i) {
    hex += kHex[mac[i] >> 4];
    hex += kHex[mac[i] & 15];
  }
  return hex;
}

std::string MonthDigits(const v1::Month& month) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%04d%02d", month.year(), month.month());
  return digits;
}

bool IsHead(const std::string& relation) {
  for (const char* word : {"户主", "本人", "户主本人", "申请人", "01", "户主或本人"})
    if (relation == word) return true;
  return false;
}

// 1 and 020.00 beside each other were one amount before its comma was taken for a separator.
bool LooksTornApart(const std::vector<std::string>& cells) {
  const auto digits = [](const std::string& text, size_t from, size_t to) {
    return to <= text.size() && to > from &&
           std::all_of(text.begin() + static_cast<ptrdiff_t>(from), text.begin() + static_cast<ptrdiff_t>(to),
                       [](char c) { return c >= '0' && c <= '9'; });
  };
  for (size_t i = 0; i + 1 < cells.size(); ++i) {
    const std::string left = Trim(cells[i]), right = Trim(cells[i + 1]);
    if (left.empty() || left.size() > 3 || !digits(left, 0, left.size()) || left[0] == '0' ||
        !digits(right, 0, 3))
      continue;
    if (right.size() == 3 || (right.size() > 4 && right[3] == '.' && digits(right, 4, right.size())))
      return true;
  }
  return false;
}

}  // namespace

struct RowMapper::Household {
  // What rows of the file have been named: record id -> a hash of the content.
  std::unordered_map<uint64_t, uint64_t> named;
};

absl::Status CheckHeader(const Mapping& mapping, const std::vector<std::string>& header) {
  std::string twice;
  const auto check = [&](const std::string& column) {
    if (column.empty() || FindColumn(header, column) != -2 || twice.find(column) != std::string::npos) return;
    std::string places;
    for (size_t i = 0; i < header.size(); ++i)
      if (HeadingKey(header[i]) == HeadingKey(column))
        places += (places.empty() ? "" : ", ") + std::to_string(i + 1);
    twice += (twice.empty() ? "" : "; ") + column + " (columns " + places + ")";
  };
  for (const std::string& column : mapping.recognised_by()) check(column);
  for (const FieldMapping& field : mapping.fields()) check(field.column());
  for (const Part& part : mapping.parts())
    for (const FieldMapping& field : part.fields()) check(field.column());
  if (twice.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("headings that stand twice, so that nobody can say which is meant: " +
                                    twice + "; name one of them otherwise");
}

std::vector<RowMapper::Field> RowMapper::Resolve(
    const google::protobuf::RepeatedPtrField<FieldMapping>& fields, const std::vector<std::string>& header) {
  std::vector<Field> resolved;
  for (const FieldMapping& from : fields) {
    Field field;
    field.mapping = &from;
    if (!from.column().empty()) {
      field.column = FindColumn(header, from.column());
      if (field.column < 0) continue;
    }
    if (from.has_when()) {
      field.when_column = FindColumn(header, from.when().column());
      if (field.when_column < 0) continue;
    }
    field.lenient = true;
    for (const std::string& target : from.target()) {
      // ParseMapping has checked every path and every value.
      const FieldPath& path = field.targets.emplace_back(FieldPath::Of(target).value());
      field.lenient = field.lenient && DescribesPerson(target);
      auto& codes = field.codes.emplace_back();
      for (const Code& code : from.codes()) codes.emplace(code.cell(), NamedValue(path, code.value()));
      if (!from.constant().empty()) field.constants.push_back(NamedValue(path, from.constant()));
    }
    resolved.push_back(std::move(field));
  }
  return resolved;
}

RowMapper::RowMapper(const Mapping& mapping, const std::vector<std::string>& header, int64_t version)
    : mapping_(mapping),
      columns_(header.size()),
      version_(version),
      fields_(Resolve(mapping.fields(), header)),
      fill_down_(header.size()),
      above_(header.size()),
      state_(std::make_shared<Household>()) {
  for (const Part& part : mapping.parts()) parts_.push_back(Resolve(part.fields(), header));
  for (const std::string& column : mapping.fill_down())
    if (const int at = FindColumn(header, column); at >= 0) fill_down_[static_cast<size_t>(at)] = true;
  if (!mapping.head_number_column().empty()) head_column_ = FindColumn(header, mapping.head_number_column());
  if (!mapping.covered_column().empty()) covered_column_ = FindColumn(header, mapping.covered_column());
  for (const ColumnUse& column : mapping.columns())
    if (column.use() == "is_covered") is_covered_column_ = FindColumn(header, column.heading());
  for (const Field& field : fields_) {
    for (const FieldPath& target : field.targets) {
      if (target.path() == "person.name" && field.column >= 0) name_column_ = field.column;
      if (target.path() == "person.id_number" && field.column >= 0) number_column_ = field.column;
    }
  }
}

RowMapper::~RowMapper() = default;

MappedRow RowMapper::Begin(const std::vector<std::string>& cells) const {
  MappedRow row;
  row.record.set_version(version_);
  adapters::Begin(mapping_, &row.record);
  // A row that is shifted against its header would put values into the wrong fields.
  const size_t surplus =
      std::count_if(cells.begin() + static_cast<ptrdiff_t>(std::min(columns_, cells.size())), cells.end(),
                    [](const std::string& cell) { return !Trim(cell).empty(); });
  if (cells.size() < columns_ || surplus > 0 || (cells.size() > columns_ && LooksTornApart(cells))) {
    AddError("",
             "the row has " + std::to_string(cells.size()) + " cells, the header " + std::to_string(columns_),
             &row);
  }
  return row;
}

void RowMapper::Fill(const std::vector<Field>& fields, const SheetRow& from, MappedRow* row) const {
  for (const Field& field : fields) {
    const FieldMapping& mapping = *field.mapping;
    if (field.when_column >= 0) {
      const auto& wanted = mapping.when().equals();
      if (std::find(wanted.begin(), wanted.end(), Trim(from.cells[field.when_column])) == wanted.end())
        continue;
    }
    if (field.column < 0) {
      for (size_t i = 0; i < field.targets.size(); ++i)
        field.targets[i].Set(field.constants[i], &row->record);
      continue;
    }
    const std::string cell = Trim(from.cells[field.column]);
    if (cell.empty()) continue;
    const auto fail = [&](const std::string& reason) {
      if (field.lenient) {
        ++row->warnings;
        row->notes.push_back({mapping.column(), Repair::kLeftOut});
      } else {
        AddError(field.targets.front().path(), "column " + mapping.column() + ": " + reason, row);
      }
    };
    if (mapping.parser() == CODE) {
      for (size_t i = 0; i < field.targets.size(); ++i) {
        auto code = field.codes[i].find(cell);
        if (code == field.codes[i].end()) code = field.codes[i].find(Plain(cell));
        if (code != field.codes[i].end()) {
          field.targets[i].Set(code->second, &row->record);
        } else if (SaysNothing(cell)) {
          row->notes.push_back({mapping.column(), Repair::kNothing});
          break;
        } else if (mapping.keep_other()) {
          field.targets[i].Set(FieldValue(cell), &row->record);
        } else {
          fail("not a code of this column");
          break;
        }
      }
      continue;
    }
    if (SaysNothing(cell)) {
      row->notes.push_back({mapping.column(), Repair::kNothing});
      continue;
    }
    const std::string& target = field.targets.front().path();
    if ((target == "benefit.end_month" || target == "fact.end_date") && IsOpenEnd(cell)) {
      row->notes.push_back({mapping.column(), Repair::kOpenEnd});
      continue;
    }
    const bool number = static_cast<size_t>(field.column) < from.kinds.size() &&
                        from.kinds[field.column] == CellKind::kNumber;
    Repair repair = Repair::kNone;
    auto value = ParseCell(mapping, target, cell, number, &repair);
    if (!value.ok()) {
      fail(std::string(value.status().message()));
      continue;
    }
    if (repair != Repair::kNone) row->notes.push_back({mapping.column(), repair});
    if (const auto* text = std::get_if<std::string>(&*value); text != nullptr && text->empty()) {
      ++row->warnings;
      continue;
    }
    for (const FieldPath& path : field.targets) {
      if (!path.Set(*value, &row->record)) {
        fail("the number is too large");
        break;
      }
    }
  }
}

MappedRow RowMapper::Map(const std::vector<std::string>& cells) const {
  MappedRow row = Begin(cells);
  if (!row.errors.empty()) return row;
  SheetRow from;
  from.cells = cells;
  Fill(fields_, from, &row);
  return row;
}

// What a merged cell says holds for the rows that it goes over; what is left blank in a column of households as well.
void RowMapper::FillDown(SheetRow* row) {
  for (size_t column = 0; column < std::min(columns_, row->cells.size()); ++column) {
    std::string& cell = row->cells[column];
    if (!Trim(cell).empty()) {
      above_[column] = cell;
      continue;
    }
    const bool merged = column < row->kinds.size() && row->kinds[column] == CellKind::kMergedUp;
    if (fill_down_[column]) {
      cell = above_[column];
    } else if (merged) {
      // Money that goes over several rows was given once.
      const bool money = std::any_of(fields_.begin(), fields_.end(), [&](const Field& field) {
        return field.column == static_cast<int>(column) && field.mapping->parser() == MONEY_YUAN;
      });
      if (!money) cell = above_[column];
    }
  }
}

void RowMapper::ShareNames(RowMapper& other) { state_ = other.state_; }

// One month of a benefit that is paid month by month. False: the benefit is not of that kind.
bool RowMapper::ApplyPayment(MappedRow* mapped) const {
  if (!payments_ || !mapped->record.has_benefit()) return false;
  v1::Benefit& benefit = *mapped->record.mutable_benefit();
  switch (benefit.programme()) {
    case v1::MINIMUM_LIVING:
    case v1::EXTREME_POVERTY:
    case v1::HOUSING:
    case v1::EMPLOYMENT:
      break;
    default:
      return false;
  }
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
  switch (benefit.programme()) {
    case v1::MINIMUM_LIVING:
    case v1::EXTREME_POVERTY:
    case v1::HOUSING:
    case v1::EMPLOYMENT:
      if (benefit.has_start_month()) return false;
      *benefit.mutable_start_month() = period_;
      return true;
    case v1::TEMPORARY:
    case v1::DISASTER:
      if (!benefit.has_pay_date()) *benefit.mutable_pay_date() = FirstDayOf(period_);
      return false;  // a payment is of its month
    default:
      return false;
  }
}

void RowMapper::SetHousehold(const SheetRow& row, MappedRow* mapped) {
  if (mapped->record.household().household_id().empty() && head_column_ >= 0) {
    Repair ignored;
    const std::string head = ReadPersonNumber(row.cells[head_column_], false, &ignored);
    if (!head.empty() && !SaysNothing(head))
      mapped->record.mutable_household()->set_household_id("h-" +
                                                           Digest(record_id_key_, "household/" + head));
  }
  household_ = mapped->record.household().household_id();
}

void RowMapper::GiveAmountToHead(const SheetRow& row, MappedRow* mapped) {
  if (!mapping_.amount_of_household() || household_.empty() || !mapped->record.has_benefit()) return;
  const std::string& relation = mapped->record.household().relation();
  Repair ignored;
  bool head = false;
  if (head_column_ >= 0 && !mapped->record.person().id_number().empty()) {
    head = ReadPersonNumber(row.cells[head_column_], false, &ignored) == mapped->record.person().id_number();
  } else if (!relation.empty()) {
    head = IsHead(relation);
  } else {
    head = household_ != household_with_amount_;  // the first row of a household
  }
  if (head && household_ != household_with_amount_) {
    household_with_amount_ = household_;
  } else {
    mapped->record.mutable_benefit()->clear_amount_fen();
  }
}

// A list of a household names those as well whom nobody helps.
bool RowMapper::SaysNotCovered(const SheetRow& row) const {
  if (is_covered_column_ < 0 || static_cast<size_t>(is_covered_column_) >= row.cells.size()) return false;
  const std::string cell = Plain(row.cells[static_cast<size_t>(is_covered_column_)]);
  for (const char* word : {"否", "不是", "不", "未", "未享受", "未保障", "不享受", "非", "n", "no", "0", "×",
                           "不在保", "未在保"})
    if (cell == word) return true;
  return false;
}

// Several people in one cell: 张三、李四 and their numbers beside them.
std::vector<MappedRow> RowMapper::SplitPeople(const SheetRow& row, MappedRow whole) const {
  std::vector<MappedRow> people;
  const auto numbers =
      number_column_ >= 0 ? SeveralNumbers(row.cells[number_column_]) : std::vector<std::string>();
  if (numbers.empty()) {
    people.push_back(std::move(whole));
    return people;
  }
  std::vector<std::string> names(1);
  if (name_column_ >= 0) {
    const std::string& cell = row.cells[name_column_];
    for (size_t at = 0; at < cell.size();) {
      size_t skip = 0;
      for (const std::string_view separator : {",", "，", "、", ";", "；", "/", "\n", " ", "　"})
        if (cell.compare(at, separator.size(), separator) == 0) skip = separator.size();
      if (skip > 0) {
        if (!names.back().empty()) names.emplace_back();
        at += skip;
      } else {
        names.back() += cell[at++];
      }
    }
    if (names.back().empty()) names.pop_back();
  }
  if (names.size() != numbers.size()) {
    AddError("person.id_number",
             "the cell holds " + std::to_string(numbers.size()) + " document numbers and the name " +
                 std::to_string(names.size()) + "; give each person a row",
             &whole);
    people.push_back(std::move(whole));
    return people;
  }
  for (size_t i = 0; i < numbers.size(); ++i) {
    MappedRow& one = people.emplace_back(whole);
    one.record.mutable_person()->set_name(names[i]);
    one.record.mutable_person()->set_id_number(numbers[i]);
    if (mapping_.make_record_id() || i == 0) continue;
    one.record.set_record_id(one.record.record_id() + "-" + std::to_string(i + 1));
  }
  return people;
}

// The record id, where the file has none. False if the row repeats another.
bool RowMapper::Name(const std::string& part, MappedRow* mapped, bool* repeats) {
  v1::Record& record = mapped->record;
  const bool monthly_payment =
      payments_ && record.benefit().has_start_month() && record.benefit().has_end_month();
  const std::string month = monthly_payment ? MonthDigits(record.benefit().start_month()) : "";
  if (!mapping_.make_record_id() || !record.record_id().empty()) {
    if (monthly_payment && !record.record_id().empty())
      record.set_record_id(record.record_id() + "-" + month);
    return true;
  }
  const v1::PersonIdentity& person = record.person();
  std::string key =
      std::to_string(mapping_.content()) + "/" + std::to_string(mapping_.programme()) + "/" + part + "/";
  const bool numbered = IsResidentNumber(person.id_number());
  if (numbered) {
    key += person.id_number();
  } else {
    key += person.name() + "/" + person.id_number() + "/" + person.birth_date().ShortDebugString() + "/" +
           record.household().household_id() + "/" + person.address();
  }
  for (const std::string& target : mapping_.id_from()) {
    // Households are often numbered anew in each list; who has a number is known without.
    if (numbered && target == "household.household_id") continue;
    // The month of the list does not tell one award from another: the next list is of another month.
    if (mapped->of_period && target == "benefit.start_month") continue;
    key += "/" + FieldPath::Of(target).value().Text(record);
  }
  if (monthly_payment) key += "/paid/" + month;
  v1::Record content = record;
  content.clear_version();
  const std::string text = Digest(record_id_key_, content.SerializeAsString());
  for (int number = 1;; ++number) {
    const std::string digest = Digest(record_id_key_, number == 1 ? key : key + "#" + std::to_string(number));
    uint64_t name = 0, hash = 0;
    std::memcpy(&name, digest.data(), sizeof name);
    std::memcpy(&hash, text.data(), sizeof hash);
    const auto [known, added] = state_->named.emplace(name, hash);
    if (added) {
      record.set_record_id("m-" + digest);
      return true;
    }
    if (known->second == hash) {
      *repeats = true;
      return false;
    }
  }
}

std::vector<MappedRow> RowMapper::MapAll(SheetRow row, bool* repeats) {
  *repeats = false;
  std::vector<MappedRow> records;
  MappedRow whole = Begin(row.cells);
  if (!whole.errors.empty()) {
    records.push_back(std::move(whole));
    return records;
  }
  FillDown(&row);
  if (SaysNotCovered(row)) {
    ++not_covered_;
    return records;
  }
  Fill(fields_, row, &whole);
  whole.of_period = ApplyPeriod(&whole);
  SetHousehold(row, &whole);
  if (covered_column_ >= 0) {
    if (auto covered = ParseInteger(row.cells[covered_column_]);
        covered.ok() && *covered > 1 && *covered < 100)
      unnamed_people_ += *covered - 1;
  }
  for (MappedRow& person : SplitPeople(row, std::move(whole))) {
    GiveAmountToHead(row, &person);
    if (parts_.empty()) {
      if (Name("", &person, repeats)) records.push_back(std::move(person));
      continue;
    }
    const size_t before = records.size();
    bool repeated = false;
    for (size_t i = 0; i < parts_.size(); ++i) {
      MappedRow part = person;
      Fill(parts_[i], row, &part);
      part.of_period = ApplyPeriod(&part) || part.of_period;
      const int64_t amount =
          part.record.has_fact() ? part.record.fact().amount_fen() : part.record.benefit().amount_fen();
      if (amount == 0 && part.errors.size() == person.errors.size()) continue;
      if (Name(mapping_.parts(static_cast<int>(i)).name(), &part, &repeated))
        records.push_back(std::move(part));
    }
    *repeats = *repeats || repeated;
    if (records.size() > before || repeated) continue;
    if (mapping_.content() == v1::Source::FACTS) {
      AddError("fact.amount_fen", "none of the allowances has an amount", &person);
      records.push_back(std::move(person));
    } else if (Name("", &person, repeats)) {
      records.push_back(std::move(person));
    }
  }
  return records;
}

}  // namespace relief::adapters
