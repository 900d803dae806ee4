// Limits of connections, and the cutting of those whose calls are opened to be given up (A11). The floods
// themselves: tests/fault/hostile_peers.py.
#include "server/network/listener.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "relief/v1/admin_service.grpc.pb.h"
#include "relief/v1/feed_service.grpc.pb.h"
#include "tests/server/rpc/running_hub.h"

namespace relief::server::network {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kPatienceMs = 120'000;  // for what must happen, however slow the machine
constexpr milliseconds kPatience{kPatienceMs};

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
    return poll(&ready, 1, kPatienceMs) == 1 && recv(socket_, &byte, 1, 0) == 1;
  }
  // Reads what comes before.
  bool IsCut() const {
    char bytes[1024];
    for (pollfd ready{socket_, POLLIN, 0}; poll(&ready, 1, kPatienceMs) == 1;)
      if (recv(socket_, bytes, sizeof bytes, 0) <= 0) return true;
    return false;
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
  const auto end = std::chrono::steady_clock::now() + kPatience;
  for (; std::chrono::steady_clock::now() < end; std::this_thread::sleep_for(milliseconds(10)))
    if (true_at_last()) return true;
  return false;
}

constexpr char kStatus[] = "/relief.v1.AdminService/GetStatus";

// Streams of which the hub sees the beginning, and the reset right behind it.
void OpenAndReset(const std::shared_ptr<grpc::Channel>& channel, const char* method, int times) {
  const grpc::internal::RpcMethod rpc(method, grpc::internal::RpcMethod::BIDI_STREAMING, channel);
  for (int i = 0; i < times; ++i) {
    grpc::ClientContext context;
    using Calls = grpc::internal::ClientReaderWriterFactory<v1::GetStatusRequest, v1::HubStatus>;
    const std::unique_ptr<grpc::ClientReaderWriter<v1::GetStatusRequest, v1::HubStatus>> call(
        Calls::Create(channel.get(), rpc, &context));
    context.TryCancel();
    call->Finish();
  }
}

class ListenerTest : public testing::Test {
 protected:
  void Start(const Listener::Limits& limits) {
    running_ = std::make_unique<rpc::RunningHub>(OpenHub(), grpc::InsecureServerCredentials(),
                                                 access::Policy::Open(), nullptr, limits);
  }
  std::unique_ptr<Socket> Connect(const std::string& from) {
    return std::make_unique<Socket>(from, running_->listener().port());
  }
  std::shared_ptr<grpc::Channel> Connected() {
    auto channel = running_->channel();
    EXPECT_TRUE(channel->WaitForConnected(std::chrono::system_clock::now() + kPatience));
    return channel;
  }
  const ListenerCounts& counts() { return running_->listener().counts(); }

  std::unique_ptr<rpc::RunningHub> running_;
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
  EXPECT_TRUE(Becomes([&] { return !Connect("127.0.0.1")->IsLetIn(); })) << "within one second";
  EXPECT_TRUE(Connect("127.0.0.2")->IsLetIn());
  EXPECT_TRUE(Becomes([&] { return Connect("127.0.0.1")->IsLetIn(); })) << "a second later";
}

TEST_F(ListenerTest, WhoeverOpensCallsToResetThemIsCutAndItsAddressWaits) {
  Start({.resets = {.calls_per_minute = 1, .burst = 50}, .penalty_us = 5'000'000});
  const auto beside = Connect("127.0.0.1"), other = Connect("127.0.0.2");
  ASSERT_TRUE(beside->IsLetIn() && other->IsLetIn());
  const auto hasty = Connected();
  OpenAndReset(hasty, kStatus, 40);
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_EQ(counts().cut, 0) << "some are reset, as anybody does";
  EXPECT_TRUE(Becomes([&] {
    OpenAndReset(hasty, kStatus, 5);
    return counts().cut == 1;
  })) << counts().cut;
  EXPECT_FALSE(Connect("127.0.0.1")->IsLetIn());
  EXPECT_TRUE(Becomes([&] { return counts().open == 2; })) << "those beside it stay";
  EXPECT_TRUE(Connect("127.0.0.2")->IsLetIn());
  EXPECT_TRUE(Becomes([&] { return Connect("127.0.0.1")->IsLetIn(); })) << "the penalty ends";
}

// Whatever they call: methods of the guard, of gRPC itself, and none.
TEST_F(ListenerTest, ResetsCountWhateverIsCalled) {
  for (const char* method : {"/relief.v1.FeedService/Push", "/relief.v1.AdminService/NoSuchMethod",
                             "/grpc.health.v1.Health/Check"}) {
    SCOPED_TRACE(method);
    Start({.resets = {.calls_per_minute = 1, .burst = 20}});
    const auto channel = Connected();
    EXPECT_TRUE(Becomes([&] {
      OpenAndReset(channel, method, 10);
      return counts().cut > 0;
    }));
  }
}

// The hub is still at work for streams that its caller has long reset: more than may be open at once.
TEST_F(ListenerTest, MoreOpenStreamsThanThereMayBeAreResetOnes) {
  Start({.open_streams = 5});
  const auto channel = running_->channel();
  std::deque<grpc::ClientContext> contexts(30);
  std::vector<std::unique_ptr<grpc::ClientReaderWriter<v1::PushRequest, v1::PushResponse>>> calls;
  const auto stub = v1::FeedService::NewStub(channel);
  const auto open = [&] { calls.push_back(stub->Push(&contexts[calls.size()])); };
  for (int i = 0; i < 5; ++i) open();
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_EQ(counts().cut, 0);
  while (calls.size() < contexts.size()) open();
  EXPECT_TRUE(Becomes([&] { return counts().cut == 1; }));
  EXPECT_FALSE(calls[0]->Finish().ok());
  for (auto& context : contexts) context.TryCancel();
  for (size_t i = 1; i < calls.size(); ++i) calls[i]->Finish();
}

TEST(ListenerBind, OneAddressAtATimeAndSaysWhatIsWrong) {
  EXPECT_EQ(Listener::Bind("192.0.2.1:0", {}).status().code(), absl::StatusCode::kUnavailable)
      << "not of this machine";
  const auto taken = Listener::Bind("127.0.0.1:0", {});
  ASSERT_TRUE(taken.ok()) << taken.status();
  const auto again = Listener::Bind("127.0.0.1:" + std::to_string((*taken)->port()), {});
  EXPECT_EQ(again.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(again.status().message().find("Address already in use"), std::string::npos) << again.status();
  for (const char* address : {"7443", "no such host:1", "127.0.0.1:http", "127.0.0.1:70000"})
    EXPECT_EQ(Listener::Bind(address, {}).status().code(), absl::StatusCode::kInvalidArgument) << address;
}

// Calls over IPv6, and over IPv4 to an address that takes both, are counted where the listener looks for
// them.
TEST(ListenerBind, ServesBothFamilies) {
  for (const auto& [address, host] : {std::pair("[::1]:0", "[::1]"),
                                      {"[::]:0", "[::1]"},
                                      {"[::]:0", "127.0.0.1"},
                                      {"localhost:0", "localhost"},
                                      {"0.0.0.0:0", "127.0.0.1"}}) {
    SCOPED_TRACE(std::string(address) + " " + host);
    if (std::string(host) == "[::1]" && !Listener::Bind("[::1]:0", {}).ok())
      continue;  // a machine without IPv6
    auto listener = Listener::Bind(address, {.resets = {.calls_per_minute = 1, .burst = 10}});
    ASSERT_TRUE(listener.ok()) << listener.status();
    v1::AdminService::Service service;
    grpc::ServerBuilder builder;
    (*listener)->Install(builder, grpc::InsecureServerCredentials());
    builder.RegisterService(&service);
    const auto server = builder.BuildAndStart();
    ASSERT_TRUE(server);
    (*listener)->Start();
    const auto channel = grpc::CreateChannel(std::string(host) + ":" + std::to_string((*listener)->port()),
                                             grpc::InsecureChannelCredentials());
    ASSERT_TRUE(channel->WaitForConnected(std::chrono::system_clock::now() + kPatience));
    EXPECT_TRUE(Becomes([&] {
      OpenAndReset(channel, kStatus, 5);
      return (*listener)->counts().cut > 0;
    }));
    (*listener)->Stop();
    server->Shutdown();
  }
}

}  // namespace
}  // namespace relief::server::network
