#include "adapters/mapping/row_mapper.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "adapters/mapping/cell_parsers.h"
#include "adapters/mapping/field_path.h"

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

absl::StatusOr<FieldValue> ParseCell(Parser parser, const std::string& cell) {
  switch (parser) {
    case SEX: {
      auto sex = ParseSex(cell);
      if (!sex.ok()) return sex.status();
      return FieldValue(static_cast<int64_t>(*sex));
    }
    case DATE:
      return Lift(ParseDate(cell));
    case MONTH:
      return Lift(ParseMonth(cell));
    case MONEY_YUAN:
      return Lift(ParseMoneyYuan(cell));
    case INTEGER:
      return Lift(ParseInteger(cell));
    case TERM:
      return Lift(ParseTerm(cell));
    case TERM_START:
      return Lift(ParseTermStart(cell));
    case REGION:
      return Lift(ParseRegion(cell));
    default:  // TEXT, ID
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

}  // namespace

RowMapper::RowMapper(const Mapping& mapping, const std::vector<std::string>& header, int64_t version)
    : mapping_(mapping), columns_(header.size()), version_(version) {
  const auto find = [&header](const std::string& column) {
    const auto at = std::find(header.begin(), header.end(), column);
    return at == header.end() ? -1 : static_cast<int>(at - header.begin());
  };
  for (const FieldMapping& from : mapping.fields()) {
    Field field;
    field.mapping = &from;
    if (!from.column().empty()) {
      field.column = find(from.column());
      if (field.column < 0) continue;
    }
    if (from.has_when()) {
      field.when_column = find(from.when().column());
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
    fields_.push_back(std::move(field));
  }
}

RowMapper::~RowMapper() = default;

MappedRow RowMapper::Map(const std::vector<std::string>& cells) const {
  MappedRow row;
  row.record.set_version(version_);
  Begin(mapping_, &row.record);
  // A row that is shifted against its header would put values into the wrong fields.
  const size_t surplus = std::count_if(cells.begin() + std::min(columns_, cells.size()), cells.end(),
                                       [](const std::string& cell) { return !Trim(cell).empty(); });
  if (cells.size() < columns_ || surplus > 0) {
    AddError("",
             "the row has " + std::to_string(cells.size()) + " cells, the header " + std::to_string(columns_),
             &row);
    return row;
  }
  for (const Field& field : fields_) {
    const FieldMapping& mapping = *field.mapping;
    if (field.when_column >= 0) {
      const auto& wanted = mapping.when().equals();
      if (std::find(wanted.begin(), wanted.end(), Trim(cells[field.when_column])) == wanted.end()) continue;
    }
    if (field.column < 0) {
      for (size_t i = 0; i < field.targets.size(); ++i) field.targets[i].Set(field.constants[i], &row.record);
      continue;
    }
    const std::string cell = Trim(cells[field.column]);
    if (cell.empty()) continue;
    const auto fail = [&](const std::string& reason) {
      if (field.lenient) {
        ++row.warnings;
      } else {
        AddError(field.targets.front().path(), "column " + mapping.column() + ": " + reason, &row);
      }
    };
    if (mapping.parser() == CODE) {
      for (size_t i = 0; i < field.targets.size(); ++i) {
        auto code = field.codes[i].find(cell);
        if (code == field.codes[i].end()) code = field.codes[i].find(Plain(cell));
        if (code != field.codes[i].end()) {
          field.targets[i].Set(code->second, &row.record);
        } else if (mapping.keep_other()) {
          field.targets[i].Set(FieldValue(cell), &row.record);
        } else {
          fail("not a code of this column");
          break;
        }
      }
      continue;
    }
    auto value = ParseCell(mapping.parser(), cell);
    if (!value.ok()) {
      fail(std::string(value.status().message()));
      continue;
    }
    for (const FieldPath& target : field.targets) {
      if (!target.Set(*value, &row.record)) {
        fail("the number is too large");
        break;
      }
    }
  }
  return row;
}

}  // namespace relief::adapters
