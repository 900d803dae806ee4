#include "server/network/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/tcp.h>  // with the bytes received, which netinet/tcp.h leaves out
#include <netdb.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/numbers.h"
#include "server/base/log.h"
#include "server/network/stream_counts.h"

namespace relief::server::network {
namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr char kResets[] = "too many streams were reset";
constexpr int kLookMs = 50, kOutOfDescriptorsMs = 100;
constexpr int64_t kLeastBytesOfAStream = 26;  // HEADERS of a few bytes, and RST_STREAM

// Where a connection comes from: as ServerContext::peer() writes it, and as limits count it.
struct Origin {
  std::string peer, address;
};

std::optional<Origin> OriginOf(const sockaddr_storage& from) {
  char text[INET6_ADDRSTRLEN];
  if (from.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(from);
    inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    return Origin{std::string("ipv4:") + text + ":" + std::to_string(ntohs(v4.sin_port)), text};
  }
  if (from.ss_family != AF_INET6) return std::nullopt;
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(from);
  const std::string port = std::to_string(ntohs(v6.sin6_port));
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
    inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text, sizeof text);
    return Origin{std::string("ipv4:") + text + ":" + port, text};
  }
  inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
  Origin origin{std::string("ipv6:%5B") + text + "%5D:" + port, ""};
  in6_addr network = v6.sin6_addr;
  std::memset(&network.s6_addr[8], 0, 8);
  inet_ntop(AF_INET6, &network, text, sizeof text);
  origin.address = std::string(text) + "/64";
  return origin;
}

}  // namespace

class Listener::Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (value_ >= 0) close(value_);
  }
  int get() const { return value_; }
  int release() { return std::exchange(value_, -1); }

 private:
  int value_;
};

// What an address has and had.
struct Listener::Address {
  int open = 0;
  TokenBucket arrivals;
  int64_t penalty_ends_us = 0;
};

struct Listener::Connection {
  Descriptor descriptor;  // the same socket as gRPC's
  Origin origin;
  intptr_t grpc_id = 0;  // 0: not known yet
  uint64_t bytes = 0;    // that had arrived when its streams were counted
  int64_t failed = 0;    // streams, then
  TokenBucket resets = {};
  bool cut = false;
};

Listener::Listener(const Limits& limits) : limits_(limits) {}
Listener::~Listener() { Stop(); }

absl::StatusOr<std::unique_ptr<Listener>> Listener::Bind(const std::string& address, const Limits& limits) {
  auto listener = std::unique_ptr<Listener>(new Listener(limits));
  if (absl::Status status = listener->BindAll(address); !status.ok()) return status;
  return listener;
}

absl::Status Listener::BindAll(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos) return absl::InvalidArgumentError(address + ": host:port is required");
  std::string host = address.substr(0, colon), port = address.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (int number; !absl::SimpleAtoi(port, &number) || number < 0 || number > 65'535)
    return absl::InvalidArgumentError(address + ": the port is a number of at most 65535");
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(host.c_str(), port.c_str(), &hints, &found); error != 0)
    return absl::InvalidArgumentError(address + ": " + gai_strerror(error));
  const absl::Cleanup free_found = [found] { freeaddrinfo(found); };

  epoll_ = std::make_unique<Descriptor>(epoll_create1(EPOLL_CLOEXEC));
  wake_ = std::make_unique<Descriptor>(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  const auto watch = [this](int descriptor) {
    epoll_event event{EPOLLIN, {.fd = descriptor}};
    return epoll_ctl(epoll_->get(), EPOLL_CTL_ADD, descriptor, &event) == 0;
  };
  bool fine = epoll_->get() >= 0 && watch(wake_->get());
  for (const addrinfo* one = found; fine && one != nullptr; one = one->ai_next) {
    Descriptor listening(
        socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, one->ai_protocol));
    if (listening.get() < 0 && errno == EAFNOSUPPORT) continue;  // a system without IPv6
    const int yes = 1;
    setsockopt(listening.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    setsockopt(listening.get(), IPPROTO_TCP, TCP_NODELAY, &yes,
               sizeof yes);  // what is accepted takes it over
    sockaddr_storage own{};
    std::memcpy(&own, one->ai_addr, one->ai_addrlen);
    // Every address of the host gets the same port.
    if (port_ != 0) reinterpret_cast<sockaddr_in&>(own).sin_port = htons(static_cast<uint16_t>(port_));
    socklen_t size = one->ai_addrlen;
    const bool bound = bind(listening.get(), reinterpret_cast<sockaddr*>(&own), size) == 0;
    if (!bound && errno == EADDRNOTAVAIL)
      continue;  // one that has it switched off, but names it in /etc/hosts
    fine = bound && listen(listening.get(), SOMAXCONN) == 0 &&
           getsockname(listening.get(), reinterpret_cast<sockaddr*>(&own), &size) == 0 &&
           watch(listening.get());
    if (fine) port_ = ntohs(reinterpret_cast<sockaddr_in&>(own).sin_port);
    listening_.push_back(std::move(listening));
  }
  if (!fine || listening_.empty())
    return absl::UnavailableError("cannot listen on " + address + ": " + std::strerror(errno));
  return absl::OkStatus();
}

void Listener::Install(grpc::ServerBuilder& builder, std::shared_ptr<grpc::ServerCredentials> credentials) {
  using FromDescriptor = grpc::ServerBuilder::experimental_type::ExternalConnectionType;
  grpc_ =
      builder.experimental().AddExternalConnectionAcceptor(FromDescriptor::FROM_FD, std::move(credentials));
}

void Listener::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Listener::Stop() {
  if (!thread_.joinable()) return;
  const uint64_t one = 1;
  (void)!write(wake_->get(), &one, sizeof one);
  thread_.join();
  listening_.clear();
  connections_.clear();
}

void Listener::Run() {
  epoll_event events[64];
  int64_t looked_us = SteadyUs(), swept_us = looked_us;
  while (true) {
    const int ready =
        epoll_wait(epoll_->get(), events, std::size(events), connections_.empty() ? -1 : kLookMs);
    for (int i = 0; i < ready; ++i) {
      const int descriptor = events[i].data.fd;
      if (descriptor == wake_->get()) return;
      if (events[i].events & EPOLLIN) {
        Accept(descriptor);
      } else {
        Forget(descriptor);
      }
    }
    const int64_t now = SteadyUs();
    if (now - looked_us >= kLookMs * 1000) {
      LookAtStreams(now);
      looked_us = SteadyUs();
    }
    if (now - swept_us >= kSecond) {
      ForgetIdleAddresses(now);
      swept_us = now;
    }
  }
}

void Listener::Accept(int listening) {
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  const int accepted =
      accept4(listening, reinterpret_cast<sockaddr*>(&from), &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (accepted < 0) {
    // Out of descriptors or memory: whoever waits goes on waiting, until somebody leaves.
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      Log(LogLevel::kError, "connection.failed", {{"message", std::strerror(errno)}});
      std::this_thread::sleep_for(std::chrono::milliseconds(kOutOfDescriptorsMs));
    }
    return;
  }
  Descriptor first(accepted);
  auto origin = OriginOf(from);
  if (!origin || !LetIn(origin->address, SteadyUs())) return;
  const int second = fcntl(accepted, F_DUPFD_CLOEXEC, 0);
  if (second < 0) return;
  ++addresses_[origin->address].open;
  connections_.emplace(second, Connection{Descriptor(second), *std::move(origin)});
  ++counts_.accepted;
  ++counts_.open;
  // Only the end is waited for, and that is told without being asked for.
  epoll_event event{0, {.fd = second}};
  if (epoll_ctl(epoll_->get(), EPOLL_CTL_ADD, second, &event) != 0) return Forget(second);
  grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters parameters;
  parameters.listener_fd = listening;
  parameters.fd = first.release();
  grpc_->HandleNewConnection(&parameters);
}

bool Listener::LetIn(const std::string& address, int64_t now_us) {
  Address& known = addresses_[address];
  const bool full = counts_.open >= limits_.connections;
  if (!full && now_us >= known.penalty_ends_us && known.open < limits_.connections_of_an_address &&
      known.arrivals.Take(limits_.arrivals, now_us))
    return true;
  ++(full ? counts_.refused_full : counts_.refused_address);
  if (now_us - last_refusal_logged_us_ > kSecond) {
    last_refusal_logged_us_ = now_us;
    Log(LogLevel::kWarn, "connection.refused",
        {{"address", address},
         {"reason", full                                              ? "limits.max_connections"
                    : now_us < known.penalty_ends_us                  ? kResets
                    : known.open >= limits_.connections_of_an_address ? "limits.max_connections_per_address"
                                                                      : "too many new connections"}});
  }
  return false;
}

void Listener::LookAtStreams(int64_t now_us) {
  const int64_t least_streams = std::min(limits_.open_streams, limits_.resets.burst);
  const auto least_bytes = static_cast<uint64_t>(kLeastBytesOfAStream * least_streams);
  const int64_t calls = CallsStarted();
  if (calls - calls_ < least_streams) return;
  calls_ = calls;
  std::optional<std::unordered_map<std::string, intptr_t>> known;
  for (auto& [descriptor, connection] : connections_) {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (connection.cut || getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
        info.tcpi_bytes_received - connection.bytes < least_bytes)
      continue;
    if (connection.grpc_id == 0) {
      if (!known) known = ServerConnections();
      const auto found = known->find(connection.origin.peer);
      if (found == known->end()) continue;
      connection.grpc_id = found->second;
    }
    const auto streams = CountStreams(connection.grpc_id);
    if (!streams) continue;
    connection.bytes = info.tcpi_bytes_received;
    const int64_t failed = streams->failed - std::exchange(connection.failed, streams->failed);
    if (streams->open() > limits_.open_streams || !connection.resets.Take(limits_.resets, now_us, failed))
      Cut(connection, now_us);
  }
}

void Listener::Cut(Connection& connection, int64_t now_us) {
  connection.cut = true;
  ++counts_.cut;
  addresses_[connection.origin.address].penalty_ends_us = now_us + limits_.penalty_us;
  // Throws away what has arrived and was not read yet, too: after shutdown() gRPC would go on with it.
  const sockaddr nowhere{AF_UNSPEC, {}};
  connect(connection.descriptor.get(), &nowhere, sizeof nowhere);
  Log(LogLevel::kWarn, "connection.cut", {{"address", connection.origin.address}, {"reason", kResets}});
}

void Listener::Forget(int descriptor) {
  const auto found = connections_.find(descriptor);
  if (found == connections_.end()) return;
  epoll_ctl(epoll_->get(), EPOLL_CTL_DEL, descriptor, nullptr);  // gRPC may still have its own open
  --addresses_[found->second.origin.address].open;
  connections_.erase(found);
  --counts_.open;
}

void Listener::ForgetIdleAddresses(int64_t now_us) {
  std::erase_if(addresses_, [&](const auto& one) {
    const Address& address = one.second;
    return address.open == 0 && now_us >= address.penalty_ends_us &&
           address.arrivals.Full(limits_.arrivals, now_us);
  });
}

}  // namespace relief::server::network
