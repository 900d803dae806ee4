// A field of relief.v1.Record named by its path, set through reflection: so that a mapping file can name any
// field.
//
// Immutable; callable from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "relief/v1/record.pb.h"

namespace relief::adapters {

// What a cell can become.
using FieldValue = std::variant<std::string, int64_t, v1::Date, v1::Month>;

class FieldPath {
 public:
  // NOT_FOUND: the contract has no such field, or the path ends in a message that a cell cannot be.
  static absl::StatusOr<FieldPath> Of(const std::string& path);

  // The kind of value that the field takes, e.g. "a text", for messages.
  bool TakesText() const;
  bool TakesInteger() const;
  bool TakesDate() const;
  bool TakesMonth() const;
  const google::protobuf::EnumDescriptor* Enum() const;  // null unless the field is an enum

  // Sets, or appends to a repeated field. False if an integer does not fit. The value must be of the field's
  // kind; an enum takes the integer of its value.
  bool Set(const FieldValue& value, v1::Record* record) const;

  // What the field holds, as one text; empty if it is not set.
  std::string Text(const v1::Record& record) const;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::vector<const google::protobuf::FieldDescriptor*> steps_;
};

}  // namespace relief::adapters
