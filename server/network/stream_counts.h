// What gRPC counts of the streams of each connection (channelz). Callable from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

namespace relief::server::network {

// Since the connection began. A stream that its caller resets before it was answered has failed.
struct StreamCounts {
  int64_t started = 0, succeeded = 0, failed = 0;
  // As the hub sees it: it is still at work for streams that were reset a moment ago.
  int64_t open() const { return started - succeeded - failed; }
};

// Calls that came to the servers of this process: cheap to ask for.
int64_t CallsStarted();

// Ids of the server connections of this process, by ServerContext::peer().
std::unordered_map<std::string, intptr_t> ServerConnections();

// Nothing: the connection has ended.
std::optional<StreamCounts> CountStreams(intptr_t connection);

}  // namespace relief::server::network
