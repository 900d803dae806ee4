// What one piece of work may do to the hub: a transaction, the matcher, and marks for what follows.
//
//   hub.Write([&](core::WriteContext& context) -> absl::Status {
//     RELIEF_RETURN_IF_ERROR(context.ApplyIdentities(changes));
//     context.Audit({.actor = actor, .action = "feed.batch", .subject = source_id});
//     return absl::OkStatus();
//   });
//
// Belongs to one group of work and the thread that runs it; valid during the call only.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "matcher/normalize/civil_date.h"
#include "matcher/resolve/resolver.h"
#include "server/core/features.h"
#include "server/coverage/coverage.h"
#include "server/records/stored.pb.h"
#include "storage/transaction.h"

namespace relief::server::core {

struct AuditEvent {
  std::string actor;
  std::string action;
  std::string subject;
  std::string purpose;
  std::string case_number;
  std::string detail;
};

// In a subject: this record alone, and not all of its person.
std::string RecordToken(matcher::RecordKey record);

// How many findings opened and closed.
struct FindingChange {
  int64_t opened = 0, closed = 0;
};

class WriteContext {
 public:
  storage::Transaction& txn;
  const int64_t now_us;  // the time of the commit: greater than that of every commit before
  const matcher::CivilDate as_of;
  const matcher::Resolver& resolver;
  const Features& features;
  const coverage::RuleSet& rules;

  // Matcher changes; the persons that they touch are judged at the end of the group.
  absl::Status ApplyIdentities(std::span<const matcher::Change> changes);
  // An officer's constraint.
  absl::Status Constrain(matcher::RecordKey a, matcher::RecordKey b, std::optional<matcher::Verdict> verdict);

  // Judge this person at the end of the group.
  void MarkForReevaluation(matcher::PersonId person) { marks_->persons.insert(person); }
  // The same for the person of a record, after its identity was applied.
  void MarkPersonOf(matcher::RecordKey key) { marks_->records.insert(key); }
  // The same for everybody whom a source counts into this household (Identity::household) when it is called.
  absl::Status MarkHousehold(const std::string& household);
  // Judge everybody again, in steps after this commit: what it changes may concern anybody. Not forgotten over a stop.
  void JudgeEverybody() { judge_everybody_ = true; }
  // Whom this work marks from here on waits for the end of the load, whose other files may change what is said of them.
  void MarkForLoad(const std::string& load_id) { marks_ = &waiting_[load_id]; }
  // Whom this work marks from here on is judged as the end of the load. `baseline_sources`: see EndingLoad.
  void MarkAtEndOf(const std::string& load_id, std::set<std::string> baseline_sources) {
    ending_baselines_[load_id] = std::move(baseline_sources);
    marks_ = &ending_[load_id];
  }

  void CountLiveRecords(int64_t difference) {
    counters_.set_live_records(counters_.live_records() + difference);
  }
  void CountFindings(const FindingChange& change) {
    counters_.set_open_findings(counters_.open_findings() + change.opened - change.closed);
    change_.opened += change.opened;
    change_.closed += change.closed;
  }
  // One entry of the audit chain, in the same commit.
  void Audit(AuditEvent event) { audit_.push_back(std::move(event)); }

  // To come back to when a piece of work, or a part of one, is refused: nothing that it did is left. Persons
  // that it marked are judged all the same, which changes nothing.
  struct Mark {
    size_t txn, audit;
    stored::Counters counters;
    FindingChange change;
  };
  Mark TakeMark() {
    marks_ = &now_;
    return {txn.Mark(), audit_.size(), counters_, change_};
  }
  void RollbackTo(const Mark& mark);

  // For the steps that follow. The marked persons, those of marked records included: all of them,
  const std::set<matcher::PersonId>& marked_persons() const { return marked_; }
  // those that are judged with this commit,
  const std::set<matcher::PersonId>& judged_now() const { return now_.persons; }
  // those that wait for the end of a load, by its id,
  const std::map<std::string, std::set<matcher::PersonId>>& waiting_for_loads() const {
    return waiting_persons_;
  }
  // and those that the end of a load judges.
  struct EndingLoad {
    std::string load_id;
    std::set<std::string> baseline_sources;  // whose first load it is
    std::set<matcher::PersonId> persons;
  };
  const std::vector<EndingLoad>& ending_loads() const { return ending_loads_; }
  // The load whose end is being judged by a step; null: none.
  const EndingLoad* judged_load() const { return judged_load_; }
  void SetJudgedLoad(const EndingLoad* load) { judged_load_ = load; }
  const std::set<std::pair<matcher::RecordKey, matcher::RecordKey>>& changed_conflicts() const {
    return changed_conflicts_;
  }
  std::vector<AuditEvent>& audit_events() { return audit_; }
  // Work out when to judge the marked persons again; without it, tomorrow.
  bool look_ahead() const { return look_ahead_; }

 private:
  friend class Hub;
  WriteContext(storage::Transaction& txn, int64_t now_us, matcher::CivilDate as_of,
               const matcher::Resolver& resolver, const Features& features, const coverage::RuleSet& rules)
      : txn(txn), now_us(now_us), as_of(as_of), resolver(resolver), features(features), rules(rules) {}

  // Reads the counters; the first thing to be done.
  absl::Status Begin();
  // Runs the steps, and stores the counters; the last thing to be done.
  absl::Status Finish();
  absl::Status ForgetBasis();
  void StoreCounters();

  absl::Status Follow(absl::StatusOr<matcher::ResolveDelta> delta);
  absl::Status RememberPast(const matcher::ResolveDelta& delta);

  struct Marks {
    std::set<matcher::PersonId> persons;
    std::set<matcher::RecordKey> records;
  };
  absl::Status ResolveMarks(Marks& marks);

  Marks now_;
  std::map<std::string, Marks> waiting_, ending_;  // by load
  Marks* marks_ = &now_;                           // of the work that is being done
  std::map<std::string, std::set<std::string>> ending_baselines_;
  std::set<matcher::PersonId> marked_;
  std::map<std::string, std::set<matcher::PersonId>> waiting_persons_;
  std::vector<EndingLoad> ending_loads_;
  const EndingLoad* judged_load_ = nullptr;
  std::set<std::pair<matcher::RecordKey, matcher::RecordKey>> changed_conflicts_;
  bool remember_ = true;  // persons' members before a change, for "as known on that day"
  bool look_ahead_ = false;
  bool judge_everybody_ = false;
  stored::Counters counters_;
  std::string counters_before_;
  FindingChange change_;
  std::vector<AuditEvent> audit_;
};

// Returns an error to refuse: everything that this work wrote is taken back, the group goes on without it.
// May be run again from the beginning if the commit meets a conflict, so what it captures by reference must
// bear that.
using Work = std::function<absl::Status(WriteContext&)>;

}  // namespace relief::server::core
