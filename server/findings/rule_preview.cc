#include "server/findings/rule_preview.h"

#include <map>

#include "server/core/schema.h"
#include "server/findings/finding_text.h"
#include "server/findings/judging.h"
#include "server/records/identity_mapping.h"

namespace relief::server::findings {
namespace {

constexpr size_t kPage = 500;     // persons
constexpr int kMostSamples = 10;  // ids of findings of one rule

class Preview {
 public:
  Preview(const storage::Reader& reader, const coverage::RuleSet& then, matcher::CivilDate as_of,
          const coverage::Feeds* feeds)
      : reader_(reader), then_(then), as_of_(as_of), feeds_(feeds) {}

  absl::Status JudgePage(const std::vector<matcher::PersonId>& page) {
    auto judgement = JudgePersons(reader_, {page.begin(), page.end()}, then_, as_of_, false, feeds_);
    if (!judgement.ok()) return judgement.status();
    std::map<std::string, std::pair<const JudgedPerson*, const coverage::FindingDraft*>> wanted;
    std::map<std::string, v1::Finding> stored;
    for (const JudgedPerson& person : judgement->persons)
      for (const auto* drafts : {&person.drafts, &person.household_drafts})
        for (const coverage::FindingDraft& draft : *drafts) wanted[draft.finding_id] = {&person, &draft};
    std::set<std::string> unheard;  // stay as they are
    for (const JudgedPerson& person : judgement->persons)
      for (const auto* drafts : {&person.unheard, &person.household_unheard})
        for (const coverage::FindingDraft& draft : *drafts) unheard.insert(draft.finding_id);
    if (absl::Status status = ReadStored(*judgement, wanted, &stored); !status.ok()) return status;
    for (const auto& [id, what] : wanted) {
      // A household is judged with each page that has a member of it; its finding counts with the page of its
      // owner.
      if (!what.first->in_full) continue;
      const auto found = stored.find(id);
      Compare(*judgement, *what.first, *what.second, found == stored.end() ? nullptr : &found->second);
    }
    for (const auto& [id, finding] : stored) {
      if (wanted.contains(id) || finding.state() != v1::Finding::OPEN || !own_.contains(id)) continue;
      if (unheard.contains(id)) continue;
      v1::RulePreview& rule = rules_[finding.rule_id()];
      rule.set_closes(rule.closes() + 1);
      if (rule.sample_close_finding_ids_size() < kMostSamples) rule.add_sample_close_finding_ids(id);
    }
    return absl::OkStatus();
  }

  std::map<std::string, v1::RulePreview>& rules() { return rules_; }

 private:
  template <typename Wanted>
  absl::Status ReadStored(const Judgement& judgement, const Wanted& wanted,
                          std::map<std::string, v1::Finding>* stored) {
    std::vector<std::string> keys;
    for (const JudgedPerson& person : judgement.persons)
      if (person.in_full) keys.push_back(schema::PersonFindingsRow(person.person));
    auto lists = reader_.MultiGet(keys);
    if (!lists.ok()) return lists.status();
    own_.clear();
    for (const storage::Row& row : *lists) {
      stored::PersonFindings list;
      if (!list.ParseFromString(row.value))
        return absl::DataLossError("the row of a person's findings is damaged");
      own_.insert(list.finding_ids().begin(), list.finding_ids().end());
      own_.insert(list.household_finding_ids().begin(), list.household_finding_ids().end());
    }
    std::set<std::string> ids = own_;
    for (const auto& [id, what] : wanted) ids.insert(id);
    keys.clear();
    for (const std::string& id : ids) keys.push_back(schema::FindingRow(id));
    auto rows = reader_.MultiGet(keys);
    if (!rows.ok()) return rows.status();
    size_t at = 0;
    for (const std::string& id : ids) {
      const storage::Row& row = (*rows)[at++];
      if (!row.present()) continue;
      if (!(*stored)[id].ParseFromString(row.value))
        return absl::DataLossError("the row of a finding is damaged");
    }
    return absl::OkStatus();
  }

  void Compare(const Judgement& judgement, const JudgedPerson& person, const coverage::FindingDraft& draft,
               const v1::Finding* before) {
    v1::RulePreview& rule = rules_[draft.rule_id];
    if (!before || before->state() == v1::Finding::CLOSED) {
      rule.set_opens(rule.opens() + 1);
      rule.set_opens_amount_fen(rule.opens_amount_fen() + draft.amount_fen);
      if (rule.sample_open_finding_ids_size() < kMostSamples)
        rule.add_sample_open_finding_ids(draft.finding_id);
      return;
    }
    v1::Finding after = *before;
    DescribeFinding(judgement, person, draft, then_, as_of_, &after);
    *after.mutable_due_date() = before->due_date();
    SayWhatToDo(judgement, draft, then_, as_of_, &after);
    const bool same = after.SerializeAsString() == before->SerializeAsString();
    if (same) {
      rule.set_stays(rule.stays() + 1);
    } else {
      rule.set_changes(rule.changes() + 1);
    }
  }

  const storage::Reader& reader_;
  const coverage::RuleSet& then_;
  const matcher::CivilDate as_of_;
  const coverage::Feeds* const feeds_;
  std::set<std::string> own_;  // findings on the lists of this page's persons
  std::map<std::string, v1::RulePreview> rules_;
};

void Describe(const coverage::RuleSet& rules, matcher::CivilDate as_of, bool is_then,
              std::map<std::string, v1::RulePreview>* previews) {
  for (const coverage::RuleInfo& info : rules.rules_in_force(as_of)) {
    v1::RulePreview& rule = (*previews)[info.id];
    rule.set_title_zh(info.title_zh);
    rule.set_title_en(info.title_en);
    if (is_then) {
      rule.set_version_then(info.version);
    } else {
      rule.set_version_now(info.version);
    }
  }
}

}  // namespace

absl::StatusOr<v1::PreviewRulesResponse> PreviewRules(const storage::Reader& reader,
                                                      const coverage::RuleSet& now,
                                                      const coverage::RuleSet& then, matcher::CivilDate as_of,
                                                      const std::function<bool()>& go_on,
                                                      const coverage::Feeds* feeds) {
  Preview preview(reader, then, as_of, feeds);
  std::optional<matcher::PersonId> after;
  while (true) {
    if (!go_on()) return absl::CancelledError("the preview was given up");
    auto page = matcher::ListPersons(reader, after, kPage);
    if (!page.ok()) return page.status();
    if (page->empty()) break;
    after = page->back();
    if (absl::Status status = preview.JudgePage(*page); !status.ok()) return status;
  }
  Describe(now, as_of, false, &preview.rules());
  Describe(then, as_of, true, &preview.rules());
  v1::PreviewRulesResponse response;
  response.set_position(static_cast<int64_t>(reader.version()));
  *response.mutable_as_of_date() = records::ToProto(as_of);
  for (auto& [id, rule] : preview.rules()) {
    const bool same =
        rule.opens() + rule.changes() + rule.closes() == 0 && rule.version_now() == rule.version_then();
    if (same) continue;
    rule.set_rule_id(id);
    *response.add_rules() = std::move(rule);
  }
  return response;
}

}  // namespace relief::server::findings
