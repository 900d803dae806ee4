// .xls of Excel 5 to 2003 (BIFF5 and BIFF8, MS-XLS), as Excel, WPS, POI and xlwt write it.
//
// An own reader: libfreexl says neither which sheets are hidden nor which cells are merged.
#include <unicode/ucnv.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

#include "adapters/tabular/compound_file.h"
#include "adapters/tabular/merged_cells.h"
#include "adapters/tabular/number_text.h"
#include "adapters/tabular/workbook_kinds.h"

namespace relief::adapters {
namespace {

constexpr size_t kMostStrings = 5'000'000;
constexpr size_t kMostRows = 65'536;

enum RecordType : uint16_t {
  kFormula = 0x06,
  kEof = 0x0A,
  kDateMode = 0x22,
  kContinue = 0x3C,
  kCodePage = 0x42,
  kBoundSheet = 0x85,
  kMulRk = 0xBD,
  kRString = 0xD6,
  kXf = 0xE0,
  kMergeCells = 0xE5,
  kSst = 0xFC,
  kLabelSst = 0xFD,
  kNumber = 0x203,
  kLabel = 0x204,
  kBoolErr = 0x205,
  kString = 0x207,
  kRk = 0x27E,
  kFormat = 0x41E,
  kFormatOld = 0x1E,
  kBof = 0x809,
  kFilePass = 0x2F,
};

absl::Status Damaged() {
  return absl::DataLossError(
      "the .xls file is damaged or incomplete; open it in a spreadsheet program and save it again");
}

uint16_t U16(std::string_view bytes, size_t at) {
  if (at + 2 > bytes.size()) return 0;
  return static_cast<uint16_t>(static_cast<unsigned char>(bytes[at]) |
                               static_cast<unsigned char>(bytes[at + 1]) << 8);
}
uint32_t U32(std::string_view bytes, size_t at) {
  return static_cast<uint32_t>(U16(bytes, at)) | static_cast<uint32_t>(U16(bytes, at + 2)) << 16;
}
double F64(std::string_view bytes, size_t at) {
  double number = 0;
  if (at + 8 <= bytes.size()) std::memcpy(&number, bytes.data() + at, 8);
  return number;
}

std::string Convert(const char* encoding, std::string_view bytes) {
  UErrorCode error = U_ZERO_ERROR;
  std::string utf8(bytes.size() * 3 + 8, '\0');
  const int32_t size = ucnv_convert("UTF-8", encoding, utf8.data(), static_cast<int32_t>(utf8.size()),
                                    bytes.data(), static_cast<int32_t>(bytes.size()), &error);
  if (U_FAILURE(error)) return "";
  utf8.resize(static_cast<size_t>(size));
  return utf8;
}

struct Record {
  uint16_t type = 0;
  std::string_view data;
};

// Walks over records. CONTINUE records are seen as they are.
class Records {
 public:
  explicit Records(std::string_view stream, size_t at = 0) : stream_(stream), at_(at) {}
  bool Next(Record* record) {
    if (at_ + 4 > stream_.size()) return false;
    const size_t size = U16(stream_, at_ + 2);
    if (at_ + 4 + size > stream_.size()) return false;
    *record = {U16(stream_, at_), stream_.substr(at_ + 4, size)};
    at_ += 4 + size;
    return true;
  }
  uint16_t Peek() const { return U16(stream_, at_); }

 private:
  std::string_view stream_;
  size_t at_;
};

// A text that may go on over CONTINUE records: at each of them, a byte says anew how its characters are
// stored.
class SplitText {
 public:
  explicit SplitText(std::vector<std::string_view> parts) : parts_(std::move(parts)) {}

  bool AtEnd() {
    SkipEmpty();
    return part_ >= parts_.size();
  }
  uint32_t Number(size_t bytes) {
    uint32_t number = 0;
    for (size_t i = 0; i < bytes; ++i) number |= static_cast<uint32_t>(Byte()) << (8 * i);
    return number;
  }
  void Skip(size_t bytes) {
    while (bytes > 0 && !AtEnd()) {
      const size_t step = std::min(bytes, parts_[part_].size() - at_);
      at_ += step;
      bytes -= step;
    }
  }
  // XLUnicodeRichExtendedString behind its count.
  std::string Text(size_t letters) {
    const uint32_t flags = Number(1);
    const uint32_t runs = (flags & 8) != 0 ? Number(2) : 0;
    const uint32_t extra = (flags & 4) != 0 ? Number(4) : 0;
    bool wide = (flags & 1) != 0;
    std::string utf16;
    for (size_t i = 0; i < letters; ++i) {
      if (part_ < parts_.size() && at_ >= parts_[part_].size()) {
        SkipEmpty();
        if (part_ >= parts_.size()) break;
        wide = (Byte() & 1) != 0;
      }
      if (part_ >= parts_.size()) break;
      utf16 += static_cast<char>(Byte());
      utf16 += wide ? static_cast<char>(Byte()) : '\0';
    }
    Skip(size_t{4} * runs + extra);
    return Convert("UTF-16LE", utf16);
  }

 private:
  void SkipEmpty() {
    while (part_ < parts_.size() && at_ >= parts_[part_].size()) {
      ++part_;
      at_ = 0;
    }
  }
  uint8_t Byte() {
    if (AtEnd()) return 0;
    return static_cast<uint8_t>(parts_[part_][at_++]);
  }

  std::vector<std::string_view> parts_;
  size_t part_ = 0, at_ = 0;
};

class HeldRows : public RowReader {
 public:
  explicit HeldRows(std::map<int64_t, SheetRow> rows)
      : rows_(std::move(rows)), total_(static_cast<int64_t>(rows_.size())) {}
  absl::StatusOr<bool> Next(SheetRow* row) override {
    while (!rows_.empty()) {
      *row = std::move(rows_.begin()->second);
      rows_.erase(rows_.begin());
      ++read_;
      if (!row->Blank()) return true;
    }
    return false;
  }
  int64_t bytes_read() const override { return read_; }
  int64_t bytes_total() const override { return total_; }

 private:
  std::map<int64_t, SheetRow> rows_;
  int64_t total_, read_ = 0;
};

class XlsWorkbook : public Workbook {
 public:
  explicit XlsWorkbook(std::string stream) : stream_(std::move(stream)) {}
  FileFormat format() const override { return FileFormat::kXls; }

  absl::Status ReadGlobals() {
    Records records(stream_);
    Record record;
    if (!records.Next(&record) || record.type != kBof) return Damaged();
    new_ = U16(record.data, 0) >= 0x0600;
    while (records.Next(&record) && record.type != kEof) {
      switch (record.type) {
        case kFilePass:
          return absl::UnimplementedError("the file is protected by a password; save it without one");
        case kDateMode:
          system_of_1904_ = U16(record.data, 0) == 1;
          break;
        case kCodePage:
          code_page_ = U16(record.data, 0);
          break;
        case kBoundSheet:
          AddSheet(record.data);
          break;
        case kFormat:
        case kFormatOld:
          if (codes_.size() < 10'000) codes_[U16(record.data, 0)] = ReadNumberFormat(FormatCode(record.data));
          break;
        case kXf:
          if (xfs_.size() < 100'000) xfs_.push_back(U16(record.data, 2));
          break;
        case kSst:
          ReadStrings(record.data, records);
          break;
        default:
          break;
      }
    }
    if (sheets_.empty()) return absl::DataLossError("the workbook has no sheets");
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<RowReader>> Read(size_t sheet) override {
    Records records(stream_, offsets_[sheet]);
    Record record;
    if (!records.Next(&record) || record.type != kBof) return Damaged();
    std::map<int64_t, SheetRow> rows;
    MergedCells merged;
    Place formula;
    int depth = 0;  // charts within the sheet have their own BOF and EOF
    while (records.Next(&record)) {
      if (record.type == kBof) ++depth;
      if (record.type == kEof && depth-- == 0) break;
      if (depth > 0) continue;
      if (record.type == kMergeCells) {
        AddMerged(record.data, &merged);
      } else if (record.type == kString) {
        Set(rows, formula, new_ ? NewText(record.data, 0, records) : OldText(record.data, 0),
            CellKind::kText);
      } else {
        ReadCell(record, records, rows, &formula);
      }
      if (rows.size() > kMostRows) return Damaged();
    }
    if (rows.empty()) return std::make_unique<HeldRows>(std::move(rows));
    for (auto& [line, row] : rows) merged.Apply(line, &row);
    return std::make_unique<HeldRows>(std::move(rows));
  }

 private:
  struct Place {
    uint16_t row = 0, column = 0, xf = 0;
  };

  static Place PlaceOf(std::string_view data) { return {U16(data, 0), U16(data, 2), U16(data, 4)}; }

  static void Set(std::map<int64_t, SheetRow>& rows, const Place& place, std::string text, CellKind kind) {
    if (place.column >= 256 || (text.empty() && kind != CellKind::kNotComputed)) return;
    SheetRow& row = rows[static_cast<int64_t>(place.row) + 1];
    row.line = static_cast<int64_t>(place.row) + 1;
    row.Set(place.column, std::move(text), kind);
  }

  void SetNumber(std::map<int64_t, SheetRow>& rows, const Place& place, double number) {
    NumberFormat format;
    if (place.xf < xfs_.size()) {
      const auto own = codes_.find(xfs_[place.xf]);
      format = own != codes_.end() ? own->second : BuiltInFormat(xfs_[place.xf]);
    }
    bool date = false;
    std::string text = FormatNumber(PlainNumber(number), format, system_of_1904_, &date);
    if (format.date() && !date) text = PlainNumber(number);
    Set(rows, place, std::move(text), date ? CellKind::kDate : CellKind::kNumber);
  }

  static double Rk(uint32_t rk) {
    double number = 0;
    if ((rk & 2) != 0) {
      number = static_cast<double>(static_cast<int32_t>(rk) >> 2);
    } else {
      const uint64_t bits = static_cast<uint64_t>(rk & 0xFFFFFFFC) << 32;
      std::memcpy(&number, &bits, sizeof number);
    }
    return (rk & 1) != 0 ? number / 100 : number;
  }

  static std::string ErrorName(uint8_t code) {
    switch (code) {
      case 0x00:
        return "#NULL!";
      case 0x07:
        return "#DIV/0!";
      case 0x0F:
        return "#VALUE!";
      case 0x17:
        return "#REF!";
      case 0x1D:
        return "#NAME?";
      case 0x24:
        return "#NUM!";
      default:
        return "#N/A";
    }
  }

  void ReadCell(const Record& record, Records& records, std::map<int64_t, SheetRow>& rows, Place* formula) {
    const std::string_view data = record.data;
    const Place place = PlaceOf(data);
    switch (record.type) {
      case kNumber:
        if (data.size() >= 14) SetNumber(rows, place, F64(data, 6));
        return;
      case kRk:
        if (data.size() >= 10) SetNumber(rows, place, Rk(U32(data, 6)));
        return;
      case kMulRk:
        for (size_t at = 4, column = place.column; at + 8 <= data.size(); at += 6, ++column)
          SetNumber(rows, {place.row, static_cast<uint16_t>(column), U16(data, at)}, Rk(U32(data, at + 2)));
        return;
      case kLabelSst: {
        const uint32_t number = U32(data, 6);
        if (number < strings_.size()) Set(rows, place, strings_[number], CellKind::kText);
        return;
      }
      case kLabel:
      case kRString:
        Set(rows, place, new_ ? NewText(data, 6, records) : OldText(data, 6), CellKind::kText);
        return;
      case kBoolErr:
        if (data.size() >= 8 && data[7] != 0) {
          Set(rows, place, ErrorName(static_cast<uint8_t>(data[6])), CellKind::kError);
        } else if (data.size() >= 8) {
          Set(rows, place, data[6] != 0 ? "TRUE" : "FALSE", CellKind::kText);
        }
        return;
      case kFormula:
        ReadFormula(data, rows, place, formula);
        return;
      default:
        return;
    }
  }

  void ReadFormula(std::string_view data, std::map<int64_t, SheetRow>& rows, const Place& place,
                   Place* formula) {
    if (data.size() < 14) return;
    if (U16(data, 12) != 0xFFFF) return SetNumber(rows, place, F64(data, 6));
    switch (static_cast<uint8_t>(data[6])) {
      case 0:
        *formula = place;  // the text follows in a record of its own
        return;
      case 1:
        return Set(rows, place, data[8] != 0 ? "TRUE" : "FALSE", CellKind::kText);
      case 2:
        return Set(rows, place, ErrorName(static_cast<uint8_t>(data[8])), CellKind::kError);
      default:
        return;
    }
  }

  std::string NewText(std::string_view data, size_t at, Records& records) {
    std::vector<std::string_view> parts = {data.substr(std::min(at + 2, data.size()))};
    for (Record more; records.Peek() == kContinue && records.Next(&more);) parts.push_back(more.data);
    return SplitText(std::move(parts)).Text(U16(data, at));
  }

  std::string OldText(std::string_view data, size_t at) const {
    const std::string_view text = data.substr(std::min(at + 2, data.size()), U16(data, at));
    return Convert(code_page_ == 1252 ? "windows-1252" : code_page_ == 950 ? "Big5" : "gb18030", text);
  }

  void AddSheet(std::string_view data) {
    if (data.size() < 8 || sheets_.size() >= 10'000) return;
    if (data[5] != 0) return;  // a chart or a macro sheet
    const size_t letters = static_cast<uint8_t>(data[6]);
    std::string name;
    if (new_) {
      const bool wide = (data[7] & 1) != 0;
      std::string utf16;
      for (size_t i = 0; i < letters && 8 + (wide ? 2 * i + 1 : i) < data.size(); ++i) {
        utf16 += data[8 + (wide ? 2 * i : i)];
        utf16 += wide ? data[9 + 2 * i] : '\0';
      }
      name = Convert("UTF-16LE", utf16);
    } else {
      name = Convert("gb18030", data.substr(7, letters));
    }
    sheets_.push_back({name, (data[4] & 3) != 0});
    offsets_.push_back(U32(data, 0));
  }

  std::string FormatCode(std::string_view data) {
    if (!new_) return std::string(data.substr(std::min<size_t>(3, data.size())));
    return SplitText({data.substr(std::min<size_t>(4, data.size()))}).Text(U16(data, 2));
  }

  void ReadStrings(std::string_view data, Records& records) {
    const size_t count = std::min<size_t>(U32(data, 4), kMostStrings);
    std::vector<std::string_view> parts = {data.substr(std::min<size_t>(8, data.size()))};
    for (Record more; records.Peek() == kContinue && records.Next(&more);) parts.push_back(more.data);
    SplitText text(std::move(parts));
    while (strings_.size() < count && !text.AtEnd()) {
      const size_t letters = text.Number(2);
      strings_.push_back(text.Text(letters));
    }
  }

  static void AddMerged(std::string_view data, MergedCells* merged) {
    const size_t count = U16(data, 0);
    for (size_t i = 0; i < count && 2 + 8 * i + 8 <= data.size(); ++i) {
      const size_t at = 2 + 8 * i;
      merged->Add({static_cast<int64_t>(U16(data, at)) + 1, static_cast<int64_t>(U16(data, at + 2)) + 1,
                   U16(data, at + 4), U16(data, at + 6)});
    }
  }

  std::string stream_;
  bool new_ = true, system_of_1904_ = false;
  uint16_t code_page_ = 0;
  std::vector<uint32_t> offsets_;
  std::vector<std::string> strings_;
  std::map<int, NumberFormat> codes_;
  std::vector<uint16_t> xfs_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Workbook>> OpenXls(const std::string& path) {
  auto file = CompoundFile::Open(path);
  if (!file.ok()) return file.status();
  if (file->Has("EncryptedPackage") || file->Has("EncryptionInfo"))
    return absl::UnimplementedError("the file is protected by a password; save it without one");
  if (file->Has("WordDocument"))
    return absl::UnimplementedError(
        "this is a Word document; copy its table into a spreadsheet and save that");
  const char* name = file->Has("Workbook") ? "Workbook" : "Book";
  auto stream = file->Read(name);
  if (absl::IsNotFound(stream.status()))
    return absl::UnimplementedError(
        "this is no workbook, although it is stored like one; save the table as .xlsx");
  if (!stream.ok()) return stream.status();
  auto book = std::make_unique<XlsWorkbook>(*std::move(stream));
  if (absl::Status status = book->ReadGlobals(); !status.ok()) return status;
  return book;
}

}  // namespace relief::adapters
