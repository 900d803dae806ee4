#include "server/core/counters.h"

#include "server/core/schema.h"
#include "storage/status_macros.h"

namespace relief::server::core {

absl::StatusOr<stored::Counters> ReadCounters(const storage::Reader& reader) {
  const std::string key(schema::kCountersRow);
  RELIEF_ASSIGN_OR_RETURN(const auto rows, reader.MultiGet({&key, 1}));
  stored::Counters counters;
  if (!counters.ParseFromString(rows.front().value))
    return absl::DataLossError("the row of counters is damaged");
  return counters;
}

}  // namespace relief::server::core
