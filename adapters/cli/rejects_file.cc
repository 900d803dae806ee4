#include "adapters/cli/rejects_file.h"

#include <filesystem>
#include <utility>

#include "adapters/tabular/csv_writer.h"

namespace relief::adapters {

RejectsFile::RejectsFile(std::string path) : path_(std::move(path)) {
  std::error_code ignored;
  if (std::filesystem::is_regular_file(path_, ignored)) std::filesystem::remove(path_, ignored);
}

void RejectsFile::Add(const std::string& file, const std::string& programme, const RejectedRow& row) {
  if (!out_.is_open()) {
    out_.open(path_, std::ios::binary | std::ios::trunc);
    failed_ = !out_;
    // The mark tells spreadsheets that this is UTF-8.
    out_ << "\xEF\xBB\xBF"
         << CsvLine({"file", "line", "programme", "record_id", "field", "reason", "message"});
  }
  out_ << CsvLine(
      {file, std::to_string(row.line), programme, row.record_id, row.field, row.reason, row.message});
  out_.flush();
}

}  // namespace relief::adapters
