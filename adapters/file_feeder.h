// One export into the hub: reads it, maps its rows, pushes them, and reports what became of every row.
//
// Every record is counted exactly once: accepted, duplicate, stale, or rejected (by the hub, or here because a cell cannot
// be read); what rows gave no record is in RowCounts. Memory does not grow with the file.
//
// One thread calls; the callbacks may run on another thread, one at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "adapters/feed_client.h"
#include "adapters/mapping/row_mapper.h"
#include "adapters/record_source.h"
#include "adapters/tabular/csv_reader.h"

namespace relief::adapters {

struct FileCounts {
  // rows: that gave records; a row may give several.
  int64_t rows = 0, accepted = 0, duplicate = 0, stale = 0, rejected = 0;
  int64_t left_out = 0;  // values of accepted rows that could not be read and only describe the person
};

// Never holds a value of the row beside its record id.
struct RejectedRow {
  int64_t line = 0;
  std::string record_id, field, reason, message;  // several errors: joined with "; "
};

// What was done to cells, and why records were rejected, by column or field: for the receipt.
struct FieldCounts {
  std::map<std::pair<std::string, Repair>, int64_t> notes;
  std::map<std::pair<std::string, std::string>, int64_t> rejections;  // field, message
};

struct FileOutcome {
  FileCounts counts;
  RowCounts rows;
  FieldCounts fields;
  std::optional<v1::SnapshotResult> snapshot;
  int64_t would_send = 0;  // by TryFile
};

// A file whose header a mapping has recognised.
class Export {
 public:
  // NOT_FOUND: no mapping recognises the header (or the file is empty).
  static absl::StatusOr<Export> Open(const std::string& path, const MappingSet& mappings);

  const Mapping& mapping() const { return *mapping_; }
  const std::vector<std::string>& header() const { return header_; }
  CsvReader& reader() const { return *reader_; }

 private:
  const Mapping* mapping_ = nullptr;
  std::vector<std::string> header_;
  std::unique_ptr<CsvReader> reader_;
};

struct FeedFileOptions {
  FeedClient::Options
      client;  // source_id and, for a part of the country, region_prefix; the rest comes from the mapping
  int64_t version = 0;
  int batch_records = 500;
  // A snapshot with rejected rows is otherwise aborted: the hub would take them for absent and end what it
  // holds of them.
  bool commit_despite_rejects = false;
  bool withdraw = false;  // the rows were entered in error: their records are taken back
};

struct FeedFileCallbacks {
  std::function<void(const RejectedRow&)> rejected;
  std::function<void(const FileCounts&, int64_t bytes_read, int64_t bytes_total)> progress;
};

absl::StatusOr<FileOutcome> FeedFile(RecordSource& source, v1::FeedService::StubInterface& stub,
                                     const FeedFileOptions& options, const FeedFileCallbacks& callbacks);

// The same without a hub: what would be sent, and what would be rejected for what this side can tell.
absl::StatusOr<FileOutcome> TryFile(RecordSource& source, const FeedFileCallbacks& callbacks);

}  // namespace relief::adapters
