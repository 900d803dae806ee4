#include "server/findings/tally.h"

#include <openssl/sha.h>

#include <algorithm>
#include <optional>

#include "server/findings/report_rows.h"
#include "storage/scan.h"

namespace relief::server::findings {
namespace {

constexpr size_t kWritePage = 5000;
constexpr size_t kHashBytes = 16;

std::string RowKey(std::string_view kind, std::string_view leading_region, const std::string& cell) {
  std::string key(schema::kTallyPrefix);
  key.append(kind).append(leading_region).push_back('\0');
  return key.append(cell);
}

std::string CellKind(Tier tier, v1::Finding::State state) {
  return {static_cast<char>(tier), static_cast<char>('0' + state)};
}

std::string FlowKind(Tier tier, int32_t month) {
  const auto bits = static_cast<uint32_t>(month);
  return {tier == Tier::kCounty ? 'm' : 'n', static_cast<char>(bits >> 8), static_cast<char>(bits)};
}

std::string PersonRow(const std::string& person) {
  return std::string(schema::kTallyPrefix).append("p").append(person);
}

// Persons with the same findings meet in one row, however many the findings are.
std::string SharedRow(const google::protobuf::RepeatedPtrField<std::string>& cells) {
  std::string all;
  for (const std::string& cell : cells) all.append(std::to_string(cell.size())).append(":").append(cell);
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(all.data()), all.size(), hash);
  return std::string(schema::kTallyPrefix)
      .append("s")
      .append(reinterpret_cast<const char*>(hash), kHashBytes);
}

// A cell has a row for each of its regions; it is read at the first that the query allows, so that it is read
// once.
bool IsFirstOf(const stored::TallyCell& cell, std::string_view leading, const std::string& prefix) {
  for (const std::string& region : cell.regions())
    if (region.starts_with(prefix)) return region == leading;
  return prefix.empty() && leading.empty();
}

std::vector<std::string> LeadingRegions(const stored::TallyCell& cell) {
  if (cell.regions().empty()) return {""};
  return {cell.regions().begin(), cell.regions().end()};
}

// The cell behind the kind and the leading region of a row's key.
bool ParseCell(std::string_view key, size_t kind_size, std::string_view* leading, stored::TallyCell* cell) {
  key.remove_prefix(std::min(key.size(), schema::kTallyPrefix.size() + kind_size));
  const size_t end = key.find('\0');
  if (end == std::string_view::npos) return false;
  *leading = key.substr(0, end);
  key.remove_prefix(end + 1);
  const auto decoded = DecodeCell(key);
  if (decoded) *cell = *decoded;
  return decoded.has_value();
}

absl::Status Damaged() { return absl::DataLossError("a row of the reports' counts is damaged"); }

// In the fine tier findings without townships are read from the county's rows.
std::vector<Tier> TiersOf(const TallyQuery& query) {
  return query.fine ? std::vector<Tier>{Tier::kCounty, Tier::kFine} : std::vector<Tier>{Tier::kCounty};
}
bool Wanted(const TallyQuery& query, Tier tier, const stored::TallyCell& cell) {
  return tier == Tier::kFine ? query.fine : !query.fine || !cell.finer();
}

// One row of a tally, wherever it was read.
struct RowReader {
  const TallyQuery& query;
  TallyReading* reading;

  absl::Status Take(std::string_view key, const Figures& figures) const {
    const char kind = key[schema::kTallyPrefix.size()];
    const bool is_cell = kind == 'c' || kind == 'f', is_flow = kind == 'm' || kind == 'n';
    if (!is_cell && !is_flow) return absl::OkStatus();
    const Tier tier = kind == 'c' || kind == 'm' ? Tier::kCounty : Tier::kFine;
    stored::TallyCell cell;
    std::string_view leading;
    if (!ParseCell(key, is_cell ? 2 : 3, &leading, &cell)) return Damaged();
    if (!Wanted(query, tier, cell) || !IsFirstOf(cell, leading, query.region_prefix)) return absl::OkStatus();
    if (is_cell) {
      reading->cells.push_back({std::move(cell), figures});
    } else {
      const auto at = [&](size_t i) { return static_cast<uint8_t>(key[schema::kTallyPrefix.size() + i]); };
      reading->flows.push_back({at(1) << 8 | at(2), {std::move(cell), figures}});
    }
    return absl::OkStatus();
  }
};

absl::Status AddShared(const stored::SharedCells& row, TallyReading* reading) {
  TallyReading::Shared& shared = reading->shared.emplace_back();
  shared.persons = row.persons();
  for (const std::string& bytes : row.cells())
    if (const auto cell = DecodeCell(bytes)) {
      shared.cells.push_back(*cell);
    } else {
      return Damaged();
    }
  return absl::OkStatus();
}

}  // namespace

void Tally::Count(const v1::Finding& finding, int64_t sign) {
  const Figures figures = sign > 0 ? FiguresOf(finding) : -FiguresOf(finding);
  const stored::TallyCell fine = CellOf(finding, Tier::kFine);
  for (Tier tier : {Tier::kCounty, Tier::kFine}) {
    if (tier == Tier::kFine && !fine.finer()) continue;
    const stored::TallyCell cell = tier == Tier::kFine ? fine : CellOf(finding, tier);
    const std::string bytes = EncodeCell(cell);
    for (const std::string& region : LeadingRegions(cell))
      rows_[RowKey(CellKind(tier, cell.state()), region, bytes)] += figures;
  }
  if (finding.state() != v1::Finding::OPEN) return;
  const std::string cell = EncodeCell(PersonCellOf(fine));
  for (const std::string& person : PersonsOf(finding)) persons_[person][cell] += sign;
}

void Tally::CountFlow(const v1::Finding& finding, int32_t month, const Figures& flow) {
  for (Tier tier : {Tier::kCounty, Tier::kFine}) {
    const stored::TallyCell cell = FlowCellOf(CellOf(finding, tier));
    if (tier == Tier::kFine && !cell.finer()) continue;
    const std::string bytes = EncodeCell(cell);
    for (const std::string& region : LeadingRegions(cell))
      rows_[RowKey(FlowKind(tier, month), region, bytes)] += flow;
  }
}

void Tally::Change(const v1::Finding* before, const v1::Finding* after, int64_t time_us) {
  google::protobuf::Timestamp time;
  time.set_seconds(time_us / 1'000'000);
  const int32_t month = MonthIndex(matcher::CivilDate::FromDays(DayOf(time)));
  const bool was_open = before && before->state() == v1::Finding::OPEN;
  const bool is_open = after && after->state() == v1::Finding::OPEN;
  if (before) {
    Count(*before, -1);
    Figures flow;
    flow[kOpenChange] = was_open ? -1 : 0;
    flow[kAmountChange] = was_open && !before->amount_is_estimate() ? -before->amount_fen() : 0;
    flow[kRecoveredChange] = -FiguresOf(*before)[kRecovered];
    CountFlow(*before, month, flow);
  }
  if (after) {
    Count(*after, 1);
    Figures flow;
    // The state that a source's first load finds is nobody's work; what is open is counted all the same.
    const bool work = !after->by_baseline();
    flow[kOpened] = work && is_open && !before ? 1 : 0;
    flow[kReopened] = work && is_open && before && !was_open ? 1 : 0;
    flow[kClosed] = work && was_open && after->state() == v1::Finding::CLOSED ? 1 : 0;
    flow[kSettled] = work && was_open && after->state() == v1::Finding::SETTLED ? 1 : 0;
    flow[kOpenChange] = is_open ? 1 : 0;
    flow[kAmountChange] = is_open && !after->amount_is_estimate() ? after->amount_fen() : 0;
    flow[kRecoveredChange] = FiguresOf(*after)[kRecovered];
    CountFlow(*after, month, flow);
  }
}

absl::Status Tally::Flush(storage::Transaction& txn) {
  std::erase_if(rows_, [](const auto& row) { return row.second.zero(); });
  for (auto& [person, cells] : persons_)
    std::erase_if(cells, [](const auto& cell) { return cell.second == 0; });
  std::erase_if(persons_, [](const auto& person) { return person.second.empty(); });
  std::vector<std::string> keys;
  for (const auto& [key, figures] : rows_) keys.push_back(key);
  for (const auto& [person, cells] : persons_) keys.push_back(PersonRow(person));
  auto rows = txn.MultiGet(keys);
  if (!rows.ok()) return rows.status();
  size_t at = 0;
  for (const auto& [key, change] : rows_) {
    const storage::Row& row = (*rows)[at++];
    Figures figures;
    if (row.present() && !Figures::Decode(row.value, &figures)) return Damaged();
    figures += change;
    if (figures.zero()) {
      txn.Delete(key);
    } else {
      txn.Put(key, figures.Encode());
    }
  }

  std::map<std::string, stored::SharedCells> shared;  // changes in the number of persons, by row key
  const auto share = [&](const stored::PersonCells& person, int64_t sign) {
    if (person.cells_size() < 2) return;
    stored::SharedCells& row = shared[SharedRow(person.cells())];
    *row.mutable_cells() = person.cells();
    row.set_persons(row.persons() + sign);
  };
  for (const auto& [person, changes] : persons_) {
    const storage::Row& row = (*rows)[at++];
    stored::PersonCells list;
    if (row.present() && !list.ParseFromString(row.value)) return Damaged();
    share(list, -1);
    std::multiset<std::string> cells(list.cells().begin(), list.cells().end());
    for (const auto& [cell, difference] : changes) {
      for (int64_t i = 0; i < difference; ++i) cells.insert(cell);
      for (int64_t i = difference; i < 0; ++i)
        if (const auto found = cells.find(cell); found != cells.end()) cells.erase(found);
    }
    list.clear_cells();
    for (const std::string& cell : cells) list.add_cells(cell);
    share(list, 1);
    if (cells.empty()) {
      txn.Delete(PersonRow(person));
    } else {
      txn.Put(PersonRow(person), list.SerializeAsString());
    }
  }
  rows_.clear();
  persons_.clear();

  std::erase_if(shared, [](const auto& row) { return row.second.persons() == 0; });
  keys.clear();
  for (const auto& [key, row] : shared) keys.push_back(key);
  rows = txn.MultiGet(keys);
  if (!rows.ok()) return rows.status();
  at = 0;
  for (auto& [key, change] : shared) {
    const storage::Row& row = (*rows)[at++];
    stored::SharedCells before;
    if (row.present() && !before.ParseFromString(row.value)) return Damaged();
    change.set_persons(change.persons() + before.persons());
    if (change.persons() == 0) {
      txn.Delete(key);
    } else {
      txn.Put(key, change.SerializeAsString());
    }
  }
  return absl::OkStatus();
}

TallyReading Tally::Read(const TallyQuery& query) const {
  TallyReading reading;
  const RowReader take{query, &reading};
  for (const auto& [key, figures] : rows_) {
    if (figures.zero()) continue;
    take.Take(key, figures).IgnoreError();  // our own keys
  }
  std::erase_if(reading.flows, [&](const auto& flow) { return flow.month < query.first_month; });
  if (query.open_only)
    std::erase_if(reading.cells, [](const auto& cell) { return cell.key.state() != v1::Finding::OPEN; });
  std::map<std::vector<std::string>, int64_t> shared;
  for (const auto& [person, changes] : persons_) {
    std::vector<std::string> cells;
    for (const auto& [cell, count] : changes) cells.insert(cells.end(), static_cast<size_t>(count), cell);
    if (cells.size() > 1) ++shared[cells];
  }
  for (const auto& [cells, persons] : shared) {
    TallyReading::Shared& one = reading.shared.emplace_back();
    one.persons = persons;
    for (const std::string& bytes : cells) one.cells.push_back(*DecodeCell(bytes));  // our own bytes
  }
  return reading;
}

absl::Status Tally::WriteAll(storage::Store& store) const {
  // A part of it at a time: each part only adds, so that the parts make up the whole.
  Tally part;
  const auto write = [&]() -> absl::Status {
    storage::Transaction txn(store);
    if (absl::Status status = part.Flush(txn); !status.ok()) return status;
    if (txn.empty()) return absl::OkStatus();
    return txn.Commit().status();
  };
  size_t parts = 0;
  for (const auto& row : rows_) {
    part.rows_.insert(row);
    if (++parts % kWritePage != 0) continue;
    if (absl::Status status = write(); !status.ok()) return status;
  }
  for (const auto& person : persons_) {
    part.persons_.insert(person);
    if (++parts % kWritePage != 0) continue;
    if (absl::Status status = write(); !status.ok()) return status;
  }
  return write();
}

absl::StatusOr<TallyReading> ReadTally(const storage::Reader& reader, const TallyQuery& query) {
  TallyReading reading;
  const RowReader take{query, &reading};
  const auto parse = [&](const storage::KeyRow& row) -> absl::Status {
    Figures figures;
    if (!Figures::Decode(row.row.value, &figures)) return Damaged();
    return take.Take(row.key, figures);
  };
  const auto scan = [&](const std::string& kind, bool in_region) {
    return storage::ForEachRow(
        reader, std::string(schema::kTallyPrefix) + kind + (in_region ? query.region_prefix : ""), parse);
  };
  for (Tier tier : TiersOf(query)) {
    for (const auto state : {v1::Finding::OPEN, v1::Finding::CLOSED, v1::Finding::SETTLED}) {
      if (query.open_only && state != v1::Finding::OPEN) continue;
      if (absl::Status status = scan(CellKind(tier, state), true); !status.ok()) return status;
    }
    if (query.only_cells) continue;
    // The months are few; those without a flow are skipped by the next row's month.
    const std::string months = FlowKind(tier, 0).substr(0, 1);
    std::string from = std::string(schema::kTallyPrefix) + FlowKind(tier, std::max(query.first_month, 0));
    while (true) {
      auto next = reader.Scan(std::string(schema::kTallyPrefix) + months, from, 1);
      if (!next.ok()) return next.status();
      if (next->empty()) break;
      const std::string month = next->front().key.substr(schema::kTallyPrefix.size(), 3);
      if (absl::Status status = scan(month, true); !status.ok()) return status;
      from = std::string(schema::kTallyPrefix) + month + "\xff";
    }
  }
  if (query.only_cells) return reading;
  absl::Status status = storage::ForEachRow(reader, std::string(schema::kTallyPrefix) + "s",
                                            [&](const storage::KeyRow& row) -> absl::Status {
                                              stored::SharedCells shared;
                                              if (!shared.ParseFromString(row.row.value)) return Damaged();
                                              return AddShared(shared, &reading);
                                            });
  if (!status.ok()) return status;
  return reading;
}

}  // namespace relief::server::findings
