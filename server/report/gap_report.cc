#include "server/report/gap_report.h"

#include <map>
#include <set>

#include "server/ingest/identity_mapping.h"
#include "server/notice/finding_store.h"
#include "server/schema.h"

namespace relief::server {

absl::StatusOr<stored::Counters> ReadCounters(const storage::Reader& reader) {
  const std::string key(schema::kCountersRow);
  auto rows = reader.MultiGet({&key, 1});
  if (!rows.ok()) return rows.status();
  stored::Counters counters;
  if (!counters.ParseFromString((*rows)[0].value))
    return absl::DataLossError("the row of counters is damaged");
  return counters;
}

absl::StatusOr<v1::GapReport> MakeGapReport(const storage::Reader& reader,
                                            const v1::GetGapReportRequest& request, int64_t now_us,
                                            matcher::CivilDate as_of) {
  const int digits = request.region_digits();
  if (digits != 0 && digits != 2 && digits != 4 && digits != 6)
    return absl::InvalidArgumentError("region_digits: 0, 2, 4 or 6");
  auto counters = ReadCounters(reader);
  if (!counters.ok()) return counters.status();

  struct Cell {
    v1::GapRow row;
    std::set<std::string> persons;
  };
  std::map<std::pair<std::string, std::string>, Cell> cells;
  v1::FindingFilter open = request.filter();
  open.clear_states();
  open.add_states(v1::Finding::OPEN);
  const absl::Status status = ForEachFinding(reader, open, [&](const v1::Finding& finding) {
    std::set<std::string> regions;
    if (digits == 0) {
      regions.insert("");
    } else {
      for (const std::string& region : finding.regions())
        regions.insert(region.substr(0, static_cast<size_t>(digits)));
    }
    for (const std::string& region : regions) {
      Cell& cell = cells[{finding.rule_id(), region}];
      cell.row.set_rule_id(finding.rule_id());
      cell.row.set_kind(finding.kind());
      cell.row.set_region_prefix(region);
      cell.row.set_title_zh(finding.title_zh());
      cell.row.set_title_en(finding.title_en());
      v1::GapFigures& figures = *cell.row.mutable_figures();
      figures.set_findings(figures.findings() + 1);
      figures.set_amount_fen(figures.amount_fen() + finding.amount_fen());
      cell.persons.insert(finding.person_id());
    }
    return true;
  });
  if (!status.ok()) return status;

  v1::GapReport report;
  report.mutable_time()->set_seconds(now_us / 1'000'000);
  report.set_position(static_cast<int64_t>(reader.version()));
  *report.mutable_as_of_date() = ToProto(as_of);
  report.set_persons(counters->persons());
  report.set_records(counters->live_records());
  for (auto& [key, cell] : cells) {
    cell.row.mutable_figures()->set_persons(static_cast<int64_t>(cell.persons.size()));
    *report.add_rows() = std::move(cell.row);
  }
  return report;
}

}  // namespace relief::server
