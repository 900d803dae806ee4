// A guarded hub with two counties' data, and callers by name. For tests only.
#pragma once

#include <regex>
#include <set>
#include <sstream>

#include "relief/v1/finding_service.grpc.pb.h"
#include "relief/v1/notice_service.grpc.pb.h"
#include "relief/v1/registry_service.grpc.pb.h"
#include "server/access/told_of.h"
#include "server/audit/audit.pb.h"
#include "server/core/schema.h"
#include "server/findings/finding_store.h"
#include "server/network/transport.h"
#include "server/notices/outbox.h"
#include "server/registry/person_view.h"
#include "tests/server/rpc/running_hub.h"

namespace relief::server::access {

// With `distinct_persons` instead of the shipped limit of look-ups.
inline std::shared_ptr<const Policy> WithCallers(const std::string& callers, int distinct_persons = 1000) {
  std::ifstream file(RELIEF_POLICY_DIRECTORY "/methods.textproto");
  std::stringstream methods;
  methods << file.rdbuf();
  const std::string text = std::regex_replace(methods.str(), std::regex("distinct_persons: 1000"),
                                              "distinct_persons: " + std::to_string(distinct_persons));
  auto policy = Policy::Parse({{"methods", text}, {"callers", callers}});
  EXPECT_TRUE(policy.ok()) << policy.status();
  return *policy;
}

// 王秀兰 of 371302 gets minimum living and extreme poverty at once: a finding there. 李伟 of 500101 gets
// minimum living.
class GuardedHub {
 public:
  explicit GuardedHub(std::shared_ptr<const Policy> policy, std::unique_ptr<core::Hub> opened = OpenHub())
      : running(std::move(opened), grpc::InsecureServerCredentials(), std::move(policy)),
        channel(running.channel()) {
    core::Hub& hub = running.hub();
    const auto living = OpenBenefits(hub, "living", v1::MINIMUM_LIVING);
    const auto poverty = OpenBenefits(hub, "poverty", v1::EXTREME_POVERTY);
    const Who here = MadeUp("王秀兰", {1950, 3, 14}, 2), there = MadeUp("李伟", {1960, 5, 6}, 3);
    v1::Record far = Monthly(there, "L2", v1::MINIMUM_LIVING, MonthOf(2026, 1), "500101");
    far.mutable_person()->set_region_code("500101");
    Push(hub, living, {Monthly(here, "L1", v1::MINIMUM_LIVING, MonthOf(2026, 1)), far});
    Push(hub, poverty, {Monthly(here, "P1", v1::EXTREME_POVERTY, MonthOf(2026, 1))});
    number_here = here.id_number;
    number_there = there.id_number;
    person_here = PersonOf("L1");
    person_there = PersonOf("L2");
    const auto findings = OpenFindings(hub);
    EXPECT_FALSE(findings.empty());
    if (!findings.empty()) finding_here = findings[0].finding_id();
    for (const v1::Finding& finding : findings)
      if (finding.kind() == v1::MISSING && finding.regions(0) == "371302") gap_here = finding.finding_id();
  }

  std::string PersonOf(const std::string& record_id) {
    v1::RecordName name;
    name.set_source_id("living");
    name.set_record_id(record_id);
    const auto person = registry::ReadPersonOfRecord(running.hub().store(), name);
    EXPECT_TRUE(person.ok()) << person.status();
    return person->person_id();
  }

  // A call as this caller of the policy ("console:" and the user).
  static void SetCaller(grpc::ClientContext& context, const std::string& user) {
    for (const auto& [key, value] : network::ConsoleMetadata(user)) context.AddMetadata(key, value);
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(2));
  }

  grpc::Status GetPerson(const std::string& user, const std::string& person_id, v1::Person* person,
                         v1::Purpose::Kind purpose = v1::Purpose::REVIEW) {
    grpc::ClientContext context;
    SetCaller(context, user);
    v1::GetPersonRequest request;
    request.set_person_id(person_id);
    request.mutable_purpose()->set_kind(purpose);
    request.mutable_purpose()->set_case_number("2026-1");
    return v1::RegistryService::NewStub(channel)->GetPerson(&context, request, person);
  }

  // Everybody whom a message tells of.
  std::set<std::string> PersonsIn(const google::protobuf::Message& answer) {
    ToldOf told;
    told.AddAnswer(answer);
    std::set<std::string> persons;
    const auto resolved = told.Resolve(running.hub().store());
    EXPECT_TRUE(resolved.ok()) << resolved.status();
    std::istringstream words(resolved.ok() ? resolved->subject : "");
    for (std::string word; words >> word;)
      if (word.starts_with("K-")) {
        const auto person =
            matcher::PersonOfRecord(running.hub().store(), *matcher::RecordKey::Parse(word.substr(2)));
        if (person.ok()) persons.insert(person->ToString());
      }
    return persons;
  }

  // The number of the newest entry of the audit chain.
  int64_t LastEntry() {
    audit::Entry entry;
    EXPECT_TRUE(entry.ParseFromString(Rows(running.hub(), schema::kAuditHeadRow).begin()->second));
    return entry.sequence();
  }

  // Actions in the audit chain of this caller.
  std::vector<std::string> ActionsOf(const std::string& caller) {
    EXPECT_TRUE(running.hub()
                    .Write([](core::WriteContext&) { return absl::OkStatus(); })
                    .ok());  // what was queued is done
    std::vector<std::string> actions;
    for (const auto& [key, value] : Rows(running.hub(), schema::kAuditPrefix)) {
      audit::Entry entry;
      EXPECT_TRUE(entry.ParseFromString(value));
      if (entry.actor() == caller) actions.push_back(entry.action());
    }
    return actions;
  }

  rpc::RunningHub running;
  std::shared_ptr<grpc::Channel> channel;
  std::string number_here, number_there, person_here, person_there, finding_here, gap_here;
};

}  // namespace relief::server::access
