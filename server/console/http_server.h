// The console's HTTP server: cpp-httplib's, over connections that are bounded.
//
// The library takes headers and bodies without Content-Length as long as they come, unpacks what is packed,
// and waits for a peer as long as it sends a byte now and then. Here a request has so many bytes and so much
// time, and an address so many connections; what is beyond ends the connection. What is packed stays packed,
// and is refused as no JSON; ranges are not served (a request for a page in two thousand ranges asks for it
// as often). A request of which two readers might not agree where it ends (http_framing.h) is answered 400 and
// ends the connection.
//
// TLS 1.2 with suites that encrypt and authenticate in one (AEAD), and TLS 1.3.
//
// For a handler everything is as the library says. Thread-safe as the library's server is.
#pragma once

#include <httplib.h>

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"

namespace relief::server::console {

class HttpServer final : public httplib::Server {
 public:
  struct Limits {
    size_t header_bytes = 32 << 10;
    size_t body_bytes = 1 << 20;
    int connections_of_an_address = 64;
    std::chrono::seconds request{30};  // from its first byte to its last
    std::chrono::seconds idle{15};     // for a byte, in either direction
    std::chrono::seconds keep_alive{5};
  };
  // Without TLS where the files' names are empty. INVALID_ARGUMENT: they cannot be read, or do not fit.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Make(const std::string& certificate_file,
                                                          const std::string& key_file, const Limits& limits);
  ~HttpServer() override;

  // A handler's first step: takes from the request what is not served.
  static void Simplify(const httplib::Request& request);

 private:
  explicit HttpServer(const Limits& limits);
  bool process_and_close_socket(socket_t socket) override;
  void Serve(socket_t socket);

  const Limits limits_;
  SSL_CTX* tls_ = nullptr;
  std::mutex mutex_;
  std::map<std::string, int> open_;  // by address
};

}  // namespace relief::server::console
