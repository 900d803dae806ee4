#include "server/intake/rejected_rows.h"

#include <utility>

#include "server/intake/workbook_bytes.h"

namespace relief::server::intake {
namespace {

constexpr size_t kLongestCell = 30'000;
constexpr int kTextFormat = 49;

}  // namespace

void RejectedRows::Add(const std::vector<std::string>& header, std::vector<std::string> cells,
                       const std::string& field, const std::string& why) {
  if (++count_ > kMost) return;
  cells.resize(header.size());
  cells.push_back(field.empty() ? why : field + "：" + why);
  rows_[header].push_back(std::move(cells));
}

absl::StatusOr<std::string> RejectedRows::Workbook() const {
  return WorkbookBytes([&](lxw_workbook* book) {
    // As texts: a spreadsheet must not make numbers of document numbers again.
    lxw_format* text = workbook_add_format(book);
    format_set_num_format_index(text, kTextFormat);
    lxw_format* bold = workbook_add_format(book);
    format_set_bold(bold);
    format_set_num_format_index(bold, kTextFormat);
    for (const auto& [header, rows] : rows_) {
      lxw_worksheet* sheet = workbook_add_worksheet(book, nullptr);
      lxw_row_t line = 0;
      const auto write = [&](const std::vector<std::string>& cells, lxw_format* format) {
        lxw_col_t column = 0;
        for (const std::string& cell : cells)
          worksheet_write_string(sheet, line, column++, cell.substr(0, kLongestCell).c_str(), format);
        ++line;
      };
      std::vector<std::string> titles = header;
      titles.emplace_back("拒绝原因");  // the vocabulary knows that it is a remark
      write(titles, bold);
      for (const auto& cells : rows) write(cells, text);
      worksheet_freeze_panes(sheet, 1, 0);
      worksheet_set_column(sheet, 0, static_cast<lxw_col_t>(header.size()), 18, nullptr);
    }
  });
}

}  // namespace relief::server::intake
