#include "server/console/accounts.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>
#include <time.h>

#include <fstream>
#include <functional>
#include <sstream>

#include "relief/v1/admin_service.pb.h"
#include "relief/v1/charity_service.pb.h"
#include "relief/v1/feed_service.pb.h"
#include "relief/v1/finding_service.pb.h"
#include "relief/v1/intake_service.pb.h"
#include "relief/v1/notice_service.pb.h"
#include "relief/v1/referral_service.pb.h"
#include "relief/v1/registry_service.pb.h"
#include "relief/v1/report_service.pb.h"
#include "relief/v1/review_service.pb.h"
#include "server/access/policy.h"
#include "tests/server/access/contract.h"

namespace relief::server::console {
namespace {

constexpr char kPassword[] = "correct horse battery";
constexpr char kSecret[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";  // "12345678901234567890", RFC 6238
constexpr int64_t kNow = 1'793'000'000;

std::string Book(const std::string& more = "") {
  static const std::string hash = HashPassword(kPassword);
  return "accounts { user: \"li\" role: OFFICER password_hash: \"" + hash + "\" }" +
         "accounts { user: \"wu\" role: SUPERVISOR password_hash: \"" + hash + "\" totp_secret: \"" +
         kSecret + "\" }" + more;
}

std::shared_ptr<const AccountBook> Open() {
  auto book = AccountBook::Parse(Book());
  EXPECT_TRUE(book.ok()) << book.status();
  return *book;
}

TEST(Accounts, KnowsThePasswordAndNothingLikeIt) {
  const auto book = Open();
  EXPECT_TRUE(book->Check("li", kPassword, "", kNow));
  EXPECT_FALSE(book->Check("li", "correct horse batterz", "", kNow));
  EXPECT_FALSE(book->Check("li", "", "", kNow));
  EXPECT_FALSE(book->Check("nobody", kPassword, "", kNow));
  EXPECT_NE(HashPassword(kPassword), HashPassword(kPassword)) << "each has its own salt";
}

// By the processor's time of this thread, which other work of the machine does not lengthen.
double SecondsOf(const std::function<void()>& work) {
  double least = 1e9;
  for (int i = 0; i < 3; ++i) {
    timespec before{}, after{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
    work();
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
    least = std::min(least, static_cast<double>(after.tv_sec - before.tv_sec) +
                                static_cast<double>(after.tv_nsec - before.tv_nsec) / 1e9);
  }
  return least;
}

TEST(Accounts, NobodyLearnsByTheTimeItTakesWhetherAUserExists) {
  const auto book = Open();
  const double unknown = SecondsOf([&] { (void)book->Check("nobody", "wrong", "", kNow); });
  for (const char* user : {"li", "wu"}) {
    const double known = SecondsOf([&] { (void)book->Check(user, "wrong", "", kNow); });
    EXPECT_LT(known / unknown, 1.5) << user;
    EXPECT_LT(unknown / known, 1.5) << user;
  }
  // A right password with a wrong code is no faster than a wrong one.
  const double half = SecondsOf([&] { (void)book->Check("wu", kPassword, "000000", kNow); });
  EXPECT_LT(half / unknown, 1.5);
  EXPECT_LT(unknown / half, 1.5);
}

TEST(Accounts, OfAccountsAtOtherCostsTooNobodyLearnsIt) {
  // As made by an older or a stricter program: an eighth of the cost.
  std::string cheap = "scrypt:4096:8:1:00112233445566778899aabbccddeeff:";
  cheap.append(64, '0');
  const auto book =
      AccountBook::Parse("accounts { user: \"li\" role: OFFICER password_hash: \"" + cheap + "\" }");
  ASSERT_TRUE(book.ok()) << book.status();
  const double known = SecondsOf([&] { (void)(*book)->Check("li", "wrong", "", kNow); });
  const double unknown = SecondsOf([&] { (void)(*book)->Check("nobody", "wrong", "", kNow); });
  EXPECT_LT(unknown / known, 1.5);
}

TEST(Accounts, AHashThatWouldTakeTheMemoryOfTheMachineIsRefused) {
  std::string greedy = "scrypt:1048576:8:1:00112233445566778899aabbccddeeff:";
  greedy.append(64, '0');
  EXPECT_FALSE(
      AccountBook::Parse("accounts { user: \"li\" role: OFFICER password_hash: \"" + greedy + "\" }").ok());
}

TEST(Accounts, OneTimeCodesAreThoseOfTheStandard) {  // RFC 6238, appendix B, the last six digits
  EXPECT_EQ(OneTimeCode(kSecret, 59 / 30), "287082");
  EXPECT_EQ(OneTimeCode(kSecret, 1111111109 / 30), "081804");
  EXPECT_EQ(OneTimeCode(kSecret, 2000000000 / 30), "279037");
  EXPECT_EQ(OneTimeCode("not base 32!", 1), "");
}

TEST(Accounts, TheSecondFactorIsAskedFor) {
  const auto book = Open();
  EXPECT_FALSE(book->Check("wu", kPassword, "", kNow));
  EXPECT_FALSE(book->Check("wu", kPassword, "000000", kNow));
  EXPECT_TRUE(book->Check("wu", kPassword, OneTimeCode(kSecret, kNow / 30), kNow));
  EXPECT_TRUE(book->Check("wu", kPassword, OneTimeCode(kSecret, kNow / 30 - 1), kNow))
      << "a clock that is behind";
  EXPECT_FALSE(book->Check("wu", kPassword, OneTimeCode(kSecret, kNow / 30 - 2), kNow));
}

TEST(Accounts, ABadFileIsRefusedWithItsReason) {
  const auto message = [](const std::string& text) {
    return std::string(AccountBook::Parse(text).status().message());
  };
  EXPECT_NE(message("accounts { user: \"A b\" }").find("user"), std::string::npos);
  EXPECT_NE(message("accounts { user: \"ab\" role: OFFICER password_hash: \"plain\" }").find("password_hash"),
            std::string::npos);
  EXPECT_NE(
      message(Book("accounts { user: \"li\" role: OFFICER password_hash: \"" + HashPassword("x") + "\" }"))
          .find("twice"),
      std::string::npos);
  EXPECT_NE(message("accounts { user: \"ab\" password_hash: \"" + HashPassword("x") + "\" }").find("role"),
            std::string::npos);
}

TEST(Accounts, EveryUnaryMethodOfTheContractIsDecidedOn) {
  // A method that no role may call must be listed as such: the list is what somebody looks through.
  const std::map<std::string, bool> internal = {{"/relief.v1.FeedService/BeginLoad", true},
                                                {"/relief.v1.FeedService/EndLoad", true},
                                                {"/relief.v1.RegistryService/CheckApplicants", true},
                                                {"/relief.v1.NoticeService/CreateSubscription", true},
                                                {"/relief.v1.NoticeService/GetSubscription", true},
                                                {"/relief.v1.NoticeService/DeleteSubscription", true},
                                                {"/relief.v1.NoticeService/Acknowledge", true},
                                                {"/relief.v1.CharityService/RegisterProject", true},
                                                {"/relief.v1.CharityService/UpdateProject", true},
                                                {"/relief.v1.CharityService/MatchNeeds", true},
                                                {"/relief.v1.CharityService/AnswerNeed", true}};
  for (const auto* file :
       {v1::ListConflictsRequest::descriptor()->file(), v1::GetPersonRequest::descriptor()->file(),
        v1::ListFindingsRequest::descriptor()->file(), v1::GetGapReportRequest::descriptor()->file(),
        v1::Source::descriptor()->file(), v1::GetStatusRequest::descriptor()->file(),
        v1::Subscription::descriptor()->file(), v1::Referral::descriptor()->file(),
        v1::ListProjectsRequest::descriptor()->file(), v1::GetUploadRequest::descriptor()->file()}) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        const auto* method = file->service(s)->method(m);
        if (method->client_streaming() || method->server_streaming()) continue;
        const std::string name = "/" + file->service(s)->full_name() + "/" + method->name();
        bool somebody = false;
        for (Role role : {OFFICER, SUPERVISOR, APPROVER, AUDITOR, ADMINISTRATOR})
          somebody |= MayCall(role, name);
        EXPECT_NE(somebody, internal.contains(name)) << name;
        EXPECT_FALSE(MayCall(ROLE_UNSPECIFIED, name));
      }
    }
  }
  EXPECT_FALSE(MayCall(ADMINISTRATOR, "/relief.v1.RegistryService/GetPerson"))
      << "no people for administrators";
  EXPECT_FALSE(MayCall(AUDITOR, "/relief.v1.ReviewService/DecideConflict"));
  EXPECT_FALSE(MayCall(OFFICER, "/relief.v1.AdminService/ReloadRules"));
  EXPECT_FALSE(MayCall(OFFICER, "/relief.v1.ReviewService/ApproveProposal")) << "approvers approve";
}

// The console offers a role nothing that the shipped policy would refuse it: two lists that say the same.
TEST(Accounts, ARoleMayCallNothingThatThePolicyRefusesIt) {
  std::ifstream file(RELIEF_POLICY_DIRECTORY "/methods.textproto");
  std::stringstream methods;
  methods << file.rdbuf();
  const auto feeder = access::Policy::Parse(
      {{"methods", methods.str()},
       {"callers",
        "callers { id: \"a\" grants { roles: FEEDER all_programmes: true whole_country: true } }"}});
  ASSERT_TRUE(feeder.ok()) << feeder.status();
  int allowed = 0;
  for (const auto& [role, office] : {std::pair{OFFICER, "DATA_OFFICER"},
                                     {SUPERVISOR, "SUPERVISOR"},
                                     {APPROVER, "APPROVER"},
                                     {AUDITOR, "AUDITOR"},
                                     {ADMINISTRATOR, "ADMINISTRATOR"}}) {
    const auto policy =
        access::Policy::Parse({{"methods", methods.str()},
                               {"callers", std::string("callers { id: \"a\" grants { roles: ") + office +
                                               " all_programmes: true whole_country: true } }"}});
    ASSERT_TRUE(policy.ok()) << policy.status();
    for (const std::string& method : access::ContractMethods()) {
      if (!MayCall(role, "/" + method)) continue;
      ++allowed;
      // Sending files is not of a role: it takes the grant that a system needs to push.
      const bool feeds = method.starts_with("relief.v1.IntakeService/");
      EXPECT_EQ((*policy)->PermitFor("a", method).has_value(), !feeds) << method << " as " << office;
      if (feeds) {
        EXPECT_TRUE((*feeder)->PermitFor("a", method)) << method;
      }
    }
  }
  EXPECT_GT(allowed, 100);
}

}  // namespace
}  // namespace relief::server::console
