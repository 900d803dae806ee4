// Whether a log of RocksDB (write-ahead log or manifest: one format) is whole.
//
// RocksDB must accept a log that ends in the middle of a record, the ordinary mark of a crash. It cannot tell
// that from a flipped bit in a record's length near the end of the file: what follows would be dropped
// without a word, although it was acknowledged. This reader can. What a crash leaves behind a tear is the
// beginning of one record and nothing else; if a whole record follows, or the torn one is whole by a shorter
// length, then the length was damaged. It also checks that the commits in a write-ahead log follow each other
// without a gap.
//
// Format: blocks of 32 KiB; in them records of masked CRC-32C (4 bytes), length (2), type (1), payload; a
// record that does not fit is cut into first, middle and last; fewer than 7 bytes at a block's end are zeros.
// In a write-ahead log a payload begins with the sequence number of its first change (8) and the number of
// changes (4).
//
// A reader is for one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace relief::storage {

enum class LogKind { kWriteAhead, kManifest };

struct LogSummary {
  uint64_t records = 0;         // whole ones
  uint64_t bytes = 0;           // of the file
  uint64_t torn_bytes = 0;      // behind the last whole record
  uint64_t first_sequence = 0;  // write-ahead logs: of the first change; 0 if there is none
  uint64_t next_sequence = 0;   //                   one behind the last change
  uint64_t live_from_log = 0;   // manifests: logs with lesser numbers are no longer needed
};

// `read` gives the next bytes of the file, up to as many as asked; none at its end. DATA_LOSS gives the
// offset of what is damaged. Errors of `read` are passed on.
using ReadBytes = std::function<absl::StatusOr<std::string>(size_t most)>;
absl::StatusOr<LogSummary> CheckLog(LogKind kind, const ReadBytes& read);

}  // namespace relief::storage
