// Whom an entry of the audit chain concerns: the records of the persons that it names, so that a person can
// be told who looked.
//
// Callable from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/core/write_context.h"

namespace relief::server::audit {

// The records that the subject names, which leave it, and those of every person that its subject leads to: by
// name, or through a conflict, a finding, a referral or a decision. As they are now, all records of these
// persons: whoever looked at the person saw each of them. Sorted, each once.
absl::StatusOr<std::vector<matcher::RecordKey>> RecordsConcerned(const storage::Reader& reader,
                                                                 core::AuditEvent* event);

// The action lets a list of many people out of the hub, which an entry does not name one by one.
bool IsWholeList(std::string_view action);

}  // namespace relief::server::audit
