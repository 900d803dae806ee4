// A memory of the audit chain outside of the data directory: a copy of an older directory is as sound
// in itself as the newest one, and only something that was not put back with it can tell.
//
// The file holds the newest entry's number and hash, as a line of an exported chain. It is written after the
// entry is durable, so that the chain is never behind it unless it was put back. Put it where whoever can write
// the data directory cannot write: another machine's disk, best of all.
//
// Callable from any thread; one writer of a file at a time.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "server/audit/audit.pb.h"
#include "storage/store.h"

namespace relief::server::audit {

// OK: the chain holds what the file remembers (also where retention has removed it since), or there is no file
// yet. FAILED_PRECONDITION: it does not; the message says what to do. INVALID_ARGUMENT: it is no such file.
absl::Status CheckWitness(const storage::Reader& reader, const std::string& path);

// UNAVAILABLE: cannot be written.
absl::Status WriteWitness(const audit::Entry& newest, const std::string& path);

}  // namespace relief::server::audit
