// The mapping files of adapters/mappings, compiled in, so that the client is one file.
#pragma once

#include <vector>

#include "adapters/mapping/row_mapper.h"

namespace relief::adapters {

std::vector<MappingFile> BuiltInMappings();

}  // namespace relief::adapters
