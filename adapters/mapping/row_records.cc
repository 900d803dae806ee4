// The records that a row is.
#include <algorithm>
#include <utility>

#include "adapters/mapping/cell_parsers.h"
#include "adapters/mapping/heading.h"
#include "adapters/mapping/row_field.h"
#include "adapters/mapping/row_mapper.h"

namespace relief::adapters {
namespace {

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

bool RowMapper::IsEmpty(const std::vector<Field>& fields, const SheetRow& row) {
  return std::all_of(fields.begin(), fields.end(), [&](const Field& field) {
    return field.column < 0 || Trim(row.cells[static_cast<size_t>(field.column)]).empty();
  });
}

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

RowMapper::RowMapper(const Mapping& mapping, const std::vector<std::string>& header, int64_t version)
    : mapping_(mapping),
      columns_(header.size()),
      version_(version),
      fields_(Resolve(mapping.fields(), header)),
      fill_down_(header.size()),
      above_(header.size()),
      names_(NewNames()) {
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

MappedRow RowMapper::Map(const std::vector<std::string>& cells) const {
  MappedRow row = Begin(cells);
  if (!row.errors.empty()) return row;
  SheetRow from;
  from.cells = cells;
  Fill(fields_, from, &row);
  return row;
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
  whole.of_period = ApplyTime(nullptr, &whole);
  SetHousehold(row, &whole);
  if (covered_column_ >= 0) {
    if (auto covered = ParseInteger(row.cells[covered_column_]);
        covered.ok() && *covered > 1 && *covered < 100)
      unnamed_people_ += *covered - 1;
  }
  for (MappedRow& person : SplitPeople(row, std::move(whole))) {
    GiveAmountToHead(row, &person);
    if (parts_.empty()) {
      if (Name({}, &person, repeats)) records.push_back(std::move(person));
      continue;
    }
    const size_t before = records.size();
    bool repeated = false;
    for (size_t i = 0; i < parts_.size(); ++i) {
      MappedRow part = person;
      Fill(parts_[i], row, &part);
      part.of_period = ApplyTime(&mapping_.parts(static_cast<int>(i)), &part) || part.of_period;
      const int64_t amount =
          part.record.has_fact() ? part.record.fact().amount_fen() : part.record.benefit().amount_fen();
      if (amount == 0 && (part.errors.size() == person.errors.size() || IsEmpty(parts_[i], row))) continue;
      if (Name(mapping_.parts(static_cast<int>(i)), &part, &repeated)) records.push_back(std::move(part));
    }
    *repeats = *repeats || repeated;
    if (records.size() > before || repeated) continue;
    if (mapping_.content() == v1::Source::FACTS) {
      AddError("fact.amount_fen", "none of the allowances has an amount", &person);
      records.push_back(std::move(person));
    } else if (mapping_.parts(0).has_month()) {
      AddError("benefit.amount_fen", "none of the months has an amount", &person);
      records.push_back(std::move(person));
    } else if (Name({}, &person, repeats)) {
      records.push_back(std::move(person));
    }
  }
  return records;
}

}  // namespace relief::adapters
