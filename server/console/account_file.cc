#include "server/console/account_file.h"

#include <filesystem>

#include "server/base/log.h"

namespace relief::server::console {
namespace {

// Changes whenever the file does.
std::string MarkOf(const std::string& path) {
  std::error_code error;
  const auto time = std::filesystem::last_write_time(path, error);
  if (error) return "";
  const auto size = std::filesystem::file_size(path, error);
  return std::to_string(time.time_since_epoch().count()) + "/" + std::to_string(error ? 0 : size);
}

}  // namespace

absl::StatusOr<std::unique_ptr<AccountFile>> AccountFile::Open(const std::string& path) {
  const std::string mark = MarkOf(path);
  auto book = AccountBook::Load(path);
  if (!book.ok()) return book.status();
  return std::unique_ptr<AccountFile>(new AccountFile(path, mark, *std::move(book)));
}

std::shared_ptr<const AccountBook> AccountFile::Current(int64_t now) {
  const std::lock_guard lock(mutex_);
  if (now - looked_ < kLookSeconds && now >= looked_) return book_;
  looked_ = now;
  const std::string mark = MarkOf(path_);
  if (mark == mark_) return book_;
  mark_ = mark;
  auto book = AccountBook::Load(path_);
  if (book.ok()) {
    book_ = *std::move(book);
    Log(LogLevel::kInfo, "accounts.read");
  } else {
    Log(LogLevel::kError, "accounts.wrong", {{"reason", std::string(book.status().message())}});
  }
  return book_;
}

}  // namespace relief::server::console
