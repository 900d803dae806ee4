// Mapping files and the rows that they map. An input is a mapping, a line "====", and a file of
// comma-separated values. A mapping that is taken can map every row without a crash; a mapping that is
// refused says where; errors of rows name columns and never repeat cells.
#include <google/protobuf/text_format.h>

#include <algorithm>

#include "adapters/mapping/row_mapper.h"
#include "adapters/tabular/csv_reader.h"
#include "tests/fuzz/file_in_memory.h"

using namespace relief;

namespace {

void CheckRefusal(const absl::Status& status) {
  HOLDS(absl::IsInvalidArgument(status));
  HOLDS(status.message().substr(0, 6) == "input:");
}

void CheckTaken(const adapters::Mapping& mapping) {
  HOLDS(v1::Source::Content_IsValid(mapping.content()) &&
        mapping.content() != v1::Source::CONTENT_UNSPECIFIED);
  HOLDS(v1::Programme_IsValid(mapping.programme()));
  std::string text;
  HOLDS(google::protobuf::TextFormat::PrintToString(mapping, &text));
  const auto again = adapters::ParseMapping({"input", text});
  HOLDS(again.ok() && again->SerializeAsString() == mapping.SerializeAsString());
}

void MapAll(const adapters::Mapping& mapping, std::string_view file) {
  const fuzz::FileInMemory in_memory(file);
  auto reader = adapters::CsvReader::Open(in_memory.path());
  HOLDS(reader.ok());
  adapters::CsvRow header, row;
  auto more = (*reader)->Next(&header);
  if (!more.ok() || !*more) return;
  const adapters::RowMapper mapper(mapping, header.cells, 7);
  while ((more = (*reader)->Next(&row)).ok() && *more) {
    const adapters::MappedRow mapped = mapper.Map(row.cells);
    HOLDS(mapped.record.version() == 7 ||
          std::any_of(mapping.fields().begin(), mapping.fields().end(), [](const auto& field) {
            return std::count(field.target().begin(), field.target().end(), "version") > 0;
          }));
    std::string bytes;
    HOLDS(mapped.record.SerializeToString(&bytes));
    HOLDS(v1::Record().ParseFromString(bytes));  // strings are UTF-8: the hub's parser takes nothing else
    for (const v1::FieldError& error : mapped.errors)
      for (const std::string& cell : row.cells) {
        const bool telling = cell.size() > 6 &&
                             std::find(header.cells.begin(), header.cells.end(), cell) == header.cells.end();
        HOLDS(!telling || error.message().find(cell) == std::string::npos ||
              mapping.SerializeAsString().find(cell) != std::string::npos);
      }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Input input(data, size);
  const std::string text(input.Until("====\n"));
  const auto mapping = adapters::ParseMapping({"input", text});
  if (!mapping.ok()) {
    CheckRefusal(mapping.status());
    return 0;
  }
  CheckTaken(*mapping);
  MapAll(*mapping, input.rest());
  return 0;
}
