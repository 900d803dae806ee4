#include "server/intake/workbook_bytes.h"

#include <unistd.h>

#include "server/intake/upload_files.h"

namespace relief::server::intake {

absl::StatusOr<std::string> WorkbookBytes(const std::function<void(lxw_workbook*)>& fill) {
  auto file = PlainFile::Make();
  if (!file.ok()) return file.status();
  const std::string path = file->path();
  // The library's own files are without names from the first; in memory where the system has a place for that.
  char memory[] = "/dev/shm";
  lxw_workbook_options options = {};
  if (access(memory, W_OK) == 0) options.tmpdir = memory;
  lxw_workbook* book = workbook_new_opt(path.c_str(), &options);
  if (book == nullptr) return absl::UnavailableError("the workbook cannot be made");
  fill(book);
  if (workbook_close(book) != LXW_NO_ERROR) return absl::UnavailableError("the workbook cannot be made");
  return file->ReadAll();
}

}  // namespace relief::server::intake
