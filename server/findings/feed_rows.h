// What the hub's sources can say, kept in the commits that bring their records (server/coverage/feeds.h tells
// what is made of it). Whatever changes it judges everybody again whom it may concern: at once, where the hub
// holds few persons, or else in steps between other work.
//
// Rows (prefix "hF"): of each source the counts of its live records, and what of them is judged by: a load that
// is under way has sent a part of its rows only, and is not judged by until it ends.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/core/features.h"
#include "server/core/write_context.h"
#include "server/coverage/feeds.h"
#include "server/records/stored.pb.h"
#include "storage/store.h"
#include "storage/transaction.h"

namespace relief::server::findings {

// In core::Features.
struct GapSettings {
  bool feeds_tell_everything =
      false;  // gaps are claimed whatever was sent: for tests of what follows from gaps
};

// The changes that one piece of work makes to the live records of one source.
class FeedChange {
 public:
  // A live record comes (1), or is no more, or was otherwise (-1).
  void Count(const v1::Record& record, int sign);
  // Adds them to the source's rows. `now`: judge by them from this commit on.
  absl::Status Write(core::WriteContext& context, const stored::Source& source, bool now);
  // The same without what follows, for rows that are made again.
  absl::Status Write(storage::Transaction& txn, const stored::Source& source) const;

 private:
  absl::StatusOr<stored::Feed> Add(storage::Transaction& txn, const stored::Source& source) const;

  std::map<std::tuple<int, int, std::string>, int64_t> cells_;  // fact, form, county
  std::map<std::pair<int, int>, int64_t> periods_;              // form, month
};

// The loads of the source have ended: it is judged by what it has sent.
absl::Status JudgeByFeed(core::WriteContext& context, const std::string& source_id);

// What they can say on that day. Null: everything, by the settings.
absl::StatusOr<std::shared_ptr<const coverage::Feeds>> ReadFeeds(const storage::Reader& reader,
                                                                 const core::Features& features,
                                                                 matcher::CivilDate as_of);

// Of one source what is told of it: delivered, last_delivery_date, silent.
absl::Status DescribeFeed(const storage::Reader& reader, matcher::CivilDate as_of, v1::Source* source);

// Sources that ought to have been heard by the day of `context` and of which this was not yet said, at most
// `limit`; it is now.
absl::StatusOr<std::vector<std::string>> TakeSilentFeeds(core::WriteContext& context, size_t limit);

// A new day may find a source silent.
class FeedDay final : public core::DayStep {
 public:
  absl::StatusOr<size_t> Run(core::WriteContext& context, size_t limit) const override;
};

}  // namespace relief::server::findings
