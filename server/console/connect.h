// The Connect protocol's unary calls (connectrpc.com/docs/protocol): JSON over HTTP for browsers, answered by
// the same gRPC services through an in-process channel.
//
// Binary (application/proto) and GET are left off: the console uses JSON, and with GET personal data would
// stand in URLs. Callable from any thread.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/support/status.h>

#include <map>
#include <memory>
#include <string>

namespace relief::server::console {

struct HttpAnswer {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
};

// The body of a Connect error: {"code": ..., "message": ..., "details": [...]}.
HttpAnswer ConnectError(const grpc::Status& status);

struct ConnectRequest {
  std::string method;        // "/relief.v1.ReviewService/ListConflicts"
  std::string content_type;  // of the body
  std::string protocol_version;
  std::string timeout_ms;  // Connect-Timeout-Ms; empty: the longest allowed
  std::string body;
  std::map<std::string, std::string> metadata;  // for the service: who calls
};

class ConnectCaller {
 public:
  // `channel` leads to the services.
  explicit ConnectCaller(std::shared_ptr<grpc::Channel> channel);
  ~ConnectCaller();

  HttpAnswer Call(const ConnectRequest& request) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace relief::server::console
