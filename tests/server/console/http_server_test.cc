// A request has so much time, however it trickles in (A11). What it may take: gateway_test.
#include "server/console/http_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <thread>

namespace relief::server::console {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class RunningServer {
 public:
  explicit RunningServer(const HttpServer::Limits& limits) : server_(*HttpServer::Make("", "", limits)) {
    server_->Get("/", [](const httplib::Request&, httplib::Response& response) {
      response.set_content("here\n", "text/plain");
    });
    server_->Post("/", [](const httplib::Request& request, httplib::Response& response) {
      response.set_content(std::to_string(request.body.size()), "text/plain");
    });
    port_ = server_->bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    while (!server_->is_running()) std::this_thread::yield();
  }
  ~RunningServer() {
    server_->stop();
    thread_.join();
  }

  int Connect() const {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(port_));
    EXPECT_EQ(connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return socket;
  }

 private:
  std::unique_ptr<HttpServer> server_;
  std::thread thread_;
  int port_ = 0;
};

// Sends the text byte by byte; false: the server hung up meanwhile.
bool Trickle(int socket, const std::string& text, milliseconds pause) {
  for (const char byte : text) {
    if (send(socket, &byte, 1, MSG_NOSIGNAL) != 1) return false;
    pollfd ended{socket, POLLRDHUP, 0};
    if (poll(&ended, 1, static_cast<int>(pause.count())) == 1) return false;
  }
  return true;
}

std::string Read(int socket) {
  char bytes[4096];
  const ssize_t got = recv(socket, bytes, sizeof bytes, 0);
  return got > 0 ? std::string(bytes, static_cast<size_t>(got)) : "";
}

bool Answers(int socket, const std::string& last) {
  std::string answer;
  for (std::string part; answer.find(last) == std::string::npos; answer += part)
    if ((part = Read(socket)).empty()) return false;
  return true;
}

TEST(HttpServerTest, ASlowRequestIsServedInTimeAndCutOffAfterIt) {
  const RunningServer server({.request = seconds(6)});
  const std::string slow = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  const int socket = server.Connect();
  ASSERT_TRUE(Trickle(socket, slow, milliseconds(120)));
  EXPECT_TRUE(Answers(socket, "here"));
  ASSERT_TRUE(Trickle(socket, slow, milliseconds(120)))
      << "the next one has its own time; both together take longer";
  EXPECT_TRUE(Answers(socket, "here"));
  close(socket);
  const auto is_cut_off = [&](const std::string& begin) {
    const int endless = server.Connect();
    send(endless, begin.data(), begin.size(), MSG_NOSIGNAL);
    const bool all_taken = Trickle(endless, std::string(1000, 'x'), milliseconds(100));
    close(endless);
    return !all_taken;
  };
  auto headers = std::async(std::launch::async, is_cut_off, "GET / HTTP/1.1\r\nHost: h\r\nX: ");
  auto body = std::async(std::launch::async, is_cut_off,
                         "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10000\r\n\r\n");
  EXPECT_TRUE(headers.get());
  EXPECT_TRUE(body.get());
}

TEST(HttpServerTest, WhoeverSaysNothingIsLetGo) {
  const RunningServer server({.keep_alive = seconds(1)});
  const int socket = server.Connect();
  pollfd ended{socket, POLLRDHUP, 0};
  EXPECT_EQ(poll(&ended, 1, 300'000), 1);
  close(socket);
}

TEST(HttpServerTest, RequestsThatComeAtOnceAreAnsweredInOrder) {
  const RunningServer server({});
  const int socket = server.Connect();
  const std::string both =
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
      "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 5\r\n\r\nabcde";
  send(socket, both.data(), both.size(), MSG_NOSIGNAL);
  std::string answers;
  for (std::string part; !(part = Read(socket)).empty();) answers += part;
  const size_t first = answers.find("\r\n\r\n3"), second = answers.find("\r\n\r\n5");
  EXPECT_NE(first, std::string::npos);
  EXPECT_NE(second, std::string::npos);
  EXPECT_LT(first, second);
  close(socket);
}

// All that the server answers until it hangs up.
std::string Ask(const RunningServer& server, const std::string& text) {
  const int socket = server.Connect();
  EXPECT_EQ(send(socket, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  shutdown(socket, SHUT_WR);
  std::string answer;
  char bytes[1024];
  for (ssize_t got; (got = recv(socket, bytes, sizeof bytes, 0)) > 0;)
    answer.append(bytes, static_cast<size_t>(got));
  close(socket);
  return answer;
}

size_t AnswersIn(const std::string& text) {
  size_t count = 0;
  for (size_t at = 0; (at = text.find("HTTP/1.1 ", at)) != std::string::npos; ++at) ++count;
  return count;
}

// What one reader takes for a body another one takes for the next request: neither is served.
TEST(HttpServer, ARequestOfWhichNobodyKnowsWhereItEndsIsRefused) {
  const RunningServer server({});
  const std::string inner = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::string length = std::to_string(inner.size());
  const auto post = [&](const std::string& headers, const std::string& body) {
    return "POST / HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n" + body;
  };
  EXPECT_EQ(AnswersIn(Ask(server, post("Content-Length: 2\r\n", "ab") + inner)), 2u) << "two that are sound";
  EXPECT_EQ(AnswersIn(Ask(server, post("Transfer-Encoding: chunked\r\n", "2\r\nab\r\n0\r\n\r\n") + inner)),
            2u);
  EXPECT_EQ(AnswersIn(Ask(server, "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n" + inner)), 2u);
  for (const std::string& request : {
           post("Content-Length: 0\r\nContent-Length: " + length + "\r\n", inner),
           post("Content-Length: " + length + "\r\nContent-Length: " + length + "\r\n", inner),
           post("Content-Length: 0, " + length + "\r\n", inner),
           post("Content-Length: +0\r\n", inner),
           post("Content-Length: -1\r\n", inner),
           post("Content-Length: 0x2\r\n", inner),
           post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + inner),
           post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n" + inner),
           post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n" + inner),
           post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n" + inner),
           post("Content-Length : " + length + "\r\nContent-Length: 0\r\n", inner),
           post("X: y\r\n Content-Length: " + length + "\r\nContent-Length: 0\r\n", inner),
           post("Content-Length: " + length + "\nX: y\r\nContent-Length: 0\r\n", inner),
           "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: " + length + "\r\n\r\n" + inner,
           "GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner,
           "HEAD / HTTP/1.1\r\nHost: h\r\nContent-Length: " + length + "\r\n\r\n" + inner,
       }) {
    const std::string answer = Ask(server, request + inner);
    EXPECT_EQ(answer.find("HTTP/1.1 200"), std::string::npos) << request << "\n--\n" << answer;
    EXPECT_LE(AnswersIn(answer), 1u) << request << "\n--\n" << answer;
  }
}

}  // namespace
}  // namespace relief::server::console
