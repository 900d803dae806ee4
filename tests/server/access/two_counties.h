// A guarded hub with doubtful pairs in two counties of one prefecture, officers of each, and of both. For tests
// only.
#pragma once

#include <thread>

#include "relief/v1/review_service.grpc.pb.h"
#include "server/audit/audit.pb.h"
#include "server/review/jobs.h"
#include "tests/server/access/guarded_hub.h"

namespace relief::server::access {

constexpr char kOfficers[] = R"(
callers { id: "console:here" grants { roles: [DATA_OFFICER, CASEWORKER] all_programmes: true region_prefixes: "371302" purposes: [REVIEW, FINDING] } }
callers { id: "console:beside" grants { roles: [DATA_OFFICER, CASEWORKER] all_programmes: true region_prefixes: "371321" purposes: [REVIEW, FINDING] } }
callers { id: "console:both" grants { roles: [DATA_OFFICER, SUPERVISOR] all_programmes: true region_prefixes: "3713" purposes: [REVIEW, FINDING] } }
callers { id: "console:chief" grants { roles: [APPROVER, SUPERVISOR] all_programmes: true region_prefixes: "3713" purposes: [REVIEW, FINDING] } }
callers { id: "console:chief-here" grants { roles: APPROVER all_programmes: true region_prefixes: "371302" purposes: [REVIEW, FINDING] } }
callers { id: "console:chief-beside" grants { roles: APPROVER all_programmes: true region_prefixes: "371321" purposes: [REVIEW, FINDING] } }
callers { id: "console:scattered" grants { roles: DATA_OFFICER all_programmes: true region_prefixes: ["371302", "50"] purposes: [REVIEW, FINDING] } }
callers { id: "console:medical" grants { roles: [DATA_OFFICER, CASEWORKER] programmes: MEDICAL region_prefixes: "371302" purposes: [REVIEW, FINDING] } }
)";

class TwoCounties : public testing::Test {
 protected:
  // The policy of the review: what needs a second person.
  static std::unique_ptr<core::Hub> Open(int64_t over_fen, int bulk_over) {
    core::Hub::Options options = TestOptions();
    v1::ReviewPolicy policy = review::DefaultReviewPolicy();
    policy.set_approval_over_fen(over_fen);
    policy.set_approval_bulk_over(bulk_over);
    options.features.Set(review::ReviewSettings{policy});
    return OpenHub(storage::NewMemoryStore(), std::move(options));
  }

  explicit TwoCounties(int64_t over_fen = -1, int bulk_over = -1)
      : running_(Open(over_fen, bulk_over), grpc::InsecureServerCredentials(), WithCallers(kOfficers)),
        channel_(running_.channel()),
        review_(v1::ReviewService::NewStub(channel_)),
        registry_(v1::RegistryService::NewStub(channel_)) {
    AddPair("A", "王秀兰", {1950, 3, 14}, "371302");
    AddPair("B", "欧阳海波", {1961, 7, 2}, "371302");
    AddPair("C", "司徒静怡", {1972, 1, 9}, "371321");
  }

  core::Hub& hub() { return running_.hub(); }

  // One person by every sign but the number: a case for an officer. Records T-`id` and D-`id`.
  void AddPair(const std::string& id, const std::string& name, matcher::CivilDate birth,
               const std::string& region) {
    const Who one = MadeUp(name, birth, 101);
    Who other = one;
    other.id_number = MadeUp("", birth, 303).id_number;
    v1::Record a = Monthly(one, "T" + id, v1::EXTREME_POVERTY, MonthOf(2026, 1), region);
    v1::Record b = Monthly(other, "D" + id, v1::MINIMUM_LIVING, MonthOf(2026, 3), region);
    for (v1::Record* record : {&a, &b}) record->mutable_person()->set_region_code(region);
    Push(hub(), OpenBenefits(hub(), "ep", v1::EXTREME_POVERTY), {a});
    Push(hub(), OpenBenefits(hub(), "ml", v1::MINIMUM_LIVING), {b});
  }
  static std::string Case(const std::string& id) {
    const auto a = matcher::RecordKey::Of("ep", "T" + id), b = matcher::RecordKey::Of("ml", "D" + id);
    return "C-" + std::min(a, b).ToString() + std::max(a, b).ToString();
  }
  std::string PersonOf(const std::string& source, const std::string& record) {
    return matcher::PersonOfRecord(hub().store(), matcher::RecordKey::Of(source, record))->ToString();
  }

  // A call of a service as somebody.
  template <typename Stub, typename Request, typename Response>
  grpc::Status Call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const std::string& user, const Request& request, Response* response) {
    grpc::ClientContext context;
    GuardedHub::SetCaller(context, user);
    return (stub.*method)(&context, request, response);
  }

  v1::Purpose Reviewing() {
    v1::Purpose purpose;
    purpose.set_kind(v1::Purpose::REVIEW);
    purpose.set_case_number("2026-1");
    return purpose;
  }

  grpc::Status Preview(const std::string& user, v1::BulkPreview* preview, const std::string& region = "") {
    v1::PreviewBulkRequest request;
    request.set_verdict(v1::Decision::SAME);
    request.mutable_filter()->set_region_prefix(region);
    grpc::ClientContext context;
    GuardedHub::SetCaller(context, user);
    return review_->PreviewBulk(&context, request, preview);
  }
  // A job over all that the officer sees.
  v1::ReviewJob StartBulk(const std::string& user, const std::string& region = "") {
    v1::BulkPreview preview;
    EXPECT_TRUE(Preview(user, &preview, region).ok());
    v1::StartBulkRequest request;
    request.set_verdict(v1::Decision::SAME);
    request.mutable_filter()->set_region_prefix(region);
    request.set_comment("同名同日，换证");
    request.set_preview_token(preview.preview_token());
    grpc::ClientContext context;
    GuardedHub::SetCaller(context, user);
    v1::ReviewJob job;
    const grpc::Status status = review_->StartBulk(&context, request, &job);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return job;
  }
  v1::ReviewJob JobNow(const std::string& id) {
    auto job = review::GetReviewJob(hub().store(), id);
    EXPECT_TRUE(job.ok()) << job.status();
    return job.ok() ? *job : v1::ReviewJob();
  }
  v1::ReviewJob Done(const v1::ReviewJob& job) {
    for (int i = 0; i < 2000 && JobNow(job.job_id()).state() != v1::ReviewJob::DONE; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return JobNow(job.job_id());
  }
  int Standing() {
    int standing = 0;
    for (const auto& [key, value] : Rows(hub(), "hd")) {
      v1::Decision decision;
      EXPECT_TRUE(decision.ParseFromString(value));
      standing += !decision.has_undo_time();
    }
    return standing;
  }
  // Actions of this caller in the audit chain, in their order.
  std::vector<std::string> ActionsOf(const std::string& user) {
    EXPECT_TRUE(
        hub().Write([](core::WriteContext&) { return absl::OkStatus(); }).ok());  // what was queued is done
    std::vector<std::string> actions;
    for (const auto& [key, value] : Rows(hub(), schema::kAuditPrefix)) {
      audit::Entry entry;
      EXPECT_TRUE(entry.ParseFromString(value));
      if (entry.actor() == "console:" + user) actions.push_back(entry.action());
    }
    return actions;
  }
  bool SaidOutOfScope(const std::string& user) {
    const auto actions = ActionsOf(user);
    return std::find(actions.begin(), actions.end(), "access.out-of-scope") != actions.end();
  }

  rpc::RunningHub running_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::ReviewService::Stub> review_;
  std::unique_ptr<v1::RegistryService::Stub> registry_;
};

}  // namespace relief::server::access
