#include "server/findings/feed_rows.h"

#include <algorithm>

#include "matcher/resolve/resolver.h"
#include "server/base/time.h"
#include "server/core/schema.h"
#include "server/coverage/timeline.h"
#include "server/findings/answers.h"
#include "server/findings/report_rows.h"
#include "server/records/identity_mapping.h"
#include "storage/message_row.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::findings {
namespace {

constexpr size_t kMaxSources = 20'000;
constexpr size_t kCountyDigits = 6;
constexpr size_t kFewPersons = 500;  // judged again in the commit that changes what feeds can say

constexpr char kCounted = 'c', kJudged = 'j', kTold = 't';  // the last: of which delivery's silence was told
constexpr std::string_view kSummaryRow = "hFs";
std::string FeedRow(char what, const std::string& source_id) {
  return std::string(schema::kFeedPrefix).append(1, what) + source_id;
}

coverage::Feed ToFeed(const stored::Feed& row) {
  coverage::Feed feed;
  feed.programme = row.programme();
  feed.region_prefix = row.region_prefix();
  feed.declared = row.declared();
  feed.last_day = row.last_day();
  for (const auto& cell : row.cells())
    feed.cells.push_back({cell.fact() != v1::FACT_TYPE_UNSPECIFIED ? coverage::SlotOf(cell.fact())
                                                                   : coverage::SlotOf(row.programme()),
                          cell.form(), cell.county(), cell.records()});
  for (const auto& period : row.periods())
    feed.periods.push_back({period.form(), coverage::MonthIndex{period.month()}});
  return feed;
}

absl::StatusOr<coverage::Feeds> ReadAll(const storage::Reader& reader, matcher::CivilDate as_of) {
  const std::string prefix = std::string(schema::kFeedPrefix).append(1, kJudged);
  RELIEF_ASSIGN_OR_RETURN(const auto rows, reader.Scan(prefix, "", kMaxSources));
  std::vector<coverage::Feed> feeds;
  for (const storage::KeyRow& row : rows) {
    stored::Feed feed;
    if (!feed.ParseFromString(row.row.value)) return absl::DataLossError("the row of a feed is damaged");
    feeds.push_back(ToFeed(feed));
  }
  return coverage::Feeds(std::move(feeds), as_of);
}

// Everybody whom it may concern is judged again where the feeds can say something else than before.
absl::Status FollowFeeds(core::WriteContext& context) {
  if (context.features.Get<GapSettings>().feeds_tell_everything) return absl::OkStatus();
  const storage::TransactionReader reader(context.txn);
  RELIEF_ASSIGN_OR_RETURN(const coverage::Feeds feeds, ReadAll(reader, context.as_of));
  const std::string summary = matcher::RecordKey::Of("feeds", feeds.summary()).ToString();
  RELIEF_ASSIGN_OR_RETURN(const auto before, context.txn.Get(std::string(kSummaryRow)));
  if (before && *before == summary) return absl::OkStatus();
  context.txn.Put(std::string(kSummaryRow), summary);
  RELIEF_ASSIGN_OR_RETURN(const bool concerns_somebody, SomeDependOnFeeds(reader));
  if (!concerns_somebody) return absl::OkStatus();
  RELIEF_ASSIGN_OR_RETURN(const auto persons, matcher::ListPersons(reader, std::nullopt, kFewPersons + 1));
  if (persons.size() > kFewPersons) {
    context.JudgeEverybody();
  } else {
    for (const matcher::PersonId& person : persons) context.MarkForReevaluation(person);
  }
  return absl::OkStatus();
}

std::string CountyOf(const v1::Record& record) {
  const std::string& region = record.benefit().paying_region().empty() ? record.person().region_code()
                                                                       : record.benefit().paying_region();
  return region.substr(0, kCountyDigits);
}

int32_t LastDayOf(const stored::Source& source) {
  if (source.last_delivery_day() != 0) return source.last_delivery_day();
  if (!source.source().has_last_push_time()) return 0;
  return DayInChina(source.source().last_push_time().seconds() * 1'000'000);
}

}  // namespace

void FeedChange::Count(const v1::Record& record, int sign) {
  if (record.has_fact()) {
    cells_[{record.fact().type(), 0, CountyOf(record)}] += sign;
    return;
  }
  if (!record.has_benefit()) return;
  const v1::Benefit& benefit = record.benefit();
  cells_[{0, benefit.form(), CountyOf(record)}] += sign;
  if (benefit.benefit_year() > 0)
    periods_[{benefit.form(), coverage::MonthIndex::Of(benefit.benefit_year(), 1).ordinal}] += sign;
  if (const auto term = coverage::TermOfText(benefit.term()))
    periods_[{benefit.form(), term->ordinal}] += sign;
}

absl::StatusOr<stored::Feed> FeedChange::Add(storage::Transaction& txn, const stored::Source& source) const {
  RELIEF_ASSIGN_OR_RETURN(auto feed, storage::ReadMessageOrEmpty<stored::Feed>(
                                         txn, FeedRow(kCounted, source.source().source_id())));
  feed.set_content(source.source().content());
  feed.set_programme(source.source().programme());
  feed.set_region_prefix(source.source().region_prefix());
  *feed.mutable_declared() = source.source().declared();
  if (!source.source().has_declared()) feed.clear_declared();
  feed.set_last_day(LastDayOf(source));
  auto cells = cells_;
  for (const auto& cell : feed.cells()) cells[{cell.fact(), cell.form(), cell.county()}] += cell.records();
  feed.clear_cells();
  for (const auto& [key, records] : cells) {
    if (records <= 0) continue;
    auto& cell = *feed.add_cells();
    cell.set_fact(static_cast<v1::FactType>(std::get<0>(key)));
    cell.set_form(static_cast<v1::BenefitForm>(std::get<1>(key)));
    cell.set_county(std::get<2>(key));
    cell.set_records(records);
  }
  auto periods = periods_;
  for (const auto& period : feed.periods()) periods[{period.form(), period.month()}] += period.records();
  feed.clear_periods();
  for (const auto& [key, records] : periods) {
    if (records <= 0) continue;
    auto& period = *feed.add_periods();
    period.set_form(static_cast<v1::BenefitForm>(key.first));
    period.set_month(key.second);
    period.set_records(records);
  }
  return feed;
}

absl::Status FeedChange::Write(core::WriteContext& context, const stored::Source& source, bool now) {
  const std::string& id = source.source().source_id();
  RELIEF_ASSIGN_OR_RETURN(const stored::Feed feed, Add(context.txn, source));
  context.txn.Put(FeedRow(kCounted, id), feed.SerializeAsString());
  return now ? JudgeByFeed(context, id) : absl::OkStatus();
}

absl::Status FeedChange::Write(storage::Transaction& txn, const stored::Source& source) const {
  const std::string& id = source.source().source_id();
  RELIEF_ASSIGN_OR_RETURN(const stored::Feed feed, Add(txn, source));
  for (const char what : {kCounted, kJudged}) txn.Put(FeedRow(what, id), feed.SerializeAsString());
  return absl::OkStatus();
}

absl::Status JudgeByFeed(core::WriteContext& context, const std::string& source_id) {
  RELIEF_ASSIGN_OR_RETURN(const auto counted, context.txn.Get(FeedRow(kCounted, source_id)));
  RELIEF_ASSIGN_OR_RETURN(const auto judged, context.txn.Get(FeedRow(kJudged, source_id)));
  if (!counted || (judged && *judged == *counted)) return absl::OkStatus();
  context.txn.Put(FeedRow(kJudged, source_id), *counted);
  return FollowFeeds(context);
}

absl::StatusOr<std::shared_ptr<const coverage::Feeds>> ReadFeeds(const storage::Reader& reader,
                                                                 const core::Features& features,
                                                                 matcher::CivilDate as_of) {
  if (features.Get<GapSettings>().feeds_tell_everything) return std::shared_ptr<const coverage::Feeds>();
  RELIEF_ASSIGN_OR_RETURN(coverage::Feeds feeds, ReadAll(reader, as_of));
  return std::make_shared<const coverage::Feeds>(std::move(feeds));
}

absl::Status DescribeFeed(const storage::Reader& reader, matcher::CivilDate as_of, v1::Source* source) {
  RELIEF_ASSIGN_OR_RETURN(const auto row,
                          storage::FindMessage<stored::Feed>(reader, FeedRow(kCounted, source->source_id())));
  const coverage::Feed feed = ToFeed(row.value_or(stored::Feed()));
  *source->mutable_delivered() = coverage::DeliveredBy(feed);
  if (feed.last_day != 0)
    *source->mutable_last_delivery_date() = records::ToProto(matcher::CivilDate::FromDays(feed.last_day));
  source->set_silent(coverage::IsSilent(feed, as_of.days()));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> TakeSilentFeeds(core::WriteContext& context, size_t limit) {
  const std::string prefix = std::string(schema::kFeedPrefix).append(1, kJudged);
  RELIEF_ASSIGN_OR_RETURN(const auto rows, context.txn.Scan(prefix, "", kMaxSources));
  std::vector<std::string> silent;
  for (const storage::KeyRow& row : rows) {
    if (silent.size() == limit) break;
    RELIEF_ASSIGN_OR_RETURN(const auto feed, storage::ParseMessage<stored::Feed>(row));
    if (!coverage::IsSilent(ToFeed(feed), context.as_of.days())) continue;
    const std::string source_id = row.key.substr(prefix.size());
    const std::string told = std::to_string(feed.last_day());
    RELIEF_ASSIGN_OR_RETURN(const auto before, context.txn.Get(FeedRow(kTold, source_id)));
    if (before && *before == told) continue;
    context.txn.Put(FeedRow(kTold, source_id), told);
    silent.push_back(source_id);
  }
  return silent;
}

absl::StatusOr<size_t> FeedDay::Run(core::WriteContext& context, size_t) const {
  RELIEF_RETURN_IF_ERROR(FollowFeeds(context));
  return 0;
}

}  // namespace relief::server::findings
