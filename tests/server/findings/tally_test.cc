#include "server/findings/tally.h"

#include <set>

#include "server/findings/finding_index.h"
#include "server/findings/report_rows.h"
#include "server/reports/gap_table.h"
#include "tests/server/findings/random_findings.h"

namespace relief::server::findings {
namespace {

std::map<std::string, std::string> TallyRows(const storage::Reader& reader) {
  std::map<std::string, std::string> rows;
  const auto all = reader.Scan(schema::kTallyPrefix, "", 1'000'000);
  for (const auto& row : *all) rows[row.key] = row.row.value;
  return rows;
}

// The obvious way: one finding after the other.
reports::GapGroup Recount(const std::map<std::string, v1::Finding>& findings,
                          const v1::FindingFilter& filter) {
  reports::GapGroup group;
  std::set<std::string> persons;
  for (const auto& [id, finding] : findings) {
    if (finding.state() != v1::Finding::OPEN || !Allows(filter, CellOf(finding, Tier::kFine), false))
      continue;
    ++group.findings;
    (finding.amount_is_estimate() ? group.estimated_fen : group.amount_fen) += finding.amount_fen();
    if (finding.overdue()) ++group.overdue;
    if (finding.disputed()) ++group.disputed;
    if (finding.household_person_ids().empty()) persons.insert(finding.person_id());
    persons.insert(finding.household_person_ids().begin(), finding.household_person_ids().end());
  }
  group.persons = static_cast<int64_t>(persons.size());
  return group;
}

std::vector<v1::FindingFilter> Filters() {
  std::vector<v1::FindingFilter> filters(1);
  for (const char* region : {"37", "3713", "371302", "371302001", "11", "99"})
    filters.emplace_back().set_region_prefix(region);
  filters.emplace_back().add_rule_ids("D07");
  filters.emplace_back().add_programmes(v1::MEDICAL);
  filters.emplace_back().set_only_overdue(true);
  filters.emplace_back().set_only_disputed(true);
  v1::FindingFilter& both = filters.emplace_back();
  both.set_region_prefix("3713");
  both.add_programmes(v1::MINIMUM_LIVING);
  both.add_severities(v1::HIGH);
  return filters;
}

void ExpectSame(const reports::GapGroup& counted, const reports::GapGroup& expected,
                const std::string& what) {
  EXPECT_EQ(counted.findings, expected.findings) << what;
  EXPECT_EQ(counted.persons, expected.persons) << what;
  EXPECT_EQ(counted.amount_fen, expected.amount_fen) << what;
  EXPECT_EQ(counted.estimated_fen, expected.estimated_fen) << what;
  EXPECT_EQ(counted.overdue, expected.overdue) << what;
  EXPECT_EQ(counted.disputed, expected.disputed) << what;
}

TEST(TallyTest, TheCountsAreThoseOfARecountAfterAnyStreamOfChanges) {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    RandomFindings world(seed);
    for (int step = 0; step < 40; ++step) world.Step(1 + world.Draw(6));
    for (const v1::FindingFilter& filter : Filters()) {
      reports::GapQuery query;
      query.filter = filter;
      query.columns = {v1::BY_RULE};
      query.region_digits = 4;
      query.period = {2026 * 12, 2026 * 12 + 11};
      auto reading = ReadTally(world.store(),
                               {filter.region_prefix(), filter.region_prefix().size() > 6, false, 0, false});
      ASSERT_TRUE(reading.ok()) << reading.status();
      const reports::GapTable table = reports::SumTally(*reading, query);
      const std::string what = "seed " + std::to_string(seed) + " " + filter.ShortDebugString();
      ExpectSame(table.total, Recount(world.findings(), filter), what);
      for (const auto& [region, columns] : table.regions) {
        for (const auto& [column, group] : columns) {
          v1::FindingFilter one = filter;
          one.clear_rule_ids();
          one.add_rule_ids(column.rule_id);
          if (region.empty()) continue;
          // "Within the filter's region and within the row's" is the finer of the two.
          if (region.size() > one.region_prefix().size()) one.set_region_prefix(region);
          ExpectSame(group, Recount(world.findings(), one), what + " " + column.rule_id + " in " + region);
        }
      }
      // What moved in and out since the beginning is what is there.
      EXPECT_EQ(table.total.flow[kOpenChange], table.total.stock) << what;
      EXPECT_EQ(table.total.flow[kAmountChange], table.total.stock_fen) << what;
    }
  }
}

TEST(TallyTest, NothingIsLeftOfFindingsThatAreNoLongerOpenButTheirHistory) {
  RandomFindings world(7);
  for (int step = 0; step < 30; ++step) world.Step(4);
  storage::Transaction txn(world.store());
  Tally tally;
  for (const auto& [id, finding] : world.findings()) tally.Change(&finding, nullptr, world.now_us());
  ASSERT_TRUE(tally.Flush(txn).ok());
  ASSERT_TRUE(txn.Commit().ok());
  for (const auto& [key, value] : TallyRows(world.store()))
    EXPECT_TRUE(key[2] == 'm' || key[2] == 'n') << "a row of kind " << key[2];
}

TEST(TallyTest, TheRowsAreMadeAgainFromTheHistoryByteForByte) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    RandomFindings world(seed);
    for (int step = 0; step < 30; ++step) world.Step(1 + world.Draw(6));
    const auto kept = TallyRows(world.store());
    ASSERT_FALSE(kept.empty());
    ASSERT_TRUE(RemakeTally(world.store()).ok());
    EXPECT_EQ(TallyRows(world.store()), kept) << "seed " << seed;
    ASSERT_TRUE(RemakeTally(world.store()).ok()) << "again, as after an interruption";
    EXPECT_EQ(TallyRows(world.store()), kept) << "seed " << seed;
  }
}

TEST(TallyTest, TheHistoryTellsTheCountsOfAnyDay) {
  RandomFindings world(3);
  std::map<int64_t, reports::GapGroup> then;
  reports::GapQuery query;
  query.period = {2026 * 12, 2026 * 12 + 11};
  for (int step = 0; step < 40; ++step) {
    world.Step(3);
    then[world.now_us()] = reports::SumTally(*ReadTally(world.store(), {}), query).total;
  }
  for (const auto& [time_us, expected] : then) {
    auto tally = ReplayFindings(world.store(), time_us);
    ASSERT_TRUE(tally.ok()) << tally.status();
    const reports::GapGroup group = reports::SumTally(tally->Read({}), query).total;
    ExpectSame(group, expected, std::to_string(time_us));
    EXPECT_EQ(group.flow, expected.flow);
  }
}

}  // namespace
}  // namespace relief::server::findings
