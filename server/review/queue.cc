#include "server/review/queue.h"

#include <absl/strings/escaping.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "matcher/record_key.h"
#include "server/base/time.h"
#include "server/review/case_history.h"
#include "server/review/conflict_view.h"
#include "server/review/review_rows.h"
#include "server/review/work_items.h"
#include "storage/scan.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::review {
namespace {

constexpr int kDefaultPage = 50, kMaxPage = 1000;
constexpr size_t kScanPage = 512;

template <typename List, typename Value>
bool In(const List& list, const Value& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}
template <typename List, typename Values>
bool AnyIn(const List& list, const Values& values) {
  return list.empty() || std::any_of(values.begin(), values.end(), [&](const auto& value) {
           return std::find(list.begin(), list.end(), value) != list.end();
         });
}

bool Passes(const v1::ConflictFilter& filter, const v1::WorkItem& item, const ReviewView& view,
            int64_t now_us) {
  if (!In(filter.kinds(), item.kind()) || !In(filter.states(), item.state()) ||
      !AnyIn(filter.source_ids(), item.source_ids()) || !AnyIn(filter.programmes(), item.programmes()))
    return false;
  const std::string& region = filter.region_prefix();
  if (!region.empty() &&
      std::none_of(item.regions().begin(), item.regions().end(),
                   [&](const std::string& one) { return one.compare(0, region.size(), region) == 0; }))
    return false;
  if (filter.has_min_bits() && item.bits() < filter.min_bits()) return false;
  if (filter.has_max_bits() && item.bits() > filter.max_bits()) return false;
  if (filter.min_amount_fen() > 0 && item.amount_fen() < filter.min_amount_fen()) return false;
  if (filter.max_amount_fen() > 0 && item.amount_fen() > filter.max_amount_fen()) return false;
  const int64_t age = (now_us - ToMicros(item.open_time())) / kDayUs;
  if (filter.min_age_days() > 0 && age < filter.min_age_days()) return false;
  if (filter.max_age_days() > 0 && age > filter.max_age_days()) return false;
  if (!filter.assignee().empty() && item.assignee() != filter.assignee()) return false;
  if (filter.only_mine() && item.assignee() != view.officer.name && item.claimed_by() != view.officer.name)
    return false;
  if (filter.only_unassigned() && !item.assignee().empty()) return false;
  return !filter.only_overdue() || item.overdue();
}

// Work items in one order, from the row `from` on, until `take` returns false.
absl::Status Walk(const storage::Reader& reader, const ReviewView& view, v1::ConflictOrder order,
                  std::string from, const v1::ConflictFilter& filter,
                  const std::function<bool(const v1::WorkItem&, const std::string& row)>& take) {
  const int64_t now_us = view.hub.Now();
  const auto as_of = view.hub.as_of();
  const std::string prefix = review_rows::OrderPrefix(order);
  while (true) {
    RELIEF_ASSIGN_OR_RETURN(auto rows, reader.Scan(prefix, from, kScanPage));
    std::vector<std::string> keys;
    keys.reserve(rows.size());
    for (const storage::KeyRow& row : rows)
      keys.push_back(review_rows::WorkRow(review_rows::ConflictOf(row.key)));
    RELIEF_ASSIGN_OR_RETURN(auto items, reader.MultiGet(keys));
    for (size_t i = 0; i < keys.size(); ++i) {
      v1::WorkItem item;
      if (!items[i].present() || !item.ParseFromString(items[i].value))
        return absl::DataLossError("a work item is missing or damaged");
      item = Present(std::move(item), now_us, as_of);
      if (!Passes(filter, item, view, now_us) || !view.officer.Sees(item)) continue;
      if (!take(item, rows[i].key)) return absl::OkStatus();
    }
    if (rows.size() < kScanPage) return absl::OkStatus();
    from = rows.back().key + std::string(1, '\0');
  }
}

// Work items in no order that means anything, as they lie in the store: a count reads them one after another,
// not each at its place.
absl::Status ForEachUnordered(const storage::Reader& reader, const ReviewView& view,
                              const v1::ConflictFilter& filter,
                              const std::function<void(const v1::WorkItem&)>& take) {
  const int64_t now_us = view.hub.Now();
  const auto as_of = view.hub.as_of();
  return storage::ForEachRow(reader, review_rows::kWorkPrefix,
                             [&](const storage::KeyRow& row) -> absl::Status {
                               v1::WorkItem item;
                               if (!item.ParseFromString(row.row.value))
                                 return absl::DataLossError("a work item is damaged");
                               item = Present(std::move(item), now_us, as_of);
                               if (Passes(filter, item, view, now_us) && view.officer.Sees(item)) take(item);
                               return absl::OkStatus();
                             });
}

// A page token is where the page ended, and what query it is of.
std::string QueryOf(const v1::ConflictFilter& filter, v1::ConflictOrder order) {
  return matcher::RecordKey::Of(std::to_string(order), filter.SerializeAsString()).ToString();
}

absl::StatusOr<std::string> FromToken(const std::string& token, const std::string& query,
                                      const std::string& prefix) {
  if (token.empty()) return std::string();
  std::string row = absl::HexStringToBytes(token.substr(std::min(token.size(), query.size())));
  if (token.compare(0, query.size(), query) != 0 || row.compare(0, prefix.size(), prefix) != 0)
    return absl::InvalidArgumentError("page_token: not of this query");
  return row + std::string(1, '\0');
}

using Change = std::function<absl::Status(core::WriteContext&, v1::WorkItem&)>;

// Does `change` to an open case that the officer may see, and returns it as it then is.
absl::StatusOr<v1::WorkItem> ChangeItem(core::WriteContext& context, const std::string& conflict_id,
                                        const Officer& officer, const Change& change) {
  RELIEF_ASSIGN_OR_RETURN(auto before, ReadWorkItem(storage::TransactionReader(context.txn), conflict_id));
  if (!officer.Sees(before)) return absl::NotFoundError("no such open conflict");
  v1::WorkItem item = before;
  RELIEF_RETURN_IF_ERROR(change(context, item));
  PutWorkItem(context.txn, item, before);
  return item;
}

absl::StatusOr<v1::WorkItem> ChangeItem(core::Hub& hub, const std::string& conflict_id,
                                        const Officer& officer, const Change& change) {
  if (auto pair = PairOf(conflict_id); !pair.ok()) return pair.status();
  v1::WorkItem changed;
  auto done = hub.Write([&](core::WriteContext& context) -> absl::Status {
    RELIEF_ASSIGN_OR_RETURN(auto item, ChangeItem(context, conflict_id, officer, change));
    changed = std::move(item);
    return absl::OkStatus();
  });
  if (!done.ok()) return done.status();
  return Present(std::move(changed), hub.Now(), hub.as_of());
}

absl::Status Record(core::WriteContext& context, const std::string& conflict_id, v1::CaseEvent::Kind kind,
                    const Officer& officer, const std::string& comment = "", const std::string& detail = "") {
  v1::CaseEvent event;
  event.set_kind(kind);
  event.set_actor(officer.name);
  event.set_comment(comment);
  event.set_detail(detail);
  return AppendCaseEvent(context.txn, conflict_id, std::move(event), context.now_us).status();
}

}  // namespace

absl::Status CheckComment(const std::string& comment, const char* field, bool required) {
  const auto continues = [](unsigned char c) { return (c & 0xC0) == 0x80; };
  const auto characters = static_cast<size_t>(std::count_if(
      comment.begin(), comment.end(), [&](char c) { return !continues(static_cast<unsigned char>(c)); }));
  if (characters > 500) return absl::InvalidArgumentError(std::string(field) + ": at most 500 characters");
  if (required && comment.find_first_not_of(" \t\r\n") == std::string::npos)
    return absl::InvalidArgumentError(std::string(field) + ": required");
  return absl::OkStatus();
}

absl::StatusOr<v1::ListConflictsResponse> ListConflicts(const ReviewView& view,
                                                        const v1::ListConflictsRequest& request) {
  if (request.page_size() < 0) return absl::InvalidArgumentError("page_size: not negative");
  const int size = request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kMaxPage);
  v1::ConflictFilter filter = request.filter();
  filter.mutable_kinds()->MergeFrom(request.kinds());
  const std::string query = QueryOf(filter, request.order());
  RELIEF_ASSIGN_OR_RETURN(auto from,
                          FromToken(request.page_token(), query, review_rows::OrderPrefix(request.order())));
  const auto snapshot = view.hub.store().Snapshot();
  v1::ListConflictsResponse response;
  std::string last;
  absl::Status status;
  absl::Status walked = Walk(
      *snapshot, view, request.order(), from, filter, [&](const v1::WorkItem& item, const std::string& row) {
        if (response.conflicts_size() == size) {
          response.set_next_page_token(query + absl::BytesToHexString(last));
          return false;
        }
        auto conflict = request.without_explanation()
                            ? ReadConflictBriefly(*snapshot, item.conflict_id())
                            : ReadConflict(*snapshot, view.hub.model(), item.conflict_id());
        if (!conflict.ok()) {
          status = conflict.status();
          return false;
        }
        *conflict->mutable_work() = item;
        *response.add_conflicts() = *std::move(conflict);
        last = row;
        return true;
      });
  if (!walked.ok()) return walked;
  if (!status.ok()) return status;
  return response;
}

absl::StatusOr<v1::Conflict> GetConflict(const ReviewView& view, const std::string& conflict_id) {
  const auto snapshot = view.hub.store().Snapshot();
  auto conflict = ReadConflict(*snapshot, view.hub.model(), conflict_id);
  if (!conflict.ok()) return conflict.status();
  RELIEF_ASSIGN_OR_RETURN(auto item, ReadWorkItem(*snapshot, conflict_id));
  if (!view.officer.Sees(item)) return absl::NotFoundError("no such conflict");
  *conflict->mutable_work() = Present(std::move(item), view.hub.Now(), view.hub.as_of());
  return conflict;
}

absl::Status ForEachWorkItem(const storage::Reader& reader, const ReviewView& view,
                             const v1::ConflictFilter& filter,
                             const std::function<bool(const v1::WorkItem&)>& take) {
  return Walk(reader, view, v1::BY_PRIORITY, "", filter,
              [&](const v1::WorkItem& item, const std::string&) { return take(item); });
}

absl::StatusOr<v1::QueueSummary> GetQueueSummary(const ReviewView& view, const v1::ConflictFilter& filter) {
  const auto snapshot = view.hub.store().Snapshot();
  v1::QueueSummary summary;
  std::map<v1::Conflict::Kind, int64_t> kinds;
  std::map<v1::WorkItem::State, int64_t> states;
  std::map<std::string, std::pair<int64_t, int64_t>> assignees;
  std::map<std::string, int64_t> sources;
  absl::Status status = ForEachUnordered(*snapshot, view, filter, [&](const v1::WorkItem& item) {
    summary.set_conflicts(summary.conflicts() + 1);
    summary.set_amount_fen(summary.amount_fen() + item.amount_fen());
    summary.set_overdue(summary.overdue() + item.overdue());
    ++kinds[item.kind()];
    ++states[item.state()];
    auto& [conflicts, overdue] = assignees[item.assignee()];
    ++conflicts;
    overdue += item.overdue();
    for (const std::string& source : item.source_ids()) ++sources[source];
  });
  if (!status.ok()) return status;
  for (const auto& [kind, count] : kinds) {
    auto& one = *summary.add_kinds();
    one.set_kind(kind);
    one.set_conflicts(count);
  }
  for (const auto& [state, count] : states) {
    auto& one = *summary.add_states();
    one.set_state(state);
    one.set_conflicts(count);
  }
  for (const auto& [assignee, counts] : assignees) {
    auto& one = *summary.add_assignees();
    one.set_assignee(assignee);
    one.set_conflicts(counts.first);
    one.set_overdue(counts.second);
  }
  for (const auto& [source, count] : sources) {
    auto& one = *summary.add_sources();
    one.set_source_id(source);
    one.set_conflicts(count);
  }
  auto counters =
      review_rows::ReadOrEmpty<stored::ReviewCounters>(*snapshot, std::string(review_rows::kCountersRow));
  if (!counters.ok()) return counters.status();
  summary.set_proposals_pending(counters->proposals_pending());
  return summary;
}

absl::StatusOr<v1::WorkItem> ClaimConflict(core::Hub& hub, const std::string& conflict_id,
                                           const Officer& officer) {
  return ChangeItem(
      hub, conflict_id, officer, [&](core::WriteContext& context, v1::WorkItem& item) -> absl::Status {
        const int64_t left_us = ToMicros(item.lease_end_time()) - context.now_us;
        const bool running = left_us > 0 && !item.claimed_by().empty();
        if (running && item.claimed_by() != officer.name)
          return absl::AbortedError("claimed by " + item.claimed_by() + " for another " +
                                    std::to_string(left_us / 1'000'000) + " seconds");
        const int64_t lease_us =
            int64_t{hub.features().Get<ReviewSettings>().policy.lease_minutes()} * 60 * 1'000'000;
        item.set_claimed_by(officer.name);
        *item.mutable_lease_end_time() = ToTimestamp(context.now_us + lease_us);
        if (running) return absl::OkStatus();
        return Record(context, conflict_id, v1::CaseEvent::CLAIMED, officer);
      });
}

absl::StatusOr<v1::WorkItem> ReleaseConflict(core::Hub& hub, const std::string& conflict_id,
                                             const Officer& officer) {
  return ChangeItem(hub, conflict_id, officer,
                    [&](core::WriteContext& context, v1::WorkItem& item) -> absl::Status {
                      if (item.claimed_by() != officer.name)
                        return absl::FailedPreconditionError("the case is not claimed by you");
                      item.clear_claimed_by();
                      item.clear_lease_end_time();
                      return Record(context, conflict_id, v1::CaseEvent::RELEASED, officer);
                    });
}

absl::StatusOr<v1::AssignConflictsResponse> AssignConflicts(core::Hub& hub,
                                                            const v1::AssignConflictsRequest& request,
                                                            const Officer& officer) {
  if (request.conflict_ids().empty() || request.conflict_ids_size() > kMaxPage)
    return absl::InvalidArgumentError("conflict_ids: 1 to 1000");
  if (request.assignee().size() > 256) return absl::InvalidArgumentError("assignee: at most 256 bytes");
  RELIEF_RETURN_IF_ERROR(CheckComment(request.note(), "note"));
  v1::AssignConflictsResponse response;
  auto done = hub.Write([&](core::WriteContext& context) -> absl::Status {
    response.Clear();
    for (const std::string& id : request.conflict_ids()) {
      auto item =
          ChangeItem(context, id, officer, [&](core::WriteContext&, v1::WorkItem& one) -> absl::Status {
            one.set_assignee(request.assignee());
            // Handed over: the old lease must not stand in the new one's way.
            if (one.claimed_by() != request.assignee()) {
              one.clear_claimed_by();
              one.clear_lease_end_time();
            }
            return Record(context, id, v1::CaseEvent::ASSIGNED, officer, request.note(), request.assignee());
          });
      if (absl::IsNotFound(item.status())) {
        response.add_gone_conflict_ids(id);
      } else if (!item.ok()) {
        return item.status();
      } else {
        response.set_assigned(response.assigned() + 1);
      }
    }
    return absl::OkStatus();
  });
  if (!done.ok()) return done.status();
  return response;
}

absl::StatusOr<v1::CaseEvent> AddCaseComment(core::Hub& hub, const v1::AddCaseCommentRequest& request,
                                             const Officer& officer) {
  RELIEF_RETURN_IF_ERROR(CheckComment(request.comment(), "comment", true));
  v1::CaseEvent added;
  auto done =
      ChangeItem(hub, request.conflict_id(), officer,
                 [&](core::WriteContext& context, v1::WorkItem& item) -> absl::Status {
                   v1::CaseEvent event;
                   event.set_kind(v1::CaseEvent::COMMENTED);
                   event.set_actor(officer.name);
                   event.set_comment(request.comment());
                   RELIEF_ASSIGN_OR_RETURN(auto appended, AppendCaseEvent(context.txn, request.conflict_id(),
                                                                          std::move(event), context.now_us));
                   added = std::move(appended);
                   item.set_comments(item.comments() + 1);
                   return absl::OkStatus();
                 });
  if (!done.ok()) return done.status();
  return added;
}

absl::StatusOr<v1::ListCaseEventsResponse> ListCaseEvents(const ReviewView& view,
                                                          const std::string& conflict_id) {
  if (auto pair = PairOf(conflict_id); !pair.ok()) return pair.status();
  const auto snapshot = view.hub.store().Snapshot();
  auto item = ReadWorkItem(*snapshot, conflict_id);
  if (!item.ok() && !absl::IsNotFound(item.status())) return item.status();
  if (item.ok() && !view.officer.Sees(*item)) return absl::NotFoundError("no such conflict");
  RELIEF_ASSIGN_OR_RETURN(auto events, ReadCaseEvents(*snapshot, conflict_id));
  v1::ListCaseEventsResponse response;
  for (v1::CaseEvent& event : events) *response.add_events() = std::move(event);
  return response;
}

}  // namespace relief::server::review
