#include "server/intake/feeding.h"

#include <algorithm>
#include <map>
#include <vector>

#include "adapters/file_feeder.h"
#include "server/core/schema.h"
#include "server/intake/sentences.h"
#include "server/records/stored.pb.h"

namespace relief::server::intake {
namespace {

constexpr int kRowsBetweenLooks = 64, kMostLines = 5, kMostReasons = 100, kMostNotes = 200;
constexpr size_t kPage = 1000;

// Tells how far the file is read, and ends the reading when it is to stop.
class WatchedSource final : public adapters::RecordSource {
 public:
  WatchedSource(adapters::RecordSource& inner, const FeedingOptions& options)
      : inner_(inner), options_(options) {}

  const adapters::Mapping& mapping() const override { return inner_.mapping(); }
  void SetRecordIdKey(const std::string& key) override { inner_.SetRecordIdKey(key); }
  void SetPayments() override { inner_.SetPayments(); }
  std::string title() const override { return inner_.title(); }
  absl::StatusOr<bool> Next(std::vector<adapters::MappedRow>* records, int64_t* line) override {
    if (++rows_ % kRowsBetweenLooks == 0) {
      if (options_.stopped && options_.stopped()) return absl::CancelledError("stopped");
      if (options_.progress && inner_.bytes_total() > 0)
        options_.progress(static_cast<int>(
            std::min<int64_t>(99, inner_.bytes_read() * 100 / std::max<int64_t>(1, inner_.bytes_total()))));
    }
    return inner_.Next(records, line);
  }
  std::vector<std::string> CellsOf(int64_t line) const override { return inner_.CellsOf(line); }
  std::vector<std::string> header() const override { return inner_.header(); }
  const adapters::RowCounts& counts() const override { return inner_.counts(); }
  int64_t bytes_read() const override { return inner_.bytes_read(); }
  int64_t bytes_total() const override { return inner_.bytes_total(); }

 private:
  adapters::RecordSource& inner_;
  const FeedingOptions& options_;
  int64_t rows_ = 0;
};

using Reasons = std::map<std::pair<std::string, std::string>, std::vector<int64_t>>;

v1::UploadOutcome Told(const adapters::FileOutcome& outcome, const Reasons& lines, bool dry_run) {
  v1::UploadOutcome told;
  told.set_dry_run(dry_run);
  const adapters::FileCounts& counts = outcome.counts;
  told.set_rows(counts.rows);
  told.set_accepted(counts.accepted);
  told.set_duplicate(counts.duplicate);
  told.set_stale(counts.stale);
  told.set_rejected(counts.rejected);
  told.set_would_send(outcome.would_send);
  told.set_values_left_out(counts.left_out);
  const adapters::RowCounts& rows = outcome.rows;
  told.set_totals(rows.totals);
  told.set_notes(rows.notes);
  told.set_headers(rows.headers);
  told.set_blanks(rows.blanks);
  told.set_repeats(rows.repeats);
  told.set_not_computed(rows.not_computed);
  told.set_unnamed_people(rows.unnamed_people);
  for (const auto& [what, times] : outcome.fields.notes) {
    if (told.cell_notes_size() == kMostNotes) break;
    v1::UploadCellNote& note = *told.add_cell_notes();
    note.set_heading(what.first);
    *note.mutable_what() = RepairSentence(what.second);
    note.set_cells(times);
  }
  std::vector<std::pair<std::pair<std::string, std::string>, int64_t>> rejections(
      outcome.fields.rejections.begin(), outcome.fields.rejections.end());
  std::stable_sort(rejections.begin(), rejections.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  for (const auto& [what, times] : rejections) {
    if (told.rejections_size() == kMostReasons) break;
    v1::UploadRejection& rejection = *told.add_rejections();
    rejection.set_field(what.first);
    *rejection.mutable_label() = UseSentence(what.first);
    *rejection.mutable_why() = Sentence(what.second);
    rejection.set_records(times);
    if (const auto found = lines.find(what); found != lines.end())
      for (const int64_t line : found->second) rejection.add_lines(line);
  }
  if (outcome.snapshot) *told.mutable_snapshot() = *outcome.snapshot;
  return told;
}

}  // namespace

absl::StatusOr<v1::UploadOutcome> FeedTable(adapters::RecordSource& source, const FeedingOptions& options) {
  if (options.reading == v1::TABLE_PAYMENTS) source.SetPayments();
  WatchedSource watched(source, options);
  Reasons lines;
  const adapters::FeedFileCallbacks callbacks = {
      [&](const adapters::RejectedRow& row) {
        auto& first = lines[{row.field, row.message}];
        if (first.size() < kMostLines && row.line > 0) first.push_back(row.line);
        if (options.rejected != nullptr)
          options.rejected->Add(source.header(), source.CellsOf(row.line), UseSentence(row.field).text_zh(),
                                Sentence(row.message).text_zh());
      },
      {}};
  if (options.stub == nullptr) {
    auto outcome = adapters::TryFile(watched, callbacks);
    if (!outcome.ok()) return outcome.status();
    return Told(*outcome, lines, true);
  }
  adapters::FeedFileOptions feed;
  feed.client.open.set_source_id(options.source_id);
  feed.client.open.set_region_prefix(options.region_prefix);
  feed.client.snapshot = options.reading == v1::TABLE_ROSTER;
  feed.withdraw = options.reading == v1::TABLE_WITHDRAWAL;
  feed.version = options.version;
  auto outcome = adapters::FeedFile(watched, *options.stub, feed, callbacks);
  if (!outcome.ok()) return outcome.status();
  return Told(*outcome, lines, false);
}

absl::Status ReadFirstMonths(const storage::Reader& reader, const std::string& source_id,
                             std::map<std::string, v1::Month>* months) {
  const std::string prefix = schema::SourceRecordPrefix(source_id);
  std::string from;
  while (true) {
    auto rows = reader.Scan(prefix, from, kPage);
    if (!rows.ok()) return rows.status();
    std::vector<std::string> keys;
    for (const storage::KeyRow& row : *rows)
      if (const auto record = schema::DecodeSourceRecord(row.row.value))
        keys.push_back(schema::RecordRow(record->key));
    auto records = reader.MultiGet(keys);
    if (!records.ok()) return records.status();
    for (const storage::Row& row : *records) {
      stored::Record record;
      if (!row.present() || !record.ParseFromString(row.value)) continue;
      if (record.record().benefit().start_month().year() > 0)
        (*months)[record.record().record_id()] = record.record().benefit().start_month();
    }
    if (rows->size() < kPage) return absl::OkStatus();
    from = rows->back().key + std::string(1, '\0');
  }
}

}  // namespace relief::server::intake
