// Which certificates the hub takes. Case A3 of the list of abuses: whoever comes with a wrong one gets no
// byte of data, and is written to the audit chain where the call reached the hub at all.
#include "server/network/certificates.h"

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "server/audit/audit.pb.h"
#include "tests/server/access/guarded_hub.h"
#include "tests/server/network/made_certificate.h"

namespace relief::server::network {
namespace {

namespace fs = std::filesystem;

constexpr char kCivil[] = "spiffe://linyi.example/civil-affairs",
               kHousing[] = "spiffe://linyi.example/housing";
constexpr char kCallers[] = R"(
callers { id: "spiffe://linyi.example/civil-affairs"
          grants { roles: CASEWORKER all_programmes: true whole_country: true purposes: [REVIEW, FINDING] } }
)";

void RunCommand(const std::string& command) {
  ASSERT_EQ(::system((command + " >/dev/null 2>&1").c_str()), 0) << command;
}

std::string Content(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

// Two authorities of deploy/relief-ca, made once: the hub's own, and somebody else's.
class Authorities {
 public:
  Authorities() {
    for (const char* who : {"ours", "theirs"}) {
      RunCommand(Ca(who) + " init");
      RunCommand(Ca(who) + std::string(" agency ") + kCivil);
    }
    RunCommand(Ca("ours") + " hub localhost 127.0.0.1");
    RunCommand(Ca("ours") + " agency " + kHousing);
  }
  ~Authorities() { fs::remove_all(folder); }

  std::string Ca(const std::string& who) const {
    return std::string(RELIEF_CA) + " " + (folder / who).string();
  }
  fs::path Issued(const std::string& who, const std::string& name) const {
    return folder / who / "issued" / name;
  }
  KeyAndCertificate Agency(const std::string& who, const std::string& name) const {
    return {Content(Issued(who, name + ".key")), Content(Issued(who, name + ".crt"))};
  }
  // By our authority, but such as relief-ca would not make.
  KeyAndCertificate Odd(const CertificateAsked& asked) const {
    return MakeCertificate(asked, Content(folder / "ours/private/ca.key"),
                           Content(folder / "ours/agencies-ca.crt"));
  }

  const fs::path folder = [] {
    std::string pattern = (fs::temp_directory_path() / "relief-ca.XXXXXX").string();
    return fs::path(::mkdtemp(pattern.data()));
  }();
};

class Certificates : public testing::Test {
 protected:
  explicit Certificates(bool refuse_expired = false)
      : judge_(made_.folder / "ours/agencies.crl", made_.folder / "ours/agencies-ca.crt", refuse_expired) {
    config::HubConfig config;
    Serve("localhost");
    config.mutable_tls()->set_certificate_file(made_.folder / "served.crt");
    config.mutable_tls()->set_private_key_file(made_.folder / "served.key");
    config.mutable_tls()->set_client_ca_file(made_.folder / "ours/agencies-ca.crt");
    auto credentials = MakeCredentials(config);
    EXPECT_TRUE(credentials.ok()) << credentials.status();
    running_ =
        std::make_unique<rpc::RunningHub>(OpenHub(), *credentials, access::WithCallers(kCallers),
                                          [this](const std::string& pem) { return judge_.Judge(pem); });
    core::Hub& hub = running_->hub();
    const Who wang = MadeUp("王秀兰", {1950, 3, 14}, 2);
    Push(hub, OpenBenefits(hub, "living", v1::MINIMUM_LIVING),
         {Monthly(wang, "L1", v1::MINIMUM_LIVING, MonthOf(2026, 1))});
    Push(hub, OpenBenefits(hub, "poverty", v1::EXTREME_POVERTY),
         {Monthly(wang, "P1", v1::EXTREME_POVERTY, MonthOf(2026, 1))});
  }

  // The hub's certificate from now on.
  void Serve(const std::string& host) {
    for (const char* kind : {".key", ".crt"}) {
      const fs::path fresh = made_.folder / ("fresh" + std::string(kind));
      fs::copy_file(made_.Issued("ours", host + kind), fresh, fs::copy_options::overwrite_existing);
      fs::rename(fresh, made_.folder / ("served" + std::string(kind)));
    }
  }

  std::shared_ptr<grpc::Channel> Channel(const KeyAndCertificate& own,
                                         const std::string& host = "localhost") {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = Content(made_.folder / "ours/agencies-ca.crt");
    options.pem_private_key = own.key;
    options.pem_cert_chain = own.certificate;
    grpc::ChannelArguments arguments;
    arguments.SetSslTargetNameOverride(host);
    return grpc::CreateCustomChannel(running_->address(), grpc::SslCredentials(options), arguments);
  }

  // Asks for the findings.
  grpc::Status Ask(const std::shared_ptr<grpc::Channel>& channel, v1::ListFindingsResponse* answer) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(2));
    return v1::FindingService::NewStub(channel)->ListFindings(&context, {}, answer);
  }
  // Nothing came back; and either the handshake failed, or the refusal is in the chain.
  void ExpectKeptOut(const std::string& who, const std::shared_ptr<grpc::Channel>& channel) {
    const size_t before = Audited("access.certificate");
    v1::ListFindingsResponse answer;
    const grpc::Status status = Ask(channel, &answer);
    EXPECT_EQ(answer.ByteSizeLong(), 0u) << who;
    if (status.error_code() == grpc::StatusCode::UNAUTHENTICATED) {
      EXPECT_EQ(Audited("access.certificate"), before + 1) << who;
    } else {
      EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << who << ": " << status.error_message();
    }
  }

  void WriteList(int64_t seconds) {
    const fs::path list = made_.folder / "ours/agencies.crl";
    std::ofstream(list, std::ios::binary | std::ios::trunc)
        << MakeRevocationList(seconds, Content(made_.folder / "ours/private/ca.key"),
                              Content(made_.folder / "ours/agencies-ca.crt"));
    // Another time of the file, whatever the disk's clock.
    fs::last_write_time(list, fs::file_time_type::clock::now() + std::chrono::seconds(seconds));
  }
  // A stream of notices that waits for what comes, after its first one.
  std::unique_ptr<grpc::ClientReader<v1::Notice>> Follow(const std::shared_ptr<grpc::Channel>& channel,
                                                         grpc::ClientContext* context) {
    v1::CreateSubscriptionRequest create;
    create.mutable_subscription()->set_subscription_id("civil");
    create.set_include_open_findings(true);
    v1::Subscription subscription;
    const auto notices = v1::NoticeService::NewStub(channel);
    grpc::ClientContext creating;
    EXPECT_TRUE(notices->CreateSubscription(&creating, create, &subscription).ok());
    v1::FollowRequest follow;
    follow.set_subscription_id("civil");
    auto stream = notices->Follow(context, follow);
    v1::Notice notice;
    EXPECT_TRUE(stream->Read(&notice));
    return stream;
  }

  size_t Audited(const std::string& action) {
    EXPECT_TRUE(running_->hub()
                    .Write([](core::WriteContext&) { return absl::OkStatus(); })
                    .ok());  // what was queued is done
    size_t count = 0;
    for (const auto& [key, value] : Rows(running_->hub(), schema::kAuditPrefix)) {
      audit::Entry entry;
      EXPECT_TRUE(entry.ParseFromString(value));
      count += entry.action() == action;
    }
    return count;
  }

  const Authorities made_;
  CertificateJudge judge_;
  std::unique_ptr<rpc::RunningHub> running_;
};

TEST_F(Certificates, OnlyTheRightOneIsServed) {
  v1::ListFindingsResponse answer;
  const grpc::Status served = Ask(Channel(made_.Agency("ours", "linyi.example_civil-affairs")), &answer);
  EXPECT_TRUE(served.ok()) << served.error_message();
  EXPECT_GE(answer.findings_size(), 1) << "otherwise the rest says nothing";
  EXPECT_TRUE(Ask(Channel(made_.Odd({.uri = kCivil})), &answer).ok())
      << "what is made here is sound where nothing odd is asked";

  ExpectKeptOut("another authority", Channel(made_.Agency("theirs", "linyi.example_civil-affairs")));
  ExpectKeptOut("ran out", Channel(made_.Odd({.uri = kCivil, .from_days = -30, .to_days = -1})));
  ExpectKeptOut("not yet valid", Channel(made_.Odd({.uri = kCivil, .from_days = 1, .to_days = 30})));
  // gRPC's own client does not even send the next three; the judge's test below shows what it would say of
  // them.
  ExpectKeptOut("RSA of 1024 bits", Channel(made_.Odd({.uri = kCivil, .key = CertificateAsked::kRsa1024})));
  ExpectKeptOut("P-224", Channel(made_.Odd({.uri = kCivil, .key = CertificateAsked::kP224})));
  ExpectKeptOut("SHA-1", Channel(made_.Odd({.uri = kCivil, .sha1 = true})));
  ExpectKeptOut("nobody's name", Channel(made_.Odd({})));
  ExpectKeptOut("the hub's own", Channel(made_.Agency("ours", "localhost")));
  ExpectKeptOut("none", Channel({}));
  ExpectKeptOut("no TLS", grpc::CreateChannel(running_->address(), grpc::InsecureChannelCredentials()));
}

// By the agencies' own authority, so that only the name speaks against it.
TEST_F(Certificates, NoCertificateIsAConsoleAccountOrAnythingElseOfTheHubsOwn) {
  running_->policy().Replace(access::WithCallers(std::string(kCallers) + R"(
    callers { id: "console:officer"
              grants { roles: [CASEWORKER, DATA_OFFICER] all_programmes: true whole_country: true } }
    callers { id: "local" grants { roles: CASEWORKER all_programmes: true whole_country: true } })"));
  for (const char* names :
       {"URI:console:officer", "DNS:console:officer", "URI:CONSOLE:officer", "URI:console://officer",
        "DNS:local", "URI:local", "URI:person:1001", "URI:schedule:monthly",
        "DNS:spiffe://linyi.example/civil-affairs", "email:spiffe://linyi.example/civil-affairs",
        "URI:spiffe://linyi.example/civil-affairs,URI:spiffe://linyi.example/housing",
        "URI:spiffe://linyi.example/housing,URI:spiffe://linyi.example/civil-affairs",
        "DNS:a.linyi.example,DNS:b.linyi.example"})
    ExpectKeptOut(names, Channel(made_.Odd({.names = names})));
  v1::ListFindingsResponse answer;
  EXPECT_TRUE(
      Ask(Channel(made_.Odd({.names = "DNS:a.linyi.example,URI:spiffe://linyi.example/civil-affairs"})),
          &answer)
          .ok())
      << "a URI counts before a DNS name, as ever";
}

TEST_F(Certificates, ANameThatNobodyGrantedAnythingIsDenied) {
  v1::ListFindingsResponse answer;
  EXPECT_EQ(Ask(Channel(made_.Agency("ours", "linyi.example_housing")), &answer).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(answer.ByteSizeLong(), 0u);
  EXPECT_EQ(Audited("access.denied"), 1u);
}

TEST_F(Certificates, WhatIsRevokedIsCutWhileItIsConnected) {
  const auto channel = Channel(made_.Agency("ours", "linyi.example_civil-affairs"));
  grpc::ClientContext following;
  const auto stream = Follow(channel, &following);
  v1::Notice notice;

  const std::string pem = Content(made_.Issued("ours", "linyi.example_civil-affairs.crt"));
  std::this_thread::sleep_for(std::chrono::seconds(1));  // a list of another second than the first one
  RunCommand(made_.Ca("ours") + " revoke " + SerialOf(pem));
  const auto revoked = std::chrono::steady_clock::now();
  while (stream->Read(&notice)) {
  }
  EXPECT_FALSE(stream->Finish().ok());
  EXPECT_LT(std::chrono::steady_clock::now() - revoked, std::chrono::seconds(60));
  while (running_->guard().counts().streams_cut == 0) std::this_thread::yield();  // counted just after it
  v1::ListFindingsResponse answer;
  EXPECT_EQ(Ask(channel, &answer).error_code(), grpc::StatusCode::UNAUTHENTICATED)
      << "on the connection that is open";
  EXPECT_EQ(answer.ByteSizeLong(), 0u);
  ExpectKeptOut("revoked, and come anew", Channel(made_.Agency("ours", "linyi.example_civil-affairs")));
  EXPECT_GE(Audited("access.certificate"), 2u);
}

class CertificatesOfAnOldList : public Certificates {
 protected:
  CertificatesOfAnOldList() : Certificates(true) { WriteList(12); }
};

// Review of security, not tried there: the list runs out while streams are open.
TEST_F(CertificatesOfAnOldList, AnOpenStreamIsCutWhenTheListRunsOutAndANewListMendsIt) {
  const auto channel = Channel(made_.Agency("ours", "linyi.example_civil-affairs"));
  grpc::ClientContext following;
  const auto stream = Follow(channel, &following);
  v1::Notice notice;
  while (stream->Read(&notice)) {
  }
  EXPECT_FALSE(stream->Finish().ok());
  EXPECT_GE(time(nullptr), judge_.crl_next_update()) << "not before";
  EXPECT_LT(time(nullptr), judge_.crl_next_update() + 60);
  v1::ListFindingsResponse answer;
  EXPECT_EQ(Ask(channel, &answer).error_code(), grpc::StatusCode::UNAUTHENTICATED);
  ExpectKeptOut("come anew", Channel(made_.Agency("ours", "linyi.example_civil-affairs")));
  WriteList(86'400);
  grpc::Status again;
  for (int i = 0; i < 300 && !(again = Ask(channel, &answer)).ok(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_TRUE(again.ok()) << again.error_message() << ": without a restart";
}

// Renewed without a restart: whoever comes anew sees the new one, and what is open goes on.
TEST_F(Certificates, TheHubsOwnIsReadAgainAndOpenStreamsGoOn) {
  const auto own = made_.Agency("ours", "linyi.example_civil-affairs");
  const auto channel = Channel(own);
  grpc::ClientContext following;
  const auto stream = Follow(channel, &following);
  v1::ListFindingsResponse answer;
  EXPECT_FALSE(Ask(Channel(own, "renewed.example"), &answer).ok());
  RunCommand(made_.Ca("ours") + " hub renewed.example");
  Serve("renewed.example");
  grpc::Status renewed;
  for (int i = 0; i < 60 && !(renewed = Ask(Channel(own, "renewed.example"), &answer)).ok(); ++i)
    std::this_thread::sleep_for(std::chrono::seconds(1));
  EXPECT_TRUE(renewed.ok()) << renewed.error_message();
  EXPECT_TRUE(Ask(channel, &answer).ok());
  EXPECT_EQ(running_->guard().counts().streams_cut, 0);
  following.TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

// By default what is open goes on, and the figure alarms.
TEST_F(Certificates, AnOpenStreamOutlivesTheListWhereThatIsNotRefused) {
  WriteList(5);
  const auto channel = Channel(made_.Agency("ours", "linyi.example_civil-affairs"));
  grpc::ClientContext following;
  const auto stream = Follow(channel, &following);
  while (time(nullptr) <= judge_.crl_next_update())
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  std::this_thread::sleep_for(std::chrono::seconds(6));  // it was looked at since
  v1::ListFindingsResponse answer;
  EXPECT_TRUE(Ask(channel, &answer).ok());
  EXPECT_EQ(running_->guard().counts().streams_cut, 0);
  EXPECT_LT(judge_.crl_next_update(), time(nullptr)) << "what ReliefHubRevocationListOld looks at";
  following.TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST(CertificateJudgeTest, AListOfAnotherAuthorityRevokesNothing) {
  const Authorities made;
  const std::string pem = Content(made.Issued("ours", "linyi.example_civil-affairs.crt"));
  RunCommand(made.Ca("theirs") + " revoke " +
             SerialOf(Content(made.Issued("theirs", "linyi.example_civil-affairs.crt"))));
  CertificateJudge judge(made.folder / "theirs/agencies.crl", made.folder / "ours/agencies-ca.crt");
  EXPECT_TRUE(absl::IsInvalidArgument(judge.Reload()));
  EXPECT_TRUE(judge.Judge(pem).ok());
  EXPECT_TRUE(
      absl::IsInvalidArgument(CertificateJudge("/nowhere", made.folder / "ours/agencies-ca.crt").Reload()));
}

// What the handshake may let through on another build of TLS, this must not.
TEST(CertificateJudgeTest, NamesWhatIsWrong) {
  const Authorities made;
  CertificateJudge judge(made.folder / "ours/agencies.crl", made.folder / "ours/agencies-ca.crt");
  ASSERT_TRUE(judge.Reload().ok());
  const auto says = [&](const CertificateAsked& asked) {
    const absl::Status status = judge.Judge(made.Odd(asked).certificate);
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated);
    return std::string(status.message());
  };
  EXPECT_TRUE(judge.Judge(made.Odd({.uri = kCivil}).certificate).ok());
  EXPECT_EQ(says({.uri = kCivil, .from_days = -30, .to_days = -1}), "the certificate is not valid today");
  EXPECT_EQ(says({.uri = kCivil, .from_days = 1, .to_days = 30}), "the certificate is not valid today");
  EXPECT_EQ(says({.uri = kCivil, .key = CertificateAsked::kRsa1024}),
            "the certificate's key or signature is too weak");
  EXPECT_EQ(says({.uri = kCivil, .key = CertificateAsked::kP224}),
            "the certificate's key or signature is too weak");
  EXPECT_EQ(says({.uri = kCivil, .sha1 = true}), "the certificate's key or signature is too weak");
  EXPECT_EQ(says({}), "the certificate names nobody: it has no URI or DNS name");
  EXPECT_TRUE(absl::IsUnauthenticated(judge.Judge("not a certificate")));
}

// A list that has run out: nobody can say who was revoked since.
TEST(CertificateJudgeTest, AListThatRanOutAlarmsAndByConfigurationRefuses) {
  const Authorities made;
  const std::string key = Content(made.folder / "ours/private/ca.key"),
                    authority = Content(made.folder / "ours/agencies-ca.crt"),
                    pem = made.Odd({.uri = kCivil}).certificate;
  const fs::path list = made.folder / "list.crl";
  const auto write = [&](int64_t seconds) {
    std::ofstream(list, std::ios::binary | std::ios::trunc) << MakeRevocationList(seconds, key, authority);
    static int turn = 0;  // another time of the file, whatever the disk's clock
    fs::last_write_time(list, fs::file_time_type::clock::now() + std::chrono::seconds(++turn));
  };
  write(-3600);
  CertificateJudge warns(list, made.folder / "ours/agencies-ca.crt"),
      refuses(list, made.folder / "ours/agencies-ca.crt", true);
  EXPECT_TRUE(warns.Reload().ok());
  EXPECT_TRUE(warns.Judge(pem).ok()) << "by default calls go on, and the figure alarms";
  EXPECT_LT(warns.crl_next_update(), time(nullptr));
  EXPECT_TRUE(absl::IsInvalidArgument(refuses.Reload())) << "such a hub does not start";
  EXPECT_TRUE(absl::IsUnauthenticated(refuses.Judge(pem)));
  // It runs out while the hub runs: also for a certificate that was judged a moment before.
  write(2);
  EXPECT_TRUE(refuses.Reload().ok());
  EXPECT_TRUE(refuses.Judge(pem).ok());
  std::this_thread::sleep_for(std::chrono::seconds(4));
  EXPECT_TRUE(absl::IsUnauthenticated(refuses.Judge(pem)));
  write(86'400);
  EXPECT_TRUE(refuses.Reload().ok()) << "and a new list mends it";
  EXPECT_TRUE(refuses.Judge(pem).ok());
  EXPECT_GT(refuses.crl_next_update(), time(nullptr) + 86'000);
}

}  // namespace
}  // namespace relief::server::network
