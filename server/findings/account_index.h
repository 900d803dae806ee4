// Which records are paid into one account: the index behind the rule on accounts that many strangers share
// (D27).
//
// Written in the transaction that writes the record; read by the judging of persons.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "matcher/block/blocking.h"
#include "matcher/record_key.h"
#include "server/core/write_context.h"
#include "server/records/stored.pb.h"
#include "storage/store.h"

namespace relief::server::findings {

// The account that a live record is paid into, as the index knows it: a hash under the secret of the index,
// so that no number stands in a key or can be guessed from one. Nothing if the record states none. Spaces and
// dashes do not matter.
std::optional<matcher::RecordKey> AccountOf(const stored::Record& record, const matcher::BlockSecret& secret);

// Brings the index in line with what became of a record (null: there was none before), and has the person
// judged again after whose record a finding on the account is named: the least of its records, before and
// after.
absl::Status FollowAccount(core::WriteContext& context, matcher::RecordKey key, const stored::Record* before,
                           const stored::Record& after);

// The records of an account, the least first; at most kMostOnAccount, which is all that a rule looks at.
inline constexpr size_t kMostOnAccount = 200;
absl::StatusOr<std::vector<matcher::RecordKey>> RecordsOnAccount(const storage::Reader& reader,
                                                                 matcher::RecordKey account, size_t limit);

}  // namespace relief::server::findings
