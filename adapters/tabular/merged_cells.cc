#include "adapters/tabular/merged_cells.h"

#include <algorithm>

namespace relief::adapters {
namespace {

// A title merged over a whole sheet must not make every row as wide.
constexpr uint32_t kWidest = 512;
constexpr size_t kMostAreas = 4'000'000;

}  // namespace

void MergedCells::Add(const Area& area) {
  if (area.last_row < area.first_row || area.last_column < area.first_column) return;
  if (area.first_row == area.last_row && area.first_column == area.last_column) return;
  if (area.first_column >= kWidest || coming_.size() >= kMostAreas) return;
  coming_.emplace(area.first_row, area);
}

void MergedCells::Apply(int64_t row_number, SheetRow* row) {
  while (!coming_.empty() && coming_.begin()->first <= row_number) {
    open_.push_back(coming_.begin()->second);
    coming_.erase(coming_.begin());
  }
  std::erase_if(open_, [&](const Area& area) { return area.last_row < row_number; });
  for (const Area& area : open_) {
    for (uint32_t column = area.first_column; column <= std::min(area.last_column, kWidest - 1); ++column) {
      if (row_number == area.first_row && column == area.first_column) continue;
      if (column < row->cells.size() && !row->cells[column].empty()) continue;
      row->Set(column, "", column == area.first_column ? CellKind::kMergedUp : CellKind::kMergedLeft);
    }
  }
}

bool ReadCellName(std::string_view name, int64_t* row, uint32_t* column) {
  size_t at = 0;
  uint32_t letters = 0;
  const auto skip_dollar = [&] { at += at < name.size() && name[at] == '$' ? 1 : 0; };
  skip_dollar();
  const size_t begin = at;
  while (at < name.size() && at - begin < 4) {
    const char c = name[at] >= 'a' && name[at] <= 'z' ? static_cast<char>(name[at] - 32) : name[at];
    if (c < 'A' || c > 'Z') break;
    letters = letters * 26 + static_cast<uint32_t>(c - 'A' + 1);
    ++at;
  }
  if (letters == 0 || letters > kMostColumns) return false;
  skip_dollar();
  int64_t number = 0;
  const size_t digits = at;
  while (at < name.size() && name[at] >= '0' && name[at] <= '9' && at - digits < 9)
    number = number * 10 + (name[at++] - '0');
  if (at == digits || at != name.size() || number == 0) return false;
  *row = number;
  *column = letters - 1;
  return true;
}

bool ReadArea(std::string_view name, MergedCells::Area* area) {
  const size_t colon = name.find(':');
  if (colon == std::string_view::npos) return false;
  return ReadCellName(name.substr(0, colon), &area->first_row, &area->first_column) &&
         ReadCellName(name.substr(colon + 1), &area->last_row, &area->last_column);
}

}  // namespace relief::adapters
