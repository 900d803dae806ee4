// Whole registers as offices write them, and who must be one person in them: by the kinds of trouble that are met in
// exports, not by the pair.
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "matcher/model/model.h"
#include "matcher/normalize/id_number.h"
#include "matcher/normalize/normalizer.h"
#include "matcher/resolve/index_reader.h"
#include "matcher/resolve/resolver.h"
#include "storage/memory_store.h"
#include "storage/transaction.h"

namespace relief::matcher {
namespace {

std::shared_ptr<const Model> ShippedModel() {
  static const auto model = *Model::Load(RELIEF_MODEL_FILE);
  return model;
}

struct Row {
  std::string name, number,
      birth;  // a number of 17 digits and # gets its check digit; birth: yyyymmdd, yyyy or nothing
  Sex sex = Sex::kUnknown;
  std::string phone{}, household{};
};

RawIdentity Raw(const Row& row) {
  RawIdentity raw;
  raw.name = row.name;
  raw.id_number = row.number;
  if (const size_t at = row.number.find('#'); at == 17)
    raw.id_number = row.number.substr(0, 17) + ResidentIdCheckDigit(row.number) + row.number.substr(18);
  if (row.birth.size() == 8)
    raw.birth_date = CivilDate{static_cast<int16_t>(std::stoi(row.birth.substr(0, 4))),
                               static_cast<uint8_t>(std::stoi(row.birth.substr(4, 2))),
                               static_cast<uint8_t>(std::stoi(row.birth.substr(6, 2)))};
  if (row.birth.size() == 4) raw.birth_year = static_cast<int16_t>(std::stoi(row.birth));
  raw.sex = row.sex;
  if (!row.phone.empty()) raw.phones = {row.phone};
  raw.region_code = "371302";
  raw.household = row.household;
  return raw;
}

class Register {
 public:
  explicit Register(const std::vector<Row>& rows) {
    for (const Row& row : rows) Add(row);
  }
  void Add(const Row& row) { Apply({Key(count_++), Normalize(Raw(row)), 0}); }
  void Remove(size_t row) { Apply({Key(row), std::nullopt, 0}); }

  bool Together(size_t a, size_t b) const {
    return PersonOfRecord(*store_, Key(a)) == PersonOfRecord(*store_, Key(b));
  }
  // Together, or before an officer.
  bool TogetherOrAsked(size_t a, size_t b) const {
    return Together(a, b) ||
           ConflictBetween(*store_, std::min(Key(a), Key(b)), std::max(Key(a), Key(b))).ok();
  }
  size_t persons() const { return ListPersons(*store_, std::nullopt, 1000)->size(); }
  size_t cases() const { return ListConflicts(*store_, "", 1000)->size(); }

 private:
  static RecordKey Key(size_t row) { return RecordKey::Of("office", std::to_string(row)); }
  void Apply(const Change& change) {
    storage::Transaction txn(*store_);
    ASSERT_TRUE(resolver_.Apply(txn, {&change, 1}).ok());
    ASSERT_TRUE(txn.Commit().ok());
  }

  Resolver resolver_{ShippedModel()};
  std::unique_ptr<storage::Store> store_ = storage::NewMemoryStore();
  size_t count_ = 0;
};

constexpr Sex kWoman = Sex::kFemale, kMan = Sex::kMale;

TEST(OtherOffices, NumbersInExponentFormAreNobodys) {
  const Register office({{"王秀英", "3.71302E+17", "19510308", kWoman},
                         {"王秀英", "3.71302E+17", "19741120", kWoman},
                         {"王秀英", "3.71302E+17", "", kWoman},
                         {"李建国", "3.71302E+17", "19600101", kMan},
                         {"王秀英", "37130219510308312#", "19510308", kWoman}});
  EXPECT_TRUE(office.TogetherOrAsked(0, 4));
  EXPECT_FALSE(office.Together(0, 1));
  EXPECT_FALSE(office.Together(1, 4));
  EXPECT_FALSE(office.Together(2, 0) || office.Together(2, 1));
  EXPECT_FALSE(office.Together(3, 0));
}

// What the mask leaves of the number 37130219680719569.
std::string Tail() { return Raw({"", "37130219680719569#", "", kMan}).id_number.substr(14); }

TEST(OtherOffices, AMaskThatFitsSpeaksForOneAndAMaskThatAllHaveForNobody) {
  const Register office({{"刘志强", "371302********" + Tail(), "19680719", kMan},
                         {"刘志强", "3713**************", "19891002", kMan},
                         {"刘志强", "3713**************", "", kMan},
                         {"陈淑珍", "3713**************", "19491212", kWoman},
                         {"刘志强", "37130219680719569#", "19680719", kMan},
                         {"刘志强", "371302********" + Tail(), "", kMan}});
  EXPECT_TRUE(office.Together(0, 4));
  EXPECT_TRUE(office.Together(5, 4));
  EXPECT_FALSE(office.Together(1, 4) || office.Together(1, 2) || office.Together(2, 4));
}

TEST(OtherOffices, MembersOfOneHouseholdWithNumbersOfTheirOwnAreTwoPeopleWithoutAsking) {
  // Father and son of one name; twins whose names differ by a character.
  const Register office({{"朴哲洙", "22240119590409001#", "19590409", kMan, "17383276480", "list/H1"},
                         {"朴哲洙", "22240119930525047#", "19930525", kMan, "17383276480", "list/H1"},
                         {"郑文斌", "22240120041210047#", "20041210", kMan, "13983897582", "list/H2"},
                         {"郑文彬", "22240120041210045#", "20041210", kMan, "13983897582", "list/H2"}});
  EXPECT_EQ(office.persons(), 4u);
  EXPECT_EQ(office.cases(), 0u);
  // The same of two households, or with one name and birth date, may be one person with two numbers.
  const Register asked({{"朴哲洙", "22240119590409001#", "19590409", kMan, "17383276480", "list/H1"},
                        {"朴哲洙", "22240119590409005#", "19590409", kMan, "17383276480", "list/H1"},
                        {"郑文斌", "22240120041210047#", "20041210", kMan, "13983897582", "list/H2"},
                        {"郑文斌", "22240120041210045#", "20041210", kMan, "13983897582", "list/H3"}});
  EXPECT_EQ(asked.persons(), 4u);
  EXPECT_EQ(asked.cases(), 2u);
}

TEST(OtherOffices, ACertificateHoldsThePersonsNumber) {
  const Register office({{"钟德宝", "37130219610127175#", "", kMan},
                         {"钟得宝", "37130219610127175#42", "", kMan},
                         {"钟小琴", "37130219930802898#", "", kWoman},
                         {"钟小琴", "37130219930802898#61B1", "", kWoman},
                         {"钟小琴", "37130219930802898#61", "", kWoman}});
  EXPECT_TRUE(office.Together(0, 1));
  EXPECT_TRUE(office.Together(2, 3));
  EXPECT_TRUE(office.Together(3, 4));
  EXPECT_EQ(office.persons(), 2u);
}

TEST(OtherOffices, PinyinStandsForACharacterThatCannotBeTyped) {
  const Register office({{"王䶮", "37130219820222407#", "19820222", kMan},
                         {"王YAN", "37130219820222407#", "", kMan},
                         {"王yan", "", "19820222", kMan},
                         {"李㛃玉", "37130219950525978#", "19950525", kWoman},
                         {"李㛃?", "", "19950525", kWoman}});
  EXPECT_TRUE(office.Together(0, 1));
  EXPECT_TRUE(office.TogetherOrAsked(0, 2));
  EXPECT_TRUE(office.TogetherOrAsked(3, 4));
}

TEST(OtherOffices, WordsForNothingJoinNobody) {
  std::vector<Row> rows;
  for (const char* phone : {"无", "00000000000", "12345678901", "NULL", "/"})
    rows.push_back({"谢长林", "NULL", "", kMan, phone});
  rows.push_back({"谢长林", "#N/A", "", kMan, "12345678901"});
  const Register office(rows);
  EXPECT_EQ(office.persons(), rows.size());
}

TEST(OtherOffices, HiddenNamesAreOnePersonsByTheNumberOnly) {
  const Register office({{"张秀英", "37130219540414304#", "19540414", kWoman},
                         {"张*英", "37130219540414304#", "19540414", kWoman},
                         {"张*英", "", "19540414", kWoman},
                         {"*英", "", "", kWoman},
                         {"张**", "", "", kWoman},
                         {"张某某", "", "", kWoman},
                         {"张某某", "", "", kMan},
                         {"张某", "", "19540414", kWoman}});
  EXPECT_TRUE(office.Together(0, 1));
  EXPECT_TRUE(office.TogetherOrAsked(0, 2) || office.TogetherOrAsked(1, 2));
  for (size_t row : {3, 4, 5, 6, 7}) {
    for (size_t other = 0; other < 8; ++other) {
      if (other == row) continue;
      EXPECT_FALSE(office.Together(row, other)) << row << " " << other;
    }
  }
  EXPECT_LE(office.cases(), 3u);
}

TEST(OtherOffices, OneNumberAndOneNameAreOnePersonWhateverTheCellsSay) {
  const Register office(
      {{"岳福三", "37130219570314203#", "19570314", kMan}, {"岳福三", "37130219570314203#", "", kWoman}});
  EXPECT_EQ(office.persons(), 1u);
}

TEST(OtherOffices, AParentsNumberDoesNotMakeTheChildTheParent) {
  const Register office({{"李国强", "37130219850605411#", "19850605", kMan},
                         {"李子涵", "37130219850605411#", "20151002", kMan},
                         {"李子涵", "37130219850605411#", "", Sex::kUnknown},
                         {"李某", "37130219850605411#", "", kMan}});
  EXPECT_FALSE(office.Together(0, 1));
  EXPECT_FALSE(office.Together(0, 2));
}

// 24 people of one village have the official's phone.
std::vector<Row> Village(int rows) {
  std::vector<Row> village;
  for (int i = 0; i < rows; ++i)
    village.push_back({"村民" + std::string(1, static_cast<char>('A' + i % 26)), "", std::to_string(1940 + i),
                       kMan, "13805390001"});
  return village;
}

TEST(OtherOffices, AVillagesPhoneSaysNothingAndAPersonsOwnDoes) {
  const std::vector<Row> two = {{"瓦热斯·白克力", "", "", kMan, "13805390001"},
                                {"瓦热斯·白克力", "", "", kMan, "13805390001"}};
  Register office(two);
  EXPECT_TRUE(office.Together(0, 1));
  const std::vector<Row> village = Village(ShippedModel()->phone_limit());
  for (const Row& row : village) office.Add(row);
  EXPECT_FALSE(office.Together(0, 1));
  // Which came first leaves no trace, nor what is gone.
  std::vector<Row> other_order = village;
  other_order.insert(other_order.end(), two.begin(), two.end());
  const Register later(other_order);
  EXPECT_FALSE(later.Together(village.size(), village.size() + 1));
  for (size_t row = 2; row < 2 + village.size(); ++row) office.Remove(row);
  EXPECT_TRUE(office.Together(0, 1));
}

TEST(OtherOffices, FirstOfJanuaryIsAYearAndNoDay) {
  const Register office({{"扎西", "", "19550101", kMan}, {"扎西", "", "19550101", kMan}});
  EXPECT_FALSE(office.Together(0, 1));
  const Register with_days({{"扎西", "", "19550317", kMan}, {"扎西", "", "19550317", kMan}});
  EXPECT_TRUE(with_days.Together(0, 1));
}

}  // namespace
}  // namespace relief::matcher
