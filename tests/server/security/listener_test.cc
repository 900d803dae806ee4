// Limits of connections, and the cutting of those whose calls are opened to be given up (A11). The floods themselves:
// tests/fault/hostile_peers.py.
#include "server/security/listener.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "relief/v1/admin_service.grpc.pb.h"
#include "tests/server/service/running_hub.h"

namespace relief::server::security {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A connection of an address of this machine, as bytes.
class Socket {
 public:
  Socket(const std::string& from, int port) {
    socket_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in own = Address(from, 0), to = Address("127.0.0.1", port);
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&own), sizeof own), 0);
    EXPECT_EQ(connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
  }
  ~Socket() { close(socket_); }

  // The hub speaks first: its settings. False: it hung up.
  bool IsLetIn() const {
    pollfd ready{socket_, POLLIN, 0};
    char byte;
    return poll(&ready, 1, 10'000) == 1 && recv(socket_, &byte, 1, 0) == 1;
  }
  // Within some seconds; reads what comes before.
  bool IsCut() const {
    char bytes[1024];
    for (pollfd ready{socket_, POLLIN, 0}; poll(&ready, 1, 10'000) == 1;)
      if (recv(socket_, bytes, sizeof bytes, 0) <= 0) return true;
    return false;
  }
  std::string peer() const {
    sockaddr_in own{};
    socklen_t size = sizeof own;
    getsockname(socket_, reinterpret_cast<sockaddr*>(&own), &size);
    return std::string("ipv4:") + inet_ntoa(own.sin_addr) + ":" + std::to_string(ntohs(own.sin_port));
  }

 private:
  static sockaddr_in Address(const std::string& host, int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    inet_pton(AF_INET, host.c_str(), &address.sin_addr);
    return address;
  }
  int socket_;
};

bool Becomes(const std::function<bool()>& true_at_last) {
  for (int i = 0; i < 1000; ++i, std::this_thread::sleep_for(milliseconds(10)))
    if (true_at_last()) return true;
  return false;
}

class ListenerTest : public testing::Test {
 protected:
  void Start(const Listener::Limits& limits) {
    running_ = std::make_unique<RunningHub>(OpenHub(), grpc::InsecureServerCredentials(), Policy::Open(), nullptr, limits);
  }
  std::unique_ptr<Socket> Connect(const std::string& from) {
    return std::make_unique<Socket>(from, running_->listener().port());
  }
  const ListenerCounts& counts() { return running_->listener().counts(); }

  std::unique_ptr<RunningHub> running_;
};

TEST_F(ListenerTest, NoMoreConnectionsThanTheLimitAndAPlaceIsFreeAgainWhenOneEnds) {
  Start({.connections = 3, .connections_of_an_address = 2});
  auto first = Connect("127.0.0.1");
  const auto second = Connect("127.0.0.1");
  ASSERT_TRUE(first->IsLetIn() && second->IsLetIn());
  EXPECT_FALSE(Connect("127.0.0.1")->IsLetIn()) << "the third of its address";
  EXPECT_EQ(counts().refused_address, 1);
  const auto other = Connect("127.0.0.2");
  EXPECT_TRUE(other->IsLetIn()) << "an address does not cost another its place";
  EXPECT_FALSE(Connect("127.0.0.3")->IsLetIn()) << "the hub is full";
  EXPECT_EQ(counts().refused_full, 1);
  EXPECT_EQ(counts().open, 3);
  first.reset();
  EXPECT_TRUE(Becomes([&] { return counts().open == 2; })) << counts().open;
  EXPECT_TRUE(Connect("127.0.0.1")->IsLetIn());
}

TEST_F(ListenerTest, NewConnectionsOfAnAddressComeAtARate) {
  Start({.arrivals = {.calls_per_minute = 60, .burst = 3}});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Connect("127.0.0.1")->IsLetIn());
  EXPECT_FALSE(Connect("127.0.0.1")->IsLetIn());
  EXPECT_TRUE(Connect("127.0.0.2")->IsLetIn());
  std::this_thread::sleep_for(milliseconds(1100));
  EXPECT_TRUE(Connect("127.0.0.1")->IsLetIn());
}

TEST_F(ListenerTest, WhoeverGivesUpTooManyCallsIsCutAndItsAddressWaits) {
  Start({.given_up = {.calls_per_minute = 1, .burst = 5}, .penalty_us = 500'000});
  const auto hasty = Connect("127.0.0.1"), beside = Connect("127.0.0.1"), other = Connect("127.0.0.2");
  ASSERT_TRUE(hasty->IsLetIn() && beside->IsLetIn() && other->IsLetIn());
  for (int i = 0; i < 5; ++i) running_->listener().GivenUp(hasty->peer());
  EXPECT_EQ(counts().cut, 0) << "some give up, as anybody does";
  for (int i = 0; i < 3; ++i) running_->listener().GivenUp(hasty->peer());
  EXPECT_EQ(counts().cut, 1);
  EXPECT_TRUE(hasty->IsCut());
  EXPECT_TRUE(Becomes([&] { return counts().open == 2; })) << "those beside it stay";
  EXPECT_FALSE(Connect("127.0.0.1")->IsLetIn());
  EXPECT_TRUE(Connect("127.0.0.2")->IsLetIn());
  std::this_thread::sleep_for(milliseconds(600));
  EXPECT_TRUE(Connect("127.0.0.1")->IsLetIn()) << "the penalty ends";
  running_->listener().GivenUp("inproc");
  EXPECT_EQ(counts().cut, 1);
}

// Calls that are given up reach the listener whatever they call, and a connection that is cut was theirs.
TEST_F(ListenerTest, CallsThatAreOpenedToBeGivenUpEndTheirConnection) {
  for (const char* method : {"/relief.v1.AdminService/GetStatus", "/relief.v1.AdminService/NoSuchMethod",
                             "/grpc.health.v1.Health/Check", "/relief.v1.FeedService/Push"}) {
    SCOPED_TRACE(method);
    Start({.given_up = {.calls_per_minute = 1, .burst = 20}});
    const auto channel = running_->channel();
    ASSERT_TRUE(channel->WaitForConnected(std::chrono::system_clock::now() + seconds(10)));
    const grpc::internal::RpcMethod rpc(method, grpc::internal::RpcMethod::BIDI_STREAMING,
                                        channel);
    EXPECT_TRUE(Becomes([&] {
      for (int i = 0; i < 10; ++i) {
        grpc::ClientContext context;
        std::unique_ptr<grpc::ClientReaderWriter<v1::GetStatusRequest, v1::HubStatus>> call(
            grpc::internal::ClientReaderWriterFactory<v1::GetStatusRequest, v1::HubStatus>::Create(channel.get(), rpc,
                                                                                                  &context));
        context.TryCancel();
        call->Finish();
      }
      return counts().cut > 0;
    })) << counts().cut;
  }
}

TEST(ListenerBind, OneAddressAtATimeAndSaysWhatIsWrong) {
  const auto taken = Listener::Bind("127.0.0.1:0", {});
  ASSERT_TRUE(taken.ok()) << taken.status();
  const auto again = Listener::Bind("127.0.0.1:" + std::to_string((*taken)->port()), {});
  EXPECT_EQ(again.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(again.status().message().find("Address already in use"), std::string::npos) << again.status();
  for (const char* address : {"7443", "no such host:1", "127.0.0.1:http", "127.0.0.1:70000"})
    EXPECT_EQ(Listener::Bind(address, {}).status().code(), absl::StatusCode::kInvalidArgument) << address;
}

// Calls over IPv6, and over IPv4 to an address that takes both, have the peer that the listener expects.
TEST(ListenerBind, ServesBothFamilies) {
  for (const auto& [address, host] : {std::pair("[::1]:0", "[::1]"), {"[::]:0", "[::1]"}, {"[::]:0", "127.0.0.1"},
                                      {"localhost:0", "localhost"}, {"0.0.0.0:0", "127.0.0.1"}}) {
    SCOPED_TRACE(std::string(address) + " " + host);
    auto listener = Listener::Bind(address, {.given_up = {.calls_per_minute = 1, .burst = 1}});
    ASSERT_TRUE(listener.ok()) << listener.status();
    struct Noting : v1::AdminService::Service {
      grpc::Status GetStatus(grpc::ServerContext* context, const v1::GetStatusRequest*, v1::HubStatus*) override {
        peer = context->peer();
        return grpc::Status::OK;
      }
      std::string peer;
    } service;
    grpc::ServerBuilder builder;
    (*listener)->Install(builder, grpc::InsecureServerCredentials());
    builder.RegisterService(&service);
    const auto server = builder.BuildAndStart();
    ASSERT_TRUE(server);
    (*listener)->Start();
    const auto channel = grpc::CreateChannel(std::string(host) + ":" + std::to_string((*listener)->port()),
                                             grpc::InsecureChannelCredentials());
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + seconds(10));
    v1::HubStatus answer;
    const auto status = v1::AdminService::NewStub(channel)->GetStatus(&context, {}, &answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
    for (int i = 0; i < 2; ++i) (*listener)->GivenUp(service.peer);
    EXPECT_EQ((*listener)->counts().cut, 1) << service.peer;
    (*listener)->Stop();
    server->Shutdown();
  }
}

}  // namespace
}  // namespace relief::server::security
