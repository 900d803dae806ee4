#include "matcher/resolve/index_reader.h"

#include <algorithm>
#include <set>

#include "matcher/resolve/index_rows.h"
#include "storage/status_macros.h"

namespace relief::matcher {
namespace {

absl::StatusOr<storage::Row> GetRow(const storage::Reader& reader, std::string key, const char* what) {
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.MultiGet({&key, 1}));
  if (!rows[0].present()) return absl::NotFoundError(std::string("no such ") + what);
  return std::move(rows[0]);
}

absl::StatusOr<LinkRow> LinkRowOf(const storage::Reader& reader, RecordKey record) {
  RELIEF_ASSIGN_OR_RETURN(auto row, GetRow(reader, LinkRowKey(record), "record"));
  auto links = DecodeLinkRow(row.value);
  if (!links) return Damaged("links");
  return *std::move(links);
}

absl::StatusOr<std::vector<std::optional<LinkRow>>> LinkRowsOf(const storage::Reader& reader,
                                                               std::span<const RecordKey> records) {
  std::vector<std::string> keys;
  keys.reserve(records.size());
  for (const RecordKey& record : records) keys.push_back(LinkRowKey(record));
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.MultiGet(keys));
  std::vector<std::optional<LinkRow>> links;
  links.reserve(records.size());
  for (const storage::Row& row : rows) {
    links.push_back(row.present() ? DecodeLinkRow(row.value) : std::nullopt);
    if (row.present() && !links.back()) return Damaged("links");
  }
  return links;
}

absl::StatusOr<MatchConflict> ReadConflict(const storage::Reader& reader, RecordKey a, RecordKey b) {
  const std::string key = ConflictRowKey(std::min(a, b), std::max(a, b));
  RELIEF_ASSIGN_OR_RETURN(auto row, GetRow(reader, key, "conflict"));
  auto conflict = DecodeConflict(key, row.value);
  if (!conflict) return Damaged("conflict");
  return *conflict;
}

}  // namespace

absl::StatusOr<BlockSecret> ReadBlockSecret(const storage::Reader& reader) {
  const std::string key(kSecretRow);
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.MultiGet({&key, 1}));
  BlockSecret secret = {};
  if (!rows.front().present()) return secret;
  if (rows.front().value.size() != secret.size()) return Damaged("secret");
  std::copy(rows.front().value.begin(), rows.front().value.end(), secret.begin());
  return secret;
}

absl::StatusOr<PersonId> PersonOfRecord(const storage::Reader& reader, RecordKey record) {
  RELIEF_ASSIGN_OR_RETURN(auto links, LinkRowOf(reader, record));
  return links.person;
}

absl::StatusOr<std::vector<std::optional<PersonId>>> PersonsOfRecords(const storage::Reader& reader,
                                                                      std::span<const RecordKey> records) {
  RELIEF_ASSIGN_OR_RETURN(auto links, LinkRowsOf(reader, records));
  std::vector<std::optional<PersonId>> persons;
  persons.reserve(records.size());
  for (const std::optional<LinkRow>& one : links)
    persons.push_back(one ? std::optional(one->person) : std::nullopt);
  return persons;
}

absl::StatusOr<std::vector<RecordKey>> MembersOf(const storage::Reader& reader, PersonId person) {
  RELIEF_ASSIGN_OR_RETURN(auto row, GetRow(reader, PersonRowKey(person), "person"));
  auto members = DecodeRecords(row.value);
  if (!members) return Damaged("person");
  return *std::move(members);
}

absl::StatusOr<std::vector<std::vector<RecordKey>>> MembersOfPersons(const storage::Reader& reader,
                                                                     std::span<const PersonId> persons) {
  std::vector<std::string> keys;
  keys.reserve(persons.size());
  for (const PersonId& person : persons) keys.push_back(PersonRowKey(person));
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.MultiGet(keys));
  std::vector<std::vector<RecordKey>> members(persons.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].present()) continue;
    auto decoded = DecodeRecords(rows[i].value);
    if (!decoded) return Damaged("person");
    members[i] = *std::move(decoded);
  }
  return members;
}

absl::StatusOr<PersonId> FollowPersonId(const storage::Reader& reader, PersonId id) {
  auto person = PersonOfRecord(reader, id.anchor);
  if (absl::IsNotFound(person.status())) return absl::NotFoundError("no such person");
  return person;
}

absl::StatusOr<std::vector<std::vector<RecordKey>>> RecordsOfHouseholds(
    const storage::Reader& reader, std::span<const std::string> households) {
  if (households.empty()) return std::vector<std::vector<RecordKey>>();
  std::vector<std::string> keys;
  keys.reserve(households.size());
  RELIEF_ASSIGN_OR_RETURN(const auto secret, ReadBlockSecret(reader));
  for (const std::string& household : households)
    keys.push_back(BlockRowKey(HouseholdBlock(household, secret)));
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.MultiGet(keys));
  std::vector<std::vector<RecordKey>> records(households.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].present()) continue;
    auto block = DecodeBlockRow(rows[i].value);
    if (!block) return Damaged("block");
    records[i] = std::move(block->records);
  }
  return records;
}

absl::StatusOr<Identity> IdentityOf(const storage::Reader& reader, RecordKey record) {
  RELIEF_ASSIGN_OR_RETURN(auto row, GetRow(reader, IdentityRowKey(record), "record"));
  auto identity_row = DecodeIdentityRow(row.value);
  if (!identity_row) return Damaged("identity");
  return std::move(identity_row->identity);
}

absl::StatusOr<std::vector<PersonId>> ListPersons(const storage::Reader& reader,
                                                  std::optional<PersonId> after, size_t limit) {
  std::string from;
  if (after) from = PersonRowKey(*after) + std::string(1, '\0');
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.Scan(kPersonPrefix, from, limit));
  std::vector<PersonId> persons;
  for (const storage::KeyRow& row : rows) {
    if (row.key.size() != kPersonPrefix.size() + RecordKey::kSize) return Damaged("person");
    persons.push_back({RecordKey::FromBytes(row.key.data() + kPersonPrefix.size())});
  }
  return persons;
}

absl::StatusOr<MatchConflict> ConflictBetween(const storage::Reader& reader, RecordKey a, RecordKey b) {
  return ReadConflict(reader, a, b);
}

absl::StatusOr<std::vector<MatchConflict>> ConflictsOfRecord(const storage::Reader& reader,
                                                             RecordKey record) {
  RELIEF_ASSIGN_OR_RETURN(auto links, LinkRowOf(reader, record));
  std::vector<MatchConflict> conflicts;
  for (const RecordKey& other : links.conflicts) {
    RELIEF_ASSIGN_OR_RETURN(auto conflict, ReadConflict(reader, record, other));
    conflicts.push_back(conflict);
  }
  return conflicts;
}

absl::StatusOr<std::vector<MatchConflict>> ConflictsOfRecords(const storage::Reader& reader,
                                                              std::span<const RecordKey> records) {
  RELIEF_ASSIGN_OR_RETURN(auto links, LinkRowsOf(reader, records));
  std::set<std::pair<RecordKey, RecordKey>> pairs;
  for (size_t i = 0; i < records.size(); ++i)
    if (links[i])
      for (const RecordKey& other : links[i]->conflicts) pairs.insert(std::minmax(records[i], other));
  std::vector<MatchConflict> conflicts;
  for (const auto& [a, b] : pairs) {
    RELIEF_ASSIGN_OR_RETURN(auto conflict, ReadConflict(reader, a, b));
    conflicts.push_back(conflict);
  }
  return conflicts;
}

absl::StatusOr<std::vector<MatchConflict>> ListConflicts(const storage::Reader& reader,
                                                         const std::string& after, size_t limit) {
  std::string from;
  if (!after.empty()) {
    const auto pair = MatchConflict::Parse(after);
    if (!pair) return absl::InvalidArgumentError("not a conflict id");
    from = ConflictRowKey(pair->first, pair->second) + std::string(1, '\0');
  }
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.Scan(kConflictPrefix, from, limit));
  std::vector<MatchConflict> conflicts;
  for (const storage::KeyRow& row : rows) {
    auto conflict = DecodeConflict(row.key, row.row.value);
    if (!conflict) return Damaged("conflict");
    conflicts.push_back(*conflict);
  }
  return conflicts;
}

absl::StatusOr<bool> PhoneIsOfMany(const storage::Reader& reader, const Model& model, const Identity& a,
                                   const Identity& b) {
  std::vector<std::string> shared;
  for (const std::string& phone : a.phones)
    if (std::find(b.phones.begin(), b.phones.end(), phone) != b.phones.end()) shared.push_back(phone);
  if (shared.empty()) return false;
  RELIEF_ASSIGN_OR_RETURN(const auto secret, ReadBlockSecret(reader));
  std::vector<std::string> keys;
  keys.reserve(shared.size());
  for (const std::string& phone : shared) keys.push_back(BlockRowKey(PhoneBlock(phone, secret)));
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.MultiGet(keys));
  for (const storage::Row& row : rows) {
    if (!row.present()) return false;
    const auto block = DecodeBlockRow(row.value);
    if (!block) return Damaged("block");
    if (block->count <= static_cast<uint32_t>(model.phone_limit())) return false;
  }
  return true;
}

absl::StatusOr<std::vector<PersonCandidate>> FindPersons(const storage::Reader& reader, const Model& model,
                                                         const Identity& identity, size_t limit) {
  std::vector<std::string> keys;
  RELIEF_ASSIGN_OR_RETURN(const auto secret, ReadBlockSecret(reader));
  for (BlockKey block : BlockingKeys(identity, secret)) keys.push_back(BlockRowKey(block));
  RELIEF_ASSIGN_OR_RETURN(auto blocks, reader.MultiGet(keys));
  std::set<RecordKey> records;
  for (const storage::Row& row : blocks) {
    if (!row.present()) continue;
    auto block = DecodeBlockRow(row.value);
    if (!block) return Damaged("block");
    records.insert(block->records.begin(), block->records.end());
  }
  keys.clear();
  for (const RecordKey& record : records) {
    keys.push_back(IdentityRowKey(record));
    keys.push_back(LinkRowKey(record));
  }
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.MultiGet(keys));

  std::map<PersonId, PersonCandidate> best;
  size_t i = 0;
  for (const RecordKey& record : records) {
    const storage::Row& identity_bytes = rows[i++];
    const storage::Row& links_row = rows[i++];
    if (!identity_bytes.present() || !links_row.present()) continue;  // deleted between the two reads
    auto identity_row = DecodeIdentityRow(identity_bytes.value);
    auto links = DecodeLinkRow(links_row.value);
    if (!identity_row || !links) return Damaged("identity");
    RELIEF_ASSIGN_OR_RETURN(const auto phone_of_many,
                            PhoneIsOfMany(reader, model, identity, identity_row->identity));
    const PairScore score = Score(model, identity, identity_row->identity, nullptr, phone_of_many);
    if (score.bits < model.review_threshold()) continue;
    const PersonCandidate candidate{links->person, record, score};
    const auto [it, added] = best.emplace(links->person, candidate);
    const auto rank = [](const PersonCandidate& c) {
      return std::tuple(c.score.vetoes != kNoVeto, -c.score.bits, c.best_record);
    };
    if (!added && rank(candidate) < rank(it->second)) it->second = candidate;
  }
  std::vector<PersonCandidate> found;
  found.reserve(best.size());
  for (auto& [person, candidate] : best) found.push_back(candidate);
  std::sort(found.begin(), found.end(), [](const PersonCandidate& l, const PersonCandidate& r) {
    return std::tuple(l.score.vetoes != kNoVeto, -l.score.bits, l.person) <
           std::tuple(r.score.vetoes != kNoVeto, -r.score.bits, r.person);
  });
  if (found.size() > limit) found.resize(limit);
  return found;
}

}  // namespace relief::matcher
