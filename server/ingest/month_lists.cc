#include "server/ingest/month_lists.h"

#include <algorithm>

namespace relief::server::ingest {
namespace {

constexpr int kMostLists = 240;  // twenty years

}  // namespace

int32_t MonthNumber(const v1::Month& month) {
  return month.year() == 0 ? 0 : month.year() * 12 + month.month() - 1;
}

v1::Month ToMonth(int32_t number) {
  v1::Month month;
  month.set_year(number / 12);
  month.set_month(number % 12 + 1);
  return month;
}

int32_t ListMonth(const stored::Source& source, int64_t snapshot) {
  if (snapshot == 0) return 0;
  if (!source.source().open_snapshot_id().empty() && snapshot == source.snapshots())
    return source.open_month();
  for (const auto& list : source.month_lists())
    if (list.snapshot() == snapshot) return list.month() == source.open_month() ? 0 : list.month();
  return 0;
}

int32_t NextList(const stored::Source& source, int32_t month) {
  int32_t next = 0;
  const auto consider = [&](int32_t other) {
    if (other > month && (next == 0 || other < next)) next = other;
  };
  if (!source.source().open_snapshot_id().empty()) consider(source.open_month());
  for (const auto& list : source.month_lists()) consider(list.month());
  return next;
}

void KeepList(stored::Source* source) {
  const int32_t month = source->open_month();
  source->set_open_month(0);
  if (month == 0) return;
  auto& lists = *source->mutable_month_lists();
  lists.erase(
      std::remove_if(lists.begin(), lists.end(), [&](const auto& list) { return list.month() == month; }),
      lists.end());
  stored::Source::MonthList& list = *lists.Add();
  list.set_snapshot(source->snapshots());
  list.set_month(month);
  std::sort(lists.begin(), lists.end(), [](const auto& l, const auto& r) { return l.month() < r.month(); });
  if (lists.size() > kMostLists) lists.DeleteSubrange(0, lists.size() - kMostLists);
  *source->mutable_source()->mutable_last_list_month() = ToMonth(lists.rbegin()->month());
}

}  // namespace relief::server::ingest
