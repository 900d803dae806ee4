#include "server/intake/upload_rows.h"

namespace relief::server::intake {
namespace {

constexpr char kEnd = '\0';

std::string BigEndian(uint64_t number) {
  std::string bytes(8, '\0');
  for (int i = 7; i >= 0; --i, number >>= 8) bytes[static_cast<size_t>(i)] = static_cast<char>(number & 0xff);
  return bytes;
}

}  // namespace

std::string UploadRow(std::string_view upload_id) { return std::string(kUploadPrefix).append(upload_id); }

std::string OwnerPrefix(std::string_view owner) { return std::string("hUo").append(owner) + kEnd; }

std::string OwnerRow(std::string_view owner, int64_t create_time_us, std::string_view upload_id) {
  return OwnerPrefix(owner) + BigEndian(~static_cast<uint64_t>(create_time_us)) + std::string(upload_id);
}

std::string UploadOf(std::string_view owner_row) {
  const size_t end = owner_row.find(kEnd);
  if (end == std::string_view::npos || owner_row.size() < end + 9) return "";
  return std::string(owner_row.substr(end + 9));
}

std::string MemoryRow(std::string_view source_id) { return std::string(kMemoryPrefix).append(source_id); }

absl::StatusOr<stored::Upload> ReadUpload(const storage::Reader& reader, std::string_view upload_id) {
  const std::string key = UploadRow(upload_id);
  auto rows = reader.MultiGet({&key, 1});
  if (!rows.ok()) return rows.status();
  if (!(*rows)[0].present()) return absl::NotFoundError("no such upload");
  stored::Upload upload;
  if (!upload.ParseFromString((*rows)[0].value))
    return absl::DataLossError("the row of an upload is damaged");
  return upload;
}

absl::StatusOr<std::optional<stored::IntakeMemory>> ReadMemory(const storage::Reader& reader,
                                                               std::string_view source_id) {
  const std::string key = MemoryRow(source_id);
  auto rows = reader.MultiGet({&key, 1});
  if (!rows.ok()) return rows.status();
  if (!(*rows)[0].present()) return std::optional<stored::IntakeMemory>();
  stored::IntakeMemory memory;
  if (!memory.ParseFromString((*rows)[0].value))
    return absl::DataLossError("what is remembered of a source's files is damaged");
  return std::optional(std::move(memory));
}

}  // namespace relief::server::intake
