#include "server/console/gateway.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>
#include <httplib.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "server/base/log.h"
#include "server/console/account_file.h"
#include "server/console/accounts.h"
#include "server/console/connect.h"
#include "server/console/feed_as.h"
#include "server/console/http_server.h"
#include "server/console/page.h"
#include "server/console/sessions.h"
#include "server/intake/desk.h"
#include "server/network/transport.h"
#include "server/rpc/service_set.h"

namespace relief::server::console {
namespace {

constexpr size_t kMostBody = 1 << 20;
constexpr size_t kMostLoginBody = 4 << 10;
constexpr char kCookie[] = "relief_session", kMarkCookie[] = "relief_device";
constexpr int64_t kMarkSeconds = 180 * 86'400;
constexpr char kNobody[] = "(no account)";  // in the audit chain

int64_t Now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string CookieOf(const httplib::Request& request, const char* cookie = kCookie) {
  const std::string cookies = request.get_header_value("Cookie");
  const std::string name = std::string(cookie) + "=";
  for (size_t at = 0; at < cookies.size();) {
    size_t end = cookies.find(';', at);
    if (end == std::string::npos) end = cookies.size();
    while (at < end && cookies[at] == ' ') ++at;
    if (cookies.compare(at, name.size(), name) == 0)
      return cookies.substr(at + name.size(), end - at - name.size());
    at = end + 1;
  }
  return "";
}

void Send(const HttpAnswer& answer, httplib::Response* response) {
  response->status = answer.status;
  response->set_header("Cache-Control", "no-store");
  response->set_content(answer.body, answer.content_type);
}

void SendJson(int status, const google::protobuf::Struct& json, httplib::Response* response) {
  HttpAnswer answer{status, "application/json", ""};
  if (!google::protobuf::util::MessageToJsonString(json, &answer.body).ok()) answer.status = 500;
  Send(answer, response);
}

class GatewayServer final : public Gateway {
 public:
  GatewayServer(const config::Gateway& config, const rpc::ServiceContext& context,
                std::unique_ptr<AccountFile> accounts)
      : config_(config), context_(context), accounts_(std::move(accounts)), services_(context) {
    grpc::ServerBuilder builder;  // no port: nobody but the gateway can call it
    services_.Register(builder);
    grpc_ = builder.BuildAndStart();
    caller_ = std::make_unique<ConnectCaller>(grpc_->InProcessChannel({}));
    if (context_.intake != nullptr)
      context_.intake->Start(
          [this](const intake::Officer& officer) { return FeedAs(*grpc_, officer.caller, officer.person); });
  }

  ~GatewayServer() override {
    if (context_.intake != nullptr) context_.intake->Stop();
    while (thread_.joinable() && !http_->is_running())
      std::this_thread::yield();  // stop() before it runs does nothing
    if (http_) http_->stop();
    if (thread_.joinable()) thread_.join();
    grpc_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(5));
  }

  absl::Status Listen() {
    HttpServer::Limits limits;
    limits.body_bytes = kMostBody;
    if (config_.max_connections_per_address() > 0)
      limits.connections_of_an_address = config_.max_connections_per_address();
    auto made = HttpServer::Make(config_.tls().certificate_file(), config_.tls().private_key_file(), limits);
    if (!made.ok()) return made.status();
    http_ = *std::move(made);
    http_->set_tcp_nodelay(true);  // or every answer waits 40 ms for an acknowledgement
    http_->set_keep_alive_max_count(1000);
    // A connection holds a thread from its first byte to its end: four times what one address may have.
    http_->new_task_queue = [] { return new httplib::ThreadPool(256); };
    http_->set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      return SetHeaders(request, response);
    });
    http_->Get("/live", [](const httplib::Request&, httplib::Response& response) {
      response.set_content("ok\n", "text/plain");
    });
    http_->Get("/ready", [this](const httplib::Request&, httplib::Response& response) {
      response.status = context_.stopping ? 503 : 200;
      response.set_content(context_.stopping ? "stopping\n" : "ok\n", "text/plain");
    });
    http_->Get("/session", [this](const httplib::Request& request, httplib::Response& response) {
      Who(request, response);
    });
    http_->Post("/session/login", [this](const httplib::Request& request, httplib::Response& response) {
      Login(request, response);
    });
    http_->Post("/session/logout", [this](const httplib::Request& request, httplib::Response& response) {
      Logout(request, response);
    });
    http_->Post(R"(/api(/[\w.]+/\w+))", [this](const httplib::Request& request, httplib::Response& response) {
      Call(request, response);
    });
    http_->Get(R"(/api/.*)", [](const httplib::Request&, httplib::Response& response) {
      response.set_header("Allow", "POST");
      Send({405, "application/json", ConnectError({grpc::UNIMPLEMENTED, "POST only"}).body}, &response);
    });
    // Without its pages the console answers programs all the same: the hub must not stay down for them.
    if (!config_.static_directory().empty() && !http_->set_mount_point("/", config_.static_directory()))
      Log(LogLevel::kWarn, "gateway.no_pages", {{"directory", config_.static_directory()}});
    http_->set_file_request_handler([](const httplib::Request& request, httplib::Response& response) {
      // Files with a hash in their name never change; index.html names them.
      response.set_header("Cache-Control", request.path.rfind("/assets/", 0) == 0
                                               ? "public, max-age=31536000, immutable"
                                               : "no-cache");
    });
    http_->Get(R"(/(?!api/|assets/|session).*)",
               [this](const httplib::Request&, httplib::Response& response) { SendPage(&response); });
    http_->set_error_handler([](const httplib::Request& request, httplib::Response& response) {
      if (request.path.rfind("/api/", 0) != 0 || !response.body.empty()) return;
      // What the HTTP library refuses by itself is a Connect error all the same.
      const int status = response.status;
      Send(ConnectError(status == 413   ? grpc::Status(grpc::RESOURCE_EXHAUSTED, "the request is too large")
                        : status == 404 ? grpc::Status(grpc::UNIMPLEMENTED, "no such method")
                                        : grpc::Status(grpc::UNKNOWN, "the request cannot be read")),
           &response);
      response.status = status;
    });
    http_->set_exception_handler(
        [](const httplib::Request&, httplib::Response& response, std::exception_ptr) {
          Send(ConnectError({grpc::INTERNAL, "internal error"}), &response);
          response.status = 500;
        });
    const size_t colon = config_.listen_address().rfind(':');
    const std::string host = config_.listen_address().substr(0, colon);
    const int port = std::atoi(config_.listen_address().c_str() + colon + 1);
    port_ = port;
    const bool bound = port == 0 ? (port_ = http_->bind_to_any_port(host.c_str())) > 0
                                 : http_->bind_to_port(host.c_str(), port);
    if (!bound)
      return absl::UnavailableError("gateway: cannot listen on " + config_.listen_address() +
                                    "; is it in use?");
    thread_ = std::thread([this] { http_->listen_after_bind(); });
    return absl::OkStatus();
  }

  int port() const override { return port_; }

 private:
  httplib::Server::HandlerResponse SetHeaders(const httplib::Request& request,
                                              httplib::Response& response) const {
    HttpServer::Simplify(request);
    response.set_header("Content-Security-Policy", ContentPolicy(FreshNonce()));
    response.set_header("X-Content-Type-Options", "nosniff");
    response.set_header("Referrer-Policy", "no-referrer");
    response.set_header("X-Frame-Options", "DENY");
    response.set_header("Cross-Origin-Opener-Policy", "same-origin");
    if (config_.has_tls()) response.set_header("Strict-Transport-Security", "max-age=31536000");
    // Before the files: the page is not sent as it lies on the disk.
    if (request.method != "GET" || (request.path != "/" && request.path != "/index.html"))
      return httplib::Server::HandlerResponse::Unhandled;
    SendPage(&response);
    return httplib::Server::HandlerResponse::Handled;
  }

  void SendPage(httplib::Response* response) const {
    const std::string nonce = FreshNonce();
    const auto page = ReadPage(config_.static_directory(), nonce);
    response->set_header("Cache-Control", "no-store");  // a nonce is for one page
    if (!page) {
      response->status = 404;
      response->set_content("The console's pages are not there: build them with deploy/console.\n",
                            "text/plain");
      return;
    }
    response->headers.erase("Content-Security-Policy");
    response->set_header("Content-Security-Policy", ContentPolicy(nonce));
    response->set_content(*page, "text/html; charset=utf-8");
  }

  // The session, as the accounts are now: who lost the account or changed the password is logged out, who has
  // another role has it at once.
  std::optional<Session> SessionOf(const httplib::Request& request) {
    auto session = sessions_.Find(CookieOf(request), Now());
    if (!session) return std::nullopt;
    const auto book = accounts_->Current(Now());
    const Account* account = book->Find(session->user);
    if (!account || account->password_hash() != session->password_hash) {
      sessions_.Logout(CookieOf(request));
      Audit(session->user, "console.logout.revoked", request.remote_addr);
      return std::nullopt;
    }
    session->role = account->role();
    session->person = account->person();
    return session;
  }

  // With an age of nothing it ends with the browser, with 0 now.
  void SetCookie(const char* name, const std::string& value, const std::string& path,
                 std::optional<int64_t> age_seconds, httplib::Response* response) const {
    response->set_header("Set-Cookie", std::string(name) + "=" + value + "; Path=" + path +
                                           "; HttpOnly; SameSite=Strict" +
                                           (config_.has_tls() ? "; Secure" : "") +
                                           (age_seconds ? "; Max-Age=" + std::to_string(*age_seconds) : ""));
  }

  void SendSession(const Session& session, httplib::Response* response) const {
    google::protobuf::Struct json;
    auto& fields = *json.mutable_fields();
    fields["user"].set_string_value(session.user);
    fields["role"].set_string_value(std::string(RoleName(session.role)));
    fields["language"].set_string_value(session.language);
    SendJson(200, json, response);
  }

  void Audit(const std::string& user, const std::string& action, const std::string& address) {
    const auto written = context_.hub.Write([&](core::WriteContext& write) {
      write.Audit({"console:" + user, action, address, "", "", ""});
      return absl::OkStatus();
    });
    if (!written.ok()) Log(LogLevel::kError, "audit.failed", {{"action", action}});
  }

  static bool FromConsole(const httplib::Request& request, httplib::Response* response) {
    if (request.get_header_value("X-Relief-Console") == "1") return true;
    response->status = 403;
    return false;
  }

  void Who(const httplib::Request& request, httplib::Response& response) {
    const auto session = SessionOf(request);
    if (session) return SendSession(*session, &response);
    google::protobuf::Struct json;
    (*json.mutable_fields())["error"].set_string_value("nobody");
    SendJson(401, json, &response);
  }

  void Login(const httplib::Request& request, httplib::Response& response) {
    if (!FromConsole(request, &response)) return;
    // Anybody may ask this: nothing large is read, and nothing slow is done before it is counted.
    if (request.body.size() > kMostLoginBody) {
      response.status = 413;
      return;
    }
    google::protobuf::Struct asked, answer;
    if (!google::protobuf::util::JsonStringToMessage(request.body, &asked).ok()) {
      response.status = 400;
      return;
    }
    const auto text = [&](const char* name) {
      const auto found = asked.fields().find(name);
      return found == asked.fields().end() ? std::string() : found->second.string_value().substr(0, 256);
    };
    const std::string user = text("user");
    const Sessions::Entered entered =
        sessions_.Login(*accounts_->Current(Now()),
                        {user, text("password"), text("code"), request.remote_addr,
                         CookieOf(request, kMarkCookie).substr(0, 256)},
                        Now());
    if (entered.status.ok()) {
      Audit(user, "console.login", request.remote_addr);
      SetCookie(kCookie, entered.token, "/", std::nullopt, &response);
      SetCookie(kMarkCookie, entered.mark, "/session", kMarkSeconds, &response);
      return SendSession(*sessions_.Find(entered.token, Now()), &response);
    }
    auto& fields = *answer.mutable_fields();
    if (absl::IsResourceExhausted(entered.status)) {
      fields["error"].set_string_value("locked");
      fields["retry_after_seconds"].set_number_value(static_cast<double>(entered.retry_after_seconds));
      response.set_header("Retry-After", std::to_string(entered.retry_after_seconds));
      return SendJson(429, answer, &response);
    }
    // What was typed for a user may be anything: a password, somebody's number.
    Audit(accounts_->Current(Now())->Find(user) ? user : std::string(kNobody), "console.login.refused",
          request.remote_addr);
    fields["error"].set_string_value("wrong");
    SendJson(401, answer, &response);
  }

  void Logout(const httplib::Request& request, httplib::Response& response) {
    if (!FromConsole(request, &response)) return;
    if (const auto session = sessions_.Logout(CookieOf(request)))
      Audit(session->user, "console.logout", request.remote_addr);
    SetCookie(kCookie, "", "/", 0, &response);
    response.status = 204;
  }

  void Call(const httplib::Request& request, httplib::Response& response) {
    const auto session = SessionOf(request);
    if (!session) return Send(ConnectError({grpc::UNAUTHENTICATED, "log in first"}), &response);
    ConnectRequest call;
    call.method = request.matches[1];
    if (!MayCall(session->role, call.method))
      return Send(ConnectError({grpc::PERMISSION_DENIED, "your role may not do this"}), &response);
    call.content_type = request.get_header_value("Content-Type");
    call.protocol_version = request.get_header_value("Connect-Protocol-Version");
    call.timeout_ms = request.get_header_value("Connect-Timeout-Ms");
    call.body = request.body;
    call.metadata = network::ConsoleMetadata(session->user, session->person);
    Send(caller_->Call(call), &response);
  }

  const config::Gateway config_;
  const rpc::ServiceContext context_;
  const std::unique_ptr<AccountFile> accounts_;
  Sessions sessions_;
  rpc::ServiceSet services_;
  std::unique_ptr<grpc::Server> grpc_;
  std::unique_ptr<ConnectCaller> caller_;
  std::unique_ptr<HttpServer> http_;
  std::thread thread_;
  int port_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(const config::Gateway& config,
                                                        const rpc::ServiceContext& context) {
  auto accounts = AccountFile::Open(config.accounts_file());
  if (!accounts.ok()) return accounts.status();
  auto server = std::make_unique<GatewayServer>(config, context, *std::move(accounts));
  if (absl::Status status = server->Listen(); !status.ok()) return status;
  return std::unique_ptr<Gateway>(std::move(server));
}

}  // namespace relief::server::console
