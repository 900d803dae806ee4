// Pushes batches to the hub and survives broken streams.
//
// Promise: every batch that Send took is either acknowledged, or the error says that it may not be: after a
// broken stream the client opens a new one and sends again, in order, all that was not acknowledged. What the
// hub had applied already comes back as duplicate, so nothing is lost and nothing counts twice.
//
// At most `in_flight` batches wait for their acknowledgement, and never more than the hub allows: gRPC itself
// would buffer without bound.
//
// One thread calls; the acknowledgement handler runs on a thread of the client's own, one call at a time.
#pragma once

#include <grpcpp/client_context.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "relief/v1/feed_service.grpc.pb.h"

namespace relief::adapters {

class FeedClient {
 public:
  struct Options {
    v1::Open open;
    int in_flight = 4;
    std::chrono::milliseconds retry_for{60'000};      // without any progress
    std::chrono::milliseconds first_delay{100};       // doubled up to 5 s
    std::chrono::milliseconds answer_within{60'000};  // a hub that is silent for longer counts as gone
    bool snapshot = false;
    std::optional<v1::Month> list_month;  // the month that the snapshot is the list of
    std::string continued_snapshot;       // the snapshot that another client left open, to go on with
    bool send_known = false;              // even a content that the source has (Opened.content_known)
  };

  // What becomes of the snapshot when everything was sent.
  enum class SnapshotEnd { kCommit, kAbort, kLeaveOpen };

  struct Sent {
    v1::Batch batch;             // batch_id is set by Send
    std::vector<int64_t> lines;  // of each record in the file that it comes from
  };

  using AckHandler = std::function<void(const v1::BatchAck&, const Sent&)>;

  FeedClient(v1::FeedService::StubInterface& stub, Options options, AckHandler on_ack);
  ~FeedClient();  // cancels what is under way
  FeedClient(const FeedClient&) = delete;
  FeedClient& operator=(const FeedClient&) = delete;

  // Opens the stream and, for a snapshot, begins it. A snapshot that an earlier run left open is given up
  // first: it would mention rows that are not in this file.
  absl::StatusOr<v1::Opened> Open();

  // Waits for room, then sends.
  absl::Status Send(Sent sent);

  // Waits for every acknowledgement, then says that the content was taken as a whole.
  absl::Status FinishContent(const std::string& digest);

  // Waits for every acknowledgement, and ends the snapshot if there is one. `unidentified_rows`: that were rejected and do not say
  // of which record.
  absl::StatusOr<std::optional<v1::SnapshotResult>> Finish(SnapshotEnd end = SnapshotEnd::kCommit,
                                                           int64_t unidentified_rows = 0);

  const std::string& snapshot_id() const { return snapshot_id_; }

  int reconnects() const { return reconnects_; }

 private:
  using Stream = grpc::ClientReaderWriterInterface<v1::PushRequest, v1::PushResponse>;

  absl::Status Connect();
  absl::Status OpenStream();
  absl::Status BeginSnapshot();
  bool KnownAndLeft();  // nothing of this content will be sent
  absl::Status Recover();
  absl::Status Disconnect();
  absl::Status WaitForAcknowledgements();
  absl::StatusOr<v1::SnapshotResult> EndSnapshot(bool commit, int64_t unidentified_rows);
  void ReadAnswers();
  void TakeAnswer(v1::PushResponse answer);
  bool Write(const v1::PushRequest& request);
  bool WaitFor(const std::function<bool()>& condition);  // false: the stream is broken

  v1::FeedService::StubInterface& stub_;
  const Options options_;
  const AckHandler on_ack_;
  int64_t next_batch_id_ = 1;
  int reconnects_ = 0;
  bool ending_ = false;  // the snapshot's end may have reached the hub
  std::string snapshot_id_;
  std::optional<std::chrono::steady_clock::time_point> broken_since_;

  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<Stream> stream_;
  std::thread reader_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool broken_ = false;         // guarded by mutex_, like all below
  std::string protocol_error_;  // an answer that fits nothing that was asked
  std::deque<Sent> pending_;
  int64_t answers_ = 0;
  bool progressed_ = false;
  std::optional<v1::Opened> opened_;
  std::optional<v1::SnapshotBegun> begun_;
  std::optional<v1::SnapshotResult> result_;
};

}  // namespace relief::adapters
