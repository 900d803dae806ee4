// "As known on that day" gives the same answer later, whatever came in between.
#include <random>

#include "server/findings/finding_life.h"
#include "server/registry/person_view.h"
#include "server/review/decisions.h"
#include "tests/server/findings/duplicate_fixture.h"

namespace relief::server::findings {
namespace {

// A person as the reader sees it, without what is not kept of the past: open conflicts.
std::string Shown(absl::StatusOr<v1::Person> person) {
  if (!person.ok()) return person.status().ToString();
  person->clear_conflict_ids();
  std::sort(person->mutable_findings()->begin(), person->mutable_findings()->end(),
            [](const v1::Finding& a, const v1::Finding& b) { return a.finding_id() < b.finding_id(); });
  return person->DebugString();
}

using Past = OneDuplicate;

TEST_F(Past, AFindingIsWhatItWasThen) {
  MakeDuplicate();
  const v1::Finding opened = Duplicate();
  const int64_t then = now_us_;
  Withdraw(2);
  EXPECT_EQ(Duplicate().state(), v1::Finding::CLOSED);
  const auto known = FindingAsKnownAt(hub_->store(), opened.finding_id(), then);
  ASSERT_TRUE(known.ok()) << known.status();
  EXPECT_EQ(known->DebugString(), opened.DebugString());
  EXPECT_TRUE(absl::IsNotFound(FindingAsKnownAt(hub_->store(), opened.finding_id(), 1).status()));
}

TEST_F(Past, PersonsAreWhatTheyWereAfterAnyStreamOfChanges) {
  std::mt19937 random(7);
  const std::vector<Who> people = {MadeUp("孙玉梅", {1950, 1, 2}, 122), MadeUp("周国强", {1948, 5, 6}, 131),
                                   MadeUp("孙玉梅", {1950, 1, 3}, 142)};
  std::map<int64_t, std::map<std::string, std::string>> seen;  // time -> person -> as shown then
  for (int step = 1; step <= 60; ++step) {
    Who who = people[random() % people.size()];
    if (random() % 3 == 0) who.id_number = people[random() % people.size()].id_number;  // borrowed
    if (random() % 4 == 0) who.id_number.clear();
    const std::string id = "R" + std::to_string(random() % 8);
    v1::Record record = Monthly(who, id, v1::MINIMUM_LIVING,
                                MonthOf(2025, 1 + static_cast<int>(random() % 12)), "371302", step);
    if (random() % 5 == 0) record.set_deleted(true);
    if (random() % 2) {
      Push(*hub_, living_, {record});
    } else {
      if (record.has_benefit()) record.mutable_benefit()->set_programme(v1::EXTREME_POVERTY);
      Push(*hub_, care_, {record});
    }
    std::map<std::string, std::string>& now = seen[now_us_];
    const auto persons = matcher::ListPersons(hub_->store(), std::nullopt, 1000);
    for (const matcher::PersonId& person : *persons)
      now[person.ToString()] = Shown(registry::ReadPerson(hub_->store(), person.ToString()));
  }
  int compared = 0;
  for (const auto& [time, persons] : seen) {
    for (const auto& [id, shown] : persons) {
      EXPECT_EQ(Shown(registry::ReadPersonAsKnownAt(hub_->store(), id, time)), shown) << "at " << time;
      ++compared;
    }
  }
  EXPECT_GT(compared, 100);
  EXPECT_TRUE(absl::IsNotFound(
      registry::ReadPersonAsKnownAt(hub_->store(), seen.rbegin()->second.begin()->first, 1).status()));
}

}  // namespace
}  // namespace relief::server::findings
