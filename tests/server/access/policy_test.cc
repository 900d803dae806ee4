// The policy as data: what it allows, what it refuses to be, and how a change takes hold.
#include "server/access/policy.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "relief/v1/registry_service.pb.h"
#include "server/access/policy_book.h"
#include "tests/server/access/contract.h"

namespace relief::server::access {
namespace {

std::shared_ptr<const Policy> Parsed(const std::string& text) {
  auto policy = Policy::Parse({{"p", text}});
  EXPECT_TRUE(policy.ok()) << policy.status();
  return *policy;
}

std::string ErrorOf(const std::string& text) {
  const auto policy = Policy::Parse({{"p", text}});
  return policy.ok() ? "" : std::string(policy.status().message());
}

constexpr char kGetPerson[] =
    "methods { method: \"relief.v1.RegistryService/GetPerson\" class: LOOK_UP roles: [CASEWORKER, "
    "DATA_OFFICER] }\n";

TEST(Policy, WhatIsNotWrittenIsDenied) {
  const auto policy =
      Parsed(std::string(kGetPerson) +
             "callers { id: \"a\" grants { roles: CASEWORKER } }"
             "callers { id: \"b\" grants { roles: FEEDER all_programmes: true whole_country: true } }");
  EXPECT_TRUE(policy->PermitFor("a", "/relief.v1.RegistryService/GetPerson")) << "with the slash of gRPC";
  EXPECT_TRUE(policy->PermitFor("a", "relief.v1.RegistryService/GetPerson"));
  EXPECT_FALSE(policy->PermitFor("b", "relief.v1.RegistryService/GetPerson")) << "another role";
  EXPECT_FALSE(policy->PermitFor("c", "relief.v1.RegistryService/GetPerson")) << "unknown caller";
  EXPECT_FALSE(policy->PermitFor("a", "relief.v1.RegistryService/CheckApplicant"))
      << "a method without a rule";
  EXPECT_FALSE(policy->PermitFor("a", "relief.v1.RegistryService/GetPersonX"))
      << "longer than a name that has a rule";
}

TEST(Policy, AGrantShowsItsProgrammesInItsRegionsAndNoOther) {
  const auto permit =
      *Parsed(std::string(kGetPerson) +
              "callers { id: \"a\" grants { roles: CASEWORKER programmes: HOUSING region_prefixes: \"3713\" }"
              "  grants { roles: DATA_OFFICER programmes: MEDICAL region_prefixes: \"371302\" }"
              "  grants { roles: AUDITOR all_programmes: true whole_country: true } }")
           ->PermitFor("a", "relief.v1.RegistryService/GetPerson");
  EXPECT_TRUE(permit.Sees(v1::HOUSING, "371311"));
  EXPECT_TRUE(permit.Sees(v1::MEDICAL, "371302"));
  EXPECT_FALSE(permit.Sees(v1::MEDICAL, "371311")) << "programme of one grant, region of the other";
  EXPECT_FALSE(permit.Sees(v1::EDUCATION, "371302")) << "the auditor's grant gives no leave to call this";
  EXPECT_FALSE(permit.Sees(v1::HOUSING, "370102"));
  EXPECT_FALSE(permit.Sees(v1::HOUSING, "")) << "no region lies in the whole country only";
  EXPECT_FALSE(permit.SeesAll());
  const std::vector<v1::Programme> medical_and_education = {v1::EDUCATION, v1::MEDICAL};
  const std::vector<std::string> two_counties = {"370102", "371302"}, other = {"371311"}, none;
  EXPECT_TRUE(permit.SeesAny(medical_and_education, two_counties));
  EXPECT_FALSE(permit.SeesAny(medical_and_education, other));
  EXPECT_FALSE(permit.SeesAny(medical_and_education, none));
}

TEST(Policy, AMistakeIsNamedWithItsLine) {
  EXPECT_EQ(ErrorOf("\n\ncallers { id: \"a\"\n  grants { roles: NOBODY } }").substr(0, 4), "p:4:");
  EXPECT_EQ(ErrorOf("callers { id: \"a\"\n grants {\n  roles: CASEWORKER\n  region_prefixes: \"37130\" } }"),
            "p:4:3: a region prefix has 2, 4 or 6 digits");
  EXPECT_EQ(ErrorOf("callers { id: \"a\"\n  grants { all_programmes: true } }"),
            "p:2:3: roles: at least one");
  EXPECT_EQ(ErrorOf("\nmethods { method: \"relief.v1.RegistryService/Pull\" class: FEED roles: FEEDER }"),
            "p:2:1: relief.v1.RegistryService/Pull is no method of the contract");
  EXPECT_EQ(ErrorOf(std::string(kGetPerson) + kGetPerson),
            "p:2:1: relief.v1.RegistryService/GetPerson has a rule already");
  EXPECT_EQ(
      ErrorOf(
          "callers { id: \"a\" grants { roles: FEEDER } }\ncallers { id: \"a\" grants { roles: FEEDER } }"),
      "p:2:1: a is there already");
  EXPECT_EQ(ErrorOf("methods {\n method: \"relief.v1.FeedService/Push\" class: FEED }"),
            "p:1:1: roles: at least one");
  EXPECT_EQ(ErrorOf("limits {\n class: FEED\n calls_per_minute: 0 }"), "p:3:2: calls_per_minute: 1 or more");
  EXPECT_EQ(
      ErrorOf("callers { id: \"a\"\n grants { roles: FEEDER whole_country: true region_prefixes: \"37\" } }"),
      "p:2:45: region_prefixes and whole_country exclude each other");
}

// The text format takes a number for a value's name; one that does not exist would be a class without limits,
// or no role at all.
TEST(Policy, NumbersOfNothingAreMistakes) {
  EXPECT_EQ(ErrorOf("methods {\n method: \"relief.v1.FeedService/Push\"\n class: 99 roles: FEEDER }"),
            "p:3:2: class must name a class of calls");
  EXPECT_EQ(ErrorOf("methods {\n method: \"relief.v1.FeedService/Push\" class: FEED\n roles: 77 }"),
            "p:3:2: roles must name roles");
  EXPECT_EQ(ErrorOf("limits {\n class: 99 calls_per_minute: 1 }"), "p:2:2: class must name a class of calls");
  const std::string grant = "callers { id: \"a\" grants { roles: FEEDER\n ";
  EXPECT_EQ(ErrorOf(grant + "programmes: 44 } }"), "p:2:2: programmes must name programmes");
  EXPECT_EQ(ErrorOf(grant + "purposes: 33 } }"), "p:2:2: purposes must name purposes");
  EXPECT_EQ(ErrorOf(grant + "unmask: 22 } }"), "p:2:2: unmask must name kinds of fields");
  EXPECT_EQ(ErrorOf(grant + "unmask: PHONE\n unmask_to { year: 2147483647 month: 1 day: 1 } } }"),
            "p:3:2: unmask_to: not a day");
}

TEST(Policy, ACallersOwnLimitReplacesTheGeneralOne) {
  const auto policy = Parsed(
      "limits { class: LOOK_UP calls_per_minute: 60 burst: 5 } limits { class: READ calls_per_minute: 90 }"
      "callers { id: \"a\" grants { roles: FEEDER } limits { class: LOOK_UP calls_per_minute: 6000 } }");
  EXPECT_EQ(policy->RateOf("a", LOOK_UP)->calls_per_minute, 6000);
  EXPECT_EQ(policy->RateOf("b", LOOK_UP)->burst, 5);
  EXPECT_EQ(policy->RateOf("a", READ)->burst, 90) << "no burst stated: a minute's worth";
  EXPECT_FALSE(policy->RateOf("a", FEED));
}

TEST(Policy, TheOpenPolicyLetsEverybodyDoEverything) {
  const auto permit = Policy::Open()->PermitFor("anybody", "relief.v1.FeedService/Push");
  ASSERT_TRUE(permit);
  EXPECT_TRUE(permit->Sees(v1::HOUSING, ""));
  EXPECT_TRUE(permit->roles.contains(ADMINISTRATOR));
}

TEST(ShippedPolicy, HasARuleForEveryMethodOfTheContract) {
  const auto policy = Policy::LoadDirectory(RELIEF_POLICY_DIRECTORY);
  ASSERT_TRUE(policy.ok()) << policy.status();
  ASSERT_GE(ContractMethods().size(), 50u);
  for (const std::string& method : ContractMethods())
    EXPECT_TRUE((*policy)->HasRule(method)) << method << " has no rule in deploy/policy/methods.textproto";
}

class Directory : public testing::Test {
 protected:
  Directory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "relief-policy.XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Directory() override { std::filesystem::remove_all(path_); }
  void Write(const std::string& text) { std::ofstream(path_ + "/p.textproto") << text; }
  std::string path_;
};

TEST_F(Directory, AChangedFileTakesHoldAndAWrongOneLeavesTheOldInForce) {
  const std::string full = std::string(kGetPerson) + "callers { id: \"a\" grants { roles: CASEWORKER } }";
  Write(full);
  auto book = PolicyBook::Watch(path_, {});
  ASSERT_TRUE(book.ok()) << book.status();
  int changes = 0;
  (*book)->OnChange([&] { ++changes; });
  EXPECT_TRUE((*book)->Reload().ok());
  EXPECT_EQ(changes, 0) << "nothing changed";
  Write(full + "callers { id: ");
  EXPECT_TRUE(absl::IsInvalidArgument((*book)->Reload()));
  EXPECT_TRUE((*book)->current()->Knows("a"));
  Write(kGetPerson);
  EXPECT_TRUE((*book)->Reload().ok());
  EXPECT_EQ(changes, 1);
  EXPECT_FALSE((*book)->current()->Knows("a"));
}

TEST_F(Directory, AHubDoesNotStartWhileAMethodHasNoRule) {
  Write(kGetPerson);
  const auto book = PolicyBook::Watch(path_, {"relief.v1.RegistryService"});
  EXPECT_TRUE(absl::IsFailedPrecondition(book.status()));
  EXPECT_NE(std::string(book.status().message()).find("relief.v1.RegistryService/CheckApplicant"),
            std::string::npos);
}

TEST_F(Directory, IsNamedWhenItHoldsNoPolicy) {
  EXPECT_TRUE(absl::IsNotFound(PolicyBook::Watch(path_, {}).status()));
}

}  // namespace
}  // namespace relief::server::access
