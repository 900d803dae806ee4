// How a hub begins: the store's format is looked at, and rows that were derived by something else than what
// runs now are made again.
#include <openssl/rand.h>

#include "server/base/log.h"
#include "server/base/stored_row.h"
#include "server/core/hub.h"
#include "server/core/schema.h"
#include "server/findings/report_rows.h"
#include "server/ingest/account_index.h"
#include "server/records/identity_mapping.h"
#include "server/review/work_items.h"

namespace relief::server::core {
namespace {

constexpr size_t kRebuildPage = 2000;  // records resolved in one commit of a rebuild

// Only whoever has the store's files, and their key, can tell whose number a block key is of.
absl::Status KeepSecret(storage::Store& store) {
  matcher::BlockSecret secret;
  if (RAND_bytes(secret.data(), static_cast<int>(secret.size())) != 1)
    return absl::InternalError("no random numbers");
  storage::Transaction txn(store);
  if (absl::Status status = matcher::SetBlockSecret(txn, secret); !status.ok() || txn.empty()) return status;
  return txn.Commit().status();
}

}  // namespace

// Derived rows follow the records: where they were computed with something else than what runs now, they are
// made again. The basis is written last, so that an interrupted attempt begins again.
absl::Status Hub::PrepareStore() {
  storage::Transaction txn(*store_);
  auto basis = GetMessage<stored::Basis>(txn, schema::kBasisRow);
  if (!basis.ok()) return basis.status();
  if (!*basis)
    if (absl::Status status = KeepSecret(*store_); !status.ok()) return status;
  if (*basis && (*basis)->format() > schema::kFormat)
    return absl::FailedPreconditionError(
        "the data directory has format " + std::to_string((*basis)->format()) +
        ", which a newer version of this program wrote; this one reads up to format " +
        std::to_string(schema::kFormat));
  if (*basis && (*basis)->format() < schema::kFormat) {
    if (!options_.may_upgrade)
      return absl::FailedPreconditionError(
          "the data directory has format " + std::to_string((*basis)->format()) +
          ", this program writes format " + std::to_string(schema::kFormat) +
          ": back it up with the program that wrote it, then start once with --upgrade");
    Log(LogLevel::kWarn, "hub.upgrading",
        {{"from_format", std::to_string((*basis)->format())},
         {"to_format", std::to_string(schema::kFormat)}});
  }
  const bool index_current = !*basis || ((*basis)->format() == schema::kFormat &&
                                         (*basis)->model_version() == resolver_.model().version());
  const bool same_rules = *basis && index_current && (*basis)->rules_fingerprint() == rules_->fingerprint();
  const auto judged_for = *basis ? records::ToCivilDate((*basis)->as_of_date()) : std::nullopt;
  if (same_rules && judged_for == as_of_) return absl::OkStatus();
  if (!index_current)
    if (absl::Status status = RebuildIndex(); !status.ok()) return status;
  Sweep sweep;
  // Days went by: the timers know who is concerned. They do not run backwards.
  sweep.due_only = same_rules && judged_for && *judged_for < as_of_;
  for (bool last = false; !last;) {
    auto page = SweepPage(sweep);
    if (!page.ok()) return page.status();
    last = *page;
  }
  return absl::OkStatus();
}

// Another model may make other persons: what they were until now stays known.
absl::Status Hub::RememberAllPersons() {
  const int64_t now_us = options_.clock();
  std::optional<matcher::PersonId> after;
  while (true) {
    auto persons = matcher::ListPersons(*store_, after, kRebuildPage);
    if (!persons.ok()) return persons.status();
    if (persons->empty()) return absl::OkStatus();
    after = persons->back();
    storage::Transaction txn(*store_);
    for (const matcher::PersonId& person : *persons) {
      auto members = matcher::MembersOf(*store_, person);
      if (!members.ok()) return members.status();
      stored::PersonPast past;
      for (const matcher::RecordKey& record : *members) past.mutable_records()->append(record.view());
      txn.Put(schema::PersonPastRow(person, now_us), past.SerializeAsString());
    }
    if (auto version = txn.Commit(); !version.ok()) return version.status();
  }
}

absl::Status Hub::RebuildIndex() {
  if (absl::Status status = findings::RemakeReportRows(*store_); !status.ok()) return status;
  if (absl::Status status = RememberAllPersons(); !status.ok()) return status;
  for (bool empty = false; !empty;) {
    storage::Transaction txn(*store_);
    auto cleared = matcher::ClearIndex(txn, kRebuildPage * 10);
    if (!cleared.ok()) return cleared.status();
    empty = *cleared;
    auto accounts = txn.Scan(schema::kAccountPrefix, {}, kRebuildPage);
    if (!accounts.ok()) return accounts.status();
    for (const storage::KeyRow& row : *accounts) txn.Delete(row.key);
    empty = empty && accounts->empty();
    auto counters = GetMessage<stored::Counters>(txn, schema::kCountersRow);
    if (!counters.ok()) return counters.status();
    stored::Counters fresh = counters->value_or(stored::Counters());
    fresh.set_persons(0);
    fresh.set_open_conflicts(0);
    txn.Put(schema::kCountersRow, fresh.SerializeAsString());
    if (auto version = txn.Commit(); !version.ok()) return version.status();
  }
  if (absl::Status status = KeepSecret(*store_); !status.ok()) return status;
  const auto secret = matcher::ReadBlockSecret(*store_);
  if (!secret.ok()) return secret.status();
  std::string next;
  while (true) {
    auto rows = store_->Scan(schema::kAllSourceRecordsPrefix, next, kRebuildPage);
    if (!rows.ok()) return rows.status();
    if (rows->empty()) break;
    next = rows->back().key + std::string(1, '\0');
    std::vector<matcher::RecordKey> keys;
    std::vector<std::string> record_rows;
    for (const storage::KeyRow& row : *rows) {
      const auto decoded = schema::DecodeSourceRecord(row.row.value);
      if (!decoded) return absl::DataLossError("a row of the hub is damaged");
      keys.push_back(decoded->key);
      record_rows.push_back(schema::RecordRow(decoded->key));
    }
    auto records = store_->MultiGet(record_rows);
    if (!records.ok()) return records.status();
    std::vector<matcher::Change> changes;
    std::vector<std::string> accounts;
    for (size_t i = 0; i < keys.size(); ++i) {
      stored::Record record;
      if (!record.ParseFromString((*records)[i].value))
        return absl::DataLossError("a row of the hub is damaged");
      if (records::IsLive(record)) changes.push_back(records::ToChange(keys[i], record));
      if (const auto account = ingest::AccountOf(record, *secret))
        accounts.push_back(schema::AccountRow(*account, keys[i]));
    }
    storage::Transaction txn(*store_);
    for (const std::string& account : accounts) txn.Put(account, "");
    auto counters = GetMessage<stored::Counters>(txn, schema::kCountersRow);
    if (!counters.ok()) return counters.status();
    WriteContext context(txn, options_.clock(), as_of_, resolver_);
    context.counters_ = counters->value_or(stored::Counters());
    context.remember_ = false;
    if (absl::Status status = context.ApplyIdentities(changes); !status.ok()) return status;
    txn.Put(schema::kCountersRow, context.counters_.SerializeAsString());
    if (auto version = txn.Commit(); !version.ok()) return version.status();
  }
  // Cases of conflicts that this model does not see; the sweep that follows opens the new ones.
  for (std::string after;;) {
    storage::Transaction txn(*store_);
    auto next_page = review::CloseGoneWorkItems(txn, options_.clock(), after, kRebuildPage);
    if (!next_page.ok()) return next_page.status();
    if (auto version = txn.Commit(); !version.ok()) return version.status();
    if (next_page->empty()) return absl::OkStatus();
    after = *next_page;
  }
}

}  // namespace relief::server::core
