// The rules alone, on the true persons of a made-up district: what is wrong here is wrong in the rules, not
// in the matching.
//
//   rules_on_truth DISTRICT [YYYY-MM-DD]
//
// DISTRICT is what tests/tools/synth_county.py wrote. Prints each rule's findings, and for rules with a truth
// how many are right. Exits 1 unless every one of these is, and none is missing.
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "adapters/file_feeder.h"
#include "server/coverage/coverage.h"

namespace relief {
namespace {

using coverage::CoverageRecord;
using coverage::FindingDraft;
using Finding = std::pair<std::string, std::set<std::string>>;  // rule, record ids

struct District {
  std::deque<v1::Record> records;
  std::deque<std::string> sources;
  std::map<std::string, std::vector<CoverageRecord>> persons;  // by the true person
  std::map<std::string, std::set<std::string>> households;     // source/household -> persons

  // Everybody by whom they live with, through members that households share; who lives with nobody is alone.
  std::vector<std::set<std::string>> LivingTogether() const {
    std::map<std::string, std::string> parent;
    const auto root = [&](std::string person) {
      while (parent.at(person) != person) person = parent.at(person);
      return person;
    };
    for (const auto& [person, records_of_person] : persons) parent[person] = person;
    for (const auto& [household, members] : households)
      for (const std::string& member : members) parent[root(member)] = root(*members.begin());
    std::map<std::string, std::set<std::string>> together;
    for (const auto& [person, records_of_person] : persons) together[root(person)].insert(person);
    std::vector<std::set<std::string>> all;
    for (auto& [person, members] : together) all.push_back(std::move(members));
    return all;
  }

  std::map<matcher::RecordKey, std::string> record_ids;
};

[[noreturn]] void Fail(const std::string& why) {
  std::fprintf(stderr, "rules_on_truth: %s\n", why.c_str());
  std::exit(2);
}

std::vector<std::vector<std::string>> ReadTable(const std::string& path) {
  auto reader = adapters::CsvReader::Open(path);
  if (!reader.ok()) Fail(path + ": " + reader.status().ToString());
  std::vector<std::vector<std::string>> rows;
  adapters::CsvRow row;
  for (auto more = (*reader)->Next(&row); more.ok() && *more; more = (*reader)->Next(&row))
    rows.push_back(row.cells);
  return rows;
}

void ReadExport(const std::filesystem::path& path, const adapters::MappingSet& mappings,
                const std::map<std::pair<std::string, std::string>, std::string>& truth, District* district) {
  auto file = adapters::Export::Open(path.string(), mappings);
  if (!file.ok()) return;  // the truth's own files
  const std::string& source = district->sources.emplace_back(path.stem().string());
  const adapters::RowMapper mapper(file->mapping(), file->header(), 1);
  adapters::CsvRow row;
  for (auto more = file->reader().Next(&row); more.ok() && *more; more = file->reader().Next(&row)) {
    adapters::MappedRow mapped = mapper.Map(row.cells);
    const auto person = truth.find({source, mapped.record.record_id()});
    if (!mapped.errors.empty() || person == truth.end()) continue;
    const v1::Record& record = district->records.emplace_back(std::move(mapped.record));
    const matcher::RecordKey key = matcher::RecordKey::Of(source, record.record_id());
    district->persons[person->second].push_back({key, &record, source});
    district->record_ids[key] = record.record_id();
    if (!record.household().household_id().empty())
      district->households[source + "/" + record.household().household_id()].insert(person->second);
  }
}

District ReadDistrict(const std::string& directory) {
  std::map<std::pair<std::string, std::string>, std::string> truth;
  for (const auto& row : ReadTable(directory + "/truth_persons.csv"))
    truth[{row.at(0), row.at(1)}] = row.at(2);
  auto mappings = adapters::MappingSet::BuiltIn();
  if (!mappings.ok()) Fail(mappings.status().ToString());
  District district;
  std::set<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) paths.insert(entry.path());
  for (const std::filesystem::path& path : paths) ReadExport(path, *mappings, truth, &district);
  return district;
}

double Seconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
}

int Run(const std::string& directory, matcher::CivilDate as_of) {
  const District district = ReadDistrict(directory);
  const auto rules = coverage::RuleSet::LoadDirectory(RELIEF_RULES_DIR);
  if (!rules.ok()) Fail(rules.status().ToString());

  std::set<Finding> found;
  std::map<std::string, std::pair<int, int64_t>> per_rule;  // findings, fen
  const auto take = [&](const std::vector<FindingDraft>& drafts) {
    for (const FindingDraft& draft : drafts) {
      std::set<std::string> ids;
      for (const matcher::RecordKey& key : draft.evidence) ids.insert(district.record_ids.at(key));
      found.insert({draft.rule_id, ids});
      ++per_rule[draft.rule_id].first;
      per_rule[draft.rule_id].second += draft.amount_fen;
    }
  };
  auto began = std::chrono::steady_clock::now();
  for (const auto& [person, records] : district.persons) take((*rules)->Evaluate(records, as_of));
  const double evaluate = Seconds(began);
  for (const std::set<std::string>& persons : district.LivingTogether()) {
    std::vector<coverage::PersonInput> members;
    for (const std::string& person : persons) members.push_back({district.persons.at(person)});
    take((*rules)->EvaluateHousehold(members, as_of));
  }
  began = std::chrono::steady_clock::now();
  int64_t days = 0;
  for (const auto& [person, records] : district.persons) days += (*rules)->NextChange(records, as_of).days();
  const double look_ahead = Seconds(began);
  std::printf("%zu records of %zu persons; %.2f us to judge one, %.2f us to look ahead (mean %.0f days)\n",
              district.records.size(), district.persons.size(), evaluate * 1e6 / district.persons.size(),
              look_ahead * 1e6 / district.persons.size(),
              static_cast<double>(days) / district.persons.size() - as_of.days());

  std::set<Finding> truth;
  std::set<std::string> with_truth;
  const auto table = ReadTable(directory + "/truth_findings.csv");
  for (size_t i = 1; i < table.size(); ++i) {
    std::set<std::string> ids;
    const std::string& text = table[i].at(2);
    for (size_t at = 0; at < text.size();) {
      const size_t end = std::min(text.find(' ', at), text.size());
      ids.insert(text.substr(at, end - at));
      at = end + 1;
    }
    truth.insert({table[i].at(0), ids});
    with_truth.insert(table[i].at(0));
  }
  bool right = !truth.empty();
  std::map<std::string, std::array<int, 2>> against;  // true findings, of them found
  for (const Finding& finding : truth) {
    ++against[finding.first][0];
    against[finding.first][1] += found.count(finding);
  }
  for (const auto& [rule, counts] : per_rule) against[rule];
  for (const auto& [rule, counts] : against) {
    std::printf("%-5s %5d  %12.2f yuan", rule.c_str(), per_rule[rule].first, per_rule[rule].second / 100.0);
    if (with_truth.count(rule) != 0) std::printf("   truth %d, of them found %d", counts[0], counts[1]);
    if (with_truth.count(rule) != 0) right &= counts[0] == counts[1] && per_rule[rule].first == counts[0];
    std::printf("\n");
  }
  std::printf(right ? "every finding of the truth, and no other\n" : "NOT as the truth says\n");
  return right ? 0 : 1;
}

}  // namespace
}  // namespace relief

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    std::fprintf(stderr, "rules_on_truth DISTRICT [YYYY-MM-DD]\n");
    return 2;
  }
  const auto as_of = relief::matcher::ParseDate(argc == 3 ? argv[2] : "2026-10-31");
  if (!as_of) return 2;
  return relief::Run(argv[1], *as_of);
}
