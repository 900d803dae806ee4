#include "adapters/load_unit.h"

#include <algorithm>
#include <chrono>

#include "adapters/intake/rejected_rows.h"
#include "adapters/rpc_status.h"

namespace relief::adapters {
namespace {

// Everybody whom the load touched is judged at its end: a large one takes its time.
constexpr auto kEndWithin = std::chrono::hours(1);

template <typename Within>
std::unique_ptr<grpc::ClientContext> ContextFor(Within within) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + within);
  return context;
}

}  // namespace

Reading ReadingOf(Reading said, const RecordSource& table, const RememberedSource* last) {
  if (said != READING_UNSPECIFIED && said != ROSTER) return said;
  if (said == READING_UNSPECIFIED && IsOfRejectedRows(table.header())) return CHANGES;
  Reading reading = said != READING_UNSPECIFIED ? said : table.mapping().reading();
  if (reading == READING_UNSPECIFIED && last != nullptr && last->mapping() == table.mapping().name())
    reading = RememberedReading(*last);
  if (reading == READING_UNSPECIFIED || (reading == ROSTER && table.period().among_others)) return CHANGES;
  return reading;
}

std::string ContentDigest(const std::string& file_hash, const RecordSource& table, Reading reading) {
  const Mapping& mapping = table.mapping();
  const IntakePeriod period = table.period();
  // What a mapping is called, and how it came to be, changes no record.
  Mapping how = mapping;
  how.clear_name();
  how.clear_source_id();
  how.clear_reading();
  how.clear_recognised_by();
  how.clear_columns();
  how.clear_split_unit_from();
  for (const ColumnUse& column : mapping.columns())
    if (column.use() == "is_covered") how.add_columns()->set_heading(column.heading());
  const bool counts =
      period.from == IntakePeriod::kTold || (period.from == IntakePeriod::kFileName && reading == PAYMENTS);
  // Columns that are months may be of the year of a file's name.
  for (Part& part : *how.mutable_parts())
    if (part.has_month() && part.month().year() == 0) part.mutable_month()->set_year(period.year);
  const std::string month =
      counts ? std::to_string(period.month.year()) + "-" + std::to_string(period.month.month()) : "";
  return TextHash(file_hash + "/" + table.sheets() + "/" + std::to_string(reading) + "/" + month + "/" +
                  how.SerializeAsString());
}

absl::StatusOr<std::unique_ptr<LoadUnit>> LoadUnit::Begin(v1::FeedService::StubInterface& stub,
                                                          Options options) {
  v1::BeginLoadRequest request;
  request.set_dry_run(options.dry_run);
  v1::Load load;
  const auto context = ContextFor(options.client.answer_within);
  if (absl::Status begun = FromGrpc(stub.BeginLoad(context.get(), request, &load)); !begun.ok()) return begun;
  auto unit = std::unique_ptr<LoadUnit>(new LoadUnit(&stub, std::move(options)));
  unit->load_id_ = load.load_id();
  return unit;
}

std::unique_ptr<LoadUnit> LoadUnit::WithoutHub() {
  return std::unique_ptr<LoadUnit>(new LoadUnit(nullptr, {}));
}

std::optional<v1::Month> LoadUnit::ListMonth(const TableToFeed& table) const {
  if (table.reading != ROSTER || table.month.year() == 0) return std::nullopt;
  return table.month;
}

bool LoadUnit::MustWait(const TableToFeed& table) const {
  const auto open = lists_.find(table.source_id);
  if (open == lists_.end() || !IsList(table)) return false;
  const auto text = [](const std::optional<v1::Month>& month) {
    return month ? month->SerializeAsString() : "";
  };
  return text(open->second.client.list_month) != text(ListMonth(table));
}

absl::StatusOr<FileOutcome> LoadUnit::Feed(const TableToFeed& table, const FeedFileCallbacks& callbacks) {
  if (table.reading == PAYMENTS) table.rows->SetPayments();
  if (stub_ == nullptr) return TryFile(*table.rows, callbacks);
  FeedFileOptions feed;
  feed.client = options_.client;
  feed.client.open.set_source_id(table.source_id);
  feed.client.open.set_region_prefix(table.region_prefix);
  feed.client.open.set_load_id(load_id_);
  feed.client.snapshot = IsList(table);
  feed.client.list_month = ListMonth(table);
  const auto list = lists_.find(table.source_id);
  if (list != lists_.end() && IsList(table))
    feed.client.continued_snapshot = list->second.client.continued_snapshot;
  feed.leave_snapshot_open = true;
  feed.client.send_known = table.mention_only;
  feed.withdraw = table.reading == WITHDRAWAL;
  feed.batch_records = options_.batch_records;
  feed.content_digest = table.content_digest;
  feed.again = table.again;
  auto outcome = FeedFile(*table.rows, *stub_, feed, callbacks);
  if (!outcome.ok()) return outcome.status();
  if (!outcome->open_snapshot.empty()) {
    OpenList& open = lists_[table.source_id];
    open.client = feed.client;
    open.client.open.set_content(table.rows->mapping().content());
    open.client.open.set_programme(table.rows->mapping().programme());
    open.client.continued_snapshot = outcome->open_snapshot;
    open.unidentified_rows += outcome->unidentified_rows;
  }
  if (feed.withdraw && !options_.dry_run) outcome->not_withdrawn = NotWithdrawn(table.source_id, *outcome);
  return outcome;
}

// A list that takes back what the hub does not hold has missed its mark: a slip in a name or a number.
int64_t LoadUnit::NotWithdrawn(const std::string& source_id, const FileOutcome& outcome) {
  v1::GetSourceRequest request;
  request.set_source_id(source_id);
  v1::Source now;
  const auto context = ContextFor(options_.client.answer_within);
  if (!stub_->GetSource(context.get(), request, &now).ok()) return 0;
  const int64_t rows = outcome.counts.accepted + outcome.counts.duplicate;
  const int64_t gone = std::max<int64_t>(0, outcome.held_before - now.live_records());
  return std::max<int64_t>(0, rows - gone);
}

absl::StatusOr<std::vector<EndedList>> LoadUnit::EndLists(bool complete) {
  std::vector<EndedList> ended;
  for (const auto& [source_id, list] : lists_) {
    auto result = EndSnapshot(*stub_, list.client, complete, list.unidentified_rows);
    if (!result.ok()) return result.status();
    ended.push_back({source_id, *std::move(result)});
  }
  lists_.clear();
  return ended;
}

absl::StatusOr<v1::LoadResult> LoadUnit::End(bool give_up) {
  v1::LoadResult result;
  if (stub_ == nullptr) return result;
  v1::EndLoadRequest request;
  request.set_load_id(load_id_);
  request.set_give_up(give_up);
  const auto context = ContextFor(kEndWithin);
  if (absl::Status status = FromGrpc(stub_->EndLoad(context.get(), request, &result)); !status.ok())
    return status;
  return result;
}

}  // namespace relief::adapters
