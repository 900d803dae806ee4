#include "server/notices/silent_feeds.h"

#include <algorithm>

#include "relief/v1/notice_service.pb.h"
#include "server/base/time.h"
#include "server/core/schema.h"
#include "server/core/write_context.h"
#include "server/findings/feed_rows.h"
#include "storage/message_row.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::notices {
namespace {

constexpr size_t kMaxSubscriptions = 10'000;

// A source of facts is of no programme: it concerns those who subscribe to all.
bool Concerns(const v1::Source& source, const v1::Subscription& subscription) {
  const auto has = [](const auto& list, auto value) {
    return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
  };
  const std::string& there = source.region_prefix();
  const std::string& here = subscription.region_prefix();
  return has(subscription.programmes(), source.programme()) && has(subscription.kinds(), v1::MISSING) &&
         (there.starts_with(here) || here.starts_with(there));
}

absl::Status Tell(core::WriteContext& context, const v1::Source& source) {
  RELIEF_ASSIGN_OR_RETURN(const auto rows,
                          context.txn.Scan(schema::kSubscriptionPrefix, {}, kMaxSubscriptions));
  for (const storage::KeyRow& row : rows) {
    RELIEF_ASSIGN_OR_RETURN(auto subscription, storage::ParseMessage<v1::Subscription>(row));
    if (!Concerns(source, subscription)) continue;
    subscription.set_last_sequence(subscription.last_sequence() + 1);
    v1::Notice notice;
    notice.set_subscription_id(subscription.subscription_id());
    notice.set_sequence(subscription.last_sequence());
    notice.set_event(v1::Notice::FEED_SILENT);
    *notice.mutable_source() = source;
    *notice.mutable_time() = ToTimestamp(context.now_us);
    context.txn.Put(schema::NoticeRow(subscription.subscription_id(), notice.sequence()),
                    notice.SerializeAsString());
    context.txn.Put(row.key, subscription.SerializeAsString());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<size_t> SilentFeeds::Run(core::WriteContext& context, size_t limit) const {
  RELIEF_ASSIGN_OR_RETURN(const auto silent, findings::TakeSilentFeeds(context, limit));
  for (const std::string& source_id : silent) {
    RELIEF_ASSIGN_OR_RETURN(
        auto row, storage::ReadMessage<stored::Source>(context.txn, schema::SourceRow(source_id), "source"));
    RELIEF_RETURN_IF_ERROR(
        findings::DescribeFeed(storage::TransactionReader(context.txn), context.as_of, row.mutable_source()));
    RELIEF_RETURN_IF_ERROR(Tell(context, row.source()));
  }
  return silent.size();
}

}  // namespace relief::server::notices
