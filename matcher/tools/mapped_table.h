// A data set of any columns, read as a column mapping says (linkage/column_mapping.proto).
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "matcher/linkage/column_mapping.pb.h"
#include "matcher/linkage/table.h"

namespace relief::matcher {

struct MappedTable {
  ColumnMapping mapping;
  Table table;
  std::vector<uint32_t> truth;  // a label for each row; empty if the mapping names no truth
};

// Files are looked for in `folder`. NOT_FOUND: a file or column is missing; INVALID_ARGUMENT: the mapping
// itself.
absl::StatusOr<ColumnMapping> ReadColumnMapping(const std::string& path);
absl::StatusOr<MappedTable> ReadMappedTable(const ColumnMapping& mapping, const std::string& folder);

}  // namespace relief::matcher
