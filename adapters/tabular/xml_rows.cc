#include "adapters/tabular/xml_rows.h"

#include <filesystem>
#include <fstream>
#include <utility>

#include "adapters/tabular/text_source.h"
#include "adapters/tabular/zip_file.h"

namespace relief::adapters {
namespace {

class FileBytes : public ByteSource {
 public:
  FileBytes(std::ifstream file, int64_t total) : file_(std::move(file)), total_(total) {}
  absl::StatusOr<std::string_view> Next() override {
    file_.read(piece_.data(), static_cast<std::streamsize>(piece_.size()));
    if (file_.bad()) return absl::UnavailableError("the file cannot be read");
    read_ += file_.gcount();
    return std::string_view(piece_.data(), static_cast<size_t>(file_.gcount()));
  }
  int64_t bytes_read() const override { return read_; }
  int64_t bytes_total() const override { return total_; }

 private:
  std::ifstream file_;
  int64_t read_ = 0, total_;
  std::vector<char> piece_ = std::vector<char>(64 * 1024);
};

class FileText : public ByteSource {
 public:
  explicit FileText(std::unique_ptr<TextSource> source) : source_(std::move(source)) {}
  absl::StatusOr<std::string_view> Next() override { return source_->Next(); }
  int64_t bytes_read() const override { return source_->bytes_read(); }
  int64_t bytes_total() const override { return source_->bytes_total(); }

 private:
  std::unique_ptr<TextSource> source_;
};

class ZipPart : public ByteSource {
 public:
  explicit ZipPart(std::unique_ptr<ZipEntry> entry) : entry_(std::move(entry)) {}
  absl::StatusOr<std::string_view> Next() override { return entry_->Next(); }
  int64_t bytes_read() const override { return entry_->bytes_unpacked(); }
  int64_t bytes_total() const override { return entry_->bytes_total(); }

 private:
  std::unique_ptr<ZipEntry> entry_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> OpenFileBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::UnavailableError("cannot open " + path);
  std::error_code ignored;
  const auto size = static_cast<int64_t>(std::filesystem::file_size(path, ignored));
  return std::unique_ptr<ByteSource>(new FileBytes(std::move(file), size));
}

absl::StatusOr<std::unique_ptr<ByteSource>> OpenFileText(const std::string& path) {
  auto source = TextSource::Open(path);
  if (!source.ok()) return source.status();
  return std::unique_ptr<ByteSource>(new FileText(*std::move(source)));
}

absl::StatusOr<std::unique_ptr<ByteSource>> OpenZipPart(const ZipFile& zip, const std::string& name) {
  auto entry = zip.Read(name);
  if (!entry.ok()) return entry.status();
  return std::unique_ptr<ByteSource>(new ZipPart(*std::move(entry)));
}

SheetRow& RowQueue::Push() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ == rows_.size()) rows_.emplace_back();
  rows_[end_].Clear();
  return rows_[end_++];
}

bool RowQueue::Pop(SheetRow* row) {
  if (begin_ == end_) return false;
  std::swap(*row, rows_[begin_++]);
  return true;
}

absl::StatusOr<bool> XmlRowReader::Next(SheetRow* row) {
  while (true) {
    while (handler_->rows().Pop(row))
      if (!row->Blank()) return true;
    if (!handler_->status().ok()) return handler_->status();
    if (at_end_ || handler_->done()) return false;
    auto piece = source_->Next();
    if (!piece.ok()) return piece.status();
    at_end_ = piece->empty();
    absl::Status status = at_end_ ? stream_.Finish() : stream_.Feed(*piece);
    if (!status.ok() && !handler_->done()) return status;
  }
}

absl::Status ReadXml(ByteSource& source, XmlHandler& handler, XmlStream::Kind kind) {
  XmlStream stream(kind, handler);
  while (true) {
    auto piece = source.Next();
    if (!piece.ok()) return piece.status();
    if (piece->empty()) return stream.Finish();
    if (absl::Status status = stream.Feed(*piece); !status.ok()) return status;
  }
}

}  // namespace relief::adapters
