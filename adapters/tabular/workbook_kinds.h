// The readers of the formats. Private to adapters/tabular: use Workbook::Open.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "adapters/tabular/workbook.h"

namespace relief::adapters {

absl::StatusOr<std::unique_ptr<Workbook>> OpenText(const std::string& path);
absl::StatusOr<std::unique_ptr<Workbook>> OpenXlsx(const std::string& path);
absl::StatusOr<std::unique_ptr<Workbook>> OpenOds(const std::string& path);
absl::StatusOr<std::unique_ptr<Workbook>> OpenXls(const std::string& path);
absl::StatusOr<std::unique_ptr<Workbook>> OpenExcel2003Xml(const std::string& path);
absl::StatusOr<std::unique_ptr<Workbook>> OpenHtml(const std::string& path);

}  // namespace relief::adapters
