#include "server/reports/filter_protect.h"

#include <algorithm>
#include <iostream>
#include <iterator>
#include <set>

#include "server/reports/gap_report.h"
#include "server/reports/report_request.h"
#include "server/reports/suppression.h"
#include "tests/server/findings/random_findings.h"

namespace relief::server::reports {
namespace {

std::shared_ptr<const coverage::RuleSet> Rules() {
  static const auto rules = coverage::RuleSet::LoadDirectory(RELIEF_RULES_DIRECTORY);
  EXPECT_TRUE(rules.ok()) << rules.status();
  return *rules;
}

using Counted = std::set<std::string>;  // ids of findings

// Open findings of a random world, and whose they are.
class World {
 public:
  explicit World(unsigned seed) : random_(seed, 400, 150) {
    for (int step = 0; step < 40; ++step) random_.Step(40);
  }

  v1::GapReport Ask(v1::GetGapReportRequest request, v1::Disclosure disclosure) {
    request.set_disclosure(disclosure);
    auto report = MakeGapReport(*random_.store().Snapshot(), request,
                                {random_.now_us(), matcher::CivilDate{2026, 5, 1}, *Rules(), nullptr});
    EXPECT_TRUE(report.ok()) << report.status() << request.ShortDebugString();
    return report.ok() ? *report : v1::GapReport();
  }

  // What a row of the answer counts; without a row, its total.
  Counted CountedIn(const v1::GetGapReportRequest& request, const v1::GapRow* row) const {
    Counted counted;
    for (const auto& [id, finding] : random_.findings()) {
      if (finding.state() != v1::Finding::OPEN || !Takes(request.filter(), finding)) continue;
      if (row == nullptr || IsIn(request, *row, finding)) counted.insert(id);
    }
    return counted;
  }
  size_t PersonsOf(const Counted& counted) const {
    Counted persons;
    for (const std::string& id : counted)
      for (const std::string& person : findings::PersonsOf(random_.findings().at(id))) persons.insert(person);
    return persons.size();
  }
  const v1::Finding& finding(const std::string& id) const { return random_.findings().at(id); }

 private:
  static bool IsHere(const std::string& prefix, const v1::Finding& finding) {
    return prefix.empty() || std::any_of(finding.regions().begin(), finding.regions().end(),
                                         [&](const auto& region) { return region.starts_with(prefix); });
  }
  static std::set<int> ProgrammesOf(const v1::Finding& finding) {
    return {finding.evidence(0).programme(), finding.notify(0)};
  }
  static bool Takes(const v1::FindingFilter& filter, const v1::Finding& finding) {
    const auto allowed = [](const auto& list, const auto& value) {
      return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
    };
    const auto programmes = ProgrammesOf(finding);
    return IsHere(filter.region_prefix(), finding) && allowed(filter.rule_ids(), finding.rule_id()) &&
           allowed(filter.kinds(), finding.kind()) && allowed(filter.severities(), finding.severity()) &&
           (!filter.only_overdue() || finding.overdue()) && (!filter.only_disputed() || finding.disputed()) &&
           std::any_of(programmes.begin(), programmes.end(),
                       [&](int programme) { return allowed(filter.programmes(), programme); });
  }
  static bool IsIn(const v1::GetGapReportRequest& request, const v1::GapRow& row,
                   const v1::Finding& finding) {
    for (const int dimension : request.group_by()) {
      if (dimension == v1::BY_RULE && row.rule_id() != finding.rule_id()) return false;
      if (dimension == v1::BY_KIND && row.kind() != finding.kind()) return false;
      if (dimension == v1::BY_SEVERITY && row.severity() != finding.severity()) return false;
      if (dimension == v1::BY_PROGRAMME && !ProgrammesOf(finding).contains(row.programme())) return false;
      if (dimension == v1::BY_OPEN_MONTH) {
        const auto month =
            findings::MonthIndex(matcher::CivilDate::FromDays(findings::DayOf(finding.open_time())));
        if (MonthIndexOf(row.open_month()) != month) return false;
      }
    }
    if (request.region_digits() == 0) return true;
    if (!row.region_prefix().empty()) return IsHere(row.region_prefix(), finding);
    return finding.regions().empty();
  }

  findings::RandomFindings random_;
};

std::vector<v1::GetGapReportRequest> AllQuestions() {
  using Groups = std::vector<v1::GapDimension>;
  std::vector<v1::FindingFilter> filters(6);
  filters[1].add_rule_ids("D01");
  filters[2].add_severities(v1::HIGH);
  filters[3].add_kinds(v1::MISSING);
  filters[4].add_programmes(v1::MINIMUM_LIVING);
  filters[5].set_only_overdue(true);
  std::vector<v1::GetGapReportRequest> questions;
  for (const v1::FindingFilter& filter : filters)
    for (const auto& [prefix, digits] : std::vector<std::pair<std::string, int>>{
             {"", 0}, {"", 2}, {"", 4}, {"37", 0}, {"37", 4}, {"3713", 0}, {"3713", 6}, {"371302", 0}})
      for (const Groups& groups :
           {Groups{v1::BY_RULE}, Groups{v1::BY_KIND}, Groups{v1::BY_PROGRAMME}, Groups{v1::BY_SEVERITY},
            Groups{v1::BY_OPEN_MONTH}, Groups{v1::BY_KIND, v1::BY_PROGRAMME}}) {
        v1::GetGapReportRequest& request = questions.emplace_back();
        *request.mutable_filter() = filter;
        request.mutable_filter()->set_region_prefix(prefix);
        request.set_region_digits(digits);
        for (const v1::GapDimension group : groups) request.add_group_by(group);
        if (digits > 0) request.add_group_by(v1::BY_REGION);
      }
  return questions;
}

// Review of security, 14. Two groupings without a filter: by programme, less the rule that alone concerns it.
TEST(FilterProtectTest, OfTwoReportsUnderAnyGroupingsNoneCanBeTakenFromTheOther) {
  int compared = 0, shown_cells = 0, withheld = 0;
  for (unsigned seed = 1; seed <= 4; ++seed) {
    World world(seed);
    std::map<Counted, std::string> shown;
    for (const v1::GetGapReportRequest& request : AllQuestions()) {
      const v1::GapReport report = world.Ask(request, v1::DISCLOSURE_PROTECTED);
      const auto add = [&](const v1::GapFigures& figures, const v1::GapRow* row) {
        if (figures.suppressed()) return void(++withheld);
        const Counted counted = world.CountedIn(request, row);
        EXPECT_EQ(figures.findings(), static_cast<int64_t>(counted.size())) << request.ShortDebugString();
        if (!counted.empty())
          shown[counted] = request.ShortDebugString() + (row ? " row " + row->ShortDebugString() : "");
      };
      for (const v1::GapRow& row : report.rows()) add(row.figures(), &row);
      add(report.total(), nullptr);
    }
    shown_cells += static_cast<int>(shown.size());
    for (const auto& [wide, wide_text] : shown) {
      for (const auto& [narrow, narrow_text] : shown) {
        if (narrow.size() >= wide.size() ||
            !std::includes(wide.begin(), wide.end(), narrow.begin(), narrow.end()))
          continue;
        Counted rest;
        std::set_difference(wide.begin(), wide.end(), narrow.begin(), narrow.end(),
                            std::inserter(rest, rest.end()));
        ++compared;
        EXPECT_GE(world.PersonsOf(rest), static_cast<size_t>(kSmallestShown)) << "seed " << seed << ":\n"
                                                                              << wide_text << "\nless\n"
                                                                              << narrow_text;
      }
    }
  }
  std::cout << shown_cells << " figures shown, " << withheld << " withheld, " << compared << " pairs\n";
  EXPECT_GT(compared, 1000) << "the test would say nothing";
  EXPECT_GT(withheld, 100);
}

// Whether a figure is a sum and difference of any number of those that are known.
class Attacker {
 public:
  explicit Attacker(size_t unknowns) : unknowns_(unknowns) {}

  void Learn(std::vector<int64_t> row) {
    if (const size_t pivot = Reduce(&row); pivot < unknowns_) {
      const int64_t by = Power(row[pivot], kPrime - 2);
      for (int64_t& value : row) value = value * by % kPrime;
      known_[pivot] = std::move(row);
    }
  }
  bool Knows(std::vector<int64_t> row) const { return Reduce(&row) == unknowns_; }

 private:
  static constexpr int64_t kPrime = 1'000'000'007;
  static int64_t Power(int64_t base, int64_t exponent) {
    int64_t power = 1;
    for (; exponent > 0; exponent /= 2, base = base * base % kPrime)
      if (exponent % 2 == 1) power = power * base % kPrime;
    return power;
  }
  size_t Reduce(std::vector<int64_t>* row) const {
    for (size_t i = 0; i < unknowns_; ++i) {
      if ((*row)[i] == 0) continue;
      const auto known = known_.find(i);
      if (known == known_.end()) return i;
      const int64_t times = kPrime - (*row)[i];
      for (size_t j = i; j < unknowns_; ++j) (*row)[j] = ((*row)[j] + times * known->second[j]) % kPrime;
    }
    return unknowns_;
  }
  const size_t unknowns_;
  std::map<size_t, std::vector<int64_t>> known_;
};

// Everything that was published, taken together: no small cell of any grouping follows from it.
TEST(FilterProtectTest, NoSmallCellFollowsFromAllGroupingsTogether) {
  int small = 0, learned = 0;
  for (unsigned seed = 1; seed <= 4; ++seed) {
    World world(seed);
    // Findings that no question tells apart are one unknown.
    std::vector<v1::GetGapReportRequest> questions;
    for (const v1::GetGapReportRequest& request : AllQuestions())
      if (request.filter().ByteSizeLong() == 0 || !request.filter().region_prefix().empty()) {
        v1::FindingFilter rest = request.filter();
        rest.clear_region_prefix();
        if (rest.ByteSizeLong() == 0) questions.push_back(request);
      }
    std::map<std::string, std::vector<int>> in;  // of each finding the figures that count it
    struct Figure {
      bool is_shown, is_small;
      std::string text;
    };
    std::vector<Figure> figures;
    for (const v1::GetGapReportRequest& request : questions) {
      const v1::GapReport report = world.Ask(request, v1::DISCLOSURE_PROTECTED);
      const auto add = [&](const v1::GapFigures& of, const v1::GapRow* row) {
        const Counted counted = world.CountedIn(request, row);
        if (counted.empty()) return;
        for (const std::string& id : counted) in[id].push_back(static_cast<int>(figures.size()));
        figures.push_back({!of.suppressed(), world.PersonsOf(counted) < kSmallestShown,
                           request.ShortDebugString() + (row ? " row " + row->ShortDebugString() : "")});
      };
      for (const v1::GapRow& row : report.rows()) add(row.figures(), &row);
      add(report.total(), nullptr);
    }
    std::map<std::vector<int>, size_t> atoms;
    for (const auto& [id, list] : in) atoms.try_emplace(list, atoms.size());
    std::vector<std::vector<int64_t>> rows(figures.size(), std::vector<int64_t>(atoms.size(), 0));
    for (const auto& [list, atom] : atoms)
      for (const int figure : list) rows[static_cast<size_t>(figure)][atom] = 1;
    Attacker attacker(atoms.size());
    for (size_t i = 0; i < figures.size(); ++i)
      if (figures[i].is_shown) attacker.Learn(rows[i]), ++learned;
    for (size_t i = 0; i < figures.size(); ++i) {
      if (!figures[i].is_small) continue;
      ++small;
      EXPECT_FALSE(figures[i].is_shown) << figures[i].text;
      EXPECT_FALSE(attacker.Knows(rows[i])) << "seed " << seed << ": " << figures[i].text;
    }
  }
  std::cout << learned << " figures shown, " << small << " small ones looked for\n";
  EXPECT_GT(learned, 500) << "the test would say nothing";
  EXPECT_GT(small, 30);
}

}  // namespace
}  // namespace relief::server::reports
