// Whom a certificate names.
//
// A name is the URI among the subject alternative names, or, where there is none, the DNS name. Two URIs, or
// two DNS names without a URI, are nobody: which of them counts would be chance. Names of other kinds say
// nothing. What the hub itself calls others by ("console:officer", "local", "person:1001", "schedule:...")
// is no certificate's, and a DNS name is never taken for a URI.
//
// Pure; callable from any thread.
#pragma once

#include <openssl/x509.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace relief::server::network {

// UNAUTHENTICATED: it names nobody, says why.
absl::StatusOr<std::string> CallerNameOf(const std::vector<std::string>& uris,
                                         const std::vector<std::string>& dns_names);
absl::StatusOr<std::string> CallerNameOf(X509* certificate);

}  // namespace relief::server::network
