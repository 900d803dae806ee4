#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <string>

#include "matcher/evaluate/metrics.h"
#include "matcher/linkage/candidates.h"
#include "matcher/linkage/column_comparison.h"
#include "matcher/linkage/estimate.h"
#include "matcher/linkage/partition.h"

namespace relief::matcher {
namespace {

const std::vector<Table::ColumnType> kColumns = {{"given", ColumnKind::kGivenName},
                                                 {"surname", ColumnKind::kSurname},
                                                 {"birth", ColumnKind::kDate},
                                                 {"phone", ColumnKind::kPhone},
                                                 {"town", ColumnKind::kCategory}};

struct Row {
  std::string id;
  uint32_t person = 0;
  uint16_t source = 0;
  std::vector<std::string> cells;
};

// People with two or three rows each; every third row has a slip in one cell, or one cell missing.
std::vector<Row> MakeRows(uint64_t seed, uint32_t people, uint16_t sources = 1) {
  std::mt19937_64 random(seed);
  const auto word = [&](size_t kinds) {
    static const char* const kSyllables[] = {"ka",  "lo", "mi",  "ter", "san", "vo",
                                             "ber", "nu", "dil", "ra",  "jo",  "pe"};
    std::string text = kSyllables[random() % 12];
    text += kSyllables[random() % kinds];
    return text + kSyllables[random() % 12];
  };
  std::vector<Row> rows;
  for (uint32_t person = 0; person < people; ++person) {
    char birth[16], phone[16];
    std::snprintf(birth, sizeof birth, "%04d-%02d-%02d", 1930 + static_cast<int>(random() % 80),
                  1 + static_cast<int>(random() % 12), 1 + static_cast<int>(random() % 28));
    std::snprintf(phone, sizeof phone, "7%08d", static_cast<int>(random() % 100000000));
    const std::vector<std::string> cells = {word(12), word(12), birth, phone,
                                            "town" + std::to_string(random() % 7)};
    const size_t copies = sources > 1 ? sources : 2 + random() % 2;
    for (size_t copy = 0; copy < copies; ++copy) {
      Row row{std::to_string(rows.size()), person, static_cast<uint16_t>(sources > 1 ? copy : 0), cells};
      if (copy > 0) {
        std::string& cell = row.cells[random() % 4];
        switch (random() % 4) {
          case 0:
            cell[random() % cell.size()] = '7';
            break;
          case 1:
            cell.clear();
            break;
          case 2:
            std::swap(row.cells[0], row.cells[1]);
            break;
          default:
            break;
        }
      }
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

Table MakeTable(const std::vector<Row>& rows) {
  Table table(kColumns);
  for (const Row& row : rows) table.AddRow(row.source, row.id, {row.cells.begin(), row.cells.end()});
  return table;
}

std::vector<uint32_t> Truth(const std::vector<Row>& rows) {
  std::vector<uint32_t> truth;
  for (const Row& row : rows) truth.push_back(row.person);
  return truth;
}

Table OneColumn(ColumnKind kind, const std::vector<std::string>& cells) {
  Table table({{"column", kind}});
  for (const std::string& cell : cells) table.AddRow(0, cell, {cell});
  return table;
}

std::string LevelOf(ColumnKind kind, const std::string& a, const std::string& b) {
  const Table table = OneColumn(kind, {a, b});
  uint8_t level = 0, mirrored = 0;
  RowComparison(table).Compare(0, 1, &level);
  RowComparison(table).Compare(1, 0, &mirrored);
  EXPECT_EQ(level, mirrored);
  return level == kMissingLevel ? "MISSING" : std::string(LevelNames(kind)[level]);
}

TEST(TableTest, WritesValuesInOneForm) {
  const auto value = [](ColumnKind kind, const std::string& a, const std::string& b) {
    const Table table = OneColumn(kind, {a, b});
    return table.columns()[0].value_of_row[0] == table.columns()[0].value_of_row[1];
  };
  EXPECT_TRUE(value(ColumnKind::kGivenName, " Ann-Marie ", "ann marie"));
  EXPECT_TRUE(value(ColumnKind::kSurname, "O'Brien", "obrien"));
  EXPECT_TRUE(value(ColumnKind::kDate, "1980-03-09", "19800309"));
  EXPECT_TRUE(value(ColumnKind::kDate, "09/03/1980", "1980-03-09"));
  EXPECT_TRUE(value(ColumnKind::kPhone, "712 300-633", "712300633"));
  EXPECT_TRUE(value(ColumnKind::kPostcode, "TQ13 8DF", "tq138df"));
  EXPECT_TRUE(value(ColumnKind::kText, "Ｆｕｌｌ width", "full  Width"));
  EXPECT_FALSE(value(ColumnKind::kText, "Ann", "Anna"));
}

TEST(TableTest, EmptyWordsAreMissing) {
  for (const char* cell : {"", " ", "null", "NaN", "N/A", "none", "-", "Unknown"})
    EXPECT_TRUE(OneColumn(ColumnKind::kText, {cell, "x"}).columns()[0].missing(0)) << cell;
}

TEST(ColumnComparisonTest, NamesItsLevels) {
  struct Case {
    ColumnKind kind;
    const char *a, *b, *level;
  };
  for (const Case& c : std::vector<Case>{
           {ColumnKind::kGivenName, "william", "william", "EXACT"},
           {ColumnKind::kGivenName, "william", "wiliam", "CLOSE"},
           {ColumnKind::kGivenName, "j", "john", "PART"},
           {ColumnKind::kGivenName, "mary ann", "ann", "PART"},
           {ColumnKind::kGivenName, "jerald", "gerald", "SIMILAR"},
           {ColumnKind::kGivenName, "peter", "anna", "DIFFERENT"},
           {ColumnKind::kGivenName, "peter", "", "MISSING"},
           {ColumnKind::kDate, "1856-06-18", "1856-06-10", "ONE_EDIT"},
           {ColumnKind::kDate, "1856-06-11", "1856-11-06", "MONTH_DAY_SWAPPED"},
           {ColumnKind::kDate, "1856-06-18", "1856-07-19", "TWO_EDITS"},
           {ColumnKind::kDate, "1856-06-18", "1856-12-30", "SAME_YEAR"},
           {ColumnKind::kDate, "1856-06-18", "1857-12-30", "YEAR_NEAR"},
           {ColumnKind::kDate, "1856-06-18", "1863-12-30", "TEN_YEARS"},
           {ColumnKind::kDate, "1856-06-18", "1901-12-30", "DIFFERENT"},
           {ColumnKind::kIdentifier, "CF21927470", "CF21927471", "ONE_EDIT"},
           {ColumnKind::kIdentifier, "CF21927470", "CF12927471", "TWO_EDITS"},
           {ColumnKind::kIdentifier, "CF21927470", "XY63910582", "DIFFERENT"},
           {ColumnKind::kPostcode, "tq13 8df", "tq13 7xx", "SAME_PART"},
           {ColumnKind::kPostcode, "tq13 8df", "se1 7sg", "DIFFERENT"},
           {ColumnKind::kCategory, "painter", "paimter", "CLOSE"},
           {ColumnKind::kCategory, "m", "f", "DIFFERENT"},
           {ColumnKind::kText, "12 tullaroop street", "street tullaroop", "MOST_WORDS"},
           {ColumnKind::kText, "tullaroop street north", "west miller street", "SOME_WORDS"},
           {ColumnKind::kText, "tullaroop street", "miller road", "DIFFERENT"},
       })
    EXPECT_EQ(LevelOf(c.kind, c.a, c.b), c.level) << c.a << " / " << c.b;
}

TEST(ColumnComparisonTest, FindsGivenNameAndSurnameInOneAnothersPlace) {
  Table table(kColumns);
  table.AddRow(0, "1", {"ann", "lee", "", "", ""});
  table.AddRow(0, "2", {"lee", "ann", "", "", ""});
  table.AddRow(0, "3", {"lee", "", "", "", ""});
  uint8_t levels[5];
  RowComparison(table).Compare(0, 1, levels);
  EXPECT_EQ(LevelNames(ColumnKind::kGivenName)[levels[0]], "SWAPPED");
  EXPECT_EQ(LevelNames(ColumnKind::kSurname)[levels[1]], "SWAPPED");
  RowComparison(table).Compare(0, 2, levels);
  EXPECT_EQ(LevelNames(ColumnKind::kGivenName)[levels[0]], "SWAPPED");
}

TEST(CandidatesTest, SplitBlocksThatAreTooBigAndStillFindThePair) {
  Table table(kColumns);
  for (int i = 0; i < 300; ++i)  // one name for all, birth dates of their own
    table.AddRow(0, std::to_string(i), {"ann", "lee", "19800101", "", i == 7 || i == 250 ? "town" : "city"});
  const Candidates candidates(table, 50);
  EXPECT_TRUE(candidates.Has(7, 250));   // by the town, the only thing that tells them from the others
  EXPECT_FALSE(candidates.Has(8, 251));  // as like as any two of 298: nothing to go by
  std::vector<uint32_t> after;
  candidates.After(7, &after);
  EXPECT_EQ(after, std::vector<uint32_t>{250});
}

class LinkageTest : public testing::TestWithParam<uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, LinkageTest, testing::Values(1, 2, 3));

TEST_P(LinkageTest, FindsPeopleWithoutLabels) {
  const std::vector<Row> rows = MakeRows(GetParam(), 1500);
  const Table table = MakeTable(rows);
  const Linkage linkage(table, {});
  const Accuracy accuracy = Measure(Truth(rows), Partition(table, linkage.pairs(), {}));
  EXPECT_GT(accuracy.pairwise.precision, 0.995);
  EXPECT_GT(accuracy.pairwise.recall, 0.995);
  // The model knows about how many pairs of one person there are.
  const double all = static_cast<double>(rows.size()) * static_cast<double>(rows.size() - 1) / 2;
  EXPECT_NEAR(linkage.model().prior * all / static_cast<double>(accuracy.true_pairs), 1, 0.03);
}

TEST_P(LinkageTest, DoesNotDependOnTheOrderOfRows) {
  std::vector<Row> rows = MakeRows(GetParam(), 300);
  const auto people = [](const std::vector<Row>& rows, const std::vector<size_t>& order) {
    std::vector<Row> shuffled;
    for (size_t i : order) shuffled.push_back(rows[i]);
    const Table table = MakeTable(shuffled);
    const std::vector<uint32_t> found = Partition(table, Linkage(table, {}).pairs(), {});
    std::map<uint32_t, std::set<size_t>> clusters;
    for (size_t i = 0; i < order.size(); ++i) clusters[found[i]].insert(order[i]);
    std::set<std::set<size_t>> sets;
    for (const auto& [name, members] : clusters) sets.insert(members);
    return sets;
  };
  std::vector<size_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0);
  const auto first = people(rows, order);
  std::mt19937_64 random(GetParam());
  std::shuffle(order.begin(), order.end(), random);
  EXPECT_EQ(people(rows, order), first);
}

TEST(LinkageOfFilesTest, LinksOnlyAcrossSourcesThatHoldAPersonOnce) {
  const std::vector<Row> rows = MakeRows(4, 800, 2);
  const Table table = MakeTable(rows);
  LinkageOptions options;
  options.one_per_source = true;
  const Linkage linkage(table, options);
  for (const ScoredPair& pair : linkage.pairs()) ASSERT_NE(table.source(pair.a), table.source(pair.b));
  PartitionOptions partition;
  partition.one_per_source = true;
  const std::vector<uint32_t> found = Partition(table, linkage.pairs(), partition);
  std::map<std::pair<uint32_t, uint16_t>, int> rows_of;
  for (uint32_t row = 0; row < table.rows(); ++row)
    EXPECT_EQ(++rows_of[std::pair(found[row], table.source(row))], 1);
  EXPECT_GT(Measure(Truth(rows), found).pairwise.f1(), 0.995);
}

// Two registers of which a tenth is in both, with three columns of place that go together.
std::vector<Row> MakeRegisters(uint64_t seed, uint32_t people) {
  std::mt19937_64 random(seed);
  const auto pick = [&](const char* kind, size_t kinds) {
    // Some names are far more common than others.
    const double share = static_cast<double>(random() % 1'000'000) / 1e6;
    return kind + std::to_string(static_cast<size_t>(static_cast<double>(kinds) * share * share * share));
  };
  const auto letters = [](const std::string& text) {
    std::string word = text;
    for (char& c : word)
      if (c >= '0' && c <= '9') c = "bcdfghklmn"[c - '0'];
    return word;
  };
  std::vector<Row> rows;
  for (uint32_t person = 0; person < people; ++person) {
    const size_t town = random() % 120;
    const std::vector<std::string> cells = {letters(pick("a", 300)),
                                            letters(pick("o", 900)),
                                            std::to_string(18 + random() % 70),
                                            "county" + std::to_string(town / 12),
                                            "town" + std::to_string(town),
                                            std::to_string(10000 + town * 7 + random() % 2)};
    const bool both = person % 10 == 0;
    for (uint16_t source = 0; source < 2; ++source) {
      if (!both && source != person % 2) continue;
      Row row{std::to_string(rows.size()), person, source, cells};
      if (both && source == 1 && random() % 5 == 0) row.cells[random() % 2].back() = 'z';
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

class DependentColumnsTest : public testing::TestWithParam<uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, DependentColumnsTest, testing::Values(11, 12));

TEST_P(DependentColumnsTest, LivingInOnePlaceIsNotBeingOnePerson) {
  const std::vector<Row> rows = MakeRegisters(GetParam(), 6000);
  Table table({{"given", ColumnKind::kGivenName},
               {"surname", ColumnKind::kSurname},
               {"age", ColumnKind::kCategory},
               {"county", ColumnKind::kCategory},
               {"town", ColumnKind::kText},
               {"postcode", ColumnKind::kPostcode}});
  for (const Row& row : rows) table.AddRow(row.source, row.id, {row.cells.begin(), row.cells.end()});
  LinkageOptions options;
  options.one_per_source = true;
  const Linkage linkage(table, options);
  ASSERT_EQ(linkage.model().views.size(), 4u);
  EXPECT_EQ(linkage.model().views.back().columns, (std::vector<size_t>{3, 4, 5}));
  EXPECT_EQ(linkage.model().doubt, "");
  PartitionOptions partition;
  partition.one_per_source = true;
  const Accuracy accuracy = Measure(Truth(rows), Partition(table, linkage.pairs(), partition));
  EXPECT_GT(accuracy.pairwise.f1(), 0.9);
  // What it says of itself without labels is not too bright.
  ASSERT_TRUE(linkage.false_pairs());
  const auto linked = static_cast<double>(
      std::ranges::count_if(linkage.pairs(), [](const ScoredPair& pair) { return pair.log_odds >= 0; }));
  EXPECT_NEAR(*linkage.false_pairs() / linked, 1 - accuracy.pairwise.precision, 0.1);
}

TEST(LinkageModelTest, SaysThatTheDataTellNobodyApart) {
  const std::vector<Row> rows = MakeRegisters(5, 3000);
  Table table({{"age", ColumnKind::kCategory},
               {"county", ColumnKind::kCategory},
               {"town", ColumnKind::kText},
               {"postcode", ColumnKind::kPostcode}});
  for (const Row& row : rows)
    table.AddRow(row.source, row.id, {row.cells[2], row.cells[3], row.cells[4], row.cells[5]});
  LinkageOptions options;
  options.one_per_source = true;
  EXPECT_NE(Linkage(table, options).model().doubt, "");
}

TEST(LinkageModelTest, ARareValueCountsForMoreThanACommonOne) {
  std::vector<Row> rows = MakeRows(5, 800);
  for (Row& row : rows)
    if (row.person % 2 == 0) row.cells[1] = "smith";
  const Table table = MakeTable(rows);
  const Linkage linkage(table, {});
  uint32_t common = 0, rare = 0;
  while (!(rows[common].person == rows[common + 1].person && rows[common].cells[1] == "smith" &&
           rows[common + 1].cells[1] == "smith"))
    ++common;
  while (!(rows[rare].person == rows[rare + 1].person && rows[rare].person % 2 == 1 &&
           rows[rare].cells[1] == rows[rare + 1].cells[1]))
    ++rare;
  EXPECT_GT(linkage.Evidence(rare, rare + 1)[1], linkage.Evidence(common, common + 1)[1] + 5);
}

TEST(PartitionTest, OneStrongLinkDoesNotChainTwoGroupsThatDisagree) {
  const Table table = OneColumn(ColumnKind::kText, {"a", "b", "c", "d"});
  const std::vector<ScoredPair> pairs = {{0, 1, 10}, {2, 3, 10}, {1, 2, 9},
                                         {0, 2, -9}, {0, 3, -9}, {1, 3, -9}};
  EXPECT_EQ(Partition(table, pairs, {}), (std::vector<uint32_t>{0, 0, 2, 2}));
  const std::vector<ScoredPair> agreeing = {{0, 1, 10}, {2, 3, 10}, {1, 2, 9},
                                            {0, 2, 1},  {0, 3, 1},  {1, 3, -9}};
  EXPECT_EQ(Partition(table, agreeing, {}), (std::vector<uint32_t>{0, 0, 0, 0}));
}

}  // namespace
}  // namespace relief::matcher
