// Where records to be fed come from, row by row, and what is told of the rows.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/mapping/row_mapper.h"

namespace relief::adapters {

// What became of the rows below a header before any record was sent. Every row is counted once.
struct RowCounts {
  int64_t records = 0;  // rows that gave records, or were rejected
  int64_t repeats = 0;  // word for word as a row above
  int64_t totals = 0, notes = 0, headers = 0, blanks = 0;
  int64_t not_covered = 0;     // people whom the list names and says not to be helped
  int64_t unnamed_people = 0;  // people whom rows stand for without naming them
  int64_t not_computed = 0;    // formulas without a value
};

// The month that a table is of.
struct IntakePeriod {
  enum From { kNowhere, kTold, kTitle, kFileName };
  v1::Month month;  // year 0: none
  From from = kNowhere;
  int year = 0;  // of the list, where its columns are months; 0: nobody says
  // Other tables of the file name months of their own, and this one names none: nobody can say which list it belongs to.
  bool among_others = false;

  bool known() const { return month.year() > 0; }
};

class RecordSource {
 public:
  virtual ~RecordSource() = default;
  virtual const Mapping& mapping() const = 0;
  // The source's key of record ids (v1::Opened.record_id_key), for rows without an id of their own. Call before Next.
  virtual void SetRecordIdKey(const std::string& /*key*/) {}
  // Each row is a payment of its month, and not the award that goes on. Call before Next.
  virtual void SetPayments() {}
  virtual IntakePeriod period() const { return {}; }
  // Which sheets of the file, where it may have several.
  virtual std::string sheets() const { return ""; }
  // The records of the next row; false at the end. `line`: where the row begins; with several sheets, within its own.
  virtual absl::StatusOr<bool> Next(std::vector<MappedRow>* records, int64_t* line) = 0;
  // The cells of a row that was given not long ago, as they stand in the file; empty if it is too long ago. May be called
  // from another thread.
  virtual std::vector<std::string> CellsOf(int64_t line) const = 0;
  virtual std::vector<std::string> header() const = 0;
  // What stands above the table and names it, with the sheet's and the file's name: what it is of, and of which month.
  virtual std::string title() const { return ""; }
  virtual const RowCounts& counts() const = 0;
  // By heading: rows that are records and have something in the column.
  virtual std::map<std::string, int64_t> filled() const { return {}; }
  virtual int64_t bytes_read() const = 0;
  virtual int64_t bytes_total() const = 0;
};

}  // namespace relief::adapters
