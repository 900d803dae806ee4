// Who may connect, and whom the hub takes a caller for. The certificates are made here and live as long as
// the test.
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "relief/v1/admin_service.grpc.pb.h"
#include "relief/v1/feed_service.grpc.pb.h"
#include "server/network/transport.h"
#include "tests/server/rpc/running_hub.h"

namespace relief::server::rpc {
namespace {

class Mtls : public testing::Test {
 protected:
  Mtls() {
    std::string pattern = (std::filesystem::temp_directory_path() / "relief-tls.XXXXXX").string();
    directory_ = std::string(::mkdtemp(pattern.data())) + "/";
    MakeAuthority("agencies");
    MakeAuthority("strangers");
    MakeCertificate("agencies", "hub", "DNS:localhost,IP:127.0.0.1");
    MakeCertificate("agencies", "civil", "DNS:client.example,URI:spiffe://linyi.example/civil-affairs");
    MakeCertificate("agencies", "housing", "URI:spiffe://linyi.example/housing");
    MakeCertificate("strangers", "stranger", "URI:spiffe://linyi.example/civil-affairs");
    config::HubConfig config;
    config.mutable_tls()->set_certificate_file(directory_ + "hub.crt");
    config.mutable_tls()->set_private_key_file(directory_ + "hub.key");
    config.mutable_tls()->set_client_ca_file(directory_ + "agencies.crt");
    auto credentials = network::MakeCredentials(config);
    EXPECT_TRUE(credentials.ok()) << credentials.status();
    running_ = std::make_unique<RunningHub>(OpenHub(), *credentials);
    v1::Source source;
    source.set_source_id("ml");
    source.set_content(v1::Source::BENEFITS);
    source.set_programme(v1::MINIMUM_LIVING);
    EXPECT_TRUE(ingest::RegisterSource(running_->hub(), source, "spiffe://linyi.example/civil-affairs").ok());
  }
  ~Mtls() override {
    running_.reset();
    std::filesystem::remove_all(directory_);
  }

  void Run(const std::string& command) {
    ASSERT_EQ(::system((command + " >/dev/null 2>&1").c_str()), 0) << command;
  }
  void MakeAuthority(const std::string& name) {
    Run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=" + name +
        " -keyout " + directory_ + name + ".key -out " + directory_ + name + ".crt");
  }
  void MakeCertificate(const std::string& authority, const std::string& name,
                       const std::string& alternative_names) {
    std::ofstream(directory_ + name + ".ext") << "subjectAltName=" << alternative_names << "\n";
    Run("openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=ignored -keyout " +
        directory_ + name + ".key -out " + directory_ + name + ".csr");
    Run("openssl x509 -req -days 2 -in " + directory_ + name + ".csr -CA " + directory_ + authority +
        ".crt -CAkey " + directory_ + authority + ".key -CAcreateserial -extfile " + directory_ + name +
        ".ext -out " + directory_ + name + ".crt");
  }
  std::string Content(const std::string& file) const {
    std::ifstream stream(directory_ + file);
    std::stringstream text;
    text << stream.rdbuf();
    return text.str();
  }
  std::shared_ptr<grpc::Channel> Channel(const std::string& name) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = Content("agencies.crt");
    if (!name.empty()) {
      options.pem_cert_chain = Content(name + ".crt");
      options.pem_private_key = Content(name + ".key");
    }
    grpc::ChannelArguments arguments;
    arguments.SetSslTargetNameOverride("localhost");
    return grpc::CreateCustomChannel(running_->address(), grpc::SslCredentials(options), arguments);
  }
  grpc::StatusCode AskStatus(std::shared_ptr<grpc::Channel> channel) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(2));
    v1::HubStatus status;
    return v1::AdminService::NewStub(channel)->GetStatus(&context, {}, &status).error_code();
  }
  grpc::StatusCode OpenFeed(const std::string& name) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(2));
    auto stub = v1::FeedService::NewStub(Channel(name));
    auto stream = stub->Push(&context);
    v1::PushRequest open;
    open.mutable_open()->set_source_id("ml");
    open.mutable_open()->set_content(v1::Source::BENEFITS);
    open.mutable_open()->set_programme(v1::MINIMUM_LIVING);
    stream->Write(open);
    stream->WritesDone();
    v1::PushResponse answer;
    while (stream->Read(&answer)) {
    }
    return stream->Finish().error_code();
  }

  std::string directory_;
  std::unique_ptr<RunningHub> running_;
};

TEST_F(Mtls, TheUriOfTheCertificateIsTheCaller) {
  EXPECT_EQ(OpenFeed("civil"), grpc::StatusCode::OK)
      << "its URI owns the source, though a DNS name stands first";
  EXPECT_EQ(OpenFeed("housing"), grpc::StatusCode::PERMISSION_DENIED);
}

TEST_F(Mtls, StrangersGetNoAnswer) {
  EXPECT_EQ(AskStatus(Channel("civil")), grpc::StatusCode::OK);
  EXPECT_EQ(AskStatus(Channel("stranger")), grpc::StatusCode::UNAVAILABLE)
      << "another authority, the right name";
  EXPECT_EQ(AskStatus(Channel("")), grpc::StatusCode::UNAVAILABLE) << "no certificate";
  EXPECT_EQ(AskStatus(grpc::CreateChannel(running_->address(), grpc::InsecureChannelCredentials())),
            grpc::StatusCode::UNAVAILABLE)
      << "no TLS";
}

TEST(Credentials, AMissingFileIsNamed) {
  config::HubConfig config;
  config.mutable_tls()->set_certificate_file("/nowhere/hub.crt");
  const auto credentials = network::MakeCredentials(config);
  EXPECT_TRUE(absl::IsInvalidArgument(credentials.status()));
  EXPECT_NE(std::string(credentials.status().message()).find("/nowhere/hub.crt"), std::string::npos);
}

}  // namespace
}  // namespace relief::server::rpc
