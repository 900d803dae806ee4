#include "server/audit/audit_chain.h"

#include <unicode/unistr.h>

#include <utility>

#include "server/audit/audit_entry.h"
#include "server/audit/audit_rows.h"
#include "server/audit/audit_subject.h"
#include "server/core/schema.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::audit {
namespace {

constexpr size_t kPage = 2000;

absl::Status Broken(int64_t sequence, const char* what) {
  return absl::DataLossError("audit entry " + std::to_string(sequence) + ": " + what);
}

template <typename Message>
absl::StatusOr<Message> ReadRow(const storage::Reader& reader, std::string_view key) {
  const std::string row(key);
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.MultiGet({&row, 1}));
  Message message;
  if (!message.ParseFromString(rows[0].value))
    return absl::DataLossError("a row of the audit chain is damaged");
  return message;
}

// An entry that is not valid UTF-8 could not be read again; some of its text comes from callers.
std::string Clean(const std::string& text) {
  std::string clean;
  icu::UnicodeString::fromUTF8(text).toUTF8String(clean);
  return clean;
}

absl::StatusOr<audit::Entry::Digest> ReadDigest(const storage::Reader& reader) {
  const std::string key(audit_rows::kDigestRow);
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.MultiGet({&key, 1}));
  audit::Entry::Digest digest = audit::Entry::SHA_256;
  if (rows[0].present() && !audit::Entry::Digest_Parse(rows[0].value, &digest))
    return absl::DataLossError("a row of the audit chain is damaged");
  return digest;
}

}  // namespace

absl::Status AuditStep::Run(core::WriteContext& context) const {
  storage::Transaction& txn = context.txn;
  std::vector<core::AuditEvent>& events = context.audit_events();
  if (events.empty()) return absl::OkStatus();
  const storage::TransactionReader reader(txn);
  RELIEF_ASSIGN_OR_RETURN(auto digest, ReadDigest(reader));
  RELIEF_ASSIGN_OR_RETURN(auto newest, ReadRow<audit::Entry>(reader, schema::kAuditHeadRow));
  audit::Entry head = std::move(newest);
  // Entries of the first kind name no records; they are in no index.
  if (head.digest() == audit::Entry::DIGEST_UNSPECIFIED)
    txn.Put(audit_rows::kIndexedFromRow, audit_rows::Number("", static_cast<uint64_t>(head.sequence() + 1)));
  for (core::AuditEvent& event : events) {
    RELIEF_ASSIGN_OR_RETURN(auto concerned, RecordsConcerned(reader, &event));
    audit::Entry entry;
    entry.set_sequence(head.sequence() + 1);
    entry.set_time_us(context.now_us);
    entry.set_actor(Clean(std::move(event.actor)));
    entry.set_action(Clean(std::move(event.action)));
    entry.set_subject(Clean(std::move(event.subject)));
    entry.set_purpose(Clean(std::move(event.purpose)));
    entry.set_case_number(Clean(std::move(event.case_number)));
    entry.set_detail(Clean(std::move(event.detail)));
    entry.set_previous_hash(head.hash());
    entry.set_digest(digest);
    for (const matcher::RecordKey& record : concerned) {
      entry.mutable_records()->append(record.view());
      txn.Put(audit_rows::RecordRow(record, entry.sequence()), "");
    }
    if (IsWholeList(entry.action())) txn.Put(audit_rows::ListRow(entry.sequence()), "");
    entry.set_hash(AuditHash(entry));
    txn.Put(schema::AuditRow(entry.sequence()), entry.SerializeAsString());
    head = std::move(entry);
  }
  head.clear_records();  // this row says where the chain ends, and is written with every commit
  txn.Put(schema::kAuditHeadRow, head.SerializeAsString());
  return absl::OkStatus();
}

absl::Status UseAuditDigest(core::Hub& hub, audit::Entry::Digest digest) {
  RELIEF_ASSIGN_OR_RETURN(auto now, ReadDigest(hub.store()));
  if (now == digest) return absl::OkStatus();
  return hub
      .Write([&](core::WriteContext& context) {
        context.txn.Put(audit_rows::kDigestRow, audit::Entry::Digest_Name(digest));
        context.Audit({"local", "audit.digest", "", "", "", audit::Entry::Digest_Name(digest)});
        return absl::OkStatus();
      })
      .status();
}

absl::StatusOr<int64_t> CheckAuditChain(const storage::Reader& store) {
  RELIEF_ASSIGN_OR_RETURN(auto beginning, ReadRow<audit::Head>(store, audit_rows::kBeginningRow));
  auto heads = store.Scan(audit_rows::kHeadPrefix, "", kPage);
  if (!heads.ok()) return heads.status();
  size_t next_head = 0;
  audit::Entry last;
  last.set_sequence(beginning.sequence());
  last.set_hash(beginning.entry_hash());
  std::string next;
  while (true) {
    RELIEF_ASSIGN_OR_RETURN(auto rows, store.Scan(schema::kAuditPrefix, next, kPage));
    for (const storage::KeyRow& row : rows) {
      const int64_t expected = last.sequence() + 1;
      audit::Entry entry;
      if (!entry.ParseFromString(row.row.value)) return Broken(expected, "damaged");
      if (entry.sequence() != expected || row.key != schema::AuditRow(expected))
        return Broken(expected, "missing");
      if (entry.previous_hash() != last.hash()) return Broken(expected, "does not follow the one before");
      if (entry.hash().empty() || entry.hash() != AuditHash(entry)) return Broken(expected, "was changed");
      while (next_head < heads->size()) {
        audit::Head head;
        if (!head.ParseFromString((*heads)[next_head].row.value))
          return Broken(expected, "its signed head is damaged");
        if (head.sequence() > entry.sequence()) break;
        if (head.sequence() == entry.sequence() && head.entry_hash() != entry.hash())
          return Broken(expected, "is not the one that was signed");
        if (++next_head < heads->size()) continue;
        heads = store.Scan(audit_rows::kHeadPrefix, audit_rows::HeadRow(head.sequence() + 1), kPage);
        if (!heads.ok()) return heads.status();
        next_head = 0;
      }
      last = std::move(entry);
    }
    if (rows.size() < kPage) break;
    next = rows.back().key + std::string(1, '\0');
  }
  RELIEF_ASSIGN_OR_RETURN(auto head, ReadRow<audit::Entry>(store, schema::kAuditHeadRow));
  if (head.sequence() != last.sequence() || head.hash() != last.hash() || next_head < heads->size())
    return Broken(last.sequence() + 1, "missing");
  return last.sequence() - beginning.sequence();
}

}  // namespace relief::server::audit
