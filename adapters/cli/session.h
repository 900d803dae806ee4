// What all commands share: the connection, the language, JSON or tables, and how errors are told.
//
// One thread, the one that runs the command.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

namespace relief::adapters {

enum ExitCode { kDone = 0, kFailed = 1, kUsage = 2, kSomeRejected = 3, kHeld = 4 };

class Session {
 public:
  void AddFlags(CLI::App& app);

  // INVALID_ARGUMENT: the flags contradict each other or name files that cannot be read.
  absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect() const;

  // A context with the deadline of --timeout.
  std::unique_ptr<grpc::ClientContext> Context() const;

  const std::string& server() const { return server_; }
  bool json() const { return json_; }
  int timeout_seconds() const { return timeout_seconds_; }

  // One line of protobuf JSON on standard output.
  static void PrintJson(const google::protobuf::Message& message);

  // Tells what went wrong on standard error, with the details that the hub sent.
  int Fail(const absl::Status& status);

  // Runs `call(stub, context, request, &response)` style unary calls.
  template <typename Service, typename Method, typename Request, typename Response>
  absl::Status Call(Method method, const Request& request, Response* response) const;

  int exit_code = kDone;  // of the command that ran

 private:
  std::string server_ = "127.0.0.1:7443", ca_, cert_, key_, server_name_, language_;
  bool insecure_ = false, json_ = false;
  int timeout_seconds_ = 60;
};

absl::Status StatusOfCall(const grpc::Status& status);

template <typename Service, typename Method, typename Request, typename Response>
absl::Status Session::Call(Method method, const Request& request, Response* response) const {
  auto channel = Connect();
  if (!channel.ok()) return channel.status();
  const auto stub = Service::NewStub(*channel);
  const auto context = Context();
  return StatusOfCall((stub.get()->*method)(context.get(), request, response));
}

}  // namespace relief::adapters
