#include "adapters/file_feeder.h"

#include <algorithm>
#include <mutex>
#include <set>
#include <string_view>
#include <utility>

#include "adapters/mapping/cell_parsers.h"
#include "adapters/mapping/heading.h"

namespace relief::adapters {
namespace {

RejectedRow Describe(int64_t line, const std::string& record_id,
                     const google::protobuf::RepeatedPtrField<v1::FieldError>& errors) {
  RejectedRow row{line, record_id, "", "", ""};
  for (const v1::FieldError& error : errors) {
    const char* separator = &error == &errors[0] ? "" : "; ";
    row.field += separator + error.field();
    row.reason += separator + v1::FieldError::Reason_Name(error.reason());
    row.message += separator + error.message();
  }
  return row;
}

// "column 月保障金: not a month": the column that a row mapper's error names.
std::optional<std::string> ColumnOfError(const v1::FieldError& error) {
  constexpr std::string_view kColumn = "column ";
  const size_t colon = error.message().find(": ");
  if (error.message().compare(0, kColumn.size(), kColumn) != 0 || colon == std::string::npos)
    return std::nullopt;
  return error.message().substr(kColumn.size(), colon - kColumn.size());
}

std::vector<ColumnCount> CountColumns(const RecordSource& source, const FieldCounts& fields) {
  std::vector<ColumnCount> columns;
  for (const std::string& heading : source.header())
    if (!heading.empty()) columns.push_back({heading, UseOf(source.mapping(), heading)});
  const auto of = [&](const auto& matches) -> ColumnCount* {
    const auto found = std::find_if(columns.begin(), columns.end(), matches);
    return found == columns.end() ? nullptr : &*found;
  };
  const auto of_heading = [&](const std::string& heading) -> ColumnCount& {
    const std::string key = HeadingKey(heading);
    ColumnCount* known = of([&](const ColumnCount& one) { return HeadingKey(one.heading) == key; });
    return known != nullptr ? *known
                            : columns.emplace_back(ColumnCount{heading, UseOf(source.mapping(), heading)});
  };
  for (const auto& [heading, times] : source.filled()) of_heading(heading).filled += times;
  for (const auto& [what, times] : fields.notes) {
    ColumnCount& column = of_heading(what.first);
    (what.second == Repair::kLeftOut ? column.left_out : column.noted) += times;
  }
  for (const auto& [blamed, times] : fields.rejected_columns) {
    ColumnCount* known = of([&](const ColumnCount& one) {
      return !blamed.empty() && (one.use == blamed || one.heading == blamed);
    });
    if (known == nullptr) known = &columns.emplace_back(ColumnCount{"", blamed});
    known->rejected += times;
  }
  return columns;
}

// Counts and reports; the file's reader and the acknowledgements come from different threads.
class Tally {
 public:
  explicit Tally(const FeedFileCallbacks& callbacks) : callbacks_(callbacks) {}

  void Row() {
    std::lock_guard lock(mutex_);
    ++counts_.rows;
  }

  void Record(const MappedRow& row, int64_t line) {
    std::lock_guard lock(mutex_);
    // A cell that several records or fields are made of is one cell.
    if (line != noted_line_) noted_.clear();
    noted_line_ = line;
    for (const RowNote& note : row.notes)
      if (noted_.insert({note.column, note.repair}).second) ++fields_.notes[{note.column, note.repair}];
    if (row.errors.empty()) {
      counts_.left_out += row.warnings;
      return;
    }
    ++counts_.rejected;
    Blame({row.errors.begin(), row.errors.end()});
    Report(Describe(line, row.record.record_id(), {row.errors.begin(), row.errors.end()}));
  }

  void Ack(const v1::BatchAck& ack, const FeedClient::Sent& sent) {
    std::lock_guard lock(mutex_);
    counts_.accepted += ack.accepted();
    counts_.duplicate += ack.duplicate();
    counts_.stale += ack.stale();
    counts_.rejected += ack.rejected_size();
    for (const v1::Rejection& rejection : ack.rejected()) {
      Blame(rejection.errors());
      const bool known = rejection.index() >= 0 && rejection.index() < static_cast<int>(sent.lines.size());
      Report(Describe(known ? sent.lines[rejection.index()] : 0, rejection.record_id(), rejection.errors()));
    }
  }

  void Progress(const RecordSource& source) {
    if (!callbacks_.progress) return;
    std::lock_guard lock(mutex_);
    callbacks_.progress(counts_, source.bytes_read(), source.bytes_total());
  }

  FieldCounts fields() {
    std::lock_guard lock(mutex_);
    return fields_;
  }

  FileCounts counts() {
    std::lock_guard lock(mutex_);
    return counts_;
  }

 private:
  void Blame(const google::protobuf::RepeatedPtrField<v1::FieldError>& errors) {
    std::set<std::string> blamed;  // once for a record
    for (const v1::FieldError& error : errors) blamed.insert(ColumnOfError(error).value_or(error.field()));
    for (const std::string& one : blamed) ++fields_.rejected_columns[one];
  }

  void Report(const RejectedRow& row) {
    ++fields_.rejections[{row.field, row.message}];
    if (callbacks_.rejected) callbacks_.rejected(row);
  }

  const FeedFileCallbacks& callbacks_;
  std::mutex mutex_;
  FileCounts counts_;
  FieldCounts fields_;
  int64_t noted_line_ = -1;
  std::set<std::pair<std::string, Repair>> noted_;
};

}  // namespace

absl::StatusOr<Export> Export::Open(const std::string& path, const MappingSet& mappings) {
  auto reader = CsvReader::Open(path);
  if (!reader.ok()) return reader.status();
  CsvRow header;
  auto got = (*reader)->Next(&header);
  if (!got.ok()) return got.status();
  if (!*got) return absl::NotFoundError("the file is empty");
  Export result;
  for (const std::string& column : header.cells) result.header_.push_back(Trim(column));
  result.mapping_ = mappings.ForHeader(result.header_);
  if (result.mapping_ == nullptr) return absl::NotFoundError("no mapping recognises the header");
  result.reader_ = *std::move(reader);
  return result;
}

absl::StatusOr<FileOutcome> FeedFile(RecordSource& source, v1::FeedService::StubInterface& stub,
                                     const FeedFileOptions& options, const FeedFileCallbacks& callbacks) {
  FeedClient::Options client_options = options.client;
  client_options.open.set_content(source.mapping().content());
  client_options.open.set_programme(source.mapping().programme());
  if (!options.again) client_options.open.set_content_digest(options.content_digest);
  Tally tally(callbacks);
  FeedClient client(stub, client_options, [&tally](const v1::BatchAck& ack, const FeedClient::Sent& sent) {
    tally.Ack(ack, sent);
  });
  auto opened = client.Open();
  if (!opened.ok()) return opened.status();
  FileOutcome outcome;
  outcome.open_snapshot = client.snapshot_id();
  outcome.content_known = opened->content_known();
  outcome.held_before = opened->source().live_records();
  if (outcome.content_known && !client_options.send_known) {
    if (auto finished = client.Finish(FeedClient::SnapshotEnd::kLeaveOpen); !finished.ok())
      return finished.status();
    return outcome;
  }
  source.SetRecordIdKey(opened->record_id_key());
  const int batch_records = opened->max_batch_records() > 0
                                ? std::min(options.batch_records, opened->max_batch_records())
                                : options.batch_records;

  FeedClient::Sent sent;
  std::vector<MappedRow> records;
  while (true) {
    int64_t line = 0;
    auto more = source.Next(&records, &line);
    if (!more.ok()) return more.status();
    if (*more) {
      tally.Row();
      for (MappedRow& mapped : records) {
        tally.Record(mapped, line);
        if (!mapped.errors.empty()) {
          // A spoilt cell is no reason to end the award.
          if (mapped.record.record_id().empty()) {
            ++outcome.unidentified_rows;
          } else {
            sent.batch.add_mentioned_record_ids(mapped.record.record_id());
          }
          continue;
        }
        if (options.withdraw) {
          v1::Record withdrawn;
          withdrawn.set_record_id(mapped.record.record_id());
          withdrawn.set_version(mapped.record.version());
          withdrawn.set_deleted(true);
          mapped.record = std::move(withdrawn);
        } else if (mapped.of_period) {
          sent.batch.add_begun_with_list(sent.batch.records_size());
        }
        *sent.batch.add_records() = std::move(mapped.record);
        sent.lines.push_back(line);
      }
    }
    const int waiting = sent.batch.records_size() + sent.batch.mentioned_record_ids_size();
    if (waiting >= batch_records || (!*more && waiting > 0)) {
      if (auto status = client.Send(std::exchange(sent, {})); !status.ok()) return status;
      tally.Progress(source);
    }
    if (!*more) break;
  }
  if (!options.content_digest.empty()) {
    if (auto status = client.FinishContent(options.content_digest); !status.ok()) return status;
  }
  auto finished = client.Finish(
      options.leave_snapshot_open ? FeedClient::SnapshotEnd::kLeaveOpen : FeedClient::SnapshotEnd::kCommit,
      outcome.unidentified_rows);
  if (!finished.ok()) return finished.status();
  outcome.snapshot = *std::move(finished);
  outcome.counts = tally.counts();
  outcome.fields = tally.fields();
  outcome.columns = CountColumns(source, outcome.fields);
  outcome.rows = source.counts();
  tally.Progress(source);
  return outcome;
}

absl::StatusOr<v1::SnapshotResult> EndSnapshot(v1::FeedService::StubInterface& stub,
                                               const FeedClient::Options& options, bool commit,
                                               int64_t unidentified_rows) {
  FeedClient client(stub, options, [](const v1::BatchAck&, const FeedClient::Sent&) {});
  if (auto opened = client.Open(); !opened.ok()) return opened.status();
  auto finished = client.Finish(commit ? FeedClient::SnapshotEnd::kCommit : FeedClient::SnapshotEnd::kAbort,
                                unidentified_rows);
  if (!finished.ok()) return finished.status();
  return **std::move(finished);
}

absl::StatusOr<FileOutcome> TryFile(RecordSource& source, const FeedFileCallbacks& callbacks) {
  Tally tally(callbacks);
  std::vector<MappedRow> records;
  FileOutcome outcome;
  while (true) {
    int64_t line = 0;
    auto more = source.Next(&records, &line);
    if (!more.ok()) return more.status();
    if (!*more) break;
    tally.Row();
    for (const MappedRow& mapped : records) {
      tally.Record(mapped, line);
      if (mapped.errors.empty()) ++outcome.would_send;
    }
  }
  outcome.counts = tally.counts();
  outcome.fields = tally.fields();
  outcome.columns = CountColumns(source, outcome.fields);
  outcome.rows = source.counts();
  return outcome;
}

}  // namespace relief::adapters
