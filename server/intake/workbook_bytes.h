// A workbook made in memory: nothing of it is left on the disk.
//
// Callable from any thread.
#pragma once

#include <xlsxwriter.h>

#include <functional>
#include <string>

#include "absl/status/statusor.h"

namespace relief::server::intake {

absl::StatusOr<std::string> WorkbookBytes(const std::function<void(lxw_workbook*)>& fill);

}  // namespace relief::server::intake
