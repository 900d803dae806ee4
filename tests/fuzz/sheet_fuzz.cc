// The parts of zipped workbooks, which a fuzzer would never find behind their checksums. The first letter
// says what the input is: X the sheet of a .xlsx, S its texts, F its formats, W its list of sheets, or O the
// content of a .ods.
#include <zip.h>

#include <cstring>
#include <map>

#include "adapters/tabular/workbook.h"
#include "matcher/normalize/text.h"
#include "tests/fuzz/file_in_memory.h"

using namespace relief;

namespace {

std::string Zip(const std::map<std::string, std::string>& parts) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* target = zip_source_buffer_create(nullptr, 0, 0, &error);
  HOLDS(target != nullptr);
  zip_source_keep(target);
  zip_t* zip = zip_open_from_source(target, ZIP_TRUNCATE, &error);
  HOLDS(zip != nullptr);
  for (const auto& [name, content] : parts) {
    zip_source_t* source = zip_source_buffer(zip, content.data(), content.size(), 0);
    const zip_int64_t index = zip_file_add(zip, name.c_str(), source, ZIP_FL_OVERWRITE);
    HOLDS(index >= 0);
    zip_set_file_compression(zip, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
  }
  HOLDS(zip_close(zip) == 0);
  zip_stat_t info;
  HOLDS(zip_source_stat(target, &info) == 0);
  std::string bytes(info.size, '\0');
  HOLDS(zip_source_open(target) == 0);
  HOLDS(zip_source_read(target, bytes.data(), bytes.size()) == static_cast<zip_int64_t>(bytes.size()));
  zip_source_close(target);
  zip_source_free(target);
  return bytes;
}

std::map<std::string, std::string> Xlsx() {
  const std::string office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";
  return {{"[Content_Types].xml", "<Types/>"},
          {"xl/workbook.xml", "<workbook><sheets><sheet name='a' r:id='1' xmlns:r='r'/></sheets></workbook>"},
          {"xl/_rels/workbook.xml.rels",
           "<Relationships><Relationship Id='1' Type='" + office + "worksheet' Target='sheet.xml'/>" +
               "<Relationship Id='2' Type='" + office + "sharedStrings' Target='/xl/strings.xml'/>" +
               "<Relationship Id='3' Type='" + office + "styles' Target='styles.xml'/></Relationships>"},
          {"xl/strings.xml", "<sst><si><t>a</t></si><si><r><t>b</t></r><rPh><t>x</t></rPh></si></sst>"},
          {"xl/styles.xml",
           "<styleSheet><numFmts><numFmt numFmtId='170' formatCode='yyyy'/></numFmts><cellXfs><xf "
           "numFmtId='170'/><xf "
           "numFmtId='14'/></cellXfs></styleSheet>"},
          {"xl/sheet.xml",
           "<worksheet><sheetData><row r='2'><c r='B2' t='s'><v>1</v></c><c "
           "s='1'><v>46082</v></c></row></sheetData>"
           "<mergeCells><mergeCell ref='A1:B2'/></mergeCells></worksheet>"}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Input input(data, size);
  const uint8_t part = input.Byte();
  std::map<std::string, std::string> parts = Xlsx();
  const std::string content(input.rest());
  switch (part) {
    case 'X':
      parts["xl/sheet.xml"] = content;
      break;
    case 'S':
      parts["xl/strings.xml"] = content;
      break;
    case 'F':
      parts["xl/styles.xml"] = content;
      break;
    case 'W':
      parts["xl/workbook.xml"] = content;
      break;
    default:
      parts = {{"content.xml", content}};
  }
  const fuzz::FileInMemory file(Zip(parts));
  auto book = adapters::Workbook::Open(file.path());
  if (!book.ok()) {
    HOLDS(absl::IsDataLoss(book.status()));
    return 0;
  }
  for (size_t sheet = 0; sheet < std::min<size_t>((*book)->sheets().size(), 3); ++sheet) {
    auto reader = (*book)->Read(sheet);
    if (!reader.ok()) continue;
    adapters::SheetRow row;
    int64_t line = 0;
    for (int rows = 0; rows < 20'000; ++rows) {
      const auto more = (*reader)->Next(&row);
      HOLDS(more.ok() || absl::IsDataLoss(more.status()));
      if (!more.ok() || !*more) break;
      HOLDS(row.line > line && row.cells.size() == row.kinds.size());
      line = row.line;
      for (const std::string& cell : row.cells) HOLDS(matcher::EncodeUtf8(matcher::DecodeUtf8(cell)) == cell);
    }
  }
  return 0;
}
