// Policy files. A file that is refused says where; one that is taken names only roles, programmes and kinds
// that exist, answers every question, and gives nobody leave whom it does not name.
#include <google/protobuf/text_format.h>

#include "relief/v1/feed_service.pb.h"
#include "server/access/policy.h"
#include "server/access/policy_file.h"
#include "tests/fuzz/fuzz_target.h"

using namespace relief::server::access;
namespace v1 = relief::v1;

namespace {

void CheckValues(const PolicyFile& file) {
  for (const MethodRule& rule : file.methods()) {
    HOLDS(CallClass_IsValid(rule.class_()));
    for (const int role : rule.roles()) HOLDS(Role_IsValid(role));
  }
  for (const Caller& caller : file.callers())
    for (const Grant& grant : caller.grants()) {
      for (const int role : grant.roles()) HOLDS(Role_IsValid(role));
      for (const int programme : grant.programmes()) HOLDS(v1::Programme_IsValid(programme));
      for (const int kind : grant.unmask()) HOLDS(v1::Sensitivity_IsValid(kind));
      for (const int purpose : grant.purposes()) HOLDS(v1::Purpose::Kind_IsValid(purpose));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto file = ParsePolicyFile("input", text);
  const auto policy = Policy::Parse({{"input", text}});
  if (!file.ok()) {
    HOLDS(absl::IsInvalidArgument(file.status()) && !policy.ok());
    HOLDS(file.status().message().substr(0, 6) == "input:");
    return 0;
  }
  CheckValues(file->file);
  std::string written;
  HOLDS(google::protobuf::TextFormat::PrintToString(file->file, &written));
  HOLDS(ParsePolicyFile("input", written).ok());
  if (!policy.ok()) {
    HOLDS(absl::IsInvalidArgument(policy.status()));
    HOLDS(policy.status().message().substr(0, 6) == "input:");
    return 0;
  }
  HOLDS(!(*policy)->open());
  HOLDS(!(*policy)->Knows("nobody whom the file names") &&
        (*policy)->RolesOf("nobody whom the file names").empty());
  for (const MethodRule& rule : file->file.methods()) {
    HOLDS((*policy)->HasRule(rule.method()));
    HOLDS(!(*policy)->PermitFor("nobody whom the file names", rule.method()));
    for (const Caller& caller : file->file.callers()) {
      const auto permit = (*policy)->PermitFor(caller.id(), rule.method());
      HOLDS(permit == (*policy)->PermitFor(caller.id(), "/" + rule.method()));
      if (permit)
        HOLDS(!permit->roles.empty() && (permit->whole_hub || permit->SeesAll() || !permit->SeesRegion("")));
    }
  }
  return 0;
}
