// How many persons hold a base programme (最低生活保障 or 特困人员供养), by county: what coverage rates are
// measured against.
//
// Kept in the commit that judges a person. A person counts in each county that pays, until the last month
// paid, so that the counts follow the months by themselves; a benefit that begins in a later month counts
// from when its person is judged then.
//
// Rows (prefix "hG"): each person's holding, and how many persons hold alike. A HolderTally belongs to one
// thread.
#pragma once

#include <map>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "matcher/normalize/civil_date.h"
#include "matcher/record_key.h"
#include "relief/v1/record.pb.h"
#include "server/findings/judging.h"
#include "server/findings/tally.pb.h"
#include "storage/store.h"
#include "storage/transaction.h"

namespace relief::server::findings {

// Of one person; the records are as the rules see them (EffectiveRecord). Nothing held: empty.
stored::Holding HoldingOf(std::span<const v1::Record* const> records, matcher::CivilDate as_of);

// What the judged persons hold now. Part of the commit that judged them.
absl::Status CountHolders(storage::Transaction& txn, const Judgement& judgement, matcher::CivilDate as_of);

class HolderTally {
 public:
  void Set(matcher::PersonId person, const stored::Holding& now) { now_[person] = now; }
  // Writes what differs from the rows, and forgets it.
  absl::Status Flush(storage::Transaction& txn);

 private:
  std::map<matcher::PersonId, stored::Holding> now_;
};

struct Holders {
  int64_t persons = 0;                       // each once
  std::map<std::string, int64_t> by_region;  // by the first digits of the region
};
// Who holds in the month of `as_of` within the region. digits: 0 gives the sum only; at most 6.
absl::StatusOr<Holders> ReadHolders(const storage::Reader& reader, const std::string& region_prefix,
                                    int digits, matcher::CivilDate as_of);

}  // namespace relief::server::findings
