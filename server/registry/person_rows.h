// A person's records as rows, and how they are shown.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "matcher/resolve/resolver.h"
#include "relief/v1/registry_service.pb.h"
#include "server/records/stored.pb.h"
#include "storage/store.h"

namespace relief::server::registry {

struct PersonRows {
  std::vector<matcher::RecordKey> keys;
  std::vector<stored::Record> rows;  // effective ones, beside their keys
};

// NOT_FOUND: no such person.
absl::StatusOr<PersonRows> ReadRows(const storage::Reader& reader, matcher::PersonId person);

// The records as the contract shows them, whole (the guard masks what leaves), in the order of their names.
void ShowRecords(const std::vector<stored::Record>& rows, v1::Person* person);

// The person as it is now.
absl::StatusOr<v1::Person> ShowPerson(const storage::Reader& reader, matcher::PersonId person);

}  // namespace relief::server::registry
