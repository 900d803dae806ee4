#include "server/findings/load_waiting.h"

#include <algorithm>

#include "matcher/resolve/index_reader.h"
#include "server/core/schema.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::findings {
namespace {

constexpr size_t kMostLoads = 1000;

}  // namespace

absl::StatusOr<LoadWaiting> LoadWaiting::Of(core::WriteContext& context) {
  for (const auto& [load_id, persons] : context.waiting_for_loads())
    for (const matcher::PersonId& person : persons)
      context.txn.Put(schema::LoadPersonRow(load_id, person), "");
  LoadWaiting waiting(context);
  RELIEF_ASSIGN_OR_RETURN(const auto rows, context.txn.Scan(schema::kOpenLoadPrefix, {}, kMostLoads));
  for (const storage::KeyRow& row : rows) {
    stored::Load load;
    if (!load.ParseFromString(row.row.value)) return absl::DataLossError("the row of a load is damaged");
    if (!load.ending()) waiting.open_.push_back(load.load_id());
  }
  return waiting;
}

absl::StatusOr<std::map<matcher::PersonId, std::string>> LoadWaiting::Waiting(
    const std::vector<matcher::PersonId>& persons) const {
  std::map<matcher::PersonId, std::string> waiting;
  std::vector<std::string> keys;
  for (const std::string& load_id : open_)
    for (const matcher::PersonId& person : persons) keys.push_back(schema::LoadPersonRow(load_id, person));
  RELIEF_ASSIGN_OR_RETURN(const auto rows, context_.txn.MultiGet(keys));
  for (size_t i = 0; i < rows.size(); ++i)
    if (rows[i].present()) waiting.emplace(persons[i % persons.size()], open_[i / persons.size()]);
  return waiting;
}

absl::StatusOr<std::set<matcher::PersonId>> LoadWaiting::Free(
    const std::set<matcher::PersonId>& persons) const {
  if (open_.empty() || persons.empty()) return persons;
  RELIEF_ASSIGN_OR_RETURN(const auto waiting,
                          Waiting(std::vector<matcher::PersonId>(persons.begin(), persons.end())));
  std::set<matcher::PersonId> free = persons;
  for (const auto& [person, load_id] : waiting) {
    free.erase(person);
    // A person whose anchor has changed, or who has become one with another, waits under the new id.
    const auto now = matcher::FollowPersonId(storage::TransactionReader(context_.txn), person);
    if (absl::IsNotFound(now.status())) continue;
    RELIEF_RETURN_IF_ERROR(now.status());
    if (*now == person) continue;
    context_.txn.Put(schema::LoadPersonRow(load_id, *now), "");
    free.erase(*now);
  }
  return free;
}

absl::Status LoadWaiting::TakeOut(Judgement* judgement) const {
  if (open_.empty() || judgement->persons.empty()) return absl::OkStatus();
  std::set<matcher::PersonId> everybody;
  for (const JudgedPerson& judged : judgement->persons) {
    everybody.insert(judged.person);
    everybody.insert(judged.household.begin(), judged.household.end());
  }
  RELIEF_ASSIGN_OR_RETURN(const auto waiting,
                          Waiting(std::vector<matcher::PersonId>(everybody.begin(), everybody.end())));
  if (waiting.empty()) return absl::OkStatus();
  std::erase_if(judgement->persons, [&](const JudgedPerson& judged) {
    for (const matcher::PersonId& member : judged.household) {
      const auto found = waiting.find(member);
      if (found == waiting.end()) continue;
      if (judged.in_full) context_.txn.Put(schema::LoadPersonRow(found->second, judged.person), "");
      return true;
    }
    return false;
  });
  return absl::OkStatus();
}

}  // namespace relief::server::findings
