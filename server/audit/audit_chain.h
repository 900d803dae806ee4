// The audit chain in the store: each entry holds the hash of the one before, so that nothing can be changed,
// left out or put in between without breaking it. An entry names the digest of its own hash; the digest may
// change from one entry to the next.
//
// The functions may be called from any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "server/audit/audit.pb.h"
#include "server/core/hub.h"
#include "storage/store.h"
#include "storage/transaction.h"

namespace relief::server::audit {

// Puts the events of a group at the end of the chain, and into the index of whom they concern. Records that a
// subject names ("K-...") move to the entry's own field. The last step of a commit.
class AuditStep final : public core::CommitStep {
 public:
  absl::Status Run(core::WriteContext& context) const override;
};

// New entries have this digest from the next commit on, also after a restart.
absl::Status UseAuditDigest(core::Hub& hub, audit::Entry::Digest digest);

// Walks the chain from its beginning to its head, compares the signed heads' hashes on the way, and returns
// how many entries there are. Signatures are the offline verifier's (relief-audit-verify). DATA_LOSS names
// the first entry that is wrong or missing.
absl::StatusOr<int64_t> CheckAuditChain(const storage::Reader& store);

}  // namespace relief::server::audit
