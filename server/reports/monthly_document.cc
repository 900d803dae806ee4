#include "server/reports/monthly_document.h"

#include <map>
#include <set>

#include "server/base/region_names.h"
#include "server/base/time.h"
#include "server/reports/html.h"
#include "server/reports/report_words.h"
#include "server/reports/suppression.h"

namespace relief::server::reports {
namespace {

// Black on white, and no colour that says something by itself: it is printed and copied.
constexpr char kStyle[] = R"(<style>
@page { size: A4; margin: 20mm 18mm; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 174mm; padding: 8mm 4mm; color: #000; background: #fff;
  font: 11pt/1.7 "Noto Serif CJK SC", "Source Han Serif SC", SimSun, serif; }
header { text-align: center; border-bottom: 2px solid #000; margin-bottom: 6mm; padding-bottom: 3mm; }
h1 { font-size: 20pt; font-weight: 700; margin: 0 0 2mm; letter-spacing: 2pt; }
h2 { font-size: 13pt; margin: 7mm 0 2mm; break-after: avoid; }
p { margin: 0 0 2mm; text-indent: 2em; text-align: justify; }
header p { text-indent: 0; text-align: center; margin: 0; }
table { width: 100%; border-collapse: collapse; margin: 2mm 0 4mm; font-size: 9.5pt; line-height: 1.45;
  font-variant-numeric: tabular-nums; }
caption { font-weight: 700; text-align: left; padding: 1mm 0; break-after: avoid; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: 1px solid #555; padding: 1mm 2mm; text-align: right; vertical-align: top; }
thead th { text-align: center; font-weight: 700; background: #eee; }
tbody th { text-align: left; font-weight: 400; }
tr.sum th, tr.sum td { font-weight: 700; }
footer { margin-top: 6mm; border-top: 1px solid #555; padding-top: 2mm; font-size: 9pt; line-height: 1.5; }
footer p { text-indent: 0; }
@media print { body { max-width: none; padding: 0; } }
</style>
)";

constexpr char kWithheld[] = "※";

std::string Number(int64_t count) { return std::to_string(count); }

std::string MonthName(const v1::Month& month) {
  return std::to_string(month.year()) + "年" + std::to_string(month.month()) + "月";
}

std::string DateName(const v1::Date& date) {
  return std::to_string(date.year()) + "年" + std::to_string(date.month()) + "月" +
         std::to_string(date.day()) + "日";
}

std::string Change(int64_t now, int64_t before, std::string (*text)(int64_t)) {
  if (now == before) return "持平";
  return std::string(now > before ? "增加" : "减少").append(text(now > before ? now - before : before - now));
}

std::string Rate(double rate) {
  char text[16];
  std::snprintf(text, sizeof text, "%.1f%%", rate * 100);
  return text;
}

std::string Overview(const v1::MonthlySummary& summary, const MonthlyHeading& heading) {
  const v1::GapFigures& total = summary.report().total();
  const std::string until = heading.is_running ? "截至" + TimeText(ToMicros(summary.known_at())).substr(0, 16)
                                               : "截至" + DateName(summary.as_of_date()) + "24时";
  std::string html = Element("h2", "一、总体情况");
  if (total.suppressed())
    return html + Element("p", until + "，" + heading.region_name + "未结问题线索涉及人数少于" +
                                   Number(kSmallestShown) + "人，不予公布。");
  const v1::Movement &now = total.movement(), &before = total.previous();
  std::string text = until + "，" + heading.region_name + "未结问题线索" + Number(total.findings()) +
                     "条，涉及" + Number(total.persons()) + "人，涉及金额" + GroupedYuan(total.amount_fen()) +
                     "元";
  if (total.estimated_fen() != 0)
    text += "，另按规则标准估算遗漏救助金额" + GroupedYuan(total.estimated_fen()) + "元";
  text += "。其中" + Word(v1::FindingEvent::OVERDUE, true) + "的" + Number(total.overdue()) + "条，" +
          Word(v1::FindingEvent::DISPUTED, true) + "的" + Number(total.disputed()) + "条。";
  html += Element("p", text);
  HtmlTable table("表1 本月变动", {"指标", "本月", "上月", "较上月"});
  const auto row = [&](const char* name, int64_t a, int64_t b) {
    table.Row({name, Number(a), Number(b), Change(a, b, Number)});
  };
  const auto money = [&](const char* name, int64_t a, int64_t b) {
    table.Row({name, GroupedYuan(a), GroupedYuan(b), Change(a, b, GroupedYuan)});
  };
  row("新发现（条）", now.opened(), before.opened());
  row("再次出现（条）", now.reopened(), before.reopened());
  row("数据更正后消除（条）", now.closed(), before.closed());
  row("部门议定办结（条）", now.settled(), before.settled());
  row("期末未结（条）", now.open_at_end(), before.open_at_end());
  money("期末未结涉及金额（元）", now.amount_at_end_fen(), before.amount_at_end_fen());
  money("部门报告已追回（元）", now.recovered_fen(), before.recovered_fen());
  return html + table.Html();
}

std::vector<std::string> FigureCells(std::string name, const v1::GapFigures& figures) {
  if (figures.suppressed()) {
    std::vector<std::string> cells(8, kWithheld);
    cells[0] = std::move(name);
    return cells;
  }
  const v1::Movement& moved = figures.movement();
  return {std::move(name),           Number(figures.findings()),
          Number(figures.persons()), GroupedYuan(figures.amount_fen() + figures.estimated_fen()),
          Number(figures.overdue()), Number(moved.opened() + moved.reopened()),
          Number(moved.closed()),    Number(moved.settled())};
}

std::vector<std::string> FigureHeader(const char* first) {
  return {first,
          Word(v1::Finding::OPEN, true),
          "人数",
          "金额（元）",
          Word(v1::FindingEvent::OVERDUE, true),
          Word(v1::FindingEvent::OPENED, true),
          Word(v1::FindingEvent::CLOSED, true),
          Word(v1::FindingEvent::SETTLED, true)};
}

std::string Kinds(const v1::MonthlySummary& summary) {
  std::string html = Element("h2", "二、分类情况");
  HtmlTable table("表2 各类问题线索及其规则", FigureHeader("类别与规则"));
  for (const v1::GapRow& kind : summary.kinds()) {
    table.SumRow(FigureCells(Word(kind.kind(), true), kind.figures()));
    for (const v1::GapRow& rule : summary.report().rows())
      if (rule.kind() == kind.kind())
        table.Row(FigureCells(rule.rule_id() + " " + rule.title_zh(), rule.figures()));
  }
  if (table.empty()) return html + Element("p", "本月没有未结问题线索，也没有变动。");
  table.SumRow(FigureCells("合计", summary.report().total()));
  return html + table.Html();
}

std::string Regions(const v1::MonthlySummary& summary) {
  std::set<v1::FindingKind> kinds;
  std::map<std::string, std::map<v1::FindingKind, const v1::GapFigures*>> regions;
  for (const v1::GapRow& row : summary.regions()) {
    kinds.insert(row.kind());
    regions[row.region_prefix()][row.kind()] = &row.figures();
  }
  std::string html = Element("h2", "三、分区划情况");
  if (regions.empty()) return html + Element("p", "没有可以分列的区划。");
  std::vector<std::string> header = {Word(v1::BY_REGION, true)};
  for (const v1::FindingKind kind : kinds) header.push_back(Word(kind, true));
  HtmlTable table("表3 各区划未结问题线索数（涉及人数）", header);
  for (const auto& [region, figures] : regions) {
    std::vector<std::string> cells = {region.empty() ? "数据未载明区划" : RegionName(region)};
    for (const v1::FindingKind kind : kinds) {
      const auto found = figures.find(kind);
      cells.push_back(found == figures.end()        ? "0"
                      : found->second->suppressed() ? kWithheld
                                                    : Number(found->second->findings()) + "（" +
                                                          Number(found->second->persons()) + "）");
    }
    table.Row(cells);
  }
  return html + table.Html();
}

std::string Programmes(const v1::MonthlySummary& summary) {
  std::string html = Element("h2", "四、分救助项目情况");
  HtmlTable table("表4 各救助项目（一条线索涉及多个项目的，分别计数）", FigureHeader("救助项目"));
  for (const v1::GapRow& row : summary.programmes())
    table.Row(FigureCells(row.programme() == 0 ? "未载明" : Word(row.programme(), true), row.figures()));
  return table.empty() ? html + Element("p", "没有可以分列的救助项目。") : html + table.Html();
}

std::string Days(int32_t from, int32_t to) {
  if (to == 0) return std::string("超过").append(Number(from - 1)).append("天");
  return from == 0 ? Number(to) + "天以内" : Number(from) + "至" + Number(to) + "天";
}

std::string Handling(const v1::GapReport& report) {
  std::string html = Element("h2", "五、办理情况");
  const v1::ResponseTimes& response = report.response();
  char means[96] = "";
  if (response.mean_final_days() > 0)
    std::snprintf(means, sizeof means, "，自发现至首次答复平均%.1f天，至最终答复平均%.1f天",
                  response.mean_first_days(), response.mean_final_days());
  html += Element("p", "本月首次发现的问题线索" + Number(response.findings()) + "条，部门已答复" +
                           Number(response.answered()) + "条，其中已作最终答复" + Number(response.final()) +
                           "条" + means + "。");
  HtmlTable ages("表5 未结问题线索的时长", {"自首次发现起", Word(v1::Finding::OPEN, true),
                                            "其中" + Word(v1::FindingEvent::OVERDUE, true), "金额（元）"});
  for (const v1::AgeBucket& age : report.ageing())
    ages.Row({Days(age.from_days(), age.to_days()), Number(age.findings()), Number(age.overdue()),
              GroupedYuan(age.amount_fen())});
  html += ages.Html();
  HtmlTable outcomes(
      "表6 本月新发现问题线索的答复",
      {"规则", Word(v1::FindingEvent::OPENED, true), Word(v1::Disposition::CONFIRMED, true),
       Word(v1::Disposition::NOT_A_PROBLEM, true), Word(v1::Disposition::WRONG_PERSON, true),
       Word(v1::Disposition::WRONG_DATA, true), Word(v1::FindingEvent::DISPUTED, true), "误报率"});
  for (const v1::RuleOutcomes& rule : report.outcomes()) {
    if (rule.answered() == 0) continue;
    outcomes.Row({rule.rule_id() + " " + rule.title_zh(), Number(rule.findings()), Number(rule.confirmed()),
                  Number(rule.not_a_problem()), Number(rule.wrong_person()), Number(rule.wrong_data()),
                  Number(rule.contradicted()), Rate(rule.false_alarm_rate())});
  }
  return outcomes.empty() ? html : html + outcomes.Html();
}

// Only while the month runs: neither has a history.
std::string Coverage(const v1::GapReport& report) {
  if (report.coverage().empty() && report.feeds().empty()) return "";
  std::string html = Element("h2", "六、覆盖与数据完整性");
  using Sheet = v1::Entitlement;
  HtmlTable rates("表7 应享人员的救助覆盖情况",
                  {"规则", "应享", Word(Sheet::HELPED, true), Word(Sheet::NOT_HELPED, true),
                   Word(Sheet::UNDECIDED, true), "覆盖率", "待核的主要原因"});
  for (const v1::CoverageRate& rate : report.coverage()) {
    const std::string name = rate.rule_id() + " " + rate.title_zh();
    if (rate.suppressed()) {
      rates.Row({name, kWithheld, kWithheld, kWithheld, kWithheld, kWithheld, ""});
      continue;
    }
    // Neither of a rule that concerns nobody, nor of one that is off or has no source, is there a rate.
    if (rate.holders() + rate.undecidable() == 0) continue;
    rates.Row(
        {name, Number(rate.holders() + rate.undecidable()), Number(rate.reached()), Number(rate.missing()),
         Number(rate.undecidable()), rate.holders() > 0 ? Rate(rate.rate()) : "—",
         rate.undecidable_by_reason().empty() ? "" : Word(rate.undecidable_by_reason(0).reason(), true)});
  }
  if (!rates.empty()) html += rates.Html();
  int64_t late = 0;
  HtmlTable feeds("表8 迟报或未报的数据来源", {"来源", "已报记录", "距上次报送"});
  for (const v1::FeedStatus& feed : report.feeds()) {
    if (!feed.late()) continue;
    ++late;
    feeds.Row({feed.source_id(), Number(feed.live_records()),
               feed.days_since_push() < 0 ? "从未报送" : Number(feed.days_since_push()) + "天"});
  }
  html += Element("p", "数据来源" + Number(report.feeds_size()) + "个，其中逾期未报送的" + Number(late) +
                           "个。逾期未报送的部分不作遗漏认定，列为待核。");
  return late == 0 ? html : html + feeds.Html();
}

std::string Notes(const v1::MonthlySummary& summary) {
  std::string html = "<footer>\n";
  html += Element(
      "p",
      "说明：本表由救助信息共享枢纽根据各部门报送数据自动生成，数据时点" +
          TimeText(ToMicros(summary.known_at())) + "（库位置" + Number(summary.report().position()) +
          "）。问题线索供核查，不是认定结论。“金额”为数据载明的涉及金额与遗漏救助按规则标准的估算金额之和。");
  if (summary.report().disclosure() == v1::DISCLOSURE_PROTECTED)
    html += Element("p", std::string(kWithheld) + "：涉及人数少于" + Number(kSmallestShown) +
                             "人，或可据以推算此类数目，不予公布。变动、逾期、时长、答复等数按" +
                             Number(kSmallestShown) + "的倍数取整，分项之和可能与合计不等。");
  else
    html += Element("p", "本表未隐去小数目，仅供有权查看问题线索的人员内部使用，不得对外公布。");
  return html + "</footer>\n";
}

}  // namespace

std::string MonthlyDocument(const v1::MonthlySummary& summary, const MonthlyHeading& heading) {
  const std::string title = heading.region_name + "救助信息共享月报";
  std::string html = "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n";
  html += Element("title", title + " " + MonthName(summary.month()));
  html.append(kStyle).append("</head>\n<body>\n<header>\n");
  html += Element("h1", title);
  html += Element("p", MonthName(summary.month()) + (heading.is_running ? "（当月尚未结束）" : ""));
  if (!heading.issuer.empty()) html += Element("p", heading.issuer);
  html += "</header>\n<main>\n";
  html += Overview(summary, heading) + Kinds(summary) + Regions(summary) + Programmes(summary) +
          Handling(summary.report()) + Coverage(summary.report());
  return html + "</main>\n" + Notes(summary) + "</body>\n</html>\n";
}

}  // namespace relief::server::reports
