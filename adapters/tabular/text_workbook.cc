// Text with commas, tabs, semicolons or bars.
#include <array>
#include <utility>

#include "adapters/tabular/csv_reader.h"
#include "adapters/tabular/workbook_kinds.h"

namespace relief::adapters {
namespace {

class TextRows : public RowReader {
 public:
  explicit TextRows(std::unique_ptr<CsvReader> reader) : reader_(std::move(reader)) {}
  absl::StatusOr<bool> Next(SheetRow* row) override {
    auto more = reader_->Next(&row_);
    if (!more.ok() || !*more) return more;
    row->line = row_.line;
    std::swap(row->cells, row_.cells);
    row->kinds.assign(row->cells.size(), CellKind::kText);
    return true;
  }
  int64_t bytes_read() const override { return reader_->source().bytes_read(); }
  int64_t bytes_total() const override { return reader_->source().bytes_total(); }

 private:
  std::unique_ptr<CsvReader> reader_;
  CsvRow row_;
};

class TextWorkbook : public Workbook {
 public:
  TextWorkbook(std::string path, char separator, Encoding encoding)
      : path_(std::move(path)), separator_(separator), encoding_(encoding) {
    sheets_.emplace_back();
  }
  FileFormat format() const override { return FileFormat::kText; }
  std::string detail() const override { return std::string(EncodingName(encoding_)); }
  absl::StatusOr<std::unique_ptr<RowReader>> Read(size_t) override {
    auto reader = CsvReader::Open(path_, separator_);
    if (!reader.ok()) return reader.status();
    return std::make_unique<TextRows>(*std::move(reader));
  }

 private:
  const std::string path_;
  const char separator_;
  const Encoding encoding_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Workbook>> OpenText(const std::string& path) {
  auto source = TextSource::Open(path);
  if (!source.ok()) return source.status();
  auto first = (*source)->Next();
  if (!first.ok()) return first.status();
  return std::unique_ptr<Workbook>(new TextWorkbook(path, DetectSeparator(*first), (*source)->encoding()));
}

}  // namespace relief::adapters
