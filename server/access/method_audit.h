// What stands in the audit chain of a call, by its method: which action, and who writes it.
//
// The guard writes an entry for every method of which nothing else is said here: a new one is in the chain
// without anybody thinking of it. Callable from any thread.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>

#include "server/access/policy.pb.h"

namespace relief::server::access {

struct MethodAudit {
  std::string action;
  // An entry also where the answer tells of nobody: of looks by a purpose, changes, exports and operations.
  bool always = false;
  // The change is written down with its entry in one commit, by whoever makes it.
  bool with_the_change = false;
  // Many people leave at once, one entry for all: they are not named one by one.
  bool whole_list = false;
};

MethodAudit AuditOf(const google::protobuf::MethodDescriptor& method, CallClass call_class);

}  // namespace relief::server::access
