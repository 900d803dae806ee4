// A4: every method of the services that the hub runs, as every role, in the region and out of it: each cell
// is asserted.
#include <iostream>

#include "tests/server/access/any_call.h"

namespace relief::server::access {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

class Matrix : public testing::Test {
 protected:
  static std::string Callers() {
    std::string text;
    for (int role = Role_MIN + 1; role <= Role_MAX; ++role)
      for (const auto& [place, prefix] : {std::pair{"near", "3713"}, {"far", "50"}})
        text += "callers { id: \"console:" + Role_Name(static_cast<Role>(role)) + "-" + place +
                "\" grants { roles: " + Role_Name(static_cast<Role>(role)) +
                " all_programmes: true region_prefixes: \"" + prefix +
                "\" purposes: [APPLICATION, REVIEW, FINDING, AUDIT, OPERATIONS] }"
                " limits { class: LOOK_UP calls_per_minute: 100000 } limits { class: EXPORT "
                "calls_per_minute: 100000 }"
                " limits { class: READ calls_per_minute: 100000 } limits { class: WATCH calls_per_minute: "
                "100000 } limits { class: CHANGE calls_per_minute: 100000 } }";
    return text;
  }

  std::shared_ptr<const Policy> policy_ = WithCallers(Callers());
  EveryKindOfRow hub_{policy_, "console:CASEWORKER-near"};
};

TEST_F(Matrix, EveryMethodEveryRoleEveryRegion) {
  int cells = 0, allowed = 0, hidden = 0;
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  for (const std::string& service : rpc::ServiceSet::Names()) {
    for (int m = 0; m < pool->FindServiceByName(service)->method_count(); ++m) {
      const MethodDescriptor* method = pool->FindServiceByName(service)->method(m);
      const std::string name = service + "/" + method->name();
      const std::unique_ptr<Message> request(
          google::protobuf::MessageFactory::generated_factory()->GetPrototype(method->input_type())->New());
      const bool names_rows = hub_.NameRows(request.get());
      for (int r = Role_MIN + 1; r <= Role_MAX; ++r) {
        const Role role = static_cast<Role>(r);
        for (const std::string place : {"far", "near"}) {
          ++cells;
          hub_.Restore();
          const std::string user = Role_Name(role) + "-" + place;
          const auto permit = policy_->PermitFor("console:" + user, name);
          const grpc::Status status = CallMethod(hub_.channel, name, user, *request);
          const bool refused = status.error_code() == grpc::StatusCode::PERMISSION_DENIED &&
                               status.error_message() == "you may not call this";
          EXPECT_EQ(refused, !permit.has_value()) << name << " as " << user << ": " << status.error_message();
          if (!permit) continue;
          ++allowed;
          if (!names_rows || permit->whole_hub) continue;
          const bool not_there = status.error_code() == grpc::StatusCode::NOT_FOUND;
          if (place == "far") {
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
}

}  // namespace
}  // namespace relief::server::access
