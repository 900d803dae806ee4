#include <prometheus/exposer.h>

#include <exception>

#include "server/monitoring/metrics.h"

namespace relief::server::monitoring {
namespace {

class Endpoint final : public MetricsEndpoint {
 public:
  Endpoint(const std::string& address, std::shared_ptr<prometheus::Collectable> figures)
      : figures_(std::move(figures)),
        // Few threads, and none for whoever sends its request too slowly.
        exposer_({"listening_ports", address, "num_threads", "2", "request_timeout_ms", "5000",
                  "enable_keep_alive", "no"}) {
    exposer_.RegisterCollectable(figures_);
  }
  ~Endpoint() override { exposer_.RemoveCollectable(figures_); }

  int port() const override { return exposer_.GetListeningPorts().at(0); }

 private:
  const std::shared_ptr<prometheus::Collectable> figures_;
  prometheus::Exposer exposer_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<MetricsEndpoint>> MetricsEndpoint::Start(
    const std::string& address, std::shared_ptr<prometheus::Collectable> figures) {
  try {
    return std::make_unique<Endpoint>(address, std::move(figures));
  } catch (const std::exception&) {  // the library's own says no more
    return absl::UnavailableError("metrics.listen_address: cannot listen on " + address + "; is it in use?");
  }
}

}  // namespace relief::server::monitoring
