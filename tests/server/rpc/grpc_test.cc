// The services as a department meets them: over a connection.
#include "google/rpc/status.pb.h"
#include "relief/v1/admin_service.grpc.pb.h"
#include "relief/v1/feed_service.grpc.pb.h"
#include "relief/v1/finding_service.grpc.pb.h"
#include "relief/v1/notice_service.grpc.pb.h"
#include "relief/v1/registry_service.grpc.pb.h"
#include "server/audit/audit.pb.h"
#include "server/audit/audit_access.h"
#include "server/core/schema.h"
#include "tests/server/rpc/running_hub.h"

namespace relief::server::rpc {
namespace {

const Who kWang = MadeUp("王秀兰", {1950, 3, 14}, 122);

class Grpc : public testing::Test {
 protected:
  // Opens a stream, sends the batches all at once, and returns the answers and how the stream ended.
  struct Pushed {
    std::vector<v1::PushResponse> answers;
    grpc::Status status;
  };
  Pushed PushAll(const std::vector<v1::PushRequest>& requests) {
    grpc::ClientContext context;
    auto stream = feed_->Push(&context);
    for (const v1::PushRequest& request : requests) stream->Write(request);
    stream->WritesDone();
    Pushed pushed;
    for (v1::PushResponse answer; stream->Read(&answer);) pushed.answers.push_back(answer);
    pushed.status = stream->Finish();
    return pushed;
  }
  static v1::PushRequest Open(const std::string& source, v1::Programme programme) {
    v1::PushRequest request;
    request.mutable_open()->set_source_id(source);
    request.mutable_open()->set_content(v1::Source::BENEFITS);
    request.mutable_open()->set_programme(programme);
    return request;
  }
  static v1::PushRequest Batch(int64_t id, const std::vector<v1::Record>& records) {
    v1::PushRequest request;
    request.mutable_batch()->set_batch_id(id);
    for (const v1::Record& record : records) *request.mutable_batch()->add_records() = record;
    return request;
  }
  void MakeDuplicates(int count) {
    const v1::Source care = OpenBenefits(running_.hub(), "ep", v1::EXTREME_POVERTY);
    const v1::Source living = OpenBenefits(running_.hub(), "ml", v1::MINIMUM_LIVING);
    for (int i = 0; i < count; ++i) {
      const Who who = MadeUp("赵国庆", {1950, 1, static_cast<uint8_t>(1 + made_)}, 101 + 2 * made_);
      Push(running_.hub(), care,
           {Monthly(who, "T" + std::to_string(made_), v1::EXTREME_POVERTY, MonthOf(2026, 1))});
      Push(running_.hub(), living,
           {Monthly(who, "D" + std::to_string(made_), v1::MINIMUM_LIVING, MonthOf(2026, 3))});
      ++made_;
    }
  }
  void Subscribe() {
    v1::CreateSubscriptionRequest request;
    request.mutable_subscription()->set_subscription_id("s");
    request.mutable_subscription()->add_kinds(v1::DUPLICATE);
    v1::Subscription made;
    grpc::ClientContext context;
    ASSERT_TRUE(notices_->CreateSubscription(&context, request, &made).ok());
  }
  void Acknowledge(int64_t sequence) {
    v1::AcknowledgeRequest request;
    request.set_subscription_id("s");
    request.set_sequence(sequence);
    v1::Subscription subscription;
    grpc::ClientContext context;
    ASSERT_TRUE(notices_->Acknowledge(&context, request, &subscription).ok());
  }
  static v1::Purpose Purpose() {
    v1::Purpose purpose;
    purpose.set_kind(v1::Purpose::APPLICATION);
    purpose.set_case_number("2026-0117");
    return purpose;
  }

  RunningHub running_{OpenHub()};
  int made_ = 0;
  std::unique_ptr<v1::FeedService::Stub> feed_ = v1::FeedService::NewStub(running_.channel());
  std::unique_ptr<v1::NoticeService::Stub> notices_ = v1::NoticeService::NewStub(running_.channel());
  std::unique_ptr<v1::RegistryService::Stub> registry_ = v1::RegistryService::NewStub(running_.channel());
  std::unique_ptr<v1::AdminService::Stub> admin_ = v1::AdminService::NewStub(running_.channel());
};

// Case A2. gRPC itself ends such a stream as if the sender were done.
TEST_F(Grpc, ATextThatIsNotUtf8IsRefusedByItsRecordAndNotRepeated) {
  v1::Record broken = Monthly(kWang, "B", v1::MINIMUM_LIVING, MonthOf(2026, 1));
  broken.mutable_person()->set_name("\xCD\xF5\xD0\xE3");  // GBK; protobuf for C++ sends it all the same
  const v1::Record good = Monthly(kWang, "A", v1::MINIMUM_LIVING, MonthOf(2026, 1));
  const Pushed pushed =
      PushAll({Open("ml", v1::MINIMUM_LIVING), Batch(1, {good}), Batch(2, {good, broken}), Batch(3, {good})});
  EXPECT_EQ(pushed.status.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(pushed.status.error_message(), "batch.records[1] cannot be read; texts must be UTF-8");
  ASSERT_EQ(pushed.answers.size(), 2u) << "what came before is applied and acknowledged";
  EXPECT_EQ(pushed.answers[1].ack().accepted(), 1);
}

TEST_F(Grpc, AMessageOfTooManyPartsIsRefusedBeforeItTakesMemory) {
  v1::PushRequest huge;
  for (int i = 0; i < 200'000; ++i) huge.mutable_batch()->add_records();
  const v1::Record good = Monthly(kWang, "A", v1::MINIMUM_LIVING, MonthOf(2026, 1));
  const Pushed pushed = PushAll({Open("ml", v1::MINIMUM_LIVING), Batch(1, {good}), huge});
  EXPECT_EQ(pushed.status.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(pushed.status.error_message(), "the message has more than 200000 parts");
  EXPECT_EQ(pushed.answers.size(), 2u) << "what came before is applied and acknowledged";

  v1::GetStatusRequest question;
  auto* unknown = question.GetReflection()->MutableUnknownFields(&question);
  for (int i = 0; i < 200'000; ++i) unknown->AddLengthDelimited(100, "");
  const auto ask = [&] {
    grpc::ClientContext context;
    v1::HubStatus answer;
    return v1::AdminService::NewStub(running_.channel())->GetStatus(&context, question, &answer);
  };
  EXPECT_TRUE(ask().ok()) << "as many as there may be";
  unknown->AddLengthDelimited(100, "");
  EXPECT_EQ(ask().error_code(), grpc::INVALID_ARGUMENT);
}

TEST_F(Grpc, BatchesAreAcknowledgedInOrder) {
  std::vector<v1::PushRequest> requests = {Open("ml", v1::MINIMUM_LIVING)};
  for (int i = 1; i <= 30; ++i)
    requests.push_back(
        Batch(i, {Monthly(kWang, "D" + std::to_string(i), v1::MINIMUM_LIVING, MonthOf(2026, 1))}));
  const Pushed pushed = PushAll(requests);
  EXPECT_TRUE(pushed.status.ok()) << pushed.status.error_message();
  ASSERT_EQ(pushed.answers.size(), 31u);
  EXPECT_GT(pushed.answers[0].opened().max_batch_records(), 0);
  int64_t position = 0;
  for (int i = 1; i <= 30; ++i) {
    const v1::BatchAck& ack = pushed.answers[static_cast<size_t>(i)].ack();
    EXPECT_EQ(ack.batch_id(), i);
    EXPECT_EQ(ack.accepted(), 1);
    EXPECT_GE(ack.position(), position);
    position = ack.position();
  }
}

TEST_F(Grpc, AStreamBeginsWithOpen) {
  const Pushed pushed = PushAll({Batch(1, {})});
  EXPECT_EQ(pushed.status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(Grpc, ABadOpenIsRefusedWithDetails) {
  const Pushed pushed = PushAll({Open("no spaces", v1::MINIMUM_LIVING)});
  EXPECT_EQ(pushed.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(pushed.status.error_details()));
  google::rpc::BadRequest bad;
  ASSERT_TRUE(details.details(1).UnpackTo(&bad));
  EXPECT_EQ(bad.field_violations(0).field(), "open.source_id");
}

TEST_F(Grpc, ASnapshotOverTheStreamCountsItsOwnBatches) {
  v1::PushRequest begin, commit;
  begin.mutable_begin_snapshot();
  commit.mutable_commit_snapshot()->set_snapshot_id("S-1");
  const Pushed pushed =
      PushAll({Open("ml", v1::MINIMUM_LIVING), begin,
               Batch(1, {Monthly(kWang, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 1))}), commit});
  EXPECT_TRUE(pushed.status.ok()) << pushed.status.error_message();
  ASSERT_EQ(pushed.answers.size(), 4u);
  EXPECT_EQ(pushed.answers[3].snapshot().state(), v1::SnapshotResult::COMMITTED);
  EXPECT_EQ(pushed.answers[3].snapshot().seen(), 1);
}

TEST_F(Grpc, LookUpsNeedAPurposeAndAreWrittenDown) {
  Push(running_.hub(), OpenBenefits(running_.hub(), "ml", v1::MINIMUM_LIVING),
       {Monthly(kWang, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 1))});
  v1::GetPersonOfRecordRequest request;
  request.mutable_record()->set_source_id("ml");
  request.mutable_record()->set_record_id("D1");
  v1::Person person;
  grpc::ClientContext refused;
  const grpc::Status status = registry_->GetPersonOfRecord(&refused, request, &person);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_NE(status.error_message().find("purpose.kind"), std::string::npos);

  *request.mutable_purpose() = Purpose();
  grpc::ClientContext context;
  ASSERT_TRUE(registry_->GetPersonOfRecord(&context, request, &person).ok());
  EXPECT_EQ(person.records_size(), 1);
  EXPECT_EQ(person.SerializeAsString().find(kWang.id_number), std::string::npos) << "masked";
  audit::Entry last;
  ASSERT_TRUE(last.ParseFromString(Rows(running_.hub(), schema::kAuditHeadRow).begin()->second));
  EXPECT_EQ(last.action(), "registry.person");
  EXPECT_EQ(last.subject(), person.person_id());
  EXPECT_EQ(last.case_number(), "2026-0117");
  EXPECT_EQ(last.actor(), "local");
}

TEST_F(Grpc, WhoLookedAtAFindingIsToldToItsPerson) {
  MakeDuplicates(1);
  const auto findings = v1::FindingService::NewStub(running_.channel());
  const auto actions = [&] {
    v1::ListAccessesRequest request;
    request.mutable_record()->set_source_id("ml");
    request.mutable_record()->set_record_id("D0");
    std::vector<std::string> told;
    const auto accesses = audit::ListAccesses(running_.hub().store(), request);
    for (const v1::Access& access : accesses->accesses())
      if (access.kind() == v1::Access::LOOKED) told.push_back(access.action());
    return told;
  };
  v1::ListFindingsResponse listed;
  grpc::ClientContext listing;
  ASSERT_TRUE(findings->ListFindings(&listing, {}, &listed).ok());
  ASSERT_FALSE(listed.findings().empty());
  EXPECT_EQ(actions(), std::vector<std::string>{"finding.list"})
      << "a list on the screen tells of everybody in it";
  v1::GetFindingRequest request;
  request.set_finding_id(listed.findings(0).finding_id());
  v1::Finding finding;
  grpc::ClientContext looking;
  ASSERT_TRUE(findings->GetFinding(&looking, request, &finding).ok());
  EXPECT_EQ(actions(), (std::vector<std::string>{"finding.look", "finding.list"}));
  size_t lists = 0;
  for (const auto& [key, value] : Rows(running_.hub(), schema::kAuditPrefix)) {
    audit::Entry entry;
    if (entry.ParseFromString(value) && entry.action() == "finding.list")
      lists += entry.detail() == "persons=1";
  }
  EXPECT_EQ(lists, 1u);
}

TEST_F(Grpc, AssignmentsComeInTheOrderOfTheirNames) {
  MakeDuplicates(3);
  v1::StreamAssignmentsRequest request;
  request.mutable_purpose()->set_kind(v1::Purpose::AUDIT);
  grpc::ClientContext context;
  auto stream = registry_->StreamAssignments(&context, request);
  std::vector<std::string> names;
  for (v1::Assignment assignment; stream->Read(&assignment);)
    names.push_back(assignment.record().source_id() + "/" + assignment.record().record_id());
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(names, (std::vector<std::string>{"ep/T0", "ep/T1", "ep/T2", "ml/D0", "ml/D1", "ml/D2"}));
}

TEST_F(Grpc, FollowersGetEveryNoticeInOrderAndResumeWhereTheyAcknowledged) {
  Subscribe();
  MakeDuplicates(5);
  v1::FollowRequest request;
  request.set_subscription_id("s");
  {
    grpc::ClientContext context;
    auto stream = notices_->Follow(&context, request);
    v1::Notice notice;
    for (int i = 1; i <= 3; ++i) {
      ASSERT_TRUE(stream->Read(&notice));
      EXPECT_EQ(notice.sequence(), i);
    }
    Acknowledge(3);
    context.TryCancel();  // the connection breaks
    while (stream->Read(&notice)) {
    }
    stream->Finish();
  }
  MakeDuplicates(1);
  grpc::ClientContext context;
  auto stream = notices_->Follow(&context, request);
  v1::Notice notice;
  for (int i = 4; i <= 6; ++i) {
    ASSERT_TRUE(stream->Read(&notice));
    EXPECT_EQ(notice.sequence(), i) << "nothing lost, nothing twice";
  }
  context.TryCancel();
}

TEST_F(Grpc, AFollowerThatDoesNotAcknowledgeIsNotSentMore) {
  Subscribe();
  MakeDuplicates(6);
  v1::FollowRequest request;
  request.set_subscription_id("s");
  request.set_max_in_flight(2);
  grpc::ClientContext context;
  auto stream = notices_->Follow(&context, request);
  v1::Notice notice;
  ASSERT_TRUE(stream->Read(&notice));
  ASSERT_TRUE(stream->Read(&notice));
  std::atomic<bool> third = false;
  std::thread reader([&] { third = stream->Read(&notice); });
  std::this_thread::sleep_for(std::chrono::milliseconds(800));
  EXPECT_FALSE(third) << "two are unacknowledged";
  Acknowledge(1);
  reader.join();
  EXPECT_TRUE(third);
  EXPECT_EQ(notice.sequence(), 3);
  context.TryCancel();
}

TEST_F(Grpc, BrokenRulesLeaveTheOldOnesInForce) {
  MakeDuplicates(1);
  v1::HubStatus before;
  {
    grpc::ClientContext context;
    ASSERT_TRUE(admin_->GetStatus(&context, {}, &before).ok());
  }
  running_.set_rules_text("this is no rule");
  v1::ReloadRulesResponse reloaded;
  {
    grpc::ClientContext context;
    EXPECT_EQ(admin_->ReloadRules(&context, {}, &reloaded).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  }
  v1::HubStatus status;
  {
    grpc::ClientContext context;
    ASSERT_TRUE(admin_->GetStatus(&context, {}, &status).ok());
  }
  EXPECT_EQ(status.rules_size(), before.rules_size());
  EXPECT_GT(status.rules_size(), 0);
  EXPECT_GT(status.open_findings(), 0);
  EXPECT_EQ(status.live_records(), 2);
  EXPECT_EQ(status.persons(), 1);
  running_.set_rules_text("");
  grpc::ClientContext context;
  ASSERT_TRUE(admin_->ReloadRules(&context, {}, &reloaded).ok());
  EXPECT_EQ(reloaded.closed(), status.open_findings());
}

}  // namespace
}  // namespace relief::server::rpc
