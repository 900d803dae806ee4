#include "adapters/file_feeder.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "adapters/mapping/cell_parsers.h"

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

// Counts and reports; the file's reader and the acknowledgements come from different threads.
class Tally {
 public:
  explicit Tally(const FeedFileCallbacks& callbacks) : callbacks_(callbacks) {}

  void Row(const MappedRow& row, int64_t line) {
    std::lock_guard lock(mutex_);
    ++counts_.rows;
    if (row.errors.empty()) {
      counts_.left_out += row.warnings;
      return;
    }
    ++counts_.rejected;
    Report(Describe(line, row.record.record_id(), {row.errors.begin(), row.errors.end()}));
  }

  void Ack(const v1::BatchAck& ack, const FeedClient::Sent& sent) {
    std::lock_guard lock(mutex_);
    counts_.accepted += ack.accepted();
    counts_.duplicate += ack.duplicate();
    counts_.stale += ack.stale();
    counts_.rejected += ack.rejected_size();
    for (const v1::Rejection& rejection : ack.rejected()) {
      const bool known = rejection.index() >= 0 && rejection.index() < static_cast<int>(sent.lines.size());
      Report(Describe(known ? sent.lines[rejection.index()] : 0, rejection.record_id(), rejection.errors()));
    }
  }

  void Progress(const TextSource& source) {
    if (!callbacks_.progress) return;
    std::lock_guard lock(mutex_);
    callbacks_.progress(counts_, source.bytes_read(), source.bytes_total());
  }

  // A rejected row may be a correction of a record that the hub holds. A row without id cannot.
  bool rejected_record() {
    std::lock_guard lock(mutex_);
    return rejected_record_;
  }

  FileCounts counts() {
    std::lock_guard lock(mutex_);
    return counts_;
  }

 private:
  void Report(const RejectedRow& row) {
    rejected_record_ = rejected_record_ || !row.record_id.empty();
    if (callbacks_.rejected) callbacks_.rejected(row);
  }

  const FeedFileCallbacks& callbacks_;
  std::mutex mutex_;
  FileCounts counts_;
  bool rejected_record_ = false;
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

absl::StatusOr<FileOutcome> FeedFile(const Export& file, v1::FeedService::StubInterface& stub,
                                     const FeedFileOptions& options, const FeedFileCallbacks& callbacks) {
  FeedClient::Options client_options = options.client;
  client_options.open.set_content(file.mapping().content());
  client_options.open.set_programme(file.mapping().programme());
  Tally tally(callbacks);
  FeedClient client(stub, client_options, [&tally](const v1::BatchAck& ack, const FeedClient::Sent& sent) {
    tally.Ack(ack, sent);
  });
  auto opened = client.Open();
  if (!opened.ok()) return opened.status();
  const int batch_records = opened->max_batch_records() > 0
                                ? std::min(options.batch_records, opened->max_batch_records())
                                : options.batch_records;

  const RowMapper mapper(file.mapping(), file.header(), options.version);
  FeedClient::Sent sent;
  CsvRow row;
  while (true) {
    auto more = file.reader().Next(&row);
    if (!more.ok()) return more.status();
    if (*more) {
      MappedRow mapped = mapper.Map(row.cells);
      tally.Row(mapped, row.line);
      if (mapped.errors.empty()) {
        *sent.batch.add_records() = std::move(mapped.record);
        sent.lines.push_back(row.line);
      }
    }
    if (sent.batch.records_size() >= batch_records || (!*more && sent.batch.records_size() > 0)) {
      if (auto status = client.Send(std::exchange(sent, {})); !status.ok()) return status;
      tally.Progress(file.reader().source());
    }
    if (!*more) break;
  }
  FileOutcome outcome;
  auto finished = client.Finish([&] { return options.commit_despite_rejects || !tally.rejected_record(); });
  if (!finished.ok()) return finished.status();
  outcome.snapshot = *std::move(finished);
  outcome.counts = tally.counts();
  tally.Progress(file.reader().source());
  return outcome;
}

}  // namespace relief::adapters
