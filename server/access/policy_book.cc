#include "server/access/policy_book.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "server/base/log.h"
#include "storage/status_macros.h"

namespace relief::server::access {

absl::StatusOr<std::unique_ptr<PolicyBook>> PolicyBook::Watch(const std::string& directory,
                                                              const std::vector<std::string>& services) {
  auto book = std::make_unique<PolicyBook>(nullptr);
  book->directory_ = directory;
  book->services_ = services;
  RELIEF_RETURN_IF_ERROR(book->Reload());
  book->watcher_ = std::thread([raw = book.get()] {
    std::unique_lock lock(raw->mutex_);
    while (
        !raw->stop_changed_.wait_for(lock, std::chrono::seconds(kLookSeconds), [&] { return raw->stop_; })) {
      lock.unlock();
      if (absl::Status status = raw->Reload(); !status.ok())
        Log(LogLevel::kError, "policy.failed",
            {{"message", std::string(status.message().data(), status.message().size())}});
      lock.lock();
    }
  });
  return book;
}

PolicyBook::~PolicyBook() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stop_changed_.notify_all();
  if (watcher_.joinable()) watcher_.join();
}

std::shared_ptr<const Policy> PolicyBook::current() const {
  std::lock_guard lock(mutex_);
  return policy_;
}

void PolicyBook::Replace(std::shared_ptr<const Policy> policy) {
  {
    std::lock_guard lock(mutex_);
    policy_ = std::move(policy);
  }
  std::lock_guard lock(listener_mutex_);
  if (listener_) listener_();
}

void PolicyBook::OnChange(std::function<void()> listener) {
  std::lock_guard lock(listener_mutex_);
  listener_ = std::move(listener);
}

// Names, sizes and times of the files: cheap enough to look at every few seconds.
std::string PolicyBook::Fingerprint() const {
  std::vector<std::string> lines;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory_, error)) {
    if (entry.path().extension() != ".textproto") continue;
    const auto time = std::filesystem::last_write_time(entry.path(), error).time_since_epoch().count();
    lines.push_back(entry.path().filename().string() + " " + std::to_string(time) + " " +
                    std::to_string(std::filesystem::file_size(entry.path(), error)));
  }
  std::sort(lines.begin(), lines.end());
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  return all;
}

absl::Status PolicyBook::Reload() {
  if (directory_.empty()) return absl::OkStatus();
  const std::string fingerprint = Fingerprint();
  {
    std::lock_guard lock(mutex_);
    if (policy_ && fingerprint == fingerprint_) return absl::OkStatus();
    fingerprint_ = fingerprint;  // a wrong file is complained of once, not every few seconds
  }
  RELIEF_ASSIGN_OR_RETURN(auto policy, Policy::LoadDirectory(directory_));
  if (const auto missing = policy->MethodsWithoutRule(services_); !missing.empty())
    return absl::FailedPreconditionError("the policy in " + directory_ + " has no rule for " +
                                         missing.front() + (missing.size() == 1 ? "" : " and others"));
  Replace(std::move(policy));
  Log(LogLevel::kInfo, "policy.loaded", {{"directory", directory_}});
  return absl::OkStatus();
}

}  // namespace relief::server::access
