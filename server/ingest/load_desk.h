// What is known of loads beside the store: which streams are sending, when the last fell silent, and the dry runs. Private to
// server/ingest; callable from any thread.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "relief/v1/feed_service.pb.h"
#include "server/ingest/batch_work.h"

namespace relief::server::ingest {

using SteadyTime = std::chrono::steady_clock::time_point;

// What a dry run was sent, in order.
struct DryRun {
  struct OpenStep {
    v1::Open open;
  };
  struct BeginStep {
    std::string source_id;
    v1::BeginSnapshot begin;
  };
  struct EndStep {
    std::string source_id;
    bool commit = false;
  };
  using Step = std::variant<OpenStep, PreparedBatch, BeginStep, EndStep>;

  std::string owner;
  std::deque<Step> steps;
  int64_t records = 0, not_looked_at = 0;
};

class LoadDesk {
 public:
  // nullptr: too many dry runs are open.
  std::shared_ptr<DryRun> BeginDryRun(const std::string& load_id, const std::string& owner);
  std::shared_ptr<DryRun> FindDryRun(const std::string& load_id, const std::string& owner);
  void Drop(const std::string& load_id);

  void StreamBegins(const std::string& load_id);
  void StreamEnds(const std::string& load_id);
  int Streams(const std::string& load_id);
  // Since when the load has had no stream; the first time that it is asked of an unknown load, since now.
  std::chrono::seconds SilentFor(const std::string& load_id);
  // Forgets dry runs that are silent for longer.
  void ForgetDryRuns(std::chrono::seconds silence);

  // Guards every dry run's content.
  std::mutex& content_mutex() { return content_; }
  // One dry run is looked at at a time: it takes a core and the memory of all its rows.
  std::mutex& look_mutex() { return look_; }

 private:
  struct Live {
    int streams = 0;
    SteadyTime silent_since = std::chrono::steady_clock::now();
  };
  std::mutex mutex_, content_, look_;
  std::map<std::string, Live> live_;
  std::map<std::string, std::shared_ptr<DryRun>> dry_runs_;
};

}  // namespace relief::server::ingest
