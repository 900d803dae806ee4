#include "server/coverage/coverage.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "server/coverage/in_review.h"
#include "server/coverage/rule.h"
#include "server/coverage/rule_file.h"

namespace relief::coverage {
namespace {

// Grows whenever the code below or in the evaluators changes what a rule means, so that stored findings are
// judged anew.
constexpr char kEvaluators[] = "evaluators-4";

std::string Deterministic(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

// A deadline that would end on a weekend ends on the Monday after it, when somebody can act (民法典第二百零三条).
// Which other days are holidays is not known here.
matcher::CivilDate WeekdayFrom(int32_t day) {
  const int32_t weekday = ((day + 3) % 7 + 7) % 7;  // 0 = Monday; 1970-01-01 was a Thursday
  return matcher::CivilDate::FromDays(weekday >= 5 ? day + 7 - weekday : day);
}

}  // namespace

struct RuleSet::Impl {
  std::vector<Rule> rules;                 // by id, then version
  std::set<std::string> claiming_absence;  // ids of rules that say that something is not there
  std::string fingerprint;

  static absl::StatusOr<std::shared_ptr<const RuleSet>> Make(std::vector<PlacedRule> placed) {
    if (absl::Status status = CheckDistinct(placed); !status.ok()) return status;
    std::sort(placed.begin(), placed.end(), [](const PlacedRule& a, const PlacedRule& b) {
      const int order = a.spec.id().compare(b.spec.id());
      return order != 0 ? order < 0 : a.spec.version() < b.spec.version();
    });
    std::shared_ptr<RuleSet> set(new RuleSet());
    RuleFile all;
    for (PlacedRule& rule : placed) {
      *all.add_rules() = rule.spec;
      if (rule.spec.kind() == v1::MISSING || rule.spec.kind() == v1::SPLIT)
        set->impl_->claiming_absence.insert(rule.spec.id());
      set->impl_->rules.emplace_back(std::move(rule.spec));
    }
    set->impl_->fingerprint = matcher::RecordKey::Of(kEvaluators, Deterministic(all)).ToString();
    return std::shared_ptr<const RuleSet>(std::move(set));
  }

  // The version of a rule that was in force on a day; the latest version if none was.
  const Rule* Find(const std::string& id, int32_t day) const {
    const Rule* found = nullptr;
    for (const Rule& rule : rules) {
      if (rule.spec().id() != id) continue;
      found = &rule;
      if (rule.InForce(day)) break;
    }
    return found;
  }

  bool ClaimsAbsence(const std::string& rule_id) const { return claiming_absence.contains(rule_id); }

  bool AnyClaimsAbsence(const Judged& judged) const {
    return std::any_of(judged.drafts.begin(), judged.drafts.end(),
                       [&](const FindingDraft& draft) { return ClaimsAbsence(draft.rule_id); });
  }

  // The person's records, and those that may be the person's.
  static std::vector<CoverageRecord> WithThoseInReview(const PersonInput& input) {
    std::vector<CoverageRecord> records(input.records.begin(), input.records.end());
    records.insert(records.end(), input.in_review.begin(), input.in_review.end());
    std::sort(records.begin(), records.end(),
              [](const CoverageRecord& a, const CoverageRecord& b) { return a.key < b.key; });
    return records;
  }

  void LeaveToReview(const Judged& if_same, Judged* judged) const {
    coverage::LeaveToReview(
        if_same, [&](const std::string& id) { return ClaimsAbsence(id); }, judged);
  }

  Judged Judge(const PersonInput& input, const Feeds* feeds, Clock& clock, bool all) const {
    Judged judged = JudgeAsKnown(input, feeds, clock, all);
    if (input.in_review.empty() || !AnyClaimsAbsence(judged)) return judged;
    const std::vector<CoverageRecord> records = WithThoseInReview(input);
    PersonInput same = input;
    same.records = records;
    LeaveToReview(JudgeAsKnown(same, feeds, clock, all), &judged);
    return judged;
  }

  Judged JudgeHousehold(std::span<const PersonInput> inputs, const Feeds* feeds, Clock& clock,
                        bool all) const {
    Judged judged = JudgeHouseholdAsKnown(inputs, feeds, clock, all);
    const bool in_review = std::any_of(inputs.begin(), inputs.end(),
                                       [](const PersonInput& input) { return !input.in_review.empty(); });
    if (!in_review || !AnyClaimsAbsence(judged)) return judged;
    std::vector<std::vector<CoverageRecord>> records;
    std::vector<PersonInput> same(inputs.begin(), inputs.end());
    for (const PersonInput& input : inputs) records.push_back(WithThoseInReview(input));
    for (size_t i = 0; i < same.size(); ++i) same[i].records = records[i];
    LeaveToReview(JudgeHouseholdAsKnown(same, feeds, clock, all), &judged);
    return judged;
  }

  Judged JudgeAsKnown(const PersonInput& input, const Feeds* feeds, Clock& clock, bool all) const {
    const PersonRecords person(input, clock);
    Judged judged;
    for (const Rule& rule : rules) rule.Judge(person, {feeds, all, &judged});
    Sort(&judged);
    return judged;
  }

  Judged JudgeHouseholdAsKnown(std::span<const PersonInput> inputs, const Feeds* feeds, Clock& clock,
                               bool all) const {
    std::vector<PersonRecords> members;
    members.reserve(inputs.size());
    SlotSet slots = 0;
    for (const PersonInput& input : inputs) slots |= members.emplace_back(input, clock).slots();
    Judged judged;
    for (const Rule& rule : rules) rule.JudgeHousehold(members, slots, clock, {feeds, all, &judged});
    Sort(&judged);
    return judged;
  }

  static void Sort(Judged* judged) {
    for (auto* drafts : {&judged->drafts, &judged->unheard})
      std::sort(drafts->begin(), drafts->end(),
                [](const FindingDraft& a, const FindingDraft& b) { return a.finding_id < b.finding_id; });
    std::stable_sort(judged->answers.begin(), judged->answers.end(),
                     [](const RuleAnswer& a, const RuleAnswer& b) {
                       return a.rule_id != b.rule_id ? a.rule_id < b.rule_id : a.member < b.member;
                     });
  }
};

RuleSet::RuleSet() : impl_(std::make_unique<Impl>()) {}
RuleSet::~RuleSet() = default;

absl::StatusOr<std::shared_ptr<const RuleSet>> RuleSet::Parse(const std::string& name,
                                                              const std::string& text) {
  absl::StatusOr<std::vector<PlacedRule>> rules = ParseRules(name, text);
  if (!rules.ok()) return rules.status();
  return Impl::Make(*std::move(rules));
}

absl::StatusOr<std::shared_ptr<const RuleSet>> RuleSet::ParseFiles(const std::vector<File>& files) {
  std::vector<PlacedRule> all;
  for (const File& file : files) {
    absl::StatusOr<std::vector<PlacedRule>> rules = ParseRules(file.name, file.text);
    if (!rules.ok()) return rules.status();
    std::move(rules->begin(), rules->end(), std::back_inserter(all));
  }
  return Impl::Make(std::move(all));
}

absl::StatusOr<std::shared_ptr<const RuleSet>> RuleSet::LoadDirectory(const std::string& directory) {
  std::error_code error;
  std::vector<std::filesystem::path> paths;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".textproto") paths.push_back(entry->path());
  }
  if (error) return absl::NotFoundError("cannot read rule directory " + directory + ": " + error.message());
  if (paths.empty()) return absl::NotFoundError("no *.textproto in rule directory " + directory);
  std::sort(paths.begin(), paths.end());
  std::vector<PlacedRule> all;
  for (const std::filesystem::path& path : paths) {
    std::ifstream file(path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (!file) return absl::UnavailableError("cannot read rule file " + path.string());
    absl::StatusOr<std::vector<PlacedRule>> rules = ParseRules(path.filename().string(), text);
    if (!rules.ok()) return rules.status();
    std::move(rules->begin(), rules->end(), std::back_inserter(all));
  }
  return Impl::Make(std::move(all));
}

const std::string& RuleSet::fingerprint() const { return impl_->fingerprint; }

std::vector<std::string> RuleSet::rule_ids() const {
  std::vector<std::string> ids;
  for (const Rule& rule : impl_->rules) ids.push_back(rule.spec().id());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

std::vector<RuleInfo> RuleSet::rules_in_force(matcher::CivilDate as_of) const {
  std::vector<RuleInfo> infos;
  for (const Rule& rule : impl_->rules) {
    if (!rule.InForce(as_of.days())) continue;
    const RuleSpec& spec = rule.spec();
    RuleInfo& info = infos.emplace_back();
    info.id = spec.id();
    info.version = spec.version();
    info.title_zh = spec.title_zh();
    info.title_en = spec.title_en();
    info.legal_basis = spec.legal_basis();
    info.basis_confirmed = spec.basis_confirmed();
    info.kind = spec.kind();
    info.severity = spec.severity();
    info.effective_from = CivilDateOf(spec.effective_from());
    if (spec.has_effective_to()) info.effective_to = CivilDateOf(spec.effective_to());
    info.need = spec.need();
    info.of_household = rule.of_household();
  }
  return infos;
}

bool RuleSet::Describe(const std::string& rule_id, matcher::CivilDate opened, v1::Finding* finding,
                       std::string_view region) const {
  const Rule* found = impl_->Find(rule_id, opened.days());
  if (found == nullptr) return false;
  const RuleSpec* rule = &found->spec();
  const RuleSettings& settings = found->settings();
  finding->set_rule_id(rule_id);
  finding->set_rule_version(rule->version());
  finding->set_kind(rule->kind());
  finding->set_severity(settings.SeverityIn(region));
  finding->set_title_zh(rule->title_zh());
  finding->set_title_en(rule->title_en());
  finding->set_legal_basis(rule->legal_basis());
  finding->set_basis_confirmed(rule->basis_confirmed());
  finding->set_need(rule->need());
  *finding->mutable_notify() = rule->notify();
  const matcher::CivilDate due = WeekdayFrom(opened.days() + settings.DeadlineDaysIn(region));
  finding->mutable_due_date()->set_year(due.year);
  finding->mutable_due_date()->set_month(due.month);
  finding->mutable_due_date()->set_day(due.day);
  return true;
}

bool RuleSet::has_household_rules() const {
  return std::any_of(impl_->rules.begin(), impl_->rules.end(),
                     [](const Rule& rule) { return rule.judged_with_household(); });
}

bool RuleSet::OffIn(const std::string& rule_id, matcher::CivilDate on, std::string_view region) const {
  const Rule* found = impl_->Find(rule_id, on.days());
  return found != nullptr && found->settings().OffIn(region);
}

std::pair<std::string, std::string> RuleSet::ActionOf(const std::string& rule_id,
                                                      matcher::CivilDate on) const {
  const Rule* found = impl_->Find(rule_id, on.days());
  if (found == nullptr) return {};
  return {found->spec().action_zh(), found->spec().action_en()};
}

Judged RuleSet::Judge(const PersonInput& person, const Feeds* feeds, matcher::CivilDate as_of,
                      bool all) const {
  Clock clock(as_of);
  return impl_->Judge(person, feeds, clock, all);
}

Judged RuleSet::JudgeHousehold(std::span<const PersonInput> members, const Feeds* feeds,
                               matcher::CivilDate as_of, bool all) const {
  Clock clock(as_of);
  return impl_->JudgeHousehold(members, feeds, clock, all);
}

std::vector<FindingDraft> RuleSet::Evaluate(const PersonInput& person, matcher::CivilDate as_of) const {
  return Judge(person, nullptr, as_of).drafts;
}

std::vector<FindingDraft> RuleSet::Evaluate(std::span<const CoverageRecord> records,
                                            matcher::CivilDate as_of) const {
  return Evaluate(PersonInput{records}, as_of);
}

std::vector<FindingDraft> RuleSet::EvaluateHousehold(std::span<const PersonInput> members,
                                                     matcher::CivilDate as_of) const {
  return JudgeHousehold(members, nullptr, as_of).drafts;
}

namespace {

// Goes from one day that might change something to the next, which the clock of each judgement tells.
template <typename Judge>
matcher::CivilDate FirstChange(matcher::CivilDate as_of, const Judge& judge) {
  const int64_t horizon = int64_t{as_of.days()} + RuleSet::kHorizonDays;
  Clock now(as_of);
  const Judged judged = judge(now);
  for (int64_t day = now.next(); day < horizon;) {
    const matcher::CivilDate date = matcher::CivilDate::FromDays(static_cast<int32_t>(day));
    Clock then(date);
    if (!(judge(then) == judged)) return date;
    day = then.next();
  }
  return matcher::CivilDate::FromDays(static_cast<int32_t>(horizon));
}

}  // namespace

matcher::CivilDate RuleSet::NextChange(const PersonInput& person, matcher::CivilDate as_of,
                                       const Feeds* feeds) const {
  return FirstChange(as_of, [&](Clock& clock) { return impl_->Judge(person, feeds, clock, false); });
}

matcher::CivilDate RuleSet::NextChange(std::span<const CoverageRecord> records,
                                       matcher::CivilDate as_of) const {
  return NextChange(PersonInput{records}, as_of);
}

matcher::CivilDate RuleSet::NextHouseholdChange(std::span<const PersonInput> members,
                                                matcher::CivilDate as_of, const Feeds* feeds) const {
  return FirstChange(as_of,
                     [&](Clock& clock) { return impl_->JudgeHousehold(members, feeds, clock, false); });
}

}  // namespace relief::coverage
