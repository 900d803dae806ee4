// The counts that reports read, kept in the same commit as the findings they count.
//
// Rows (prefix "hg", ARCHITECTURE.md): a row for each cell and each of its regions, by tier and state; the
// flow of each month (opened, closed, ...); the open findings of each person, and how many persons share the
// same two or more, so that a report counts everyone once: persons = mentions in all cells, less those that
// somebody's further findings repeat.
//
// Derived rows: ReplayFindings makes the same from the history of the findings, up to any instant. That is
// how a report is given "as known on that day", and how the rows are made again.
//
// A Tally belongs to one thread.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "relief/v1/finding_service.pb.h"
#include "server/findings/tally_cell.h"
#include "storage/store.h"
#include "storage/transaction.h"

namespace relief::server::findings {

// What a report is made of.
struct TallyReading {
  struct Cell {
    stored::TallyCell key;
    Figures figures;
  };
  struct Flow {
    int32_t month = 0;
    Cell cell;
  };
  struct Shared {
    int64_t persons = 0;
    std::vector<stored::TallyCell> cells;
  };
  std::vector<Cell> cells;
  std::vector<Flow> flows;
  std::vector<Shared> shared;
};

// Which part of it.
struct TallyQuery {
  std::string region_prefix;
  bool fine = false;  // with townships, where the data have them
  bool open_only = false;
  int32_t first_month = 0;  // flows from this month on
  bool only_cells = false;  // neither flows nor persons
};

class Tally {
 public:
  // `before` is null for a new finding. The flow is that of the month of `time_us`.
  void Change(const v1::Finding* before, const v1::Finding* after, int64_t time_us);

  // Adds what changed to the rows, and forgets it.
  absl::Status Flush(storage::Transaction& txn);

  // Everything that was changed since the beginning, as if it were the rows.
  TallyReading Read(const TallyQuery& query) const;

  // Writes the rows of a tally that counted everything from nothing, in commits of a bounded size.
  absl::Status WriteAll(storage::Store& store) const;

 private:
  void Count(const v1::Finding& finding, int64_t sign);
  void CountFlow(const v1::Finding& finding, int32_t month, const Figures& flow);

  std::map<std::string, Figures> rows_;                            // by row key
  std::map<std::string, std::map<std::string, int64_t>> persons_;  // person -> cell -> how many more
};

absl::StatusOr<TallyReading> ReadTally(const storage::Reader& reader, const TallyQuery& query);

// Counts every finding through its whole history, as it was known at `until_us`; nothing for findings that
// did not exist then. kUntilNow (server/findings/finding_history.h): as the rows of findings are.
absl::StatusOr<Tally> ReplayFindings(const storage::Reader& reader, int64_t until_us);

// Makes the rows again from the history. For a hub that starts; may be interrupted and begun again.
absl::Status RemakeTally(storage::Store& store);

}  // namespace relief::server::findings
