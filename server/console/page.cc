#include "server/console/page.h"

#include <absl/strings/escaping.h>
#include <openssl/rand.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace relief::server::console {
namespace {

constexpr char kPlace[] = "__CSP_NONCE__";

}  // namespace

std::string FreshNonce() {
  std::string bytes(16, '\0');
  if (RAND_bytes(reinterpret_cast<uint8_t*>(bytes.data()), static_cast<int>(bytes.size())) != 1) std::abort();
  return absl::BytesToHexString(bytes);
}

std::string ContentPolicy(const std::string& nonce) {
  // A style attribute colours one element and loads nothing; charts write them. A style element needs the
  // nonce.
  return "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-" + nonce +
         "'; style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src "
         "'self'; "
         "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
}

std::optional<std::string> ReadPage(const std::string& directory, const std::string& nonce) {
  std::ifstream file(directory + "/index.html", std::ios::binary);
  if (directory.empty() || !file) return std::nullopt;
  std::stringstream text;
  text << file.rdbuf();
  std::string page = text.str();
  for (size_t at = page.find(kPlace); at != std::string::npos; at = page.find(kPlace, at + nonce.size()))
    page.replace(at, sizeof kPlace - 1, nonce);
  return page;
}

}  // namespace relief::server::console
