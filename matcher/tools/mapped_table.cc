#include "matcher/tools/mapped_table.h"

#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <sstream>
#include <unordered_map>

#include "adapters/tabular/csv_reader.h"

namespace relief::matcher {
namespace {

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

absl::StatusOr<size_t> Position(const std::vector<std::string>& header, const std::string& column,
                                const std::string& file) {
  const auto found = std::find_if(header.begin(), header.end(),
                                  [&](const std::string& name) { return Trimmed(name) == column; });
  if (found == header.end()) return absl::NotFoundError(file + " has no column \"" + column + "\"");
  return static_cast<size_t>(found - header.begin());
}

ColumnKind KindOf(MappedColumn::Kind kind) {
  return static_cast<ColumnKind>(kind - 1);  // in one order, KIND_UNSPECIFIED excepted
}
static_assert(static_cast<int>(ColumnKind::kText) + 1 == MappedColumn::TEXT);
static_assert(static_cast<int>(ColumnKind::kDate) + 1 == MappedColumn::DATE);

}  // namespace

absl::StatusOr<ColumnMapping> ReadColumnMapping(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError("cannot read " + path);
  std::stringstream text;
  text << file.rdbuf();
  ColumnMapping mapping;
  if (!google::protobuf::TextFormat::ParseFromString(text.str(), &mapping))
    return absl::InvalidArgumentError(path + ": not a column mapping (matcher/linkage/column_mapping.proto)");
  if (mapping.files().empty() || mapping.columns().empty())
    return absl::InvalidArgumentError(path + ": files and columns are required");
  for (const MappedColumn& column : mapping.columns())
    if (column.kind() == MappedColumn::KIND_UNSPECIFIED)
      return absl::InvalidArgumentError(path + ": column \"" + column.column() + "\" has no kind");
  if (mapping.name().empty()) mapping.set_name(path);
  return mapping;
}

absl::StatusOr<MappedTable> ReadMappedTable(const ColumnMapping& mapping, const std::string& folder) {
  std::vector<Table::ColumnType> types;
  for (const MappedColumn& column : mapping.columns())
    types.push_back({column.column(), KindOf(column.kind())});
  MappedTable mapped{mapping, Table(types), {}};
  std::unordered_map<std::string, uint32_t> labels;
  const std::regex pattern(mapping.truth().pattern());
  for (int f = 0; f < mapping.files_size(); ++f) {
    const std::string path = folder + "/" + mapping.files(f);
    auto reader = adapters::CsvReader::Open(path);
    if (!reader.ok()) return reader.status();
    adapters::CsvRow row;
    auto more = (*reader)->Next(&row);
    if (!more.ok()) return more.status();
    const std::vector<std::string> header = row.cells;
    std::vector<size_t> positions;
    for (const MappedColumn& column : mapping.columns()) {
      auto position = Position(header, column.column(), path);
      if (!position.ok()) return position.status();
      positions.push_back(*position);
    }
    size_t id_at = SIZE_MAX, truth_at = SIZE_MAX;
    for (const auto& [column, at] :
         {std::pair(mapping.id_column(), &id_at), std::pair(mapping.truth().column(), &truth_at)}) {
      if (column.empty()) continue;
      auto position = Position(header, column, path);
      if (!position.ok()) return position.status();
      *at = *position;
    }
    while (true) {
      more = (*reader)->Next(&row);
      if (!more.ok()) return more.status();
      if (!*more) break;
      row.cells.resize(header.size());
      std::vector<std::string_view> cells;
      for (size_t position : positions) cells.push_back(row.cells[position]);
      const size_t number = mapped.table.rows();
      mapped.table.AddRow(
          static_cast<uint16_t>(f),
          id_at == SIZE_MAX ? std::to_string(number + 1) : std::string(Trimmed(row.cells[id_at])), cells);
      if (truth_at == SIZE_MAX) continue;
      std::string label(Trimmed(row.cells[truth_at]));
      std::smatch match;
      if (!mapping.truth().pattern().empty() && std::regex_search(label, match, pattern) && match.size() > 1)
        label = match[1];
      mapped.truth.push_back(labels.emplace(label, static_cast<uint32_t>(labels.size())).first->second);
    }
  }
  if (mapped.table.rows() < 2) return absl::NotFoundError(mapping.name() + ": fewer than two rows");
  return mapped;
}

}  // namespace relief::matcher
