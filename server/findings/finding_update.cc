#include "server/findings/finding_update.h"

#include <algorithm>
#include <map>
#include <set>

#include "server/core/schema.h"
#include "server/findings/closing_cause.h"
#include "server/findings/finding_life.h"
#include "server/findings/finding_text.h"
#include "server/records/identity_mapping.h"
#include "storage/status_macros.h"

namespace relief::server::findings {
namespace {

template <typename Message>
absl::Status ParseRow(const storage::Row& row, Message* message) {
  if (row.present() && !message->ParseFromString(row.value))
    return absl::DataLossError("a row of the hub is damaged");
  return absl::OkStatus();
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

template <typename Ids>
bool Has(const Ids& ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

class Updater {
 public:
  Updater(core::WriteContext& context, FindingWriter& writer, Judgement& judgement,
          const coverage::RuleSet& rules)
      : context_(context), writer_(writer), judgement_(judgement), rules_(rules), as_of_(context.as_of) {
    now_.set_seconds(context.now_us / 1'000'000);
    now_.set_nanos(static_cast<int32_t>(context.now_us % 1'000'000) * 1000);
  }

  absl::Status Run() {
    for (const JudgedPerson& person : judgement_.persons) {
      for (const auto* drafts : {&person.drafts, &person.household_drafts})
        for (const coverage::FindingDraft& draft : *drafts) wanted_[draft.finding_id] = {&person, &draft};
    }
    if (absl::Status status = ReadLists(); !status.ok()) return status;
    if (absl::Status status = ReadFindings(); !status.ok()) return status;
    KeepUnheard();
    for (const auto& [id, what] : wanted_) Bear(*what.first, *what.second);
    for (const JudgedPerson& person : judgement_.persons) {
      const stored::PersonFindings& list = listed_.at(person.person);
      if (person.in_full)
        for (const std::string& id : list.finding_ids())
          if (absl::Status status = Drop(person, id); !status.ok()) return status;
      for (const std::string& id : list.household_finding_ids())
        if (absl::Status status = Drop(person, id); !status.ok()) return status;
    }
    for (const JudgedPerson& person : judgement_.persons) WriteList(person);
    return absl::OkStatus();
  }

 private:
  absl::Status ReadLists() {
    std::vector<std::string> keys;
    keys.reserve(judgement_.persons.size());
    for (const JudgedPerson& person : judgement_.persons)
      keys.push_back(schema::PersonFindingsRow(person.person));
    auto rows = context_.txn.MultiGet(keys);
    if (!rows.ok()) return rows.status();
    for (size_t i = 0; i < keys.size(); ++i)
      if (absl::Status status = ParseRow((*rows)[i], &listed_[judgement_.persons[i].person]); !status.ok())
        return status;
    return absl::OkStatus();
  }

  // A gap whose feed fell silent: what is open stays so, and nothing is opened.
  void KeepUnheard() {
    for (JudgedPerson& person : judgement_.persons) {
      const auto keep = [&](std::vector<coverage::FindingDraft>& unheard,
                            std::vector<coverage::FindingDraft>& drafts) {
        for (coverage::FindingDraft& draft : unheard) {
          const auto found = stored_.find(draft.finding_id);
          if (found != stored_.end() && found->second.state() != v1::Finding::CLOSED)
            drafts.push_back(std::move(draft));
        }
        std::sort(drafts.begin(), drafts.end(),
                  [](const coverage::FindingDraft& a, const coverage::FindingDraft& b) {
                    return a.finding_id < b.finding_id;
                  });
        for (const coverage::FindingDraft& draft : drafts) wanted_[draft.finding_id] = {&person, &draft};
      };
      keep(person.unheard, person.drafts);
      keep(person.household_unheard, person.household_drafts);
    }
  }

  absl::Status ReadFindings() {
    std::set<std::string> ids;
    for (const auto& [id, what] : wanted_) ids.insert(id);
    for (const JudgedPerson& person : judgement_.persons)
      for (const auto* unheard : {&person.unheard, &person.household_unheard})
        for (const coverage::FindingDraft& draft : *unheard) ids.insert(draft.finding_id);
    for (const auto& [person, list] : listed_) {
      ids.insert(list.finding_ids().begin(), list.finding_ids().end());
      ids.insert(list.household_finding_ids().begin(), list.household_finding_ids().end());
    }
    std::vector<std::string> keys;
    keys.reserve(ids.size());
    for (const std::string& id : ids) keys.push_back(schema::FindingRow(id));
    auto rows = context_.txn.MultiGet(keys);
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
    const v1::Finding* before = found == stored_.end() ? nullptr : &found->second;
    v1::Finding finding = before ? *before : v1::Finding();
    const bool was_open = before && before->state() == v1::Finding::OPEN;
    DescribeFinding(judgement_, person, draft, rules_, as_of_, &finding);
    // What the agencies agreed on holds for the evidence that they saw, until the day that they named.
    if (before && StaysSettled(*before, as_of_) && SameEvidence(finding, *before)) {
      *finding.mutable_due_date() = before->due_date();
      SayWhatToDo(judgement_, draft, rules_, as_of_, &finding);
      if (!SameToReceivers(finding, *before)) Write(before, &finding, {}, std::nullopt);
      return;
    }
    if (was_open) {
      *finding.mutable_due_date() = before->due_date();  // counts from the day it opened
    } else {
      MoveToWorkingDay(context_.features, &finding);
    }
    SayWhatToDo(judgement_, draft, rules_, as_of_, &finding);
    if (!before) *finding.mutable_open_time() = now_;
    finding.set_state(v1::Finding::OPEN);
    finding.clear_close_time();
    finding.clear_closing_cause();
    if (!was_open) {
      finding.clear_suppressed_until();
      finding.clear_deliberation();
    }
    finding.set_overdue(IsOverdue(finding, as_of_));
    finding.set_escalation(EscalationOf(finding, as_of_));
    if (was_open && SameToReceivers(finding, *before)) return;
    *finding.mutable_update_time() = now_;
    if (before && !was_open) finding.set_reopened(finding.reopened() + 1);
    const auto kind = !before                                       ? v1::FindingEvent::OPENED
                      : !was_open                                   ? v1::FindingEvent::REOPENED
                      : finding.escalation() > before->escalation() ? v1::FindingEvent::ESCALATED
                      : finding.overdue() && !before->overdue()     ? v1::FindingEvent::OVERDUE
                                                                    : v1::FindingEvent::CHANGED;
    const v1::FindingEvent event = EventOf(kind, finding);
    writer_.SetBaseline(!was_open && OfBaseline(finding));
    Write(before, &finding, {&event, 1}, was_open ? v1::Notice::CHANGED : v1::Notice::OPENED);
    writer_.SetBaseline(false);
  }

  // It is on the person's list, and the data of these persons do not bear it out. One that has moved to
  // another person is that person's matter.
  absl::Status Drop(const JudgedPerson& judged, const std::string& id) {
    const matcher::PersonId person = judged.person;
    if (wanted_.contains(id)) return absl::OkStatus();
    const auto found = stored_.find(id);
    if (found == stored_.end() || found->second.state() == v1::Finding::CLOSED) return absl::OkStatus();
    const v1::Finding before = found->second;
    v1::Finding finding = before;
    if (finding.person_id() != person.ToString()) return absl::OkStatus();
    RELIEF_ASSIGN_OR_RETURN(const auto cause, ClosingCauseOf(context_, before, judgement_, judged));
    finding.set_closing_cause(cause);
    finding.set_state(v1::Finding::CLOSED);
    finding.set_overdue(false);
    finding.set_escalation(0);
    finding.set_disputed(false);
    finding.clear_suppressed_until();
    *finding.mutable_close_time() = now_;
    *finding.mutable_update_time() = now_;
    v1::FindingEvent event = EventOf(v1::FindingEvent::CLOSED, finding);
    event.set_closing_cause(cause);
    writer_.SetBaseline(OfBaseline(finding) || HoldsOfBaseline(judged));
    Write(&before, &finding, {&event, 1}, v1::Notice::CLOSED);
    writer_.SetBaseline(false);
    return absl::OkStatus();
  }

  // Whether a source that is loaded for the first time bears it out,
  bool OfBaseline(const v1::Finding& finding) const {
    const auto* load = context_.judged_load();
    return load != nullptr &&
           std::any_of(finding.evidence().begin(), finding.evidence().end(),
                       [&](const v1::Evidence& evidence) {
                         return load->baseline_sources.contains(evidence.record().source_id());
                       });
  }
  // or knows of the person, or of somebody in the household, what closes it.
  bool HoldsOfBaseline(const JudgedPerson& judged) const {
    const auto* load = context_.judged_load();
    if (load == nullptr || load->baseline_sources.empty()) return false;
    const auto holds = [&](const JudgedPerson& one) {
      return std::any_of(one.records.begin(), one.records.end(), [&](const matcher::RecordKey& key) {
        return load->baseline_sources.contains(judgement_.records.at(key).source_id());
      });
    };
    if (holds(judged)) return true;
    return std::any_of(judgement_.persons.begin(), judgement_.persons.end(), [&](const JudgedPerson& one) {
      return std::binary_search(judged.household.begin(), judged.household.end(), one.person) && holds(one);
    });
  }

  void Write(const v1::Finding* before, v1::Finding* after, std::span<const v1::FindingEvent> events,
             std::optional<v1::Notice::Event> notice) {
    writer_.Write(before, after, events, notice);
    stored_[after->finding_id()] = *after;
  }

  // The soonest of the days on which the rules, or the life of a finding, want this person to be looked at
  // again.
  int32_t WakeDay(const JudgedPerson& person, const stored::PersonFindings& list) const {
    int32_t day = person.in_full ? person.wake_day : list.wake_day();
    const auto consider = [&](const std::string& id) {
      const auto turn = NextTurn(stored_.at(id), as_of_);
      if (turn && (day == 0 || *turn < day)) day = *turn;
    };
    if (person.in_full)
      for (const coverage::FindingDraft& draft : person.drafts) consider(draft.finding_id);
    for (const coverage::FindingDraft& draft : person.household_drafts) consider(draft.finding_id);
    return day;
  }

  void WriteList(const JudgedPerson& person) {
    const stored::PersonFindings& before = listed_.at(person.person);
    stored::PersonFindings list;
    if (person.in_full) {
      for (const coverage::FindingDraft& draft : person.drafts) list.add_finding_ids(draft.finding_id);
    } else {
      *list.mutable_finding_ids() = before.finding_ids();
    }
    for (const coverage::FindingDraft& draft : person.household_drafts)
      list.add_household_finding_ids(draft.finding_id);
    // One that comes back is no longer past.
    for (const auto* ids :
         {&before.past_finding_ids(), &before.finding_ids(), &before.household_finding_ids()})
      for (const std::string& id : *ids)
        if (!Has(list.finding_ids(), id) && !Has(list.household_finding_ids(), id) &&
            !Has(list.past_finding_ids(), id))
          list.add_past_finding_ids(id);
    list.set_wake_day(WakeDay(person, before));
    if (list.wake_day() != before.wake_day()) {
      if (before.wake_day() != 0) context_.txn.Delete(schema::TimerRow(before.wake_day(), person.person));
      if (list.wake_day() != 0) context_.txn.Put(schema::TimerRow(list.wake_day(), person.person), "");
    }
    std::string encoded = list.SerializeAsString();
    if (encoded == before.SerializeAsString()) return;
    const std::string key = schema::PersonFindingsRow(person.person);
    if (encoded.empty()) {
      context_.txn.Delete(key);
    } else {
      context_.txn.Put(key, std::move(encoded));
    }
  }

  core::WriteContext& context_;
  FindingWriter& writer_;
  Judgement& judgement_;
  const coverage::RuleSet& rules_;
  const matcher::CivilDate as_of_;
  google::protobuf::Timestamp now_;
  std::map<std::string, std::pair<const JudgedPerson*, const coverage::FindingDraft*>> wanted_;
  std::map<matcher::PersonId, stored::PersonFindings> listed_;
  std::map<std::string, v1::Finding> stored_;
};

}  // namespace

absl::Status UpdateFindings(core::WriteContext& context, Judgement& judgement) {
  FindingWriter writer(context);
  RELIEF_RETURN_IF_ERROR(Updater(context, writer, judgement, context.rules).Run());
  return writer.Flush();
}

}  // namespace relief::server::findings
