#include "server/findings/holders.h"

#include <algorithm>
#include <set>

#include "server/findings/report_rows.h"
#include "server/findings/tally_cell.h"
#include "storage/key_encoding.h"
#include "storage/transaction_reader.h"

namespace relief::server::findings {
namespace {

constexpr size_t kScanPage = 5000;
constexpr size_t kCountyDigits = 6;
constexpr int32_t kNoEnd = 9999 * 12;

int32_t MonthIndexOf(const v1::Month& month) { return month.year() * 12 + month.month() - 1; }

bool IsBase(const v1::Benefit& benefit) {
  return (benefit.programme() == v1::MINIMUM_LIVING || benefit.programme() == v1::EXTREME_POVERTY) &&
         benefit.form() != v1::STRIKE_OFF;
}

std::string PersonRow(matcher::PersonId person) {
  return std::string(schema::kHoldingPrefix).append("p").append(person.anchor.view());
}

std::string CountRow(const std::string& leading_region, const std::string& holding) {
  std::string key(schema::kHoldingPrefix);
  key.append("c").append(leading_region).push_back('\0');
  return key.append(holding);
}

// What is held, as the last part of a row's key and as the row of a person: one encoding for one holding.
std::string EncodeHolding(const stored::Holding& holding) {
  storage::KeyWriter key("");
  for (const auto& place : holding.places()) key.Text(place.region()).Number(place.last_month());
  return key.Take();
}

bool DecodeHolding(std::string_view bytes, stored::Holding* holding) {
  for (storage::KeyReader key(bytes); !key.AtEnd();) {
    const auto region = key.Text();
    const auto last_month = key.Number();
    if (!region || !last_month) return false;
    stored::Holding::Place& place = *holding->add_places();
    place.set_region(std::string(*region));
    place.set_last_month(static_cast<int32_t>(*last_month));
  }
  return true;
}

absl::Status Damaged() { return absl::DataLossError("a row of the holders' counts is damaged"); }

}  // namespace

stored::Holding HoldingOf(std::span<const v1::Record* const> records, matcher::CivilDate as_of) {
  const int32_t now = MonthIndex(as_of);
  std::map<std::string, int32_t> last;
  for (const v1::Record* record : records) {
    const v1::Benefit& benefit = record->benefit();
    if (!record->has_benefit() || !IsBase(benefit) || MonthIndexOf(benefit.start_month()) > now) continue;
    const int32_t end = benefit.has_end_month() ? MonthIndexOf(benefit.end_month()) : kNoEnd;
    if (end < now) continue;
    const std::string& region =
        benefit.paying_region().empty() ? record->person().region_code() : benefit.paying_region();
    int32_t& month = last[region.substr(0, kCountyDigits)];
    month = std::max(month, end);
  }
  stored::Holding holding;
  for (const auto& [region, month] : last) {
    stored::Holding::Place& place = *holding.add_places();
    place.set_region(region);
    place.set_last_month(month);
  }
  return holding;
}

absl::Status CountHolders(storage::Transaction& txn, const Judgement& judgement, matcher::CivilDate as_of) {
  const storage::TransactionReader reader(txn);
  HolderTally tally;
  for (const JudgedPerson& person : judgement.persons) {
    if (!person.in_full) continue;
    auto members = matcher::MembersOf(reader, person.person);
    if (!members.ok() && !absl::IsNotFound(members.status())) return members.status();
    std::vector<const v1::Record*> records;
    if (members.ok())
      for (const matcher::RecordKey& key : *members)
        if (const auto found = judgement.records.find(key); found != judgement.records.end())
          records.push_back(&found->second.record());
    tally.Set(person.person, HoldingOf(records, as_of));
  }
  return tally.Flush(txn);
}

absl::Status HolderTally::Flush(storage::Transaction& txn) {
  std::vector<std::string> keys;
  for (const auto& [person, holding] : now_) keys.push_back(PersonRow(person));
  auto rows = txn.MultiGet(keys);
  if (!rows.ok()) return rows.status();
  std::map<std::string, int64_t> changes;  // by row of counts
  const auto count = [&](const std::string& bytes, int64_t sign) {
    stored::Holding holding;
    if (!DecodeHolding(bytes, &holding)) return false;
    for (const auto& place : holding.places()) changes[CountRow(place.region(), bytes)] += sign;
    return true;
  };
  size_t at = 0;
  for (const auto& [person, holding] : now_) {
    const storage::Row& before = (*rows)[at++];
    const std::string after = EncodeHolding(holding);
    if (before.value == after) continue;
    if (!count(before.value, -1) || !count(after, 1)) return Damaged();
    if (after.empty()) {
      txn.Delete(PersonRow(person));
    } else {
      txn.Put(PersonRow(person), after);
    }
  }
  now_.clear();

  std::erase_if(changes, [](const auto& change) { return change.second == 0; });
  keys.clear();
  for (const auto& [key, change] : changes) keys.push_back(key);
  rows = txn.MultiGet(keys);
  if (!rows.ok()) return rows.status();
  at = 0;
  for (const auto& [key, change] : changes) {
    stored::HoldingCount row;
    if (!row.ParseFromString((*rows)[at++].value)) return Damaged();
    row.set_persons(row.persons() + change);
    if (row.persons() == 0) {
      txn.Delete(key);
    } else {
      txn.Put(key, row.SerializeAsString());
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Holders> ReadHolders(const storage::Reader& reader, const std::string& region_prefix,
                                    int digits, matcher::CivilDate as_of) {
  const std::string prefix = std::string(schema::kHoldingPrefix) + "c" + region_prefix;
  Holders holders;
  std::string from;
  while (true) {
    auto rows = reader.Scan(prefix, from, kScanPage);
    if (!rows.ok()) return rows.status();
    for (const storage::KeyRow& row : *rows) {
      const size_t start = schema::kHoldingPrefix.size() + 1, end = row.key.find('\0', start);
      stored::Holding holding;
      stored::HoldingCount count;
      if (end == std::string::npos || !DecodeHolding(std::string_view(row.key).substr(end + 1), &holding) ||
          !count.ParseFromString(row.row.value))
        return Damaged();
      std::set<std::string> counties;  // where it is held in this month
      for (const auto& place : holding.places())
        if (place.last_month() >= MonthIndex(as_of) && place.region().starts_with(region_prefix))
          counties.insert(place.region());
      // The row is there once for each county: counted at the first of those.
      if (counties.empty() || *counties.begin() != row.key.substr(start, end - start)) continue;
      holders.persons += count.persons();
      if (digits == 0) continue;
      std::set<std::string> groups;
      for (const std::string& county : counties) groups.insert(county.substr(0, static_cast<size_t>(digits)));
      for (const std::string& group : groups) holders.by_region[group] += count.persons();
    }
    if (rows->size() < kScanPage) return holders;
    from = rows->back().key + std::string(1, '\0');
  }
}

}  // namespace relief::server::findings
