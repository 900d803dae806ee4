// Persons, their records, and who lives with whom: read a layer at a time, each row once. Private to
// server/findings.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "matcher/resolve/resolver.h"
#include "server/records/stored.pb.h"
#include "storage/store.h"

namespace relief::server::findings {

class HouseholdReader {
 public:
  explicit HouseholdReader(const storage::Reader& reader) : reader_(reader) {}

  // Reads these persons' records; with `households`, everybody whom a household ties to them too.
  absl::Status Load(const std::set<matcher::PersonId>& persons, bool households);
  // Records of others, e.g. those in doubt with them.
  absl::Status LoadRecords(const std::vector<matcher::RecordKey>& keys);

  // Sorted keys; empty for a person who is no more.
  const std::vector<matcher::RecordKey>& keys(matcher::PersonId person) const { return members_.at(person); }
  const std::map<matcher::PersonId, std::vector<matcher::RecordKey>>& members() const { return members_; }
  std::map<matcher::RecordKey, stored::Record>& records() { return records_; }

  // Loaded persons that belong together, each person once, sorted; a person alone is a household too.
  std::vector<std::vector<matcher::PersonId>> Households();

 private:
  absl::Status LoadPersons(const std::set<matcher::PersonId>& persons);
  absl::StatusOr<std::set<matcher::PersonId>> Neighbours(const std::set<matcher::PersonId>& persons);
  matcher::PersonId Root(matcher::PersonId person);

  const storage::Reader& reader_;
  std::map<matcher::PersonId, std::vector<matcher::RecordKey>> members_;
  std::map<matcher::RecordKey, stored::Record> records_;
  std::map<std::string, std::vector<matcher::PersonId>>
      households_;                                         // of the sources, by Identity::household
  std::map<matcher::PersonId, matcher::PersonId> parent_;  // union-find
};

}  // namespace relief::server::findings
