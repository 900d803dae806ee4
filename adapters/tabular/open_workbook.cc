// What a file is, and which reader takes it.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "adapters/tabular/compound_file.h"
#include "adapters/tabular/text_source.h"
#include "adapters/tabular/workbook.h"
#include "adapters/tabular/workbook_kinds.h"
#include "adapters/tabular/zip_file.h"

namespace relief::adapters {
namespace {

bool Begins(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

std::string Small(std::string_view text) {
  std::string small(text);
  std::transform(small.begin(), small.end(), small.begin(),
                 [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return small;
}

absl::StatusOr<FileFormat> DetectZip(const std::string& path) {
  auto zip = ZipFile::Open(path);
  if (!zip.ok()) return zip.status();
  if ((*zip)->Has("xl/workbook.bin"))
    return absl::UnimplementedError("this is a binary workbook (.xlsb); save it as .xlsx");
  if ((*zip)->Has("word/document.xml"))
    return absl::UnimplementedError(
        "this is a Word document; copy its table into a spreadsheet and save that");
  if ((*zip)->Has("[Content_Types].xml") || (*zip)->Has("xl/workbook.xml")) return FileFormat::kXlsx;
  if ((*zip)->Has("content.xml")) return FileFormat::kOds;
  return absl::UnimplementedError("this is an archive of files; unpack it and load what is in it");
}

// Whether text begins like a page or a document: after white space, comments and a declaration of XML.
FileFormat DetectMarkup(std::string_view text) {
  const std::string small = Small(text);
  if (small.find("<workbook") != std::string::npos &&
      small.find("urn:schemas-microsoft-com:office:spreadsheet") != std::string::npos &&
      small.find("<html") == std::string::npos)
    return FileFormat::kExcel2003Xml;
  if (small.find("office:document") != std::string::npos && small.find("opendocument") != std::string::npos)
    return FileFormat::kOds;
  return FileFormat::kHtml;
}

}  // namespace

absl::StatusOr<FileFormat> DetectFormat(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return absl::NotFoundError("no such file: " + path);
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::UnavailableError("cannot open " + path);
  std::string head(512, '\0');
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<size_t>(file.gcount()));
  if (Begins(head, "PK\x03\x04") || Begins(head, "PK\x05\x06")) return DetectZip(path);
  if (Begins(head, kCompoundFileSignature)) return FileFormat::kXls;
  if (Begins(head, "\x09\x08") && head.size() > 8)
    return absl::UnimplementedError("this workbook is older than Excel 5; save it as .xlsx");
  if (Begins(head, "%PDF"))
    return absl::UnimplementedError(
        "this is a PDF document, not a table; ask for the workbook that it was printed from");
  if (Begins(head, "Rar!") || Begins(head, "7z\xBC\xAF") || Begins(head, "\x1F\x8B"))
    return absl::UnimplementedError("this is an archive of files; unpack it and load what is in it");
  if (Begins(head, "\x89PNG") || Begins(head, "\xFF\xD8\xFF") || Begins(head, "GIF8") ||
      Begins(head, "II*") || Begins(head, "MM"))
    return absl::UnimplementedError(
        "this is a picture, not a table; ask for the workbook that it was made from");
  if (Begins(head, "{\\rtf"))
    return absl::UnimplementedError(
        "this is a text document (RTF); copy its table into a spreadsheet and save that");
  if (Begins(head, "MIME-Version:") || Begins(head, "From: <"))
    return absl::UnimplementedError(
        "this is a web archive (.mht); open it in a spreadsheet program and save it as .xlsx");
  auto source = TextSource::Open(path);
  if (!source.ok()) return source.status();
  auto piece = (*source)->Next();
  if (!piece.ok()) return piece.status();
  std::string_view text = *piece;
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  if (text.size() > 1 && text[0] == '<' &&
      (text[1] == '!' || text[1] == '?' ||
       (Small(text.substr(1, 1))[0] >= 'a' && Small(text.substr(1, 1))[0] <= 'z')))
    return DetectMarkup(text.substr(0, 4096));
  if (piece->substr(0, 2048).find('\0') != std::string_view::npos)
    return absl::UnimplementedError(
        "this is neither a text nor a workbook that can be read; save the table as .xlsx");
  return FileFormat::kText;
}

absl::StatusOr<std::unique_ptr<Workbook>> Workbook::Open(const std::string& path) {
  auto format = DetectFormat(path);
  if (!format.ok()) return format.status();
  switch (*format) {
    case FileFormat::kText:
      return OpenText(path);
    case FileFormat::kXlsx:
      return OpenXlsx(path);
    case FileFormat::kOds:
      return OpenOds(path);
    case FileFormat::kXls:
      return OpenXls(path);
    case FileFormat::kExcel2003Xml:
      return OpenExcel2003Xml(path);
    case FileFormat::kHtml:
      return OpenHtml(path);
  }
  return absl::InternalError("a format without a reader");
}

}  // namespace relief::adapters
