// .ods (OpenDocument 1.2), as LibreOffice and WPS write it, and its one-file form (.fods).
#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "adapters/tabular/merged_cells.h"
#include "adapters/tabular/number_text.h"
#include "adapters/tabular/workbook_kinds.h"
#include "adapters/tabular/xml_rows.h"
#include "adapters/tabular/zip_file.h"

namespace relief::adapters {
namespace {

// Empty rows and cells are repeated to the end of the sheet; rows with content are repeated by people, who
// have an end.
constexpr int64_t kMostRepeated = 10'000;

int64_t Number(const XmlAttributes& attributes, std::string_view name, int64_t otherwise) {
  const auto written = attributes.Find(name);
  if (!written) return otherwise;
  int64_t number = otherwise;
  std::from_chars(written->data(), written->data() + written->size(), number);
  return std::clamp<int64_t>(number, 1, int64_t{1} << 32);
}

class SheetsHandler : public XmlHandler {
 public:
  void Start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "style") style_ = attributes.Get("name");
    if (name == "table-properties" && attributes.Find("display") == "false") hidden_.insert(style_);
    if (name == "table" && depth_++ == 0 && sheets.size() < 10'000)
      sheets.push_back({attributes.Get("name"), hidden_.count(attributes.Get("style-name")) > 0});
  }
  void End(std::string_view name) override {
    if (name == "table") --depth_;
  }
  void Text(std::string_view) override {}

  std::vector<SheetInfo> sheets;

 private:
  std::string style_;
  std::set<std::string> hidden_;
  int depth_ = 0;
};

class SheetHandler : public RowHandler {
 public:
  explicit SheetHandler(size_t sheet) : sheet_(static_cast<int64_t>(sheet)) {}

  void Start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "table" && depth_++ == 0) ++at_sheet_;
    if (at_sheet_ != sheet_ || depth_ != 1) return;
    if (name == "table-row") {
      repeat_row_ = Number(attributes, "number-rows-repeated", 1);
      row_.Clear();
      row_.line = line_ + 1;
      column_ = 0;
    } else if (name == "table-cell" || name == "covered-table-cell") {
      StartCell(attributes);
    } else if (name == "annotation") {
      ++aside_;
    } else if (name == "p" && in_cell_ && aside_ == 0) {
      if (paragraphs_++ > 0) text_ += '\n';
      in_text_ = true;
    } else if (name == "s" && in_text_) {
      text_.append(static_cast<size_t>(std::min<int64_t>(Number(attributes, "c", 1), 1000)), ' ');
    } else if (name == "tab" && in_text_) {
      text_ += '\t';
    } else if (name == "line-break" && in_text_) {
      text_ += '\n';
    }
  }

  void End(std::string_view name) override {
    if (name == "table" && --depth_ == 0 && at_sheet_ == sheet_) Finish();
    if (at_sheet_ != sheet_ || depth_ != 1) return;
    if (name == "annotation") {
      --aside_;
    } else if (name == "p" && aside_ == 0) {
      in_text_ = false;
    } else if (name == "table-cell" || name == "covered-table-cell") {
      EndCell();
    } else if (name == "table-row") {
      EndRow();
    }
  }

  void Text(std::string_view text) override {
    if (in_text_ && aside_ == 0 && text_.size() < kLongestCell) text_ += text;
  }

 private:
  void StartCell(const XmlAttributes& attributes) {
    in_cell_ = true;
    paragraphs_ = 0;
    text_.clear();
    type_ = attributes.Get("value-type");
    value_ = attributes.Get(type_ == "date" ? "date-value" : type_ == "boolean" ? "boolean-value" : "value");
    formula_ = attributes.Find("formula").has_value();
    repeat_ = Number(attributes, "number-columns-repeated", 1);
    const int64_t right = Number(attributes, "number-columns-spanned", 1),
                  down = Number(attributes, "number-rows-spanned", 1);
    if ((right > 1 || down > 1) && column_ < static_cast<int64_t>(kMostColumns))
      merged_.Add({row_.line, row_.line + down - 1, static_cast<uint32_t>(column_),
                   static_cast<uint32_t>(std::min<int64_t>(column_ + right - 1, kMostColumns - 1))});
  }

  void EndCell() {
    in_cell_ = false;
    CellKind kind = CellKind::kText;
    if (type_ == "date") {
      kind = CellKind::kDate;
      text_ = value_.substr(0, 10);
      const std::string_view clock = value_.size() > 11 ? std::string_view(value_).substr(11) : "";
      if (!clock.empty() && clock.find_first_of("123456789") != std::string_view::npos)
        text_ += " " + std::string(clock.substr(0, 8));
    } else if (type_ == "float" || type_ == "currency" || type_ == "percentage") {
      kind = CellKind::kNumber;
      // "007" is shown for 7 where the format fills up with zeros.
      const bool filled_up =
          text_.size() > 1 && text_[0] == '0' &&
          std::all_of(text_.begin(), text_.end(), [](char c) { return c >= '0' && c <= '9'; });
      if (!filled_up) text_ = PlainNumber(std::string_view(value_));
    } else if (type_ == "boolean") {
      text_ = value_ == "true" ? "TRUE" : "FALSE";
    }
    if (!text_.empty() && text_[0] == '#' && formula_) kind = CellKind::kError;
    if (text_.empty() && formula_ && type_.empty()) kind = CellKind::kNotComputed;
    if (!text_.empty() || kind == CellKind::kNotComputed) {
      if (column_ + repeat_ > static_cast<int64_t>(kMostColumns))
        repeat_ = std::max<int64_t>(0, static_cast<int64_t>(kMostColumns) - column_);
      if (repeat_ > 2000) return Fail("the sheet repeats a cell more often than a table could");
      for (int64_t i = 0; i < repeat_; ++i) row_.Set(static_cast<size_t>(column_ + i), text_, kind);
    }
    column_ += repeat_;
  }

  void EndRow() {
    const bool blank = row_.Blank();
    if (!blank && repeat_row_ > kMostRepeated)
      return Fail("the sheet repeats a row more often than a table could");
    for (int64_t i = 0; i < (blank ? 1 : repeat_row_); ++i) {
      SheetRow& row = rows().Push();
      row = row_;
      row.line = line_ + 1 + i;
      merged_.Apply(row.line, &row);
    }
    line_ += repeat_row_;
  }

  const int64_t sheet_;
  int64_t at_sheet_ = -1, line_ = 0, column_ = 0, repeat_row_ = 1, repeat_ = 1;
  int depth_ = 0, aside_ = 0, paragraphs_ = 0;
  bool in_cell_ = false, in_text_ = false, formula_ = false;
  std::string type_, value_, text_;
  SheetRow row_;
  MergedCells merged_;
};

class EncryptionHandler : public XmlHandler {
 public:
  void Start(std::string_view name, const XmlAttributes&) override {
    encrypted = encrypted || name == "encryption-data";
  }
  void End(std::string_view) override {}
  void Text(std::string_view) override {}
  bool encrypted = false;
};

class OdsWorkbook : public Workbook {
 public:
  OdsWorkbook(std::unique_ptr<ZipFile> zip, std::string path)
      : zip_(std::move(zip)), path_(std::move(path)) {}
  FileFormat format() const override { return FileFormat::kOds; }

  absl::Status ReadStructure() {
    if (zip_ != nullptr && zip_->Has("META-INF/manifest.xml")) {
      auto manifest = OpenZipPart(*zip_, "META-INF/manifest.xml");
      EncryptionHandler handler;
      if (manifest.ok() && ReadXml(**manifest, handler).ok() && handler.encrypted)
        return absl::UnimplementedError("the file is protected by a password; save it without one");
    }
    auto source = Content();
    if (!source.ok()) return source.status();
    SheetsHandler handler;
    if (absl::Status status = ReadXml(**source, handler); !status.ok()) return status;
    sheets_ = std::move(handler.sheets);
    if (sheets_.empty()) return absl::DataLossError("the workbook has no sheets");
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<RowReader>> Read(size_t sheet) override {
    auto source = Content();
    if (!source.ok()) return source.status();
    return std::make_unique<XmlRowReader>(XmlStream::Kind::kXml, *std::move(source),
                                          std::make_unique<SheetHandler>(sheet));
  }

 private:
  absl::StatusOr<std::unique_ptr<ByteSource>> Content() {
    return zip_ != nullptr ? OpenZipPart(*zip_, "content.xml") : OpenFileBytes(path_);
  }

  std::unique_ptr<ZipFile> zip_;  // null: the one-file form
  std::string path_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Workbook>> OpenOds(const std::string& path) {
  std::unique_ptr<ZipFile> zip;
  auto bytes = OpenFileBytes(path);
  if (!bytes.ok()) return bytes.status();
  auto first = (*bytes)->Next();
  if (!first.ok()) return first.status();
  if (first->substr(0, 2) == "PK") {
    auto opened = ZipFile::Open(path);
    if (!opened.ok()) return opened.status();
    zip = *std::move(opened);
  }
  auto book = std::make_unique<OdsWorkbook>(std::move(zip), path);
  if (absl::Status status = book->ReadStructure(); !status.ok()) return status;
  return book;
}

}  // namespace relief::adapters
