#include "adapters/cli/rejects_file.h"

#include <fcntl.h>
#include <unistd.h>
#include <xlsxwriter.h>

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

RejectsFile::RejectsFile(std::string path) : path_(std::move(path)) {
  std::error_code ignored;
  if (std::filesystem::is_regular_file(path_, ignored)) std::filesystem::remove(path_, ignored);
}

RejectsFile::~RejectsFile() { Close(); }

void RejectsFile::Add(const std::string& file, const std::string& programme, const RejectedRow& row,
                      const std::string& title, const std::vector<std::string>& header,
                      const std::vector<std::string>& cells) {
  if (IsWorkbook(path_)) {
    used_ = true;
    rows_.Add(title, header, cells, row.field + ": " + InWords(row.message));
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
  if (rows_.empty()) return;
  // Nobody else may read it, from the first byte on.
  if (const int made = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600); made >= 0)
    ::close(made);
  lxw_workbook* book = workbook_new(path_.c_str());
  failed_ = book == nullptr;
  if (failed_) return;
  rows_.WriteTo(book, Text(Say::kRejectedBecause));
  failed_ = workbook_close(book) != LXW_NO_ERROR;
  rows_ = RejectedRows(0);
}

}  // namespace relief::adapters
