#include <set>

#include "server/base/region_names.h"
#include "server/reports/monthly_summary.h"
#include "server/reports/report_request.h"
#include "tests/server/findings/random_findings.h"

namespace relief::server::reports {
namespace {

std::shared_ptr<const coverage::RuleSet> Rules() {
  static const auto rules = coverage::RuleSet::LoadDirectory(RELIEF_RULES_DIRECTORY);
  EXPECT_TRUE(rules.ok()) << rules.status();
  return *rules;
}

constexpr int64_t kDay = findings::RandomFindings::kDay;

v1::GetMonthlySummaryRequest Ask(int month, const std::string& prefix = "") {
  v1::GetMonthlySummaryRequest request;
  *request.mutable_month() = MonthOf(2026 * 12 + month - 1);
  request.set_region_prefix(prefix);
  return request;
}

absl::StatusOr<v1::MonthlySummary> Make(findings::RandomFindings& world,
                                        const v1::GetMonthlySummaryRequest& request, int64_t now_us) {
  google::protobuf::Timestamp now;
  now.set_seconds(now_us / 1'000'000);
  return MakeMonthlySummary(*world.store().Snapshot(), request,
                            {now_us, matcher::CivilDate::FromDays(findings::DayOf(now)), *Rules(), nullptr});
}

v1::MonthlySummary Summary(findings::RandomFindings& world, const v1::GetMonthlySummaryRequest& request,
                           int64_t now_us) {
  auto summary = Make(world, request, now_us);
  EXPECT_TRUE(summary.ok()) << summary.status();
  return summary.ok() ? *summary : v1::MonthlySummary();
}

TEST(MonthlySummaryTest, AMonthThatIsOverStaysAsItWas) {
  findings::RandomFindings world(5);
  while (world.now_us() < findings::RandomFindings::kStart + 62 * kDay) world.Step(4);  // into March
  auto before = Summary(world, Ask(2), world.now_us());
  EXPECT_GT(before.report().total().movement().opened(), 0);
  EXPECT_EQ(before.as_of_date().month(), 2);
  EXPECT_EQ(before.as_of_date().day(), 28);
  for (int step = 0; step < 40; ++step) world.Step(5);
  auto after = Summary(world, Ask(2), world.now_us() + 30 * kDay);
  for (auto* one : {&before, &after}) {
    one->mutable_report()->clear_position();
    one->clear_html();  // names the position
  }
  EXPECT_EQ(after.DebugString(), before.DebugString());
}

TEST(MonthlySummaryTest, TheRunningMonthIsAsItIsNow) {
  findings::RandomFindings world(5);
  for (int step = 0; step < 30; ++step) world.Step(4);
  v1::GetMonthlySummaryRequest request = Ask(MonthAt(world.now_us()) % 12 + 1);
  request.set_disclosure(v1::DISCLOSURE_FULL);
  const v1::MonthlySummary summary = Summary(world, request, world.now_us());
  int64_t open = 0;
  for (const auto& [id, finding] : world.findings()) open += finding.state() == v1::Finding::OPEN;
  EXPECT_EQ(summary.report().total().findings(), open);
  int64_t of_kinds = 0, of_rules = 0;
  for (const v1::GapRow& row : summary.kinds()) of_kinds += row.figures().findings();
  for (const v1::GapRow& row : summary.report().rows()) of_rules += row.figures().findings();
  EXPECT_EQ(of_kinds, open);
  EXPECT_EQ(of_rules, open);
  EXPECT_NE(summary.html().find("当月尚未结束"), std::string::npos);
}

// Figures that the full summary has, by row, with those that the protected one withholds.
struct Cells {
  std::map<std::string, int64_t> findings;
  std::set<std::string> small, withheld;
};
template <typename Key>
Cells CellsOf(const google::protobuf::RepeatedPtrField<v1::GapRow>& full,
              const google::protobuf::RepeatedPtrField<v1::GapRow>& shown, const Key& key) {
  Cells cells;
  for (const v1::GapRow& row : full) {
    if (row.figures().findings() == 0) continue;
    cells.findings[key(row)] = row.figures().findings();
    if (row.figures().persons() < 5) cells.small.insert(key(row));
  }
  for (const v1::GapRow& row : shown) {
    if (!row.figures().suppressed()) continue;
    v1::GapFigures bare = row.figures();
    bare.clear_suppressed();
    EXPECT_EQ(bare.ByteSizeLong(), 0u) << "nothing comes with a withheld row";
    cells.withheld.insert(key(row));
  }
  return cells;
}

TEST(MonthlySummaryTest, NoTableTellsWhatAnotherWithholds) {
  int withheld = 0, lines = 0;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    findings::RandomFindings world(seed);
    for (int step = 0; step < 30; ++step) world.Step(8);
    for (const char* prefix : {"", "37", "3713", "371302"}) {
      v1::GetMonthlySummaryRequest request = Ask(MonthAt(world.now_us()) % 12 + 1, prefix);
      const v1::MonthlySummary shown = Summary(world, request, world.now_us());
      request.set_disclosure(v1::DISCLOSURE_FULL);
      const v1::MonthlySummary full = Summary(world, request, world.now_us());
      const auto rule = [](const v1::GapRow& row) { return row.rule_id(); };
      const auto kind = [](const v1::GapRow& row) { return std::to_string(row.kind()); };
      const auto region = [&](const v1::GapRow& row) { return kind(row) + " " + row.region_prefix(); };
      const Cells rules = CellsOf(full.report().rows(), shown.report().rows(), rule);
      const Cells kinds = CellsOf(full.kinds(), shown.kinds(), kind);
      const Cells regions = CellsOf(full.regions(), shown.regions(), region);
      const Cells programmes = CellsOf(full.programmes(), shown.programmes(),
                                       [](const v1::GapRow& row) { return std::to_string(row.programme()); });
      for (const Cells* table : {&rules, &kinds, &regions, &programmes}) {
        withheld += static_cast<int>(table->withheld.size());
        for (const std::string& small : table->small)
          EXPECT_TRUE(table->withheld.contains(small))
              << "seed " << seed << " '" << prefix << "': " << small << " is shown";
      }
      // Of every sum in print and its parts, either all are shown or at least two are not.
      const auto check = [&](int hidden, const std::string& what) {
        ++lines;
        EXPECT_NE(hidden, 1) << "seed " << seed << " '" << prefix << "': " << what
                             << " follows from its line";
      };
      const bool total = shown.report().total().suppressed();
      int of_kinds = total, of_programmes = total;
      for (const auto& [name, findings] : kinds.findings) {
        const bool sum = kinds.withheld.contains(name);
        of_kinds += sum;
        int of_rules = sum, of_regions = sum;
        for (const v1::GapRow& row : full.report().rows())
          if (kind(row) == name && rules.withheld.contains(rule(row))) ++of_rules;
        for (const std::string& cell : regions.withheld) of_regions += cell.starts_with(name + " ");
        check(of_rules, "a rule of kind " + name);
        check(of_regions, "a region of kind " + name);
      }
      check(of_kinds, "a kind");
      of_programmes += static_cast<int>(programmes.withheld.size());
      check(of_programmes, "a programme");
    }
  }
  EXPECT_GT(withheld, 300) << "the test would say nothing";
  EXPECT_GT(lines, 1000);
}

TEST(MonthlySummaryTest, TheDocumentStandsAloneAndSaysWhatIsThere) {
  findings::RandomFindings world(9);
  for (int step = 0; step < 40; ++step) world.Step(8);
  v1::GetMonthlySummaryRequest request = Ask(MonthAt(world.now_us()) % 12 + 1, "37");
  request.set_issuer("<script>alert(1)</script>&'\"民政厅");
  const v1::MonthlySummary summary = Summary(world, request, world.now_us());
  const std::string& html = summary.html();
  EXPECT_TRUE(html.starts_with("<!DOCTYPE html>\n<html lang=\"zh-CN\">"));
  for (const char* never : {"<script", "http", "src=", "href=", "@import", "url(", "style=", "onload"})
    EXPECT_EQ(html.find(never), std::string::npos) << never;
  EXPECT_NE(html.find("&lt;script&gt;alert(1)&lt;/script&gt;&amp;&#39;&quot;民政厅"), std::string::npos);
  EXPECT_EQ(html.find("<style>"), html.rfind("<style>")) << "one, for the nonce of the page around it";
  for (const char* text : {"山东省救助信息共享月报", "临沂市", "size: A4", "重复救助", "合计", "不予公布"})
    EXPECT_NE(html.find(text), std::string::npos) << text;
  EXPECT_EQ(summary.file_name(), "救助信息共享月报_37_" + std::string("2026-0") +
                                     std::to_string(summary.month().month()) + ".html");
  int marks = 0;
  for (size_t at = html.find("<td>※"); at != std::string::npos; at = html.find("<td>※", at + 1)) ++marks;
  int expected = 0;
  for (const v1::GapRow& row : summary.regions()) expected += row.figures().suppressed();
  for (const auto* rows : {&summary.report().rows(), &summary.kinds(), &summary.programmes()})
    for (const v1::GapRow& row : *rows) expected += row.figures().suppressed() ? 7 : 0;
  for (const v1::CoverageRate& rate : summary.report().coverage()) expected += rate.suppressed() ? 5 : 0;
  EXPECT_GT(expected, 0);
  EXPECT_EQ(marks, expected);
}

TEST(MonthlySummaryTest, WhatItCannotAnswerIsRefusedWithTheField) {
  findings::RandomFindings world(1);
  world.Step(4);
  const auto refused = [&](const v1::GetMonthlySummaryRequest& request, const std::string& field) {
    const absl::Status status = Make(world, request, world.now_us()).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << field;
    EXPECT_EQ(std::string(status.message()).substr(0, field.size() + 1), field + ":") << status;
  };
  refused({}, "month");
  refused(Ask(2), "month");  // it is January
  refused(Ask(1, "371"), "region_prefix");
  refused(Ask(1, "3713020"), "region_prefix");
  refused(Ask(1, "37130200a"), "region_prefix");
  refused(Ask(1, "3x"), "region_prefix");
  v1::GetMonthlySummaryRequest request = Ask(1);
  request.set_issuer(std::string(201, 'x'));
  refused(request, "issuer");
  request = Ask(1);
  request.set_disclosure(static_cast<v1::Disclosure>(7));
  refused(request, "disclosure");
}

TEST(RegionNameTest, ARegionIsCalledByItsNameOrItsCode) {
  EXPECT_EQ(RegionName("37"), "山东省");
  EXPECT_EQ(RegionName("3713"), "临沂市");
  EXPECT_EQ(RegionName("371302"), "兰山区");
  EXPECT_EQ(RegionName("371302001"), "371302001");
  EXPECT_EQ(RegionName("99"), "99");
}

}  // namespace
}  // namespace relief::server::reports
