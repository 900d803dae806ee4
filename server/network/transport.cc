#include "server/network/transport.h"

#include <absl/strings/escaping.h>
#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <filesystem>
#include <vector>

#include "server/network/caller_name.h"

namespace relief::server::network {
namespace {

constexpr unsigned kReloadSeconds = 10;
constexpr char kIdentityName[] = "hub", kUnnamed[] = "unnamed";
constexpr char kUserKey[] = "relief-console-user", kSecretKey[] = "relief-console-secret",
               kPersonKey[] = "relief-console-person";

const std::string& ConsoleSecret() {
  static std::string secret = [] {
    std::string bytes(32, '\0');
    if (RAND_bytes(reinterpret_cast<uint8_t*>(bytes.data()), static_cast<int>(bytes.size())) != 1)
      std::abort();
    return absl::BytesToHexString(bytes);
  }();
  return secret;
}

std::string Metadata(const grpc::ServerContext& context, const char* key) {
  const auto found = context.client_metadata().find(key);
  return found == context.client_metadata().end() ? std::string()
                                                  : std::string(found->second.data(), found->second.size());
}

bool FromConsole(const grpc::ServerContext& context) {
  const std::string secret = Metadata(context, kSecretKey);
  return secret.size() == ConsoleSecret().size() &&
         CRYPTO_memcmp(secret.data(), ConsoleSecret().data(), secret.size()) == 0;
}

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

std::map<std::string, std::string> ConsoleMetadata(const std::string& user, const std::string& person) {
  return {{kUserKey, user}, {kSecretKey, ConsoleSecret()}, {kPersonKey, person}};
}

std::string PersonOf(const grpc::ServerContext& context) {
  const std::string person = FromConsole(context) ? Metadata(context, kPersonKey) : std::string();
  return person.empty() ? CallerOf(context) : "person:" + person;
}

std::string CallerOf(const grpc::ServerContext& context) {
  if (FromConsole(context)) return "console:" + Metadata(context, kUserKey);
  const auto auth = context.auth_context();
  if (!auth || !auth->IsPeerAuthenticated()) return "local";
  const auto names = [&](const char* kind) {
    std::vector<std::string> values;
    for (const grpc::string_ref& name : auth->FindPropertyValues(kind))
      values.emplace_back(name.data(), name.size());
    return values;
  };
  auto name = CallerNameOf(names(GRPC_PEER_URI_PROPERTY_NAME), names(GRPC_PEER_DNS_PROPERTY_NAME));
  return name.ok() ? *std::move(name) : kUnnamed;
}

}  // namespace relief::server::network
