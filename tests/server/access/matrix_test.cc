// A4: every method of the services that the hub runs, as every role, in the region and out of it, and in the region with
// another programme: each cell is asserted.
#include <iostream>

#include "server/access/meaning.h"
#include "tests/server/access/any_call.h"

namespace relief::server::access {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

struct Place {
  const char* name;
  const char* scope;
  bool sees;
};
constexpr Place kPlaces[] = {{"far", "all_programmes: true region_prefixes: \"50\"", false},
                             {"near", "all_programmes: true region_prefixes: \"3713\"", true},
                             {"beside", "programmes: DISASTER region_prefixes: \"3713\"", false}};

class Matrix : public testing::Test {
 protected:
  static std::string Callers() {
    std::string text;
    for (int role = Role_MIN + 1; role <= Role_MAX; ++role)
      for (const Place& place : kPlaces)
        text += "callers { id: \"console:" + Role_Name(static_cast<Role>(role)) + "-" + place.name +
                "\" grants { roles: " + Role_Name(static_cast<Role>(role)) + " " + place.scope +
                " purposes: [APPLICATION, REVIEW, FINDING, AUDIT, OPERATIONS] }"
                " limits { class: LOOK_UP calls_per_minute: 100000 } limits { class: EXPORT "
                "calls_per_minute: 100000 }"
                " limits { class: READ calls_per_minute: 100000 } limits { class: WATCH calls_per_minute: "
                "100000 } limits { class: CHANGE calls_per_minute: 100000 } }";
    return text;
  }

  std::shared_ptr<const Policy> policy_ = WithCallers(Callers());
  EveryKindOfRow hub_{policy_, "console:CASEWORKER-near"};
};

// Their requests name rows that the handlers hold to their owners, or sources that a filter looks for: what it finds is
// cut as without it.
const std::set<std::string> kNamedOtherwise = {
    "relief.v1.FeedService/Push",  // the source's owner may
    "relief.v1.IntakeService/AnswerUpload",
    "relief.v1.CharityService/RegisterProject",
    "relief.v1.CharityService/UpdateProject",
    "relief.v1.CharityService/MatchNeeds",
    "relief.v1.CharityService/AnswerNeed",
    "relief.v1.ReviewService/GetQueueSummary",
    "relief.v1.ReviewService/ListConflicts",
    "relief.v1.ReviewService/PreviewBulk",
    "relief.v1.ReviewService/StartBulk",
};

TEST_F(Matrix, EveryMethodEveryRoleEveryRegion) {
  int cells = 0, allowed = 0, hidden = 0;
  std::set<std::string> unnamed;
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  for (const std::string& service : rpc::ServiceSet::Names()) {
    for (int m = 0; m < pool->FindServiceByName(service)->method_count(); ++m) {
      const MethodDescriptor* method = pool->FindServiceByName(service)->method(m);
      const std::string name = service + "/" + method->name();
      const std::unique_ptr<Message> request(
          google::protobuf::MessageFactory::generated_factory()->GetPrototype(method->input_type())->New());
      const bool names_rows = hub_.NameRows(request.get());
      const TypeMeaning* meaning = MeaningOf(method->input_type());
      if (!names_rows && meaning != nullptr && meaning->holds_ids) unnamed.insert(name);
      for (int r = Role_MIN + 1; r <= Role_MAX; ++r) {
        const Role role = static_cast<Role>(r);
        for (const Place& place : kPlaces) {
          ++cells;
          hub_.Restore();
          const std::string user = Role_Name(role) + "-" + place.name;
          const auto permit = policy_->PermitFor("console:" + user, name);
          const grpc::Status status = CallMethod(hub_.channel, name, user, *request);
          const bool refused = status.error_code() == grpc::StatusCode::PERMISSION_DENIED &&
                               status.error_message() == "you may not call this";
          EXPECT_EQ(refused, !permit.has_value()) << name << " as " << user << ": " << status.error_message();
          if (!permit) continue;
          ++allowed;
          if (!names_rows || permit->whole_hub) continue;
          const bool not_there = status.error_code() == grpc::StatusCode::NOT_FOUND;
          if (!place.sees) {
            EXPECT_TRUE(not_there) << name << " as " << user << ": " << status.error_message();
            ++hidden;
          } else if (role == CASEWORKER || role == ADMINISTRATOR || service != "relief.v1.NoticeService") {
            EXPECT_FALSE(not_there) << name << " as " << user << ": " << status.error_message();
          }
        }
      }
    }
  }
  std::cout << cells << " cells: " << allowed << " allowed, " << hidden << " of them answered as not there\n";
  EXPECT_GT(allowed, 0);
  EXPECT_GT(hidden, 0);
  EXPECT_EQ(unnamed, kNamedOtherwise) << "nobody has tried what these name";
}

}  // namespace
}  // namespace relief::server::access
