#include "server/audit/audit_keeper.h"

#include <chrono>
#include <string>

#include "server/audit/audit_entry.h"
#include "server/audit/audit_rows.h"
#include "server/audit/audit_witness.h"
#include "server/base/log.h"
#include "server/base/time.h"
#include "server/core/schema.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::audit {
namespace {

constexpr auto kTickEvery = std::chrono::seconds(1);
constexpr size_t kRemovePage = 500;  // entries of one commit
constexpr int64_t kSteadyUs = 6 * kHourUs;

template <typename Message>
absl::StatusOr<Message> ReadRow(const storage::Reader& reader, std::string_view key) {
  const std::string row(key);
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.MultiGet({&row, 1}));
  Message message;
  if (!message.ParseFromString(rows[0].value))
    return absl::DataLossError("a row of the audit chain is damaged");
  return message;
}

audit::Head HeadOf(const audit::Entry& entry, audit::Head::Kind kind) {
  audit::Head head;
  head.set_kind(kind);
  head.set_sequence(entry.sequence());
  head.set_entry_hash(entry.hash());
  head.set_entry_time_us(entry.time_us());
  return head;
}

}  // namespace

absl::StatusOr<AuditSettings> LoadAuditSettings(const config::Audit& audit) {
  AuditSettings settings;
  if (audit.digest() == config::Audit::SM3) settings.digest = audit::Entry::SM3;
  if (audit.sign_every_entries() < 0 || audit.sign_every_minutes() < 0)
    return absl::InvalidArgumentError("audit.sign_every_entries, audit.sign_every_minutes: not negative");
  if (audit.sign_every_entries() > 0) settings.sign_every_entries = audit.sign_every_entries();
  if (audit.sign_every_minutes() > 0) settings.sign_every_us = audit.sign_every_minutes() * kHourUs / 60;
  settings.witness_file = audit.witness_file();
  if (audit.retention_days() != 0) {
    if (audit.retention_days() < kLeastRetentionDays)
      return absl::InvalidArgumentError("audit.retention_days: at least " +
                                        std::to_string(kLeastRetentionDays) +
                                        ": what was given to others is kept for three years");
    settings.retention_us = audit.retention_days() * kDayUs;
  }
  if (!audit.signing_key_file().empty()) {
    auto key = AuditSigningKey::Load(audit.signing_key_file());
    if (!key.ok())
      return absl::Status(key.status().code(),
                          "audit.signing_key_file: " + std::string(key.status().message()));
    settings.key = *std::move(key);
  }
  return settings;
}

void AuditKeeper::Start() {
  thread_ = std::thread([this] {
    absl::StatusCode last = absl::StatusCode::kOk;
    std::unique_lock lock(mutex_);
    while (!stop_changed_.wait_for(lock, kTickEvery, [this] { return stop_; })) {
      lock.unlock();
      const auto removed = Tick();
      // Told once, not every second.
      if (!removed.ok() && removed.status().code() != last)
        Log(LogLevel::kError, "audit.failed", {{"message", std::string(removed.status().message())}});
      last = removed.status().code();
      lock.lock();
    }
  });
}

void AuditKeeper::Stop() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stop_changed_.notify_all();
  if (!thread_.joinable()) return;
  thread_.join();
  for (const absl::Status& status : {SignNow(), Remember()})
    if (!status.ok()) Log(LogLevel::kError, "audit.failed", {{"message", std::string(status.message())}});
}

absl::Status AuditKeeper::Remember() {
  if (settings_.witness_file.empty()) return absl::OkStatus();
  RELIEF_ASSIGN_OR_RETURN(auto entry, ReadRow<audit::Entry>(hub_.store(), schema::kAuditHeadRow));
  if (entry.sequence() == remembered_) return absl::OkStatus();
  RELIEF_RETURN_IF_ERROR(WriteWitness(entry, settings_.witness_file));
  remembered_ = entry.sequence();
  return absl::OkStatus();
}

absl::Status AuditKeeper::SignNow() { return SignIfDue(hub_.Now(), true); }

absl::StatusOr<int64_t> AuditKeeper::Tick() {
  const int64_t now_us = hub_.Now();
  const bool steady = ClockIsSteady(now_us);
  RELIEF_RETURN_IF_ERROR(SignIfDue(now_us, false));
  RELIEF_RETURN_IF_ERROR(Remember());
  if (!steady || !settings_.key) return int64_t{0};
  return RemovePage(now_us);
}

bool AuditKeeper::ClockIsSteady(int64_t now_us) {
  if (last_tick_us_ == 0 || now_us < last_tick_us_ || now_us - last_tick_us_ > kHourUs)
    steady_since_us_ = now_us;
  last_tick_us_ = now_us;
  return now_us - steady_since_us_ >= kSteadyUs;
}

absl::Status AuditKeeper::SignIfDue(int64_t now_us, bool at_once) {
  if (!settings_.key) return absl::OkStatus();
  std::lock_guard lock(signing_);
  const auto& store = hub_.store();
  RELIEF_ASSIGN_OR_RETURN(auto entry, ReadRow<audit::Entry>(store, schema::kAuditHeadRow));
  RELIEF_ASSIGN_OR_RETURN(auto newest, ReadRow<audit::Head>(store, audit_rows::kNewestHeadRow));
  const int64_t unsigned_entries = entry.sequence() - newest.sequence();
  // A clock that was set back must not stop the signing.
  const bool time_passed = now_us - newest.time_us() >= settings_.sign_every_us || now_us < newest.time_us();
  if (unsigned_entries == 0 || !(at_once || time_passed || unsigned_entries >= settings_.sign_every_entries))
    return absl::OkStatus();
  audit::Head head = HeadOf(entry, audit::Head::HEAD);
  RELIEF_RETURN_IF_ERROR(settings_.key->Sign(now_us, &head));
  return hub_
      .Write([&head](core::WriteContext& context) -> absl::Status {
        // Another keeper of the same store may have signed further meanwhile: heads never go back.
        RELIEF_ASSIGN_OR_RETURN(auto now, ReadRow<audit::Head>(storage::TransactionReader(context.txn),
                                                               audit_rows::kNewestHeadRow));
        if (now.sequence() >= head.sequence()) return absl::OkStatus();
        context.txn.Put(audit_rows::HeadRow(head.sequence()), head.SerializeAsString());
        context.txn.Put(audit_rows::kNewestHeadRow, head.SerializeAsString());
        return absl::OkStatus();
      })
      .status();
}

absl::StatusOr<int64_t> AuditKeeper::RemovePage(int64_t now_us) {
  const auto snapshot = hub_.store().Snapshot();
  RELIEF_ASSIGN_OR_RETURN(auto rows, snapshot->Scan(schema::kAuditPrefix, "", kRemovePage));
  std::vector<std::string> gone;
  audit::Entry last;
  for (const storage::KeyRow& row : rows) {
    audit::Entry entry;
    if (!entry.ParseFromString(row.row.value))
      return absl::DataLossError("a row of the audit chain is damaged");
    if (now_us - entry.time_us() < settings_.retention_us) break;
    gone.push_back(row.key);
    gone.push_back(audit_rows::ListRow(entry.sequence()));
    for (size_t at = 0; at + matcher::RecordKey::kSize <= entry.records().size();
         at += matcher::RecordKey::kSize)
      gone.push_back(audit_rows::RecordRow(matcher::RecordKey::FromBytes(entry.records().data() + at),
                                           entry.sequence()));
    last = std::move(entry);
  }
  if (gone.empty()) return int64_t{0};
  RELIEF_ASSIGN_OR_RETURN(auto heads, snapshot->Scan(audit_rows::kHeadPrefix, "", kRemovePage));
  for (const storage::KeyRow& row : heads)
    if (row.key <= audit_rows::HeadRow(last.sequence())) gone.push_back(row.key);
  RELIEF_ASSIGN_OR_RETURN(auto before, ReadRow<audit::Head>(*snapshot, audit_rows::kBeginningRow));
  audit::Head beginning = HeadOf(last, audit::Head::BEGINNING);
  RELIEF_RETURN_IF_ERROR(settings_.key->Sign(now_us, &beginning));
  int64_t removed = 0;
  auto written = hub_.Write([&](core::WriteContext& context) -> absl::Status {
    // Entries never change, so all that was read above holds unless somebody has removed entries meanwhile.
    RELIEF_ASSIGN_OR_RETURN(
        auto now, ReadRow<audit::Head>(storage::TransactionReader(context.txn), audit_rows::kBeginningRow));
    removed = 0;
    if (now.sequence() != before.sequence()) return absl::OkStatus();
    removed = last.sequence() - before.sequence();
    for (const std::string& key : gone) context.txn.Delete(key);
    context.txn.Put(audit_rows::kBeginningRow, beginning.SerializeAsString());
    context.Audit({"local", "audit.retention", "", "", "", "entries=" + std::to_string(removed)});
    return absl::OkStatus();
  });
  if (!written.ok()) return written.status();
  if (removed == 0) return removed;
  Log(LogLevel::kInfo, "audit.removed",
      {{"entries", std::to_string(removed)}, {"up_to", std::to_string(last.sequence())}});
  return removed;
}

}  // namespace relief::server::audit
