// The hub's feed for one user of the console, within this process: the guard asks for this user's leave, and the audit chain names
// this user, as if the push had come over the network.
//
// Callable from any thread.
#pragma once

#include <grpcpp/server.h>

#include <memory>
#include <string>

#include "relief/v1/feed_service.grpc.pb.h"

namespace relief::server::console {

// `caller`: "console:" and the user. PERMISSION_DENIED comes from the calls. Requires: the server outlives it.
std::unique_ptr<v1::FeedService::StubInterface> FeedAs(grpc::Server& server, const std::string& caller,
                                                       const std::string& person);

}  // namespace relief::server::console
