#include "server/intake/feeding.h"

#include <algorithm>
#include <map>
#include <vector>

#include "adapters/file_feeder.h"
#include "server/intake/sentences.h"

namespace relief::server::intake {
namespace {

constexpr int kRowsBetweenLooks = 64, kMostLines = 5, kMostReasons = 100, kMostNotes = 200;

// Tells how far the file is read, and ends the reading when it is to stop.
class WatchedSource final : public adapters::RecordSource {
 public:
  WatchedSource(adapters::RecordSource& inner, const FeedingOptions& options)
      : inner_(inner), options_(options) {}

  const adapters::Mapping& mapping() const override { return inner_.mapping(); }
  void SetRecordIdKey(const std::string& key) override { inner_.SetRecordIdKey(key); }
  void SetPayments() override { inner_.SetPayments(); }
  std::string title() const override { return inner_.title(); }
  adapters::IntakePeriod period() const override { return inner_.period(); }
  std::map<std::string, int64_t> filled() const override { return inner_.filled(); }
  absl::StatusOr<bool> Next(std::vector<adapters::MappedRow>* records, int64_t* line) override {
    if (++rows_ % kRowsBetweenLooks == 0) {
      if (options_.stopped && options_.stopped()) {
        failed_ = true;
        return absl::CancelledError("stopped");
      }
      if (options_.progress && inner_.bytes_total() > 0)
        options_.progress(static_cast<int>(
            std::min<int64_t>(99, inner_.bytes_read() * 100 / std::max<int64_t>(1, inner_.bytes_total()))));
    }
    auto more = inner_.Next(records, line);
    failed_ = failed_ || !more.ok();
    return more;
  }
  // The file could not be read to its end: what went wrong is not the hub's.
  bool failed() const { return failed_; }
  std::vector<std::string> CellsOf(int64_t line) const override { return inner_.CellsOf(line); }
  std::vector<std::string> header() const override { return inner_.header(); }
  const adapters::RowCounts& counts() const override { return inner_.counts(); }
  int64_t bytes_read() const override { return inner_.bytes_read(); }
  int64_t bytes_total() const override { return inner_.bytes_total(); }

 private:
  adapters::RecordSource& inner_;
  const FeedingOptions& options_;
  int64_t rows_ = 0;
  bool failed_ = false;
};

using Reasons = std::map<std::pair<std::string, std::string>, std::vector<int64_t>>;

v1::UploadOutcome Told(const adapters::FileOutcome& outcome, const Reasons& lines, bool dry_run) {
  v1::UploadOutcome told;
  told.set_dry_run(dry_run);
  const adapters::FileCounts& counts = outcome.counts;
  told.set_rows(counts.rows);
  told.set_rejected(counts.rejected);
  if (dry_run) {
    told.set_would_send(counts.accepted);
  } else {
    told.set_accepted(counts.accepted);
    told.set_duplicate(counts.duplicate);
    told.set_stale(counts.stale);
  }
  told.set_values_left_out(counts.left_out);
  const adapters::RowCounts& rows = outcome.rows;
  told.set_totals(rows.totals);
  told.set_notes(rows.notes);
  told.set_headers(rows.headers);
  told.set_blanks(rows.blanks);
  told.set_repeats(rows.repeats);
  told.set_not_computed(rows.not_computed);
  told.set_unnamed_people(rows.unnamed_people);
  told.set_not_covered(rows.not_covered);
  told.set_not_withdrawn(outcome.not_withdrawn);
  told.set_content_known(outcome.content_known);
  for (const adapters::ColumnCount& column : outcome.columns) {
    if (told.columns_size() == kMostNotes) break;
    v1::UploadColumnCount& count = *told.add_columns();
    count.set_heading(column.heading);
    *count.mutable_label() = UseSentence(column.use.empty() ? "unused" : column.use);
    count.set_filled(column.filled);
    count.set_noted(column.noted);
    count.set_left_out(column.left_out);
    count.set_rejected(column.rejected);
  }
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
  return told;
}

}  // namespace

absl::StatusOr<v1::UploadOutcome> FeedTable(const FeedingOptions& options, bool* refused) {
  adapters::TableToFeed table = options.table;
  WatchedSource watched(*table.rows, options);
  table.rows = &watched;
  Reasons lines;
  const adapters::FeedFileCallbacks callbacks = {
      [&](const adapters::RejectedRow& row) {
        auto& first = lines[{row.field, row.message}];
        if (first.size() < kMostLines && row.line > 0) first.push_back(row.line);
        if (options.rejected == nullptr) return;
        const std::string field = UseSentence(row.field).text_zh(), why = Sentence(row.message).text_zh();
        options.rejected->Add(watched.title(), watched.header(), watched.CellsOf(row.line),
                              field.empty() ? why : field + "：" + why);
      },
      {}};
  auto outcome = options.load->Feed(table, callbacks);
  if (outcome.ok()) return Told(*outcome, lines, options.dry_run);
  *refused = !watched.failed();
  return outcome.status();
}

}  // namespace relief::server::intake
