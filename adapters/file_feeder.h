// One export into the hub: reads it, maps its rows, pushes them, and reports what became of every row.
//
// Every row of the file is counted exactly once: accepted, duplicate, stale, or rejected (by the hub, or here
// because a cell cannot be read). Memory does not grow with the file.
//
// One thread calls; the callbacks may run on another thread, one at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "adapters/feed_client.h"
#include "adapters/mapping/row_mapper.h"
#include "adapters/tabular/csv_reader.h"

namespace relief::adapters {

struct FileCounts {
  int64_t rows = 0, accepted = 0, duplicate = 0, stale = 0, rejected = 0;
  int64_t left_out = 0;  // values of accepted rows that could not be read and only describe the person
};

// Never holds a value of the row beside its record id.
struct RejectedRow {
  int64_t line = 0;
  std::string record_id, field, reason, message;  // several errors: joined with "; "
};

struct FileOutcome {
  FileCounts counts;
  std::optional<v1::SnapshotResult> snapshot;
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
};

struct FeedFileCallbacks {
  std::function<void(const RejectedRow&)> rejected;
  std::function<void(const FileCounts&, int64_t bytes_read, int64_t bytes_total)> progress;
};

absl::StatusOr<FileOutcome> FeedFile(const Export& file, v1::FeedService::StubInterface& stub,
                                     const FeedFileOptions& options, const FeedFileCallbacks& callbacks);

}  // namespace relief::adapters
