// Review of security, 3 and 11: whoever was told of a person is found by asking for the person, whatever method told it.
#include "server/access/told_of.h"
#include "server/audit/audit_access.h"
#include "tests/server/access/any_call.h"
#include "tests/server/access/two_counties.h"

namespace relief::server::access {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::Message;
using Review = v1::ReviewService::Stub;

v1::ListAccessesResponse AccessesOf(const core::Hub& hub, const std::string& person_id) {
  v1::ListAccessesRequest request;
  request.set_person_id(person_id);
  request.set_page_size(500);
  request.set_listed(true);
  const auto response = audit::ListAccesses(*hub.store().Snapshot(), request);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? *response : v1::ListAccessesResponse();
}

// Every method of the contract, with a row of every kind to name. Nobody has to remember anything: a method that is new
// tomorrow, and answers with a person, is here.
TEST(Accesses, EveryMethodThatTellsOfAPersonIsFoundByThePerson) {
  const std::string all =
      "callers { id: \"console:all\" grants { roles: [FEEDER, CASEWORKER, DATA_OFFICER, SUPERVISOR, "
      "APPROVER, AUDITOR, "
      "ADMINISTRATOR, CHARITY] all_programmes: true whole_country: true purposes: [REVIEW] } }";
  EveryKindOfRow hub(WithCallers(all), "console:all");
  int told_of = 0;
  std::set<std::string> methods;
  for (const std::string& service : rpc::ServiceSet::Names()) {
    const auto* descriptor = DescriptorPool::generated_pool()->FindServiceByName(service);
    for (int m = 0; m < descriptor->method_count(); ++m) {
      const auto* method = descriptor->method(m);
      auto* factory = google::protobuf::MessageFactory::generated_factory();
      const std::unique_ptr<Message> request(factory->GetPrototype(method->input_type())->New());
      hub.NameRows(request.get());
      // What a list is asked for, and a look at applicants needs to know.
      if (auto* check = dynamic_cast<v1::CheckApplicantRequest*>(request.get())) {
        check->add_persons()->set_id_number(hub.number_here);
        check->mutable_persons(0)->set_name("王秀兰");
      }
      if (auto* bulk = dynamic_cast<v1::PreviewBulkRequest*>(request.get()))
        bulk->set_verdict(v1::Decision::SAME);
      if (auto* comment = dynamic_cast<v1::AddCaseCommentRequest*>(request.get()))
        comment->set_comment("已查");
      if (auto* answer = dynamic_cast<v1::AddDispositionRequest*>(request.get()))
        answer->mutable_disposition()->set_outcome(v1::Disposition::ACKNOWLEDGED);
      hub.Restore();
      const int64_t before = hub.LastEntry();
      std::vector<std::string> answers;
      const grpc::Status status =
          CallMethod(hub.channel, service + "/" + method->name(), "all", *request, &answers);
      if (!status.ok() && answers.empty()) continue;
      for (const std::string& bytes : answers) {
        const std::unique_ptr<Message> answer(factory->GetPrototype(method->output_type())->New());
        ASSERT_TRUE(answer->ParseFromString(bytes));
        for (const std::string& person : hub.PersonsIn(*answer)) {
          ++told_of;
          methods.insert(method->full_name());
          const auto entered = [&] {
            const auto accesses = AccessesOf(hub.running.hub(), person);
            return std::any_of(accesses.accesses().begin(), accesses.accesses().end(),
                               [&](const v1::Access& access) {
                                 return access.sequence() > before && access.actor() == "console:all";
                               });
          };
          // Of a stream that was followed until now the entry may still be on its way.
          for (int i = 0; i < 100 && method->server_streaming() && !entered(); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
          EXPECT_TRUE(entered()) << method->full_name() << " told of " << person
                                 << ", and nobody will know: " << status.error_message();
        }
      }
    }
  }
  EXPECT_GT(told_of, 30);
  for (const char* name : {"PreviewBulk", "ClaimConflict", "GetCluster", "GetCase", "ListConflicts",
                           "ListFindings", "CheckApplicant", "GetHousehold", "Follow"})
    EXPECT_TRUE(std::any_of(methods.begin(), methods.end(),
                            [&](const std::string& method) { return method.ends_with(name); }))
        << name << " was to tell of somebody";
}

class Told : public TwoCounties {
 protected:
  bool FoundAt(const std::string& person, const std::string& action) {
    const auto accesses = AccessesOf(hub(), person);
    return std::any_of(accesses.accesses().begin(), accesses.accesses().end(),
                       [&](const v1::Access& access) { return access.action() == action; });
  }
};

TEST_F(Told, OtherPersonsInAClusterAreToldToo) {
  v1::GetClusterRequest request;
  request.set_person_id(PersonOf("ep", "TA"));
  *request.mutable_purpose() = Reviewing();
  v1::Cluster cluster;
  ASSERT_TRUE(Call(*review_, &Review::GetCluster, "here", request, &cluster).ok());
  ASSERT_EQ(cluster.groups_size(), 2);
  EXPECT_TRUE(FoundAt(cluster.groups(0).person_id(), "review.cluster.look"));
  EXPECT_TRUE(FoundAt(cluster.groups(1).person_id(), "review.cluster.look"));
}

TEST_F(Told, WholeCasesInAPreviewAreToldAndSoIsWhatOneOnlyNamed) {
  v1::BulkPreview preview;
  ASSERT_TRUE(Preview("here", &preview).ok());
  ASSERT_GT(preview.samples_size(), 0);
  EXPECT_TRUE(FoundAt(PersonOf("ep", "TA"), "look.ReviewService/PreviewBulk"));
  EXPECT_FALSE(FoundAt(PersonOf("ep", "TC"), "look.ReviewService/PreviewBulk"))
      << "the county beside was not shown";
  v1::AssignConflictsRequest assign;
  assign.add_conflict_ids(Case("A"));
  assign.set_assignee("console:here");
  v1::AssignConflictsResponse assigned;
  ASSERT_TRUE(Call(*review_, &Review::AssignConflicts, "here", assign, &assigned).ok());
  EXPECT_TRUE(FoundAt(PersonOf("ep", "TA"), "change.ReviewService/AssignConflicts"));
  v1::ListCaseEventsRequest list;
  list.set_conflict_id(Case("A"));
  v1::ListCaseEventsResponse events;
  ASSERT_TRUE(Call(*review_, &Review::ListCaseEvents, "here", list, &events).ok());
  EXPECT_TRUE(FoundAt(PersonOf("ml", "DA"), "change.ReviewService/AssignConflicts"));
}

}  // namespace
}  // namespace relief::server::access
