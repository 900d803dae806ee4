// The hub's figures for Prometheus, under the names that deploy/prometheus/alerts.yml and RUNBOOK.md use.
//
// Everything is read when somebody scrapes: the hub's counters, its store, the guard, the process. Labels
// come from fixed lists, but for versions and the names of sources (at most 1,000) and of the subscriptions
// furthest behind (20); nothing is of a person. What cannot be read is left out, and relief_scrape_errors
// says so.
//
// Thread-safe. What it is made of outlives it.
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/access/guard.h"
#include "server/admin/store_keeper.h"
#include "server/core/hub.h"
#include "server/network/certificates.h"
#include "server/network/listener.h"

namespace relief::server::monitoring {

class HubMetrics final : public prometheus::Collectable {
 public:
  struct Options {
    core::Hub& hub;
    const access::Guard& guard;
    admin::BackupPlan backups = {};
    uint64_t memory_limit_bytes = 0;
    const network::Listener* listener = nullptr;              // nothing: no figures of connections
    const network::CertificateJudge* certificates = nullptr;  // nothing: no list of revoked certificates
  };
  explicit HubMetrics(Options options);

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  // When the newest backup was taken; 0: never. Looks at most once a minute, and never waits for a backup
  // that is being taken.
  int64_t LastBackupUs() const;

  const Options options_;
  mutable std::mutex mutex_;
  mutable std::future<int64_t> backup_look_;
  mutable std::chrono::steady_clock::time_point backup_looked_;
  mutable int64_t last_backup_us_ = 0;
};

// Answers GET /metrics on an address of its own, in the clear: for the operators' network. Stops when it
// goes.
class MetricsEndpoint {
 public:
  // UNAVAILABLE: cannot listen on `address` (host:port).
  static absl::StatusOr<std::unique_ptr<MetricsEndpoint>> Start(
      const std::string& address, std::shared_ptr<prometheus::Collectable> figures);
  virtual ~MetricsEndpoint() = default;

  virtual int port() const = 0;
};

}  // namespace relief::server::monitoring
