// How a hub begins: the store's format is looked at, and rows that were derived by something else than what
// runs now are made again.
#include <openssl/rand.h>

#include "server/base/log.h"
#include "server/base/stored_row.h"
#include "server/core/hub.h"
#include "server/core/schema.h"
#include "server/records/identity_mapping.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::core {
namespace {

constexpr size_t kRebuildPage = 2000;  // records resolved in one commit of a rebuild

// Only whoever has the store's files, and their key, can tell whose number a block key is of.
absl::Status KeepSecret(storage::Store& store) {
  matcher::BlockSecret secret;
  if (RAND_bytes(secret.data(), static_cast<int>(secret.size())) != 1)
    return absl::InternalError("no random numbers");
  storage::Transaction txn(store);
  RELIEF_RETURN_IF_ERROR(matcher::SetBlockSecret(txn, secret));
  return txn.empty() ? absl::OkStatus() : txn.Commit().status();
}

absl::Status DamagedRow() { return absl::DataLossError("a row of the hub is damaged"); }

}  // namespace

// Derived rows follow the records: where they were computed with something else than what runs now, they are
// made again. The basis is written last, so that an interrupted attempt begins again.
absl::Status Hub::PrepareStore() {
  storage::Transaction txn(*store_);
  RELIEF_ASSIGN_OR_RETURN(const auto basis, GetMessage<stored::Basis>(txn, schema::kBasisRow));
  if (!basis) RELIEF_RETURN_IF_ERROR(KeepSecret(*store_));
  if (basis && basis->format() > schema::kFormat)
    return absl::FailedPreconditionError(
        "the data directory has format " + std::to_string(basis->format()) +
        ", which a newer version of this program wrote; this one reads up to "
        "format " +
        std::to_string(schema::kFormat));
  if (basis && basis->format() < schema::kFormat) {
    if (!options_.may_upgrade)
      return absl::FailedPreconditionError(
          "the data directory has format " + std::to_string(basis->format()) +
          ", this program writes format " + std::to_string(schema::kFormat) +
          ": back it up with the program that wrote it, then start once with --upgrade");
    Log(LogLevel::kWarn, "hub.upgrading",
        {{"from_format", std::to_string(basis->format())}, {"to_format", std::to_string(schema::kFormat)}});
  }
  const bool index_current =
      !basis || (basis->format() == schema::kFormat && basis->model_version() == resolver_.model().version());
  const bool same_rules = basis && index_current && basis->rules_fingerprint() == rules_->fingerprint();
  const auto judged_for = basis ? records::ToCivilDate(basis->as_of_date()) : std::nullopt;
  if (same_rules && judged_for == as_of_) return absl::OkStatus();
  if (!index_current) RELIEF_RETURN_IF_ERROR(RebuildIndex());
  Sweep sweep;
  // Days went by: the timers know who is concerned. They do not run backwards.
  sweep.due_only = same_rules && judged_for && *judged_for < as_of_;
  for (bool last = false; !last;) {
    RELIEF_ASSIGN_OR_RETURN(last, SweepPage(sweep));
  }
  return absl::OkStatus();
}

// Another model may make other persons: what they were until now stays known.
absl::Status Hub::RememberAllPersons() {
  std::optional<matcher::PersonId> after;
  while (true) {
    storage::Transaction txn(*store_);
    const storage::TransactionReader reader(txn);
    const int64_t now_us = CommitTime(txn);
    RELIEF_ASSIGN_OR_RETURN(const auto persons, matcher::ListPersons(reader, after, kRebuildPage));
    if (persons.empty()) return absl::OkStatus();
    after = persons.back();
    for (const matcher::PersonId& person : persons) {
      RELIEF_ASSIGN_OR_RETURN(const auto members, matcher::MembersOf(reader, person));
      stored::PersonPast past;
      for (const matcher::RecordKey& record : members) past.mutable_records()->append(record.view());
      txn.Put(schema::PersonPastRow(person, now_us), past.SerializeAsString());
    }
    RELIEF_RETURN_IF_ERROR(txn.Commit().status());
  }
}

absl::Status Hub::RebuildIndex() {
  for (const auto& rows : options_.features.derived_rows()) RELIEF_RETURN_IF_ERROR(rows->Begin(*store_));
  RELIEF_RETURN_IF_ERROR(RememberAllPersons());
  for (bool empty = false; !empty;) {
    storage::Transaction txn(*store_);
    RELIEF_ASSIGN_OR_RETURN(empty, matcher::ClearIndex(txn, kRebuildPage * 10));
    for (const auto& rows : options_.features.derived_rows()) {
      RELIEF_ASSIGN_OR_RETURN(const bool cleared, rows->Clear(txn, kRebuildPage));
      empty = empty && cleared;
    }
    RELIEF_ASSIGN_OR_RETURN(const auto counters, GetMessage<stored::Counters>(txn, schema::kCountersRow));
    stored::Counters fresh = counters.value_or(stored::Counters());
    fresh.set_persons(0);
    fresh.set_open_conflicts(0);
    txn.Put(schema::kCountersRow, fresh.SerializeAsString());
    RELIEF_RETURN_IF_ERROR(txn.Commit().status());
  }
  RELIEF_RETURN_IF_ERROR(KeepSecret(*store_));
  RELIEF_RETURN_IF_ERROR(RebuildRecords());
  for (const auto& rows : options_.features.derived_rows()) {
    std::string after;
    do {
      storage::Transaction txn(*store_);
      RELIEF_ASSIGN_OR_RETURN(after, rows->Finish(txn, CommitTime(txn), after, kRebuildPage));
      if (!txn.empty()) RELIEF_RETURN_IF_ERROR(txn.Commit().status());
    } while (!after.empty());
  }
  return absl::OkStatus();
}

absl::Status Hub::RebuildRecords() {
  std::string next;
  while (true) {
    storage::Transaction txn(*store_);
    RELIEF_ASSIGN_OR_RETURN(const auto rows, txn.Scan(schema::kAllSourceRecordsPrefix, next, kRebuildPage));
    if (rows.empty()) return absl::OkStatus();
    next = rows.back().key + std::string(1, '\0');
    std::vector<matcher::RecordKey> keys;
    std::vector<std::string> record_rows;
    for (const storage::KeyRow& row : rows) {
      const auto decoded = schema::DecodeSourceRecord(row.row.value);
      if (!decoded) return DamagedRow();
      keys.push_back(decoded->key);
      record_rows.push_back(schema::RecordRow(decoded->key));
    }
    RELIEF_ASSIGN_OR_RETURN(const auto values, txn.MultiGet(record_rows));
    std::vector<stored::Record> records(keys.size());
    std::vector<DerivedRows::KeyedRecord> keyed;
    std::vector<matcher::Change> changes;
    for (size_t i = 0; i < keys.size(); ++i) {
      if (!records[i].ParseFromString(values[i].value)) return DamagedRow();
      keyed.push_back({keys[i], records[i]});
      if (records::IsLive(records[i])) changes.push_back(records::ToChange(keys[i], records[i]));
    }
    for (const auto& derived : options_.features.derived_rows())
      RELIEF_RETURN_IF_ERROR(derived->Add(txn, keyed));
    const auto rules = this->rules();
    WriteContext context(txn, CommitTime(txn), as_of_, resolver_, options_.features, *rules);
    context.remember_ = false;
    RELIEF_RETURN_IF_ERROR(context.Begin());
    RELIEF_RETURN_IF_ERROR(context.ApplyIdentities(changes));
    context.StoreCounters();
    RELIEF_RETURN_IF_ERROR(txn.Commit().status());
  }
}

}  // namespace relief::server::core
