// Accepts the connections of the gRPC server, and keeps count of them.
//
// gRPC 1.51 knows no limit of connections, and no measure against callers who open calls only to reset them
// (CVE-2023-44487, "rapid reset"): each costs it a call, and it reads on as long as there is something to
// read. So the hub accepts for itself, hands each connection to gRPC, and keeps a second descriptor of it,
// which tells when it has ended and is the handle to cut it by. It asks gRPC what became of the streams of
// each connection where much arrived, whenever there were many calls: twenty times a second at most.
//
//   auto listener = Listener::Bind("0.0.0.0:7443", limits);   // the port is taken
//   (*listener)->Install(builder, credentials);
//   ... BuildAndStart ...
//   (*listener)->Start();                                     // whoever waited is let in
//   ... (*listener)->Stop() before Shutdown
//
// Whoever is over a limit is closed at once, before a byte of it is read. Limits for an address are for an
// IPv4 address, and for an IPv6 network of 64 bits. Everything happens on a thread of its own.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "server/base/token_bucket.h"

namespace relief::server::network {

// What the listener counts, for the metrics. Monotonic but for `open`.
struct ListenerCounts {
  std::atomic<int64_t> open = 0, accepted = 0, refused_full = 0, refused_address = 0, cut = 0;
};

class Listener {
 public:
  struct Limits {
    int connections = 4096;
    int connections_of_an_address = 512;
    // New connections of an address: handshakes are dear.
    Rate arrivals = {.calls_per_minute = 3000, .burst = 1000};
    // Streams of one connection that are open as the hub sees it: more than a caller may have open
    // (limits.max_concurrent_streams) are there only because it resets them.
    int open_streams = 200;
    // Streams of one connection that its caller resets before it is answered.
    Rate resets = {.calls_per_minute = 12'000, .burst = 1000};
    // Beyond either, the connection is cut, and its address gets no new one for so long.
    int64_t penalty_us = 10'000'000;
  };
  // INVALID_ARGUMENT: `address` is not host:port, or its host is unknown. UNAVAILABLE: cannot listen there.
  static absl::StatusOr<std::unique_ptr<Listener>> Bind(const std::string& address, const Limits& limits);
  ~Listener();

  int port() const { return port_; }
  const ListenerCounts& counts() const { return counts_; }

  void Install(grpc::ServerBuilder& builder, std::shared_ptr<grpc::ServerCredentials> credentials);
  void Start();
  // Nobody is let in from here on. Open connections go on.
  void Stop();

 private:
  class Descriptor;
  struct Connection;
  struct Address;

  explicit Listener(const Limits& limits);
  absl::Status BindAll(const std::string& address);
  void Run();
  void Accept(int listening);
  bool LetIn(const std::string& address, int64_t now_us);
  void LookAtStreams(int64_t now_us);
  void Cut(Connection& connection, int64_t now_us);
  void Forget(int descriptor);
  void ForgetIdleAddresses(int64_t now_us);

  const Limits limits_;
  ListenerCounts counts_;
  int port_ = 0;
  std::vector<Descriptor> listening_;
  std::unique_ptr<Descriptor> epoll_, wake_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> grpc_;
  std::thread thread_;

  // Of the thread.
  std::unordered_map<int, Connection> connections_;  // by our descriptor
  std::unordered_map<std::string, Address> addresses_;
  int64_t calls_ = 0;  // when their streams were looked at
  int64_t last_refusal_logged_us_ = 0;
};

}  // namespace relief::server::network
