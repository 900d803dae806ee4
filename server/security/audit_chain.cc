#include "server/security/audit_chain.h"

#include <openssl/sha.h>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "server/schema.h"

namespace relief::server {
namespace {

constexpr size_t kPage = 2000;

absl::Status Broken(int64_t sequence, const char* what) {
  return absl::DataLossError("audit entry " + std::to_string(sequence) + ": " + what);
}

}  // namespace

std::string AuditHash(const stored::AuditEntry& entry) {
  stored::AuditEntry content = entry;
  content.clear_hash();
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    content.SerializeToCodedStream(&coded);
  }
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

absl::StatusOr<int64_t> CheckAuditChain(const storage::Reader& store) {
  stored::AuditEntry last;
  std::string next;
  while (true) {
    auto rows = store.Scan(schema::kAuditPrefix, next, kPage);
    if (!rows.ok()) return rows.status();
    for (const storage::KeyRow& row : *rows) {
      const int64_t expected = last.sequence() + 1;
      stored::AuditEntry entry;
      if (!entry.ParseFromString(row.row.value)) return Broken(expected, "damaged");
      if (entry.sequence() != expected || row.key != schema::AuditRow(expected))
        return Broken(expected, "missing");
      if (entry.previous_hash() != last.hash()) return Broken(expected, "does not follow the one before");
      if (entry.hash() != AuditHash(entry)) return Broken(expected, "was changed");
      last = std::move(entry);
    }
    if (rows->size() < kPage) break;
    next = rows->back().key + std::string(1, '\0');
  }
  const std::string head_key(schema::kAuditHeadRow);
  auto head_row = store.MultiGet({&head_key, 1});
  if (!head_row.ok()) return head_row.status();
  stored::AuditEntry head;
  if (!head.ParseFromString((*head_row)[0].value) || head.sequence() != last.sequence() ||
      head.hash() != last.hash())
    return Broken(last.sequence() + 1, "missing");
  return last.sequence();
}

}  // namespace relief::server
