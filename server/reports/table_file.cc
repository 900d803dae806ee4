#include "server/reports/table_file.h"

#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "server/reports/report_words.h"
#include "storage/status_macros.h"

namespace relief::server::reports {
namespace {

class CsvFile final : public TableFile {
 public:
  CsvFile(const std::vector<std::string>& header, FileSink sink)
      : sink_(std::move(sink)), bytes_("\xef\xbb\xbf") {
    std::vector<TableCell> cells;
    for (const std::string& text : header) cells.push_back(TableCell::Text(text));
    Append(cells);
  }
  absl::Status Add(const std::vector<TableCell>& row) override {
    Append(row);
    return bytes_.size() < kFilePieceBytes ? absl::OkStatus() : Flush();
  }
  absl::Status Finish(const std::string& mark, const TableNotes&) override {
    if (!mark.empty()) Append({TableCell::Text(mark)});
    return Flush();
  }

 private:
  void Append(const std::vector<TableCell>& row) {
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) bytes_.push_back(',');
      bytes_.append(row[i].number ? row[i].text : Quoted(GuardFormula(row[i].text)));
    }
    bytes_.append("\r\n");
  }
  absl::Status Flush() {
    absl::Status status = sink_(bytes_);
    bytes_.clear();
    return status;
  }
  static std::string Quoted(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
    return quoted + "\"";
  }

  const FileSink sink_;
  std::string bytes_;
};

class XlsxFile final : public TableFile {
 public:
  XlsxFile(const std::vector<std::string>& header, FileSink sink) : sink_(std::move(sink)) {
    std::string name = (std::filesystem::temp_directory_path() / "relief-export-XXXXXX").string();
    const int file = mkstemp(name.data());  // readable by this user only
    if (file >= 0) close(file);
    path_ = name;
    // A row goes to the library's own temporary file when the next one begins.
    lxw_workbook_options options = {LXW_TRUE, nullptr, LXW_FALSE};
    book_ = workbook_new_opt(path_.c_str(), &options);
    rows_ = workbook_add_worksheet(book_, "数据");
    notes_ = workbook_add_worksheet(book_, "说明");
    bold_ = workbook_add_format(book_);
    format_set_bold(bold_);
    for (size_t i = 0; i < header.size(); ++i)
      worksheet_write_string(rows_, 0, static_cast<lxw_col_t>(i), header[i].c_str(), bold_);
    worksheet_freeze_panes(rows_, 1, 0);
  }
  ~XlsxFile() override {
    if (book_) workbook_close(book_);
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  absl::Status Add(const std::vector<TableCell>& row) override {
    ++line_;
    for (size_t i = 0; i < row.size(); ++i) {
      const auto column = static_cast<lxw_col_t>(i);
      if (row[i].number) {
        worksheet_write_number(rows_, line_, column, *row[i].number, nullptr);
      } else {
        worksheet_write_string(rows_, line_, column, GuardFormula(row[i].text).c_str(), nullptr);
      }
    }
    return absl::OkStatus();
  }
  absl::Status Finish(const std::string& mark, const TableNotes& notes) override {
    if (!mark.empty()) SetFoot(mark);
    lxw_row_t line = 0;
    worksheet_set_column(notes_, 0, 1, 40, nullptr);
    for (const auto& [name, text] : notes) {
      worksheet_write_string(notes_, line, 0, GuardFormula(name).c_str(), bold_);
      worksheet_write_string(notes_, line++, 1, GuardFormula(text).c_str(), nullptr);
    }
    const lxw_error error = workbook_close(std::exchange(book_, nullptr));
    if (error != LXW_NO_ERROR) return absl::UnavailableError("the spreadsheet cannot be written");
    return SendFile();
  }

 private:
  // An ampersand begins a command of the foot's own.
  void SetFoot(const std::string& mark) {
    std::string foot = "&C";
    for (const char c : mark) foot.append(c == '&' ? 2 : 1, c);
    for (lxw_worksheet* sheet : {rows_, notes_}) worksheet_set_footer(sheet, foot.c_str());
  }
  absl::Status SendFile() {
    std::ifstream file(path_, std::ios::binary);
    std::string piece(kFilePieceBytes, '\0');
    size_t sent = 0;
    while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) || file.gcount() > 0) {
      const auto size = static_cast<size_t>(file.gcount());
      RELIEF_RETURN_IF_ERROR(sink_({piece.data(), size}));
      sent += size;
    }
    return sent > 0 ? absl::OkStatus() : absl::UnavailableError("the spreadsheet cannot be read back");
  }

  const FileSink sink_;
  lxw_workbook* book_ = nullptr;
  lxw_worksheet *rows_ = nullptr, *notes_ = nullptr;
  lxw_format* bold_ = nullptr;
  lxw_row_t line_ = 0;
  std::string path_;
};

}  // namespace

TableCell TableCell::Yuan(int64_t fen) { return {YuanText(fen), static_cast<double>(fen) / 100}; }

std::string GuardFormula(std::string text) {
  // Full-width ones too: a Chinese spreadsheet takes them for the others.
  static constexpr std::string_view kBegin[] = {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"};
  const bool formula = std::any_of(std::begin(kBegin), std::end(kBegin),
                                   [&](std::string_view begin) { return text.starts_with(begin); });
  return formula ? "'" + text : text;
}

absl::StatusOr<std::unique_ptr<TableFile>> NewTableFile(v1::ExportFormat format,
                                                        const std::vector<std::string>& header,
                                                        FileSink sink) {
  if (format == v1::EXPORT_CSV) return std::make_unique<CsvFile>(header, std::move(sink));
  if (format == v1::EXPORT_XLSX) return std::make_unique<XlsxFile>(header, std::move(sink));
  return absl::InvalidArgumentError("format: EXPORT_CSV or EXPORT_XLSX");
}

}  // namespace relief::server::reports
