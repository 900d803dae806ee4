// One batch: prepared on the caller's thread, applied on the writer's.
#include <openssl/sha.h>

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "matcher/normalize/normalizer.h"
#include "server/core/schema.h"
#include "server/core/write_context.h"
#include "server/findings/account_index.h"
#include "server/findings/feed_rows.h"
#include "server/ingest/batch_work.h"
#include "server/ingest/feed.h"
#include "server/ingest/loads.h"
#include "server/ingest/month_lists.h"
#include "server/ingest/rejections.h"
#include "server/ingest/source_row.h"
#include "server/records/identity_mapping.h"
#include "storage/status_macros.h"

namespace relief::server::ingest {
namespace {

constexpr int kMostContents = 200;  // digests kept of each source

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

// What a row says of a record that the source has already: the later month's list, or else the greater version, is right.
enum class Outcome { kAccepted, kDuplicate, kStale, kVersionConflict };

// Applies a batch inside the writer's transaction. May run again, so everything it fills is filled anew.
class BatchWork {
 public:
  BatchWork(PreparedBatch& batch, core::WriteContext& context)
      : batch_(batch), context_(context), txn_(context.txn) {}

  absl::Status Run() {
    batch_.ack.Clear();
    batch_.ack.set_batch_id(batch_.batch_id);
    RELIEF_ASSIGN_OR_RETURN(auto source, ReadSource(txn_, batch_.source_id));
    source_ = std::move(source);
    if (batch_.foresee) {
      context_.MarkAtEndOf(batch_.load_id, {});
    } else if (!batch_.load_id.empty()) {
      context_.MarkForLoad(batch_.load_id);
    }
    snapshot_ = source_.source().open_snapshot_id().empty() ? 0 : source_.snapshots();
    list_month_ = snapshot_ == 0 ? 0 : source_.open_month();

    std::vector<std::string> keys;
    for (const PreparedRecord& one : batch_.records) {
      keys.push_back(schema::RecordRow(one.key));
      keys.push_back(schema::SourceRecordRow(batch_.source_id, one.record.record_id()));
    }
    RELIEF_RETURN_IF_ERROR(txn_.Prefetch(keys));
    for (const PreparedRecord& one : batch_.records) RELIEF_RETURN_IF_ERROR(ApplyOne(one));
    // What was refused says that its record is there, if not what it is.
    for (const std::string& record_id : batch_.mentioned)
      RELIEF_RETURN_IF_ERROR(MarkSeen(record_id, nullptr));
    for (const v1::Rejection& rejection : batch_.rejected)
      RELIEF_RETURN_IF_ERROR(MarkSeen(rejection.record_id(), nullptr));
    RELIEF_RETURN_IF_ERROR(FollowUp());

    for (const v1::Rejection& rejection : batch_.rejected) *batch_.ack.add_rejected() = rejection;
    std::sort(batch_.ack.mutable_rejected()->begin(), batch_.ack.mutable_rejected()->end(),
              [](const v1::Rejection& l, const v1::Rejection& r) { return l.index() < r.index(); });
    return Finish();
  }

 private:
  absl::Status ApplyOne(const PreparedRecord& sent) {
    RELIEF_ASSIGN_OR_RETURN(auto stored, ReadRecord(txn_, sent.key));
    if (stored &&
        (stored->source_id() != batch_.source_id || stored->record().record_id() != sent.record.record_id()))
      return absl::InternalError("two records have one key; see matcher/record_key.h");
    RELIEF_ASSIGN_OR_RETURN(auto mention, ReadMention(sent.record.record_id()));
    const int32_t mentioned_in = mention ? ListMonth(source_, mention->snapshot) : 0;

    const PreparedRecord* one = &sent;
    PreparedRecord changed;
    if (sent.begun_with_list && stored && !stored->record().deleted()) {
      changed = WithEarlierStart(sent, *stored);
      one = &changed;
    }
    Outcome outcome = Judge(stored, *one, mentioned_in);
    if (outcome == Outcome::kStale && sent.begun_with_list && StartsEarlier(sent.record, stored->record())) {
      // An earlier month's list that came later: it says nothing else of what a later list says.
      changed = sent;
      changed.record = stored->record();
      changed.change = records::ToChange(sent.key, *stored);
      BeginLike(sent.record, &changed.record);
      Complete(&changed);
      one = &changed;
      outcome = Outcome::kAccepted;
    }
    switch (outcome) {
      case Outcome::kAccepted:
        batch_.ack.set_accepted(batch_.ack.accepted() + 1);
        if (one == &changed) one = &changed_.emplace_back(changed);
        RELIEF_RETURN_IF_ERROR(Accept(stored, *one));
        break;
      case Outcome::kDuplicate:
        batch_.ack.set_duplicate(batch_.ack.duplicate() + 1);
        if (one->record.version() > stored->record().version()) {
          // The newer number of the same content still keeps older content out.
          stored->mutable_record()->set_version(one->record.version());
          txn_.Put(schema::RecordRow(one->key), stored->SerializeAsString());
        }
        break;
      case Outcome::kStale:
        batch_.ack.set_stale(batch_.ack.stale() + 1);
        break;
      case Outcome::kVersionConflict: {
        v1::Rejection& rejection = *batch_.ack.add_rejected();
        rejection.set_index(one->index);
        rejection.set_record_id(one->record.record_id());
        v1::FieldError& error = *rejection.add_errors();
        error.set_field("version");
        error.set_reason(v1::FieldError::VERSION_CONFLICT);
        error.set_message("the hub holds other content under this version");
        break;
      }
    }
    return MarkSeen(sent.record.record_id(), &sent.key);
  }

  // The first day of a fact, or of an award's first month, as a number that grows with it; 0: it has none.
  static int32_t Began(const v1::Record& record) {
    constexpr int32_t kDays = 31;
    if (!record.has_fact()) return MonthNumber(record.benefit().start_month()) * kDays;
    const v1::Date& date = record.fact().date();
    return date.year() == 0 ? 0 : (date.year() * 12 + date.month() - 1) * kDays + date.day() - 1;
  }
  static bool StartsEarlier(const v1::Record& a, const v1::Record& b) {
    return Began(a) > 0 && a.has_fact() == b.has_fact() && (Began(b) == 0 || Began(a) < Began(b));
  }
  static void BeginLike(const v1::Record& other, v1::Record* record) {
    if (record->has_fact()) {
      *record->mutable_fact()->mutable_date() = other.fact().date();
    } else {
      *record->mutable_benefit()->mutable_start_month() = other.benefit().start_month();
    }
  }

  // The list's month is not when the award began, if an earlier list named it.
  static PreparedRecord WithEarlierStart(const PreparedRecord& sent, const stored::Record& stored) {
    PreparedRecord one = sent;
    if (StartsEarlier(stored.record(), sent.record)) {
      BeginLike(stored.record(), &one.record);
      Complete(&one);
    }
    return one;
  }

  // What follows from the content of a record, but for who its person is.
  static void Complete(PreparedRecord* one) {
    one->content_hash = ContentHash(one->record);
    one->change.anchor_day = records::AnchorDay(one->record);
  }

  Outcome Judge(const std::optional<stored::Record>& stored, const PreparedRecord& one,
                int32_t mentioned_in) const {
    if (!stored) return Outcome::kAccepted;
    const bool same = stored->content_hash() == one.content_hash;
    if (batch_.known) return same ? Outcome::kDuplicate : Outcome::kStale;
    if (list_month_ > 0 && mentioned_in > 0 && list_month_ != mentioned_in) {
      const bool later = list_month_ > mentioned_in;
      if (same)
        return later && stored->state() == stored::Record::ENDED ? Outcome::kAccepted : Outcome::kDuplicate;
      return later ? Outcome::kAccepted : Outcome::kStale;
    }
    const int64_t held = stored->record().version(), sent = one.record.version();
    // A record that an earlier snapshot ended lives again when a snapshot, or a newer version, has it.
    if (same && stored->state() == stored::Record::ENDED && (snapshot_ > 0 ? sent >= held : sent > held))
      return Outcome::kAccepted;
    if (same) return Outcome::kDuplicate;
    if (sent < held) return Outcome::kStale;
    return sent == held ? Outcome::kVersionConflict : Outcome::kAccepted;
  }

  absl::Status Accept(const std::optional<stored::Record>& before, const PreparedRecord& one) {
    const bool was_live = before && records::IsLive(*before);
    const bool was_running = before && before->state() == stored::Record::LIVE;
    const bool is_live = !one.record.deleted();
    if (was_live) delivered_.Count(before->record(), -1);
    if (is_live) delivered_.Count(one.record, 1);
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

  absl::StatusOr<std::optional<schema::SourceRecord>> ReadMention(const std::string& record_id) {
    RELIEF_ASSIGN_OR_RETURN(auto value, txn_.Get(schema::SourceRecordRow(batch_.source_id, record_id)));
    if (!value) return std::optional<schema::SourceRecord>();
    auto row = schema::DecodeSourceRecord(*value);
    if (!row) return absl::DataLossError("a row of the hub is damaged");
    return row;
  }

  // The source's list of records, and which snapshot mentioned the record last. Without a key: only what the list has.
  absl::Status MarkSeen(const std::string& record_id, const matcher::RecordKey* key) {
    if (record_id.empty()) return absl::OkStatus();
    RELIEF_ASSIGN_OR_RETURN(auto row, ReadMention(record_id));
    if (row && (row->snapshot >= snapshot_ || ListMonth(source_, row->snapshot) > list_month_))
      return absl::OkStatus();
    if (!row && key == nullptr) return absl::OkStatus();
    txn_.Put(schema::SourceRecordRow(batch_.source_id, record_id),
             schema::EncodeSourceRecord({row ? row->key : *key, snapshot_}));
    return absl::OkStatus();
  }

  absl::Status FollowUp() {
    std::vector<matcher::Change> changes;
    for (const auto& [key, change] : changes_) {
      changes.push_back(*change);
      if (source_.source().holds_each_person_once())
        changes.back().exclusive_source = records::ExclusiveSource(batch_.source_id);
    }
    RELIEF_RETURN_IF_ERROR(context_.ApplyIdentities(changes));
    for (const auto& [key, change] : changes_) context_.MarkPersonOf(key);
    // Those who stay behind in a household that a record left.
    for (const std::string& household : left_households_)
      RELIEF_RETURN_IF_ERROR(context_.MarkHousehold(household));
    return absl::OkStatus();
  }

  absl::Status Finish() {
    v1::Source& source = *source_.mutable_source();
    source.set_accepted(source.accepted() + batch_.ack.accepted());
    source.set_rejected(source.rejected() + batch_.ack.rejected_size());
    source.mutable_last_push_time()->set_seconds(context_.now_us / 1'000'000);
    source_.set_last_delivery_day(context_.as_of.days());
    KeepContent();
    // What a load has sent so far is a part of it: nobody is judged by that.
    RELIEF_RETURN_IF_ERROR(delivered_.Write(context_, source_, batch_.load_id.empty() || batch_.foresee));
    RELIEF_RETURN_IF_ERROR(CountInLoad(txn_, batch_.load_id, batch_.foresee, batch_.ack, &source_));
    WriteSource(txn_, source_);
    RELIEF_RETURN_IF_ERROR(CountRejections(txn_, batch_.source_id, batch_.ack.rejected(), context_.now_us));
    context_.Audit({batch_.actor, "feed.batch", batch_.source_id + accepted_, "", "",
                    "accepted=" + std::to_string(batch_.ack.accepted()) +
                        " duplicate=" + std::to_string(batch_.ack.duplicate()) +
                        " stale=" + std::to_string(batch_.ack.stale()) +
                        " rejected=" + std::to_string(batch_.ack.rejected_size())});
    return absl::OkStatus();
  }

  void KeepContent() {
    if (batch_.content_digest.empty()) return;
    auto& contents = *source_.mutable_contents();
    if (std::find(contents.begin(), contents.end(), batch_.content_digest) != contents.end()) return;
    *contents.Add() = batch_.content_digest;
    if (contents.size() > kMostContents) contents.DeleteSubrange(0, contents.size() - kMostContents);
  }

  PreparedBatch& batch_;
  core::WriteContext& context_;
  storage::Transaction& txn_;
  stored::Source source_;
  int64_t snapshot_ = 0;
  int32_t list_month_ = 0;
  std::deque<PreparedRecord> changed_;  // other than they were sent; changes_ points into it
  std::map<matcher::RecordKey, const matcher::Change*> changes_;  // the last one of each record
  std::set<std::string> left_households_;
  std::string accepted_;  // as the audit chain names them
  findings::FeedChange delivered_;
};

}  // namespace

PreparedBatch Prepare(const v1::Source& source, v1::Batch batch, const std::string& actor,
                      const std::string& load_id) {
  PreparedBatch prepared;
  prepared.source_id = source.source_id();
  prepared.actor = actor;
  prepared.load_id = load_id;
  prepared.batch_id = batch.batch_id();
  prepared.mentioned.assign(batch.mentioned_record_ids().begin(), batch.mentioned_record_ids().end());
  prepared.content_digest = batch.content_digest();
  const std::set<int> begun_with_list(batch.begun_with_list().begin(), batch.begun_with_list().end());
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
    PreparedRecord& one = prepared.records.emplace_back();
    one.index = i;
    one.key = matcher::RecordKey::Of(source.source_id(), record.record_id());
    one.content_hash = ContentHash(record);
    one.begun_with_list = begun_with_list.contains(i) && !record.deleted();
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

absl::Status ApplyBatch(PreparedBatch& batch, core::WriteContext& context) {
  return BatchWork(batch, context).Run();
}

namespace {

// A look waits for the work at hand: never for more records than these. Where nobody waits, all steps of a batch are
// one commit with others (Hub::TakeGroup).
constexpr size_t kStepRecords = 500;

std::vector<std::shared_ptr<PreparedBatch>> InSteps(PreparedBatch batch) {
  std::vector<PreparedRecord> records = std::move(batch.records);
  const std::string digest = std::exchange(batch.content_digest, "");
  batch.records.clear();
  std::vector<std::shared_ptr<PreparedBatch>> steps;
  size_t from = 0;
  do {
    PreparedBatch& step = *steps.emplace_back(std::make_shared<PreparedBatch>(batch));
    const size_t to = std::min(records.size(), from + kStepRecords);
    step.records.assign(std::make_move_iterator(records.begin() + static_cast<ptrdiff_t>(from)),
                        std::make_move_iterator(records.begin() + static_cast<ptrdiff_t>(to)));
    from = to;
    // Said once.
    batch.mentioned.clear();
    batch.rejected.clear();
  } while (from < records.size());
  steps.back()->content_digest = digest;  // of the whole
  return steps;
}

v1::BatchAck Together(const std::vector<std::shared_ptr<PreparedBatch>>& steps) {
  v1::BatchAck ack;
  for (const auto& step : steps) {
    ack.set_batch_id(step->ack.batch_id());
    ack.set_accepted(ack.accepted() + step->ack.accepted());
    ack.set_duplicate(ack.duplicate() + step->ack.duplicate());
    ack.set_stale(ack.stale() + step->ack.stale());
    ack.mutable_rejected()->MergeFrom(step->ack.rejected());
  }
  std::sort(ack.mutable_rejected()->begin(), ack.mutable_rejected()->end(),
            [](const v1::Rejection& l, const v1::Rejection& r) { return l.index() < r.index(); });
  return ack;
}

}  // namespace

std::future<absl::StatusOr<v1::BatchAck>> SubmitBatch(core::Hub& hub, const v1::Source& source,
                                                      v1::Batch batch, const std::string& actor,
                                                      const std::string& load_id, bool known) {
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
  PreparedBatch prepared = Prepare(source, std::move(batch), actor, load_id);
  prepared.known = known;
  const std::vector<std::shared_ptr<PreparedBatch>> steps = InSteps(std::move(prepared));
  std::vector<std::future<absl::StatusOr<int64_t>>> positions;
  for (const auto& step : steps)
    positions.push_back(hub.Submit([step](core::WriteContext& context) { return ApplyBatch(*step, context); },
                                   std::max<size_t>(step->records.size(), 1)));
  return std::async(std::launch::deferred,
                    [&counts = hub.counts(), begun, steps,
                     positions = std::move(positions)]() mutable -> absl::StatusOr<v1::BatchAck> {
                      int64_t last = 0;
                      absl::Status failed;
                      for (auto& position : positions) {
                        const auto at = position.get();
                        if (at.ok()) last = *at;
                        failed.Update(at.status());
                      }
                      if (!failed.ok()) {
                        counts.Count(failed);
                        return failed;
                      }
                      counts.batches.Observe(std::chrono::steady_clock::now() - begun);
                      v1::BatchAck ack = Together(steps);
                      counts.Count(ack);
                      ack.set_position(last);
                      return ack;
                    });
}

}  // namespace relief::server::ingest
