#include "adapters/cli/rejects_file.h"

#include <sys/stat.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "adapters/cli/intake_flags.h"
#include "adapters/cli/names.h"
#include "adapters/cli/text.h"
#include "adapters/tabular/csv_writer.h"

namespace relief::adapters {
namespace {

bool IsWorkbook(const std::string& path) {
  return Lower(std::filesystem::path(path).extension().string()) == ".xlsx";
}

}  // namespace

// A sheet for each header that rejected rows stood under.
struct RejectsFile::Book {
  struct Sheet {
    lxw_worksheet* sheet = nullptr;
    lxw_row_t rows = 0;
  };
  lxw_workbook* book = nullptr;
  lxw_format* text = nullptr;
  std::map<std::pair<std::string, std::vector<std::string>>, Sheet> sheets;  // by title and header

  void Write(Sheet& sheet, const std::vector<std::string>& cells) {
    lxw_col_t column = 0;
    // As texts: a spreadsheet must not make numbers of document numbers again.
    for (const std::string& cell : cells)
      worksheet_write_string(sheet.sheet, sheet.rows, column++, cell.substr(0, 30000).c_str(), text);
    ++sheet.rows;
  }
};

bool IsOfRejectedRows(const std::vector<std::string>& header) {
  return std::any_of(header.begin(), header.end(), [](const std::string& heading) {
#define RELIEF_TEXT(id, zh, en) \
  if (Say::id == Say::kRejectedBecause && (heading == zh || heading == en)) return true;
#include "adapters/cli/text.inc"
#undef RELIEF_TEXT
    return false;
  });
}

RejectsFile::RejectsFile(std::string path) : path_(std::move(path)) {
  std::error_code ignored;
  if (std::filesystem::is_regular_file(path_, ignored)) std::filesystem::remove(path_, ignored);
}

RejectsFile::~RejectsFile() { Close(); }

void RejectsFile::Add(const std::string& file, const std::string& programme, const RejectedRow& row,
                      const std::string& title, const std::vector<std::string>& header,
                      const std::vector<std::string>& cells) {
  if (IsWorkbook(path_)) {
    if (book_ == nullptr) {
      used_ = true;
      book_ = std::make_unique<Book>();
      book_->book = workbook_new(path_.c_str());
      if (book_->book == nullptr) {
        failed_ = true;
        return;
      }
      book_->text = workbook_add_format(book_->book);
      format_set_num_format_index(book_->text, 49);  // text
    }
    if (book_->book == nullptr) return;
    Book::Sheet& sheet = book_->sheets[{title, header}];
    if (sheet.sheet == nullptr) {
      sheet.sheet = workbook_add_worksheet(book_->book, nullptr);
      if (!title.empty()) book_->Write(sheet, {title});
      std::vector<std::string> headings = header;
      headings.push_back(Text(Say::kRejectedBecause));
      book_->Write(sheet, headings);
    }
    std::vector<std::string> line = cells;
    line.resize(header.size());
    line.push_back(row.field + ": " + InWords(row.message));
    book_->Write(sheet, line);
    return;
  }
  if (!out_.is_open()) {
    used_ = true;
    out_.open(path_, std::ios::binary | std::ios::trunc);
    failed_ = !out_;
    // The mark tells spreadsheets that this is UTF-8.
    out_ << "\xEF\xBB\xBF"
         << CsvLine({"file", "line", "programme", "record_id", "field", "reason", "message"});
  }
  out_ << CsvLine(
      {file, std::to_string(row.line), programme, row.record_id, row.field, row.reason, row.message});
  out_.flush();
  failed_ = failed_ || !out_;
}

void RejectsFile::Close() {
  if (book_ == nullptr || book_->book == nullptr) return;
  failed_ = workbook_close(book_->book) != LXW_NO_ERROR || failed_;
  book_->book = nullptr;
  ::chmod(path_.c_str(), 0600);
}

}  // namespace relief::adapters
