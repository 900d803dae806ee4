#include "server/findings/finding_index.h"

#include <limits>

#include "server/core/schema.h"
#include "server/findings/report_rows.h"
#include "server/findings/tally_cell.h"
#include "server/records/identity_mapping.h"

namespace relief::server::findings {
namespace {

constexpr v1::FindingOrder kOrders[] = {v1::AMOUNT_DESCENDING, v1::DUE_DATE_ASCENDING,
                                        v1::OPEN_TIME_DESCENDING};
constexpr size_t kPlaceBytes = 8;

void AppendBigEndian(std::string& out, uint64_t bits) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(bits >> shift));
}

// Never negative: smaller is earlier in the order.
uint64_t Rank(v1::FindingOrder order, const v1::Finding& finding) {
  constexpr auto kLast = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  if (order == v1::AMOUNT_DESCENDING)
    return kLast - static_cast<uint64_t>(std::max<int64_t>(0, finding.amount_fen()));
  if (order == v1::DUE_DATE_ASCENDING) {
    const auto due = finding.has_due_date() ? records::ToCivilDate(finding.due_date()) : std::nullopt;
    return due ? static_cast<uint64_t>(due->days() + 1'000'000) : kLast;
  }
  return kLast - static_cast<uint64_t>(finding.open_time().seconds() * 1'000'000 +
                                       finding.open_time().nanos() / 1000);
}

}  // namespace

std::string FindingIndexPrefix(v1::FindingOrder order, v1::Finding::State state) {
  std::string prefix(schema::kFindingIndexPrefix);
  prefix.push_back(static_cast<char>('0' + order));
  prefix.push_back(static_cast<char>('0' + state));
  return prefix;
}

std::string FindingPlace(v1::FindingOrder order, const v1::Finding& finding) {
  std::string place;
  if (order != v1::FINDING_ORDER_UNSPECIFIED) AppendBigEndian(place, Rank(order, finding));
  return place.append(finding.finding_id());
}

std::string FindingIdAt(v1::FindingOrder order, std::string_view place) {
  return std::string(
      order == v1::FINDING_ORDER_UNSPECIFIED ? place : place.substr(std::min(place.size(), kPlaceBytes)));
}

stored::ListedFinding ListedOf(const v1::Finding& finding) {
  stored::ListedFinding listed;
  *listed.mutable_cell() = CellOf(finding, Tier::kFine);
  listed.mutable_cell()->set_open_day(DayOf(finding.open_time()));
  listed.set_amount_fen(finding.amount_fen());
  return listed;
}

bool Allows(const v1::FindingFilter& filter, const stored::ListedFinding& listed) {
  if (!Allows(filter, listed.cell(), true) || listed.amount_fen() < filter.min_amount_fen()) return false;
  const int32_t day = listed.cell().open_day();
  if (const auto from = filter.has_opened_from() ? records::ToCivilDate(filter.opened_from()) : std::nullopt;
      from && day < from->days())
    return false;
  const auto to = filter.has_opened_to() ? records::ToCivilDate(filter.opened_to()) : std::nullopt;
  return !to || day <= to->days();
}

void IndexFinding(storage::Transaction& txn, const v1::Finding* before, const v1::Finding& after) {
  const std::string now = ListedOf(after).SerializeAsString();
  const bool changed = !before || ListedOf(*before).SerializeAsString() != now;
  for (const v1::FindingOrder order : kOrders) {
    const std::string key = FindingIndexPrefix(order, after.state()) + FindingPlace(order, after);
    const std::string old =
        before ? FindingIndexPrefix(order, before->state()) + FindingPlace(order, *before) : "";
    if (!changed && old == key) continue;
    if (before && old != key) txn.Delete(old);
    txn.Put(key, now);
  }
}

absl::Status RemakeFindingIndex(storage::Store& store) {
  constexpr size_t kPage = 1000;
  if (absl::Status status = ClearRows(store, schema::kFindingIndexPrefix); !status.ok()) return status;
  std::string from;
  while (true) {
    auto rows = store.Scan(schema::kFindingPrefix, from, kPage);
    if (!rows.ok()) return rows.status();
    if (rows->empty()) return absl::OkStatus();
    storage::Transaction txn(store);
    for (const storage::KeyRow& row : *rows) {
      v1::Finding finding;
      if (!finding.ParseFromString(row.row.value))
        return absl::DataLossError("the row of a finding is damaged");
      IndexFinding(txn, nullptr, finding);
    }
    if (auto committed = txn.Commit(); !committed.ok()) return committed.status();
    from = rows->back().key + std::string(1, '\0');
  }
}

}  // namespace relief::server::findings
