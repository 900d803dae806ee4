#include <grpcpp/support/method_handler.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <deque>
#include <thread>

#include "relief/v1/feed_service.grpc.pb.h"
#include "server/base/log.h"
#include "server/findings/feed_rows.h"
#include "server/ingest/feed.h"
#include "server/ingest/loads.h"
#include "server/ingest/rejections.h"
#include "server/network/message_parts.h"
#include "server/network/transport.h"
#include "server/rpc/answer.h"
#include "server/rpc/services.h"

namespace relief::server::rpc {
namespace {

// Of bytes, so that what a message would take is known before it takes it.
using Stream = grpc::ServerReaderWriter<v1::PushResponse, grpc::ByteBuffer>;
using Pending = std::future<absl::StatusOr<v1::PushResponse>>;

// One stream: this thread reads and queues, another writes the answers in order. No more than
// kMaxBatchesInFlight wait.
//
// What goes wrong on the reading thread ends the stream with its status. A batch that fails later can only
// cancel the call, since a read is under way then: the sender opens again and learns the reason from that.
class PushStream {
 public:
  PushStream(core::Hub& hub, Stream& stream, grpc::ServerContext& context, std::string caller)
      : hub_(hub), stream_(stream), context_(context), caller_(std::move(caller)) {}

  absl::Status Run() {
    std::thread writer([this] { WriteAnswers(); });
    grpc::ByteBuffer bytes;
    v1::PushRequest request;
    absl::Status refused;
    while (refused.ok() && stream_.Read(&bytes)) {
      if (refused = Read(bytes, &request); !refused.ok()) break;
      if (!WaitForRoom()) break;
      auto answer = Handle(request);
      if (answer.ok()) {
        Queue(*std::move(answer));
      } else {
        refused = answer.status();
      }
    }
    {
      std::lock_guard lock(mutex_);
      reading_done_ = true;
    }
    changed_.notify_all();
    writer.join();
    return refused.ok() ? failure_ : refused;
  }

 private:
  static absl::Status Read(grpc::ByteBuffer& bytes, v1::PushRequest* request) {
    grpc::ProtoBufferReader first(&bytes);
    if (absl::Status status = network::CheckMessageParts(*v1::PushRequest::descriptor(), &first);
        !status.ok())
      return status;
    grpc::ProtoBufferReader second(&bytes);
    return request->ParseFromZeroCopyStream(&second) ? absl::OkStatus() : WhyUnread(*request);
  }

  // It has been read up to the place.
  static absl::Status WhyUnread(const v1::PushRequest& request) {
    if (!request.has_batch() || request.batch().records().empty())
      return absl::InvalidArgumentError("the message cannot be read; texts must be UTF-8");
    return absl::InvalidArgumentError("batch.records[" + std::to_string(request.batch().records_size() - 1) +
                                      "] cannot be read; texts must be UTF-8");
  }

  absl::StatusOr<Pending> Handle(v1::PushRequest& request) {
    if (request.message_case() == v1::PushRequest::kOpen) return Ready(Open(request.open()));
    if (!source_) return absl::FailedPreconditionError("a stream begins with open");
    switch (request.message_case()) {
      case v1::PushRequest::kBatch:
        return PushBatch(std::move(*request.mutable_batch()));
      case v1::PushRequest::kBeginSnapshot:
        return Ready(BeginSnapshotNow(request.begin_snapshot()));
      case v1::PushRequest::kCommitSnapshot:
        WaitForAnswers();  // the snapshot is complete when every batch of it is
        if (part_->dry_run()) return Ready(ToResponse(part_->EndSnapshot(*source_, true)));
        return Ready(ToResponse(ingest::CommitSnapshot(hub_, source_->source_id(), request.commit_snapshot(),
                                                       caller_, part_->load_id())));
      case v1::PushRequest::kAbortSnapshot:
        WaitForAnswers();
        if (part_->dry_run()) return Ready(ToResponse(part_->EndSnapshot(*source_, false)));
        return Ready(ToResponse(ingest::AbortSnapshot(hub_, source_->source_id(),
                                                      request.abort_snapshot().snapshot_id(), caller_)));
      default:
        return absl::InvalidArgumentError(
            "message: one of open, batch, begin_snapshot, commit_snapshot, abort_snapshot");
    }
  }

  static absl::StatusOr<Pending> Ready(absl::StatusOr<v1::PushResponse> response) {
    if (!response.ok()) return response.status();
    std::promise<absl::StatusOr<v1::PushResponse>> promise;
    promise.set_value(std::move(response));
    return promise.get_future();
  }

  absl::StatusOr<v1::PushResponse> Open(const v1::Open& open) {
    if (source_) return absl::FailedPreconditionError("the stream is open already");
    auto part = ingest::LoadPart::Join(hub_, open.load_id(), caller_);
    if (!part.ok()) return part.status();
    auto opened = (*part)->dry_run() ? (*part)->Open(open) : ingest::OpenFeed(hub_, open, caller_);
    if (!opened.ok()) return opened.status();
    part_ = *std::move(part);
    source_ = opened->source();
    known_ = opened->content_known();
    v1::PushResponse response;
    *response.mutable_opened() = *std::move(opened);
    return response;
  }

  absl::StatusOr<Pending> PushBatch(v1::Batch batch) {
    if (batch.records_size() > ingest::kMaxBatchRecords)
      return absl::InvalidArgumentError("batch.records: at most " + std::to_string(ingest::kMaxBatchRecords));
    if (part_->dry_run()) {
      v1::PushResponse response;
      *response.mutable_ack() = part_->Take(*source_, std::move(batch), known_);
      return Ready(std::move(response));
    }
    return std::async(std::launch::deferred,
                      [ack = ingest::SubmitBatch(hub_, *source_, std::move(batch), caller_, part_->load_id(),
                                                 known_)]() mutable -> absl::StatusOr<v1::PushResponse> {
                        auto result = ack.get();
                        if (!result.ok()) return result.status();
                        v1::PushResponse response;
                        *response.mutable_ack() = *std::move(result);
                        return response;
                      });
  }

  absl::StatusOr<v1::PushResponse> BeginSnapshotNow(const v1::BeginSnapshot& begin) {
    WaitForAnswers();  // batches sent before it are not of the snapshot
    auto begun = part_->dry_run() ? part_->BeginSnapshot(*source_, begin)
                                  : ingest::BeginSnapshot(hub_, source_->source_id(), caller_, begin);
    if (!begun.ok()) return begun.status();
    v1::PushResponse response;
    *response.mutable_snapshot_begun() = *std::move(begun);
    return response;
  }

  static absl::StatusOr<v1::PushResponse> ToResponse(absl::StatusOr<v1::SnapshotResult> result) {
    if (!result.ok()) return result.status();
    v1::PushResponse response;
    *response.mutable_snapshot() = *std::move(result);
    return response;
  }

  void Queue(Pending answer) {
    {
      std::lock_guard lock(mutex_);
      answers_.push_back(std::move(answer));
      ++unanswered_;
    }
    changed_.notify_all();
  }

  bool WaitForRoom() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return unanswered_ < ingest::kMaxBatchesInFlight || failed_; });
    return !failed_;
  }

  void WaitForAnswers() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return unanswered_ == 0 || failed_; });
  }

  void WriteAnswers() {
    while (true) {
      Pending answer;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !answers_.empty() || reading_done_; });
        if (answers_.empty()) return;
        answer = std::move(answers_.front());
        answers_.pop_front();
      }
      auto response = answer.get();
      const bool written = response.ok() && stream_.Write(*response);
      {
        std::lock_guard lock(mutex_);
        --unanswered_;
        if (!written && !failed_) {
          failed_ = true;
          failure_ = response.ok() ? absl::CancelledError("the caller left") : response.status();
          if (!reading_done_) context_.TryCancel();
        }
      }
      changed_.notify_all();
    }
  }

  core::Hub& hub_;
  Stream& stream_;
  grpc::ServerContext& context_;
  const std::string caller_;
  std::optional<v1::Source> source_;
  std::unique_ptr<ingest::LoadPart> part_;
  bool known_ = false;  // the source has the content that is sent

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Pending> answers_;
  int unanswered_ = 0;
  bool reading_done_ = false, failed_ = false;
  absl::Status failure_;
};

class FeedService final : public v1::FeedService::Service {
 public:
  explicit FeedService(const ServiceContext& context) : hub_(context.hub) {
    using Handler = grpc::internal::BidiStreamingHandler<FeedService, grpc::ByteBuffer, v1::PushResponse>;
    const auto* service = v1::PushRequest::descriptor()->file()->FindServiceByName("FeedService");
    const int push = service->FindMethodByName("Push")->index();
    MarkMethodStreamed(push, new Handler(std::mem_fn(&FeedService::PushBytes), this));
  }

  grpc::Status PushBytes(grpc::ServerContext* context, Stream* stream) {
    const absl::Status status = PushStream(hub_, *stream, *context, network::CallerOf(*context)).Run();
    if (!status.ok() && !absl::IsCancelled(status))
      Log(LogLevel::kWarn, "feed.stream.failed",
          {{"caller", network::CallerOf(*context)}, {"status", absl::StatusCodeToString(status.code())}});
    return network::ToGrpc(status);
  }

  grpc::Status BeginLoad(grpc::ServerContext* context, const v1::BeginLoadRequest* request,
                         v1::Load* response) override {
    return Answer(server::ingest::BeginLoad(hub_, *request, network::CallerOf(*context)), response);
  }
  grpc::Status EndLoad(grpc::ServerContext* context, const v1::EndLoadRequest* request,
                       v1::LoadResult* response) override {
    return Answer(server::ingest::EndLoad(hub_, *request, network::CallerOf(*context)), response);
  }
  grpc::Status ConfirmSnapshot(grpc::ServerContext* context, const v1::ConfirmSnapshotRequest* request,
                               v1::SnapshotResult* response) override {
    return Answer(server::ingest::ConfirmSnapshot(hub_, *request, network::CallerOf(*context)), response);
  }
  grpc::Status GetSource(grpc::ServerContext*, const v1::GetSourceRequest* request,
                         v1::Source* response) override {
    auto source = server::ingest::GetSource(hub_.store(), request->source_id());
    if (source.ok())
      if (absl::Status status = findings::DescribeFeed(hub_.store(), hub_.as_of(), &*source); !status.ok())
        return network::ToGrpc(status);
    return Answer(std::move(source), response);
  }
  grpc::Status ListSources(grpc::ServerContext*, const v1::ListSourcesRequest* request,
                           v1::ListSourcesResponse* response) override {
    auto listed = server::ingest::ListSources(hub_.store(), *request);
    if (listed.ok())
      for (v1::Source& source : *listed->mutable_sources())
        if (absl::Status status = findings::DescribeFeed(hub_.store(), hub_.as_of(), &source); !status.ok())
          return network::ToGrpc(status);
    return Answer(std::move(listed), response);
  }
  grpc::Status ListRejections(grpc::ServerContext*, const v1::ListRejectionsRequest* request,
                              v1::ListRejectionsResponse* response) override {
    return Answer(server::ingest::ListRejections(hub_.store(), request->source_id()), response);
  }

 private:
  core::Hub& hub_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeFeedService(const ServiceContext& context) {
  return std::make_unique<FeedService>(context);
}

}  // namespace relief::server::rpc
