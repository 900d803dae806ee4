// Keys of the rows that the review keeps: 'v' and a letter. ARCHITECTURE.md, "On disk", tells the same in a
// table.
//
//   vw <conflict>                     work item: v1::WorkItem
//   vq <order> <sort key> <conflict>  the queue in each of its orders; no value
//   ve <conflict> <number>            history of a case: v1::CaseEvent
//   vd <0xFFFF... - number>           decision ids, the newest first
//   vk <pair> <number>                ids of decisions on clusters that constrain the pair
//   vo <person>                       stored::OfficerDay
//   vp <proposal>, vj <job>, vi <job> <number>, vs <sample>, vt <sample> <number>, vc (counters)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "relief/v1/review_service.pb.h"
#include "server/review/review_rows.pb.h"
#include "storage/store.h"
#include "storage/transaction.h"

namespace relief::server::review::review_rows {

inline constexpr std::string_view kWorkPrefix = "vw", kOrderPrefix = "vq", kDecisionPrefix = "vd",
                                  kProposalPrefix = "vp", kJobPrefix = "vj", kSamplePrefix = "vs";
inline constexpr std::string_view kCountersRow = "vc";

std::string WorkRow(std::string_view conflict_id);
std::string EventPrefix(std::string_view conflict_id);
std::string EventRow(std::string_view conflict_id, int64_t number);
std::string DecisionOrderRow(int64_t number);
std::string PairPrefix(std::string_view conflict_id);
std::string PairRow(std::string_view conflict_id, int64_t number);
std::string ProposalRow(std::string_view proposal_id);
std::string JobRow(std::string_view job_id);
std::string JobItemPrefix(std::string_view job_id);
std::string JobItemRow(std::string_view job_id, int64_t number);
std::string OfficerDayRow(std::string_view person);
std::string SampleRow(std::string_view sample_id);
std::string SampleItemPrefix(std::string_view sample_id);
std::string SampleItemRow(std::string_view sample_id, int64_t number);

// The place of a work item in one order; v1::CONFLICT_ORDER_UNSPECIFIED is the order by priority.
std::string OrderPrefix(v1::ConflictOrder order);
std::string OrderRow(v1::ConflictOrder order, const v1::WorkItem& item);
// The conflict that an order's row names.
std::string ConflictOf(std::string_view order_row);

// "R-000012": greater numbers sort later.
std::string Numbered(char letter, int64_t number);

// Where the row is absent: an empty message. DATA_LOSS: it is damaged.
template <typename Message>
absl::StatusOr<Message> ReadOrEmpty(const storage::Reader& reader, const std::string& key) {
  auto rows = reader.MultiGet({&key, 1});
  if (!rows.ok()) return rows.status();
  Message message;
  if ((*rows)[0].present() && !message.ParseFromString((*rows)[0].value))
    return absl::DataLossError("a row of the review is damaged");
  return message;
}

// NOT_FOUND: "no such <what>".
template <typename Message>
absl::StatusOr<Message> ReadRow(const storage::Reader& reader, const std::string& key, const char* what) {
  auto rows = reader.MultiGet({&key, 1});
  if (!rows.ok()) return rows.status();
  if (!(*rows)[0].present()) return absl::NotFoundError(std::string("no such ") + what);
  Message message;
  if (!message.ParseFromString((*rows)[0].value))
    return absl::DataLossError("a row of the review is damaged");
  return message;
}

}  // namespace relief::server::review::review_rows
