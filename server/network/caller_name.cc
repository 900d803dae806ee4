#include "server/network/caller_name.h"

#include <absl/strings/ascii.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "server/base/openssl_handles.h"

namespace relief::server::network {
namespace {

constexpr size_t kMostBytes = 512;
// As the hub names callers that have no certificate, and human beings.
constexpr std::string_view kReserved[] = {"console", "local", "person", "schedule", "unnamed"};

bool Printable(const std::string& name) {
  return std::all_of(name.begin(), name.end(), [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

// "console", "Console:officer", "person://1001"; a host below such a name ("console.example") is another thing.
bool BeginsReserved(const std::string& name) {
  const std::string word = absl::AsciiStrToLower(name.substr(0, name.find_first_of(":/")));
  return std::find(std::begin(kReserved), std::end(kReserved), word) != std::end(kReserved);
}

absl::Status Nobody(const char* why) {
  return absl::UnauthenticatedError(std::string("the certificate names nobody: ") + why);
}

}  // namespace

absl::StatusOr<std::string> CallerNameOf(const std::vector<std::string>& uris,
                                         const std::vector<std::string>& dns_names) {
  const bool by_uri = !uris.empty();
  const std::vector<std::string>& names = by_uri ? uris : dns_names;
  if (names.empty()) return Nobody("it has no URI or DNS name");
  if (names.size() > 1) return Nobody(by_uri ? "it has several URIs" : "it has several DNS names and no URI");
  const std::string& name = names.front();
  if (name.empty() || name.size() > kMostBytes || !Printable(name)) return Nobody("its name cannot be one");
  if (BeginsReserved(name)) return Nobody("its name is one of the hub's own");
  // "https://a", "spiffe://b"; not "a:b", which is how the hub writes its own.
  const size_t scheme = name.find("://");
  if (by_uri && (scheme == std::string::npos || scheme == 0 || name.find(':') != scheme))
    return Nobody("its URI has no scheme and authority");
  if (!by_uri && name.find_first_of(":/@") != std::string::npos) return Nobody("its DNS name is none");
  return name;
}

absl::StatusOr<std::string> CallerNameOf(X509* certificate) {
  std::vector<std::string> uris, dns_names;
  const std::unique_ptr<GENERAL_NAMES, Freer<GENERAL_NAMES_free>> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    int type = 0;
    const void* value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type);
    if (type != GEN_URI && type != GEN_DNS) continue;
    const auto* text = static_cast<const ASN1_IA5STRING*>(value);
    (type == GEN_URI ? uris : dns_names)
        .emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                      static_cast<size_t>(ASN1_STRING_length(text)));
  }
  return CallerNameOf(uris, dns_names);
}

}  // namespace relief::server::network
