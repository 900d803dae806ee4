// The regular work on the audit chain: heads are signed as it grows, and entries whose time has passed are
// removed.
//
// On a thread of its own, beside the writer: a signature is made while nobody waits for it, and then written
// as any other work. Without a key nothing is signed, and so nothing is removed: a chain that begins
// somewhere must say so with a signature.
//
// It also remembers the newest entry in a file outside of the data directory (audit_witness.h), within a second.
//
// It trusts the hub's clock, but not at once: after a start, or a step of the clock of more than an hour,
// nothing is removed until the clock has run steadily for a while, so that an operator can set it right.
//
// Tick is for the thread and for tests, one caller at a time; the others may be called from any thread.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "absl/status/statusor.h"
#include "server/audit/audit_key.h"
#include "server/base/time.h"
#include "server/config/config.pb.h"
#include "server/core/hub.h"

namespace relief::server::audit {

struct AuditSettings {
  audit::Entry::Digest digest = audit::Entry::SHA_256;
  std::optional<AuditSigningKey> key;
  int64_t sign_every_entries = 1000;
  int64_t sign_every_us = 10 * kMinuteUs;
  std::string witness_file;  // audit_witness.h; empty: none
  int64_t retention_us = 1100 * kDayUs;
};

// INVALID_ARGUMENT names the setting; the key's own errors.
absl::StatusOr<AuditSettings> LoadAuditSettings(const config::Audit& audit);

class AuditKeeper {
 public:
  AuditKeeper(core::Hub& hub, AuditSettings settings) : hub_(hub), settings_(std::move(settings)) {}
  ~AuditKeeper() { Stop(); }

  void Start();
  // Signs once more what was not.
  void Stop();

  // Signs the newest entry now, if it is not signed. Does nothing without a key.
  absl::Status SignNow();

  // One step: signs if it is time to, removes at most a page of entries. Returns how many were removed.
  absl::StatusOr<int64_t> Tick();

 private:
  absl::Status SignIfDue(int64_t now_us, bool at_once);
  absl::Status Remember();
  absl::StatusOr<int64_t> RemovePage(int64_t now_us);
  bool ClockIsSteady(int64_t now_us);

  core::Hub& hub_;
  const AuditSettings settings_;
  int64_t last_tick_us_ = 0, steady_since_us_ = 0, remembered_ = 0;
  std::mutex signing_;  // one head at a time
  std::mutex mutex_;
  std::condition_variable stop_changed_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace relief::server::audit
