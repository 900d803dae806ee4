// Checks an exported audit chain line by line, and names the first entry that is wrong: without the hub, its
// store, or trust in whoever runs it.
//
// What hashes show: an entry that was altered, deleted, moved or put in. What only signatures show: entries
// cut off at the end, and a chain that was written anew from some entry on. So that a thief of the hub's key
// is found out too, give the heads that were kept elsewhere. It needs little memory, whatever the length of
// the chain.
//
// Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "server/audit/audit.pb.h"
#include "server/audit/audit_key.h"

namespace relief::server::audit {

struct AuditProblem {
  enum class Kind {
    kUnreadable,    // the line is not one of an audit chain
    kAltered,       // the entry is not what its hash says, or not what the entries beside it say
    kDeleted,       // `first` to `last` are not there
    kReordered,     // the entry is in another place
    kRepeated,      // the entry is there twice, or another one under its number
    kTruncated,     // signed heads tell of entries after the end
    kForked,        // from one of `first` to `last` on it is another chain than the one that was signed
    kBadSignature,  // the head of this entry is not signed with the key that it names
    kRemovedEarly,  // the beginning says that entries were removed before their time
  };
  Kind kind;
  int64_t first = 0, last = 0;  // entries
  int64_t line = 0;             // of the file; 0: none
};

struct AuditReport {
  std::optional<AuditProblem> problem;  // the first
  int64_t lines = 0, entries = 0;
  int64_t first_sequence = 0, last_sequence = 0;
  int64_t signed_to = 0;          // a head that was checked vouches for the entries up to here; 0: none does
  int64_t heads = 0;              // of the file, that agree
  int64_t kept_heads = 0;         // that agree
  int64_t kept_before = 0;        // kept heads of entries that were removed since: nothing to compare with
  int64_t removed_to = 0;         // entries up to here were removed after their time
  int64_t unknown_key_heads = 0;  // signed with a key that was not given
  int64_t unsigned_us = 0;        // from the last entry that is vouched for to the last one
};

// What of an otherwise sound chain no signature vouches for, and should: a hub that signs does so within
// minutes. Whoever writes a chain anew, or takes the heads out, leaves it like that.
enum class Unvouched {
  kNothing,
  kAll,   // not one entry of the file is vouched for
  kTail,  // more than a day of it is not
};
Unvouched UnvouchedOf(const AuditReport& report);

class AuditVerifier {
 public:
  explicit AuditVerifier(AuditPublicKeys keys) : keys_(std::move(keys)) {}

  // A head from elsewhere, before the first Add. INVALID_ARGUMENT: it is not signed with one of the keys, and
  // proves nothing.
  absl::Status Keep(std::string_view line);

  void Add(std::string_view line);
  AuditReport Finish();

 private:
  void AddEntry(const audit::Entry& entry);
  void AddHead(const audit::Head& head);
  void Begin(const audit::Head& beginning);
  // The result of the signatures for the entry read last.
  void Compare();
  void Found(AuditProblem::Kind kind, int64_t first, int64_t last);

  struct Known {
    int64_t sequence = 0;
    std::string hash;
    int64_t time_us = 0;
  };
  struct Kept {
    std::string hash;
    bool from_elsewhere = false;
  };

  const AuditPublicKeys keys_;
  AuditReport report_;
  std::multimap<int64_t, Kept> kept_;  // heads whose entry was not reached
  Known last_;                         // the entry read last, or the beginning
  int64_t vouched_time_us_ = 0;        // of the last entry that is vouched for; 0: of the first
  // Not decided before what follows was read:
  std::optional<AuditProblem>
      gap_;  // entries are missing here: deleted, unless the first of them comes later
  std::optional<AuditProblem> break_;  // two entries do not fit: the next one says which of them is wrong
};

}  // namespace relief::server::audit
