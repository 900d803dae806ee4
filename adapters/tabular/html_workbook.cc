// HTML saved with the name .xls: what most web systems call "export to Excel". One sheet: the rows of all
// tables in the order of the document, innermost tables only, and texts outside of tables as rows of one cell
// (a title, a note).
#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

#include "adapters/tabular/merged_cells.h"
#include "adapters/tabular/workbook_kinds.h"
#include "adapters/tabular/xml_rows.h"

namespace relief::adapters {
namespace {

constexpr int kMostSpan = 100'000;
constexpr size_t kDeepest = 50;

class PageHandler : public RowHandler {
 public:
  void Start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "script" || name == "style" || name == "title" || name == "xml") {
      ++unseen_;
    } else if (name == "table") {
      EndOutside();
      if (tables_.size() < kDeepest) tables_.emplace_back();
    } else if (name == "tr") {
      EndOutside();
      EndRow();
      if (!tables_.empty()) tables_.back().in_row = true;
    } else if (name == "td" || name == "th") {
      StartCell(attributes);
    } else if (name == "br" || name == "p" || name == "div" || name == "li") {
      Break();
    }
  }

  void End(std::string_view name) override {
    if (name == "script" || name == "style" || name == "title" || name == "xml") {
      unseen_ -= unseen_ > 0 ? 1 : 0;
    } else if (name == "table") {
      EndRow();
      if (!tables_.empty()) tables_.pop_back();
    } else if (name == "tr") {
      EndRow();
    } else if (name == "td" || name == "th") {
      EndCell();
    } else if (name == "p" || name == "div" || name == "li" || (name.size() == 2 && name[0] == 'h')) {
      Break();
    } else if (name == "body" || name == "html") {
      EndOutside();
    }
  }

  void Text(std::string_view text) override {
    if (unseen_ > 0) return;
    std::string& to = !tables_.empty() && tables_.back().in_cell ? tables_.back().text : outside_;
    if (to.size() < kLongestCell) to += text;
  }

 private:
  struct Table {
    SheetRow row;
    bool in_row = false, in_cell = false;
    size_t column = 0;
    int across = 1, down = 1;
    std::string text, number;
    MergedCells merged;
    int64_t rows = 0;  // of this table, as merged cells count
    // Columns that cells of rows above cover: the last row of each.
    std::map<size_t, int64_t> covered;
  };

  // White space is one blank, as browsers show it; line breaks were marked by Break.
  static std::string Shown(const std::string& text) {
    std::string shown;
    for (size_t i = 0; i < text.size(); ++i) {
      const auto byte = static_cast<unsigned char>(text[i]);
      if (byte == '\v') {
        while (!shown.empty() && shown.back() == ' ') shown.pop_back();
        if (!shown.empty() && shown.back() != '\n') shown += '\n';
      } else if (byte <= ' ') {
        if (!shown.empty() && shown.back() != ' ' && shown.back() != '\n') shown += ' ';
      } else if (byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) == 0xA0) {
        if (!shown.empty() && shown.back() != ' ') shown += ' ';  // &nbsp;
        ++i;
      } else {
        shown += text[i];
      }
    }
    while (!shown.empty() && (shown.back() == ' ' || shown.back() == '\n')) shown.pop_back();
    return shown;
  }

  void Break() {
    if (!tables_.empty() && tables_.back().in_cell) {
      tables_.back().text += '\v';
    } else {
      EndOutside();
    }
  }

  void EndOutside() {
    const std::string text = Shown(outside_);
    outside_.clear();
    if (text.empty()) return;
    SheetRow& row = rows().Push();
    row.line = ++line_;
    row.Set(0, text, CellKind::kText);
  }

  static int Span(const XmlAttributes& attributes, std::string_view name) {
    return std::clamp(std::atoi(attributes.Get(name).c_str()), 1, kMostSpan);
  }

  void StartCell(const XmlAttributes& attributes) {
    if (tables_.empty()) return;
    EndCell();
    Table& table = tables_.back();
    table.in_row = table.in_cell = true;
    while (true) {
      const auto cover = table.covered.find(table.column);
      if (cover == table.covered.end() || cover->second <= table.rows || table.column >= kMostColumns) break;
      ++table.column;
    }
    table.across = std::min(Span(attributes, "colspan"), 512);
    table.down = Span(attributes, "rowspan");
    table.number = attributes.Get("num");  // x:num, the whole number behind a rounded one
    if (table.number.empty()) table.number = attributes.Get("x:num");
    table.text.clear();
  }

  void EndCell() {
    if (tables_.empty() || !tables_.back().in_cell) return;
    Table& table = tables_.back();
    table.in_cell = false;
    if (table.column >= kMostColumns) return;
    std::string text = Shown(table.text);
    if (!table.number.empty() && text.find_first_of("Ee") != std::string::npos) text = table.number;
    if (!text.empty()) table.row.Set(table.column, std::move(text), CellKind::kText);
    const int64_t row = table.rows + 1;
    const size_t last = std::min<size_t>(table.column + static_cast<size_t>(table.across), kMostColumns) - 1;
    table.merged.Add(
        {row, row + table.down - 1, static_cast<uint32_t>(table.column), static_cast<uint32_t>(last)});
    if (table.down > 1)
      for (size_t column = table.column; column <= last; ++column)
        table.covered[column] = row + table.down - 1;
    table.column = last + 1;
  }

  void EndRow() {
    if (tables_.empty() || !tables_.back().in_row) return;
    EndCell();
    Table& table = tables_.back();
    table.in_row = false;
    table.column = 0;
    ++table.rows;
    table.merged.Apply(table.rows, &table.row);
    if (!table.row.Blank()) {
      SheetRow& row = rows().Push();
      std::swap(row, table.row);
      row.line = ++line_;
    }
    table.row.Clear();
  }

  std::vector<Table> tables_;
  std::string outside_;
  int unseen_ = 0;
  int64_t line_ = 0;
};

class HtmlWorkbook : public Workbook {
 public:
  explicit HtmlWorkbook(std::string path) : path_(std::move(path)) { sheets_.emplace_back(); }
  FileFormat format() const override { return FileFormat::kHtml; }
  absl::StatusOr<std::unique_ptr<RowReader>> Read(size_t) override {
    auto source = OpenFileText(path_);
    if (!source.ok()) return source.status();
    return std::make_unique<XmlRowReader>(XmlStream::Kind::kHtml, *std::move(source),
                                          std::make_unique<PageHandler>());
  }

 private:
  std::string path_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Workbook>> OpenHtml(const std::string& path) {
  auto source = OpenFileText(path);
  if (!source.ok()) return source.status();
  return std::unique_ptr<Workbook>(new HtmlWorkbook(path));
}

}  // namespace relief::adapters
