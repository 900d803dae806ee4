// The bonds of an entry of the audit chain: its hash, and the signatures over it. Callable from any
// thread.
#pragma once

#include <string>
#include <string_view>

#include "server/audit/audit.pb.h"

namespace relief::server::audit {

// SHA-256 or SM3 of the bytes; empty for a digest that this program does not know.
std::string DigestOf(audit::Entry::Digest digest, std::string_view bytes);

// The entry's digest over its deterministic serialisation without the hash. Empty for a digest that this
// program does not know.
std::string AuditHash(const audit::Entry& entry);

// The bytes that the signature of a head is made over.
std::string SignedContent(const audit::Head& head);

// At least so long, records of what others were given are kept (网络数据安全管理条例 art 12: three years).
inline constexpr int kLeastRetentionDays = 1095;

}  // namespace relief::server::audit
