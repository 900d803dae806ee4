#include "adapters/cli/table_files.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <set>

#include "adapters/cli/names.h"
#include "adapters/cli/text.h"

namespace relief::adapters {
namespace {

namespace fs = std::filesystem;

// What a table has for an extension; whatever it is, its content says which kind.
bool MayBeTable(const fs::path& path) {
  static const std::set<std::string> kExtensions = {
      ".csv", ".tsv",  ".txt",  ".xls", ".xlsx", ".xlsm", ".et",  ".ett", ".ods", ".fods", ".xml",
      ".htm", ".html", ".xlsb", ".pdf", ".doc",  ".docx", ".wps", ".zip", ".rar", ".mht"};
  return kExtensions.count(Lower(path.extension().string())) > 0;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> TableFiles(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::exists(path, error)) return absl::NotFoundError(Fill(Say::kNoSuchFile, {path}));
    if (!fs::is_directory(path, error)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(path, error)) {
      const std::string name = entry.path().filename().string();
      // ~$名册.xlsx is the lock of a workbook that somebody has open.
      if (!entry.is_regular_file() || name[0] == '.' || name.rfind("~$", 0) == 0) continue;
      if (MayBeTable(entry.path())) {
        found.push_back(entry.path().string());
      } else if (entry.path().extension() != ".textproto") {
        std::cerr << Fill(Say::kNoTableByName, {name}) << '\n';
      }
    }
    if (error) return absl::UnavailableError(Fill(Say::kCannotReadFile, {path}));
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

}  // namespace relief::adapters
