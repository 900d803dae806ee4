// Templates (导入模板): an empty workbook for each programme. Its headings are words of the vocabulary, so that a filled one is
// understood without a question; a remark on each says what belongs there.
//
// Pure functions; callable from any thread.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "relief/v1/types.pb.h"

namespace relief::server::intake {

struct TemplateColumn {
  std::string heading, remark;
  bool required = false;
  std::string example;  // a cell that is accepted; for tests
};

// `facts`: reports of other departments; the programme then does not matter.
std::vector<TemplateColumn> TemplateColumns(v1::Programme programme, bool facts);
std::string TemplateTitle(v1::Programme programme, bool facts);

// INVALID_ARGUMENT: there is no such programme.
absl::StatusOr<std::string> TemplateWorkbook(v1::Programme programme, bool facts);

}  // namespace relief::server::intake
