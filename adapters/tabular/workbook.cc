#include "adapters/tabular/workbook.h"

#include <algorithm>
#include <utility>

namespace relief::adapters {

void SheetRow::Clear() {
  line = 0;
  cells.clear();
  kinds.clear();
}

void SheetRow::Set(size_t column, std::string value, CellKind kind) {
  if (column >= cells.size()) {
    cells.resize(column + 1);
    kinds.resize(column + 1, CellKind::kText);
  }
  cells[column] = std::move(value);
  kinds[column] = kind;
}

bool SheetRow::Blank() const {
  return std::all_of(cells.begin(), cells.end(), [](const std::string& cell) {
    return std::all_of(cell.begin(), cell.end(), [](char c) { return static_cast<unsigned char>(c) <= ' '; });
  });
}

std::string_view FormatName(FileFormat format) {
  switch (format) {
    case FileFormat::kText:
      return "text";
    case FileFormat::kXlsx:
      return "Excel workbook (.xlsx)";
    case FileFormat::kOds:
      return "OpenDocument (.ods)";
    case FileFormat::kXls:
      return "Excel 97-2003 (.xls)";
    case FileFormat::kExcel2003Xml:
      return "Excel 2003 XML";
    case FileFormat::kHtml:
      return "HTML table";
  }
  return "";
}

}  // namespace relief::adapters
