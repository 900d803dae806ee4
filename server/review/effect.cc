#include "server/review/effect.h"

#include <map>

#include "proto/words.h"
#include "server/core/schema.h"
#include "server/review/review_rows.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::review {
namespace {

matcher::RecordKey KeyOf(const v1::RecordName& name) {
  return matcher::RecordKey::Of(name.source_id(), name.record_id());
}

bool Begins(const std::string& key, std::string_view prefix) {
  return key.compare(0, prefix.size(), prefix) == 0;
}

// The id in a key of the matcher's index: a letter and what the records are called.
constexpr std::string_view kPersonRows = "mp", kConflictRows = "mc";

absl::StatusOr<int32_t> RecordsOf(const storage::Reader& reader, matcher::PersonId person) {
  auto members = matcher::MembersOf(reader, person);
  if (absl::IsNotFound(members.status())) return 0;
  if (!members.ok()) return members.status();
  return static_cast<int32_t>(members->size());
}

absl::Status AddPerson(const storage::Reader& before, const storage::Reader& after, const std::string& key,
                       v1::Effect* effect) {
  const matcher::PersonId person{matcher::RecordKey::FromBytes(key.data() + kPersonRows.size())};
  RELIEF_ASSIGN_OR_RETURN(auto had, RecordsOf(before, person));
  RELIEF_ASSIGN_OR_RETURN(auto has, RecordsOf(after, person));
  v1::Effect::PersonChange& change = *effect->add_persons();
  change.set_person_id(person.ToString());
  change.set_records_before(had);
  change.set_records_after(has);
  return absl::OkStatus();
}

absl::Status AddFinding(const storage::Reader& before, const std::string& key, const std::string& value,
                        v1::Effect* effect) {
  RELIEF_ASSIGN_OR_RETURN(auto was, review_rows::ReadOrEmpty<v1::Finding>(before, key));
  v1::Finding is;
  if (!is.ParseFromString(value)) return absl::DataLossError("the row of a finding is damaged");
  const bool was_open = was.state() == v1::Finding::OPEN, is_open = is.state() == v1::Finding::OPEN;
  if (is_open && !was_open) {
    *effect->add_opens() = std::move(is);
  } else if (was_open && !is_open) {
    *effect->add_closes() = std::move(is);
  } else if (is_open) {
    *effect->add_changes() = std::move(is);
  }
  return absl::OkStatus();
}

absl::Status AddConflict(const storage::Reader& before, const storage::Reader& after, const std::string& key,
                         v1::Effect* effect) {
  RELIEF_ASSIGN_OR_RETURN(auto was, before.MultiGet({&key, 1}));
  RELIEF_ASSIGN_OR_RETURN(auto is, after.MultiGet({&key, 1}));
  if (was[0].present() == is[0].present()) return absl::OkStatus();
  if (key.size() != kConflictRows.size() + 2 * matcher::RecordKey::kSize)
    return absl::DataLossError("the row of a conflict is damaged");
  const char* keys = key.data() + kConflictRows.size();
  const std::string id = "C-" + matcher::RecordKey::FromBytes(keys).ToString() +
                         matcher::RecordKey::FromBytes(keys + matcher::RecordKey::kSize).ToString();
  if (is[0].present()) {
    effect->add_conflicts_opened(id);
  } else {
    effect->add_conflicts_closed(id);
  }
  return absl::OkStatus();
}

// Does every constraint come true?
absl::StatusOr<bool> Achieves(const storage::Reader& after,
                              const std::vector<v1::Decision::Constraint>& constraints) {
  for (const v1::Decision::Constraint& constraint : constraints) {
    auto a = matcher::PersonOfRecord(after, KeyOf(constraint.record_a()));
    auto b = matcher::PersonOfRecord(after, KeyOf(constraint.record_b()));
    if (!a.ok()) return a.status();
    if (!b.ok()) return b.status();
    if ((*a == *b) != (constraint.verdict() == v1::Decision::SAME)) return false;
  }
  return true;
}

void AddSentences(v1::Effect* effect) {
  std::vector<std::string> gone, changed;
  int made = 0;
  for (const v1::Effect::PersonChange& person : effect->persons()) {
    if (person.records_after() == 0) {
      gone.push_back(person.person_id());
    } else if (person.records_before() == 0) {
      ++made;
    } else {
      changed.push_back(person.person_id());
    }
  }
  std::string zh, en;
  const auto add = [](std::string* text, const char* separator, const std::string& part) {
    *text += (text->empty() ? "" : separator) + part;
  };
  for (const std::string& id : gone) {
    add(&zh, "，", "将 " + id + " 并入" + (changed.empty() ? "另一人" : " " + changed.front()));
    add(&en, "; ", "merges " + id + " into " + (changed.empty() ? "another person" : changed.front()));
  }
  if (made > 0) {
    add(&zh, "，", "拆出 " + std::to_string(made) + " 人");
    add(&en, "; ", "makes " + std::to_string(made) + (made == 1 ? " new person" : " new persons"));
  }
  if (gone.empty() && made == 0) {
    add(&zh, "，", changed.empty() ? "人员不变" : "记录在已有人员之间移动");
    add(&en, "; ", changed.empty() ? "no person changes" : "records move between persons");
  }
  const auto count = [&](int findings, v1::FindingEvent::Kind event, const char* english) {
    if (findings == 0) return;
    add(&zh, "，", Word(event, Language::kChinese) + " " + std::to_string(findings) + " 条问题线索");
    add(&en, "; ",
        english + std::string(" ") + std::to_string(findings) + (findings == 1 ? " finding" : " findings"));
  };
  count(effect->closes_size(), v1::FindingEvent::CLOSED, "closes");
  count(effect->opens_size(), v1::FindingEvent::OPENED, "opens");
  count(effect->changes_size(), v1::FindingEvent::CHANGED, "changes");
  effect->set_sentence_zh(zh + "。");
  effect->set_sentence_en(en + ".");
}

}  // namespace

absl::StatusOr<v1::Effect> PreviewEffect(core::Hub& hub,
                                         const std::vector<v1::Decision::Constraint>& constraints) {
  const auto before = hub.store().Snapshot();
  v1::Effect effect;
  const absl::Status status = hub.DryRun(
      [&](core::WriteContext& context) -> absl::Status {
        for (const v1::Decision::Constraint& constraint : constraints)
          RELIEF_RETURN_IF_ERROR(context.Constrain(KeyOf(constraint.record_a()), KeyOf(constraint.record_b()),
                                                   constraint.verdict() == v1::Decision::SAME
                                                       ? matcher::Verdict::kSame
                                                       : matcher::Verdict::kDifferent));
        return absl::OkStatus();
      },
      [&](storage::Transaction& txn) -> absl::Status {
        const storage::TransactionReader after(txn);
        const storage::Commit commit = txn.Build();
        std::map<std::string, const std::string*> written;
        for (const storage::Put& put : commit.puts) written[put.key] = &put.value;
        for (const std::string& key : commit.deletes) written[key] = nullptr;
        for (const auto& [key, value] : written) {
          absl::Status done;
          if (Begins(key, kPersonRows)) done = AddPerson(*before, after, key, &effect);
          if (Begins(key, kConflictRows)) done = AddConflict(*before, after, key, &effect);
          if (Begins(key, schema::kFindingPrefix) && value) done = AddFinding(*before, key, *value, &effect);
          if (!done.ok()) return done;
        }
        RELIEF_ASSIGN_OR_RETURN(auto achieves, Achieves(after, constraints));
        effect.set_achieves(achieves);
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  AddSentences(&effect);
  return effect;
}

}  // namespace relief::server::review
