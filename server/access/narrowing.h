// Requests cut to the caller's scope before they are answered, so that pages, counts, reports and files are
// made of what it sees.
//
// Pure; callable from any thread.
#pragma once

#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "server/access/policy.h"

namespace relief::server::access {

// Narrows filters (messages with `region_prefix`, however deep; `programmes`, where they have them) to the
// scopes of the permit. PERMISSION_DENIED: nothing of what is asked for lies within them; or what will be
// sent (a subscription, a charity project) is wider than they are. INVALID_ARGUMENT: the answer could not be
// cut afterwards (`answer` holds no rows), and the scope is more than one filter can say: the caller must
// name one of its regions or programmes.
absl::Status NarrowFilters(const Permit& permit, const google::protobuf::Descriptor* answer,
                           google::protobuf::Message* request);

}  // namespace relief::server::access
