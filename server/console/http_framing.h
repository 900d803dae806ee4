// Where a request of HTTP/1.1 ends, so that whoever stands between the browser and the hub reads the same
// requests as the hub does.
//
// Pure; callable from any thread.
#pragma once

#include <string_view>

namespace relief::server::console {

// Whether the header (from the line of the request to the empty line) leaves no doubt where the request ends:
// every line ends with CR LF and is a name, a colon and a value; the length is said once, in digits, or the
// body comes in chunks, and not both; only POST has a body (RFC 9112, 6.3 and 11.2).
bool IsFramed(std::string_view header);

}  // namespace relief::server::console
