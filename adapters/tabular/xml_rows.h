// Rows out of a stream of XML or HTML: what the readers of .xlsx, .ods, Excel 2003 XML and HTML share.
// Private to adapters/tabular.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/tabular/workbook.h"
#include "adapters/tabular/xml_stream.h"

namespace relief::adapters {

// A part of a document, piece by piece; empty at the end.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual absl::StatusOr<std::string_view> Next() = 0;
  virtual int64_t bytes_read() const = 0;
  virtual int64_t bytes_total() const = 0;
};

absl::StatusOr<std::unique_ptr<ByteSource>> OpenFileBytes(const std::string& path);  // as they are
absl::StatusOr<std::unique_ptr<ByteSource>> OpenFileText(const std::string& path);   // as UTF-8
class ZipFile;
absl::StatusOr<std::unique_ptr<ByteSource>> OpenZipPart(const ZipFile& zip, const std::string& name);

// Rows that were read and not yet asked for. Keeps their memory for the rows to come.
class RowQueue {
 public:
  SheetRow& Push();  // cleared; filled until the next call
  void Unpush() { --end_; }
  bool Pop(SheetRow* row);
  bool empty() const { return begin_ == end_; }

 private:
  std::vector<SheetRow> rows_;
  size_t begin_ = 0, end_ = 0;
};

// What turns elements into rows.
class RowHandler : public XmlHandler {
 public:
  RowQueue& rows() { return rows_; }
  const absl::Status& status() const { return status_; }
  bool done() const { return done_; }  // the sheet is over: nothing that follows matters

 protected:
  void Fail(std::string message) {
    if (status_.ok()) status_ = absl::DataLossError(std::move(message));
  }
  void Finish() { done_ = true; }

 private:
  RowQueue rows_;
  absl::Status status_;
  bool done_ = false;
};

class XmlRowReader : public RowReader {
 public:
  XmlRowReader(XmlStream::Kind kind, std::unique_ptr<ByteSource> source, std::unique_ptr<RowHandler> handler)
      : source_(std::move(source)), handler_(std::move(handler)), stream_(kind, *handler_) {}

  absl::StatusOr<bool> Next(SheetRow* row) override;
  int64_t bytes_read() const override { return source_->bytes_read(); }
  int64_t bytes_total() const override { return source_->bytes_total(); }

 private:
  std::unique_ptr<ByteSource> source_;
  std::unique_ptr<RowHandler> handler_;
  XmlStream stream_;
  bool at_end_ = false;
};

// Sends a whole part through a handler that keeps what it wants.
absl::Status ReadXml(ByteSource& source, XmlHandler& handler, XmlStream::Kind kind = XmlStream::Kind::kXml);

}  // namespace relief::adapters
