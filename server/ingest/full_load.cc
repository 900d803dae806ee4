// Full snapshots: rows are applied as they come; at the commit, what the snapshot did not mention is ended: today, or where
// the snapshot is the list of a month, as the lists of months say (month_lists.h).
#include "server/core/schema.h"
#include "server/core/write_context.h"
#include "server/findings/account_index.h"
#include "server/ingest/feed.h"
#include "server/ingest/loads.h"
#include "server/ingest/month_lists.h"
#include "server/ingest/source_row.h"
#include "server/records/identity_mapping.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::ingest {
namespace {

constexpr size_t kScanPage = 5000;
constexpr size_t kEndPage = 500;  // records ended in one commit

// A record that is to end, or ended on another day than the lists say by now.
struct ToEnd {
  matcher::RecordKey key;
  int64_t snapshot = 0;  // that mentioned it last
  int32_t list = 0;      // the month of the first list that lacks it; 0: it ends today
};

// What the source's open snapshot did not mention, and how many records go on.
struct Unmentioned {
  int64_t seen = 0;     // mentioned by the open snapshot
  int64_t running = 0;  // those, and those that only later lists mention
  int64_t ending = 0;   // of `records`, those that run until now
  std::vector<ToEnd> records;
};

absl::StatusOr<stored::Record> ParseRecord(const storage::Row& row) {
  stored::Record record;
  if (!record.ParseFromString(row.value)) return absl::DataLossError("the row of a record is damaged");
  return record;
}

v1::Date FirstDayOf(int32_t month) {
  v1::Date day;
  day.set_year(month / 12);
  day.set_month(month % 12 + 1);
  day.set_day(1);
  return day;
}

// What becomes of a record that `snapshot` mentioned last. Nothing: it stays as it is.
std::optional<ToEnd> Judge(const stored::Source& source, const schema::SourceRecord& row,
                           const stored::Record& record) {
  const bool live = record.state() == stored::Record::LIVE;
  if (source.open_month() == 0) {
    if (!live || row.snapshot == source.snapshots()) return std::nullopt;
    return ToEnd{row.key, row.snapshot, 0};
  }
  const int32_t on = ListMonth(source, row.snapshot);
  const int32_t next = on == 0 ? source.open_month() : NextList(source, on);
  if (next == 0) return std::nullopt;
  if (live) return ToEnd{row.key, row.snapshot, next};
  const bool other_day = record.state() == stored::Record::ENDED && on > 0 &&
                         record.end_date().SerializeAsString() != FirstDayOf(next).SerializeAsString();
  if (!other_day) return std::nullopt;
  return ToEnd{row.key, row.snapshot, next};
}

absl::StatusOr<Unmentioned> FindUnmentioned(const storage::Reader& reader, const stored::Source& source) {
  Unmentioned found;
  std::string from;
  while (true) {
    RELIEF_ASSIGN_OR_RETURN(
        auto rows, reader.Scan(schema::SourceRecordPrefix(source.source().source_id()), from, kScanPage));
    if (rows.empty()) return found;
    from = rows.back().key + std::string(1, '\0');
    std::vector<std::string> keys;
    std::vector<schema::SourceRecord> records;
    for (const storage::KeyRow& row : rows) {
      const auto record = schema::DecodeSourceRecord(row.row.value);
      if (!record) return absl::DataLossError("the row of a source's record is damaged");
      records.push_back(*record);
      keys.push_back(schema::RecordRow(record->key));
    }
    auto stored = reader.MultiGet(keys);
    if (!stored.ok()) return stored.status();
    for (size_t i = 0; i < records.size(); ++i) {
      RELIEF_ASSIGN_OR_RETURN(auto record, ParseRecord((*stored)[i]));
      const bool live = record.state() == stored::Record::LIVE;
      found.seen += static_cast<int>(live && records[i].snapshot == source.snapshots());
      if (const auto end = Judge(source, records[i], record)) {
        found.ending += static_cast<int>(live);
        found.records.push_back(*end);
      } else {
        found.running += static_cast<int>(live);
      }
    }
  }
}

absl::StatusOr<stored::Source> ReadOpenSnapshot(storage::Transaction& txn, const std::string& source_id,
                                                const std::string& snapshot_id, const std::string& actor) {
  auto source = ReadSource(txn, source_id);
  if (!source.ok()) return source.status();
  RELIEF_RETURN_IF_ERROR(CheckOwner(*source, actor));
  if (snapshot_id.empty() || source->source().open_snapshot_id() != snapshot_id)
    return absl::FailedPreconditionError("the source has no such snapshot open");
  return source;
}

absl::Status EndRecords(core::WriteContext& context, const std::string& source_id,
                        std::span<const ToEnd> records, const std::string& actor) {
  RELIEF_ASSIGN_OR_RETURN(auto source, ReadSource(context.txn, source_id));
  int64_t ended = 0;
  std::string which;  // as the audit chain names them
  for (const auto& [key, snapshot, list] : records) {
    RELIEF_ASSIGN_OR_RETURN(auto record, ReadRecord(context.txn, key));
    if (!record || record->state() == stored::Record::DELETED) continue;
    RELIEF_ASSIGN_OR_RETURN(
        auto mark, context.txn.Get(schema::SourceRecordRow(source_id, record->record().record_id())));
    const auto row = mark ? schema::DecodeSourceRecord(*mark) : std::nullopt;
    if (row && row->snapshot != snapshot) continue;  // it came in while the commit was under way
    const v1::Date end = list == 0 ? records::ToProto(context.as_of) : FirstDayOf(list);
    const bool was_live = record->state() == stored::Record::LIVE;
    if (!was_live && record->end_date().SerializeAsString() == end.SerializeAsString()) continue;
    context.txn.Put(schema::RecordHistoryRow(key, record->commit_time_us()), record->SerializeAsString());
    const stored::Record before = *record;
    record->set_state(stored::Record::ENDED);
    record->set_commit_time_us(context.now_us);
    *record->mutable_end_date() = end;
    context.txn.Put(schema::RecordRow(key), record->SerializeAsString());
    context.MarkPersonOf(key);
    RELIEF_RETURN_IF_ERROR(findings::FollowAccount(context, key, &before, *record));
    ended += static_cast<int>(was_live);
    which += " " + core::RecordToken(key);
  }
  source.mutable_source()->set_live_records(source.source().live_records() - ended);
  WriteSource(context.txn, source);
  if (!which.empty())
    context.Audit({actor, "feed.snapshot.end", source_id + which, "", "", "ended=" + std::to_string(ended)});
  return absl::OkStatus();
}

void CloseSnapshot(stored::Source* source) {
  KeepList(source);
  source->mutable_source()->clear_open_snapshot_id();
  source->mutable_source()->clear_snapshot_held();
}

// Ends the records in steps, then closes the snapshot. A step that was done is not done again, so an
// interrupted commit is simply committed again.
absl::StatusOr<v1::SnapshotResult> EndAndClose(core::Hub& hub, const std::string& source_id,
                                               const std::string& snapshot_id, const Unmentioned& unmentioned,
                                               const std::string& actor, const std::string& load_id) {
  for (size_t begin = 0; begin < unmentioned.records.size(); begin += kEndPage) {
    const std::span<const ToEnd> page =
        std::span(unmentioned.records).subspan(begin, std::min(kEndPage, unmentioned.records.size() - begin));
    auto done = hub.Submit(
                       [&](core::WriteContext& context) {
                         if (!load_id.empty()) context.MarkForLoad(load_id);
                         return EndRecords(context, source_id, page, actor);
                       },
                       page.size())
                    .get();
    if (!done.ok()) return done.status();
  }
  auto position = hub.Write([&](core::WriteContext& context) -> absl::Status {
    RELIEF_ASSIGN_OR_RETURN(auto source, ReadOpenSnapshot(context.txn, source_id, snapshot_id, actor));
    CloseSnapshot(&source);
    WriteSource(context.txn, source);
    RELIEF_RETURN_IF_ERROR(CountEnded(context.txn, load_id, source_id, unmentioned.ending));
    context.Audit(
        {actor, "feed.snapshot.commit", source_id, "", "",
         "seen=" + std::to_string(unmentioned.seen) + " ended=" + std::to_string(unmentioned.ending)});
    return absl::OkStatus();
  });
  if (!position.ok()) return position.status();
  v1::SnapshotResult result;
  result.set_snapshot_id(snapshot_id);
  result.set_state(v1::SnapshotResult::COMMITTED);
  result.set_seen(unmentioned.seen);
  result.set_ended(unmentioned.ending);
  result.set_position(*position);
  return result;
}

absl::StatusOr<v1::SnapshotResult> Discard(core::Hub& hub, const std::string& source_id,
                                           const std::string& snapshot_id, const std::string& actor,
                                           const std::string& reason) {
  auto position = hub.Write([&](core::WriteContext& context) -> absl::Status {
    RELIEF_ASSIGN_OR_RETURN(auto source, ReadOpenSnapshot(context.txn, source_id, snapshot_id, actor));
    source.set_open_month(0);
    source.mutable_source()->clear_open_snapshot_id();
    source.mutable_source()->clear_snapshot_held();
    WriteSource(context.txn, source);
    context.Audit({actor, "feed.snapshot.discard", source_id, "", "", reason});
    return absl::OkStatus();
  });
  if (!position.ok()) return position.status();
  v1::SnapshotResult result;
  result.set_snapshot_id(snapshot_id);
  result.set_state(v1::SnapshotResult::DISCARDED);
  result.set_position(*position);
  return result;
}

}  // namespace

absl::StatusOr<v1::SnapshotBegun> BeginSnapshotIn(core::WriteContext& context, const std::string& source_id,
                                                  const std::string& actor, const v1::BeginSnapshot& begin) {
  if (begin.has_list_month() && (begin.list_month().year() < 1950 || begin.list_month().year() > 2200 ||
                                 begin.list_month().month() < 1 || begin.list_month().month() > 12))
    return absl::InvalidArgumentError("begin_snapshot.list_month: not a month");
  RELIEF_ASSIGN_OR_RETURN(auto source, ReadSource(context.txn, source_id));
  RELIEF_RETURN_IF_ERROR(CheckOwner(source, actor));
  if (source.source().snapshot_held())
    return absl::FailedPreconditionError("a snapshot of this source is held: confirm or discard it first");
  v1::SnapshotBegun begun;
  begun.set_resumed(!source.source().open_snapshot_id().empty());
  if (!begun.resumed()) {
    source.set_snapshots(source.snapshots() + 1);
    source.set_open_month(MonthNumber(begin.list_month()));
    source.mutable_source()->set_open_snapshot_id(SnapshotId(source.snapshots()));
    WriteSource(context.txn, source);
    context.Audit({actor, "feed.snapshot.begin", source_id, "", "", ""});
  }
  begun.set_snapshot_id(source.source().open_snapshot_id());
  return begun;
}

absl::StatusOr<int64_t> EndSnapshotIn(core::WriteContext& context, const std::string& source_id,
                                      const std::string& actor, const std::string& load_id) {
  auto source = ReadSource(context.txn, source_id);
  if (!source.ok()) return source.status();
  RELIEF_ASSIGN_OR_RETURN(auto unmentioned,
                          FindUnmentioned(storage::TransactionReader(context.txn), *source));
  context.MarkAtEndOf(load_id, {});
  RELIEF_RETURN_IF_ERROR(EndRecords(context, source_id, unmentioned.records, actor));
  source = ReadSource(context.txn, source_id);
  if (!source.ok()) return source.status();
  CloseSnapshot(&*source);
  WriteSource(context.txn, *source);
  return unmentioned.ending;
}

absl::StatusOr<v1::SnapshotBegun> BeginSnapshot(core::Hub& hub, const std::string& source_id,
                                                const std::string& actor, const v1::BeginSnapshot& begin) {
  v1::SnapshotBegun begun;
  auto done = hub.Write([&](core::WriteContext& context) -> absl::Status {
    RELIEF_ASSIGN_OR_RETURN(auto in, BeginSnapshotIn(context, source_id, actor, begin));
    begun = std::move(in);
    return absl::OkStatus();
  });
  if (!done.ok()) return done.status();
  return begun;
}

absl::StatusOr<v1::SnapshotResult> CommitSnapshot(core::Hub& hub, const std::string& source_id,
                                                  const v1::CommitSnapshot& commit, const std::string& actor,
                                                  const std::string& load_id) {
  const std::string& snapshot_id = commit.snapshot_id();
  stored::Source open;
  auto opened = hub.Write([&](core::WriteContext& context) -> absl::Status {
    RELIEF_ASSIGN_OR_RETURN(auto source, ReadOpenSnapshot(context.txn, source_id, snapshot_id, actor));
    if (source.source().snapshot_held())
      return absl::FailedPreconditionError("the snapshot is held: confirm or discard it");
    open = std::move(source);
    return absl::OkStatus();
  });
  if (!opened.ok()) return opened.status();
  RELIEF_ASSIGN_OR_RETURN(auto unmentioned, FindUnmentioned(*hub.store().Snapshot(), open));

  const int64_t ending = unmentioned.ending;
  const int limit = hub.features().Get<FeedSettings>().shrink_limit_percent;
  const bool too_many = ending * 100 > (ending + unmentioned.running) * limit;
  const bool unclear = ending > 0 && commit.unidentified_rows() > 0;
  if (!too_many && !unclear) return EndAndClose(hub, source_id, snapshot_id, unmentioned, actor, load_id);

  auto position = hub.Write([&](core::WriteContext& context) -> absl::Status {
    RELIEF_ASSIGN_OR_RETURN(auto source, ReadOpenSnapshot(context.txn, source_id, snapshot_id, actor));
    source.mutable_source()->set_snapshot_held(true);
    WriteSource(context.txn, source);
    context.Audit(
        {actor, "feed.snapshot.hold", source_id, "", "",
         "would end=" + std::to_string(ending) + " unread=" + std::to_string(commit.unidentified_rows())});
    return absl::OkStatus();
  });
  if (!position.ok()) return position.status();
  v1::SnapshotResult result;
  result.set_snapshot_id(snapshot_id);
  result.set_state(v1::SnapshotResult::HELD);
  result.set_seen(unmentioned.seen);
  result.set_ended(ending);
  result.set_position(*position);
  return result;
}

absl::StatusOr<v1::SnapshotResult> AbortSnapshot(core::Hub& hub, const std::string& source_id,
                                                 const std::string& snapshot_id, const std::string& actor) {
  return Discard(hub, source_id, snapshot_id, actor, "by the sender");
}

absl::StatusOr<v1::SnapshotResult> ConfirmSnapshot(core::Hub& hub, const v1::ConfirmSnapshotRequest& request,
                                                   const std::string& actor) {
  if (request.reason().empty()) return absl::InvalidArgumentError("reason: required");
  if (request.reason().size() > 500) return absl::InvalidArgumentError("reason: at most 500 bytes");
  stored::Source open;
  auto checked = hub.Write([&](core::WriteContext& context) -> absl::Status {
    RELIEF_ASSIGN_OR_RETURN(auto source, ReadSource(context.txn, request.source_id()));
    if (!source.source().snapshot_held() || source.source().open_snapshot_id() != request.snapshot_id())
      return absl::FailedPreconditionError("the source has no such held snapshot");
    RELIEF_RETURN_IF_ERROR(CheckOwner(source, actor));
    open = source;
    context.Audit({actor, request.discard() ? "feed.snapshot.refuse" : "feed.snapshot.confirm",
                   request.source_id(), "", "", request.reason()});
    return absl::OkStatus();
  });
  if (!checked.ok()) return checked.status();
  if (request.discard())
    return Discard(hub, request.source_id(), request.snapshot_id(), actor, "by confirmation");
  RELIEF_ASSIGN_OR_RETURN(auto unmentioned, FindUnmentioned(*hub.store().Snapshot(), open));
  return EndAndClose(hub, request.source_id(), request.snapshot_id(), unmentioned, actor, "");
}

}  // namespace relief::server::ingest
