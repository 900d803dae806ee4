// What it costs to judge one changed person, and whether that stays flat as the register grows.
//
//   coverage_bench --data DIR --rules DIR --model FILE [--persons N] [--as-of YYYY-MM-DD]
//
// Opens the store of a hub that is not running, takes persons at random, and judges each with its household
// as the hub does after a change. Four figures, which grow for different reasons:
//   rows       rows of the store that the judgement reads, and calls of the store it takes: what the method
//   asks for. Flat if
//              nobody's judgement depends on how many others there are.
//   evaluate   the person's own rules alone, on records that were read and decoded.
//   in memory  all that judging does but reading the store: rows are decoded, doubts, accounts and the
//   household found, every
//              rule judged. The store's answers are remembered, and given again. Flat, like the rows, if the
//              method is.
//   judge      all of it, with the rows in the cache, as the resolver leaves those that it changed; and cold,
//   where a store
//              that does not fit the cache reads blocks from files: the floor beside it is the same number of
//              single rows of random other persons, read as cold.
// Then it asks of the same persons what the point of application asks: who is this, what would a minimum
// living allowance duplicate, what do they miss. Figures of one machine; compare ratios.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <tuple>
#include <unordered_map>

#include "matcher/resolve/resolver.h"
#include "server/core/schema.h"
#include "server/findings/judging.h"
#include "server/registry/person_view.h"
#include "storage/rocksdb_store.h"

namespace relief::server {
namespace {

using Time = std::chrono::steady_clock;

struct Distribution {
  std::vector<double> values;
  double At(double share) {
    std::sort(values.begin(), values.end());
    return values[static_cast<size_t>(share * static_cast<double>(values.size() - 1))];
  }
};

// The person applies, as one of its records writes the person down.
absl::StatusOr<v1::CheckApplicantRequest> Application(const storage::Reader& reader,
                                                      matcher::PersonId person) {
  auto household = findings::ReadHousehold(reader, person);
  if (!household.ok()) return household.status();
  v1::CheckApplicantRequest request;
  *request.add_persons() = household->records.at(household->members.at(person).front()).record().person();
  v1::Benefit& intended = *request.mutable_intended();
  intended.set_programme(v1::MINIMUM_LIVING);
  intended.mutable_start_month()->set_year(2026);
  intended.mutable_start_month()->set_month(11);
  return request;
}

// Counts what is asked of the store.
class CountingReader final : public storage::Reader {
 public:
  explicit CountingReader(const storage::Reader& reader) : reader_(reader) {}
  absl::StatusOr<std::vector<storage::Row>> MultiGet(std::span<const std::string> keys) const override {
    ++calls;
    rows += static_cast<double>(keys.size());
    return reader_.MultiGet(keys);
  }
  absl::StatusOr<std::vector<storage::KeyRow>> Scan(std::string_view prefix, std::string_view from,
                                                    size_t limit) const override {
    auto found = reader_.Scan(prefix, from, limit);
    ++calls;
    if (found.ok()) rows += static_cast<double>(found->size());
    return found;
  }
  storage::Version version() const override { return reader_.version(); }

  mutable double rows = 0, calls = 0;

 private:
  const storage::Reader& reader_;
};

// Remembers what the store answered.
class RememberingReader final : public storage::Reader {
 public:
  explicit RememberingReader(const storage::Reader& reader) : reader_(reader) {}
  absl::StatusOr<std::vector<storage::Row>> MultiGet(std::span<const std::string> keys) const override {
    std::vector<storage::Row> rows;
    rows.reserve(keys.size());
    for (const std::string& key : keys) {
      const auto [found, added] = rows_.try_emplace(key);
      if (added) {
        auto row = reader_.MultiGet({&key, 1});
        if (!row.ok()) return row.status();
        found->second = std::move(row->front());
      }
      rows.push_back(found->second);
    }
    return rows;
  }
  absl::StatusOr<std::vector<storage::KeyRow>> Scan(std::string_view prefix, std::string_view from,
                                                    size_t limit) const override {
    const auto [found, added] =
        ranges_.try_emplace(std::tuple(std::string(prefix), std::string(from), limit));
    if (added) {
      auto range = reader_.Scan(prefix, from, limit);
      if (!range.ok()) return range.status();
      found->second = *std::move(range);
    }
    return found->second;
  }
  storage::Version version() const override { return reader_.version(); }

 private:
  const storage::Reader& reader_;
  mutable std::unordered_map<std::string, storage::Row> rows_;
  mutable std::map<std::tuple<std::string, std::string, size_t>, std::vector<storage::KeyRow>> ranges_;
};

void Print(const char* what, Distribution& cost, const char* unit) {
  std::printf("%-34s p50 %8.1f  p90 %8.1f  p99 %8.1f %s\n", what, cost.At(.5), cost.At(.9), cost.At(.99),
              unit);
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
  const std::vector<matcher::PersonId> all_persons = persons;
  std::mt19937 random(1);
  std::shuffle(persons.begin(), persons.end(), random);
  persons.resize(std::min(sample, all));
  const auto now = [] { return Time::now(); };
  const auto since = [](Time::time_point start) {
    return std::chrono::duration<double, std::micro>(Time::now() - start).count();
  };
  Distribution rows, calls, records, cold, cold_floor, warm, ahead, in_memory, evaluate, check;
  size_t findings = 0;
  for (size_t i = 0; i < persons.size(); ++i) {
    const std::set<matcher::PersonId> one = {persons[i]};
    const CountingReader counting(*reader);
    auto start = now();
    auto judgement = findings::JudgePersons(counting, one, **rules, as_of, false);
    cold.values.push_back(since(start));
    if (!judgement.ok()) return judgement.status();
    rows.values.push_back(counting.rows);
    calls.values.push_back(counting.calls);
    for (const findings::JudgedPerson& judged : judgement->persons) findings += judged.drafts.size();
    records.values.push_back(static_cast<double>(judgement->records.size()));

    start = now();
    if (auto again = findings::JudgePersons(*reader, one, **rules, as_of, false); !again.ok())
      return again.status();
    warm.values.push_back(since(start));
    start = now();
    if (auto again = findings::JudgePersons(*reader, one, **rules, as_of, true); !again.ok())
      return again.status();
    ahead.values.push_back(since(start));

    const RememberingReader remembering(*reader);
    for (const bool measured : {false, true}) {
      start = now();
      if (auto again = findings::JudgePersons(remembering, one, **rules, as_of, true); !again.ok())
        return again.status();
      if (measured) in_memory.values.push_back(since(start));
    }

    std::vector<coverage::CoverageRecord> of_person;
    auto members = matcher::MembersOf(*reader, persons[i]);
    if (!members.ok()) return members.status();
    for (const matcher::RecordKey& key : *members) {
      const stored::Record& record = judgement->records.at(key);
      of_person.push_back({key, &record.record(), record.source_id()});
    }
    start = now();
    (void)(*rules)->Evaluate(of_person, as_of);
    evaluate.values.push_back(since(start));

    start = now();
    for (int row = 0; row < static_cast<int>(counting.rows); ++row) {
      auto other = matcher::MembersOf(*reader, all_persons[random() % all]);
      if (!other.ok()) return other.status();
    }
    cold_floor.values.push_back(since(start));

    auto request = Application(*reader, persons[i]);
    if (!request.ok()) return request.status();
    start = now();
    const auto checked = registry::CheckApplicant(*reader, **model, **rules, as_of, *request);
    check.values.push_back(since(start));
    if (!checked.ok()) return checked.status();
  }
  std::printf("%zu persons in the store, %zu judged, %zu rules, %zu findings\n", all, persons.size(),
              (*rules)->rule_ids().size(), findings);
  Print("rows read for one person", rows, "rows");
  Print("  in calls of the store", calls, "calls");
  Print("  of them records", records, "records");
  Print("evaluate the person's rules", evaluate, "us");
  Print("judge and look ahead, in memory", in_memory, "us");
  Print("judge, rows in the cache", warm, "us");
  Print("judge and look ahead, the same", ahead, "us");
  Print("judge, cold", cold, "us");
  Print("  as many rows, one by one, cold", cold_floor, "us");
  Print("check an applicant", check, "us");
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
