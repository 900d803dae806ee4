// The policy in force, read again when its files change.
//
// A file that is wrong leaves the old policy in force and is logged; so is every change. Listeners run on the
// watching thread, within kLookSeconds of the change. Thread-safe.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "server/access/policy.h"

namespace relief::server::access {

class PolicyBook {
 public:
  static constexpr int kLookSeconds = 5;

  // A policy that does not change: tests, development.
  explicit PolicyBook(std::shared_ptr<const Policy> policy) : policy_(std::move(policy)) {}
  // INVALID_ARGUMENT, NOT_FOUND: as Policy::LoadDirectory; FAILED_PRECONDITION: a method of these services
  // has no rule.
  static absl::StatusOr<std::unique_ptr<PolicyBook>> Watch(const std::string& directory,
                                                           const std::vector<std::string>& services);
  ~PolicyBook();

  std::shared_ptr<const Policy> current() const;
  void Replace(std::shared_ptr<const Policy> policy);
  // Looks at the files now. Tests and the administrator call it; the watching thread does every kLookSeconds.
  absl::Status Reload();
  // Called after each change, until another is set (nothing: none). Not called any more once this has
  // returned.
  void OnChange(std::function<void()> listener);

 private:
  std::string Fingerprint() const;

  std::string directory_;
  std::vector<std::string> services_;
  mutable std::mutex mutex_;
  std::condition_variable stop_changed_;
  bool stop_ = false;
  std::string fingerprint_;
  std::shared_ptr<const Policy> policy_;
  std::mutex listener_mutex_;
  std::function<void()> listener_;
  std::thread watcher_;
};

}  // namespace relief::server::access
