// Requests cut to the caller's scope before they are answered, so that pages, counts, reports and files are
// made of what it sees.
//
// Pure; callable from any thread.
#pragma once

#include <google/protobuf/message.h>

#include "absl/status/statusor.h"
#include "server/access/policy.h"

namespace relief::server::access {

// The answer is a list or a stream of rows, which can be cut one by one after they were found.
bool IsListOfRows(const google::protobuf::MethodDescriptor* method);

// Narrows filters (messages with `region_prefix`, however deep; `programmes`, where they have them) to the
// scopes of the permit. False: the scopes are more than one filter can say, and the answer, a list of rows,
// is to be cut afterwards; what it counts is not the caller's. PERMISSION_DENIED: nothing of what is asked
// for lies within the scopes; or what will be sent (a subscription, a charity project) is wider than they
// are. INVALID_ARGUMENT: the same of an answer that could not be cut afterwards: the caller must name one of
// its regions or programmes.
absl::StatusOr<bool> NarrowFilters(const Permit& permit, const google::protobuf::MethodDescriptor* method,
                                   google::protobuf::Message* request);

}  // namespace relief::server::access
