// Nothing leaves or enters that nobody has judged.
#include "server/access/meaning.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>

#include <set>

#include "server/access/row_judge.h"
#include "server/access/visibility.h"
#include "tests/server/access/guarded_hub.h"

namespace relief::server::access {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::MethodDescriptor;

std::vector<const MethodDescriptor*> AllMethods() {
  std::vector<const MethodDescriptor*> methods;
  for (const std::string& name : rpc::ServiceSet::Names()) {
    const auto* service = DescriptorPool::generated_pool()->FindServiceByName(name);
    for (int i = 0; i < service->method_count(); ++i) methods.push_back(service->method(i));
  }
  return methods;
}

void Reach(const Descriptor* type, std::set<const Descriptor*>* reached) {
  if (type->full_name().starts_with("google.") || type->options().map_entry() ||
      !reached->insert(type).second)
    return;
  for (int i = 0; i < type->field_count(); ++i)
    if (type->field(i)->message_type() != nullptr) Reach(type->field(i)->message_type(), reached);
}

TEST(Meaning, EveryTypeAndTextOfEveryMethodIsDeclared) {
  for (const MethodDescriptor* method : AllMethods())
    for (const Descriptor* type : {method->input_type(), method->output_type()})
      for (const std::string& name : Undeclared(type))
        ADD_FAILURE() << method->full_name() << ": say in server/access/meaning.cc what " << name
                      << " stands for";
  EXPECT_FALSE(AllMethods().empty());
}

TEST(Meaning, NothingIsDeclaredThatTheContractDoesNotHave) {
  EXPECT_EQ(DeclaredInVain(), std::vector<std::string>());
}

TEST(Meaning, EveryRowHasSomebodyWhoJudgesIt) {
  const auto hub = OpenHub();
  Permit permit;
  permit.scopes.emplace_back().region_prefixes = {"3713"};
  const Asker asker{"console:x", "console:x"};
  const RowJudge judge(hub->store(), permit, asker);
  std::set<const Descriptor*> reached;
  for (const MethodDescriptor* method : AllMethods())
    for (const Descriptor* type : {method->input_type(), method->output_type()}) Reach(type, &reached);
  int rows = 0;
  for (const Descriptor* type : reached) {
    const TypeMeaning* meaning = MeaningOf(type);
    ASSERT_NE(meaning, nullptr) << type->full_name();
    if (meaning->kind != TypeKind::kRow && meaning->kind != TypeKind::kWholeRow) continue;
    ++rows;
    const auto* empty = google::protobuf::MessageFactory::generated_factory()->GetPrototype(type);
    const auto judged = judge.Judge(*empty);
    ASSERT_TRUE(judged.ok()) << type->full_name() << ": " << judged.status();
    EXPECT_NE(*judged, RowJudge::Seen::kYes)
        << type->full_name() << " that says nothing is seen by everybody";
  }
  EXPECT_GE(rows, 17);
}

// A type that somebody adds tomorrow, and a text in a type of today.
TEST(Meaning, WhatNobodyHasDeclaredIsNamed) {
  google::protobuf::FileDescriptorProto file;
  file.set_name("tomorrow.proto");
  file.set_package("relief.v1");
  auto* type = file.add_message_type();
  type->set_name("Tomorrow");
  auto* known = type->add_field();
  known->set_name("person_id");
  known->set_number(1);
  known->set_type(google::protobuf::FieldDescriptorProto::TYPE_STRING);
  auto* unknown = type->add_field();
  unknown->set_name("dwelling_id");
  unknown->set_number(2);
  unknown->set_type(google::protobuf::FieldDescriptorProto::TYPE_STRING);
  DescriptorPool pool;
  const auto* built = pool.BuildFile(file);
  ASSERT_NE(built, nullptr);
  const Descriptor* tomorrow = built->message_type(0);
  EXPECT_EQ(Undeclared(tomorrow),
            (std::vector<std::string>{"relief.v1.Tomorrow", "relief.v1.Tomorrow.dwelling_id"}));
  EXPECT_EQ(MeaningOf(tomorrow), nullptr);
  // It neither enters nor leaves, whoever calls.
  google::protobuf::DynamicMessageFactory factory(&pool);
  const std::unique_ptr<google::protobuf::Message> message(factory.GetPrototype(tomorrow)->New());
  const auto hub = OpenHub();
  Permit permit;
  const Asker asker;
  const Visibility visibility(hub->store(), permit, asker);
  EXPECT_TRUE(absl::IsInternal(visibility.SeesRowsNamed(*message, RowJudge::Reach::kAny).status()));
  EXPECT_TRUE(absl::IsInternal(visibility.Cut(message.get()).status()));
}

}  // namespace
}  // namespace relief::server::access
