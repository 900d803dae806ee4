// Who may take a step of a referral, by what the contract says of it.
//
// Whoever sees a referral has to do with it: its taker's side, which sees the gap, or its target's. What lies with the
// target (to accept, to give back, to grant or refuse what was accepted) is the target's to do, and what was never
// sent to anybody, or came back, is not the target's.
//
// Pure but for the store; callable from any thread.
#pragma once

#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "server/access/row_judge.h"

namespace relief::server::access {

// PERMISSION_DENIED: the step is the other side's. OK for every other request, and where there is no such referral.
absl::Status CheckReferralStep(const storage::Reader& reader, const Permit& permit, const Asker& asker,
                               const google::protobuf::Message& request);

}  // namespace relief::server::access
