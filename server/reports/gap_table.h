// The cells of a tally summed into the groups of a report: columns (rule, kind, programme, ...) by regions.
//
// A reading has nearly a cell for each finding: their days of opening differ. A GapCube goes through it once
// and keeps only what the report groups by; the table of any region, at any coarser level of regions, is then
// a sum of a few thousand cells. That is what makes a protected report affordable, for it needs the tables of
// every level.
//
// Pure; callable from any thread.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "relief/v1/report_service.pb.h"
#include "server/findings/tally.h"

namespace relief::server::reports {

// Months as year * 12 + month - 1, both included.
struct ReportPeriod {
  int32_t from = 0, to = 0;
  int32_t months() const { return to - from + 1; }
};

// The group of a row besides its region; a dimension that was not asked for is empty.
struct GapColumn {
  std::string rule_id;
  int kind = 0, programme = 0, severity = 0;
  int32_t open_month = 0;
  std::string part = {};  // GapQuery::parts

  auto operator<=>(const GapColumn&) const = default;
};

struct GapGroup {
  // Open now.
  int64_t findings = 0, persons = 0, amount_fen = 0, estimated_fen = 0, overdue = 0, disputed = 0;
  // Flows of the period, of the one before it, and of the months after it.
  findings::Figures flow, before, after;
  int64_t stock = 0, stock_fen = 0;  // open now, whether overdue and disputed or not
  bool finer = false;                // some of it states its region more finely than the table does

  v1::Movement Movement() const;
  v1::Movement Previous() const;
  GapGroup& operator+=(const GapGroup& other);
};

struct GapTable {
  using Columns = std::map<GapColumn, GapGroup>;
  std::map<std::string, Columns> regions;  // "" without regions, and for findings that state none
  std::map<std::string, GapGroup> region_totals;
  Columns totals;
  GapGroup total;
};

// What tells the findings of one rule apart; of protection only.
struct GapParts {
  bool severity = false, need = false, overdue = false, disputed = false, programmes = false,
       open_month = false;
  bool operator==(const GapParts&) const = default;
};

struct GapQuery {
  v1::FindingFilter filter;
  std::vector<v1::GapDimension> columns;  // without BY_REGION
  int region_digits = 0;                  // 0: one region, ""
  ReportPeriod period;
  GapParts parts = {};      // a column for each part of what it groups by
  bool with_kinds = false;  // BY_RULE, and a column for each kind beside its rules; of protection only

  bool Groups(v1::GapDimension dimension) const {
    return std::find(columns.begin(), columns.end(), dimension) != columns.end();
  }
};

class GapCube {
 public:
  // Of all regions: the one in the filter is chosen in Table. `digits`: the finest level of regions, and the
  // longest prefix, that will be asked for.
  GapCube(const findings::TallyReading& reading, const GapQuery& query, int digits);

  // The sums over regions that begin with `prefix`, in rows by their first `digits`; 0: in one row.
  GapTable Table(const std::string& prefix, int digits) const;

 private:
  struct Cell {
    std::vector<std::string> regions;  // as fine as the cube, sorted
    std::vector<bool> finer;           // of each region
    std::vector<GapColumn> columns;
    GapGroup sums;  // persons: mentions
  };
  // Persons who have open findings in several cells, or several in one.
  struct Shared {
    int64_t persons = 0;
    std::vector<size_t> cells;
  };
  std::vector<Cell> cells_;
  std::vector<Shared> shared_;
};

// One table of a reading, of the region in the filter.
GapTable SumTally(const findings::TallyReading& reading, const GapQuery& query);

// The filter without what only says something of open findings.
v1::FindingFilter WithoutFlags(v1::FindingFilter filter);

}  // namespace relief::server::reports
