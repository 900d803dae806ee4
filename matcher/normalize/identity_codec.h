// A compact, versioned binary form of identities for the store.
//
// Pure functions; callable from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "matcher/normalize/identity.h"

namespace relief::matcher {

std::string EncodeIdentity(const Identity& identity);

// Nothing for bytes that EncodeIdentity did not write.
std::optional<Identity> DecodeIdentity(std::string_view bytes);

}  // namespace relief::matcher
