// What the guard lets in and out. Cases A4, A8, A15 of the list of abuses.
#include <algorithm>
#include <thread>

#include "relief/v1/charity_service.grpc.pb.h"
#include "relief/v1/referral_service.grpc.pb.h"
#include "relief/v1/report_service.grpc.pb.h"
#include "relief/v1/review_service.pb.h"
#include "server/access/visibility.h"
#include "server/referrals/referrals.h"
#include "tests/server/access/guarded_hub.h"

namespace relief::server::access {
namespace {

constexpr char kCallers[] = R"(
callers { id: "console:near" grants { roles: [DATA_OFFICER, CASEWORKER] all_programmes: true region_prefixes: "3713" purposes: [REVIEW, FINDING] } }
callers { id: "console:far" grants { roles: [DATA_OFFICER, CASEWORKER] all_programmes: true region_prefixes: "50" purposes: [REVIEW, FINDING] } }
callers { id: "console:housing" grants { roles: [DATA_OFFICER, CASEWORKER] programmes: HOUSING region_prefixes: "3713" purposes: REVIEW } }
callers { id: "console:plain" grants { roles: DATA_OFFICER all_programmes: true whole_country: true purposes: REVIEW
          unmask: DOCUMENT_NUMBER unmask_to { year: 2199 month: 1 day: 1 } } }
callers { id: "console:late" grants { roles: DATA_OFFICER all_programmes: true whole_country: true purposes: REVIEW
          unmask: DOCUMENT_NUMBER unmask_to { year: 2020 month: 1 day: 1 } } }
callers { id: "console:two" grants { roles: [SUPERVISOR] all_programmes: true region_prefixes: ["3713", "50"] } }
callers { id: "console:here" grants { roles: SUPERVISOR all_programmes: true region_prefixes: "371302" } }
callers { id: "console:there" grants { roles: SUPERVISOR all_programmes: true region_prefixes: "50" } }
callers { id: "console:houses" grants { roles: SUPERVISOR programmes: HOUSING region_prefixes: "3713" } }
callers { id: "console:operator" grants { roles: ADMINISTRATOR all_programmes: true whole_country: true purposes: OPERATIONS } }
callers { id: "console:charity" grants { roles: CHARITY all_programmes: true region_prefixes: "3713" } }
)";

bool Contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

class GuardTest : public testing::Test {
 protected:
  GuardedHub hub_{WithCallers(kCallers)};

  grpc::Status ListFindings(const std::string& user, v1::ListFindingsResponse* response,
                            const std::string& region = "") {
    grpc::ClientContext context;
    GuardedHub::SetCaller(context, user);
    v1::ListFindingsRequest request;
    request.mutable_filter()->set_region_prefix(region);
    return v1::FindingService::NewStub(hub_.channel)->ListFindings(&context, request, response);
  }
};

TEST_F(GuardTest, APersonOfAnotherRegionIsAnsweredLikeOneWhoIsNotThere) {
  v1::Person person;
  EXPECT_TRUE(hub_.GetPerson("near", hub_.person_here, &person).ok());
  EXPECT_EQ(person.records_size(), 2);
  const grpc::Status hidden = hub_.GetPerson("far", hub_.person_here, &person);
  const grpc::Status absent = hub_.GetPerson("far", "P-0000000000000000", &person);
  EXPECT_EQ(hidden.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(hidden.error_code(), absent.error_code());
  EXPECT_EQ(hidden.error_message(), absent.error_message());
  EXPECT_EQ(hidden.error_details(), absent.error_details());
  EXPECT_TRUE(Contains(hub_.ActionsOf("console:far"), "access.out-of-scope"));
}

TEST_F(GuardTest, AnotherProgrammesRecordsAreTakenOutOfAPerson) {
  v1::Person person;
  EXPECT_EQ(hub_.GetPerson("housing", hub_.person_here, &person).error_code(), grpc::StatusCode::NOT_FOUND)
      << "no record of housing";
  core::Hub& hub = hub_.running.hub();
  Push(hub, OpenBenefits(hub, "homes", v1::HOUSING),
       {Monthly(MadeUp("王秀兰", {1950, 3, 14}, 2), "H1", v1::HOUSING, MonthOf(2026, 1))});
  ASSERT_TRUE(hub_.GetPerson("near", hub_.person_here, &person).ok());
  EXPECT_EQ(person.records_size(), 3);
  ASSERT_TRUE(hub_.GetPerson("housing", hub_.person_here, &person).ok());
  ASSERT_EQ(person.records_size(), 1);
  EXPECT_EQ(person.records(0).name().source_id(), "homes");
}

TEST_F(GuardTest, FindingsAreThoseOfTheCallersRegionsAndProgrammes) {
  v1::ListFindingsResponse near, far, housing;
  EXPECT_TRUE(ListFindings("near", &near).ok());
  EXPECT_GE(near.findings_size(), 1);
  EXPECT_TRUE(ListFindings("far", &far).ok());
  for (const v1::Finding& finding : far.findings()) EXPECT_EQ(finding.regions(0), "500101");
  for (const v1::Finding& finding : near.findings()) EXPECT_EQ(finding.regions(0), "371302");
  EXPECT_TRUE(ListFindings("housing", &housing).ok());
  EXPECT_EQ(housing.findings_size(), 0);
  EXPECT_TRUE(ListFindings("near", &near, "37").ok()) << "a wider region is narrowed to the caller's";
  EXPECT_GE(near.findings_size(), 1);
  EXPECT_EQ(ListFindings("far", &far, "371302").error_code(), grpc::StatusCode::PERMISSION_DENIED);
}

// What leaves as a file cannot be cut row by row: what it is made of is narrowed, however deep in the
// request.
TEST_F(GuardTest, FilesHoldWhatTheirCallerSees) {
  const auto download = [&](const std::string& user, const std::string& region) {
    grpc::ClientContext context;
    GuardedHub::SetCaller(context, user);
    v1::ExportFindingsRequest request;
    request.mutable_list()->mutable_filter()->set_region_prefix(region);
    request.set_format(v1::EXPORT_CSV);
    v1::ExportedFile file;
    const grpc::Status status =
        v1::ReportService::NewStub(hub_.channel)->DownloadFindings(&context, request, &file);
    return status.ok() ? file.content() : status.error_message();
  };
  EXPECT_NE(download("here", "").find(hub_.finding_here), std::string::npos);
  EXPECT_EQ(download("there", "").find(hub_.finding_here), std::string::npos);
  EXPECT_EQ(download("houses", "").find(hub_.finding_here), std::string::npos);
  EXPECT_EQ(download("there", "371302"), "list.filter: outside your programmes and regions");
  EXPECT_EQ(download("two", ""), "list.filter.region_prefix: name one of the regions that you see");
  EXPECT_NE(download("two", "3713").find(hub_.finding_here), std::string::npos);
}

TEST_F(GuardTest, AMonthlySummaryIsOfTheCallersRegionAndOfAllProgrammes) {
  const auto regions = [&](const std::string& user, const std::string& region) {
    grpc::ClientContext context;
    GuardedHub::SetCaller(context, user);
    v1::GetMonthlySummaryRequest request;
    request.mutable_month()->set_year(2026);
    request.mutable_month()->set_month(10);
    request.set_region_prefix(region);
    v1::MonthlySummary summary;
    return v1::ReportService::NewStub(hub_.channel)
        ->GetMonthlySummary(&context, request, &summary)
        .error_message();
  };
  const std::string outside = "region_prefix: outside your programmes and regions";
  EXPECT_EQ(regions("there", "371302"), outside);
  EXPECT_EQ(regions("houses", "3713"), outside) << "a summary has all programmes in it";
  EXPECT_NE(regions("here", "371302"), outside);
}

TEST_F(GuardTest, AChangeOfWhatIsNotSeenIsNotMade) {
  grpc::ClientContext context;
  GuardedHub::SetCaller(context, "far");
  v1::AddDispositionRequest request;
  request.set_finding_id(hub_.finding_here);
  request.mutable_disposition()->set_outcome(v1::Disposition::ACKNOWLEDGED);
  v1::Finding finding;
  EXPECT_EQ(
      v1::FindingService::NewStub(hub_.channel)->AddDisposition(&context, request, &finding).error_code(),
      grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(findings::GetFinding(hub_.running.hub().store(), hub_.finding_here)->dispositions_size(), 0);
}

TEST_F(GuardTest, ASubscriptionMayNotBeWiderThanItsCallersScope) {
  const auto create = [&](const std::string& user, const std::string& id, const std::string& region) {
    grpc::ClientContext context;
    GuardedHub::SetCaller(context, user);
    v1::CreateSubscriptionRequest request;
    request.mutable_subscription()->set_subscription_id(id);
    request.mutable_subscription()->set_region_prefix(region);
    v1::Subscription subscription;
    return v1::NoticeService::NewStub(hub_.channel)
        ->CreateSubscription(&context, request, &subscription)
        .error_code();
  };
  EXPECT_EQ(create("near", "a", ""), grpc::StatusCode::PERMISSION_DENIED) << "the whole country";
  EXPECT_EQ(create("near", "a", "37"), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(create("near", "a", "371302"), grpc::StatusCode::OK);
  EXPECT_EQ(create("housing", "b", "371302"), grpc::StatusCode::PERMISSION_DENIED) << "all programmes";
}

TEST_F(GuardTest, ACharityAsksInItsOwnRegionsOnly) {
  const auto enrol = [&](const std::string& id, const std::string& region) {
    grpc::ClientContext context;
    GuardedHub::SetCaller(context, "charity");
    v1::RegisterProjectRequest request;
    v1::CharityProject& project = *request.mutable_project();
    project.set_project_id(id);
    project.set_organisation("慈善总会");
    project.set_registration_number("53371300MJE000001U");
    project.set_title("助医");
    project.add_needs(v1::NEED_MEDICAL);
    project.set_region_prefix(region);
    v1::CharityProject answer;
    return v1::CharityService::NewStub(hub_.channel)
        ->RegisterProject(&context, request, &answer)
        .error_code();
  };
  EXPECT_EQ(enrol("a", ""), grpc::StatusCode::PERMISSION_DENIED) << "the whole country";
  EXPECT_EQ(enrol("b", "50"), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(enrol("c", "371302"), grpc::StatusCode::OK);
}

TEST_F(GuardTest, NumbersComeMaskedUnlessTheRightIsThereAndInTime) {
  v1::Person person;
  ASSERT_TRUE(hub_.GetPerson("near", hub_.person_here, &person).ok());
  EXPECT_EQ(person.records(0).person().id_number().substr(3, 13), "*************");
  ASSERT_TRUE(hub_.GetPerson("late", hub_.person_here, &person).ok());
  EXPECT_EQ(person.records(0).person().id_number().substr(3, 13), "*************") << "the right ran out";
  ASSERT_TRUE(hub_.GetPerson("plain", hub_.person_here, &person).ok());
  EXPECT_EQ(person.records(0).person().id_number(), hub_.number_here);
  EXPECT_TRUE(Contains(hub_.ActionsOf("console:plain"), "access.unmasked"));
  EXPECT_FALSE(Contains(hub_.ActionsOf("console:near"), "access.unmasked"));
}

TEST_F(GuardTest, AReferralIsSeenWhereItsGapIsAndWhereItWasHandedTo) {
  auto stub = v1::ReferralService::NewStub(hub_.channel);
  const auto get = [&](const std::string& user, const std::string& id) {
    grpc::ClientContext context;
    GuardedHub::SetCaller(context, user);
    v1::GetReferralRequest request;
    request.set_referral_id(id);
    v1::Referral referral;
    return stub->GetReferral(&context, request, &referral).error_code();
  };
  const auto list = [&](const std::string& user) {
    grpc::ClientContext context;
    GuardedHub::SetCaller(context, user);
    v1::ListReferralsResponse response;
    EXPECT_TRUE(stub->ListReferrals(&context, {}, &response).ok());
    return response.referrals_size();
  };
  v1::CreateReferralRequest request;
  request.set_finding_id(hub_.gap_here);
  const auto referral = referrals::CreateReferral(hub_.running.hub(), request, "console:near");
  ASSERT_TRUE(referral.ok()) << referral.status();
  EXPECT_EQ(get("near", referral->referral_id()), grpc::StatusCode::OK);
  EXPECT_EQ(get("far", referral->referral_id()), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(list("near"), 1);
  EXPECT_EQ(list("far"), 0);
  v1::HandOverRequest over;
  over.set_referral_id(referral->referral_id());
  over.set_etag(referral->etag());
  over.mutable_target()->set_programme(v1::MINIMUM_LIVING);
  over.mutable_target()->set_region("500101");
  const auto handed = referrals::HandOver(hub_.running.hub(), over, "console:near");
  ASSERT_TRUE(handed.ok()) << handed.status();
  EXPECT_EQ(get("far", referral->referral_id()), grpc::StatusCode::OK);
  EXPECT_EQ(list("far"), 1);
}

// Handed on to where one sees nothing: it is done, and it is said.
TEST_F(GuardTest, AReferralThatWasHandedOnIsAnsweredAndNobodyIsAccused) {
  v1::CreateReferralRequest request;
  request.set_finding_id(hub_.gap_here);
  auto referral = referrals::CreateReferral(hub_.running.hub(), request, "console:near");
  ASSERT_TRUE(referral.ok()) << referral.status();
  v1::HandOverRequest over;
  over.set_referral_id(referral->referral_id());
  over.set_etag(referral->etag());
  over.mutable_target()->set_programme(v1::MINIMUM_LIVING);
  over.mutable_target()->set_region("500101");
  referral = referrals::HandOver(hub_.running.hub(), over, "console:near");
  ASSERT_TRUE(referral.ok()) << referral.status();
  v1::ReturnRequest onward;
  onward.set_referral_id(referral->referral_id());
  onward.set_etag(referral->etag());
  onward.set_reason(v1::Referral::WRONG_REGION);
  onward.mutable_onward()->set_programme(v1::MINIMUM_LIVING);
  onward.mutable_onward()->set_region("371302");
  grpc::ClientContext context;
  GuardedHub::SetCaller(context, "far");
  v1::Referral returned;
  const grpc::Status status = v1::ReferralService::NewStub(hub_.channel)->Return(&context, onward, &returned);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(returned.target().region(), "371302");
  EXPECT_FALSE(Contains(hub_.ActionsOf("console:far"), "access.out-of-scope"));
}

// Each side takes its own steps: who sent it away does not accept it, and who was sent it does not withdraw it.
TEST_F(GuardTest, AStepOfAReferralIsTakenByTheSideWithWhichItLies) {
  auto stub = v1::ReferralService::NewStub(hub_.channel);
  v1::CreateReferralRequest request;
  request.set_finding_id(hub_.gap_here);
  auto referral = referrals::CreateReferral(hub_.running.hub(), request, "console:near");
  ASSERT_TRUE(referral.ok()) << referral.status();
  v1::HandOverRequest over;
  over.set_referral_id(referral->referral_id());
  over.set_etag(referral->etag());
  over.mutable_target()->set_programme(v1::MINIMUM_LIVING);
  over.mutable_target()->set_region("500101");
  referral = referrals::HandOver(hub_.running.hub(), over, "console:near");
  ASSERT_TRUE(referral.ok()) << referral.status();
  v1::Referral after;
  const auto accept = [&](const std::string& user) {
    grpc::ClientContext context;
    GuardedHub::SetCaller(context, user);
    v1::AcceptRequest step;
    step.set_referral_id(referral->referral_id());
    step.set_etag(referral->etag());
    return stub->Accept(&context, step, &after).error_code();
  };
  const auto conclude = [&](const std::string& user, v1::Referral::State outcome) {
    grpc::ClientContext context;
    GuardedHub::SetCaller(context, user);
    v1::ConcludeRequest step;
    step.set_referral_id(referral->referral_id());
    step.set_etag(after.etag());
    step.set_outcome(outcome);
    step.set_reason(v1::Referral::DECLINED);
    v1::Referral concluded;
    return stub->Conclude(&context, step, &concluded).error_code();
  };
  EXPECT_EQ(accept("near"), grpc::StatusCode::PERMISSION_DENIED) << "it is not theirs to accept";
  ASSERT_EQ(accept("far"), grpc::StatusCode::OK);
  EXPECT_EQ(conclude("near", v1::Referral::GRANTED), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(conclude("far", v1::Referral::WITHDRAWN), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_TRUE(Contains(hub_.ActionsOf("console:near"), "access.denied"));
  EXPECT_EQ(conclude("near", v1::Referral::WITHDRAWN), grpc::StatusCode::OK) << "the taker's to take back";
}

// What was decided, proposed and done in bulk names records: whoever sees none of them sees nothing of it.
TEST_F(GuardTest, DecisionsAreSeenWithTheRecordsThatTheyName) {
  const auto permit = [](const std::string& user) {
    return *WithCallers(kCallers)->PermitFor("console:" + user, "relief.v1.ReviewService/ListDecisions");
  };
  const auto here = matcher::RecordKey::Of("living", "L1"), also = matcher::RecordKey::Of("poverty", "P1");
  v1::ListDecisionsResponse decisions;
  for (const auto& [source, record] : {std::pair("living", "L1"), {"poverty", "P1"}}) {
    if (decisions.decisions().empty()) decisions.add_decisions();
    auto* constraint = decisions.mutable_decisions(0)->add_constraints();
    constraint->mutable_record_a()->set_source_id(source);
    constraint->mutable_record_a()->set_record_id(record);
  }
  v1::ListReviewJobItemsResponse items;
  items.add_items()->set_conflict_id("C-" + std::min(here, also).ToString() +
                                     std::max(here, also).ToString());
  v1::ListProposalsResponse proposals;
  proposals.add_proposals()->mutable_decide()->set_conflict_id(items.items(0).conflict_id());
  const auto seen = [&](const std::string& user, auto answer) {
    const Permit of_user = permit(user);
    const Asker asker{"console:" + user, "console:" + user};
    EXPECT_TRUE(*Visibility(hub_.running.hub().store(), of_user, asker).Cut(&answer));
    return answer.ByteSizeLong() > 0;
  };
  EXPECT_TRUE(seen("near", decisions));
  EXPECT_FALSE(seen("far", decisions));
  EXPECT_TRUE(seen("near", items));
  EXPECT_FALSE(seen("far", items));
  EXPECT_TRUE(seen("near", proposals));
  EXPECT_FALSE(seen("far", proposals));
}

TEST_F(GuardTest, APurposeThatIsNotGrantedIsRefused) {
  v1::Person person;
  EXPECT_EQ(hub_.GetPerson("housing", hub_.person_here, &person, v1::Purpose::AUDIT).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_TRUE(Contains(hub_.ActionsOf("console:housing"), "access.purpose"));
}

// Review of security, 14: an administrator, whose role has nothing to do with people, got figures of single persons by asking.
TEST_F(GuardTest, SmallFiguresAreForThoseWithAPurposeThatHasToDoWithPeople) {
  const auto stub = v1::ReportService::NewStub(hub_.channel);
  const auto report = [&](const std::string& user, v1::Disclosure disclosure) {
    grpc::ClientContext context;
    GuardedHub::SetCaller(context, user);
    v1::GetGapReportRequest request;
    request.mutable_filter()->set_region_prefix("3713");
    request.set_disclosure(disclosure);
    v1::GapReport response;
    return stub->GetGapReport(&context, request, &response).error_code();
  };
  EXPECT_EQ(report("operator", v1::DISCLOSURE_PROTECTED), grpc::StatusCode::OK);
  EXPECT_EQ(report("operator", v1::DISCLOSURE_FULL), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(report("houses", v1::DISCLOSURE_FULL), grpc::StatusCode::PERMISSION_DENIED)
      << "no purpose at all";
  EXPECT_EQ(report("near", v1::DISCLOSURE_FULL), grpc::StatusCode::OK);
  EXPECT_TRUE(Contains(hub_.ActionsOf("console:operator"), "access.purpose"));
  EXPECT_TRUE(Contains(hub_.ActionsOf("console:near"), "report.full"));
  EXPECT_FALSE(Contains(hub_.ActionsOf("console:operator"), "report.full"));
  // However deep in the request it is asked for.
  grpc::ClientContext month_context, file_context;
  GuardedHub::SetCaller(month_context, "operator");
  v1::GetMonthlySummaryRequest month;
  month.mutable_month()->set_year(2026);
  month.mutable_month()->set_month(1);
  month.set_disclosure(v1::DISCLOSURE_FULL);
  v1::MonthlySummary summary;
  EXPECT_EQ(stub->GetMonthlySummary(&month_context, month, &summary).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  GuardedHub::SetCaller(file_context, "houses");
  v1::ExportReportRequest file;
  file.mutable_report()->set_disclosure(v1::DISCLOSURE_FULL);
  file.mutable_report()->mutable_filter()->set_region_prefix("3713");
  v1::ExportedFile downloaded;
  EXPECT_EQ(stub->DownloadReport(&file_context, file, &downloaded).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
}

// Some departments number their rows by their people.
TEST_F(GuardTest, ARecordThatGoesByAPersonsNumberIsAskedForAsItWasAnswered) {
  core::Hub& hub = hub_.running.hub();
  Push(hub, OpenBenefits(hub, "living", v1::MINIMUM_LIVING),
       {Monthly(MadeUp("王秀兰", {1950, 3, 14}, 2), hub_.number_here, v1::MINIMUM_LIVING, MonthOf(2026, 2))});
  v1::Person person;
  ASSERT_TRUE(hub_.GetPerson("near", hub_.person_here, &person).ok());
  EXPECT_EQ(person.DebugString().find(hub_.number_here), std::string::npos) << person.DebugString();
  const auto hidden = std::find_if(
      person.records().begin(), person.records().end(),
      [](const v1::PersonRecord& one) { return one.name().record_id().find('~') != std::string::npos; });
  ASSERT_NE(hidden, person.records().end());
  grpc::ClientContext context;
  GuardedHub::SetCaller(context, "near");
  v1::GetPersonOfRecordRequest request;
  *request.mutable_record() = hidden->name();
  request.mutable_purpose()->set_kind(v1::Purpose::REVIEW);
  request.mutable_purpose()->set_case_number("2026-1");
  v1::Person again;
  const grpc::Status status =
      v1::RegistryService::NewStub(hub_.channel)->GetPersonOfRecord(&context, request, &again);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(again.person_id(), person.person_id());
  // Of another source it is no id.
  grpc::ClientContext other;
  GuardedHub::SetCaller(other, "near");
  request.mutable_record()->set_source_id("poverty");
  EXPECT_EQ(
      v1::RegistryService::NewStub(hub_.channel)->GetPersonOfRecord(&other, request, &again).error_code(),
      grpc::StatusCode::NOT_FOUND);
  ASSERT_TRUE(hub_.GetPerson("plain", hub_.person_here, &person).ok());
  EXPECT_NE(person.DebugString().find("\"" + hub_.number_here + "\""), std::string::npos)
      << "the right is there";
}

TEST_F(GuardTest, ARoleOrACallerWithoutLeaveIsRefusedAndWrittenDown) {
  v1::Person person;
  EXPECT_EQ(hub_.GetPerson("charity", hub_.person_here, &person).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(hub_.GetPerson("nobody", hub_.person_here, &person).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_TRUE(Contains(hub_.ActionsOf("console:charity"), "access.denied"));
  EXPECT_TRUE(Contains(hub_.ActionsOf("console:nobody"), "access.denied"));
  EXPECT_FALSE(Contains(hub_.ActionsOf("console:charity"), "registry.person"));
}

TEST_F(GuardTest, TryingNumbersOutIsStoppedAndRaisesTheAlarm) {
  hub_.running.policy().Replace(
      WithCallers("callers { id: \"console:near\" grants { roles: CASEWORKER all_programmes: true "
                  "region_prefixes: \"3713\" "
                  "purposes: REVIEW } limits { class: LOOK_UP calls_per_minute: 100000 } }"));
  auto stub = v1::RegistryService::NewStub(hub_.channel);
  int answered = 0;
  grpc::Status last;
  for (int i = 0; i < 1100 && last.error_code() != grpc::StatusCode::RESOURCE_EXHAUSTED; i += 50) {
    grpc::ClientContext context;
    GuardedHub::SetCaller(context, "near");
    v1::CheckApplicantRequest request;
    request.mutable_purpose()->set_kind(v1::Purpose::REVIEW);
    request.mutable_purpose()->set_case_number("2026-1");
    for (int n = 0; n < 50; ++n)
      request.add_persons()->set_id_number(
          MadeUp("x", matcher::CivilDate::FromDays(-10'000 + i + n), 7).id_number);
    v1::CheckApplicantResponse response;
    last = stub->CheckApplicant(&context, request, &response);
    if (last.ok()) answered += 50;
  }
  EXPECT_EQ(last.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(answered, 1000) << "the shipped limit";
  EXPECT_EQ(hub_.running.guard().counts().enumeration_alarms, 1);
  EXPECT_TRUE(Contains(hub_.ActionsOf("console:near"), "access.enumeration"));
}

// Review of security, 4: persons are counted as they are answered, whatever the method, the certificate and the name
// that was asked for.
TEST_F(GuardTest, PersonsAreCountedAsTheyAreAnsweredForAnAgencyTogether) {
  const std::string grant =
      "grants { roles: [DATA_OFFICER, CASEWORKER] all_programmes: true whole_country: true purposes: REVIEW "
      "} ";
  hub_.running.policy().Replace(WithCallers("callers { id: \"console:one\" agency: \"civil\" " + grant +
                                                "} callers { id: \"console:other\" agency: \"civil\" " +
                                                grant + "} callers { id: \"console:near\" " + grant + "}",
                                            2));
  core::Hub& hub = hub_.running.hub();
  Push(hub, OpenBenefits(hub, "living", v1::MINIMUM_LIVING),
       {Monthly(MadeUp("赵铁柱", {1944, 1, 5}, 9), "L3", v1::MINIMUM_LIVING, MonthOf(2026, 1))});
  v1::Person person;
  EXPECT_TRUE(hub_.GetPerson("one", hub_.person_here, &person).ok());
  EXPECT_TRUE(hub_.GetPerson("one", hub_.person_there, &person).ok());
  const std::string third = hub_.PersonOf("L3");
  EXPECT_EQ(hub_.GetPerson("other", third, &person).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED)
      << "another certificate of the same agency";
  EXPECT_TRUE(hub_.GetPerson("near", third, &person).ok()) << "another agency";
  EXPECT_TRUE(Contains(hub_.ActionsOf("console:other"), "access.enumeration"));
}

// Review of security, 5, over the network: the numbers that a masked one leaves are tried out.
TEST_F(GuardTest, TheNumbersThatAMaskLeavesAreNotTriedOut) {
  const auto stub = v1::RegistryService::NewStub(hub_.channel);
  const auto check = [&](const std::string& user, const std::string& number) {
    grpc::ClientContext context;
    GuardedHub::SetCaller(context, user);
    v1::CheckApplicantRequest request;
    request.mutable_purpose()->set_kind(v1::Purpose::REVIEW);
    request.mutable_purpose()->set_case_number("2026-1");
    request.add_persons()->set_id_number(number);
    request.mutable_persons(0)->set_name("王秀兰");
    v1::CheckApplicantResponse response;
    return stub->CheckApplicant(&context, request, &response).error_code();
  };
  EXPECT_EQ(check("near", hub_.number_here), grpc::StatusCode::OK);
  int answered = 0;
  for (int sequence = 10; sequence < 20; ++sequence)
    answered += check("near", MadeUp("王秀兰", {1950, 3, 14}, sequence).id_number) == grpc::StatusCode::OK;
  EXPECT_EQ(answered, 5);
  EXPECT_EQ(check("near", hub_.number_here), grpc::StatusCode::RESOURCE_EXHAUSTED)
      << "or it would be known by its answer";
  EXPECT_TRUE(Contains(hub_.ActionsOf("console:near"), "access.guessing"));
  EXPECT_EQ(check("far", hub_.number_here), grpc::StatusCode::OK) << "another agency";
  for (int sequence = 10; sequence < 20; ++sequence)
    EXPECT_EQ(check("plain", MadeUp("王秀兰", {1950, 3, 14}, sequence).id_number), grpc::StatusCode::OK)
        << "who sees numbers needs not guess";
}

TEST_F(GuardTest, CallsBeyondTheRateAreRefused) {
  hub_.running.policy().Replace(
      WithCallers("callers { id: \"console:near\" grants { roles: CASEWORKER all_programmes: true "
                  "region_prefixes: \"3713\" "
                  "purposes: REVIEW } limits { class: LOOK_UP calls_per_minute: 1 burst: 2 } }"));
  v1::Person person;
  EXPECT_TRUE(hub_.GetPerson("near", hub_.person_here, &person).ok());
  EXPECT_TRUE(hub_.GetPerson("near", hub_.person_here, &person).ok());
  EXPECT_EQ(hub_.GetPerson("near", hub_.person_here, &person).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
}

// A15: a role is taken away while a stream is open.
TEST_F(GuardTest, AStreamIsCutWhenItsCallerMayNoLongerHaveIt) {
  auto stub = v1::NoticeService::NewStub(hub_.channel);
  {
    grpc::ClientContext context;
    GuardedHub::SetCaller(context, "near");
    v1::CreateSubscriptionRequest request;
    request.set_include_open_findings(true);
    request.mutable_subscription()->set_subscription_id("s");
    request.mutable_subscription()->set_region_prefix("371302");
    v1::Subscription subscription;
    ASSERT_TRUE(stub->CreateSubscription(&context, request, &subscription).ok());
  }
  grpc::ClientContext context;
  GuardedHub::SetCaller(context, "near");
  v1::FollowRequest request;
  request.set_subscription_id("s");
  auto reader = stub->Follow(&context, request);
  v1::Notice notice;
  ASSERT_TRUE(reader->Read(&notice));
  const auto begun = std::chrono::steady_clock::now();
  hub_.running.policy().Replace(WithCallers("callers { id: \"console:x\" grants { roles: FEEDER } }"));
  while (reader->Read(&notice)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(60)) << "the promise";
  EXPECT_EQ(hub_.running.guard().counts().streams_cut, 1);
}

TEST_F(GuardTest, AStreamGoesOnWhenThePolicyChangesForOthers) {
  auto stub = v1::FindingService::NewStub(hub_.channel);
  grpc::ClientContext context;
  GuardedHub::SetCaller(context, "near");
  auto reader = v1::NoticeService::NewStub(hub_.channel)->Follow(&context, {});
  hub_.running.policy().Replace(
      WithCallers(std::string(kCallers) + "callers { id: \"console:x\" grants { roles: FEEDER } }"));
  EXPECT_EQ(hub_.running.guard().counts().streams_cut, 0);
  context.TryCancel();
  reader->Finish();
}

}  // namespace
}  // namespace relief::server::access
