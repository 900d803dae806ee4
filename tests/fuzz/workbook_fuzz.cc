// Whole files of any format: opening and reading them ends with rows or with one sentence, whatever is in
// them. Rows rise, cells are UTF-8, and there is a kind for each.
#include "adapters/tabular/workbook.h"
#include "matcher/normalize/text.h"
#include "tests/fuzz/file_in_memory.h"

using namespace relief;

namespace {

void CheckSentence(const absl::Status& status) {
  HOLDS(absl::IsDataLoss(status) || absl::IsUnimplemented(status) || absl::IsUnavailable(status));
  HOLDS(!status.message().empty() && status.message().find('\n') == absl::string_view::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const fuzz::FileInMemory file(std::string_view(reinterpret_cast<const char*>(data), size));
  auto book = adapters::Workbook::Open(file.path());
  if (!book.ok()) {
    CheckSentence(book.status());
    return 0;
  }
  HOLDS(!(*book)->sheets().empty());
  for (size_t sheet = 0; sheet < std::min<size_t>((*book)->sheets().size(), 3); ++sheet) {
    auto reader = (*book)->Read(sheet);
    if (!reader.ok()) {
      CheckSentence(reader.status());
      continue;
    }
    adapters::SheetRow row;
    int64_t line = 0;
    for (int rows = 0; rows < 20'000; ++rows) {
      const auto more = (*reader)->Next(&row);
      if (!more.ok()) CheckSentence(more.status());
      if (!more.ok() || !*more) break;
      HOLDS(row.line > line);
      line = row.line;
      HOLDS(row.cells.size() == row.kinds.size() && row.cells.size() <= adapters::kMostColumns + (1 << 20));
      for (const std::string& cell : row.cells) HOLDS(matcher::EncodeUtf8(matcher::DecodeUtf8(cell)) == cell);
    }
  }
  return 0;
}
