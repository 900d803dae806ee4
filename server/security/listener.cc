#include "server/security/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/numbers.h"
#include "server/log.h"

namespace relief::server::security {
namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr int kSweepMs = 1000, kOutOfDescriptorsMs = 100;

int64_t SteadyUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

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
  TokenBucket given_up;
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
    Descriptor listening(socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, one->ai_protocol));
    if (listening.get() < 0 && errno == EAFNOSUPPORT) continue;  // e.g. a machine without IPv6
    const int yes = 1;
    setsockopt(listening.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    setsockopt(listening.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);  // what is accepted takes it over
    sockaddr_storage own{};
    std::memcpy(&own, one->ai_addr, one->ai_addrlen);
    // Every address of the host gets the same port.
    if (port_ != 0) reinterpret_cast<sockaddr_in&>(own).sin_port = htons(static_cast<uint16_t>(port_));
    socklen_t size = one->ai_addrlen;
    fine = bind(listening.get(), reinterpret_cast<sockaddr*>(&own), size) == 0 &&
           listen(listening.get(), SOMAXCONN) == 0 &&
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
  grpc_ = builder.experimental().AddExternalConnectionAcceptor(FromDescriptor::FROM_FD, std::move(credentials));
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
  std::lock_guard lock(mutex_);
  peers_.clear();
  connections_.clear();
}

void Listener::Run() {
  epoll_event events[64];
  int64_t swept_us = SteadyUs();
  while (true) {
    const int ready = epoll_wait(epoll_->get(), events, std::size(events), kSweepMs);
    for (int i = 0; i < ready; ++i) {
      const int descriptor = events[i].data.fd;
      if (descriptor == wake_->get()) return;
      if (events[i].events & EPOLLIN) {
        Accept(descriptor);
      } else {
        Forget(descriptor);
      }
    }
    if (const int64_t now = SteadyUs(); now - swept_us > kSweepMs * 1000) {
      swept_us = now;
      ForgetIdleAddresses(now);
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
  auto connection = std::make_unique<Connection>(Connection{
      Descriptor(fcntl(accepted, F_DUPFD_CLOEXEC, 0)), *std::move(origin), {}});
  const int second = connection->descriptor.get();
  {
    std::lock_guard lock(mutex_);
    ++addresses_[connection->origin.address].open;
    peers_[connection->origin.peer] = connection.get();
    connections_[second] = std::move(connection);
  }
  ++counts_.accepted;
  ++counts_.open;
  // Only the end is waited for, and that is told without being asked for.
  epoll_event event{0, {.fd = second}};
  if (second < 0 || epoll_ctl(epoll_->get(), EPOLL_CTL_ADD, second, &event) != 0) return Forget(second);
  grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters parameters;
  parameters.listener_fd = listening;
  parameters.fd = first.release();
  grpc_->HandleNewConnection(&parameters);
}

bool Listener::LetIn(const std::string& address, int64_t now_us) {
  std::lock_guard lock(mutex_);
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
         {"reason", full                              ? "limits.max_connections"
                    : now_us < known.penalty_ends_us  ? "gave up too many calls"
                    : known.open >= limits_.connections_of_an_address ? "limits.max_connections_per_address"
                                                      : "too many new connections"}});
  }
  return false;
}

void Listener::GivenUp(const std::string& peer) {
  std::lock_guard lock(mutex_);
  const auto found = peers_.find(peer);
  if (found == peers_.end()) return;
  Connection& connection = *found->second;
  const int64_t now = SteadyUs();
  if (connection.cut || connection.given_up.Take(limits_.given_up, now)) return;
  connection.cut = true;
  ++counts_.cut;
  addresses_[connection.origin.address].penalty_ends_us = now + limits_.penalty_us;
  // Also throws away what has come and was not read yet, which shutdown() would leave to be read.
  const sockaddr nowhere{AF_UNSPEC, {}};
  connect(connection.descriptor.get(), &nowhere, sizeof nowhere);
  Log(LogLevel::kWarn, "connection.cut", {{"address", connection.origin.address}, {"reason", "gave up too many calls"}});
}

void Listener::Forget(int descriptor) {
  std::lock_guard lock(mutex_);
  const auto found = connections_.find(descriptor);
  if (found == connections_.end()) return;
  epoll_ctl(epoll_->get(), EPOLL_CTL_DEL, descriptor, nullptr);  // gRPC may still have its own open
  const Origin& origin = found->second->origin;
  --addresses_[origin.address].open;
  if (const auto peer = peers_.find(origin.peer); peer != peers_.end() && peer->second == found->second.get())
    peers_.erase(peer);
  connections_.erase(found);
  --counts_.open;
}

void Listener::ForgetIdleAddresses(int64_t now_us) {
  std::lock_guard lock(mutex_);
  std::erase_if(addresses_, [&](const auto& one) {
    const Address& address = one.second;
    return address.open == 0 && now_us >= address.penalty_ends_us &&
           address.arrivals.Full(limits_.arrivals, now_us);
  });
}

}  // namespace relief::server::security
