// From the cells of a row to the fields of a record.
#include <algorithm>
#include <utility>

#include "adapters/mapping/cell_parsers.h"
#include "adapters/mapping/cell_value.h"
#include "adapters/mapping/heading.h"
#include "adapters/mapping/row_field.h"

namespace relief::adapters {
namespace {

FieldValue NamedValue(const FieldPath& path, const std::string& name) {
  if (path.Enum() == nullptr) return name;
  return static_cast<int64_t>(path.Enum()->FindValueByName(name)->number());
}

bool DescribesPerson(const std::string& path) {
  return path.rfind("person.", 0) == 0 || path.rfind("household.", 0) == 0;
}

}  // namespace

void AddError(const std::string& field, const std::string& message, MappedRow* row) {
  v1::FieldError& error = row->errors.emplace_back();
  error.set_field(field);
  error.set_reason(v1::FieldError::INVALID);
  error.set_message(message);
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
    auto value = ReadCell(mapping, target, cell, number, &repair);
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

}  // namespace relief::adapters
