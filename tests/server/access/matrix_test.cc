// A4: every method of the services that the hub runs, as every role, in the region and out of it: each cell
// is asserted.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <grpcpp/generic/generic_stub.h>

#include <iostream>

#include "tests/server/access/guarded_hub.h"

namespace relief::server::access {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// A call of any method with any request; a stream is closed after what it sent.
grpc::Status CallMethod(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                        const std::string& user, const Message& request) {
  grpc::GenericStub stub(channel);
  grpc::CompletionQueue queue;
  grpc::ClientContext context;
  GuardedHub::SetCaller(context, user);
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(2));
  auto call = stub.PrepareCall(&context, "/" + method, &queue);
  const auto wait = [&] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  call->StartCall(nullptr);
  wait();
  const std::string bytes = request.SerializeAsString();
  const grpc::Slice slice(bytes);
  call->WriteLast(grpc::ByteBuffer(&slice, 1), {}, nullptr);
  wait();
  grpc::ByteBuffer answer;
  for (call->Read(&answer, nullptr); wait(); call->Read(&answer, nullptr)) {
  }
  grpc::Status status;
  call->Finish(&status, nullptr);
  wait();
  return status;
}

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
                "100000 } }";
    return text;
  }

  // Names the rows of the near county wherever the request can name one.
  bool NameRows(Message* request) {
    const auto* reflection = request->GetReflection();
    const auto* type = request->GetDescriptor();
    bool named = false;
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      if (field->is_repeated()) continue;
      if (field->message_type() == v1::RecordName::descriptor()) {
        auto* name = static_cast<v1::RecordName*>(reflection->MutableMessage(request, field));
        name->set_source_id("living");
        name->set_record_id("L1");
        named = true;
      } else if (field->name() == "finding_id" || field->name() == "person_id") {
        reflection->SetString(request, field,
                              field->name() == "finding_id" ? hub_.finding_here : hub_.person_here);
        named = true;
      } else if (field->message_type() == v1::Purpose::descriptor()) {
        auto* purpose = static_cast<v1::Purpose*>(reflection->MutableMessage(request, field));
        purpose->set_kind(v1::Purpose::REVIEW);
        purpose->set_case_number("2026-1");
      }
    }
    return named;
  }

  std::shared_ptr<const Policy> policy_ = WithCallers(Callers());
  GuardedHub hub_{policy_};
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
      const bool names_rows = NameRows(request.get());
      for (int r = Role_MIN + 1; r <= Role_MAX; ++r) {
        const Role role = static_cast<Role>(r);
        for (const std::string place : {"far", "near"}) {
          ++cells;
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
          } else {
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
