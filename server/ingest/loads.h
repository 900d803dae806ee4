// Loads: several feeds that are one unit (proto/relief/v1/feed_service.proto, BeginLoad).
//
// What a load sends is applied and durable as it is acknowledged; whom it touches waits for its end to be judged
// (server/findings/load_waiting.h), so a crash loses nothing: the load is still open afterwards, and its sender or the keeper
// ends it. A dry run is kept in memory, bounded, and looked at in a transaction that is thrown away.
//
// Every function may be called from any thread, unless it takes a transaction.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "relief/v1/feed_service.pb.h"
#include "server/core/hub.h"
#include "server/findings/finding_listener.h"
#include "server/records/stored.pb.h"
#include "storage/transaction.h"

namespace relief::server::ingest {

class LoadDesk;

// In core::Features.
struct LoadSettings {
  std::shared_ptr<LoadDesk> desk;                          // what is known of streams; one for each hub
  std::chrono::seconds silence = std::chrono::minutes(5);  // a load without streams is ended after this
  std::chrono::seconds longest = std::chrono::hours(2);    // and any load after this
};
LoadSettings NewLoadSettings();

inline constexpr size_t kMostOpenLoads = 32;
inline constexpr int64_t kMostForeseen = 20'000;  // records that one dry run looks at

absl::StatusOr<v1::Load> BeginLoad(core::Hub& hub, const v1::BeginLoadRequest& request,
                                   const std::string& actor);
absl::StatusOr<v1::LoadResult> EndLoad(core::Hub& hub, const v1::EndLoadRequest& request,
                                       const std::string& actor);

// A stream's part in a load, from open to its end. While there is one, the load is not silent.
class LoadPart {
 public:
  // An empty id: of no load. NOT_FOUND: the caller has no such load. FAILED_PRECONDITION: it has ended.
  static absl::StatusOr<std::unique_ptr<LoadPart>> Join(core::Hub& hub, const std::string& load_id,
                                                        const std::string& actor);
  ~LoadPart();
  LoadPart(const LoadPart&) = delete;
  LoadPart& operator=(const LoadPart&) = delete;

  const std::string& load_id() const { return load_id_; }
  bool dry_run() const { return dry_run_; }

  // Of a dry run. Requires: dry_run(). The acknowledgement says what is refused for its form; the rest is told at the end.
  absl::StatusOr<v1::Opened> Open(const v1::Open& open);
  v1::BatchAck Take(const v1::Source& source, v1::Batch batch, bool known);
  absl::StatusOr<v1::SnapshotBegun> BeginSnapshot(const v1::Source& source, const v1::BeginSnapshot& begin);
  v1::SnapshotResult EndSnapshot(const v1::Source& source, bool commit);

 private:
  LoadPart(core::Hub& hub, std::string load_id, std::string actor, bool dry_run)
      : hub_(hub), load_id_(std::move(load_id)), actor_(std::move(actor)), dry_run_(dry_run) {}

  core::Hub& hub_;
  const std::string load_id_, actor_;
  const bool dry_run_;
};

// In the work that applies a batch, or commits a snapshot, of the load; an empty id is none. FAILED_PRECONDITION: it has ended.
absl::Status CountInLoad(storage::Transaction& txn, const std::string& load_id, bool foresee,
                         const v1::BatchAck& ack, stored::Source* source);
absl::Status CountEnded(storage::Transaction& txn, const std::string& load_id, const std::string& source_id,
                        int64_t ended);

// Counts by rule what the end of a load opens and closes, in the same commit.
class LoadCount final : public findings::FindingListener {
 public:
  absl::Status Follow(core::WriteContext& context,
                      std::span<const findings::WrittenFinding> written) const override;
};

// Ends the loads that nobody ends, on a thread of its own.
class LoadKeeper {
 public:
  explicit LoadKeeper(core::Hub& hub) : hub_(hub) {}
  ~LoadKeeper();

  void Start();
  // Ends what is due by now.
  void EndDue();

 private:
  core::Hub& hub_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace relief::server::ingest
