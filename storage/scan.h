// Every row under a prefix, in pages: what a reading of many rows holds in memory at once is one page.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "storage/store.h"

namespace relief::storage {

// `take(const KeyRow&)` returns a status; the first error ends the reading.
template <typename Take>
absl::Status ForEachRow(const Reader& reader, std::string_view prefix, const Take& take) {
  constexpr size_t kPage = 5000;
  std::string from;
  while (true) {
    auto rows = reader.Scan(prefix, from, kPage);
    if (!rows.ok()) return rows.status();
    for (const KeyRow& row : *rows)
      if (absl::Status status = take(row); !status.ok()) return status;
    if (rows->size() < kPage) return absl::OkStatus();
    from = rows->back().key + std::string(1, '\0');
  }
}

}  // namespace relief::storage
