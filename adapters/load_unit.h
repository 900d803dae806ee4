// What is loaded together: tables of one or several files as one load of the hub (v1::FeedService.BeginLoad), so that nothing is
// opened by the first and closed by the second. `relief load` and the console's uploads both go this way.
//
// Tables of one source that are lists (ROSTER) are one list: what none of them mentions is ended by EndLists.
//
// One thread calls; the callbacks of a table may run on another one.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/file_feeder.h"
#include "adapters/intake/folder_memory.h"
#include "adapters/intake/intake_file.h"

namespace relief::adapters {

// How a table speaks of the records that it does not mention: as was said (READING_UNSPECIFIED: nothing was), as its mapping has
// it, or as the last file of its source was read. Rows that were given back and corrected say nothing of the others, nor does a table of nobody knows which month.
Reading ReadingOf(Reading said, const RecordSource& table, const RememberedSource* last);

// What a source remembers of a content: the file's hash and how its rows are read, whatever the file is called. The month counts
// where it changes what the rows say: as was told, or for payments, which come every month anew.
std::string ContentDigest(const std::string& file_hash, const RecordSource& table, Reading reading);

struct TableToFeed {
  RecordSource* rows = nullptr;
  std::string source_id, region_prefix;
  Reading reading = CHANGES;
  v1::Month month;             // that the rows are of; year 0: none
  std::string content_digest;  // see ContentDigest
  bool again = false;          // although the source has this content
  bool mention_only = false;   // the source has this content: only who is on the list is said
};

struct EndedList {
  std::string source_id;
  v1::SnapshotResult result;
};

class LoadUnit {
 public:
  struct Options {
    bool dry_run = false;
    bool whole_lists = false;    // every table is a list, of today where it has no month
    FeedClient::Options client;  // how to send; what is sent is filled in here
    int batch_records = 500;
  };

  // Begins the load at the hub.
  static absl::StatusOr<std::unique_ptr<LoadUnit>> Begin(v1::FeedService::StubInterface& stub,
                                                         Options options);
  // A dry run without a hub: rows are read, and nobody can say what would come of them.
  static std::unique_ptr<LoadUnit> WithoutHub();
  const std::string& load_id() const { return load_id_; }
  bool has_hub() const { return stub_ != nullptr; }

  // Requires: not MustWait(table).
  absl::StatusOr<FileOutcome> Feed(const TableToFeed& table, const FeedFileCallbacks& callbacks);

  // Whether tables of this source are a list that is still to be ended.
  bool HasOpenList(const std::string& source_id) const { return lists_.count(source_id) > 0; }
  bool IsList(const TableToFeed& table) const { return options_.whole_lists || table.reading == ROSTER; }
  // Whether the open list is one of another month: then it is ended before this table is fed.
  bool MustWait(const TableToFeed& table) const;

  // `complete`: everything that belongs to the lists was read. Otherwise any record may be in what was not, and none is ended.
  absl::StatusOr<std::vector<EndedList>> EndLists(bool complete);

  // Judges whom the load touched. `give_up`: not everything could be sent. Requires: EndLists was called, or everything is given up.
  absl::StatusOr<v1::LoadResult> End(bool give_up);

 private:
  struct OpenList {
    FeedClient::Options client;
    int64_t unidentified_rows = 0;
  };

  LoadUnit(v1::FeedService::StubInterface* stub, Options options)
      : stub_(stub), options_(std::move(options)) {}
  std::optional<v1::Month> ListMonth(const TableToFeed& table) const;
  int64_t NotWithdrawn(const std::string& source_id, const FileOutcome& outcome);

  v1::FeedService::StubInterface* stub_;
  const Options options_;
  std::string load_id_;
  std::map<std::string, OpenList> lists_;  // by source
};

}  // namespace relief::adapters
