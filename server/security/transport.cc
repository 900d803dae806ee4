#include "server/security/transport.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <filesystem>

namespace relief::server {
namespace {

constexpr unsigned kReloadSeconds = 10;
constexpr char kIdentityName[] = "hub";

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(const config::HubConfig& config) {
  if (!config.has_tls()) return grpc::InsecureServerCredentials();
  const config::Tls& tls = config.tls();
  for (const std::string* file : {&tls.certificate_file(), &tls.private_key_file(), &tls.client_ca_file()})
    if (!std::filesystem::is_regular_file(*file))
      return absl::InvalidArgumentError("tls: cannot read " + *file);
  auto provider = std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      tls.private_key_file(), tls.certificate_file(), tls.client_ca_file(), kReloadSeconds);
  grpc::experimental::TlsServerCredentialsOptions options(provider);
  options.watch_root_certs();
  options.set_root_cert_name(kIdentityName);
  options.watch_identity_key_cert_pairs();
  options.set_identity_cert_name(kIdentityName);
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return grpc::experimental::TlsServerCredentials(options);
}

std::string CallerOf(const grpc::ServerContext& context) {
  const auto auth = context.auth_context();
  if (!auth || !auth->IsPeerAuthenticated()) return "local";
  std::string first;
  for (const grpc::string_ref& name : auth->FindPropertyValues("x509_subject_alternative_name")) {
    std::string text(name.data(), name.size());
    if (text.find("://") != std::string::npos) return text;
    if (first.empty()) first = std::move(text);
  }
  return first.empty() ? "unnamed" : first;
}

}  // namespace relief::server
