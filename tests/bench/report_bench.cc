// How long supervisors wait: the gap report, in full and protected, at each level of regions; the monthly
// summary; the first page of each list of findings.
//
//   report_bench --work DIR --rules DIR [--findings N] [--counties N] [--runs N] [--seed N]
//
// Fills a new store in DIR with made-up open findings (100,000 over 144 counties, opened on any day of a
// year, a tenth of them of two counties, one in six persons with more than one), as the writer of findings
// would: rows, counts, lists, history. Then asks each question `runs` times and prints p50 and p95 in
// milliseconds, the median in processor time, which a busy machine stretches less, and that as a multiple of
// a floor measured in the same run: the counts' rows read once and not looked at. Figures of one machine;
// compare ratios.
#include <sys/utsname.h>
#include <time.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <iostream>
#include <random>
#include <thread>

#include "server/core/schema.h"
#include "server/findings/finding_index.h"
#include "server/findings/finding_store.h"
#include "server/findings/report_rows.h"
#include "server/findings/tally.h"
#include "server/records/stored.pb.h"
#include "server/reports/gap_report.h"
#include "server/reports/monthly_summary.h"
#include "server/reports/report_request.h"
#include "storage/rocksdb_store.h"
#include "storage/transaction.h"

namespace relief::server {
namespace {

using Time = std::chrono::steady_clock;

constexpr int64_t kDayUs = 86'400 * int64_t{1'000'000};
constexpr matcher::CivilDate kToday = {2026, 10, 31};
int64_t NowUs() { return kToday.days() * kDayUs + 4 * 3'600'000'000; }

struct Plan {
  int findings = 100'000, counties = 144, runs = 30;
  unsigned seed = 1;
};

// Provinces of six prefectures of six counties.
std::string County(int number) {
  char code[40];
  std::snprintf(code, sizeof code, "%02d%02d%02d", 11 + number / 36, 1 + number / 6 % 6, 1 + number % 6);
  return code;
}

class Register {
 public:
  Register(storage::Store& store, const Plan& plan, const coverage::RuleSet& rules)
      : store_(store),
        plan_(plan),
        random_(plan.seed),
        rules_(rules),
        rule_ids_(rules.rules_in_force(kToday)) {}

  absl::Status Fill() {
    constexpr int kCommit = 2000;
    for (int first = 0; first < plan_.findings; first += kCommit) {
      storage::Transaction txn(store_);
      findings::Tally tally;
      for (int i = first; i < std::min(first + kCommit, plan_.findings); ++i) Write(txn, tally, i);
      if (absl::Status status = tally.Flush(txn); !status.ok()) return status;
      if (auto committed = txn.Commit(); !committed.ok()) return committed.status();
    }
    storage::Transaction txn(store_);
    txn.Put(std::string(schema::kCountersRow), stored::Counters().SerializeAsString());
    return txn.Commit().status();
  }

 private:
  int Draw(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

  void Write(storage::Transaction& txn, findings::Tally& tally, int number) {
    v1::Finding finding;
    finding.set_finding_id("F-" + std::to_string(number));
    finding.set_state(v1::Finding::OPEN);
    const int64_t opened_us = NowUs() - Draw(365) * kDayUs - Draw(80'000) * int64_t{1'000'000};
    finding.mutable_open_time()->set_seconds(opened_us / 1'000'000);
    *finding.mutable_update_time() = finding.open_time();
    // Some rules find much more than others.
    const size_t rule = static_cast<size_t>(
        std::min(Draw(static_cast<int>(rule_ids_.size())), Draw(static_cast<int>(rule_ids_.size()))));
    finding.set_rule_id(rule_ids_[rule].id);
    const std::string county = County(Draw(plan_.counties));
    rules_.Describe(finding.rule_id(), kToday, &finding, county);
    finding.add_regions(county);
    if (Draw(10) == 0) finding.add_regions(County(Draw(plan_.counties)));
    finding.add_evidence()->set_programme(static_cast<v1::Programme>(1 + Draw(8)));
    finding.set_amount_fen(Draw(500'000));
    finding.set_person_id("P-" + std::to_string(Draw(plan_.findings * 3)));
    finding.set_overdue(Draw(4) == 0);
    tally.Change(nullptr, &finding, opened_us);
    findings::IndexFinding(txn, nullptr, finding);
    finding.set_events(1);
    stored::FindingEvent event;
    event.mutable_event()->set_sequence(1);
    *event.mutable_event()->mutable_time() = finding.open_time();
    *event.mutable_finding() = finding;
    txn.Put(schema::FindingEventRow(finding.finding_id(), 1), event.SerializeAsString());
    txn.Put(schema::FindingRow(finding.finding_id()), finding.SerializeAsString());
  }

  storage::Store& store_;
  const Plan plan_;
  std::mt19937 random_;
  const coverage::RuleSet& rules_;
  const std::vector<coverage::RuleInfo> rule_ids_;
};

struct Spread {
  double p50 = 0, p95 = 0, cpu = 0;
};

double CpuMilliseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

absl::StatusOr<Spread> Measure(int runs, const std::function<absl::Status()>& ask) {
  std::vector<double> took, cpu;
  for (int i = 0; i < runs; ++i) {
    const auto start = Time::now();
    const double cpu_start = CpuMilliseconds();
    if (absl::Status status = ask(); !status.ok()) return status;
    took.push_back(std::chrono::duration<double, std::milli>(Time::now() - start).count());
    cpu.push_back(CpuMilliseconds() - cpu_start);
  }
  const auto at = [](std::vector<double>& values, double share) {
    std::sort(values.begin(), values.end());
    return values[static_cast<size_t>(share * static_cast<double>(values.size() - 1) + .5)];
  };
  return Spread{at(took, .5), at(took, .95), at(cpu, .5)};
}

absl::Status ReadCounts(const storage::Reader& reader, size_t* rows) {
  *rows = 0;
  for (std::string from;;) {
    auto page = reader.Scan(schema::kTallyPrefix, from, 5000);
    if (!page.ok()) return page.status();
    *rows += page->size();
    if (page->size() < 5000) return absl::OkStatus();
    from = page->back().key + std::string(1, '\0');
  }
}

absl::Status Run(const std::string& work, const std::string& rules_directory, const Plan& plan) {
  storage::RocksDbOptions options;
  options.path = work + "/data";
  options.sync = false;
  auto store = storage::OpenRocksDbStore(options);
  if (!store.ok()) return store.status();
  auto rules = coverage::RuleSet::LoadDirectory(rules_directory);
  if (!rules.ok()) return rules.status();
  if (absl::Status status = Register(**store, plan, **rules).Fill(); !status.ok()) return status;

  const auto snapshot = (*store)->Snapshot();
  const reports::ReportContext context{NowUs(), kToday, **rules, nullptr};
  size_t rows = 0;
  auto floor = Measure(plan.runs, [&] { return ReadCounts(*snapshot, &rows); });
  if (!floor.ok()) return floor.status();
  utsname machine{};
  uname(&machine);
  std::printf("%s %s, %u cores; %d open findings over %d counties; %d runs of each\n", machine.sysname,
              machine.machine, std::thread::hardware_concurrency(), plan.findings, plan.counties, plan.runs);
  std::printf("%-44s p50 %7.1f  p95 %7.1f  processor %7.1f ms\n",
              ("floor: " + std::to_string(rows) + " rows of counts").c_str(), floor->p50, floor->p95,
              floor->cpu);
  const auto print = [&](const std::string& what, const std::function<absl::Status()>& ask) -> absl::Status {
    auto took = Measure(plan.runs, ask);
    if (!took.ok()) return took.status();
    std::printf("%-44s p50 %7.1f  p95 %7.1f  processor %7.1f ms  %5.1f floors\n", what.c_str(), took->p50,
                took->p95, took->cpu, took->cpu / floor->cpu);
    std::fflush(stdout);
    return absl::OkStatus();
  };

  for (const v1::Disclosure disclosure : {v1::DISCLOSURE_FULL, v1::DISCLOSURE_PROTECTED})
    for (const int digits : {0, 4, 6}) {
      const bool is_full = disclosure == v1::DISCLOSURE_FULL;
      const std::string what = std::string("gap report, ") + (is_full ? "full" : "protected") + ", " +
                               std::to_string(digits) + " digits";
      v1::GetGapReportRequest request;
      request.set_disclosure(disclosure);
      request.set_region_digits(digits);
      request.set_compare(true);
      absl::Status status =
          print(what, [&] { return reports::MakeGapReport(*snapshot, request, context).status(); });
      if (!status.ok()) return status;
    }
  v1::GetMonthlySummaryRequest summary;
  *summary.mutable_month() = reports::MonthOf(reports::MonthAt(NowUs()));
  absl::Status status = print("monthly summary, this month", [&] {
    return reports::MakeMonthlySummary(*snapshot, summary, context).status();
  });
  if (!status.ok()) return status;
  for (const auto order : {v1::FINDING_ORDER_UNSPECIFIED, v1::AMOUNT_DESCENDING, v1::DUE_DATE_ASCENDING,
                           v1::OPEN_TIME_DESCENDING}) {
    v1::ListFindingsRequest list;
    list.mutable_filter()->add_states(v1::Finding::OPEN);
    list.set_order_by(order);
    status = print("first page, " + v1::FindingOrder_Name(order),
                   [&] { return findings::ListFindings(*snapshot, list).status(); });
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  CLI::App app{"How long supervisors wait for reports and lists of findings."};
  std::string work, rules;
  Plan plan;
  app.add_option("--work", work, "an empty folder for the data")->required()->check(CLI::ExistingDirectory);
  app.add_option("--rules", rules, "the rules' folder")->required()->check(CLI::ExistingDirectory);
  app.add_option("--findings", plan.findings, "open findings")->check(CLI::Range(1, 10'000'000));
  app.add_option("--counties", plan.counties, "counties")->check(CLI::Range(1, 2880));
  app.add_option("--runs", plan.runs, "of each question")->check(CLI::Range(1, 10'000));
  app.add_option("--seed", plan.seed, "of what is drawn");
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = Run(work, rules, plan);
  if (status.ok()) return 0;
  std::cerr << "report_bench: " << status << "\n";
  return 1;
}

}  // namespace
}  // namespace relief::server

int main(int argc, char** argv) { return relief::server::Main(argc, argv); }
