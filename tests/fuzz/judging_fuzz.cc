// Whatever a hub takes from feeds, the shipped rules can judge: two people of one household, the records of
// the one in even places of a batch. The findings do not depend on the order of records, name records that
// are there, and stay as they are up to the day on which they are to be looked at again.
#include <algorithm>

#include "server/coverage/coverage.h"
#include "server/ingest/feed.h"
#include "tests/fuzz/message_input.h"

using namespace relief;

namespace {

constexpr matcher::CivilDate kToday = {2026, 10, 31};
constexpr int kMostRecords = 24;

const coverage::RuleSet& ShippedRules() {
  static const auto rules = coverage::RuleSet::LoadDirectory(RELIEF_RULES_DIRECTORY).value();
  return *rules;
}

bool Accepted(const v1::Record& record) {
  v1::Source source;
  source.set_content(record.has_benefit() ? v1::Source::BENEFITS
                     : record.has_lead()  ? v1::Source::LEADS
                     : record.has_gift()  ? v1::Source::GIFTS
                                          : v1::Source::FACTS);
  source.set_programme(record.benefit().programme());
  return !record.deleted() && server::ingest::ValidateRecord(source, record).empty();
}

using Records = std::vector<coverage::CoverageRecord>;
using Drafts = std::vector<coverage::FindingDraft>;

void CheckDrafts(const Drafts& drafts, const Records& records) {
  for (size_t i = 0; i < drafts.size(); ++i) {
    const coverage::FindingDraft& draft = drafts[i];
    HOLDS(i == 0 || drafts[i - 1].finding_id < draft.finding_id);
    HOLDS(draft.amount_fen >= 0 && !draft.evidence.empty());
    HOLDS(std::is_sorted(draft.evidence.begin(), draft.evidence.end()));
    for (const matcher::RecordKey& key : draft.evidence)
      HOLDS(
          std::any_of(records.begin(), records.end(), [&](const auto& record) { return record.key == key; }));
    v1::Finding finding;
    HOLDS(ShippedRules().Describe(draft.rule_id, kToday, &finding, draft.region));
  }
}

// A day before that of the next change.
matcher::CivilDate Before(matcher::CivilDate change) {
  HOLDS(change > kToday && change.days() <= kToday.days() + coverage::RuleSet::kHorizonDays);
  return matcher::CivilDate::FromDays((kToday.days() + change.days() - 1) / 2);
}

void CheckPerson(Records records) {
  const Drafts drafts = ShippedRules().Evaluate(records, kToday);
  CheckDrafts(drafts, records);
  HOLDS(ShippedRules().Evaluate(records, Before(ShippedRules().NextChange(records, kToday))) == drafts);
  std::reverse(records.begin(), records.end());
  HOLDS(ShippedRules().Evaluate(records, kToday) == drafts);
}

void CheckHousehold(const Records& first, const Records& second) {
  const coverage::PersonInput members[] = {{first}, {second}}, swapped[] = {{second}, {first}};
  const Drafts drafts = ShippedRules().EvaluateHousehold(members, kToday);
  Records all = first;
  all.insert(all.end(), second.begin(), second.end());
  CheckDrafts(drafts, all);
  HOLDS(ShippedRules().EvaluateHousehold(swapped, kToday) == drafts);
  HOLDS(ShippedRules().EvaluateHousehold(
            members, Before(ShippedRules().NextHouseholdChange(members, kToday))) == drafts);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  v1::Batch batch;
  if (!fuzz::ReadMessage({reinterpret_cast<const char*>(data), size}, &batch)) return 0;
  Records members[2];
  for (int i = 0; i < std::min(batch.records_size(), kMostRecords); ++i) {
    v1::Record& record = *batch.mutable_records(i);
    record.mutable_household()->set_household_id("H");
    if (Accepted(record))
      members[i % 2].push_back({matcher::RecordKey::Of("s", std::to_string(i)), &record, "s"});
  }
  for (const Records& records : members)
    if (!records.empty()) CheckPerson(records);
  if (!members[0].empty() && !members[1].empty()) CheckHousehold(members[0], members[1]);
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t most, unsigned /*seed*/) {
  return fuzz::MutateMessage<v1::Batch>(data, size, most, 0);
}
