#include "server/reports/export.h"

#include <algorithm>

#include "server/base/time.h"
#include "server/findings/finding_store.h"
#include "server/reports/report_definitions.h"
#include "server/reports/report_words.h"
#include "storage/status_macros.h"

namespace relief::server::reports {
namespace {

constexpr int kPage = 1000;

template <typename List>
std::string Joined(const List& list) {
  std::string joined;
  for (const std::string& one : list) joined += (joined.empty() ? "" : " ") + one;
  return joined;
}

FileHead HeadOf(const char* stem, int64_t now_us, v1::ExportFormat format) {
  const bool is_workbook = format == v1::EXPORT_XLSX;
  return {std::string(stem) + "-" + TimeStamp(now_us) + (is_workbook ? ".xlsx" : ".csv"),
          is_workbook ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                      : "text/csv; charset=utf-8"};
}

// The caller, the question and the time.
TableNotes NotesOf(bool zh, const std::string& user, int64_t now_us, const std::string& question,
                   const FileTail& tail) {
  return {
      {zh ? "导出时间" : "Exported at", TimeText(now_us)},
      {zh ? "导出人" : "Exported by", user},
      {zh ? "筛选条件" : "Filters", question.empty() ? (zh ? "无" : "none") : question},
      {zh ? "行数" : "Rows", std::to_string(tail.rows)},
      {zh ? "超出上限未导出的行数" : "Rows left out beyond the limit", std::to_string(tail.rows_left_out)}};
}

std::string MarkOf(bool zh, const std::string& user, int64_t now_us) {
  return (zh ? "导出人 " : "Exported by ") + user + (zh ? "，导出时间 " : " at ") + TimeText(now_us);
}

// Told in the file itself too: a CSV has no second sheet.
absl::Status SayLeftOut(bool zh, int64_t left_out, TableFile& table) {
  if (left_out == 0) return absl::OkStatus();
  return table.Add(
      {TableCell::Text(zh ? "另有 " + std::to_string(left_out) + " 行超出上限，未导出"
                          : std::to_string(left_out) + " more rows beyond the limit were left out")});
}

std::vector<std::string> ReportHeader(bool zh) {
  const auto by = [zh](v1::GapDimension dimension) { return Word(dimension, zh); };
  const auto count = [zh](v1::FindingEvent::Kind kind) { return Word(kind, zh) + (zh ? "数" : ""); };
  const auto moved = [zh](v1::FindingEvent::Kind kind) { return (zh ? "本期" : "") + Word(kind, zh); };
  return {by(v1::BY_RULE),
          zh ? "名称" : "Title",
          by(v1::BY_KIND),
          by(v1::BY_REGION),
          by(v1::BY_PROGRAMME),
          by(v1::BY_SEVERITY),
          by(v1::BY_OPEN_MONTH),
          zh ? "未结问题线索数" : "Open findings",
          zh ? "涉及人数" : "Persons",
          zh ? "涉及金额（元）" : "Amount (yuan)",
          zh ? "估算金额（元）" : "Estimate (yuan)",
          count(v1::FindingEvent::OVERDUE),
          count(v1::FindingEvent::DISPUTED),
          moved(v1::FindingEvent::OPENED),
          moved(v1::FindingEvent::REOPENED),
          moved(v1::FindingEvent::CLOSED),
          moved(v1::FindingEvent::SETTLED),
          zh ? "说明" : "Note"};
}

std::vector<TableCell> CellsOf(const v1::GapRow& row, const std::string& title, bool zh) {
  const v1::GapFigures& figures = row.figures();
  std::vector<TableCell> cells = {TableCell::Text(row.rule_id()),
                                  TableCell::Text(title),
                                  TableCell::Text(Word(row.kind(), zh)),
                                  TableCell::Text(row.region_prefix()),
                                  TableCell::Text(Word(row.programme(), zh)),
                                  TableCell::Text(Word(row.severity(), zh)),
                                  TableCell::Text(MonthText(row.open_month()))};
  if (figures.suppressed()) {
    cells.resize(cells.size() + 10, TableCell::Text(""));
    cells.push_back(TableCell::Text(zh ? "人数过少，不予公布" : "withheld: too few persons"));
    return cells;
  }
  const v1::Movement& moved = figures.movement();
  for (int64_t count : {figures.findings(), figures.persons()}) cells.push_back(TableCell::Count(count));
  cells.push_back(TableCell::Yuan(figures.amount_fen()));
  cells.push_back(TableCell::Yuan(figures.estimated_fen()));
  for (int64_t count : {figures.overdue(), figures.disputed(), moved.opened(), moved.reopened(),
                        moved.closed(), moved.settled()})
    cells.push_back(TableCell::Count(count));
  cells.push_back(TableCell::Text(""));
  return cells;
}

std::vector<std::string> FindingHeader(bool zh) {
  const auto by = [zh](v1::GapDimension dimension) { return Word(dimension, zh); };
  const auto is = [zh](v1::FindingEvent::Kind kind) { return (zh ? "是否" : "") + Word(kind, zh); };
  return {zh ? "编号" : "Finding",
          by(v1::BY_RULE),
          zh ? "名称" : "Title",
          by(v1::BY_KIND),
          by(v1::BY_SEVERITY),
          zh ? "状态" : "State",
          zh ? "人员编号" : "Person",
          by(v1::BY_REGION),
          zh ? "涉及金额（元）" : "Amount (yuan)",
          zh ? "是否估算" : "Estimate",
          zh ? "首次发现" : "First opened",
          zh ? "应办结日期" : "Due",
          is(v1::FindingEvent::OVERDUE),
          is(v1::FindingEvent::DISPUTED),
          zh ? "法律依据" : "Legal basis"};
}

std::vector<TableCell> CellsOf(const v1::Finding& finding, bool zh) {
  const auto yes = [&](bool value) { return TableCell::Text(value ? (zh ? "是" : "yes") : ""); };
  return {TableCell::Text(finding.finding_id()),
          TableCell::Text(finding.rule_id()),
          TableCell::Text(zh ? finding.title_zh() : finding.title_en()),
          TableCell::Text(Word(finding.kind(), zh)),
          TableCell::Text(Word(finding.severity(), zh)),
          TableCell::Text(Word(finding.state(), zh)),
          TableCell::Text(finding.person_id()),
          TableCell::Text(Joined(finding.regions())),
          TableCell::Yuan(finding.amount_fen()),
          yes(finding.amount_is_estimate()),
          TableCell::Text(TimeText(ToMicros(finding.open_time())).substr(0, 10)),
          TableCell::Text(DateText(finding.due_date())),
          yes(finding.overdue()),
          yes(finding.disputed()),
          TableCell::Text(finding.legal_basis())};
}

}  // namespace

absl::StatusOr<FileTail> ExportReport(const storage::Reader& reader, const v1::ExportReportRequest& request,
                                      const ReportContext& context, const std::string& user, int64_t max_rows,
                                      const FileTarget& target) {
  const bool zh = IsChinese(request.language());
  RELIEF_ASSIGN_OR_RETURN(auto report, MakeGapReport(reader, request.report(), context));
  RELIEF_ASSIGN_OR_RETURN(auto table, NewTableFile(request.format(), ReportHeader(zh), target.take));
  RELIEF_RETURN_IF_ERROR(target.begin(HeadOf("gap-report", context.now_us, request.format())));
  FileTail tail;
  for (const v1::GapRow& row : report.rows()) {
    if (tail.rows == max_rows) break;
    RELIEF_RETURN_IF_ERROR((table)->Add(CellsOf(row, zh ? row.title_zh() : row.title_en(), zh)));
    ++tail.rows;
  }
  v1::GapRow total;
  *total.mutable_figures() = report.total();
  RELIEF_RETURN_IF_ERROR((table)->Add(CellsOf(total, zh ? "合计" : "Total", zh)));
  tail.rows_left_out = report.rows_size() - tail.rows;
  RELIEF_RETURN_IF_ERROR(SayLeftOut(zh, tail.rows_left_out, *table));
  TableNotes notes = NotesOf(zh, user, context.now_us, QuestionText(request.report(), zh), tail);
  const v1::ReportDefinitions definitions = ReportDefinitionList();
  for (const auto& definition : definitions.definitions())
    notes.push_back({zh ? definition.title_zh() : definition.title_en(),
                     zh ? definition.text_zh() : definition.text_en()});
  RELIEF_RETURN_IF_ERROR((table)->Finish(MarkOf(zh, user, context.now_us), notes));
  return tail;
}

absl::StatusOr<FileTail> ExportFindings(const storage::Reader& reader,
                                        const v1::ExportFindingsRequest& request,
                                        const ReportContext& context, const std::string& user,
                                        int64_t max_rows, const FileTarget& target) {
  const bool zh = IsChinese(request.language());
  if (request.max_rows() < 0) return absl::InvalidArgumentError("max_rows: not negative");
  if (request.max_rows() > 0) max_rows = std::min(max_rows, request.max_rows());
  RELIEF_ASSIGN_OR_RETURN(auto table, NewTableFile(request.format(), FindingHeader(zh), target.take));
  FileTail tail;
  int64_t all = 0;
  absl::Status status;
  bool begun = false;
  const auto begin = [&] {
    if (!std::exchange(begun, true))
      status = target.begin(HeadOf("findings", context.now_us, request.format()));
    return status.ok();
  };
  const auto add = [&](const v1::Finding& finding) {
    ++all;
    if (tail.rows == max_rows) return true;
    ++tail.rows;
    if (begin()) status = (table)->Add(CellsOf(finding, zh));
    return status.ok();
  };
  v1::ListFindingsRequest list = request.list();
  if (list.has_as_known_at()) {  // one pass over the history, in the order of ids
    const absl::Status walked =
        findings::ForEachFindingAsKnownAt(reader, list.filter(), ToMicros(list.as_known_at()), add);
    if (!walked.ok()) return walked;
  } else {
    list.clear_page_token();
    list.set_page_size(kPage);
    int64_t total = 0;
    do {
      RELIEF_ASSIGN_OR_RETURN(auto page, findings::ListFindings(reader, list));
      if (list.page_token().empty()) total = page.total_size();
      for (const v1::Finding& finding : page.findings())
        if (!add(finding)) return status;
      list.set_page_token(page.next_page_token());
    } while (!list.page_token().empty() && tail.rows < max_rows);
    all = std::max(all, total);
  }
  if (!status.ok() || !begin()) return status;
  tail.rows_left_out = all - tail.rows;
  if (status = SayLeftOut(zh, tail.rows_left_out, *table); !status.ok()) return status;
  status = (table)->Finish(MarkOf(zh, user, context.now_us),
                           NotesOf(zh, user, context.now_us, QuestionText(list.filter(), zh), tail));
  if (!status.ok()) return status;
  return tail;
}

}  // namespace relief::server::reports
