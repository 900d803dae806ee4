// What the parts of RowMapper share. Private to adapters/mapping.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "adapters/mapping/field_path.h"
#include "adapters/mapping/row_mapper.h"

namespace relief::adapters {

// One FieldMapping, resolved against the header of one file.
struct RowMapper::Field {
  const FieldMapping* mapping = nullptr;
  std::vector<FieldPath> targets;
  int column = -1;       // -1: a constant
  int when_column = -1;  // -1: always
  bool lenient = false;  // describes the person or the household
  // Per target: the values of codes and constant, ready to set.
  std::vector<std::map<std::string, FieldValue>> codes;
  std::vector<FieldValue> constants;
};

void AddError(const std::string& field, const std::string& message, MappedRow* row);

// Under a key, because what is hashed holds a person's number: who sees the digest cannot try all numbers against it.
std::string KeyedDigest(const std::string& key, const std::string& text);

}  // namespace relief::adapters
