// One cell as the value of a field, by the parser that the mapping names.
//
// Pure functions; callable from any thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "adapters/mapping/cell_repairs.h"
#include "adapters/mapping/field_path.h"
#include "adapters/mapping/mapping.pb.h"

namespace relief::adapters {

// `target`: the first path that the field is read into. `stored_as_number`: by a spreadsheet. A value that is an empty text says
// nothing. Requires: the parser is not CODE.
absl::StatusOr<FieldValue> ReadCell(const FieldMapping& mapping, const std::string& target,
                                    const std::string& cell, bool stored_as_number, Repair* repair);

}  // namespace relief::adapters
