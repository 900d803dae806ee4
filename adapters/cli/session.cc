#include "adapters/cli/session.h"

#include <google/protobuf/util/json_util.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <sstream>

#include "adapters/cli/text.h"
#include "adapters/rpc_status.h"

namespace relief::adapters {
namespace {

bool IsLoopback(const std::string& server) {
  for (const char* host : {"127.", "localhost:", "[::1]:"}) {
    if (server.rfind(host, 0) == 0) return true;
  }
  return server.rfind("unix:", 0) == 0;
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) return absl::InvalidArgumentError(Fill(Say::kCannotReadFile, {path}));
  return text.str();
}

}  // namespace

void Session::AddFlags(CLI::App& app) {
  app.add_option("--server", server_, Text(Say::kHelpServer))
      ->envname("RELIEF_SERVER")
      ->capture_default_str();
  app.add_flag("--insecure", insecure_, Text(Say::kHelpInsecure));
  app.add_option("--ca", ca_, Text(Say::kHelpCa));
  app.add_option("--cert", cert_, Text(Say::kHelpCert));
  app.add_option("--key", key_, Text(Say::kHelpKey));
  app.add_option("--server-name", server_name_, Text(Say::kHelpServerName));
  app.add_option("--timeout", timeout_seconds_, Text(Say::kHelpTimeout))
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  app.add_flag("--json", json_, Text(Say::kHelpJson));
  // Read by main before the command line is built; declared so that it is known and shown.
  app.add_option("--lang", language_, Text(Say::kHelpLang))->check(CLI::IsMember({"zh", "en"}));
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Session::Connect() const {
  if (insecure_ && (!ca_.empty() || !cert_.empty()))
    return absl::InvalidArgumentError(Text(Say::kInsecureConflict));
  if (cert_.empty() != key_.empty()) return absl::InvalidArgumentError(Text(Say::kCertWithoutKey));
  std::shared_ptr<grpc::ChannelCredentials> credentials;
  if (insecure_ || (ca_.empty() && IsLoopback(server_))) {
    credentials = grpc::InsecureChannelCredentials();
  } else {
    if (ca_.empty()) return absl::InvalidArgumentError(Fill(Say::kNeedTls, {server_}));
    grpc::SslCredentialsOptions options;
    for (const auto& [path, text] :
         {std::pair(&ca_, &options.pem_root_certs), std::pair(&cert_, &options.pem_cert_chain),
          std::pair(&key_, &options.pem_private_key)}) {
      if (path->empty()) continue;
      auto content = ReadFile(*path);
      if (!content.ok()) return content.status();
      *text = *std::move(content);
    }
    credentials = grpc::SslCredentials(options);
  }
  grpc::ChannelArguments arguments;
  // A hub that vanished without a word must not leave a stream waiting for ever.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2'000);
  arguments.SetMaxReceiveMessageSize(64 << 20);
  if (!server_name_.empty()) arguments.SetSslTargetNameOverride(server_name_);
  return grpc::CreateCustomChannel(server_, credentials, arguments);
}

std::unique_ptr<grpc::ClientContext> Session::Context() const {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(timeout_seconds_));
  return context;
}

void Session::PrintJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string line;
  if (google::protobuf::util::MessageToJsonString(message, &line, options).ok()) std::cout << line << '\n';
}

int Session::Fail(const absl::Status& status) {
  std::cerr << Text(Say::kError) << ": " << std::string(status.message()) << " ("
            << absl::StatusCodeToString(status.code()) << ")\n";
  if (const auto details = DetailsOf(status)) {
    for (const auto& any : details->details()) {
      google::rpc::BadRequest bad_request;
      google::rpc::ErrorInfo info;
      google::rpc::ResourceInfo resource;
      if (any.UnpackTo(&bad_request)) {
        for (const auto& violation : bad_request.field_violations()) {
          std::cerr << "  " << violation.field() << ": " << violation.description() << '\n';
        }
      } else if (any.UnpackTo(&info)) {
        std::cerr << "  " << info.reason();
        for (const auto& [key, value] : info.metadata()) std::cerr << ' ' << key << '=' << value;
        std::cerr << '\n';
      } else if (any.UnpackTo(&resource)) {
        std::cerr << "  " << resource.resource_type() << ' ' << resource.resource_name();
        if (!resource.description().empty()) std::cerr << ": " << resource.description();
        std::cerr << '\n';
      }
    }
  }
  return exit_code = kFailed;
}

absl::Status StatusOfCall(const grpc::Status& status) { return FromGrpc(status); }

}  // namespace relief::adapters
