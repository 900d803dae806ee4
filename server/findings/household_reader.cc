#include "server/findings/household_reader.h"

#include <algorithm>

#include "server/core/schema.h"
#include "server/records/identity_mapping.h"

namespace relief::server::findings {
namespace {

// Persons that one call reads in all: far beyond any household, so that a number that stands for half a
// county cannot stop the hub.
constexpr size_t kMostPersons = 20'000;

std::string HouseholdOf(const stored::Record& record) {
  return records::ToRawIdentity(v1::PersonIdentity(), record.source_id(), record.record().household())
      .household;
}

}  // namespace

absl::Status HouseholdReader::Load(const std::set<matcher::PersonId>& persons, bool households) {
  if (absl::Status status = LoadPersons(persons); !status.ok()) return status;
  if (!households) return absl::OkStatus();
  for (std::set<matcher::PersonId> layer = persons; !layer.empty() && members_.size() < kMostPersons;) {
    auto next = Neighbours(layer);
    if (!next.ok()) return next.status();
    if (absl::Status status = LoadPersons(*next); !status.ok()) return status;
    layer = *std::move(next);
  }
  return absl::OkStatus();
}

absl::Status HouseholdReader::LoadPersons(const std::set<matcher::PersonId>& persons) {
  std::vector<matcher::PersonId> missing;
  for (const matcher::PersonId& person : persons)
    if (!members_.contains(person)) missing.push_back(person);
  auto members = matcher::MembersOfPersons(reader_, missing);
  if (!members.ok()) return members.status();
  std::vector<matcher::RecordKey> keys;
  for (size_t i = 0; i < missing.size(); ++i) {
    keys.insert(keys.end(), (*members)[i].begin(), (*members)[i].end());
    members_[missing[i]] = std::move((*members)[i]);
    parent_.emplace(missing[i], missing[i]);
  }
  return LoadRecords(keys);
}

absl::Status HouseholdReader::LoadRecords(const std::vector<matcher::RecordKey>& keys) {
  std::vector<matcher::RecordKey> missing;
  std::vector<std::string> row_keys;
  for (const matcher::RecordKey& key : keys) {
    if (!records_.try_emplace(key).second) continue;
    missing.push_back(key);
    row_keys.push_back(schema::RecordRow(key));
  }
  auto rows = reader_.MultiGet(row_keys);
  if (!rows.ok()) return rows.status();
  for (size_t i = 0; i < missing.size(); ++i) {
    stored::Record& record = records_.at(missing[i]);
    if (!(*rows)[i].present() || !record.ParseFromString((*rows)[i].value))
      return absl::DataLossError("the row of a record is damaged");
    if (record.state() == stored::Record::ENDED) *record.mutable_record() = records::EffectiveRecord(record);
  }
  return absl::OkStatus();
}

// Persons not loaded yet that share a source's household with these.
absl::StatusOr<std::set<matcher::PersonId>> HouseholdReader::Neighbours(
    const std::set<matcher::PersonId>& persons) {
  std::set<std::string> found;
  for (const matcher::PersonId& person : persons)
    for (const matcher::RecordKey& key : members_.at(person))
      if (std::string household = HouseholdOf(records_.at(key));
          !household.empty() && !households_.contains(household))
        found.insert(std::move(household));
  const std::vector<std::string> fresh(found.begin(), found.end());
  auto records_of = matcher::RecordsOfHouseholds(reader_, fresh);
  if (!records_of.ok()) return records_of.status();
  std::vector<matcher::RecordKey> records;
  for (const std::vector<matcher::RecordKey>& of_household : *records_of)
    records.insert(records.end(), of_household.begin(), of_household.end());
  auto owners = matcher::PersonsOfRecords(reader_, records);
  if (!owners.ok()) return owners.status();
  std::set<matcher::PersonId> neighbours;
  size_t at = 0;
  for (size_t h = 0; h < fresh.size(); ++h) {
    std::vector<matcher::PersonId>& members = households_[fresh[h]];
    for (size_t i = 0; i < (*records_of)[h].size(); ++i)
      if (const auto& owner = (*owners)[at++]) members.push_back(*owner);
    for (const matcher::PersonId& member : members) {
      parent_.emplace(member, member);
      parent_[Root(member)] = Root(members.front());
      if (!members_.contains(member)) neighbours.insert(member);
    }
  }
  return neighbours;
}

matcher::PersonId HouseholdReader::Root(matcher::PersonId person) {
  matcher::PersonId root = person;
  while (!(parent_.at(root) == root)) root = parent_.at(root);
  while (!(person == root)) {
    const matcher::PersonId next = parent_.at(person);
    parent_[person] = root;
    person = next;
  }
  return root;
}

std::vector<std::vector<matcher::PersonId>> HouseholdReader::Households() {
  std::map<matcher::PersonId, std::vector<matcher::PersonId>> by_root;
  for (const auto& [person, keys] : members_) by_root[Root(person)].push_back(person);
  std::vector<std::vector<matcher::PersonId>> households;
  for (auto& [root, members] : by_root) households.push_back(std::move(members));
  return households;
}

}  // namespace relief::server::findings
