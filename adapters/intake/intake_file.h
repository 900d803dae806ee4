// A department's file, whatever it is, as records: opened by content, its tables found, each read by a mapping that knows it
// or by one that follows from its columns.
//
// Every row is accounted for: see RowCounts. One object is used by one thread.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/intake/proposal.h"
#include "adapters/intake/table_finder.h"
#include "adapters/mapping/row_mapper.h"
#include "adapters/record_source.h"
#include "adapters/tabular/workbook.h"

namespace relief::adapters {

struct IntakeOptions {
  const MappingSet* confirmed = nullptr;  // written by `relief map` for this folder; asked first
  const MappingSet* known = nullptr;      // built in, or of --mappings
  const WordsOfColumns* words = nullptr;
  bool guess = true;  // propose a mapping where none knows the header
  std::map<std::string, std::string> told;
  v1::Month period;
  std::string region;
  int64_t version = 0;
  std::string name;  // of the file, where its path does not say it
  bool withdrawal =
      false;  // rows name records that are taken back: what a record needs besides its id may be missing
};

// The table of one sheet and the mapping that reads it.
struct IntakeSheet {
  std::string name;
  size_t number = 0;
  std::unique_ptr<SheetTable> table;
  Mapping mapping;
  Proposal proposal;  // where no mapping knew the header
  bool guessed = false;
  IntakePeriod period;
  int year = 0;   // that the list is of, of which its columns may be the months; 0: nobody says
  int later = 0;  // of the months that the file's sheets name, how many are before this one's
  std::vector<std::string> titles;   // above the table, the sheet's name, the file's name
  std::vector<std::string> unread;   // columns of the file that the mapping does not read
  std::vector<std::string> missing;  // columns that the mapping knows and the file lacks
  std::vector<std::string> samples(size_t column) const;  // some cells, masked
};

struct PassedOver {
  std::string sheet, why;
  bool hidden = false, empty = false;
};

class IntakeFile {
 public:
  // The status of a file that cannot be read is one sentence. NOT_FOUND: no sheet has a table.
  static absl::StatusOr<std::unique_ptr<IntakeFile>> Open(const std::string& path,
                                                          const IntakeOptions& options);

  std::vector<IntakeSheet>& sheets() { return sheets_; }
  const std::vector<PassedOver>& passed_over() const { return passed_over_; }
  // Whether every sheet was read that somebody can see and that is not empty.
  bool complete() const;
  const Workbook& workbook() const { return *workbook_; }
  // The sheets of one month that one mapping reads: they are one table.
  std::vector<std::vector<IntakeSheet*>> SheetGroups();
  // Each of them as a source of records. Requires: each group is read once.
  std::vector<std::unique_ptr<RecordSource>> Groups();

 private:
  absl::Status OpenSheet(size_t number, const std::string& path, const IntakeOptions& options);
  void CompareMonths();

  IntakeOptions options_;
  std::unique_ptr<Workbook> workbook_;
  std::vector<IntakeSheet> sheets_;
  std::vector<PassedOver> passed_over_;
};

// 王** and 3713**************: what can be shown of a cell.
std::string Masked(const std::string& cell);

}  // namespace relief::adapters
