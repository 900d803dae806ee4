#include "server/report/export.h"

#include <algorithm>

#include "server/notice/finding_store.h"
#include "server/report/report_request.h"
#include "server/report/table_file.h"

namespace relief::server {
namespace {

constexpr int kPage = 1000;

bool Chinese(v1::ExportLanguage language) { return language != v1::EXPORT_ENGLISH; }

std::string TimeText(int64_t time_us) {
  const int64_t seconds = time_us / 1'000'000 + 8 * 3600;
  const auto day = matcher::CivilDate::FromDays(static_cast<int32_t>(seconds / 86'400));
  char text[16];
  std::snprintf(text, sizeof text, " %02d:%02d:%02d", static_cast<int>(seconds / 3600 % 24),
                static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  return day.ToString() + text + " UTC+8";
}

std::string DateText(const v1::Date& date) {
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", date.year(), date.month(), date.day());
  return date.year() == 0 ? "" : text;
}

std::string MonthText(const v1::Month& month) {
  char text[28];
  std::snprintf(text, sizeof text, "%04d-%02d", month.year(), month.month());
  return month.year() == 0 ? "" : text;
}

template <typename List>
std::string Joined(const List& list) {
  std::string joined;
  for (const std::string& one : list) joined += (joined.empty() ? "" : " ") + one;
  return joined;
}

std::string FileName(const char* stem, int64_t now_us, v1::ExportFormat format) {
  std::string time = TimeText(now_us).substr(0, 19);
  std::erase_if(time, [](char c) { return c == ':' || c == '-'; });
  std::replace(time.begin(), time.end(), ' ', '-');
  return std::string(stem) + "-" + time + (format == v1::EXPORT_XLSX ? ".xlsx" : ".csv");
}

std::string ContentType(v1::ExportFormat format) {
  return format == v1::EXPORT_XLSX ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                                   : "text/csv; charset=utf-8";
}

// Who asked what, and when.
TableNotes NotesOf(bool zh, const std::string& user, int64_t now_us, const std::string& question, int64_t rows,
                   int64_t left_out) {
  return {{zh ? "导出时间" : "Exported at", TimeText(now_us)},
          {zh ? "导出人" : "Exported by", user},
          {zh ? "筛选条件" : "Filters", question.empty() ? (zh ? "无" : "none") : question},
          {zh ? "行数" : "Rows", std::to_string(rows)},
          {zh ? "超出上限未导出的行数" : "Rows left out beyond the limit", std::to_string(left_out)}};
}

absl::StatusOr<v1::ExportedFile> Close(TableFile& table, const TableNotes& notes, std::string name,
                                       v1::ExportFormat format, int64_t rows, int64_t left_out) {
  auto bytes = table.Finish(notes);
  if (!bytes.ok()) return bytes.status();
  v1::ExportedFile file;
  file.set_file_name(std::move(name));
  file.set_content_type(ContentType(format));
  file.set_content(*std::move(bytes));
  file.set_rows(rows);
  file.set_rows_left_out(left_out);
  return file;
}

// Told in the file itself too: a CSV has no second sheet.
void SayLeftOut(bool zh, int64_t left_out, TableFile& table) {
  if (left_out > 0)
    table.Add({TableCell::Text(zh ? "另有 " + std::to_string(left_out) + " 行超出上限，未导出"
                                  : std::to_string(left_out) + " more rows beyond the limit were left out")});
}

}  // namespace

absl::StatusOr<v1::ExportedFile> ExportReportFile(const storage::Reader& reader, const v1::ExportReportRequest& request,
                                                  const ReportContext& context, const std::string& user,
                                                  int64_t max_rows) {
  const bool zh = Chinese(request.language());
  auto report = MakeGapReport(reader, request.report(), context);
  if (!report.ok()) return report.status();
  auto table = NewTableFile(
      request.format(),
      zh ? std::vector<std::string>{"规则", "名称", "类别", "地区", "项目", "严重程度", "首次发现月份", "未结问题数",
                                    "涉及人数", "涉及金额（元）", "估算金额（元）", "超期数", "有争议数", "本期新发现",
                                    "本期重新打开", "本期消除", "本期办结", "说明"}
         : std::vector<std::string>{"Rule", "Title", "Kind", "Region", "Programme", "Severity", "Opened in", "Open findings",
                                    "Persons", "Amount (yuan)", "Estimate (yuan)", "Overdue", "Disputed", "Opened",
                                    "Reopened", "Closed", "Settled", "Note"});
  if (!table.ok()) return table.status();
  int64_t rows = 0;
  const auto add = [&](const v1::GapRow& row, const std::string& title) {
    const v1::GapFigures& figures = row.figures();
    std::vector<TableCell> cells = {TableCell::Text(row.rule_id()),
                                    TableCell::Text(title),
                                    TableCell::Text(row.kind() == 0 ? "" : v1::FindingKind_Name(row.kind())),
                                    TableCell::Text(row.region_prefix()),
                                    TableCell::Text(row.programme() == 0 ? "" : v1::Programme_Name(row.programme())),
                                    TableCell::Text(row.severity() == 0 ? "" : v1::Severity_Name(row.severity())),
                                    TableCell::Text(MonthText(row.open_month()))};
    if (figures.suppressed()) {
      for (int i = 0; i < 10; ++i) cells.push_back(TableCell::Text(""));
      cells.push_back(TableCell::Text(zh ? "人数过少，不予公布" : "withheld: too few persons"));
    } else {
      const v1::Movement& moved = figures.movement();
      for (int64_t count : {figures.findings(), figures.persons()}) cells.push_back(TableCell::Count(count));
      cells.push_back(TableCell::Yuan(figures.amount_fen()));
      cells.push_back(TableCell::Yuan(figures.estimated_fen()));
      for (int64_t count : {figures.overdue(), figures.disputed(), moved.opened(), moved.reopened(), moved.closed(),
                            moved.settled()})
        cells.push_back(TableCell::Count(count));
      cells.push_back(TableCell::Text(""));
    }
    (*table)->Add(cells);
  };
  for (const v1::GapRow& row : report->rows()) {
    if (rows == max_rows) break;
    add(row, zh ? row.title_zh() : row.title_en());
    ++rows;
  }
  v1::GapRow total;
  *total.mutable_figures() = report->total();
  add(total, zh ? "合计" : "Total");
  const int64_t left_out = report->rows_size() - rows;
  SayLeftOut(zh, left_out, **table);
  TableNotes notes = NotesOf(zh, user, context.now_us, request.report().ShortDebugString(), rows, left_out);
  const v1::ReportDefinitions definitions = ReportDefinitionList();
  for (const auto& definition : definitions.definitions())
    notes.push_back({zh ? definition.title_zh() : definition.title_en(), zh ? definition.text_zh() : definition.text_en()});
  return Close(**table, notes, FileName("gap-report", context.now_us, request.format()), request.format(), rows, left_out);
}

absl::StatusOr<v1::ExportedFile> ExportFindingsFile(const storage::Reader& reader,
                                                    const v1::ExportFindingsRequest& request,
                                                    const ReportContext& context, const std::string& user,
                                                    int64_t max_rows) {
  const bool zh = Chinese(request.language());
  if (request.max_rows() < 0) return absl::InvalidArgumentError("max_rows: not negative");
  if (request.max_rows() > 0) max_rows = std::min(max_rows, request.max_rows());
  auto table = NewTableFile(
      request.format(),
      zh ? std::vector<std::string>{"编号", "规则", "名称", "类别", "严重程度", "状态", "人员编号", "地区", "涉及金额（元）",
                                    "是否估算", "首次发现", "应办结日期", "是否超期", "是否有争议", "法律依据"}
         : std::vector<std::string>{"Finding", "Rule", "Title", "Kind", "Severity", "State", "Person", "Regions",
                                    "Amount (yuan)", "Estimate", "First opened", "Due", "Overdue", "Disputed",
                                    "Legal basis"});
  if (!table.ok()) return table.status();
  const auto yes = [&](bool value) { return TableCell::Text(value ? (zh ? "是" : "yes") : ""); };
  int64_t rows = 0, all = 0;
  const auto add = [&](const v1::Finding& finding) {
    ++all;
    if (rows == max_rows) return true;
    ++rows;
    (*table)->Add({TableCell::Text(finding.finding_id()), TableCell::Text(finding.rule_id()),
                   TableCell::Text(zh ? finding.title_zh() : finding.title_en()),
                   TableCell::Text(v1::FindingKind_Name(finding.kind())),
                   TableCell::Text(v1::Severity_Name(finding.severity())),
                   TableCell::Text(v1::Finding::State_Name(finding.state())), TableCell::Text(finding.person_id()),
                   TableCell::Text(Joined(finding.regions())), TableCell::Yuan(finding.amount_fen()),
                   yes(finding.amount_is_estimate()),
                   TableCell::Text(TimeText(finding.open_time().seconds() * 1'000'000).substr(0, 10)),
                   TableCell::Text(DateText(finding.due_date())), yes(finding.overdue()), yes(finding.disputed()),
                   TableCell::Text(finding.legal_basis())});
    return true;
  };
  v1::ListFindingsRequest list = request.list();
  if (list.has_as_known_at()) {  // one pass over the history, in the order of ids
    const int64_t time_us = list.as_known_at().seconds() * 1'000'000 + list.as_known_at().nanos() / 1000;
    if (absl::Status status = ForEachFindingAsKnownAt(reader, list.filter(), time_us, add); !status.ok()) return status;
  } else {
    list.clear_page_token();
    list.set_page_size(kPage);
    int64_t total = 0;
    do {
      auto page = ListFindings(reader, list);
      if (!page.ok()) return page.status();
      if (list.page_token().empty()) total = page->total_size();
      for (const v1::Finding& finding : page->findings()) add(finding);
      list.set_page_token(page->next_page_token());
    } while (!list.page_token().empty() && rows < max_rows);
    all = std::max(all, total);
  }
  const int64_t left_out = all - rows;
  SayLeftOut(zh, left_out, **table);
  return Close(**table, NotesOf(zh, user, context.now_us, request.list().ShortDebugString(), rows, left_out),
               FileName("findings", context.now_us, request.format()), request.format(), rows, left_out);
}

v1::ReportDefinitions ReportDefinitionList() {
  static const struct {
    const char *figure, *title_zh, *title_en, *text_zh, *text_en;
  } kAll[] = {
      {"total.findings", "未结问题数", "Open findings", "目前未结的问题线索。涉及两个地区的，在各地区分别计数，合计只计一次。",
       "Findings that are open now. One of two regions counts in each, and once in their sum."},
      {"total.persons", "涉及人数", "Persons", "未结问题涉及的人员，每人只计一次；家庭类问题计全体家庭成员。",
       "Whom the open findings concern, each once; of a household, all members."},
      {"total.amount_fen", "涉及金额", "Amount in question", "数据中载明的涉及金额，不含估算。", "As the data say, without estimates."},
      {"total.estimated_fen", "估算金额", "Estimate", "遗漏救助按规则标准估算的金额。", "What gaps would be worth by the rules' own figures."},
      {"total.overdue", "超期数", "Overdue", "已过应办结日期、尚无任何部门作出最终答复的未结问题。",
       "Open past the due date without a final answer of any agency."},
      {"total.disputed", "有争议数", "Disputed", "一个部门确认而另一部门不认同的未结问题。", "Open; one agency confirmed and another did not."},
      {"total.movement.opened", "新发现", "Opened", "期间内首次发现的问题。", "First opened in the period."},
      {"total.movement.reopened", "重新打开", "Reopened", "期间内消除或办结后再次出现的问题，按次计。",
       "Opened again in the period, each time counted."},
      {"total.movement.closed", "消除", "Closed", "期间内数据不再支持的问题。", "No longer borne out by the data."},
      {"total.movement.settled", "办结", "Settled", "期间内各部门一致认为无需处理的问题。", "The agencies agree that nothing is to be done."},
      {"total.movement.open_at_end", "期末未结", "Open at the end", "期末最后一个月结束时未结的问题；当月为目前。",
       "Open when the last month of the period ended, or now."},
      {"ageing", "未结时长", "Ageing", "未结问题自首次发现之日起的天数。", "Days since open findings first opened."},
      {"response", "答复用时", "Response times", "期间内首次发现的问题，自发现至首次答复、最终答复的天数。",
       "Of findings first opened in the period: days from opening to the first word, and to the first final answer."},
      {"outcomes.false_alarm_rate", "误报率", "False-alarm rate", "答复为“无问题”的占已有最终答复的比例。",
       "NOT_A_PROBLEM among those with a final answer."},
      {"coverage.rate", "覆盖率", "Coverage", "最低生活保障、特困人员供养在保人员中，没有该项遗漏问题的比例。",
       "Of holders of a base programme, how many have no such gap."},
      {"feeds", "数据完整性", "Completeness", "各来源最近一次报送时间；超过35天未报送的标为迟报。",
       "When each source last reported; later than 35 days is late."},
  };
  v1::ReportDefinitions definitions;
  for (const auto& one : kAll) {
    auto& definition = *definitions.add_definitions();
    definition.set_figure(one.figure);
    definition.set_title_zh(one.title_zh);
    definition.set_title_en(one.title_en);
    definition.set_text_zh(one.text_zh);
    definition.set_text_en(one.text_en);
  }
  definitions.set_smallest_shown(5);
  return definitions;
}

}  // namespace relief::server
