#include "server/network/stream_counts.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <grpc/grpc.h>
#include <grpc/support/alloc.h>

#include <memory>

#include "absl/strings/numbers.h"

namespace relief::server::network {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

constexpr intptr_t kPage = 500;

// channelz tells in JSON, where numbers of 64 bits are texts and what is zero is left out.
Struct Read(char* told) {
  const std::unique_ptr<char, void (*)(void*)> text(told, gpr_free);
  Struct json;
  if (text == nullptr || !google::protobuf::util::JsonStringToMessage(text.get(), &json).ok()) json.Clear();
  return json;
}

const Value& Field(const Struct& json, const char* name) {
  const auto found = json.fields().find(name);
  return found == json.fields().end() ? Value::default_instance() : found->second;
}
int64_t Number(const Struct& json, const char* name) {
  int64_t number = 0;
  return absl::SimpleAtoi(Field(json, name).string_value(), &number) ? number : 0;
}

Value Servers() { return Field(Read(grpc_channelz_get_servers(0)), "server"); }

}  // namespace

int64_t CallsStarted() {
  int64_t calls = 0;
  const Value servers = Servers();
  for (const Value& server : servers.list_value().values())
    calls += Number(Field(server.struct_value(), "data").struct_value(), "callsStarted");
  return calls;
}

std::unordered_map<std::string, intptr_t> ServerConnections() {
  std::unordered_map<std::string, intptr_t> connections;
  const Value servers = Servers();
  for (const Value& server : servers.list_value().values()) {
    const intptr_t id = Number(Field(server.struct_value(), "ref").struct_value(), "serverId");
    for (intptr_t next = 0;;) {
      const Struct page = Read(grpc_channelz_get_server_sockets(id, next, kPage));
      const auto& sockets = Field(page, "socketRef").list_value().values();
      for (const Value& socket : sockets) {
        const intptr_t socket_id = Number(socket.struct_value(), "socketId");
        const std::string& name = Field(socket.struct_value(), "name").string_value();
        connections[name.substr(name.rfind(' ') + 1)] = socket_id;
        next = socket_id + 1;
      }
      if (sockets.empty() || Field(page, "end").bool_value()) break;
    }
  }
  return connections;
}

std::optional<StreamCounts> CountStreams(intptr_t connection) {
  const Struct told = Read(grpc_channelz_get_socket(connection));
  const Struct& data = Field(Field(told, "socket").struct_value(), "data").struct_value();
  if (Field(told, "socket").kind_case() == Value::KIND_NOT_SET) return std::nullopt;
  return StreamCounts{Number(data, "streamsStarted"), Number(data, "streamsSucceeded"),
                      Number(data, "streamsFailed")};
}

}  // namespace relief::server::network
