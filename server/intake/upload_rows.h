// Keys of the rows of uploads (ARCHITECTURE.md, "On disk", has the table).
//
// Pure functions and reads; callable from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/intake/upload.pb.h"
#include "storage/store.h"

namespace relief::server::intake {

inline constexpr std::string_view kUploadPrefix = "hUu", kMemoryPrefix = "hUs";

// stored::Upload
std::string UploadRow(std::string_view upload_id);

// The uploads of one caller, the newest first; no value.
std::string OwnerPrefix(std::string_view owner);
std::string OwnerRow(std::string_view owner, int64_t create_time_us, std::string_view upload_id);
// The upload that a row of an owner names.
std::string UploadOf(std::string_view owner_row);

// stored::IntakeMemory
std::string MemoryRow(std::string_view source_id);

// NOT_FOUND, DATA_LOSS.
absl::StatusOr<stored::Upload> ReadUpload(const storage::Reader& reader, std::string_view upload_id);
// Nothing where the source has never been loaded so.
absl::StatusOr<std::optional<stored::IntakeMemory>> ReadMemory(const storage::Reader& reader,
                                                               std::string_view source_id);

}  // namespace relief::server::intake
