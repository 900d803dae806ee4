#include "server/ingest/load_desk.h"

namespace relief::server::ingest {
namespace {

constexpr size_t kMostDryRuns = 8;

}  // namespace

std::shared_ptr<DryRun> LoadDesk::BeginDryRun(const std::string& load_id, const std::string& owner) {
  std::lock_guard lock(mutex_);
  if (dry_runs_.size() >= kMostDryRuns) return nullptr;
  auto run = std::make_shared<DryRun>();
  run->owner = owner;
  dry_runs_[load_id] = run;
  live_[load_id];
  return run;
}

std::shared_ptr<DryRun> LoadDesk::FindDryRun(const std::string& load_id, const std::string& owner) {
  std::lock_guard lock(mutex_);
  const auto found = dry_runs_.find(load_id);
  return found == dry_runs_.end() || found->second->owner != owner ? nullptr : found->second;
}

void LoadDesk::Drop(const std::string& load_id) {
  std::lock_guard lock(mutex_);
  dry_runs_.erase(load_id);
  live_.erase(load_id);
}

void LoadDesk::StreamBegins(const std::string& load_id) {
  std::lock_guard lock(mutex_);
  ++live_[load_id].streams;
}

void LoadDesk::StreamEnds(const std::string& load_id) {
  std::lock_guard lock(mutex_);
  const auto found = live_.find(load_id);
  if (found == live_.end()) return;
  --found->second.streams;
  found->second.silent_since = std::chrono::steady_clock::now();
}

int LoadDesk::Streams(const std::string& load_id) {
  std::lock_guard lock(mutex_);
  const auto found = live_.find(load_id);
  return found == live_.end() ? 0 : found->second.streams;
}

std::chrono::seconds LoadDesk::SilentFor(const std::string& load_id) {
  std::lock_guard lock(mutex_);
  const Live& live = live_[load_id];
  if (live.streams > 0) return std::chrono::seconds(0);
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() -
                                                          live.silent_since);
}

void LoadDesk::ForgetDryRuns(std::chrono::seconds silence) {
  std::lock_guard lock(mutex_);
  std::erase_if(dry_runs_, [&](const auto& run) {
    const Live& live = live_[run.first];
    const bool gone = live.streams == 0 && std::chrono::steady_clock::now() - live.silent_since > silence;
    if (gone) live_.erase(run.first);
    return gone;
  });
}

}  // namespace relief::server::ingest
