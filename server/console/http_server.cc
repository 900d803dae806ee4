#include "server/console/http_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "server/console/http_framing.h"

namespace relief::server::console {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr size_t kChunkFraming = 64 << 10;  // of a body in chunks, beside the body
constexpr milliseconds kLookWhetherStopped{100};
constexpr char kRefusedMethod[] = "REFUSED";

bool Poll(int socket, short events, milliseconds most) {
  pollfd one{socket, events, 0};
  return poll(&one, 1, static_cast<int>(std::max<int64_t>(0, most.count()))) == 1;
}

using NameOf = int (*)(int, sockaddr*, socklen_t*);
std::pair<std::string, int> NumbersOf(int socket, NameOf name_of) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  char host[NI_MAXHOST] = "", port[NI_MAXSERV] = "0";
  if (name_of(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0)
    getnameinfo(reinterpret_cast<sockaddr*>(&address), size, host, sizeof host, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
  return {host, std::atoi(port)};
}

// A connection as the library reads and writes it. The socket does not block.
class Connection final : public httplib::Stream {
 public:
  Connection(int socket, SSL* tls, const HttpServer::Limits& limits)
      : socket_(socket), tls_(tls), limits_(limits) {}

  bool Handshake() {
    deadline_ = steady_clock::now() + limits_.idle;
    while (true) {
      const int done = SSL_accept(tls_);
      if (done == 1) return true;
      if (!WaitForTls(done)) return false;
    }
  }

  // False: nothing came.
  bool BeginRequest(milliseconds most) {
    in_header_ = true;
    header_.clear();
    line_ends_ = 0;
    taken_ = 0;
    deadline_ = {};
    return HasMore() || Poll(socket_, POLLIN, most);
  }

  ssize_t read(char* bytes, size_t size) override {
    const size_t most = in_header_ ? limits_.header_bytes : limits_.body_bytes + kChunkFraming;
    if (taken_ >= most) return -1;
    if (deadline_ == steady_clock::time_point{}) deadline_ = steady_clock::now() + limits_.request;
    if (begin_ == end_)
      if (const ssize_t filled = Fill(); filled <= 0) return filled;
    const size_t count = std::min({size, end_ - begin_, most - taken_});
    std::memcpy(bytes, buffer_ + begin_, count);
    begin_ += count;
    taken_ += count;
    for (size_t i = 0; in_header_ && i < count; ++i) {
      header_.push_back(bytes[i]);
      LookForTheBody(bytes[i]);
    }
    return static_cast<ssize_t>(count);
  }

  ssize_t write(const char* bytes, size_t size) override {
    if (size == 0) return 0;
    while (true) {
      const int part = static_cast<int>(std::min<size_t>(size, 1 << 30));
      const ssize_t done = tls_ ? SSL_write(tls_, bytes, part) : send(socket_, bytes, part, MSG_NOSIGNAL);
      if (done > 0) return done;
      deadline_ = steady_clock::now() + limits_.idle;
      if (tls_ ? !WaitForTls(static_cast<int>(done))
               : (errno != EAGAIN && errno != EINTR) || !Poll(socket_, POLLOUT, limits_.idle))
        return -1;
    }
  }

  bool is_readable() const override { return HasMore() || Poll(socket_, POLLIN, limits_.idle); }
  bool is_writable() const override { return Poll(socket_, POLLOUT, limits_.idle); }
  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    std::tie(ip, port) = NumbersOf(socket_, getpeername);
  }
  void get_local_ip_and_port(std::string& ip, int& port) const override {
    std::tie(ip, port) = NumbersOf(socket_, getsockname);
  }
  socket_t socket() const override { return socket_; }

  // Of this request, as it came: with the line of the request and the empty line.
  std::string_view header() const { return header_; }

 private:
  bool HasMore() const { return begin_ < end_ || (tls_ && SSL_pending(tls_) > 0); }

  milliseconds Left() const {
    return std::min(std::chrono::duration_cast<milliseconds>(deadline_ - steady_clock::now()),
                    milliseconds(limits_.idle));
  }

  ssize_t Fill() {
    while (true) {
      const ssize_t got =
          tls_ ? SSL_read(tls_, buffer_, sizeof buffer_) : recv(socket_, buffer_, sizeof buffer_, 0);
      if (got > 0) {
        begin_ = 0;
        end_ = static_cast<size_t>(got);
        return got;
      }
      if (tls_) {
        if (SSL_get_error(tls_, static_cast<int>(got)) == SSL_ERROR_ZERO_RETURN) return 0;
        if (!WaitForTls(static_cast<int>(got))) return -1;
      } else {
        if (got == 0) return 0;
        if ((errno != EAGAIN && errno != EINTR) || Left().count() <= 0 || !Poll(socket_, POLLIN, Left()))
          return -1;
      }
    }
  }

  bool WaitForTls(int result) {
    const int error = SSL_get_error(tls_, result);
    ERR_clear_error();
    if (Left().count() <= 0) return false;
    if (error == SSL_ERROR_WANT_READ) return Poll(socket_, POLLIN, Left());
    if (error == SSL_ERROR_WANT_WRITE) return Poll(socket_, POLLOUT, Left());
    return false;
  }

  // An empty line ends the header.
  void LookForTheBody(char byte) {
    if (byte == '\n') {
      if (++line_ends_ == 2) {
        in_header_ = false;
        taken_ = 0;
      }
    } else if (byte != '\r') {
      line_ends_ = 0;
    }
  }

  const int socket_;
  SSL* const tls_;
  const HttpServer::Limits& limits_;
  steady_clock::time_point deadline_;
  bool in_header_ = true;
  std::string header_;
  int line_ends_ = 0;
  size_t taken_ = 0;  // of the header, or of the body
  char buffer_[16 << 10];
  size_t begin_ = 0, end_ = 0;
};

}  // namespace

HttpServer::HttpServer(const Limits& limits) : limits_(limits) { set_payload_max_length(limits.body_bytes); }

HttpServer::~HttpServer() { SSL_CTX_free(tls_); }

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Make(const std::string& certificate_file,
                                                             const std::string& key_file,
                                                             const Limits& limits) {
  auto server = std::unique_ptr<HttpServer>(new HttpServer(limits));
  if (certificate_file.empty()) return server;
  server->tls_ = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_min_proto_version(server->tls_, TLS1_2_VERSION);
  // TLS 1.3 has no others.
  SSL_CTX_set_cipher_list(server->tls_, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_options(server->tls_, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(server->tls_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  const bool fits = SSL_CTX_use_certificate_chain_file(server->tls_, certificate_file.c_str()) == 1 &&
                    SSL_CTX_use_PrivateKey_file(server->tls_, key_file.c_str(), SSL_FILETYPE_PEM) == 1;
  ERR_clear_error();
  if (!fits) return absl::InvalidArgumentError("gateway.tls: certificate or key cannot be read");
  return server;
}

void HttpServer::Simplify(const httplib::Request& request) {
  // The library hands out its own request, before it reads the body by these.
  auto& headers = const_cast<httplib::Request&>(request).headers;
  headers.erase("Content-Encoding");
  headers.erase("Range");
  const_cast<httplib::Request&>(request).ranges.clear();
}

bool HttpServer::process_and_close_socket(socket_t socket) {
  const std::string address = NumbersOf(socket, getpeername).first;
  bool let_in = false;
  {
    std::lock_guard lock(mutex_);
    let_in = ++open_[address] <= limits_.connections_of_an_address;
  }
  if (let_in) Serve(socket);
  shutdown(socket, SHUT_RDWR);
  close(socket);
  std::lock_guard lock(mutex_);
  if (--open_[address] == 0) open_.erase(address);
  return let_in;
}

void HttpServer::Serve(socket_t socket) {
  fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
  const std::unique_ptr<SSL, void (*)(SSL*)> tls(tls_ ? SSL_new(tls_) : nullptr, SSL_free);
  if (tls) SSL_set_fd(tls.get(), socket);
  Connection connection(socket, tls.get(), limits_);
  if (tls && !connection.Handshake()) return;
  for (size_t left = keep_alive_max_count_; left > 0; --left) {
    const auto until = steady_clock::now() + limits_.keep_alive;
    while (!connection.BeginRequest(kLookWhetherStopped))
      if (svr_sock_ == INVALID_SOCKET || steady_clock::now() > until) return;
    bool closed = false;
    bool framed = true;
    const bool answered = process_request(connection, left == 1 || svr_sock_ == INVALID_SOCKET, closed,
                                          [&](httplib::Request& request) {
                                            request.ssl = tls.get();
                                            framed = IsFramed(connection.header());
                                            // No handler has this method: 400, and the body is not read.
                                            if (!framed) request.method = kRefusedMethod;
                                          });
    if (!answered || closed || !framed) break;
  }
  if (tls) SSL_shutdown(tls.get());
}

}  // namespace relief::server::console
