#include "server/review/review_rows.h"

#include <cmath>
#include <limits>

namespace relief::server::review::review_rows {
namespace {

constexpr v1::ConflictOrder kDefaultOrder = v1::BY_PRIORITY;

std::string Key(std::string_view prefix, std::string_view id) { return std::string(prefix).append(id); }

void AppendNumber(std::string& key, uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) key.push_back(static_cast<char>(number >> shift));
}

std::string Numbered(std::string_view prefix, std::string_view id, int64_t number) {
  std::string key = Key(prefix, id);
  AppendNumber(key, static_cast<uint64_t>(number));
  return key;
}

// Signed numbers in the order of bytes.
uint64_t Ascending(int64_t value) { return static_cast<uint64_t>(value) ^ (uint64_t{1} << 63); }
uint64_t Descending(int64_t value) { return ~Ascending(value); }

uint64_t SortKey(v1::ConflictOrder order, const v1::WorkItem& item) {
  switch (order) {
    case v1::BY_DUE_DATE: {
      const v1::Date& due = item.due_date();
      return Ascending((int64_t{due.year()} * 100 + due.month()) * 100 + due.day());
    }
    case v1::BY_AGE:
      return Ascending(item.open_time().seconds());
    case v1::BY_BITS:
      return Descending(std::llround(item.bits() * 64));
    case v1::BY_AMOUNT:
      return Descending(item.amount_fen());
    default:
      return Descending(item.priority());
  }
}

}  // namespace

std::string WorkRow(std::string_view conflict_id) { return Key(kWorkPrefix, conflict_id); }
std::string EventPrefix(std::string_view conflict_id) { return Key("ve", conflict_id); }
std::string EventRow(std::string_view conflict_id, int64_t number) {
  return Numbered("ve", conflict_id, number);
}
std::string DecisionOrderRow(int64_t number) {
  std::string key(kDecisionPrefix);
  AppendNumber(key, Descending(number));
  return key;
}
std::string PairPrefix(std::string_view conflict_id) { return Key("vk", conflict_id); }
std::string PairRow(std::string_view conflict_id, int64_t number) {
  return Numbered("vk", conflict_id, number);
}
std::string ProposalRow(std::string_view proposal_id) { return Key(kProposalPrefix, proposal_id); }
std::string JobRow(std::string_view job_id) { return Key(kJobPrefix, job_id); }
std::string JobItemPrefix(std::string_view job_id) { return Key("vi", job_id); }
std::string JobItemRow(std::string_view job_id, int64_t number) { return Numbered("vi", job_id, number); }
std::string OfficerDayRow(std::string_view person) { return Key("vo", person); }
std::string SampleRow(std::string_view sample_id) { return Key(kSamplePrefix, sample_id); }
std::string SampleItemPrefix(std::string_view sample_id) { return Key("vt", sample_id); }
std::string SampleItemRow(std::string_view sample_id, int64_t number) {
  return Numbered("vt", sample_id, number);
}

std::string OrderPrefix(v1::ConflictOrder order) {
  return Key(
      kOrderPrefix,
      std::string(1, static_cast<char>(order == v1::CONFLICT_ORDER_UNSPECIFIED ? kDefaultOrder : order)));
}

std::string OrderRow(v1::ConflictOrder order, const v1::WorkItem& item) {
  std::string key = OrderPrefix(order);
  AppendNumber(key, SortKey(order, item));
  return key.append(item.conflict_id());
}

std::string ConflictOf(std::string_view order_row) {
  const size_t begin = kOrderPrefix.size() + 1 + 8;
  return order_row.size() > begin ? std::string(order_row.substr(begin)) : std::string();
}

std::string Numbered(char letter, int64_t number) {
  const std::string digits = std::to_string(number);
  return std::string(1, letter) + "-" + std::string(digits.size() < 8 ? 8 - digits.size() : 0, '0') + digits;
}

}  // namespace relief::server::review::review_rows
