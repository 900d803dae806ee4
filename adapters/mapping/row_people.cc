// Whom a row is about: the people in its cells, and their household.
#include <algorithm>
#include <utility>

#include "adapters/mapping/cell_parsers.h"
#include "adapters/mapping/row_field.h"

namespace relief::adapters {
namespace {

bool IsHead(const std::string& relation) {
  for (const char* word : {"户主", "本人", "户主本人", "申请人", "01", "户主或本人"})
    if (relation == word) return true;
  return false;
}

}  // namespace

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

void RowMapper::SetHousehold(const SheetRow& row, MappedRow* mapped) {
  if (mapped->record.household().household_id().empty() && head_column_ >= 0) {
    Repair ignored;
    const std::string head = ReadPersonNumber(row.cells[head_column_], false, &ignored);
    if (!head.empty() && !SaysNothing(head))
      mapped->record.mutable_household()->set_household_id("h-" +
                                                           KeyedDigest(record_id_key_, "household/" + head));
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

}  // namespace relief::adapters
