// Review of security, not tried there: what a charity's account or certificate sees, over all methods.
#include <sys/stat.h>

#include "relief/v1/charity_service.grpc.pb.h"
#include "server/referrals/charity.h"
#include "server/referrals/settings.h"
#include "tests/server/access/any_call.h"
#include "tests/storage/temp_directory.h"

namespace relief::server::access {
namespace {

using google::protobuf::Message;
using grpc::StatusCode;
using Charity = v1::CharityService::Stub;

constexpr char kCharities[] = R"(
callers { id: "console:aid" grants { roles: CHARITY all_programmes: true region_prefixes: "3713" purposes: [APPLICATION, REVIEW, FINDING] } }
callers { id: "console:other" grants { roles: CHARITY all_programmes: true region_prefixes: "3713" purposes: [APPLICATION, REVIEW, FINDING] } }
callers { id: "console:far" grants { roles: CHARITY all_programmes: true region_prefixes: "50" purposes: [APPLICATION, REVIEW, FINDING] } }
)";

class Charities : public testing::Test {
 protected:
  static std::unique_ptr<core::Hub> Open(const std::string& key_file) {
    std::ofstream(key_file) << "keys { id: \"k1\" secret_hex: \"" << std::string(64, 'a')
                            << "\" } active: \"k1\"";
    ::chmod(key_file.c_str(), 0600);
    core::Hub::Options options = TestOptions();
    referrals::ReferralSettings settings;
    settings.token_key_file = key_file;
    options.features.Set(settings);
    return OpenHub(storage::NewMemoryStore(), std::move(options));
  }
  // The gap of 王秀兰 was refused by its programme, and she agrees that charities are asked.
  Charities() {
    core::Hub& hub = hub_.running.hub();
    auto referral = referrals::GetReferral(hub.store(), hub_.id("referral_id"));
    EXPECT_TRUE(referral.ok()) << referral.status();
    v1::ConcludeRequest refuse;
    refuse.set_referral_id(referral->referral_id());
    refuse.set_etag(referral->etag());
    refuse.set_outcome(v1::Referral::REFUSED);
    refuse.set_reason(v1::Referral::NOT_ELIGIBLE);
    referral = referrals::ConcludeReferral(hub, refuse, "console:somebody");
    EXPECT_TRUE(referral.ok()) << referral.status();
    v1::RecordConsentRequest agree;
    agree.set_referral_id(referral->referral_id());
    agree.set_etag(referral->etag());
    agree.mutable_consent()->set_decision(v1::Consent::GIVEN);
    agree.mutable_consent()->set_giver(v1::Consent::SELF);
    agree.mutable_consent()->set_form_number("T-1");
    referral = referrals::RecordConsent(hub, agree, "console:somebody");
    EXPECT_TRUE(referral.ok()) << referral.status();
    EXPECT_EQ(Register("aid", "aid-1"), StatusCode::OK);
    EXPECT_EQ(Register("other", "other-1"), StatusCode::OK);
  }

  template <typename Request, typename Response>
  StatusCode Call(grpc::Status (Charity::*method)(grpc::ClientContext*, const Request&, Response*),
                  const std::string& user, const Request& request, Response* response) {
    grpc::ClientContext context;
    GuardedHub::SetCaller(context, user);
    return (v1::CharityService::NewStub(hub_.channel).get()->*method)(&context, request, response)
        .error_code();
  }
  static v1::CharityProject Project(const std::string& id) {
    v1::CharityProject project;
    project.set_project_id(id);
    project.set_organisation("慈善总会");
    project.set_registration_number("53371300MJE000001U");
    project.set_title("助医");
    for (int need = v1::NEED_UNSPECIFIED + 1; need <= v1::Need_MAX; ++need)
      if (v1::Need_IsValid(need)) project.add_needs(static_cast<v1::Need>(need));
    project.set_region_prefix("3713");
    return project;
  }
  StatusCode Register(const std::string& user, const std::string& id) {
    v1::RegisterProjectRequest request;
    *request.mutable_project() = Project(id);
    v1::CharityProject project;
    return Call(&Charity::RegisterProject, user, request, &project);
  }
  StatusCode Match(const std::string& user, const std::string& project, v1::MatchNeedsResponse* response) {
    v1::MatchNeedsRequest request;
    request.set_project_id(project);
    return Call(&Charity::MatchNeeds, user, request, response);
  }
  StatusCode Offer(const std::string& user, const std::string& project, const v1::MatchedNeed& need,
                   v1::MatchedNeed* response) {
    v1::AnswerNeedRequest request;
    request.set_project_id(project);
    request.set_token(need.token());
    request.set_need(need.need());
    request.set_answer(v1::CharityAnswer::OFFERED);
    return Call(&Charity::AnswerNeed, user, request, response);
  }

  // Whatever of the persons in the hub the bytes hold.
  std::string Tells(const std::string& bytes) {
    for (const char* name : {"王秀兰", "李伟", "欧阳海波", "慕容德昌", "司徒静怡", "诸葛文斌"})
      if (bytes.find(name) != std::string::npos) return name;
    for (const std::string* id : {&hub_.number_here, &hub_.number_there, &hub_.person_here,
                                  &hub_.person_there, &hub_.finding_here, &hub_.gap_here})
      if (bytes.find(*id) != std::string::npos) return *id;
    for (const char* field :
         {"conflict_id", "decision_id", "proposal_id", "job_id", "sample_id", "referral_id"})
      if (bytes.find(hub_.id(field)) != std::string::npos) return field;
    if (bytes.find(hub_.number_here.substr(6, 8)) != std::string::npos) return "a birthday";
    return "";
  }

  storage::TempDirectory directory_;
  EveryKindOfRow hub_{WithCallers(kCharities), "console:somebody", Open(directory_ / "keys.textproto")};
};

TEST_F(Charities, MayCallTheirOwnServiceAndAskForTheStatusAndNothingElse) {
  std::set<std::string> let_in;
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  for (const std::string& service : rpc::ServiceSet::Names()) {
    for (int m = 0; m < pool->FindServiceByName(service)->method_count(); ++m) {
      const auto* method = pool->FindServiceByName(service)->method(m);
      const std::unique_ptr<Message> request(
          google::protobuf::MessageFactory::generated_factory()->GetPrototype(method->input_type())->New());
      hub_.NameRows(request.get());
      std::vector<std::string> answers;
      const grpc::Status status =
          CallMethod(hub_.channel, service + "/" + method->name(), "aid", *request, &answers);
      if (status.error_message() != "you may not call this")
        let_in.insert(method->service()->name() + "/" + method->name());
      for (const std::string& bytes : answers) EXPECT_EQ(Tells(bytes), "") << method->full_name();
      EXPECT_EQ(Tells(status.error_message() + status.error_details()), "") << method->full_name();
    }
  }
  EXPECT_EQ(let_in,
            (std::set<std::string>{"AdminService/GetStatus", "CharityService/AnswerNeed",
                                   "CharityService/ListProjects", "CharityService/MatchNeeds",
                                   "CharityService/RegisterProject", "CharityService/UpdateProject"}));
}

TEST_F(Charities, LearnOfANeedAndOfNobody) {
  v1::MatchNeedsResponse matched;
  ASSERT_EQ(Match("aid", "aid-1", &matched), StatusCode::OK);
  ASSERT_EQ(matched.needs_size(), 1);
  EXPECT_EQ(Tells(matched.SerializeAsString()), "");
  v1::MatchedNeed offered;
  ASSERT_EQ(Offer("aid", "aid-1", matched.needs(0), &offered), StatusCode::OK);
  EXPECT_EQ(Tells(offered.SerializeAsString()), "");
  v1::ListProjectsResponse projects;
  ASSERT_EQ(Call(&Charity::ListProjects, "aid", v1::ListProjectsRequest(), &projects), StatusCode::OK);
  EXPECT_EQ(Tells(projects.SerializeAsString()), "");
}

TEST_F(Charities, HaveNothingOfAnothersProject) {
  v1::MatchNeedsResponse own, matched;
  ASSERT_EQ(Match("aid", "aid-1", &own), StatusCode::OK);
  ASSERT_EQ(own.needs_size(), 1);
  EXPECT_EQ(Match("other", "aid-1", &matched), StatusCode::NOT_FOUND);
  EXPECT_EQ(Match("other", "none", &matched), StatusCode::NOT_FOUND) << "as one that is not there";
  v1::MatchedNeed answer;
  EXPECT_EQ(Offer("other", "aid-1", own.needs(0), &answer), StatusCode::NOT_FOUND);
  EXPECT_EQ(Offer("other", "other-1", own.needs(0), &answer), StatusCode::NOT_FOUND);
  v1::UpdateProjectRequest take;
  *take.mutable_project() = Project("aid-1");
  take.mutable_project()->set_owner("console:other");
  take.mutable_project()->set_etag("1");
  v1::CharityProject project;
  EXPECT_EQ(Call(&Charity::UpdateProject, "other", take, &project), StatusCode::NOT_FOUND);
  EXPECT_EQ(Match("far", "aid-1", &matched), StatusCode::NOT_FOUND);
  ASSERT_EQ(Match("aid", "aid-1", &matched), StatusCode::OK) << "still its owner's";
}

// Nor by changing the conditions of one project again and again: lists under different conditions are as lists of
// different projects, or the answers to "twelve years old?" would add up to somebody.
TEST_F(Charities, CannotJoinWhatAProjectWasToldUnderOtherConditions) {
  v1::MatchNeedsResponse first, again, changed;
  ASSERT_EQ(Match("aid", "aid-1", &first), StatusCode::OK);
  ASSERT_EQ(Match("aid", "aid-1", &again), StatusCode::OK);
  ASSERT_EQ(first.needs_size(), 1);
  EXPECT_EQ(first.needs(0).token(), again.needs(0).token()) << "the same list";
  v1::ListProjectsResponse projects;
  ASSERT_EQ(Call(&Charity::ListProjects, "aid", v1::ListProjectsRequest(), &projects), StatusCode::OK);
  v1::UpdateProjectRequest update;
  for (const v1::CharityProject& project : projects.projects())
    if (project.project_id() == "aid-1") *update.mutable_project() = project;
  update.mutable_project()->mutable_conditions()->add_held(v1::MINIMUM_LIVING);
  v1::CharityProject project;
  ASSERT_EQ(Call(&Charity::UpdateProject, "aid", update, &project), StatusCode::OK);
  ASSERT_EQ(Match("aid", "aid-1", &changed), StatusCode::OK);
  ASSERT_EQ(changed.needs_size(), 1);
  EXPECT_NE(changed.needs(0).token(), first.needs(0).token());
  v1::MatchedNeed offered;
  EXPECT_EQ(Offer("aid", "aid-1", first.needs(0), &offered), StatusCode::OK)
      << "what was told may be answered";
}

}  // namespace
}  // namespace relief::server::access
