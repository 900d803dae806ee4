#include "server/base/private_file.h"

#include <sys/stat.h>

namespace relief::server {

absl::Status CheckPrivateFile(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return absl::NotFoundError("cannot read " + path);
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return absl::FailedPreconditionError(path + ": others than its owner may have access; chmod 600");
  return absl::OkStatus();
}

}  // namespace relief::server
