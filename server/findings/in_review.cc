#include "server/findings/in_review.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "storage/status_macros.h"

namespace relief::server::findings {
namespace {

using OwnerOf = std::map<matcher::RecordKey, matcher::PersonId>;

// A person whom the matcher asks about so often is one of a name that half a county bears: the rest says nothing new.
constexpr size_t kMostPersons = 50;

OwnerOf OwnersOf(const RecordsOfPersons& members) {
  OwnerOf owners;
  for (const auto& [person, keys] : members)
    for (const matcher::RecordKey& key : keys) owners.emplace(key, person);
  return owners;
}

// Each person of `owners` with the persons on the other side of its conflicts.
absl::StatusOr<std::map<matcher::PersonId, std::set<matcher::PersonId>>> OtherSides(
    const storage::Reader& reader, const OwnerOf& owners,
    const std::vector<matcher::MatchConflict>& conflicts) {
  std::vector<std::pair<matcher::PersonId, matcher::RecordKey>> sides;
  for (const matcher::MatchConflict& conflict : conflicts)
    for (const auto& [own, other] : {std::pair(conflict.a, conflict.b), std::pair(conflict.b, conflict.a)})
      if (const auto owner = owners.find(own); owner != owners.end())
        sides.emplace_back(owner->second, other);
  std::vector<matcher::RecordKey> others;
  others.reserve(sides.size());
  for (const auto& side : sides) others.push_back(side.second);
  RELIEF_ASSIGN_OR_RETURN(const auto persons, matcher::PersonsOfRecords(reader, others));
  std::map<matcher::PersonId, std::set<matcher::PersonId>> found;
  for (size_t i = 0; i < sides.size(); ++i)
    if (persons[i] && !(*persons[i] == sides[i].first)) found[sides[i].first].insert(*persons[i]);
  return found;
}

}  // namespace

absl::StatusOr<RecordsOfPersons> RecordsInReview(const storage::Reader& reader,
                                                 const RecordsOfPersons& members,
                                                 const std::vector<matcher::MatchConflict>& conflicts) {
  RecordsOfPersons found;
  if (conflicts.empty()) return found;
  RELIEF_ASSIGN_OR_RETURN(const auto others, OtherSides(reader, OwnersOf(members), conflicts));
  for (const auto& [person, theirs] : others) {
    std::vector<matcher::PersonId> asked(theirs.begin(), theirs.end());
    if (asked.size() > kMostPersons) asked.resize(kMostPersons);
    RELIEF_ASSIGN_OR_RETURN(const auto records, matcher::MembersOfPersons(reader, asked));
    std::vector<matcher::RecordKey>& keys = found[person];
    for (const auto& of_one : records) keys.insert(keys.end(), of_one.begin(), of_one.end());
    std::sort(keys.begin(), keys.end());
  }
  return found;
}

absl::StatusOr<std::set<matcher::PersonId>> PersonsInReviewWith(const storage::Reader& reader,
                                                                const std::set<matcher::PersonId>& persons) {
  const std::vector<matcher::PersonId> asked(persons.begin(), persons.end());
  RELIEF_ASSIGN_OR_RETURN(auto records, matcher::MembersOfPersons(reader, asked));
  RecordsOfPersons members;
  std::vector<matcher::RecordKey> keys;
  for (size_t i = 0; i < asked.size(); ++i) {
    keys.insert(keys.end(), records[i].begin(), records[i].end());
    members[asked[i]] = std::move(records[i]);
  }
  std::set<matcher::PersonId> found;
  RELIEF_ASSIGN_OR_RETURN(const auto conflicts, matcher::ConflictsOfRecords(reader, keys));
  if (conflicts.empty()) return found;
  RELIEF_ASSIGN_OR_RETURN(const auto others, OtherSides(reader, OwnersOf(members), conflicts));
  for (const auto& [person, theirs] : others) found.insert(theirs.begin(), theirs.end());
  return found;
}

}  // namespace relief::server::findings
