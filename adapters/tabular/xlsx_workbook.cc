// .xlsx, as Excel, WPS, LibreOffice, openpyxl, libxlsxwriter and POI write it (ECMA-376).
#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "adapters/tabular/merged_cells.h"
#include "adapters/tabular/number_text.h"
#include "adapters/tabular/shared_strings.h"
#include "adapters/tabular/workbook_kinds.h"
#include "adapters/tabular/xml_rows.h"
#include "adapters/tabular/zip_file.h"

namespace relief::adapters {
namespace {

constexpr size_t kMostMerges = 64 << 20;  // bytes of the list of merged cells
constexpr size_t kMostStyles = 100'000;

// "_x000D_" in texts stands for a character that XML cannot hold.
void Unescape(std::string* text) {
  for (size_t at = 0; (at = text->find("_x", at)) != std::string::npos; ++at) {
    if (at + 7 > text->size() || (*text)[at + 6] != '_') continue;
    unsigned code = 0;
    const auto [end, error] = std::from_chars(text->data() + at + 2, text->data() + at + 6, code, 16);
    if (error != std::errc() || end != text->data() + at + 6 || code >= 0x80) continue;
    text->replace(at, 7, 1, static_cast<char>(code));
  }
}

// Texts in <t>, but not those of <rPh>, which say how characters are read.
class RichText {
 public:
  void Start(std::string_view name) {
    if (name == "rPh") ++phonetic_;
    in_t_ = name == "t" && phonetic_ == 0;
  }
  void End(std::string_view name) {
    if (name == "rPh") --phonetic_;
    if (name == "t") in_t_ = false;
  }
  void Text(std::string_view text, std::string* to) const {
    if (in_t_ && to->size() < kLongestCell) to->append(text);
  }

 private:
  int phonetic_ = 0;
  bool in_t_ = false;
};

class StringsHandler : public XmlHandler {
 public:
  explicit StringsHandler(SharedStrings& strings) : strings_(strings) {}
  void Start(std::string_view name, const XmlAttributes&) override {
    if (name == "si") text_.clear();
    rich_.Start(name);
  }
  void End(std::string_view name) override {
    rich_.End(name);
    if (name != "si") return;
    Unescape(&text_);
    if (status.ok()) status = strings_.Add(text_);
  }
  void Text(std::string_view text) override { rich_.Text(text, &text_); }

  absl::Status status;

 private:
  SharedStrings& strings_;
  RichText rich_;
  std::string text_;
};

class StylesHandler : public XmlHandler {
 public:
  void Start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "numFmt" && codes_.size() < kMostStyles) {
      codes_[std::atoi(attributes.Get("numFmtId").c_str())] = ReadNumberFormat(attributes.Get("formatCode"));
    } else if (name == "cellXfs") {
      in_formats_ = true;
    } else if (name == "xf" && in_formats_ && formats.size() < kMostStyles) {
      const int id = std::atoi(attributes.Get("numFmtId").c_str());
      const auto own = codes_.find(id);
      formats.push_back(own != codes_.end() ? own->second : BuiltInFormat(id));
    }
  }
  void End(std::string_view name) override {
    if (name == "cellXfs") in_formats_ = false;
  }
  void Text(std::string_view) override {}

  std::vector<NumberFormat> formats;

 private:
  std::map<int, NumberFormat> codes_;
  bool in_formats_ = false;
};

struct Relationship {
  std::string target;
  bool worksheet = false;
};

class RelationshipsHandler : public XmlHandler {
 public:
  explicit RelationshipsHandler(std::string folder) : folder_(std::move(folder)) {}
  void Start(std::string_view name, const XmlAttributes& attributes) override {
    if (name != "Relationship") return;
    const std::string type = attributes.Get("Type"), target = attributes.Get("Target");
    const auto ends = [&](std::string_view end) {
      return type.size() >= end.size() && std::string_view(type).substr(type.size() - end.size()) == end;
    };
    std::string path = Resolve(target);
    if (ends("/officeDocument")) document = path;
    if (ends("/sharedStrings")) strings = path;
    if (ends("/styles")) styles = path;
    all[attributes.Get("Id")] = {path, ends("/worksheet")};
  }
  void End(std::string_view) override {}
  void Text(std::string_view) override {}

  std::map<std::string, Relationship> all;
  std::string document, strings, styles;

 private:
  // Targets are relative to the folder of the part, or absolute ("/xl/worksheets/sheet1.xml").
  std::string Resolve(const std::string& target) const {
    if (!target.empty() && target[0] == '/') return target.substr(1);
    std::string path = folder_ + target;
    for (size_t at; (at = path.find("/../")) != std::string::npos;) {
      const size_t before = at == 0 ? std::string::npos : path.rfind('/', at - 1);
      const size_t from = before == std::string::npos ? 0 : before + 1;
      path.erase(from, at + 4 - from);
    }
    return path;
  }

  std::string folder_;
};

class WorkbookHandler : public XmlHandler {
 public:
  struct Sheet {
    std::string name, relationship;
    bool hidden = false;
  };
  void Start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "workbookPr") {
      const std::string system = attributes.Get("date1904");
      system_of_1904 = system == "1" || system == "true" || system == "on";
    } else if (name == "sheet" && sheets.size() < 10'000) {
      sheets.push_back({attributes.Get("name"), attributes.Get("id"),
                        attributes.Get("state").find("idden") != std::string::npos});
    }
  }
  void End(std::string_view) override {}
  void Text(std::string_view) override {}

  std::vector<Sheet> sheets;
  bool system_of_1904 = false;
};

struct Parts {
  std::unique_ptr<ZipFile> zip;
  SharedStrings strings;
  std::vector<NumberFormat> formats;
  bool system_of_1904 = false;
};

class SheetHandler : public RowHandler {
 public:
  SheetHandler(Parts& parts, MergedCells merged) : parts_(parts), merged_(std::move(merged)) {}

  void Start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "c") {
      StartCell(attributes);
    } else if (name == "v") {
      in_value_ = true;
    } else if (name == "f") {
      formula_ = true;
    } else if (name == "row") {
      StartRow(attributes);
    } else if (in_cell_) {
      rich_.Start(name);
    }
  }

  void End(std::string_view name) override {
    if (name == "c") {
      EndCell();
    } else if (name == "v") {
      in_value_ = false;
    } else if (name == "row") {
      // Only whole rows go into the queue: the bytes read so far may end within one.
      if (row_ != nullptr) {
        merged_.Apply(row_->line, row_);
        std::swap(rows().Push(), open_);
      }
      row_ = nullptr;
    } else if (name == "sheetData") {
      Finish();
    } else if (in_cell_) {
      rich_.End(name);
    }
  }

  void Text(std::string_view text) override {
    if (in_value_) {
      if (value_.size() < kLongestCell) value_ += text;
    } else if (in_cell_) {
      rich_.Text(text, &text_);
    }
  }

 private:
  void StartRow(const XmlAttributes& attributes) {
    int64_t line = line_ + 1;
    if (const auto written = attributes.Find("r")) {
      std::from_chars(written->data(), written->data() + written->size(), line);
      if (line <= line_) line = line_ + 1;
    }
    line_ = line;
    open_.Clear();
    row_ = &open_;
    row_->line = line;
    column_ = 0;
  }

  void StartCell(const XmlAttributes& attributes) {
    in_cell_ = true;
    formula_ = false;
    value_.clear();
    text_.clear();
    type_ = attributes.Find("t").value_or("n");
    style_ = 0;
    if (const auto style = attributes.Find("s"))
      std::from_chars(style->data(), style->data() + style->size(), style_);
    if (const auto name = attributes.Find("r")) {
      int64_t row = 0;
      uint32_t column = 0;
      if (ReadCellName(*name, &row, &column)) column_ = column;
    }
  }

  void EndCell() {
    in_cell_ = false;
    if (row_ == nullptr || column_ >= kMostColumns) return;
    const uint32_t column = column_++;
    CellKind kind = CellKind::kText;
    if (type_ == "s") {
      uint64_t number = 0;
      std::from_chars(value_.data(), value_.data() + value_.size(), number);
      auto found = parts_.strings.Find(number, &text_);
      if (!found.ok() || (!*found && !value_.empty()))
        return Fail("the workbook is damaged: a cell refers to a text that is not there");
    } else if (type_ == "inlineStr") {
      Unescape(&text_);
    } else if (type_ == "str") {
      text_ = value_;
      Unescape(&text_);
    } else if (type_ == "b") {
      text_ = value_ == "1" ? "TRUE" : value_ == "0" ? "FALSE" : value_;
    } else if (type_ == "e") {
      text_ = value_;
      kind = CellKind::kError;
    } else if (type_ == "d") {
      text_ = value_;
      std::replace(text_.begin(), text_.end(), 'T', ' ');
      kind = CellKind::kDate;
    } else if (!value_.empty()) {
      bool date = false;
      const NumberFormat format = style_ < parts_.formats.size() ? parts_.formats[style_] : NumberFormat();
      text_ = FormatNumber(value_, format, parts_.system_of_1904, &date);
      kind = date ? CellKind::kDate : CellKind::kNumber;
    }
    if (text_.empty()) {
      if (formula_ && value_.empty() && type_ != "str") row_->Set(column, "", CellKind::kNotComputed);
      return;
    }
    row_->Set(column, text_, kind);
  }

  Parts& parts_;
  MergedCells merged_;
  SheetRow open_;            // the row that is being read
  SheetRow* row_ = nullptr;  // null between rows
  int64_t line_ = 0;
  uint32_t column_ = 0;
  std::string type_, value_, text_;
  size_t style_ = 0;
  bool in_cell_ = false, in_value_ = false, formula_ = false;
  RichText rich_;
};

// The list of merged cells stands behind the rows. It is looked for in the bytes, which is many times faster
// than reading the rows twice.
absl::StatusOr<MergedCells> FindMergedCells(const ZipFile& zip, const std::string& part) {
  auto entry = zip.Read(part);
  if (!entry.ok()) return entry.status();
  constexpr std::string_view kName = "mergeCells";
  std::string list;  // the end of what was read, until the list begins; then the list
  bool begun = false, ended = false;
  while (!ended) {
    auto piece = (*entry)->Next();
    if (!piece.ok()) return piece.status();
    if (piece->empty()) break;
    list.append(*piece);
    if (!begun) {
      const size_t at = list.find(kName);
      // "<" and ":" stand in no text.
      begun = at != std::string::npos && at > 0 && (list[at - 1] == '<' || list[at - 1] == ':');
      list.erase(0, begun ? at + kName.size() : list.size() - std::min(list.size(), kName.size() + 1));
    }
    ended = begun && (list.find(kName) != std::string::npos || list.size() > kMostMerges);
  }
  MergedCells merged;
  if (!begun) return merged;
  for (size_t at = 0; (at = list.find(" ref=", at)) != std::string::npos;) {
    const size_t begin = at + 6,
                 end = begin < list.size() ? list.find(list[begin - 1], begin) : std::string::npos;
    if (end == std::string::npos) break;
    MergedCells::Area area;
    if (ReadArea(std::string_view(list).substr(begin, end - begin), &area)) merged.Add(area);
    at = end;
  }
  return merged;
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

absl::Status ReadPart(const ZipFile& zip, const std::string& part, XmlHandler& handler) {
  auto source = OpenZipPart(zip, part);
  if (!source.ok()) return source.status();
  return ReadXml(**source, handler);
}

class XlsxWorkbook : public Workbook {
 public:
  static absl::StatusOr<std::unique_ptr<Workbook>> Open(const std::string& path) {
    auto zip = ZipFile::Open(path);
    if (!zip.ok()) return zip.status();
    auto book = std::make_unique<XlsxWorkbook>();
    book->parts_.zip = *std::move(zip);
    if (absl::Status status = book->ReadStructure(); !status.ok()) return status;
    return book;
  }

  FileFormat format() const override { return FileFormat::kXlsx; }

  absl::StatusOr<std::unique_ptr<RowReader>> Read(size_t sheet) override {
    if (!strings_read_ && !strings_.empty()) {
      StringsHandler handler(parts_.strings);
      if (absl::Status status = ReadPart(*parts_.zip, strings_, handler); !status.ok()) return status;
      if (!handler.status.ok()) return handler.status;
    }
    strings_read_ = true;
    auto merged = FindMergedCells(*parts_.zip, targets_[sheet]);
    if (!merged.ok()) return merged.status();
    auto source = OpenZipPart(*parts_.zip, targets_[sheet]);
    if (!source.ok()) return source.status();
    return std::make_unique<XmlRowReader>(XmlStream::Kind::kXml, *std::move(source),
                                          std::make_unique<SheetHandler>(parts_, *std::move(merged)));
  }

 private:
  absl::Status ReadStructure() {
    RelationshipsHandler top("");
    std::string document = "xl/workbook.xml";
    if (ReadPart(*parts_.zip, "_rels/.rels", top).ok() && !top.document.empty()) document = top.document;
    WorkbookHandler workbook;
    if (absl::Status status = ReadPart(*parts_.zip, document, workbook); !status.ok()) {
      return absl::IsNotFound(status)
                 ? absl::DataLossError("the workbook is damaged: it has no list of sheets")
                 : status;
    }
    const std::string folder = FolderOf(document);
    RelationshipsHandler relationships(folder);
    if (absl::Status status = ReadPart(
            *parts_.zip, folder + "_rels/" + document.substr(folder.size()) + ".rels", relationships);
        !status.ok())
      return absl::DataLossError("the workbook is damaged: it does not say where its sheets are");
    parts_.system_of_1904 = workbook.system_of_1904;
    if (!relationships.styles.empty() && parts_.zip->Has(relationships.styles)) {
      StylesHandler styles;
      if (absl::Status status = ReadPart(*parts_.zip, relationships.styles, styles); !status.ok())
        return status;
      parts_.formats = std::move(styles.formats);
    }
    if (parts_.zip->Has(relationships.strings)) strings_ = relationships.strings;
    for (const auto& sheet : workbook.sheets) {
      const auto target = relationships.all.find(sheet.relationship);
      if (target == relationships.all.end() || !target->second.worksheet) continue;  // a chart
      sheets_.push_back({sheet.name, sheet.hidden});
      targets_.push_back(target->second.target);
    }
    if (sheets_.empty()) return absl::DataLossError("the workbook has no sheets");
    return absl::OkStatus();
  }

  Parts parts_;
  std::string strings_;
  bool strings_read_ = false;
  std::vector<std::string> targets_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Workbook>> OpenXlsx(const std::string& path) {
  return XlsxWorkbook::Open(path);
}

}  // namespace relief::adapters
