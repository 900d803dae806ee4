#include "adapters/feed_client.h"

#include <algorithm>
#include <utility>

#include "adapters/rpc_status.h"

namespace relief::adapters {
namespace {

constexpr std::chrono::milliseconds kLongestDelay{5'000};

bool WorthRetrying(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kInternal:  // a reset stream looks like this
      return true;
    default:
      return false;
  }
}

}  // namespace

FeedClient::FeedClient(v1::FeedService::StubInterface& stub, Options options, AckHandler on_ack)
    : stub_(stub),
      options_(std::move(options)),
      on_ack_(std::move(on_ack)),
      snapshot_id_(options_.continued_snapshot) {}

FeedClient::~FeedClient() {
  if (stream_ == nullptr) return;
  context_->TryCancel();
  Disconnect().IgnoreError();
}

absl::StatusOr<v1::Opened> FeedClient::Open() {
  if (auto status = Connect(); !status.ok()) {
    if (!WorthRetrying(status)) return status;
    if (status = Recover(); !status.ok()) return status;
  }
  std::lock_guard lock(mutex_);
  return *opened_;
}

absl::Status FeedClient::Send(Sent sent) {
  sent.batch.set_batch_id(next_batch_id_++);
  v1::PushRequest request;
  *request.mutable_batch() = sent.batch;
  while (!WaitFor([this] {
    return static_cast<int>(pending_.size()) <
           std::max(1, std::min(options_.in_flight, opened_->max_in_flight()));
  })) {
    if (auto status = Recover(); !status.ok()) return status;
  }
  {
    std::lock_guard lock(mutex_);
    pending_.push_back(std::move(sent));
  }
  return Write(request) ? absl::OkStatus() : Recover();
}

absl::Status FeedClient::WaitForAcknowledgements() {
  while (!WaitFor([this] { return pending_.empty(); })) {
    if (auto status = Recover(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status FeedClient::FinishContent(const std::string& digest) {
  if (auto status = WaitForAcknowledgements(); !status.ok()) return status;
  Sent last;
  last.batch.set_content_digest(digest);
  if (auto status = Send(std::move(last)); !status.ok()) return status;
  return WaitForAcknowledgements();
}

absl::StatusOr<std::optional<v1::SnapshotResult>> FeedClient::Finish(SnapshotEnd end,
                                                                     int64_t unidentified_rows) {
  if (auto status = WaitForAcknowledgements(); !status.ok()) return status;
  std::optional<v1::SnapshotResult> result;
  if (options_.snapshot && end != SnapshotEnd::kLeaveOpen) {
    auto ended = EndSnapshot(end == SnapshotEnd::kCommit, unidentified_rows);
    if (!ended.ok()) return ended.status();
    result = *std::move(ended);
  }
  stream_->WritesDone();
  // Everything is acknowledged: however the stream ends now, nothing is lost.
  Disconnect().IgnoreError();
  return result;
}

absl::StatusOr<v1::SnapshotResult> FeedClient::EndSnapshot(bool commit, int64_t unidentified_rows) {
  ending_ = true;
  while (true) {
    v1::PushRequest request;
    if (commit) {
      request.mutable_commit_snapshot()->set_snapshot_id(snapshot_id_);
      request.mutable_commit_snapshot()->set_unidentified_rows(unidentified_rows);
    } else {
      request.mutable_abort_snapshot()->set_snapshot_id(snapshot_id_);
    }
    if (Write(request) && WaitFor([this] { return result_.has_value(); })) {
      std::lock_guard lock(mutex_);
      return *result_;
    }
    if (auto status = Recover(); !status.ok()) return status;
    // The answer was lost, perhaps not the request. Sending it again to a snapshot begun anew would end
    // everything, so the source's own state decides.
    std::lock_guard lock(mutex_);
    const v1::Source& source = opened_->source();
    v1::SnapshotResult result;
    result.set_snapshot_id(snapshot_id_);
    if (source.open_snapshot_id() != snapshot_id_) {
      result.set_state(commit ? v1::SnapshotResult::COMMITTED : v1::SnapshotResult::DISCARDED);
      return result;
    }
    if (source.snapshot_held()) {
      result.set_state(v1::SnapshotResult::HELD);
      return result;
    }
  }
}

absl::Status FeedClient::Connect() {
  absl::Status status = OpenStream();
  if (status.ok() && options_.snapshot && !ending_ && !KnownAndLeft()) status = BeginSnapshot();
  if (status.ok()) {
    // Only this thread adds to pending_, and the acknowledgement of a batch cannot come before it is sent: a
    // copy of each request is taken because the reader may take the front away meanwhile.
    std::vector<v1::PushRequest> again;
    {
      std::lock_guard lock(mutex_);
      for (const Sent& sent : pending_) *again.emplace_back().mutable_batch() = sent.batch;
    }
    for (const v1::PushRequest& request : again) {
      if (!Write(request)) {
        status = absl::UnavailableError("the stream broke");
        break;
      }
    }
  }
  if (status.ok()) return status;
  bool ended_by_itself = false;
  {
    std::lock_guard lock(mutex_);
    ended_by_itself = broken_;
  }
  // Cancelling a stream that the hub has ended would hide why.
  if (!ended_by_itself) context_->TryCancel();
  const absl::Status ended = Disconnect();
  // A cancelled stream tells nothing: what went wrong before it was cancelled does.
  return ended.code() == absl::StatusCode::kCancelled ? status : ended;
}

bool FeedClient::KnownAndLeft() {
  std::lock_guard lock(mutex_);
  return opened_->content_known() && !options_.send_known;
}

absl::Status FeedClient::OpenStream() {
  {
    std::lock_guard lock(mutex_);
    broken_ = false;
    protocol_error_.clear();
    opened_.reset();
    begun_.reset();
    result_.reset();
  }
  context_ = std::make_unique<grpc::ClientContext>();
  stream_ = stub_.Push(context_.get());
  reader_ = std::thread([this] { ReadAnswers(); });
  v1::PushRequest request;
  *request.mutable_open() = options_.open;
  if (Write(request) && WaitFor([this] { return opened_.has_value(); })) return absl::OkStatus();
  return absl::UnavailableError("the hub does not answer");
}

absl::Status FeedClient::BeginSnapshot() {
  const auto begin = [this] {
    v1::PushRequest request;
    v1::BeginSnapshot& begun = *request.mutable_begin_snapshot();
    if (options_.list_month) *begun.mutable_list_month() = *options_.list_month;
    return Write(request) && WaitFor([this] { return begun_.has_value(); });
  };
  if (!begin()) return absl::UnavailableError("the stream broke");
  std::unique_lock lock(mutex_);
  if (!snapshot_id_.empty()) {
    if (begun_->snapshot_id() == snapshot_id_) return absl::OkStatus();
    return absl::FailedPreconditionError("somebody ended this snapshot meanwhile; load the file again");
  }
  if (begun_->resumed()) {
    v1::PushRequest request;
    request.mutable_abort_snapshot()->set_snapshot_id(begun_->snapshot_id());
    begun_.reset();
    lock.unlock();
    if (!Write(request) || !WaitFor([this] { return result_.has_value(); }) || !begin()) {
      return absl::UnavailableError("the stream broke");
    }
    lock.lock();
    result_.reset();
  }
  snapshot_id_ = begun_->snapshot_id();
  return absl::OkStatus();
}

absl::Status FeedClient::Recover() {
  absl::Status cause = Disconnect();
  auto delay = options_.first_delay;
  while (true) {
    {
      std::lock_guard lock(mutex_);
      if (progressed_) broken_since_.reset();
      progressed_ = false;
    }
    const auto now = std::chrono::steady_clock::now();
    if (!broken_since_) broken_since_ = now;
    if (!WorthRetrying(cause) || now + delay > *broken_since_ + options_.retry_for) return cause;
    std::this_thread::sleep_for(delay);
    delay = std::min(delay * 2, kLongestDelay);
    ++reconnects_;
    cause = Connect();
    if (cause.ok()) return cause;
  }
}

absl::Status FeedClient::Disconnect() {
  if (stream_ == nullptr) return absl::UnavailableError("the hub does not answer");
  if (reader_.joinable()) reader_.join();
  const absl::Status status = FromGrpc(stream_->Finish());
  stream_.reset();
  std::lock_guard lock(mutex_);
  broken_ = true;
  if (!protocol_error_.empty()) return absl::DataLossError(protocol_error_);
  return status.ok() ? absl::UnavailableError("the hub ended the stream") : status;
}

bool FeedClient::Write(const v1::PushRequest& request) {
  return stream_ != nullptr && stream_->Write(request);
}

bool FeedClient::WaitFor(const std::function<bool()>& condition) {
  std::unique_lock lock(mutex_);
  while (true) {
    if (broken_) return false;
    if (condition()) return true;
    const int64_t seen = answers_;
    if (!changed_.wait_for(lock, options_.answer_within, [&] { return broken_ || answers_ != seen; })) {
      context_->TryCancel();
      changed_.wait(lock, [&] { return broken_; });
    }
  }
}

void FeedClient::ReadAnswers() {
  v1::PushResponse answer;
  while (stream_->Read(&answer)) TakeAnswer(std::move(answer));
  std::lock_guard lock(mutex_);
  broken_ = true;
  changed_.notify_all();
}

void FeedClient::TakeAnswer(v1::PushResponse answer) {
  std::unique_lock lock(mutex_);
  switch (answer.message_case()) {
    case v1::PushResponse::kOpened:
      opened_ = std::move(*answer.mutable_opened());
      break;
    case v1::PushResponse::kSnapshotBegun:
      begun_ = std::move(*answer.mutable_snapshot_begun());
      break;
    case v1::PushResponse::kSnapshot:
      result_ = std::move(*answer.mutable_snapshot());
      break;
    case v1::PushResponse::kAck: {
      if (pending_.empty() || pending_.front().batch.batch_id() != answer.ack().batch_id()) {
        protocol_error_ = "the hub acknowledged a batch that was not next";
        context_->TryCancel();
        return;
      }
      // The batch stays pending while the handler runs: Finish must not return before every handler has.
      const Sent& sent = pending_.front();
      lock.unlock();
      on_ack_(answer.ack(), sent);
      lock.lock();
      pending_.pop_front();
      progressed_ = true;
      break;
    }
    case v1::PushResponse::MESSAGE_NOT_SET:
      break;  // something newer than this client
  }
  ++answers_;
  changed_.notify_all();
}

}  // namespace relief::adapters
