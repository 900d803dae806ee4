// Full snapshots: rows are applied as they come; at the commit, what the snapshot did not mention is ended.
#include "server/core/schema.h"
#include "server/core/write_context.h"
#include "server/findings/account_index.h"
#include "server/ingest/feed.h"
#include "server/ingest/source_row.h"
#include "server/records/identity_mapping.h"

namespace relief::server::ingest {
namespace {

constexpr size_t kScanPage = 5000;
constexpr size_t kEndPage = 500;  // records ended in one commit

// What the source's open snapshot did not mention, and how many it did.
struct Unmentioned {
  int64_t seen = 0;
  std::vector<matcher::RecordKey> records;
};

absl::StatusOr<bool> IsRunning(const storage::Row& row) {
  stored::Record record;
  if (!record.ParseFromString(row.value)) return absl::DataLossError("the row of a record is damaged");
  return record.state() == stored::Record::LIVE;
}

absl::StatusOr<Unmentioned> FindUnmentioned(const storage::Reader& reader, const std::string& source_id,
                                            int64_t snapshot) {
  Unmentioned found;
  std::string from;
  while (true) {
    auto rows = reader.Scan(schema::SourceRecordPrefix(source_id), from, kScanPage);
    if (!rows.ok()) return rows.status();
    if (rows->empty()) return found;
    from = rows->back().key + std::string(1, '\0');
    std::vector<std::string> keys;
    std::vector<schema::SourceRecord> records;
    for (const storage::KeyRow& row : *rows) {
      const auto record = schema::DecodeSourceRecord(row.row.value);
      if (!record) return absl::DataLossError("the row of a source's record is damaged");
      records.push_back(*record);
      keys.push_back(schema::RecordRow(record->key));
    }
    auto stored = reader.MultiGet(keys);
    if (!stored.ok()) return stored.status();
    for (size_t i = 0; i < records.size(); ++i) {
      auto running = IsRunning((*stored)[i]);
      if (!running.ok()) return running.status();
      if (!*running) continue;
      if (records[i].snapshot == snapshot) {
        ++found.seen;
      } else {
        found.records.push_back(records[i].key);
      }
    }
  }
}

absl::StatusOr<stored::Source> ReadOpenSnapshot(storage::Transaction& txn, const std::string& source_id,
                                                const std::string& snapshot_id, const std::string& actor) {
  auto source = ReadSource(txn, source_id);
  if (!source.ok()) return source.status();
  if (absl::Status status = CheckOwner(*source, actor); !status.ok()) return status;
  if (snapshot_id.empty() || source->source().open_snapshot_id() != snapshot_id)
    return absl::FailedPreconditionError("the source has no such snapshot open");
  return source;
}

absl::Status EndRecords(core::WriteContext& context, const std::string& source_id,
                        std::span<const matcher::RecordKey> keys, int64_t snapshot,
                        const std::string& actor) {
  auto source = ReadSource(context.txn, source_id);
  if (!source.ok()) return source.status();
  int64_t ended = 0;
  std::string which;  // as the audit chain names them
  for (const matcher::RecordKey& key : keys) {
    auto record = ReadRecord(context.txn, key);
    if (!record.ok()) return record.status();
    if (!*record || (*record)->state() != stored::Record::LIVE) continue;
    auto mark = context.txn.Get(schema::SourceRecordRow(source_id, (*record)->record().record_id()));
    if (!mark.ok()) return mark.status();
    const auto row = *mark ? schema::DecodeSourceRecord(**mark) : std::nullopt;
    if (row && row->snapshot >= snapshot) continue;  // it came in while the commit was under way
    context.txn.Put(schema::RecordHistoryRow(key, (*record)->commit_time_us()),
                    (*record)->SerializeAsString());
    const stored::Record before = **record;
    (*record)->set_state(stored::Record::ENDED);
    (*record)->set_commit_time_us(context.now_us);
    *(*record)->mutable_end_date() = records::ToProto(context.as_of);
    context.txn.Put(schema::RecordRow(key), (*record)->SerializeAsString());
    context.MarkPersonOf(key);
    if (absl::Status status = findings::FollowAccount(context, key, &before, **record); !status.ok())
      return status;
    ++ended;
    which += " " + core::RecordToken(key);
  }
  source->mutable_source()->set_live_records(source->source().live_records() - ended);
  WriteSource(context.txn, *source);
  if (ended > 0)
    context.Audit({actor, "feed.snapshot.end", source_id + which, "", "", "ended=" + std::to_string(ended)});
  return absl::OkStatus();
}

// Ends the records in steps, then closes the snapshot. A step that was done is not done again, so an
// interrupted commit is simply committed again.
absl::StatusOr<v1::SnapshotResult> EndAndClose(core::Hub& hub, const std::string& source_id,
                                               const std::string& snapshot_id, int64_t snapshot,
                                               const Unmentioned& unmentioned, const std::string& actor) {
  for (size_t begin = 0; begin < unmentioned.records.size(); begin += kEndPage) {
    const std::span<const matcher::RecordKey> page =
        std::span(unmentioned.records).subspan(begin, std::min(kEndPage, unmentioned.records.size() - begin));
    auto done = hub.Submit(
                       [&](core::WriteContext& context) {
                         return EndRecords(context, source_id, page, snapshot, actor);
                       },
                       page.size())
                    .get();
    if (!done.ok()) return done.status();
  }
  auto position = hub.Write([&](core::WriteContext& context) -> absl::Status {
    auto source = ReadOpenSnapshot(context.txn, source_id, snapshot_id, actor);
    if (!source.ok()) return source.status();
    source->mutable_source()->clear_open_snapshot_id();
    source->mutable_source()->clear_snapshot_held();
    WriteSource(context.txn, *source);
    context.Audit({actor, "feed.snapshot.commit", source_id, "", "",
                   "seen=" + std::to_string(unmentioned.seen) +
                       " ended=" + std::to_string(unmentioned.records.size())});
    return absl::OkStatus();
  });
  if (!position.ok()) return position.status();
  v1::SnapshotResult result;
  result.set_snapshot_id(snapshot_id);
  result.set_state(v1::SnapshotResult::COMMITTED);
  result.set_seen(unmentioned.seen);
  result.set_ended(static_cast<int64_t>(unmentioned.records.size()));
  result.set_position(*position);
  return result;
}

absl::StatusOr<v1::SnapshotResult> Discard(core::Hub& hub, const std::string& source_id,
                                           const std::string& snapshot_id, const std::string& actor,
                                           const std::string& reason) {
  auto position = hub.Write([&](core::WriteContext& context) -> absl::Status {
    auto source = ReadOpenSnapshot(context.txn, source_id, snapshot_id, actor);
    if (!source.ok()) return source.status();
    source->mutable_source()->clear_open_snapshot_id();
    source->mutable_source()->clear_snapshot_held();
    WriteSource(context.txn, *source);
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

absl::StatusOr<v1::SnapshotBegun> BeginSnapshot(core::Hub& hub, const std::string& source_id,
                                                const std::string& actor) {
  v1::SnapshotBegun begun;
  auto done = hub.Write([&](core::WriteContext& context) -> absl::Status {
    auto source = ReadSource(context.txn, source_id);
    if (!source.ok()) return source.status();
    if (absl::Status status = CheckOwner(*source, actor); !status.ok()) return status;
    if (source->source().snapshot_held())
      return absl::FailedPreconditionError("a snapshot of this source is held: confirm or discard it first");
    begun.set_resumed(!source->source().open_snapshot_id().empty());
    if (!begun.resumed()) {
      source->set_snapshots(source->snapshots() + 1);
      source->mutable_source()->set_open_snapshot_id(SnapshotId(source->snapshots()));
      WriteSource(context.txn, *source);
      context.Audit({actor, "feed.snapshot.begin", source_id, "", "", ""});
    }
    begun.set_snapshot_id(source->source().open_snapshot_id());
    return absl::OkStatus();
  });
  if (!done.ok()) return done.status();
  return begun;
}

absl::StatusOr<v1::SnapshotResult> CommitSnapshot(core::Hub& hub, const std::string& source_id,
                                                  const std::string& snapshot_id, const std::string& actor) {
  int64_t snapshot = 0;
  auto opened = hub.Write([&](core::WriteContext& context) -> absl::Status {
    auto source = ReadOpenSnapshot(context.txn, source_id, snapshot_id, actor);
    if (!source.ok()) return source.status();
    if (source->source().snapshot_held())
      return absl::FailedPreconditionError("the snapshot is held: confirm or discard it");
    snapshot = source->snapshots();
    return absl::OkStatus();
  });
  if (!opened.ok()) return opened.status();
  auto unmentioned = FindUnmentioned(*hub.store().Snapshot(), source_id, snapshot);
  if (!unmentioned.ok()) return unmentioned.status();

  const auto ended = static_cast<int64_t>(unmentioned->records.size());
  if (ended * 100 <= (ended + unmentioned->seen) * hub.features().Get<FeedSettings>().shrink_limit_percent)
    return EndAndClose(hub, source_id, snapshot_id, snapshot, *unmentioned, actor);

  auto position = hub.Write([&](core::WriteContext& context) -> absl::Status {
    auto source = ReadOpenSnapshot(context.txn, source_id, snapshot_id, actor);
    if (!source.ok()) return source.status();
    source->mutable_source()->set_snapshot_held(true);
    WriteSource(context.txn, *source);
    context.Audit({actor, "feed.snapshot.hold", source_id, "", "", "would end=" + std::to_string(ended)});
    return absl::OkStatus();
  });
  if (!position.ok()) return position.status();
  v1::SnapshotResult result;
  result.set_snapshot_id(snapshot_id);
  result.set_state(v1::SnapshotResult::HELD);
  result.set_seen(unmentioned->seen);
  result.set_ended(ended);
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
  int64_t snapshot = 0;
  auto checked = hub.Write([&](core::WriteContext& context) -> absl::Status {
    auto source = ReadSource(context.txn, request.source_id());
    if (!source.ok()) return source.status();
    if (!source->source().snapshot_held() || source->source().open_snapshot_id() != request.snapshot_id())
      return absl::FailedPreconditionError("the source has no such held snapshot");
    if (absl::Status status = CheckOwner(*source, actor); !status.ok()) return status;
    snapshot = source->snapshots();
    context.Audit({actor, request.discard() ? "feed.snapshot.refuse" : "feed.snapshot.confirm",
                   request.source_id(), "", "", request.reason()});
    return absl::OkStatus();
  });
  if (!checked.ok()) return checked.status();
  if (request.discard())
    return Discard(hub, request.source_id(), request.snapshot_id(), actor, "by confirmation");
  auto unmentioned = FindUnmentioned(*hub.store().Snapshot(), request.source_id(), snapshot);
  if (!unmentioned.ok()) return unmentioned.status();
  return EndAndClose(hub, request.source_id(), request.snapshot_id(), snapshot, *unmentioned, actor);
}

}  // namespace relief::server::ingest
