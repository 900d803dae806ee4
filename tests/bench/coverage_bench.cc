// What it costs to judge one changed person, and whether that stays flat as the register grows.
//
//   coverage_bench --data DIR --rules DIR --model FILE [--persons N] [--as-of YYYY-MM-DD]
//
// Opens the store of a hub that is not running, takes persons at random, and judges each with its household as the hub does
// after a change: without looking ahead (every change) and with (once a day for those whose day has come). Then it asks of
// the same persons what the point of application asks: who is this, what would a minimum living allowance duplicate, what do
// they miss. Beside it stands the floor: reading the same persons' records, in the same run. Figures of one machine; compare ratios.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <iostream>
#include <random>

#include "matcher/resolve/resolver.h"
#include "server/notice/judging.h"
#include "server/report/person_view.h"
#include "server/schema.h"
#include "storage/rocksdb_store.h"

namespace relief::server {
namespace {

using Time = std::chrono::steady_clock;

struct Distribution {
  std::vector<double> microseconds;
  double At(double share) {
    std::sort(microseconds.begin(), microseconds.end());
    return microseconds[static_cast<size_t>(share * static_cast<double>(microseconds.size() - 1))];
  }
};

// The person applies, as one of its records writes the person down.
absl::StatusOr<v1::CheckApplicantRequest> Application(const storage::Reader& reader, matcher::PersonId person) {
  auto household = ReadHousehold(reader, person);
  if (!household.ok()) return household.status();
  v1::CheckApplicantRequest request;
  *request.add_persons() = household->records.at(household->members.at(person).front()).record().person();
  v1::Benefit& intended = *request.mutable_intended();
  intended.set_programme(v1::MINIMUM_LIVING);
  intended.mutable_start_month()->set_year(2026);
  intended.mutable_start_month()->set_month(11);
  return request;
}

void Print(const char* what, Distribution& cost, Distribution& floor) {
  std::printf("%-28s p50 %7.1f us  p99 %7.1f us  x floor: p50 %.1f p99 %.1f\n", what, cost.At(.5), cost.At(.99),
              cost.At(.5) / floor.At(.5), cost.At(.99) / floor.At(.99));
}

absl::Status Run(const std::string& data, const std::string& rules_directory, const std::string& model_file,
                 size_t sample, matcher::CivilDate as_of) {
  storage::RocksDbOptions options;
  options.path = data;
  options.create_if_missing = false;
  auto store = storage::OpenRocksDbStore(options);
  if (!store.ok()) return store.status();
  auto rules = coverage::RuleSet::LoadDirectory(rules_directory);
  if (!rules.ok()) return rules.status();
  auto model = matcher::Model::Load(model_file);
  if (!model.ok()) return model.status();
  const auto reader = (*store)->Snapshot();
  std::vector<matcher::PersonId> persons;
  for (std::optional<matcher::PersonId> after;;) {
    auto page = matcher::ListPersons(*reader, after, 10'000);
    if (!page.ok()) return page.status();
    if (page->empty()) break;
    after = page->back();
    persons.insert(persons.end(), page->begin(), page->end());
  }
  const size_t all = persons.size();
  std::mt19937 random(1);
  std::shuffle(persons.begin(), persons.end(), random);
  persons.resize(std::min(sample, all));
  Distribution floor, change, day, check;
  size_t findings = 0;
  const auto timed = [](Distribution* into, const std::function<absl::Status()>& work) {
    const auto start = Time::now();
    const absl::Status status = work();
    into->microseconds.push_back(std::chrono::duration<double, std::micro>(Time::now() - start).count());
    return status;
  };
  for (const matcher::PersonId& person : persons) {
    const auto read = [&]() -> absl::Status {
      auto members = matcher::MembersOf(*reader, person);
      if (!members.ok()) return members.status();
      std::vector<std::string> rows;
      for (const matcher::RecordKey& key : *members) rows.push_back(schema::RecordRow(key));
      return reader->MultiGet(rows).status();
    };
    const auto judge = [&](bool look_ahead) -> absl::Status {
      auto judgement = JudgePersons(*reader, {person}, **rules, as_of, look_ahead);
      if (!judgement.ok()) return judgement.status();
      if (!look_ahead) findings += judgement->persons[0].drafts.size();
      return absl::OkStatus();
    };
    if (absl::Status status = read(); !status.ok()) return status;  // not counted: brings the blocks into the cache
    if (absl::Status status = timed(&floor, read); !status.ok()) return status;
    if (absl::Status status = timed(&change, [&] { return judge(false); }); !status.ok()) return status;
    if (absl::Status status = timed(&day, [&] { return judge(true); }); !status.ok()) return status;
    auto request = Application(*reader, person);
    if (!request.ok()) return request.status();
    const auto ask = [&] { return CheckApplicant(*reader, **model, **rules, as_of, *request).status(); };
    if (absl::Status status = timed(&check, ask); !status.ok()) return status;
  }
  std::printf("%zu persons in the store, %zu judged, %zu rules, %zu findings\n", all, persons.size(),
              (*rules)->rule_ids().size(), findings);
  Print("floor: read the records", floor, floor);
  Print("judge after a change", change, floor);
  Print("judge and look ahead", day, floor);
  Print("check an applicant", check, floor);
  return absl::OkStatus();
}

}  // namespace
}  // namespace relief::server

int main(int argc, char** argv) {
  CLI::App app("What it costs to judge one changed person");
  std::string data, rules, model, as_of_text = "2026-10-31";
  size_t persons = 20'000;
  app.add_option("--data", data, "data directory of a hub that is not running")->required();
  app.add_option("--rules", rules, "directory of rule files")->required();
  app.add_option("--model", model, "model file")->required();
  app.add_option("--persons", persons, "persons to judge");
  app.add_option("--as-of", as_of_text, "day of judgement");
  CLI11_PARSE(app, argc, argv);
  int year = 0, month = 0, day = 0;
  if (std::sscanf(as_of_text.c_str(), "%d-%d-%d", &year, &month, &day) != 3) return 2;
  const absl::Status status = relief::server::Run(
      data, rules, model, persons,
      {static_cast<int16_t>(year), static_cast<uint8_t>(month), static_cast<uint8_t>(day)});
  if (!status.ok()) std::cerr << status.ToString() << '\n';
  return status.ok() ? 0 : 1;
}
