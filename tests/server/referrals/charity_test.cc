#include <google/protobuf/descriptor.h>

#include <functional>

#include "server/audit/audit.pb.h"
#include "server/referrals/need_tokens.h"
#include "tests/server/referrals/gap_fixture.h"

namespace relief::server::referrals {
namespace {

const Who kWang = MadeUp("王秀兰", {1950, 3, 14}, 122);
const Who kChild = MadeUp("李小明", {2014, 5, 1}, 35);
const std::string kSecretA(64, 'a'), kSecretB(64, 'b');

class CharityTest : public GapTest {
 protected:
  CharityTest() {
    WriteKeys("keys { id: \"k1\" secret_hex: \"" + kSecretA + "\" } active: \"k1\"");
    settings_->token_key_file = KeyFile();
    Reopen();
    Register("aid", "charity-a");
    Register("other", "charity-b");
  }
  std::string KeyFile() const { return directory_ / "keys.textproto"; }
  void WriteKeys(const std::string& text, mode_t mode = 0600) {
    std::ofstream(KeyFile()) << text;
    chmod(KeyFile().c_str(), mode);
  }
  static v1::CharityProject Project(const std::string& id, const std::string& owner) {
    v1::CharityProject project;
    project.set_project_id(id);
    project.set_organisation("试验慈善会");
    project.set_registration_number(kRegistration);
    project.set_title("助医");
    project.add_needs(v1::NEED_MEDICAL);
    project.set_region_prefix("3713");
    project.set_owner(owner);
    return project;
  }
  absl::StatusOr<v1::CharityProject> Register(const v1::CharityProject& project) {
    v1::RegisterProjectRequest request;
    *request.mutable_project() = project;
    return RegisterProject(*hub_, request, "local");
  }
  void Register(const std::string& id, const std::string& owner) {
    auto registered = Register(Project(id, owner));
    ASSERT_TRUE(registered.ok()) << registered.status();
  }
  absl::StatusOr<v1::MatchNeedsResponse> Match(const std::string& project, const std::string& actor) {
    v1::MatchNeedsRequest request;
    request.set_project_id(project);
    return MatchNeeds(*hub_, request, actor);
  }
  v1::MatchedNeed OnlyNeed(const std::string& project, const std::string& actor) {
    auto matched = Match(project, actor);
    EXPECT_TRUE(matched.ok()) << matched.status();
    EXPECT_EQ(matched->needs_size(), 1);
    return matched->needs_size() > 0 ? matched->needs(0) : v1::MatchedNeed();
  }
  int CountFor(const std::string& project, const std::string& actor) {
    auto matched = Match(project, actor);
    EXPECT_TRUE(matched.ok()) << matched.status();
    return matched->needs_size();
  }
  absl::StatusOr<v1::MatchedNeed> Say(const std::string& project, const std::string& actor,
                                      const std::string& token, v1::CharityAnswer::Answer answer,
                                      int64_t amount_fen = 0) {
    v1::AnswerNeedRequest request;
    request.set_project_id(project);
    request.set_token(token);
    request.set_need(v1::NEED_MEDICAL);
    request.set_answer(answer);
    request.set_amount_fen(amount_fen);
    return AnswerNeed(*hub_, request, actor);
  }
  // Refused by the programme, and the person agrees that charities are asked.
  v1::Referral LeftOver(const Who& who, const std::string& record_id = "A",
                        v1::Consent::Giver giver = v1::Consent::SELF) {
    const v1::Referral refused = *Conclude(*Take(Gap(who, record_id)), v1::Referral::REFUSED);
    auto consented = Consent(refused, v1::Consent::GIVEN, giver);
    EXPECT_TRUE(consented.ok()) << consented.status();
    return *consented;
  }

  storage::TempDirectory directory_;
};

TEST_F(CharityTest, LearnsOnlyOfWhatProgrammesLeaveAndThePersonAgreedTo) {
  const v1::Referral taken = *Take(Gap(kWang));
  EXPECT_EQ(CountFor("aid", "charity-a"), 0) << "in hand";
  const v1::Referral refused = *Conclude(taken, v1::Referral::REFUSED);
  EXPECT_EQ(CountFor("aid", "charity-a"), 0) << "refused, but nobody asked the person";
  const v1::Referral consented = *Consent(refused, v1::Consent::GIVEN);
  EXPECT_EQ(CountFor("aid", "charity-a"), 1);
  const v1::Referral revoked = *Consent(consented, v1::Consent::REVOKED);
  EXPECT_EQ(CountFor("aid", "charity-a"), 0);
  ASSERT_TRUE(Consent(revoked, v1::Consent::GIVEN).ok());
  EXPECT_EQ(CountFor("aid", "charity-a"), 1);
  PayInsurance(kWang);
  EXPECT_EQ(CountFor("aid", "charity-a"), 0) << "the programme helped after all";
}

TEST_F(CharityTest, OverdueReferralsAndUnansweredLeadsAreLeftOver) {
  ASSERT_TRUE(Consent(*Take(Gap(kWang)), v1::Consent::GIVEN).ok());
  EXPECT_EQ(CountFor("aid", "charity-a"), 0) << "not yet";
  Turn({2026, 11, 10});
  EXPECT_EQ(CountFor("aid", "charity-a"), 1);

  v1::Record lead = RecordOf(MadeUp("孙试", {1960, 1, 1}, 77), "X1");
  lead.mutable_lead()->set_need(v1::NEED_MEDICAL);
  *lead.mutable_lead()->mutable_found_date() = records::ToProto({2026, 9, 1});
  v1::Open open;
  open.set_source_id("leads");
  open.set_content(v1::Source::LEADS);
  Push(*hub_, *ingest::OpenSource(*hub_, open, "local"), {lead});
  ASSERT_TRUE(Consent(*Take(GapOf("leads", "X1")), v1::Consent::GIVEN).ok());
  EXPECT_EQ(CountFor("aid", "charity-a"), 2) << "a lead was not answered in time already";
}

TEST_F(CharityTest, NothingOfThePersonLeavesTheHub) {
  LeftOver(kWang);
  const v1::MatchNeedsResponse matched = *Match("aid", "charity-a");
  ASSERT_EQ(matched.needs_size(), 1);
  const std::string sent = matched.DebugString() + matched.SerializeAsString();
  for (const std::string& personal :
       {kWang.name, kWang.id_number, kWang.id_number.substr(6, 8), OpenFindings(*hub_)[0].person_id()})
    EXPECT_EQ(sent.find(personal), std::string::npos);
  EXPECT_EQ(matched.needs(0).county(), "371302");
  EXPECT_EQ(matched.needs(0).age_band(), v1::MatchedNeed::AGE_60_79);
}

// Whatever is added to the messages of charities must be decided on here.
TEST_F(CharityTest, AnswersToCharitiesHaveTheFieldsOfThisListAndNoOther) {
  const std::set<std::string> need = {"token", "need", "county", "age_band", "amount_band", "answer"};
  std::set<std::string> found;
  const auto* type = v1::MatchedNeed::descriptor();
  for (int i = 0; i < type->field_count(); ++i) found.insert(type->field(i)->name());
  EXPECT_EQ(found, need);
  const auto* list = v1::MatchNeedsResponse::descriptor();
  ASSERT_EQ(list->field_count(), 2);
  EXPECT_EQ(list->FindFieldByName("needs")->message_type(), type);
  EXPECT_EQ(list->FindFieldByName("next_page_token")->cpp_type(),
            google::protobuf::FieldDescriptor::CPPTYPE_STRING);
  const auto* service =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("relief.v1.CharityService");
  ASSERT_NE(service, nullptr);
  const std::set<std::string> answers = {"CharityProject", "ListProjectsResponse", "MatchNeedsResponse",
                                         "MatchedNeed"};
  for (int i = 0; i < service->method_count(); ++i)
    EXPECT_TRUE(answers.contains(service->method(i)->output_type()->name()))
        << service->method(i)->full_name();
}

TEST_F(CharityTest, TwoProjectsCannotJoinTheirLists) {
  LeftOver(kWang);
  const std::string mine = OnlyNeed("aid", "charity-a").token(),
                    theirs = OnlyNeed("other", "charity-b").token();
  EXPECT_NE(mine, theirs);
  EXPECT_TRUE(absl::IsNotFound(Say("aid", "charity-a", theirs, v1::CharityAnswer::OFFERED).status()));
  EXPECT_TRUE(absl::IsNotFound(Say("other", "charity-b", mine, v1::CharityAnswer::OFFERED).status()));
  EXPECT_TRUE(Say("aid", "charity-a", mine, v1::CharityAnswer::OFFERED).ok());
}

TEST_F(CharityTest, ListsAreInTheOrderOfTokensWhichNoOtherListShares) {
  for (int i = 0; i < 12; ++i)
    LeftOver(MadeUp("周试", {static_cast<int16_t>(1940 + i), 3, 14}, 300 + i * 3), "A" + std::to_string(i));
  const v1::MatchNeedsResponse whole = *Match("aid", "charity-a");
  ASSERT_EQ(whole.needs_size(), 12);
  for (int i = 1; i < 12; ++i) EXPECT_LT(whole.needs(i - 1).token(), whole.needs(i).token());
  v1::MatchNeedsRequest request;
  request.set_project_id("aid");
  request.set_page_size(5);
  std::vector<std::string> paged;
  do {
    auto page = MatchNeeds(*hub_, request, "charity-a");
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::MatchedNeed& need : page->needs()) paged.push_back(need.token());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  ASSERT_EQ(paged.size(), 12u);
  for (int i = 0; i < 12; ++i) EXPECT_EQ(paged[static_cast<size_t>(i)], whole.needs(i).token());
  request.set_page_token(MatchNeeds(*hub_, request, "charity-a")->next_page_token());
  request.set_project_id("other");
  EXPECT_TRUE(absl::IsInvalidArgument(MatchNeeds(*hub_, request, "charity-b").status()))
      << "another project's page";
}

TEST_F(CharityTest, AnothersProjectIsNotThere) {
  LeftOver(kWang);
  const std::string token = OnlyNeed("aid", "charity-a").token();
  EXPECT_TRUE(absl::IsNotFound(Match("aid", "charity-b").status()));
  EXPECT_TRUE(absl::IsNotFound(Say("aid", "charity-b", token, v1::CharityAnswer::OFFERED).status()));
  v1::UpdateProjectRequest update;
  *update.mutable_project() = Project("aid", "charity-b");
  update.mutable_project()->set_etag("1");
  EXPECT_TRUE(absl::IsNotFound(UpdateProject(*hub_, update, "charity-b").status()));
}

TEST_F(CharityTest, ATokenOutlivesTheRotationOfItsKey) {
  LeftOver(kWang);
  const std::string old_token = OnlyNeed("aid", "charity-a").token();
  EXPECT_TRUE(old_token.starts_with("k1."));
  WriteKeys("keys { id: \"k1\" secret_hex: \"" + kSecretA + "\" } keys { id: \"k2\" secret_hex: \"" +
            kSecretB + "\" } active: \"k2\"");
  EXPECT_TRUE(OnlyNeed("aid", "charity-a").token().starts_with("k2."));
  EXPECT_TRUE(Say("aid", "charity-a", old_token, v1::CharityAnswer::OFFERED).ok());
  EXPECT_EQ(OnlyNeed("aid", "charity-a").answer(), v1::CharityAnswer::OFFERED);
}

TEST_F(CharityTest, GivingIsOnTheReferralsHistoryAndTakesTheNeedFromOthers) {
  const v1::Referral left = LeftOver(kWang);
  const std::string mine = OnlyNeed("aid", "charity-a").token(),
                    theirs = OnlyNeed("other", "charity-b").token();
  ASSERT_TRUE(Say("aid", "charity-a", mine, v1::CharityAnswer::OFFERED).ok());
  EXPECT_EQ(CountFor("other", "charity-b"), 0) << "promised";
  EXPECT_TRUE(
      absl::IsFailedPrecondition(Say("other", "charity-b", theirs, v1::CharityAnswer::OFFERED).status()));
  ASSERT_TRUE(Say("aid", "charity-a", mine, v1::CharityAnswer::GIVEN, 500000).ok());
  ASSERT_TRUE(Say("aid", "charity-a", mine, v1::CharityAnswer::GIVEN, 500000).ok()) << "the same again";
  EXPECT_TRUE(
      absl::IsFailedPrecondition(Say("aid", "charity-a", mine, v1::CharityAnswer::GIVEN, 600000).status()));
  EXPECT_EQ(History(left.referral_id()), "TAKEN REFUSED CONSENTED CHARITY_ANSWERED CHARITY_ANSWERED");
  const v1::Referral after = Read(left.referral_id());
  ASSERT_EQ(after.charity_answers_size(), 1);
  EXPECT_EQ(after.charity_answers(0).amount_fen(), 500000);
}

TEST_F(CharityTest, AnOfferKeepsTheNeedFromOthersForSomeDaysOnly) {
  LeftOver(kWang);
  ASSERT_TRUE(Say("aid", "charity-a", OnlyNeed("aid", "charity-a").token(), v1::CharityAnswer::OFFERED).ok());
  Turn({2026, 11, 10});
  EXPECT_EQ(CountFor("other", "charity-b"), 0);
  Turn({2026, 11, 12});
  EXPECT_EQ(CountFor("other", "charity-b"), 1);
}

TEST_F(CharityTest, WhatWasOfferedMayBeGivenEvenIfConsentWasRevokedMeanwhile) {
  const v1::Referral left = LeftOver(kWang);
  const std::string token = OnlyNeed("aid", "charity-a").token();
  ASSERT_TRUE(Consent(left, v1::Consent::REVOKED).ok());
  EXPECT_TRUE(
      absl::IsFailedPrecondition(Say("aid", "charity-a", token, v1::CharityAnswer::OFFERED).status()));
  ASSERT_TRUE(Consent(Read(left.referral_id()), v1::Consent::GIVEN).ok());
  ASSERT_TRUE(Say("aid", "charity-a", token, v1::CharityAnswer::OFFERED).ok());
  ASSERT_TRUE(Consent(Read(left.referral_id()), v1::Consent::REVOKED).ok());
  EXPECT_TRUE(Say("aid", "charity-a", token, v1::CharityAnswer::GIVEN, 100).ok());
}

TEST_F(CharityTest, ConditionsOfAgeProgrammesRegionAndDatesDecide) {
  LeftOver(kWang, "A");
  LeftOver(kChild, "B", v1::Consent::GUARDIAN);
  struct Case {
    const char* name;
    int expected;
    std::function<void(v1::CharityProject*)> set;
  };
  const Case cases[] = {
      {"no condition", 2, [](auto*) {}},
      {"children", 1, [](auto* p) { p->mutable_conditions()->set_age_to(17); }},
      {"exactly twelve", 1,
       [](auto* p) { p->mutable_conditions()->set_age_from(12), p->mutable_conditions()->set_age_to(12); }},
      {"from 77", 0, [](auto* p) { p->mutable_conditions()->set_age_from(77); }},
      {"holders of the allowance", 2, [](auto* p) { p->mutable_conditions()->add_held(v1::MINIMUM_LIVING); }},
      {"holders of housing", 0, [](auto* p) { p->mutable_conditions()->add_held(v1::HOUSING); }},
      {"not on the allowance", 0, [](auto* p) { p->mutable_conditions()->add_not_held(v1::MINIMUM_LIVING); }},
      {"another prefecture", 0, [](auto* p) { p->set_region_prefix("3701"); }},
      {"the whole country", 2, [](auto* p) { p->clear_region_prefix(); }},
      {"another need", 0, [](auto* p) { p->set_needs(0, v1::NEED_HOUSING); }},
  };
  for (const Case& one : cases) {
    v1::CharityProject project = Project("p" + std::to_string(&one - cases), "charity-a");
    one.set(&project);
    ASSERT_TRUE(Register(project).ok()) << one.name;
    EXPECT_EQ(CountFor(project.project_id(), "charity-a"), one.expected) << one.name;
  }
  v1::CharityProject over = Project("over", "charity-a");
  *over.mutable_valid_to() = records::ToProto({2026, 10, 11});
  ASSERT_TRUE(Register(over).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(Match("over", "charity-a").status()));
}

TEST_F(CharityTest, EveryCallIsAudited) {
  LeftOver(kWang);
  const std::string token = OnlyNeed("aid", "charity-a").token();
  ASSERT_TRUE(Say("aid", "charity-a", token, v1::CharityAnswer::DECLINED).ok());
  (void)Say("aid", "charity-a", "k1.0000", v1::CharityAnswer::OFFERED);
  (void)Match("aid", "charity-b");
  std::map<std::string, int> actions;
  for (const auto& [key, value] : Rows(*hub_, "ha")) {
    audit::Entry entry;
    ASSERT_TRUE(entry.ParseFromString(value));
    ++actions[entry.action() + (entry.detail().starts_with("refused") ? " refused" : "")];
  }
  EXPECT_EQ(actions["charity.register"], 2);
  EXPECT_EQ(actions["charity.match"], 2) << "the list, and the referral that was on it";
  EXPECT_EQ(actions["charity.match refused"], 1);
  EXPECT_EQ(actions["charity.answer"], 1);
  EXPECT_EQ(actions["charity.answer refused"], 1);
}

TEST_F(CharityTest, AProjectIsCheckedFieldByField) {
  struct Case {
    const char* field;
    std::function<void(v1::CharityProject*)> spoil;
  };
  const Case cases[] = {
      {"project.project_id", [](auto* p) { p->set_project_id("a b"); }},
      {"project.organisation", [](auto* p) { p->clear_organisation(); }},
      {"project.registration_number", [](auto* p) { p->set_registration_number("53371300MJE000001A"); }},
      {"project.title", [](auto* p) { p->clear_title(); }},
      {"project.needs", [](auto* p) { p->clear_needs(); }},
      {"project.region_prefix", [](auto* p) { p->set_region_prefix("371"); }},
      {"project.valid_from", [](auto* p) { p->mutable_valid_from()->set_year(1); }},
      {"project.conditions.age_to",
       [](auto* p) { p->mutable_conditions()->set_age_from(9), p->mutable_conditions()->set_age_to(8); }},
      {"project.conditions.max_amount_fen", [](auto* p) { p->mutable_conditions()->set_max_amount_fen(-1); }},
  };
  for (const Case& one : cases) {
    v1::CharityProject project = Project("fresh", "charity-a");
    one.spoil(&project);
    const auto status = Register(project).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << one.field;
    EXPECT_EQ(std::string(status.message()).find(std::string(one.field) + ": "), 0u) << status;
  }
  EXPECT_TRUE(Register(Project("aid", "charity-a")).ok()) << "the same again";
  EXPECT_TRUE(absl::IsAlreadyExists(Register(Project("aid", "charity-b")).status()));
}

TEST_F(CharityTest, AnAmountIsWithinWhatTheProjectMayGive) {
  v1::CharityProject project = Project("small", "charity-a");
  project.mutable_conditions()->set_max_amount_fen(1000);
  ASSERT_TRUE(Register(project).ok());
  LeftOver(kWang);
  const std::string token = OnlyNeed("small", "charity-a").token();
  for (const int64_t amount : {int64_t{0}, int64_t{-5}, int64_t{1001}})
    EXPECT_TRUE(
        absl::IsInvalidArgument(Say("small", "charity-a", token, v1::CharityAnswer::GIVEN, amount).status()));
  EXPECT_TRUE(Say("small", "charity-a", token, v1::CharityAnswer::GIVEN, 1000).ok());
}

TEST_F(CharityTest, AKeyFileThatOthersMayReadIsRefused) {
  const std::string good = "keys { id: \"k1\" secret_hex: \"" + kSecretA + "\" } active: \"k1\"";
  EXPECT_TRUE(NeedTokens::Load(KeyFile()).ok());
  WriteKeys(good, 0640);
  EXPECT_TRUE(absl::IsFailedPrecondition(NeedTokens::Load(KeyFile()).status()));
  WriteKeys("keys { id: \"k1\" secret_hex: \"abcd\" } active: \"k1\"");
  const absl::Status weak = NeedTokens::Load(KeyFile()).status();
  EXPECT_TRUE(absl::IsInvalidArgument(weak));
  EXPECT_EQ(std::string(weak.message()).find("abcd"), std::string::npos) << "no secret in a message";
  WriteKeys("keys { id: \"k1\" secret_hex: \"" + kSecretA + "\" } active: \"k2\"");
  EXPECT_TRUE(absl::IsInvalidArgument(NeedTokens::Load(KeyFile()).status()));
}

}  // namespace
}  // namespace relief::server::referrals
