// Excel 2003 XML ("XML Spreadsheet"), which many older web systems export with the name .xls.
#include <algorithm>
#include <charconv>
#include <utility>

#include "adapters/tabular/merged_cells.h"
#include "adapters/tabular/number_text.h"
#include "adapters/tabular/workbook_kinds.h"
#include "adapters/tabular/xml_rows.h"

namespace relief::adapters {
namespace {

int64_t Number(const XmlAttributes& attributes, std::string_view name, int64_t otherwise) {
  const auto written = attributes.Find(name);
  if (!written) return otherwise;
  int64_t number = otherwise;
  std::from_chars(written->data(), written->data() + written->size(), number);
  return std::clamp<int64_t>(number, 0, int64_t{1} << 30);
}

class SheetsHandler : public XmlHandler {
 public:
  void Start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "Worksheet" && sheets.size() < 10'000) sheets.push_back({attributes.Get("Name"), false});
    in_visible_ = name == "Visible";
    text_.clear();
  }
  void End(std::string_view name) override {
    if (name == "Visible" && !sheets.empty() && text_.find("Hidden") != std::string::npos)
      sheets.back().hidden = true;
    in_visible_ = false;
  }
  void Text(std::string_view text) override {
    if (in_visible_ && text_.size() < 100) text_ += text;
  }
  std::vector<SheetInfo> sheets;

 private:
  bool in_visible_ = false;
  std::string text_;
};

class SheetHandler : public RowHandler {
 public:
  explicit SheetHandler(size_t sheet) : sheet_(static_cast<int64_t>(sheet)) {}

  void Start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "Worksheet") ++at_sheet_;
    if (at_sheet_ != sheet_) return;
    if (name == "Row") {
      const int64_t line = Number(attributes, "Index", line_ + 1);
      line_ = std::max(line, line_ + 1);
      open_.Clear();
      row_ = &open_;
      row_->line = line_;
      column_ = 0;
    } else if (name == "Cell") {
      StartCell(attributes);
    } else if (name == "Comment") {
      in_comment_ = true;
    } else if (name == "Data" && in_cell_ && !in_comment_) {
      in_data_ = true;
      type_ = attributes.Get("Type");
    }
  }

  void End(std::string_view name) override {
    if (at_sheet_ != sheet_) return;
    if (name == "Data") {
      in_data_ = false;
    } else if (name == "Comment") {
      in_comment_ = false;
    } else if (name == "Cell") {
      EndCell();
    } else if (name == "Row") {
      // Only whole rows go into the queue: the bytes read so far may end within one.
      if (row_ != nullptr) {
        merged_.Apply(row_->line, row_);
        std::swap(rows().Push(), open_);
      }
      row_ = nullptr;
    } else if (name == "Worksheet") {
      Finish();
    }
  }

  void Text(std::string_view text) override {
    if (in_data_ && text_.size() < kLongestCell) text_ += text;
  }

 private:
  void StartCell(const XmlAttributes& attributes) {
    in_cell_ = row_ != nullptr;
    text_.clear();
    type_ = "String";
    formula_ = attributes.Find("Formula").has_value();
    column_ = std::max<int64_t>(Number(attributes, "Index", column_ + 1) - 1, column_);
    across_ = Number(attributes, "MergeAcross", 0);
    const int64_t down = Number(attributes, "MergeDown", 0);
    if (in_cell_ && (across_ > 0 || down > 0) && column_ < static_cast<int64_t>(kMostColumns))
      merged_.Add({row_->line, row_->line + down, static_cast<uint32_t>(column_),
                   static_cast<uint32_t>(std::min<int64_t>(column_ + across_, kMostColumns - 1))});
  }

  void EndCell() {
    if (in_cell_ && column_ < static_cast<int64_t>(kMostColumns)) {
      CellKind kind = CellKind::kText;
      if (type_ == "Number") {
        kind = CellKind::kNumber;
        text_ = PlainNumber(std::string_view(text_));
      } else if (type_ == "DateTime") {
        kind = CellKind::kDate;
        const std::string clock = text_.size() >= 19 ? text_.substr(11, 8) : "";
        text_.resize(std::min<size_t>(text_.size(), 10));
        if (clock.find_first_of("123456789") != std::string::npos) text_ += " " + clock;
      } else if (type_ == "Boolean") {
        text_ = text_ == "1" ? "TRUE" : "FALSE";
      } else if (type_ == "Error") {
        kind = CellKind::kError;
      }
      if (text_.empty() && formula_) kind = CellKind::kNotComputed;
      if (!text_.empty() || kind == CellKind::kNotComputed)
        row_->Set(static_cast<size_t>(column_), text_, kind);
    }
    in_cell_ = false;
    column_ += 1 + across_;
  }

  const int64_t sheet_;
  int64_t at_sheet_ = -1, line_ = 0, column_ = 0, across_ = 0;
  SheetRow open_;            // the row that is being read
  SheetRow* row_ = nullptr;  // null between rows
  bool in_cell_ = false, in_data_ = false, in_comment_ = false, formula_ = false;
  std::string type_, text_;
  MergedCells merged_;
};

class Excel2003Workbook : public Workbook {
 public:
  explicit Excel2003Workbook(std::string path) : path_(std::move(path)) {}
  FileFormat format() const override { return FileFormat::kExcel2003Xml; }

  absl::Status ReadStructure() {
    auto source = OpenFileBytes(path_);
    if (!source.ok()) return source.status();
    SheetsHandler handler;
    if (absl::Status status = ReadXml(**source, handler); !status.ok()) return status;
    sheets_ = std::move(handler.sheets);
    if (sheets_.empty()) return absl::DataLossError("the workbook has no sheets");
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<RowReader>> Read(size_t sheet) override {
    auto source = OpenFileBytes(path_);
    if (!source.ok()) return source.status();
    return std::make_unique<XmlRowReader>(XmlStream::Kind::kXml, *std::move(source),
                                          std::make_unique<SheetHandler>(sheet));
  }

 private:
  std::string path_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Workbook>> OpenExcel2003Xml(const std::string& path) {
  auto book = std::make_unique<Excel2003Workbook>(path);
  if (absl::Status status = book->ReadStructure(); !status.ok()) return status;
  return book;
}

}  // namespace relief::adapters
