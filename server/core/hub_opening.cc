// How a hub begins: the store's format is looked at, and rows that were derived by something else than what
// runs now are made again.
#include <openssl/rand.h>

#include "absl/functional/function_ref.h"
#include "server/base/log.h"
#include "server/core/hub.h"
#include "server/core/schema.h"
#include "server/records/identity_mapping.h"
#include "storage/key_encoding.h"
#include "storage/message_row.h"
#include "storage/run_transaction.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::core {
namespace {

constexpr size_t kRebuildPage = 2000;  // records resolved in one commit of a rebuild

// One commit of the opening. It is begun again where another hub on the same store came between.
absl::Status Step(storage::Store& store, absl::FunctionRef<absl::Status(storage::Transaction&)> work) {
  const auto attempt = [&](storage::Transaction& txn) -> absl::StatusOr<storage::Version> {
    RELIEF_RETURN_IF_ERROR(work(txn));
    if (txn.empty()) return txn.read_at();
    return txn.Commit();
  };
  return storage::RunTransaction(store, {}, attempt).status();
}

// Without the store's files and their key nobody can find the number behind a block key.
absl::Status KeepSecret(storage::Store& store) {
  matcher::BlockSecret secret;
  if (RAND_bytes(secret.data(), static_cast<int>(secret.size())) != 1)
    return absl::InternalError("no random numbers");
  return Step(store, [&](storage::Transaction& txn) { return matcher::SetBlockSecret(txn, secret); });
}

absl::Status DamagedRow() { return absl::DataLossError("a row of the hub is damaged"); }

}  // namespace

// Derived rows follow the records: where they were computed with something else than what runs now, they are
// made again. The basis is written last, so that an interrupted attempt begins again.
absl::Status Hub::PrepareStore() {
  RELIEF_ASSIGN_OR_RETURN(const auto basis, storage::FindMessage<stored::Basis>(*store_, schema::kBasisRow));
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
    // What the new day changes may concern everybody.
    if (last && sweep_) {
      sweep = std::move(*sweep_);
      sweep_.reset();
      last = false;
    }
  }
  return absl::OkStatus();
}

// Another model may make other persons: what they were until now stays known.
absl::Status Hub::RememberAllPersons() {
  std::optional<matcher::PersonId> after, last;
  const auto remember_page = [&](storage::Transaction& txn) -> absl::Status {
    const storage::TransactionReader reader(txn);
    const int64_t now_us = CommitTime(txn);
    RELIEF_ASSIGN_OR_RETURN(const auto persons, matcher::ListPersons(reader, after, kRebuildPage));
    last = persons.empty() ? std::nullopt : std::optional(persons.back());
    for (const matcher::PersonId& person : persons) {
      RELIEF_ASSIGN_OR_RETURN(const auto members, matcher::MembersOf(reader, person));
      stored::PersonPast past;
      for (const matcher::RecordKey& record : members) past.mutable_records()->append(record.view());
      txn.Put(schema::PersonPastRow(person, now_us), past.SerializeAsString());
    }
    return absl::OkStatus();
  };
  do {
    RELIEF_RETURN_IF_ERROR(Step(*store_, remember_page));
    after = last;
  } while (last);
  return absl::OkStatus();
}

absl::Status Hub::RebuildIndex() {
  for (const auto& rows : options_.features.derived_rows()) RELIEF_RETURN_IF_ERROR(rows->Begin(*store_));
  RELIEF_RETURN_IF_ERROR(RememberAllPersons());
  bool empty = false;
  const auto clear_page = [&](storage::Transaction& txn) -> absl::Status {
    RELIEF_ASSIGN_OR_RETURN(empty, matcher::ClearIndex(txn, kRebuildPage * 10));
    for (const auto& rows : options_.features.derived_rows()) {
      RELIEF_ASSIGN_OR_RETURN(const bool cleared, rows->Clear(txn, kRebuildPage));
      empty = empty && cleared;
    }
    RELIEF_ASSIGN_OR_RETURN(auto counters,
                            storage::ReadMessageOrEmpty<stored::Counters>(txn, schema::kCountersRow));
    counters.set_persons(0);
    counters.set_open_conflicts(0);
    txn.Put(schema::kCountersRow, counters.SerializeAsString());
    return absl::OkStatus();
  };
  while (!empty) RELIEF_RETURN_IF_ERROR(Step(*store_, clear_page));
  RELIEF_RETURN_IF_ERROR(KeepSecret(*store_));
  RELIEF_RETURN_IF_ERROR(RebuildRecords());
  for (const auto& rows : options_.features.derived_rows()) {
    std::string after, next;
    const auto finish_page = [&](storage::Transaction& txn) -> absl::Status {
      RELIEF_ASSIGN_OR_RETURN(next, rows->Finish(txn, CommitTime(txn), after, kRebuildPage));
      return absl::OkStatus();
    };
    do {
      RELIEF_RETURN_IF_ERROR(Step(*store_, finish_page));
      after = next;
    } while (!after.empty());
  }
  return absl::OkStatus();
}

absl::Status Hub::RebuildRecords() {
  std::string from, next;
  const auto resolve_page = [&](storage::Transaction& txn) -> absl::Status {
    RELIEF_ASSIGN_OR_RETURN(const auto rows, txn.Scan(schema::kAllSourceRecordsPrefix, from, kRebuildPage));
    next = rows.empty() ? std::string() : storage::NextKey(rows.back().key);
    if (rows.empty()) return absl::OkStatus();
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
    return absl::OkStatus();
  };
  do {
    RELIEF_RETURN_IF_ERROR(Step(*store_, resolve_page));
    from = next;
  } while (!from.empty());
  return absl::OkStatus();
}

}  // namespace relief::server::core
