#include "server/console/gateway.h"

#include <arpa/inet.h>
#include <httplib.h>
#include <sys/socket.h>

#include <filesystem>
#include <set>
#include <thread>

#include "server/audit/audit.pb.h"
#include "server/console/accounts.h"
#include "server/core/schema.h"
#include "tests/server/hub_fixture.h"

namespace relief::server::console {
namespace {

namespace fs = std::filesystem;

class Console : public testing::Test {
 protected:
  Console() {
    folder_ = fs::temp_directory_path() / ("relief-gateway-" + std::to_string(getpid()));
    fs::create_directories(folder_ / "pages" / "assets");
    Write("pages/index.html", R"(<meta name="csp-nonce" content="__CSP_NONCE__"><title>救助</title>)");
    Write("pages/assets/app-1a2b.js", "1");
    std::string accounts;
    for (const auto& [user, role] : {std::pair("li", "OFFICER"), std::pair("wu", "SUPERVISOR")})
      accounts += std::string("accounts { user: \"") + user + "\" role: " + role + " password_hash: \"" +
                  hash_ + "\" }\n";
    Write("accounts.textproto", accounts);
    config_.set_listen_address("127.0.0.1:0");
    config_.set_accounts_file(folder_ / "accounts.textproto");
    config_.set_static_directory(folder_ / "pages");
    Restart([](config::Gateway&) {});
  }
  void Restart(const std::function<void(config::Gateway&)>& change) {
    change(config_);
    auto started =
        Gateway::Start(config_, rpc::ServiceContext{*hub_, stopping_, [] { return ShippedRules(); }});
    EXPECT_TRUE(started.ok()) << started.status();
    gateway_ = *std::move(started);
    client_ = std::make_unique<httplib::Client>("127.0.0.1", gateway_->port());
    client_->set_read_timeout(std::chrono::minutes(2));
    client_->set_tcp_nodelay(true);
  }
  ~Console() override { fs::remove_all(folder_); }

  void Write(const std::string& name, const std::string& text) { std::ofstream(folder_ / name) << text; }

  // The session's cookie, or nothing.
  std::string Login(const std::string& user, const std::string& password = "try-the-console") {
    const auto answer =
        client_->Post("/session/login", {{"X-Relief-Console", "1"}},
                      R"({"user":")" + user + R"(","password":")" + password + "\"}", "application/json");
    if (!answer || answer->status != 200) return "";
    const std::string cookie = answer->get_header_value("Set-Cookie");
    return cookie.substr(0, cookie.find(';'));
  }
  httplib::Result Call(const std::string& cookie, const std::string& method, const std::string& body = "{}") {
    return client_->Post("/api/" + method, {{"Cookie", cookie}, {"Connect-Protocol-Version", "1"}}, body,
                         "application/json");
  }

  // What the console answers to bytes that no browser would send, until it hangs up.
  std::string Raw(const std::vector<std::string>& parts) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(gateway_->port()));
    EXPECT_EQ(connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    size_t sent = 0;
    for (const std::string& part : parts) {
      if (send(socket, part.data(), part.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(part.size())) break;
      ++sent;
    }
    EXPECT_LT(sent, parts.size()) << "all of it was taken";
    std::string answer;
    char bytes[1024];
    for (ssize_t got; (got = recv(socket, bytes, sizeof bytes, 0)) > 0;) answer.append(bytes, got);
    close(socket);
    return answer;
  }

  const std::string hash_ = HashPassword("try-the-console");
  fs::path folder_;
  std::unique_ptr<core::Hub> hub_ = OpenHub();
  std::atomic<bool> stopping_ = false;
  config::Gateway config_;
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<httplib::Client> client_;
};

TEST_F(Console, NobodyCallsWithoutASession) {
  EXPECT_EQ(client_->Get("/session")->status, 401);
  EXPECT_EQ(Call("", "relief.v1.ReviewService/ListConflicts")->status, 401);
  EXPECT_EQ(Call("relief_session=0123", "relief.v1.ReviewService/ListConflicts")->status, 401);
  EXPECT_EQ(Login("li", "wrong"), "");
  const std::string cookie = Login("li");
  ASSERT_NE(cookie, "");
  EXPECT_EQ(Call(cookie, "relief.v1.ReviewService/ListConflicts")->body, "{}");
  EXPECT_NE(client_->Get("/session", {{"Cookie", "other=1; " + cookie}})->body.find("\"role\":\"officer\""),
            std::string::npos);
  EXPECT_EQ(
      client_
          ->Post("/session/logout", {{"X-Relief-Console", "1"}, {"Cookie", cookie}}, "", "application/json")
          ->status,
      204);
  EXPECT_EQ(Call(cookie, "relief.v1.ReviewService/ListConflicts")->status, 401);
}

TEST_F(Console, RolesLimitWhatIsCalled) {
  const std::string officer = Login("li"), supervisor = Login("wu");
  EXPECT_EQ(Call(supervisor, "relief.v1.ReportService/GetGapReport")->status, 200);
  EXPECT_EQ(Call(supervisor, "relief.v1.ReviewService/DecideConflict")->status, 403);
  EXPECT_EQ(Call(officer, "relief.v1.AdminService/ReloadRules")->status, 403);
  EXPECT_EQ(Call(officer, "grpc.health.v1.Health/Check")->status, 403) << "default: no";
}

TEST_F(Console, OtherSitesCannotAct) {
  const std::string cookie = Login("li");
  const auto set = client_->Post("/session/login", {{"X-Relief-Console", "1"}},
                                 R"({"user":"li","password":"try-the-console"})", "application/json");
  EXPECT_NE(set->get_header_value("Set-Cookie").find("HttpOnly; SameSite=Strict"), std::string::npos);
  EXPECT_EQ(
      client_->Post("/session/login", R"({"user":"li","password":"try-the-console"})", "text/plain")->status,
      403);
  EXPECT_EQ(client_->Post("/session/logout", {{"Cookie", cookie}}, "", "text/plain")->status, 403);
  EXPECT_EQ(
      client_
          ->Post("/api/relief.v1.ReviewService/ListConflicts", {{"Cookie", cookie}}, "{}", "application/json")
          ->status,
      400);
  EXPECT_EQ(client_
                ->Get("/api/relief.v1.ReviewService/ListConflicts?connect=v1&encoding=json&message=%7B%7D",
                      {{"Cookie", cookie}})
                ->status,
            405);
}

TEST_F(Console, WrongPasswordsLockAndAreInTheAuditChain) {
  const auto before = hub_->store().version();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Login("li", "wrong"), "");
  EXPECT_GE(hub_->store().version(), before + 5);
  const auto locked = client_->Post("/session/login", {{"X-Relief-Console", "1"}},
                                    R"({"user":"li","password":"try-the-console"})", "application/json");
  EXPECT_EQ(locked->status, 429);
  EXPECT_NE(locked->body.find("retry_after_seconds"), std::string::npos);
  EXPECT_NE(Login("wu"), "") << "the others are not locked out";
}

TEST_F(Console, ManyGuessesAtOnceAreNotManyGuesses) {
  std::atomic<int> judged = 0, refused = 0;
  std::vector<std::thread> guesses;
  for (int i = 0; i < 40; ++i)
    guesses.emplace_back([&] {
      httplib::Client client("127.0.0.1", gateway_->port());
      client.set_read_timeout(60);
      const auto answer = client.Post("/session/login", {{"X-Relief-Console", "1"}},
                                      R"({"user":"li","password":"wrong"})", "application/json");
      if (answer) (answer->status == 401 ? judged : refused)++;
    });
  for (std::thread& guess : guesses) guess.join();
  EXPECT_LE(judged, 5);
  EXPECT_GT(refused,
            0);  // a busy machine lets some connections go without an answer, and these are not judged either
}

TEST_F(Console, ABrowserThatLoggedInBeforeIsNotShutOutByGuessesFromItsOffice) {
  const auto entered = client_->Post("/session/login", {{"X-Relief-Console", "1"}},
                                     R"({"user":"li","password":"try-the-console"})", "application/json");
  ASSERT_EQ(entered->get_header_value_count("Set-Cookie"), 2u);
  const std::string kept = entered->get_header_value("Set-Cookie", 1);
  EXPECT_NE(kept.find("; Path=/session; HttpOnly; SameSite=Strict; Max-Age="), std::string::npos);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(Login("li", "wrong"), "");
  EXPECT_EQ(Login("li"), "") << "a browser that nobody knows waits";
  const auto again = client_->Post(
      "/session/login", {{"X-Relief-Console", "1"}, {"Cookie", "other=1; " + kept.substr(0, kept.find(';'))}},
      R"({"user":"li","password":"try-the-console"})", "application/json");
  EXPECT_EQ(again->status, 200);
}

TEST_F(Console, NothingLargeIsReadBeforeALogin) {
  const auto large =
      client_->Post("/session/login", {{"X-Relief-Console", "1"}},
                    R"({"user":"li","password":")" + std::string(100'000, 'x') + "\"}", "application/json");
  EXPECT_EQ(large->status, 413);
}

TEST_F(Console, WhatIsTypedForAUserThatIsNoneIsNotKept) {
  EXPECT_EQ(Login("110101199003070011", "wrong"), "");
  EXPECT_EQ(Login("li", "wrong"), "");
  std::vector<std::string> refused;
  for (const auto& [key, value] : Rows(*hub_, schema::kAuditPrefix)) {
    audit::Entry entry;
    ASSERT_TRUE(entry.ParseFromString(value));
    if (entry.action() == "console.login.refused") refused.push_back(entry.actor());
    EXPECT_EQ(value.find("110101199003070011"), std::string::npos);
  }
  EXPECT_EQ(refused, (std::vector<std::string>{"console:(no account)", "console:li"}));
}

TEST_F(Console, PagesAreServedStrictly) {
  const auto page = client_->Get("/review/C-1");  // a path of the console's own
  EXPECT_EQ(page->status, 200);
  EXPECT_NE(page->body.find("救助"), std::string::npos);
  EXPECT_NE(page->get_header_value("Content-Security-Policy").find("script-src 'self'"), std::string::npos);
  EXPECT_EQ(page->get_header_value("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(page->get_header_value("X-Frame-Options"), "DENY");
  EXPECT_EQ(page->get_header_value("Referrer-Policy"), "no-referrer");
  const auto asset = client_->Get("/assets/app-1a2b.js");
  EXPECT_NE(asset->get_header_value("Cache-Control").find("immutable"), std::string::npos);
  EXPECT_EQ(client_->Get("/assets/none.js")->status, 404);
  EXPECT_EQ(client_->Get("/../accounts.textproto")->body.find("scrypt"), std::string::npos);
  EXPECT_EQ(client_->Get("/..%2faccounts.textproto")->body.find("scrypt"), std::string::npos);
}

TEST_F(Console, EachPageHasANonceOfItsOwnForStylesAndNothingInlineElse) {
  std::set<std::string> seen;
  for (const char* path : {"/", "/index.html", "/review/C-1"}) {
    const auto page = client_->Get(path);
    ASSERT_EQ(page->status, 200) << path;
    ASSERT_EQ(page->get_header_value_count("Content-Security-Policy"), 1u) << path;
    const std::string policy = page->get_header_value("Content-Security-Policy");
    const size_t at = policy.find("style-src 'self' 'nonce-");
    ASSERT_NE(at, std::string::npos) << policy;
    const std::string nonce = policy.substr(at + 24, 32);
    EXPECT_NE(page->body.find("content=\"" + nonce + "\""), std::string::npos) << page->body;
    EXPECT_EQ(page->body.find("__CSP_NONCE__"), std::string::npos);
    EXPECT_EQ(policy.find("script-src 'self' 'unsafe"), std::string::npos);
    EXPECT_EQ(page->get_header_value("Cache-Control"), "no-store");
    EXPECT_TRUE(seen.insert(nonce).second) << "fresh";
  }
}

TEST_F(Console, WhatTheLibraryRefusesIsSaidInTheProtocolsWords) {
  const std::string cookie = Login("li");
  const auto form =
      client_->Post("/api/relief.v1.ReviewService/ListConflicts",
                    {{"Cookie", cookie}, {"Connect-Protocol-Version", "1"}}, "a=1", "text/plain");
  EXPECT_EQ(form->status, 415);
  const auto get = client_->Get("/api/relief.v1.ReviewService/ListConflicts");
  EXPECT_EQ(get->status, 405);
  EXPECT_EQ(get->get_header_value("Allow"), "POST");
  const auto nowhere = client_->Post("/api/", "{}", "application/json");
  EXPECT_EQ(nowhere->status, 404);
  for (const auto* answer : {&form, &get, &nowhere}) {
    EXPECT_EQ((*answer)->get_header_value("Content-Type"), "application/json");
    EXPECT_NE((*answer)->body.find("\"code\":"), std::string::npos) << (*answer)->body;
  }
}

TEST_F(Console, WhoLosesARoleOrTheAccountLosesItWithOpenSessions) {
  const std::string li = Login("li"), wu = Login("wu");
  ASSERT_EQ(Call(li, "relief.v1.ReviewService/ListConflicts")->status, 200);
  const std::string hash = HashPassword("another-one-entirely");
  std::string accounts = "accounts { user: \"li\" role: ADMINISTRATOR password_hash: \"" + hash_ + "\" }\n" +
                         "accounts { user: \"wu\" role: SUPERVISOR password_hash: \"" + hash + "\" }\n";
  Write("accounts.textproto", accounts);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(4);
  while (Call(li, "relief.v1.ReviewService/ListConflicts")->status == 200 &&
         std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_EQ(Call(li, "relief.v1.ReviewService/ListConflicts")->status, 403) << "another role now";
  EXPECT_EQ(Call(wu, "relief.v1.ReviewService/ListConflicts")->status, 401) << "the password changed";
}

TEST_F(Console, ALargeBodyIsRefusedInTheProtocolsWords) {
  const std::string cookie = Login("li");
  const auto answer = Call(cookie, "relief.v1.ReviewService/ListConflicts", std::string(2 << 20, ' '));
  if (answer) {  // or the connection was closed on it
    EXPECT_EQ(answer->status, 413);
    EXPECT_NE(answer->body.find("resource_exhausted"), std::string::npos);
  }
  EXPECT_EQ(Call(cookie, "relief.v1.ReviewService/ListConflicts")->status, 200);
}

// A13: none of it needs a session, and each would take memory without end.
TEST_F(Console, WhatHasNoEndIsCutOff) {
  const std::string mega(1 << 20, 'x');
  const std::string post = "POST /session/login HTTP/1.1\r\nHost: h\r\n";
  std::vector<std::string> chunks{post + "Transfer-Encoding: chunked\r\n\r\n"}, endless{post + "\r\n"},
      line{"GET / HTTP/1.1\r\nHost: h\r\nX: "}, headers{"GET / HTTP/1.1\r\nHost: h\r\n"};
  for (int i = 0; i < 64; ++i) {
    chunks.push_back("100000\r\n" + mega + "\r\n");
    endless.push_back(mega);
    line.push_back(mega);
    std::string many;
    for (int j = 0; j < 50'000; ++j) many += "X" + std::to_string(j) + ": y\r\n";
    headers.push_back(many);
  }
  for (const auto& parts : {chunks, endless, line, headers})
    EXPECT_EQ(Raw(parts).find("HTTP/1.1 200"), std::string::npos);
  EXPECT_EQ(client_->Get("/live")->status, 200);
}

TEST_F(Console, WhatIsPackedIsNotUnpacked) {
  client_->set_compress(true);
  EXPECT_EQ(Login("li"), "") << "the same in the clear logs in";
  client_->set_compress(false);
  EXPECT_NE(Login("li"), "");
}

TEST_F(Console, NoRangesAreServed) {
  Write("pages/assets/long-1a2b.js", std::string(100'000, '1'));
  std::string ranges = "bytes=0-";
  for (int i = 0; i < 1000; ++i) ranges += ",0-";
  const auto answer = client_->Get("/assets/long-1a2b.js", {{"Range", ranges}});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body.size(), 100'000u);
}

TEST_F(Console, AnAddressHasSoManyConnections) {
  Restart([](config::Gateway& config) { config.set_max_connections_per_address(3); });
  std::vector<std::unique_ptr<httplib::Client>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<httplib::Client>("127.0.0.1", gateway_->port()));
    clients.back()->set_keep_alive(true);
    ASSERT_TRUE(clients.back()->Get("/live"));
  }
  httplib::Client fourth("127.0.0.1", gateway_->port());
  EXPECT_FALSE(fourth.Get("/live"));
  clients.pop_back();
  bool let_in = false;
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  for (; !let_in && std::chrono::steady_clock::now() < end;
       std::this_thread::sleep_for(std::chrono::milliseconds(10)))
    let_in = static_cast<bool>(fourth.Get("/live"));
  EXPECT_TRUE(let_in) << "a place is free again";
}

TEST_F(Console, SpeaksTls) {
  const std::string certificate = folder_ / "hub.crt", key = folder_ / "hub.key";
  ASSERT_EQ(
      ::system(
          ("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost "
           "-addext subjectAltName=IP:127.0.0.1 -keyout " +
           key + " -out " + certificate + " 2>/dev/null")
              .c_str()),
      0);
  Restart([&](config::Gateway& config) {
    config.mutable_tls()->set_certificate_file(certificate);
    config.mutable_tls()->set_private_key_file(key);
  });
  httplib::SSLClient client("127.0.0.1", gateway_->port());
  client.set_ca_cert_path(certificate.c_str());
  client.set_keep_alive(true);
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.Get("/live");
    ASSERT_TRUE(answer) << httplib::to_string(answer.error());
    EXPECT_EQ(answer->body, "ok\n");
    EXPECT_EQ(answer->get_header_value("Strict-Transport-Security"), "max-age=31536000");
  }
  // TLS 1.2 as well, and with no suite that encrypts first and authenticates then.
  for (const auto& [suite, served] : {std::pair{"ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA", false},
                                      {"ECDHE-ECDSA-AES256-SHA384:ECDHE-RSA-AES256-SHA384", false},
                                      {"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256", true},
                                      {"ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305", true}}) {
    httplib::SSLClient old("127.0.0.1", gateway_->port());
    old.set_ca_cert_path(certificate.c_str());
    SSL_CTX_set_max_proto_version(old.ssl_context(), TLS1_2_VERSION);
    ASSERT_EQ(SSL_CTX_set_cipher_list(old.ssl_context(), (std::string(suite) + ":@SECLEVEL=0").c_str()), 1);
    EXPECT_EQ(bool(old.Get("/live")), served) << suite;
  }
  const auto large = client.Post("/session/login", std::string(900'000, 'x'), "application/json");
  ASSERT_TRUE(large);
  EXPECT_EQ(large->status, 403);
  EXPECT_FALSE(httplib::Client("127.0.0.1", gateway_->port()).Get("/live")) << "not in the clear";
}

TEST_F(Console, ABadCertificateIsSaid) {
  config_.mutable_tls()->set_certificate_file(folder_ / "none.crt");
  config_.mutable_tls()->set_private_key_file(folder_ / "none.key");
  const auto started =
      Gateway::Start(config_, rpc::ServiceContext{*hub_, stopping_, [] { return ShippedRules(); }});
  EXPECT_TRUE(absl::IsInvalidArgument(started.status())) << started.status();
}

TEST_F(Console, SaysWhetherItIsReady) {
  EXPECT_EQ(client_->Get("/live")->status, 200);
  EXPECT_EQ(client_->Get("/ready")->status, 200);
  stopping_ = true;
  EXPECT_EQ(client_->Get("/ready")->status, 503);
}

TEST_F(Console, TheOfficerIsNamedInWhatIsDecided) {
  const Who wang = MadeUp("王秀兰", {1950, 3, 14}, 122);
  Who other = wang;
  other.id_number = MadeUp("", wang.birth, 124).id_number;
  Push(*hub_, OpenBenefits(*hub_, "ep", v1::EXTREME_POVERTY),
       {Monthly(wang, "T1", v1::EXTREME_POVERTY, MonthOf(2026, 1))});
  Push(*hub_, OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING),
       {Monthly(other, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 3))});
  const std::string cookie = Login("li");
  const std::string conflict = Call(cookie, "relief.v1.ReviewService/ListConflicts")->body;
  const auto value = [&](const std::string& name) {
    const size_t at = conflict.find("\"" + name + "\":\"") + name.size() + 4;
    return conflict.substr(at, conflict.find('"', at) - at);
  };
  const auto decided = Call(
      cookie, "relief.v1.ReviewService/DecideConflict",
      R"({"conflictId":")" + value("conflictId") + R"(","verdict":"SAME","etag":")" + value("etag") + "\"}");
  EXPECT_EQ(decided->status, 200) << decided->body;
  EXPECT_NE(decided->body.find("\"officer\":\"console:li\""), std::string::npos) << decided->body;
}

}  // namespace
}  // namespace relief::server::console
