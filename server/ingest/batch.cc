// One batch: prepared on the caller's thread, applied on the writer's.
#include <openssl/sha.h>

#include <map>
#include <memory>
#include <set>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "matcher/normalize/normalizer.h"
#include "server/core/schema.h"
#include "server/core/write_context.h"
#include "server/findings/account_index.h"
#include "server/ingest/feed.h"
#include "server/ingest/rejections.h"
#include "server/ingest/source_row.h"
#include "server/records/identity_mapping.h"

namespace relief::server::ingest {
namespace {

std::string ContentHash(const v1::Record& record) {
  v1::Record content = record;
  content.clear_version();
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    content.SerializeToCodedStream(&coded);
  }
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), hash);
  return {reinterpret_cast<const char*>(hash), 16};  // 128 bits tell contents apart
}

struct Prepared {
  int index = 0;
  v1::Record record;
  matcher::RecordKey key;
  std::string content_hash;
  matcher::Change change;
};

struct Batch {
  std::string source_id;
  std::string actor;
  int64_t batch_id = 0;
  std::vector<Prepared> records;
  std::vector<v1::Rejection> rejected;  // by validation
  v1::BatchAck ack;
};

Batch Prepare(const v1::Source& source, v1::Batch batch, const std::string& actor) {
  Batch prepared;
  prepared.source_id = source.source_id();
  prepared.actor = actor;
  prepared.batch_id = batch.batch_id();
  for (int i = 0; i < batch.records_size(); ++i) {
    v1::Record& record = *batch.mutable_records(i);
    std::vector<v1::FieldError> errors = ValidateRecord(source, record);
    if (!errors.empty()) {
      v1::Rejection& rejection = prepared.rejected.emplace_back();
      rejection.set_index(i);
      rejection.set_record_id(record.record_id().substr(0, 64));
      for (v1::FieldError& error : errors) *rejection.add_errors() = std::move(error);
      continue;
    }
    if (record.deleted()) {
      // Of a withdrawal only the id and the version are read.
      v1::Record bare;
      bare.set_record_id(record.record_id());
      bare.set_version(record.version());
      bare.set_deleted(true);
      record = std::move(bare);
    }
    Prepared& one = prepared.records.emplace_back();
    one.index = i;
    one.key = matcher::RecordKey::Of(source.source_id(), record.record_id());
    one.content_hash = ContentHash(record);
    one.change.key = one.key;
    if (!record.deleted()) {
      one.change.identity =
          matcher::Normalize(records::ToRawIdentity(record.person(), source.source_id(), record.household()));
      one.change.anchor_day = records::AnchorDay(record);
    }
    one.record = std::move(record);
  }
  return prepared;
}

enum class Outcome { kAccepted, kDuplicate, kStale, kVersionConflict };

// Applies a batch inside the writer's transaction. May run again, so everything it fills is filled anew.
class BatchWork {
 public:
  BatchWork(Batch& batch, core::WriteContext& context)
      : batch_(batch), context_(context), txn_(context.txn) {}

  absl::Status Run() {
    batch_.ack.Clear();
    batch_.ack.set_batch_id(batch_.batch_id);
    auto source = ReadSource(txn_, batch_.source_id);
    if (!source.ok()) return source.status();
    source_ = *std::move(source);

    std::vector<std::string> keys;
    for (const Prepared& one : batch_.records) {
      keys.push_back(schema::RecordRow(one.key));
      keys.push_back(schema::SourceRecordRow(batch_.source_id, one.record.record_id()));
    }
    if (absl::Status status = txn_.Prefetch(keys); !status.ok()) return status;
    for (const Prepared& one : batch_.records)
      if (absl::Status status = ApplyOne(one); !status.ok()) return status;
    if (absl::Status status = FollowUp(); !status.ok()) return status;

    for (const v1::Rejection& rejection : batch_.rejected) *batch_.ack.add_rejected() = rejection;
    std::sort(batch_.ack.mutable_rejected()->begin(), batch_.ack.mutable_rejected()->end(),
              [](const v1::Rejection& l, const v1::Rejection& r) { return l.index() < r.index(); });
    return Finish();
  }

 private:
  absl::Status ApplyOne(const Prepared& one) {
    auto stored = ReadRecord(txn_, one.key);
    if (!stored.ok()) return stored.status();
    if (*stored && ((*stored)->source_id() != batch_.source_id ||
                    (*stored)->record().record_id() != one.record.record_id()))
      return absl::InternalError("two records have one key; see matcher/record_key.h");

    const bool in_snapshot = !source_.source().open_snapshot_id().empty();
    switch (Judge(*stored, one, in_snapshot)) {
      case Outcome::kAccepted:
        batch_.ack.set_accepted(batch_.ack.accepted() + 1);
        if (absl::Status status = Accept(*stored, one); !status.ok()) return status;
        break;
      case Outcome::kDuplicate:
        batch_.ack.set_duplicate(batch_.ack.duplicate() + 1);
        if (one.record.version() > (*stored)->record().version()) {
          // The newer number of the same content still keeps older content out.
          (*stored)->mutable_record()->set_version(one.record.version());
          txn_.Put(schema::RecordRow(one.key), (*stored)->SerializeAsString());
        }
        break;
      case Outcome::kStale:
        batch_.ack.set_stale(batch_.ack.stale() + 1);
        break;
      case Outcome::kVersionConflict: {
        v1::Rejection& rejection = *batch_.ack.add_rejected();
        rejection.set_index(one.index);
        rejection.set_record_id(one.record.record_id());
        v1::FieldError& error = *rejection.add_errors();
        error.set_field("version");
        error.set_reason(v1::FieldError::VERSION_CONFLICT);
        error.set_message("the hub holds other content under this version");
        return absl::OkStatus();
      }
    }
    return MarkSeen(one);
  }

  static Outcome Judge(const std::optional<stored::Record>& stored, const Prepared& one, bool in_snapshot) {
    if (!stored) return Outcome::kAccepted;
    const int64_t held = stored->record().version(), sent = one.record.version();
    const bool same = stored->content_hash() == one.content_hash;
    // A record that an earlier snapshot ended lives again when a snapshot, or a newer version, has it.
    if (same && stored->state() == stored::Record::ENDED && (in_snapshot ? sent >= held : sent > held))
      return Outcome::kAccepted;
    if (same) return Outcome::kDuplicate;
    if (sent < held) return Outcome::kStale;
    return sent == held ? Outcome::kVersionConflict : Outcome::kAccepted;
  }

  absl::Status Accept(const std::optional<stored::Record>& before, const Prepared& one) {
    const bool was_live = before && records::IsLive(*before);
    const bool was_running = before && before->state() == stored::Record::LIVE;
    const bool is_live = !one.record.deleted();
    if (before)
      txn_.Put(schema::RecordHistoryRow(one.key, before->commit_time_us()), before->SerializeAsString());
    stored::Record stored;
    stored.set_source_id(batch_.source_id);
    *stored.mutable_record() = one.record;
    stored.set_state(is_live ? stored::Record::LIVE : stored::Record::DELETED);
    stored.set_content_hash(one.content_hash);
    stored.set_commit_time_us(context_.now_us);
    stored.set_only_one_of_person(source_.source().holds_each_person_once());
    txn_.Put(schema::RecordRow(one.key), stored.SerializeAsString());
    accepted_ += " " + core::RecordToken(one.key);
    context_.CountLiveRecords(static_cast<int>(is_live) - static_cast<int>(was_live));
    v1::Source& source = *source_.mutable_source();
    source.set_live_records(source.live_records() + static_cast<int>(is_live) -
                            static_cast<int>(was_running));
    if (was_live || is_live) changes_[one.key] = &one.change;
    if (was_live) {
      const std::string household =
          records::ToRawIdentity(v1::PersonIdentity(), before->source_id(), before->record().household())
              .household;
      if (!household.empty() && (!is_live || one.change.identity->household != household))
        left_households_.insert(household);
    }
    return findings::FollowAccount(context_, one.key, before ? &*before : nullptr, stored);
  }

  // The source's list of records, and which snapshot mentioned the record last.
  absl::Status MarkSeen(const Prepared& one) {
    const std::string key = schema::SourceRecordRow(batch_.source_id, one.record.record_id());
    auto value = txn_.Get(key);
    if (!value.ok()) return value.status();
    const int64_t snapshot = source_.source().open_snapshot_id().empty() ? 0 : source_.snapshots();
    if (*value) {
      const auto row = schema::DecodeSourceRecord(**value);
      if (!row) return absl::DataLossError("a row of the hub is damaged");
      if (snapshot <= row->snapshot) return absl::OkStatus();
    }
    txn_.Put(key, schema::EncodeSourceRecord({one.key, snapshot}));
    return absl::OkStatus();
  }

  absl::Status FollowUp() {
    std::vector<matcher::Change> changes;
    for (const auto& [key, change] : changes_) {
      changes.push_back(*change);
      if (source_.source().holds_each_person_once())
        changes.back().exclusive_source = records::ExclusiveSource(batch_.source_id);
    }
    if (absl::Status status = context_.ApplyIdentities(changes); !status.ok()) return status;
    for (const auto& [key, change] : changes_) context_.MarkPersonOf(key);
    // Those who stay behind in a household that a record left.
    for (const std::string& household : left_households_)
      if (absl::Status status = context_.MarkHousehold(household); !status.ok()) return status;
    return absl::OkStatus();
  }

  absl::Status Finish() {
    v1::Source& source = *source_.mutable_source();
    source.set_accepted(source.accepted() + batch_.ack.accepted());
    source.set_rejected(source.rejected() + batch_.ack.rejected_size());
    source.mutable_last_push_time()->set_seconds(context_.now_us / 1'000'000);
    WriteSource(txn_, source_);
    if (absl::Status status = CountRejections(txn_, batch_.source_id, batch_.ack.rejected(), context_.now_us);
        !status.ok())
      return status;
    context_.Audit({batch_.actor, "feed.batch", batch_.source_id + accepted_, "", "",
                    "accepted=" + std::to_string(batch_.ack.accepted()) +
                        " duplicate=" + std::to_string(batch_.ack.duplicate()) +
                        " stale=" + std::to_string(batch_.ack.stale()) +
                        " rejected=" + std::to_string(batch_.ack.rejected_size())});
    return absl::OkStatus();
  }

  Batch& batch_;
  core::WriteContext& context_;
  storage::Transaction& txn_;
  stored::Source source_;
  std::map<matcher::RecordKey, const matcher::Change*> changes_;  // the last one of each record
  std::set<std::string> left_households_;
  std::string accepted_;  // as the audit chain names them
};

}  // namespace

std::future<absl::StatusOr<v1::BatchAck>> SubmitBatch(core::Hub& hub, const v1::Source& source,
                                                      v1::Batch batch, const std::string& actor) {
  if (batch.records_size() > kMaxBatchRecords) {
    std::promise<absl::StatusOr<v1::BatchAck>> refused;
    refused.set_value(
        absl::InvalidArgumentError("a batch has at most " + std::to_string(kMaxBatchRecords) + " records"));
    ++hub.counts().invalid;
    return refused.get_future();
  }
  if (hub.features().Get<FeedSettings>().admit) {
    if (absl::Status status = hub.features().Get<FeedSettings>().admit(); !status.ok()) {
      std::promise<absl::StatusOr<v1::BatchAck>> refused;
      hub.counts().Count(status);
      refused.set_value(std::move(status));
      return refused.get_future();
    }
  }
  const auto begun = std::chrono::steady_clock::now();
  const auto size = static_cast<size_t>(batch.records_size());
  auto prepared = std::make_shared<Batch>(Prepare(source, std::move(batch), actor));
  auto position =
      hub.Submit([prepared](core::WriteContext& context) { return BatchWork(*prepared, context).Run(); },
                 std::max<size_t>(size, 1));
  return std::async(std::launch::deferred,
                    [&counts = hub.counts(), begun, prepared,
                     position = std::move(position)]() mutable -> absl::StatusOr<v1::BatchAck> {
                      auto at = position.get();
                      if (!at.ok()) {
                        counts.Count(at.status());
                        return at.status();
                      }
                      counts.batches.Observe(std::chrono::steady_clock::now() - begun);
                      counts.Count(prepared->ack);
                      prepared->ack.set_position(*at);
                      return std::move(prepared->ack);
                    });
}

}  // namespace relief::server::ingest
