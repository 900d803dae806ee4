// The bodies of the console's calls, as server/console/connect.cc reads them. An input is the name of a
// request ("ListConflictsRequest") and the JSON. What is let through means the same when it is written and
// read again, and nothing of it was dropped in silence but members that the contract does not know.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/json_util.h>

#include <memory>

#include "relief/v1/admin_service.pb.h"
#include "relief/v1/charity_service.pb.h"
#include "relief/v1/feed_service.pb.h"
#include "relief/v1/finding_service.pb.h"
#include "relief/v1/notice_service.pb.h"
#include "relief/v1/referral_service.pb.h"
#include "relief/v1/registry_service.pb.h"
#include "relief/v1/report_service.pb.h"
#include "relief/v1/review_service.pb.h"
#include "server/console/json_check.h"
#include "tests/fuzz/fuzz_target.h"

using google::protobuf::Message;
using relief::server::console::IsSoundJson;

namespace {

// The one of that name, or the conflicts' list, which has every kind of field. Linked in by being named.
std::unique_ptr<Message> RequestOf(const std::string& name) {
  static const Message* const linked[] = {
      &relief::v1::ListConflictsRequest::default_instance(),
      &relief::v1::GetStatusRequest::default_instance(),
      &relief::v1::ListSourcesRequest::default_instance(),
      &relief::v1::ListFindingsRequest::default_instance(),
      &relief::v1::GetGapReportRequest::default_instance(),
      &relief::v1::ListReferralsRequest::default_instance(),
  };
  const auto* type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName("relief.v1." + name);
  const Message* prototype =
      type ? google::protobuf::MessageFactory::generated_factory()->GetPrototype(type) : nullptr;
  return std::unique_ptr<Message>((prototype ? prototype : linked[0])->New());
}

bool Read(const std::string& json, Message* message) {
  google::protobuf::util::JsonParseOptions parse;
  parse.ignore_unknown_fields = true;
  return relief::server::console::IsSoundJson(json, *message->GetDescriptor()) &&
         google::protobuf::util::JsonStringToMessage(json, message, parse).ok();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  relief::fuzz::Input input(data, size);
  const std::unique_ptr<Message> message = RequestOf(input.Line());
  const std::string json(input.rest());
  if (!Read(json, message.get())) return 0;
  std::string written;
  HOLDS(google::protobuf::util::MessageToJsonString(*message, &written).ok());
  const std::unique_ptr<Message> again(message->New());
  HOLDS(Read(written, again.get()));
  HOLDS(again->SerializeAsString() == message->SerializeAsString());
  // Sound JSON stays sound with blanks around it, and is none with a second value behind it.
  HOLDS(relief::server::console::IsSoundJson(" \n" + json + "\t", *message->GetDescriptor()));
  HOLDS(!relief::server::console::IsSoundJson(json + "{}", *message->GetDescriptor()));
  return 0;
}
