// The accounts in force: the file is read again when it changes, so that who lost a role or an account loses
// it within kLookSeconds, whatever sessions are open. A file that is wrong leaves the old accounts in force
// and is logged.
//
// Thread-safe. Times are seconds since 1970, given by the caller.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "server/console/accounts.h"

namespace relief::server::console {

class AccountFile {
 public:
  static constexpr int64_t kLookSeconds = 5;

  static absl::StatusOr<std::unique_ptr<AccountFile>> Open(const std::string& path);

  std::shared_ptr<const AccountBook> Current(int64_t now);

 private:
  AccountFile(std::string path, std::string mark, std::shared_ptr<const AccountBook> book)
      : path_(std::move(path)), mark_(std::move(mark)), book_(std::move(book)) {}

  const std::string path_;
  std::mutex mutex_;
  int64_t looked_ = 0;
  std::string mark_;  // of the file as it was read
  std::shared_ptr<const AccountBook> book_;
};

}  // namespace relief::server::console
