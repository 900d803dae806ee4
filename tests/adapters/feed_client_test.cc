// The feed client against a hub that is played here: it acknowledges, rejects, and breaks off as it is told.
#include "adapters/feed_client.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <set>

namespace relief::adapters {
namespace {

using Stream = grpc::ServerReaderWriter<v1::PushResponse, v1::PushRequest>;

// Keeps what it was sent by record id: a record that comes again is a duplicate, as in the real hub.
class PlayedHub final : public v1::FeedService::Service {
 public:
  grpc::Status Push(grpc::ServerContext*, Stream* stream) override {
    ++streams_;
    for (v1::PushRequest request; stream->Read(&request);) {
      v1::PushResponse response;
      switch (request.message_case()) {
        case v1::PushRequest::kOpen:
          if (request.open().source_id() == "unknown") return {grpc::StatusCode::NOT_FOUND, "no such source"};
          response.mutable_opened()->set_max_in_flight(3);
          response.mutable_opened()->set_max_batch_records(100);
          break;
        case v1::PushRequest::kBatch: {
          waiting_ = std::max<int>(waiting_, ++unanswered_);
          v1::BatchAck& ack = *response.mutable_ack();
          ack.set_batch_id(request.batch().batch_id());
          for (int i = 0; i < request.batch().records_size(); ++i) Take(request.batch().records(i), i, &ack);
          // Breaking off after the batch was applied and before it is acknowledged is the hard case.
          if (++batches_ == break_after_) return {grpc::StatusCode::UNAVAILABLE, "broken off"};
          --unanswered_;
          break;
        }
        case v1::PushRequest::kBeginSnapshot:
          response.mutable_snapshot_begun()->set_snapshot_id("S-1");
          break;
        case v1::PushRequest::kCommitSnapshot:
          response.mutable_snapshot()->set_snapshot_id(request.commit_snapshot().snapshot_id());
          response.mutable_snapshot()->set_state(v1::SnapshotResult::COMMITTED);
          break;
        case v1::PushRequest::kAbortSnapshot:
          response.mutable_snapshot()->set_state(v1::SnapshotResult::DISCARDED);
          break;
        default:
          return {grpc::StatusCode::INVALID_ARGUMENT, "empty"};
      }
      stream->Write(response);
    }
    return grpc::Status::OK;
  }

  void BreakAfter(int batches) { break_after_ = batches; }
  int streams() const { return streams_; }
  const std::set<std::string>& held() const { return held_; }
  const std::vector<std::string>& order() const { return order_; }

 private:
  void Take(const v1::Record& record, int index, v1::BatchAck* ack) {
    if (record.record_id() == "bad") {
      v1::Rejection& rejection = *ack->add_rejected();
      rejection.set_index(index);
      rejection.set_record_id("bad");
      rejection.add_errors()->set_field("person.name");
    } else if (held_.insert(record.record_id()).second) {
      order_.push_back(record.record_id());
      ack->set_accepted(ack->accepted() + 1);
    } else {
      ack->set_duplicate(ack->duplicate() + 1);
    }
  }

  std::atomic<int> streams_ = 0, break_after_ = 0, batches_ = 0, unanswered_ = 0, waiting_ = 0;
  std::set<std::string> held_;
  std::vector<std::string> order_;
};

class FeedClientTest : public testing::Test {
 protected:
  FeedClientTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&hub_);
    server_ = builder.BuildAndStart();
    stub_ = v1::FeedService::NewStub(
        grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()));
    options_.open.set_source_id("ml");
    options_.first_delay = std::chrono::milliseconds(10);
    options_.retry_for = std::chrono::minutes(5);
  }
  ~FeedClientTest() override { server_->Shutdown(std::chrono::system_clock::now()); }

  static FeedClient::Sent Batch(const std::vector<std::string>& ids) {
    FeedClient::Sent sent;
    for (const std::string& id : ids) {
      sent.batch.add_records()->set_record_id(id);
      sent.lines.push_back(static_cast<int64_t>(sent.lines.size()) + 2);
    }
    return sent;
  }

  PlayedHub hub_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::FeedService::Stub> stub_;
  FeedClient::Options options_;
  std::vector<int64_t> acknowledged_;
  int accepted_ = 0, duplicate_ = 0, rejected_ = 0;
  FeedClient::AckHandler count_ = [this](const v1::BatchAck& ack, const FeedClient::Sent& sent) {
    acknowledged_.push_back(ack.batch_id());
    accepted_ += ack.accepted();
    duplicate_ += ack.duplicate();
    rejected_ += ack.rejected_size();
    EXPECT_EQ(sent.batch.batch_id(), ack.batch_id());
  };
};

TEST_F(FeedClientTest, EveryBatchIsAcknowledgedInOrder) {
  FeedClient client(*stub_, options_, count_);
  ASSERT_TRUE(client.Open().ok());
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(client.Send(Batch({"r" + std::to_string(i)})).ok());
  ASSERT_TRUE(client.Finish().ok());
  ASSERT_EQ(acknowledged_.size(), 20u);
  EXPECT_TRUE(std::is_sorted(acknowledged_.begin(), acknowledged_.end()));
  EXPECT_EQ(accepted_, 20);
  EXPECT_EQ(client.reconnects(), 0);
}

TEST_F(FeedClientTest, ABrokenStreamIsResumedWithNothingLostOrDoubled) {
  hub_.BreakAfter(7);
  FeedClient client(*stub_, options_, count_);
  ASSERT_TRUE(client.Open().ok());
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(client.Send(Batch({"r" + std::to_string(i)})).ok());
  ASSERT_TRUE(client.Finish().ok());
  EXPECT_EQ(hub_.held().size(), 20u);
  EXPECT_EQ(hub_.order().size(), 20u);
  EXPECT_EQ(acknowledged_.size(), 20u) << "one acknowledgement for each batch";
  EXPECT_EQ(accepted_ + duplicate_, 20);
  EXPECT_GE(duplicate_, 1) << "what was applied before the break";
  EXPECT_GE(client.reconnects(), 1);
  EXPECT_EQ(hub_.streams(), 1 + client.reconnects());
}

TEST_F(FeedClientTest, RejectionsAreReportedAndCostNothingElse) {
  FeedClient client(*stub_, options_, count_);
  ASSERT_TRUE(client.Open().ok());
  ASSERT_TRUE(client.Send(Batch({"a", "bad", "b"})).ok());
  ASSERT_TRUE(client.Finish().ok());
  EXPECT_EQ(accepted_, 2);
  EXPECT_EQ(rejected_, 1);
}

TEST_F(FeedClientTest, ARefusalIsNotTriedAgain) {
  options_.open.set_source_id("unknown");
  FeedClient client(*stub_, options_, count_);
  const auto opened = client.Open();
  EXPECT_TRUE(absl::IsNotFound(opened.status())) << opened.status();
  EXPECT_EQ(hub_.streams(), 1);
}

TEST_F(FeedClientTest, GivesUpWhereNobodyAnswers) {
  server_->Shutdown(std::chrono::system_clock::now());
  options_.retry_for = std::chrono::milliseconds(200);
  FeedClient client(*stub_, options_, count_);
  EXPECT_TRUE(absl::IsUnavailable(client.Open().status()));
}

TEST_F(FeedClientTest, ASnapshotIsBegunAndCommitted) {
  options_.snapshot = true;
  FeedClient client(*stub_, options_, count_);
  ASSERT_TRUE(client.Open().ok());
  ASSERT_TRUE(client.Send(Batch({"a"})).ok());
  const auto result = client.Finish();
  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_TRUE(result->has_value());
  EXPECT_EQ((*result)->state(), v1::SnapshotResult::COMMITTED);
}

}  // namespace
}  // namespace relief::adapters
