// Lines of an exported audit chain: a audit::Line each, in protobuf JSON. Callable from any thread.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/audit/audit.pb.h"

namespace relief::server::audit {

inline constexpr int kAuditFileFormat = 1;

// Ends with a line feed.
std::string FormatAuditLine(const audit::Line& line);

// INVALID_ARGUMENT: it is not such a line, or holds something that this program does not know.
absl::StatusOr<audit::Line> ParseAuditLine(std::string_view text);

}  // namespace relief::server::audit
