#include "server/core/write_context.h"

#include "server/base/stored_row.h"
#include "server/core/schema.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::core {

std::string RecordToken(matcher::RecordKey record) { return "K-" + record.ToString(); }

absl::Status WriteContext::ApplyIdentities(std::span<const matcher::Change> changes) {
  return Follow(resolver.Apply(txn, changes));
}

absl::Status WriteContext::Constrain(matcher::RecordKey a, matcher::RecordKey b,
                                     std::optional<matcher::Verdict> verdict) {
  return Follow(resolver.Constrain(txn, a, b, verdict));
}

absl::Status WriteContext::Follow(absl::StatusOr<matcher::ResolveDelta> delta) {
  if (!delta.ok()) return delta.status();
  for (const auto& [person, members] : delta->persons) marks_->persons.insert(person);
  marks_->records.insert(delta->reblocked.begin(), delta->reblocked.end());
  for (const auto& [a, b] : delta->conflicts_changed) marks_->records.insert({a, b});
  changed_conflicts_.insert(delta->conflicts_changed.begin(), delta->conflicts_changed.end());
  if (remember_) RELIEF_RETURN_IF_ERROR(RememberPast(*delta));
  counters_.set_persons(counters_.persons() + delta->persons_added);
  counters_.set_open_conflicts(counters_.open_conflicts() + delta->conflicts_added);
  return absl::OkStatus();
}

absl::Status WriteContext::MarkHousehold(const std::string& household) {
  RELIEF_ASSIGN_OR_RETURN(const auto records,
                          matcher::RecordsOfHouseholds(storage::TransactionReader(txn), {&household, 1}));
  marks_->records.insert(records.front().begin(), records.front().end());
  return absl::OkStatus();
}

// For "as known on that day". Of several changes in one commit the first one knows what was before it.
absl::Status WriteContext::RememberPast(const matcher::ResolveDelta& delta) {
  for (const auto& [person, members] : delta.members_before) {
    const std::string key = schema::PersonPastRow(person, now_us);
    RELIEF_ASSIGN_OR_RETURN(const auto existing, txn.Get(key));
    if (existing) continue;
    stored::PersonPast past;
    for (const matcher::RecordKey& record : members) past.mutable_records()->append(record.view());
    txn.Put(key, past.SerializeAsString());
  }
  return absl::OkStatus();
}

absl::Status WriteContext::Begin() {
  RELIEF_ASSIGN_OR_RETURN(const auto counters, GetMessage<stored::Counters>(txn, schema::kCountersRow));
  counters_ = counters.value_or(stored::Counters());
  counters_before_ = counters ? counters_.SerializeAsString() : "";
  return absl::OkStatus();
}

absl::Status WriteContext::Finish() {
  RELIEF_RETURN_IF_ERROR(ResolveMarks(now_));
  for (auto& [load_id, marks] : waiting_) {
    RELIEF_RETURN_IF_ERROR(ResolveMarks(marks));
    waiting_persons_[load_id] = std::move(marks.persons);
  }
  for (auto& [load_id, marks] : ending_) {
    RELIEF_RETURN_IF_ERROR(ResolveMarks(marks));
    ending_loads_.push_back({load_id, ending_baselines_[load_id], std::move(marks.persons)});
  }
  for (const auto& step : features.commit_steps()) RELIEF_RETURN_IF_ERROR(step->Run(*this));
  if (judge_everybody_) RELIEF_RETURN_IF_ERROR(ForgetBasis());
  StoreCounters();
  return absl::OkStatus();
}

// A basis of no rules: a hub that starts before everybody was judged begins with that.
absl::Status WriteContext::ForgetBasis() {
  RELIEF_ASSIGN_OR_RETURN(auto basis, GetMessage<stored::Basis>(txn, schema::kBasisRow));
  if (!basis || basis->rules_fingerprint().empty()) return absl::OkStatus();
  basis->clear_rules_fingerprint();
  txn.Put(schema::kBasisRow, basis->SerializeAsString());
  return absl::OkStatus();
}

// A record's person is the one that it has at the end of the group.
absl::Status WriteContext::ResolveMarks(Marks& marks) {
  const std::vector<matcher::RecordKey> records(marks.records.begin(), marks.records.end());
  RELIEF_ASSIGN_OR_RETURN(const auto persons,
                          matcher::PersonsOfRecords(storage::TransactionReader(txn), records));
  for (const std::optional<matcher::PersonId>& person : persons)
    if (person) marks.persons.insert(*person);
  marked_.insert(marks.persons.begin(), marks.persons.end());
  return absl::OkStatus();
}

void WriteContext::StoreCounters() {
  if (txn.empty() && counters_.SerializeAsString() == counters_before_) return;
  counters_.set_last_commit_us(now_us);
  txn.Put(schema::kCountersRow, counters_.SerializeAsString());
}

void WriteContext::RollbackTo(const Mark& mark) {
  txn.RollbackTo(mark.txn);
  audit_.resize(mark.audit);
  counters_ = mark.counters;
  change_ = mark.change;
}

}  // namespace relief::server::core
