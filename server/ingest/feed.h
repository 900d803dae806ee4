// Feeds in: validates records, orders them by (source, record id, version), hands them to the hub's writer,
// and answers what became of each. Everything that gRPC's FeedService promises
// (proto/relief/v1/feed_service.proto) is done here.
//
// Every function may be called from any thread. Errors name the record and the field, never a value.
#pragma once

#include <functional>
#include <future>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "relief/v1/feed_service.pb.h"
#include "server/core/hub.h"

namespace relief::server::ingest {

// In core::Features.
struct FeedSettings {
  bool auto_register_sources = false;
  int shrink_limit_percent = 20;  // a full load that would end more of a source is held
  // Asked before a batch is taken: RESOURCE_EXHAUSTED refuses it. Nothing: every batch is taken.
  std::function<absl::Status()> admit = {};
};

// Limits of one record and one batch.
inline constexpr int kMaxBatchRecords = 2000;
inline constexpr int kMaxBatchesInFlight = 8;

// Why a record cannot be accepted; empty if it can.
std::vector<v1::FieldError> ValidateRecord(const v1::Source& source, const v1::Record& record);

// Checks that `actor` may push to the source that `open` names, and registers it if the hub registers by
// itself. INVALID_ARGUMENT, NOT_FOUND, PERMISSION_DENIED (another agency's source), FAILED_PRECONDITION
// (registered otherwise).
absl::StatusOr<v1::Source> OpenSource(core::Hub& hub, const v1::Open& open, const std::string& actor);

// The same with all that a sender is told: the limits, the key of record ids, and whether the content is known.
absl::StatusOr<v1::Opened> OpenFeed(core::Hub& hub, const v1::Open& open, const std::string& actor);
// What it would be told, and registers nothing.
absl::StatusOr<v1::Opened> LookAtFeed(core::Hub& hub, const v1::Open& open, const std::string& actor);

// Registers a source or changes its owner (configuration).
absl::Status RegisterSource(core::Hub& hub, const v1::Source& source, const std::string& owner);

// Validates and normalises on the caller's thread, then queues. The future is ready once the batch is
// durable. INVALID_ARGUMENT: too many records; RESOURCE_EXHAUSTED: no room on the disk or in memory; nothing
// is applied.
// `load_id`: of the load that it belongs to (server/ingest/loads.h); empty: a feed of its own. `known`: it is of a content that
// the source has as a whole (v1::Opened.content_known): it says who is on a list, and what differs from it is newer.
std::future<absl::StatusOr<v1::BatchAck>> SubmitBatch(core::Hub& hub, const v1::Source& source,
                                                      v1::Batch batch, const std::string& actor,
                                                      const std::string& load_id = "", bool known = false);

// INVALID_ARGUMENT: not a month.
absl::StatusOr<v1::SnapshotBegun> BeginSnapshot(core::Hub& hub, const std::string& source_id,
                                                const std::string& actor,
                                                const v1::BeginSnapshot& begin = {});
absl::StatusOr<v1::SnapshotResult> CommitSnapshot(core::Hub& hub, const std::string& source_id,
                                                  const v1::CommitSnapshot& commit, const std::string& actor,
                                                  const std::string& load_id = "");
inline absl::StatusOr<v1::SnapshotResult> CommitSnapshot(core::Hub& hub, const std::string& source_id,
                                                         const std::string& snapshot_id,
                                                         const std::string& actor) {
  v1::CommitSnapshot commit;
  commit.set_snapshot_id(snapshot_id);
  return CommitSnapshot(hub, source_id, commit, actor);
}
absl::StatusOr<v1::SnapshotResult> AbortSnapshot(core::Hub& hub, const std::string& source_id,
                                                 const std::string& snapshot_id, const std::string& actor);
absl::StatusOr<v1::SnapshotResult> ConfirmSnapshot(core::Hub& hub, const v1::ConfirmSnapshotRequest& request,
                                                   const std::string& actor);

absl::StatusOr<v1::Source> GetSource(const storage::Reader& reader, const std::string& source_id);
// Whether the source has taken a content as a whole (v1::Opened.content_known); a source that the hub does not know has none.
absl::StatusOr<bool> KnowsContent(const storage::Reader& reader, const std::string& source_id,
                                  const std::string& digest);
absl::StatusOr<v1::ListSourcesResponse> ListSources(const storage::Reader& reader,
                                                    const v1::ListSourcesRequest& request);

}  // namespace relief::server::ingest
