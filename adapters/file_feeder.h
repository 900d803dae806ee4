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
  std::map<std::string, int64_t>
      rejected_columns;  // records, by heading; where no column is to blame, by field
};

// What became of a column's cells.
struct ColumnCount {
  std::string heading;  // empty: a field without a column
  std::string use;      // path in Record, or what the mapping says of the column; empty: not read
  int64_t filled = 0;   // in rows that are records
  int64_t noted = 0;    // read, with a remark
  int64_t left_out = 0;
  int64_t rejected = 0;  // records
};

struct FileOutcome {
  FileCounts counts;
  RowCounts rows;
  FieldCounts fields;
  std::vector<ColumnCount> columns;  // as they stand in the file, then fields without one
  std::optional<v1::SnapshotResult> snapshot;
  std::string open_snapshot;      // that was left open
  int64_t unidentified_rows = 0;  // rejected, and nobody can say of which record
  bool content_known = false;     // the source has this content: nothing was sent
  int64_t held_before = 0;        // live records of the source when the feed began
  int64_t not_withdrawn = 0;      // of a withdrawal: records that the source did not hold (LoadUnit)
  int64_t would_send = 0;         // by TryFile
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
  bool withdraw = false;  // the rows were entered in error: their records are taken back
  // Whether another file of the same source follows (or whoever calls ends the snapshot by itself, see EndSnapshot).
  bool leave_snapshot_open = false;
  // Of the content and of how it is read; empty: not asked for. What the source has as a whole is not sent, unless with
  // client.send_known, where another file of the same list is new: then it says who is on the list, and nothing else. With
  // `again` it is sent as if it were new.
  std::string content_digest;
  bool again = false;
};

struct FeedFileCallbacks {
  std::function<void(const RejectedRow&)> rejected;
  std::function<void(const FileCounts&, int64_t bytes_read, int64_t bytes_total)> progress;
};

absl::StatusOr<FileOutcome> FeedFile(RecordSource& source, v1::FeedService::StubInterface& stub,
                                     const FeedFileOptions& options, const FeedFileCallbacks& callbacks);

// Ends the snapshot that files of one source left open (FileOutcome::open_snapshot, in options.client.continued_snapshot).
absl::StatusOr<v1::SnapshotResult> EndSnapshot(v1::FeedService::StubInterface& stub,
                                               const FeedClient::Options& options, bool commit,
                                               int64_t unidentified_rows);

// The same without a hub: what would be sent, and what would be rejected for what this side can tell.
absl::StatusOr<FileOutcome> TryFile(RecordSource& source, const FeedFileCallbacks& callbacks);

}  // namespace relief::adapters
