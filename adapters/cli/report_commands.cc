// relief report, report monthly, report schedules
#include <cstdio>
#include <ctime>
#include <iostream>
#include <memory>

#include "adapters/cli/commands.h"
#include "adapters/cli/finding_filter.h"
#include "adapters/cli/names.h"
#include "adapters/cli/output_file.h"
#include "adapters/cli/table.h"
#include "adapters/cli/text.h"
#include "relief/v1/report_service.grpc.pb.h"

namespace relief::adapters {
namespace {

absl::Status BadFlag(const char* flag) { return absl::InvalidArgumentError(Fill(Say::kBadValue, {flag})); }

bool IsChinese() { return CurrentLanguage() == Language::kChinese; }

// "2026-03"; whether there is such a month, the hub says.
absl::Status SetMonth(const char* flag, const std::string& text, v1::Month* month) {
  int year = 0, number = 0, end = 0;
  if (std::sscanf(text.c_str(), "%4d-%2d%n", &year, &number, &end) != 2 ||
      static_cast<size_t>(end) != text.size())
    return BadFlag(flag);
  month->set_year(year);
  month->set_month(number);
  return absl::OkStatus();
}

struct ReportFlags {
  FindingFilterFlags filter;
  int digits = 0;
  std::string from, to, as_known_at, csv, xlsx;
  bool compare = false, is_protected = false;

  void Add(CLI::App& command) {
    filter.AddForReport(command);
    command.add_option("--by-region", digits, Text(Say::kHelpByRegion))
        ->check(CLI::IsMember({2, 4, 6, 9, 12}));
    command.add_option("--from", from, Text(Say::kHelpFromMonth));
    command.add_option("--to", to, Text(Say::kHelpToMonth));
    command.add_option("--as-known-at", as_known_at, Text(Say::kHelpAsKnownAt));
    command.add_flag("--compare", compare, Text(Say::kHelpCompare));
    command.add_flag("--protected", is_protected, Text(Say::kHelpProtected));
    CLI::Option* as_csv = command.add_option("--csv", csv, Text(Say::kHelpCsv));
    command.add_option("--xlsx", xlsx, Text(Say::kHelpXlsx))->excludes(as_csv);
  }

  absl::StatusOr<v1::GetGapReportRequest> Request() const {
    v1::GetGapReportRequest request;
    auto wanted = filter.Filter();
    if (!wanted.ok()) return wanted.status();
    *request.mutable_filter() = *wanted;
    request.set_region_digits(digits);
    request.set_compare(compare);
    request.set_disclosure(is_protected ? v1::DISCLOSURE_PROTECTED : v1::DISCLOSURE_FULL);
    if (!from.empty())
      if (auto status = SetMonth("--from", from, request.mutable_from_month()); !status.ok()) return status;
    if (!to.empty())
      if (auto status = SetMonth("--to", to, request.mutable_to_month()); !status.ok()) return status;
    if (!as_known_at.empty()) {
      const auto then = ParseTime(as_known_at);
      if (!then) return BadFlag("--as-known-at");
      *request.mutable_as_known_at() = *then;
    }
    return request;
  }
};

// The hub makes the file; how it went is told beside it, so that standard output may be the file.
absl::Status Save(const Session& session, const v1::GetGapReportRequest& report, v1::ExportFormat format,
                  const std::string& path) {
  auto channel = session.Connect();
  if (!channel.ok()) return channel.status();
  const auto stub = v1::ReportService::NewStub(*channel);
  v1::ExportReportRequest request;
  *request.mutable_report() = report;
  request.set_format(format);
  request.set_language(IsChinese() ? v1::EXPORT_CHINESE : v1::EXPORT_ENGLISH);
  const auto context = session.Context();
  const auto stream = stub->ExportReport(context.get(), request);
  OutputFile file;
  if (auto status = file.Open(path); !status.ok()) return status;
  v1::ExportChunk chunk;
  int64_t rows = 0, left_out = 0;
  while (stream->Read(&chunk)) {
    file.Write(chunk.data());
    rows = chunk.rows();
    left_out = chunk.rows_left_out();
  }
  if (auto status = StatusOfCall(stream->Finish()); !status.ok()) return status;
  if (auto status = file.Finish(); !status.ok()) return status;
  std::cerr << Fill(Say::kFileWritten, {path, std::to_string(rows)}) << '\n';
  if (left_out > 0) std::cerr << Fill(Say::kRowsLeftOut, {std::to_string(left_out)}) << '\n';
  return absl::OkStatus();
}

std::string Moved(const v1::Movement& movement) {
  return std::to_string(movement.closed() + movement.settled());
}

void AddRow(const v1::GapRow& row, const std::string& title, bool compare, Table* table) {
  const v1::GapFigures& figures = row.figures();
  std::vector<std::string> cells = {row.rule_id(), title, Word(row.kind()), row.region_prefix()};
  const size_t numbers = compare ? 7 : 3;
  if (figures.suppressed()) {
    cells.resize(cells.size() + numbers, IsChinese() ? "※" : "*");
  } else {
    cells.insert(cells.end(), {std::to_string(figures.findings()), std::to_string(figures.persons()),
                               FormatYuan(figures.amount_fen())});
    if (compare)
      cells.insert(cells.end(),
                   {std::to_string(figures.movement().opened()), std::to_string(figures.previous().opened()),
                    Moved(figures.movement()), Moved(figures.previous())});
  }
  table->Add(std::move(cells));
}

// Of those whom the rules on gaps concern, who is helped. Rules that concern nobody are left out.
void PrintCoverage(const v1::GapReport& report) {
  using Sheet = v1::Entitlement;
  Table table({{Text(Say::kRule)},
               {Text(Say::kTitle)},
               {Text(Say::kRegion)},
               {Text(Say::kEntitledColumn), true},
               {Word(Sheet::HELPED), true},
               {Word(Sheet::NOT_HELPED), true},
               {Word(Sheet::UNDECIDED), true},
               {Text(Say::kWhy)}});
  for (const v1::CoverageRate& rate : report.coverage()) {
    const int64_t entitled = rate.holders() + rate.undecidable();
    if (entitled == 0) continue;
    table.Add({rate.rule_id(), IsChinese() ? rate.title_zh() : rate.title_en(), rate.region_prefix(),
               std::to_string(entitled), std::to_string(rate.reached()),
               std::to_string(rate.holders() - rate.reached()), std::to_string(rate.undecidable()),
               rate.undecidable_by_reason().empty() ? "" : Word(rate.undecidable_by_reason(0).reason())});
  }
  if (table.empty()) return;
  std::cout << '\n';
  table.Print(std::cout);
}

absl::Status Report(const Session& session, const ReportFlags& flags) {
  auto request = flags.Request();
  if (!request.ok()) return request.status();
  if (!flags.csv.empty()) return Save(session, *request, v1::EXPORT_CSV, flags.csv);
  if (!flags.xlsx.empty()) return Save(session, *request, v1::EXPORT_XLSX, flags.xlsx);
  v1::GapReport report;
  auto status = session.Call<v1::ReportService>(&v1::ReportService::Stub::GetGapReport, *request, &report);
  if (!status.ok()) return status;
  if (session.json()) {
    Session::PrintJson(report);
    return status;
  }
  std::cout << Fill(Say::kReportHead, {FormatTime(report.time()), FormatDate(report.as_of_date()),
                                       std::to_string(report.persons()), std::to_string(report.records()),
                                       std::to_string(report.position())})
            << '\n';
  std::vector<Table::Column> columns = {{Text(Say::kRule)},
                                        {Text(Say::kTitle)},
                                        {Text(Say::kKind)},
                                        {Text(Say::kRegion)},
                                        {Text(Say::kFindingsColumn), true},
                                        {Text(Say::kPersonsColumn), true},
                                        {Text(Say::kAmount), true}};
  if (flags.compare)
    for (const Say column : {Say::kOpenedColumn, Say::kBeforeColumn, Say::kClosedColumn, Say::kBeforeColumn})
      columns.push_back({Text(column), true});
  Table table(columns);
  for (const v1::GapRow& row : report.rows()) {
    // What closed lately has a row for its movement.
    if (row.figures().findings() == 0 && !row.figures().suppressed() && !flags.compare) continue;
    AddRow(row, IsChinese() ? row.title_zh() : row.title_en(), flags.compare, &table);
  }
  v1::GapRow total;
  *total.mutable_figures() = report.total();
  AddRow(total, Text(Say::kReportTotal), flags.compare, &table);
  table.Print(std::cout);
  PrintCoverage(report);
  if (report.suppressed_rows() > 0) std::cout << Text(Say::kFewPersons) << '\n';
  return status;
}

struct MonthlyFlags {
  std::string month, region, region_name, issuer, html;
  bool is_full = false;

  void Add(CLI::App& command) {
    command.add_option("--month", month, Text(Say::kHelpMonth));
    command.add_option("--region", region, Text(Say::kHelpRegion));
    command.add_option("--region-name", region_name, Text(Say::kHelpRegionName));
    command.add_option("--issuer", issuer, Text(Say::kHelpIssuer));
    command.add_option("--html", html, Text(Say::kHelpHtml));
    command.add_flag("--full", is_full, Text(Say::kHelpFullFigures));
  }
};

// In UTC+8.
v1::Month LastMonth() {
  const std::time_t now = std::time(nullptr) + 8 * 3600;
  std::tm day{};
  gmtime_r(&now, &day);
  v1::Month month;
  month.set_year(day.tm_year + 1900 - (day.tm_mon == 0 ? 1 : 0));
  month.set_month(day.tm_mon == 0 ? 12 : day.tm_mon);
  return month;
}

void PrintMonthly(const v1::MonthlySummary& summary) {
  const v1::GapFigures& total = summary.report().total();
  const std::string region =
      summary.region_prefix().empty() ? Text(Say::kWholeCountry) : summary.region_prefix();
  if (total.suppressed()) {
    std::cout << Fill(Say::kMonthlyHeadWithheld, {region, FormatMonth(summary.month())}) << '\n';
    return;
  }
  const v1::Movement& moved = total.movement();
  std::cout << Fill(Say::kMonthlyHead,
                    {region, FormatMonth(summary.month()), std::to_string(moved.opened() + moved.reopened()),
                     Moved(moved), std::to_string(moved.open_at_end())})
            << '\n';
  Table table({{Text(Say::kRule)},
               {Text(Say::kTitle)},
               {Text(Say::kKind)},
               {Text(Say::kRegion)},
               {Text(Say::kFindingsColumn), true},
               {Text(Say::kPersonsColumn), true},
               {Text(Say::kAmount), true}});
  for (const v1::GapRow& kind : summary.kinds()) AddRow(kind, "", false, &table);
  for (const v1::GapRow& rule : summary.report().rows())
    AddRow(rule, IsChinese() ? rule.title_zh() : rule.title_en(), false, &table);
  table.Print(std::cout);
  if (summary.report().suppressed_rows() > 0) std::cout << Text(Say::kFewPersons) << '\n';
}

absl::Status Monthly(const Session& session, const MonthlyFlags& flags) {
  v1::GetMonthlySummaryRequest request;
  *request.mutable_month() = LastMonth();
  if (!flags.month.empty())
    if (auto status = SetMonth("--month", flags.month, request.mutable_month()); !status.ok()) return status;
  request.set_region_prefix(flags.region);
  request.set_region_name(flags.region_name);
  request.set_issuer(flags.issuer);
  request.set_disclosure(flags.is_full ? v1::DISCLOSURE_FULL : v1::DISCLOSURE_PROTECTED);
  v1::MonthlySummary summary;
  auto status =
      session.Call<v1::ReportService>(&v1::ReportService::Stub::GetMonthlySummary, request, &summary);
  if (!status.ok()) return status;
  if (!flags.html.empty()) {
    OutputFile file;
    if (status = file.Open(flags.html); !status.ok()) return status;
    file.Write(summary.html());
    if (status = file.Finish(); !status.ok()) return status;
    std::cerr << Fill(Say::kDocumentWritten, {flags.html}) << '\n';
  } else if (session.json()) {
    Session::PrintJson(summary);
  } else {
    PrintMonthly(summary);
  }
  return status;
}

absl::Status Schedules(const Session& session) {
  v1::ListReportSchedulesResponse response;
  auto status = session.Call<v1::ReportService>(&v1::ReportService::Stub::ListReportSchedules,
                                                v1::ListReportSchedulesRequest(), &response);
  if (!status.ok()) return status;
  if (session.json()) {
    Session::PrintJson(response);
    return status;
  }
  Table table({{Text(Say::kScheduleColumn)},
               {""},
               {Text(Say::kNextColumn)},
               {Text(Say::kLastColumn)},
               {Text(Say::kFile)},
               {Text(Say::kFailureColumn)}});
  for (const v1::ReportSchedule& one : response.schedules())
    table.Add({one.name(), IsChinese() ? one.description_zh() : one.description_en(),
               FormatTime(one.next_time()), FormatTime(one.last_time()), one.last_file(),
               one.has_failed_since() ? FormatTime(one.failed_since()) + " " + one.failure() : ""});
  table.Print(std::cout);
  return status;
}

}  // namespace

void AddReportCommands(CLI::App& app, Session& session) {
  auto flags = std::make_shared<ReportFlags>();
  CLI::App* report = app.add_subcommand("report", Text(Say::kHelpReport));
  report->footer(Text(Say::kHelpReportFooter));
  flags->Add(*report);
  report->callback([=, &session] {
    if (!report->get_subcommands().empty()) return;
    if (const auto status = Report(session, *flags); !status.ok()) session.Fail(status);
  });

  auto monthly_flags = std::make_shared<MonthlyFlags>();
  CLI::App* monthly = report->add_subcommand("monthly", Text(Say::kHelpMonthly));
  monthly_flags->Add(*monthly);
  monthly->callback([=, &session] {
    if (const auto status = Monthly(session, *monthly_flags); !status.ok()) session.Fail(status);
  });

  report->add_subcommand("schedules", Text(Say::kHelpSchedules))->callback([&session] {
    if (const auto status = Schedules(session); !status.ok()) session.Fail(status);
  });
}

}  // namespace relief::adapters
