#include "adapters/intake/rejected_rows.h"

#include <xlsxwriter.h>

#include <algorithm>

namespace relief::adapters {
namespace {

constexpr size_t kLongestCell = 30'000;
constexpr int kTextFormat = 49;

struct Both {
  const char *zh, *en;
};
#define RELIEF_TEXT(id, zh, en) [[maybe_unused]] constexpr Both id = {zh, en};
#include "adapters/cli/text.inc"
#undef RELIEF_TEXT

}  // namespace

bool IsOfRejectedRows(const std::vector<std::string>& header) {
  return std::any_of(header.begin(), header.end(), [](const std::string& heading) {
    return heading == kRejectedBecause.zh || heading == kRejectedBecause.en;
  });
}

void RejectedRows::Add(const std::string& title, const std::vector<std::string>& header,
                       std::vector<std::string> cells, const std::string& why) {
  if (++count_ > most_) return;
  cells.resize(header.size());
  // A row that is rejected again has a reason already.
  const auto reason = std::find_if(header.begin(), header.end(),
                                   [](const std::string& heading) { return IsOfRejectedRows({heading}); });
  if (reason != header.end()) {
    cells[static_cast<size_t>(reason - header.begin())] = why;
  } else {
    cells.push_back(why);
  }
  rows_[{title, header}].push_back(std::move(cells));
}

void RejectedRows::WriteTo(lxw_workbook* book, const std::string& reason) const {
  // As texts: a spreadsheet must not make numbers of document numbers again.
  lxw_format* text = workbook_add_format(book);
  format_set_num_format_index(text, kTextFormat);
  lxw_format* bold = workbook_add_format(book);
  format_set_bold(bold);
  format_set_num_format_index(bold, kTextFormat);
  for (const auto& [table, rows] : rows_) {
    const auto& [title, header] = table;
    lxw_worksheet* sheet = workbook_add_worksheet(book, nullptr);
    lxw_row_t line = 0;
    const auto write = [&](const Row& cells, lxw_format* format) {
      lxw_col_t column = 0;
      for (const std::string& cell : cells)
        worksheet_write_string(sheet, line, column++, cell.substr(0, kLongestCell).c_str(), format);
      ++line;
    };
    if (!title.empty()) write({title}, text);
    Row headings = header;
    if (!IsOfRejectedRows(header)) headings.push_back(reason);
    write(headings, bold);
    worksheet_freeze_panes(sheet, line, 0);
    for (const Row& cells : rows) write(cells, text);
    worksheet_set_column(sheet, 0, static_cast<lxw_col_t>(headings.size() - 1), 18, nullptr);
  }
}

}  // namespace relief::adapters
