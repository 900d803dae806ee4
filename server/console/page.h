// The console's page, and the policy that it runs under: scripts and styles from here alone, and no other
// site around it.
//
// Ant Design writes style elements into the page. Each page gets a nonce of its own that allows them; the
// page hands it on from its <meta name="csp-nonce">. Callable from any thread.
#pragma once

#include <optional>
#include <string>

namespace relief::server::console {

std::string FreshNonce();

// The value of Content-Security-Policy for a page with this nonce.
std::string ContentPolicy(const std::string& nonce);

// index.html of the directory with the nonce in its place; nothing if there is none.
std::optional<std::string> ReadPage(const std::string& directory, const std::string& nonce);

}  // namespace relief::server::console
