// Departments' files, in whatever encoding: reading ends, gives well-formed UTF-8, and rows that are written
// again are read again as they were.
#include <algorithm>

#include "adapters/tabular/csv_reader.h"
#include "adapters/tabular/csv_writer.h"
#include "matcher/normalize/text.h"
#include "tests/fuzz/file_in_memory.h"

using namespace relief;

namespace {

bool IsUtf8(std::string_view text) { return matcher::EncodeUtf8(matcher::DecodeUtf8(text)) == text; }

struct Content {
  std::vector<std::vector<std::string>> rows;
  absl::Status status;
};

Content ReadAll(std::string_view bytes) {
  const fuzz::FileInMemory file(bytes);
  auto reader = adapters::CsvReader::Open(file.path());
  HOLDS(reader.ok());
  Content content;
  adapters::CsvRow row;
  int64_t line = 0;
  while (true) {
    const auto more = (*reader)->Next(&row);
    if (!more.ok()) content.status = more.status();
    if (!more.ok() || !*more) break;
    HOLDS(row.line > line);
    line = row.line;
    content.rows.push_back(row.cells);
  }
  HOLDS(!content.status.ok() || (*reader)->source().bytes_read() == static_cast<int64_t>(bytes.size()));
  return content;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Content content = ReadAll(bytes);
  HOLDS(content.status.ok() || absl::IsDataLoss(content.status));
  std::string written = "\xEF\xBB\xBF";  // or else it might be taken for GB18030
  for (const auto& cells : content.rows) {
    HOLDS(std::any_of(cells.begin(), cells.end(), [](const std::string& cell) { return !cell.empty(); }));
    for (const std::string& cell : cells) HOLDS(IsUtf8(cell));
    written += adapters::CsvLine(cells);
  }
  const Content again = ReadAll(written);
  HOLDS(again.status.ok() && again.rows == content.rows);
  return 0;
}
