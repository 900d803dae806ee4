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

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/mapping/mapping.pb.h"
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

struct MappedRow {
  v1::Record record;
  std::vector<v1::FieldError>
      errors;        // not empty: the row is rejected; record_id is still set if it could be read
  int warnings = 0;  // values left out
};

class RowMapper {
 public:
  // `mapping` must outlive the mapper and come from ParseMapping.
  RowMapper(const Mapping& mapping, const std::vector<std::string>& header, int64_t version);
  ~RowMapper();

  MappedRow Map(const std::vector<std::string>& cells) const;

 private:
  struct Field;
  const Mapping& mapping_;
  size_t columns_;
  int64_t version_;
  std::vector<Field> fields_;
};

}  // namespace relief::adapters
