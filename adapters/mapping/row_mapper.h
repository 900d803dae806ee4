// From the rows of one export to records of the contract, as a mapping file says.
//
// A mapping is checked when it is loaded: paths exist in relief.v1.Record, parsers fit their fields, codes
// name values of their enum. Errors read "FILE:LINE: ...". Adding a column, or a department, changes a
// mapping file and no code.
//
// A cell that cannot be read rejects its row, except in what describes the person or the household
// ("person.", "household."): there the value is left out and counted, because a doubtful birth date must not
// keep anybody's benefit from being seen.
//
// Mapping files are immutable once loaded and may be shared by threads; a RowMapper belongs to one.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/mapping/cell_repairs.h"
#include "adapters/mapping/mapping.pb.h"
#include "adapters/tabular/workbook.h"
#include "relief/v1/feed_service.pb.h"
#include "relief/v1/record.pb.h"

namespace relief::adapters {

struct MappingFile {
  std::string file_name;  // for errors
  std::string text;
};

// INVALID_ARGUMENT with "FILE:LINE: reason" lines, all of them.
absl::StatusOr<Mapping> ParseMapping(const MappingFile& file);

class MappingSet {
 public:
  // The mappings built into this binary.
  static absl::StatusOr<MappingSet> BuiltIn();
  // Every *.textproto of a directory.
  static absl::StatusOr<MappingSet> FromDirectory(const std::string& directory);
  // INVALID_ARGUMENT: two mappings have one name, or are recognised by the same columns.
  static absl::StatusOr<MappingSet> From(const std::vector<MappingFile>& files);

  // The mapping with the most columns that the header has all of; null if there is none.
  const Mapping* ForHeader(const std::vector<std::string>& header) const;

  const std::vector<Mapping>& mappings() const { return mappings_; }

 private:
  std::vector<Mapping> mappings_;
};

// Something that was done to a cell beyond reading it.
struct RowNote {
  std::string column;
  Repair repair;
};

struct MappedRow {
  v1::Record record;
  std::vector<v1::FieldError>
      errors;        // not empty: the row is rejected; record_id is still set if it could be read
  int warnings = 0;  // values left out
  std::vector<RowNote> notes;
  bool of_period = false;  // its first month is the list's: no column says it
  v1::Month column_month;  // of a column that is a month (Part.month)
};

// INVALID_ARGUMENT: a column that the mapping reads stands in the header twice, so that nobody can say which is
// meant. The message names the columns.
absl::Status CheckHeader(const Mapping& mapping, const std::vector<std::string>& header);

// What the mapping makes of a column: the first field that it reads it into, or what was said of it; empty: it is not read.
std::string UseOf(const Mapping& mapping, const std::string& heading);

class RowMapper {
 public:
  // `mapping` must outlive the mapper and come from ParseMapping.
  RowMapper(const Mapping& mapping, const std::vector<std::string>& header, int64_t version);
  ~RowMapper();

  // The one record that a row is, where the mapping has neither parts nor households to look after.
  MappedRow Map(const std::vector<std::string>& cells) const;

  // Every record that a row is. Rows are given in the order of the file: what a household's first row says holds for the
  // rows below it. A row that repeats another word for word gives nothing and sets `*repeats`.
  std::vector<MappedRow> MapAll(SheetRow row, bool* repeats);

  // What a merged cell, or a household's first row, says for the rows below it. MapAll does it where it was not done.
  void FillDown(SheetRow* row);

  // What a list says of its month: awards without a first month, and payments without a day, are of it. None if the year
  // is 0.
  void SetPeriod(const v1::Month& period) { period_ = period; }
  // Of columns that are months and name no year.
  void SetYear(int year) { year_ = year; }
  // Each row is one payment more: of a benefit that is paid month by month it is that month alone, and the next month's row is
  // another record.
  void SetPayments() { payments_ = true; }
  // The key under which ids of rows without one are made; empty where nothing is sent. Requires: before the first row.
  void SetRecordIdKey(const std::string& key) { record_id_key_ = key; }
  // The names that another sheet of the same source gave to its records are taken.
  void ShareNames(RowMapper& other);

  // Of the people that rows stand for (covered_column), those that no row names.
  int64_t unnamed_people() const { return unnamed_people_; }
  // Rows of people of whom the list itself says that they are not helped.
  int64_t not_covered() const { return not_covered_; }

 private:
  struct Field;
  struct Names;  // of the records that the file named until now
  MappedRow Begin(const std::vector<std::string>& cells) const;
  void Fill(const std::vector<Field>& fields, const SheetRow& row, MappedRow* mapped) const;
  bool ApplyPeriod(MappedRow* mapped) const;
  bool ApplyPayment(MappedRow* mapped) const;
  void ApplyColumnMonth(const Part& part, MappedRow* mapped) const;
  bool ApplyTime(const Part* part, MappedRow* mapped) const;
  bool SaysNotCovered(const SheetRow& row) const;
  void SetHousehold(const SheetRow& row, MappedRow* mapped);
  void GiveAmountToHead(const SheetRow& row, MappedRow* mapped);
  std::vector<MappedRow> SplitPeople(const SheetRow& row, MappedRow whole) const;
  static std::shared_ptr<Names> NewNames();
  static bool IsEmpty(const std::vector<Field>& fields, const SheetRow& row);
  bool Name(const Part& part, MappedRow* mapped, bool* repeats);
  static std::vector<Field> Resolve(const google::protobuf::RepeatedPtrField<FieldMapping>& fields,
                                    const std::vector<std::string>& header);

  const Mapping& mapping_;
  size_t columns_;
  int64_t version_;
  std::vector<Field> fields_;
  std::vector<std::vector<Field>> parts_;
  std::vector<bool> fill_down_;
  std::vector<std::string> above_;  // the last cell of each column that was not empty
  int is_covered_column_ = -1;
  int64_t not_covered_ = 0;
  int head_column_ = -1, covered_column_ = -1, name_column_ = -1, number_column_ = -1;
  std::string household_, household_with_amount_;
  v1::Month period_;
  int year_ = 0;
  bool payments_ = false;
  int64_t unnamed_people_ = 0;
  std::string record_id_key_;
  std::shared_ptr<Names> names_;
};

}  // namespace relief::adapters
