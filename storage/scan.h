// Every row under a prefix, in pages: what a reading of many rows holds in memory at once is one page.
//
//   RELIEF_RETURN_IF_ERROR(ForEachRow(*snapshot, kSourcePrefix, [&](const KeyRow& row) -> absl::Status {
//     RELIEF_ASSIGN_OR_RETURN(sources.emplace_back(), ParseMessage<stored::Source>(row));
//     return absl::OkStatus();
//   }));
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "storage/key_encoding.h"
#include "storage/status_macros.h"
#include "storage/store.h"
#include "storage/transaction.h"

namespace relief::storage {

// Hands the rows from `from` on (empty: from the beginning) to `take`, in the order of their keys. `source`
// is a Reader or a Transaction. `take(const KeyRow&)` returns absl::Status, whose first error ends the
// reading and is returned; or absl::StatusOr<bool>, where false ends it, too. `take` may write to the
// transaction that is read, but what it writes into the page that is being read is not seen.
template <typename Source, typename Take>
absl::Status ForEachRow(Source&& source, std::string_view prefix, std::string_view from, const Take& take,
                        size_t page_rows = 5000) {
  using Answer = std::invoke_result_t<const Take&, const KeyRow&>;
  std::string next(from);
  while (true) {
    RELIEF_ASSIGN_OR_RETURN(const auto rows, source.Scan(prefix, next, page_rows));
    for (const KeyRow& row : rows) {
      if constexpr (std::is_same_v<Answer, absl::Status>) {
        RELIEF_RETURN_IF_ERROR(take(row));
      } else {
        RELIEF_ASSIGN_OR_RETURN(const bool more, take(row));
        if (!more) return absl::OkStatus();
      }
    }
    if (rows.size() < page_rows) return absl::OkStatus();
    next = NextKey(rows.back().key);
  }
}

template <typename Source, typename Take>
absl::Status ForEachRow(Source&& source, std::string_view prefix, const Take& take) {
  return ForEachRow(source, prefix, std::string_view(), take);
}

}  // namespace relief::storage
