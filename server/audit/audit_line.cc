#include "server/audit/audit_line.h"

#include <google/protobuf/util/json_util.h>

namespace relief::server::audit {

std::string FormatAuditLine(const audit::Line& line) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  (void)google::protobuf::util::MessageToJsonString(line, &text, options);  // plain fields always print
  text.push_back('\n');
  return text;
}

absl::StatusOr<audit::Line> ParseAuditLine(std::string_view text) {
  audit::Line line;
  // The parser's own message may repeat what it read.
  if (!google::protobuf::util::JsonStringToMessage({text.data(), text.size()}, &line).ok() ||
      line.line_case() == audit::Line::LINE_NOT_SET)
    return absl::InvalidArgumentError("not a line of an audit chain");
  return line;
}

}  // namespace relief::server::audit
