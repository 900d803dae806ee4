// How findings follow the data.
#include <algorithm>
#include <map>

#include "server/ingest/identity_mapping.h"
#include "server/notice/finding_life.h"
#include "server/notice/finding_store.h"
#include "server/schema.h"
#include "storage/transaction_reader.h"

namespace relief::server {
namespace {

google::protobuf::Timestamp ToTimestamp(int64_t time_us) {
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(time_us / 1'000'000);
  timestamp.set_nanos(static_cast<int32_t>(time_us % 1'000'000) * 1000);
  return timestamp;
}

template <typename Message>
absl::Status ParseRow(const storage::Row& row, Message* message) {
  if (row.present() && !message->ParseFromString(row.value))
    return absl::DataLossError("a row of the hub is damaged");
  return absl::OkStatus();
}

// Where the record was paid, or else where its person lives.
const std::string& RegionOf(const v1::Record& record) {
  return record.benefit().paying_region().empty() ? record.person().region_code()
                                                  : record.benefit().paying_region();
}

// What the data and the rule say of the finding now; times, state and dispositions are left alone.
void Describe(const JudgedPerson& judged, const coverage::FindingDraft& draft, const coverage::RuleSet& rules,
              matcher::CivilDate opened, v1::Finding* finding) {
  finding->set_finding_id(draft.finding_id);
  finding->set_rule_id(draft.rule_id);
  finding->clear_notify();
  rules.Describe(draft.rule_id, opened, finding);
  finding->set_person_id(judged.person.ToString());
  finding->set_amount_fen(draft.amount_fen);
  finding->clear_evidence();
  finding->clear_regions();
  finding->clear_overlap_months();
  for (const v1::Month& month : draft.overlap_months) *finding->add_overlap_months() = month;
  std::set<std::string> regions;
  for (const matcher::RecordKey& key : draft.evidence) {
    const auto at = std::lower_bound(judged.keys.begin(), judged.keys.end(), key) - judged.keys.begin();
    const stored::Record& record = judged.records[static_cast<size_t>(at)];
    v1::Evidence& evidence = *finding->add_evidence();
    evidence.mutable_record()->set_source_id(record.source_id());
    evidence.mutable_record()->set_record_id(record.record().record_id());
    if (record.record().has_benefit()) evidence.set_programme(record.record().benefit().programme());
    if (!RegionOf(record.record()).empty()) regions.insert(RegionOf(record.record()));
  }
  for (const std::string& region : regions) finding->add_regions(region);
}

bool SameToReceivers(v1::Finding a, v1::Finding b) {
  a.clear_update_time();
  b.clear_update_time();
  return a.SerializeAsString() == b.SerializeAsString();
}

bool SameEvidence(const v1::Finding& a, const v1::Finding& b) {
  return std::equal(a.evidence().begin(), a.evidence().end(), b.evidence().begin(), b.evidence().end(),
                    [](const v1::Evidence& x, const v1::Evidence& y) {
                      return x.record().source_id() == y.record().source_id() &&
                             x.record().record_id() == y.record().record_id();
                    });
}

class Updater {
 public:
  Updater(storage::Transaction& txn, const coverage::RuleSet& rules, int64_t now_us, matcher::CivilDate as_of,
          Outbox& outbox)
      : txn_(txn), rules_(rules), now_us_(now_us), now_(ToTimestamp(now_us)), as_of_(as_of), outbox_(outbox) {}

  absl::StatusOr<FindingCounts> Run(const std::vector<JudgedPerson>& judged) {
    if (absl::Status status = ReadLists(judged); !status.ok()) return status;
    std::map<std::string, std::pair<const JudgedPerson*, const coverage::FindingDraft*>> wanted;
    for (const JudgedPerson& person : judged)
      for (const coverage::FindingDraft& draft : person.drafts) wanted[draft.finding_id] = {&person, &draft};
    if (absl::Status status = ReadFindings(wanted); !status.ok()) return status;
    for (const auto& [id, what] : wanted) Bear(*what.first, *what.second);
    for (const JudgedPerson& person : judged)
      for (const std::string& id : listed_[person.person])
        if (!wanted.contains(id)) Drop(person.person, id);
    for (const JudgedPerson& person : judged) WriteList(person);
    return counts_;
  }

 private:
  absl::Status ReadLists(const std::vector<JudgedPerson>& judged) {
    std::vector<std::string> keys;
    keys.reserve(judged.size());
    for (const JudgedPerson& person : judged) keys.push_back(schema::PersonFindingsRow(person.person));
    auto rows = txn_.MultiGet(keys);
    if (!rows.ok()) return rows.status();
    for (size_t i = 0; i < judged.size(); ++i) {
      stored::PersonFindings list;
      if (absl::Status status = ParseRow((*rows)[i], &list); !status.ok()) return status;
      listed_[judged[i].person].assign(list.finding_ids().begin(), list.finding_ids().end());
      wakes_[judged[i].person] = list.wake_day();
    }
    return absl::OkStatus();
  }

  template <typename Wanted>
  absl::Status ReadFindings(const Wanted& wanted) {
    std::set<std::string> ids;
    for (const auto& [id, what] : wanted) ids.insert(id);
    for (const auto& [person, list] : listed_) ids.insert(list.begin(), list.end());
    std::vector<std::string> keys;
    keys.reserve(ids.size());
    for (const std::string& id : ids) keys.push_back(schema::FindingRow(id));
    auto rows = txn_.MultiGet(keys);
    if (!rows.ok()) return rows.status();
    size_t i = 0;
    for (const std::string& id : ids) {
      const storage::Row& row = (*rows)[i++];
      v1::Finding finding;
      if (absl::Status status = ParseRow(row, &finding); !status.ok()) return status;
      if (row.present()) stored_[id] = std::move(finding);
    }
    return absl::OkStatus();
  }

  // The data bear this finding out.
  void Bear(const JudgedPerson& person, const coverage::FindingDraft& draft) {
    const auto found = stored_.find(draft.finding_id);
    const bool is_new = found == stored_.end();
    v1::Finding finding = is_new ? v1::Finding() : found->second;
    const v1::Finding::State before = finding.state();
    const bool was_open = before == v1::Finding::OPEN;
    Describe(person, draft, rules_, as_of_, &finding);
    // What the agencies agreed on holds for the evidence that they saw.
    if (before == v1::Finding::SETTLED && SameEvidence(finding, found->second)) {
      if (!SameToReceivers(finding, found->second)) Put(finding);
      return;
    }
    if (was_open) *finding.mutable_due_date() = found->second.due_date();  // counts from the day it opened
    if (is_new) *finding.mutable_open_time() = now_;
    finding.set_state(v1::Finding::OPEN);
    finding.clear_close_time();
    const bool overdue = IsOverdue(finding, as_of_);
    const bool overdue_now = overdue && !finding.overdue();
    finding.set_overdue(overdue);
    if (was_open && SameToReceivers(finding, found->second)) return;
    *finding.mutable_update_time() = now_;
    if (!was_open) ++counts_.opened;
    if (!was_open && !is_new) finding.set_reopened(finding.reopened() + 1);
    Record(is_new        ? v1::FindingEvent::OPENED
           : !was_open   ? v1::FindingEvent::REOPENED
           : overdue_now ? v1::FindingEvent::OVERDUE
                         : v1::FindingEvent::CHANGED,
           &finding);
    outbox_.Append(finding, was_open ? v1::Notice::CHANGED : v1::Notice::OPENED);
    Put(finding);
  }

  // It is on the person's list, and the data of these persons do not bear it out. One that has moved to
  // another person is that person's matter.
  void Drop(matcher::PersonId person, const std::string& id) {
    const auto found = stored_.find(id);
    if (found == stored_.end() || found->second.state() == v1::Finding::CLOSED) return;
    v1::Finding finding = found->second;
    if (finding.person_id() != person.ToString()) return;
    if (finding.state() == v1::Finding::OPEN) ++counts_.closed;
    finding.set_state(v1::Finding::CLOSED);
    finding.set_overdue(false);
    *finding.mutable_close_time() = now_;
    *finding.mutable_update_time() = now_;
    Record(v1::FindingEvent::CLOSED, &finding);
    outbox_.Append(finding, v1::Notice::CLOSED);
    Put(finding);
  }

  void Record(v1::FindingEvent::Kind kind, v1::Finding* finding) {
    v1::FindingEvent event;
    event.set_kind(kind);
    event.set_evidence(finding->evidence_size());
    event.set_amount_fen(finding->amount_fen());
    AppendEvent(txn_, finding, std::move(event), now_us_);
  }

  void Put(const v1::Finding& finding) {
    txn_.Put(schema::FindingRow(finding.finding_id()), finding.SerializeAsString());
    stored_[finding.finding_id()] = finding;
  }

  // The day after the due date of a finding that may become overdue, if it is sooner.
  int32_t WakeDay(const JudgedPerson& person) const {
    int32_t day = person.wake_day;
    for (const coverage::FindingDraft& draft : person.drafts) {
      const v1::Finding& finding = stored_.at(draft.finding_id);
      const auto due = ToCivilDate(finding.due_date());
      if (finding.state() == v1::Finding::OPEN && due && *due >= as_of_) day = std::min(day, due->days() + 1);
    }
    return day;
  }

  void WriteList(const JudgedPerson& person) {
    std::vector<std::string> ids;
    for (const coverage::FindingDraft& draft : person.drafts) ids.push_back(draft.finding_id);
    const int32_t wake_before = wakes_[person.person], wake_day = WakeDay(person);
    if (wake_day != wake_before) {
      if (wake_before != 0) txn_.Delete(schema::TimerRow(wake_before, person.person));
      if (wake_day != 0) txn_.Put(schema::TimerRow(wake_day, person.person), "");
    }
    if (ids == listed_[person.person] && wake_day == wake_before) return;
    const std::string key = schema::PersonFindingsRow(person.person);
    if (ids.empty() && wake_day == 0) {
      txn_.Delete(key);
      return;
    }
    stored::PersonFindings list;
    list.set_wake_day(wake_day);
    for (std::string& id : ids) list.add_finding_ids(std::move(id));
    txn_.Put(key, list.SerializeAsString());
  }

  storage::Transaction& txn_;
  const coverage::RuleSet& rules_;
  const int64_t now_us_;
  const google::protobuf::Timestamp now_;
  const matcher::CivilDate as_of_;
  Outbox& outbox_;
  std::map<matcher::PersonId, std::vector<std::string>> listed_;
  std::map<matcher::PersonId, int32_t> wakes_;
  std::map<std::string, v1::Finding> stored_;
  FindingCounts counts_;
};

}  // namespace

absl::StatusOr<std::vector<JudgedPerson>> JudgePersons(storage::Transaction& txn,
                                                       const std::set<matcher::PersonId>& persons,
                                                       const coverage::RuleSet& rules,
                                                       matcher::CivilDate as_of, bool look_ahead) {
  const storage::TransactionReader reader(txn);
  std::vector<JudgedPerson> judged;
  std::vector<std::string> keys;
  for (const matcher::PersonId& person : persons) {
    auto members = matcher::MembersOf(reader, person);
    if (!members.ok() && !absl::IsNotFound(members.status())) return members.status();
    JudgedPerson& one = judged.emplace_back();
    one.person = person;
    if (members.ok()) one.keys = *std::move(members);
    for (const matcher::RecordKey& key : one.keys) keys.push_back(schema::RecordRow(key));
  }
  auto rows = txn.MultiGet(keys);
  if (!rows.ok()) return rows.status();
  size_t at = 0;
  for (JudgedPerson& one : judged) {
    for (size_t i = 0; i < one.keys.size(); ++i) {
      stored::Record record;
      if (!record.ParseFromString((*rows)[at++].value))
        return absl::DataLossError("a row of the hub is damaged");
      if (record.state() == stored::Record::ENDED) *record.mutable_record() = EffectiveRecord(record);
      one.records.push_back(std::move(record));
    }
    std::vector<coverage::CoverageRecord> records;
    for (size_t i = 0; i < one.keys.size(); ++i) records.push_back({one.keys[i], &one.records[i].record()});
    if (records.empty()) continue;
    one.drafts = rules.Evaluate(records, as_of);
    one.wake_day = look_ahead ? rules.NextChange(records, as_of).days() : as_of.days() + 1;
  }
  return judged;
}

absl::StatusOr<FindingCounts> UpdateFindings(storage::Transaction& txn,
                                             const std::vector<JudgedPerson>& judged,
                                             const coverage::RuleSet& rules, int64_t now_us,
                                             matcher::CivilDate as_of, Outbox& outbox) {
  return Updater(txn, rules, now_us, as_of, outbox).Run(judged);
}

}  // namespace relief::server
