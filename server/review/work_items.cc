#include "server/review/work_items.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "server/base/time.h"
#include "server/core/schema.h"
#include "server/core/write_context.h"
#include "server/records/identity_mapping.h"
#include "server/review/case_history.h"
#include "server/review/review_policy.h"
#include "server/review/review_rows.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::review {
namespace {

constexpr int64_t kBaseFen = 100 * 100;  // a case without money is a case all the same
constexpr double kLeastDoubt = 0.05;
constexpr v1::ConflictOrder kOrders[] = {v1::BY_PRIORITY, v1::BY_DUE_DATE, v1::BY_AGE, v1::BY_BITS,
                                         v1::BY_AMOUNT};

using Pair = std::pair<matcher::RecordKey, matcher::RecordKey>;

std::string IdOf(const Pair& pair) { return "C-" + pair.first.ToString() + pair.second.ToString(); }

int64_t MonthlyFen(const v1::Benefit& benefit, matcher::CivilDate as_of) {
  if (benefit.cycle() != v1::MONTHLY || benefit.amount_fen() <= 0) return 0;
  const auto month = [](int year, int month) { return year * 12 + month; };
  const int now = month(as_of.year, as_of.month);
  if (benefit.has_end_month() && month(benefit.end_month().year(), benefit.end_month().month()) < now)
    return 0;
  return benefit.amount_fen();
}

absl::StatusOr<stored::Record> ReadRecord(const storage::Reader& reader, const matcher::RecordKey& key) {
  return review_rows::ReadRow<stored::Record>(reader, schema::RecordRow(key), "record");
}

absl::Status CloseWorkItem(storage::Transaction& txn, const v1::WorkItem& item, int64_t now_us) {
  for (v1::ConflictOrder order : kOrders) txn.Delete(review_rows::OrderRow(order, item));
  txn.Delete(review_rows::WorkRow(item.conflict_id()));
  // An item that came and went before anybody touched it has no history worth keeping.
  RELIEF_ASSIGN_OR_RETURN(auto events, ReadCaseEvents(storage::TransactionReader(txn), item.conflict_id()));
  const bool touched = std::any_of(events.begin(), events.end(),
                                   [](const v1::CaseEvent& event) { return !event.actor().empty(); });
  if (touched) {
    v1::CaseEvent event;
    event.set_kind(v1::CaseEvent::CLOSED);
    return AppendCaseEvent(txn, item.conflict_id(), std::move(event), now_us).status();
  }
  for (const v1::CaseEvent& event : events)
    txn.Delete(review_rows::EventRow(item.conflict_id(), event.sequence()));
  return absl::OkStatus();
}

struct WorkSettings {
  const v1::ReviewPolicy& policy;
  const matcher::Model& model;
  int64_t now_us = 0;
  matcher::CivilDate as_of;
};

class Updater {
 public:
  Updater(storage::Transaction& txn, const WorkSettings& settings)
      : txn_(txn), reader_(txn), settings_(settings) {}

  absl::Status Update(const Pair& pair) {
    const std::string id = IdOf(pair);
    RELIEF_ASSIGN_OR_RETURN(auto stored, txn_.Get(review_rows::WorkRow(id)));
    std::optional<v1::WorkItem> before;
    if (stored && !before.emplace().ParseFromString(*stored))
      return absl::DataLossError("a work item is damaged");
    auto conflict = matcher::ConflictBetween(reader_, pair.first, pair.second);
    if (absl::IsNotFound(conflict.status()))
      return before ? CloseWorkItem(txn_, *before, settings_.now_us) : absl::OkStatus();
    if (!conflict.ok()) return conflict.status();
    v1::WorkItem item = before.value_or(v1::WorkItem());
    item.set_conflict_id(id);
    item.set_kind(ToProto(conflict->kind));
    item.set_bits(conflict->bits);
    RELIEF_RETURN_IF_ERROR(Describe(*conflict, &item));
    if (!before) {
      item.set_state(v1::WorkItem::WAITING);
      *item.mutable_open_time() = ToTimestamp(settings_.now_us);
      const int32_t today = DayInChina(settings_.now_us);
      *item.mutable_due_date() =
          records::ToProto(matcher::CivilDate::FromDays(today + DueDays(settings_.policy, item.kind())));
      if (absl::Status status = Record(id, v1::CaseEvent::OPENED); !status.ok()) return status;
    } else if (before->SerializeAsString() == item.SerializeAsString()) {
      return absl::OkStatus();
    } else if (before->kind() != item.kind()) {
      if (absl::Status status = Record(id, v1::CaseEvent::CHANGED); !status.ok()) return status;
    }
    PutWorkItem(txn_, item, before);
    return absl::OkStatus();
  }

 private:
  // Fills the fields that follow from the two records and their persons.
  absl::Status Describe(const matcher::MatchConflict& conflict, v1::WorkItem* item) {
    item->clear_programmes();
    item->clear_source_ids();
    item->clear_regions();
    std::set<int> programmes;
    std::set<std::string> sources, regions;
    std::set<matcher::PersonId> persons;
    for (const matcher::RecordKey& key : {conflict.a, conflict.b}) {
      RELIEF_ASSIGN_OR_RETURN(auto record, ReadRecord(key));
      if (record.record().has_benefit()) programmes.insert(record.record().benefit().programme());
      sources.insert(record.source_id());
      for (const std::string& region :
           {record.record().benefit().paying_region(), record.record().person().region_code()})
        if (!region.empty()) regions.insert(region);
      RELIEF_ASSIGN_OR_RETURN(auto person, matcher::PersonOfRecord(reader_, key));
      persons.insert(person);
    }
    for (int programme : programmes) item->add_programmes(static_cast<v1::Programme>(programme));
    for (const std::string& source : sources) item->add_source_ids(source);
    for (const std::string& region : regions) item->add_regions(region);
    int64_t amount = 0;
    for (const matcher::PersonId& person : persons) {
      RELIEF_ASSIGN_OR_RETURN(auto at_risk, AtRisk(person));
      amount += at_risk;
    }
    item->set_amount_fen(amount);
    item->set_doubt(Doubt(settings_.model, conflict.kind, conflict.bits));
    item->set_priority(std::llround(static_cast<double>(amount + kBaseFen) * item->doubt()));
    return absl::OkStatus();
  }

  absl::StatusOr<int64_t> AtRisk(const matcher::PersonId& person) {
    if (const auto known = at_risk_.find(person); known != at_risk_.end()) return known->second;
    RELIEF_ASSIGN_OR_RETURN(auto fen, review::AtRisk(reader_, settings_.as_of, person));
    return at_risk_[person] = fen;
  }

  absl::StatusOr<stored::Record> ReadRecord(const matcher::RecordKey& key) {
    return review::ReadRecord(reader_, key);
  }

  absl::Status Record(const std::string& id, v1::CaseEvent::Kind kind) {
    v1::CaseEvent event;
    event.set_kind(kind);
    return AppendCaseEvent(txn_, id, std::move(event), settings_.now_us).status();
  }

  storage::Transaction& txn_;
  const storage::TransactionReader reader_;
  const WorkSettings& settings_;
  std::map<matcher::PersonId, int64_t> at_risk_;
};

}  // namespace

absl::StatusOr<int64_t> AtRisk(const storage::Reader& reader, matcher::CivilDate as_of,
                               const matcher::PersonId& person) {
  int64_t fen = 0;
  RELIEF_ASSIGN_OR_RETURN(auto members, matcher::MembersOf(reader, person));
  for (const matcher::RecordKey& key : members) {
    RELIEF_ASSIGN_OR_RETURN(auto record, ReadRecord(reader, key));
    fen += MonthlyFen(records::EffectiveRecord(record).benefit(), as_of);
  }
  RELIEF_ASSIGN_OR_RETURN(
      auto list, review_rows::ReadOrEmpty<stored::PersonFindings>(reader, schema::PersonFindingsRow(person)));
  for (const std::string& id : list.finding_ids()) {
    RELIEF_ASSIGN_OR_RETURN(auto finding,
                            review_rows::ReadOrEmpty<v1::Finding>(reader, schema::FindingRow(id)));
    if (finding.state() == v1::Finding::OPEN) fen += finding.amount_fen();
  }
  return fen;
}

v1::Conflict::Kind ToProto(matcher::ConflictKind kind) {
  switch (kind) {
    case matcher::ConflictKind::kUncertainMatch:
      return v1::Conflict::UNCERTAIN_MATCH;
    case matcher::ConflictKind::kSharedId:
      return v1::Conflict::SHARED_ID;
    case matcher::ConflictKind::kTwoIds:
      return v1::Conflict::TWO_IDS;
    case matcher::ConflictKind::kAmbiguousRecord:
      return v1::Conflict::AMBIGUOUS_RECORD;
  }
  return v1::Conflict::KIND_UNSPECIFIED;
}

double Doubt(const matcher::Model& model, matcher::ConflictKind kind, double bits) {
  if (kind != matcher::ConflictKind::kUncertainMatch) return 1;
  const double review = model.review_threshold(), link = model.link_threshold();
  const double share = link > review ? (bits - review) / (link - review) : 0.5;
  if (share <= 0 || share >= 1) return kLeastDoubt;
  const double entropy = -share * std::log2(share) - (1 - share) * std::log2(1 - share);
  return std::max(entropy, kLeastDoubt);
}

void PutWorkItem(storage::Transaction& txn, const v1::WorkItem& item,
                 const std::optional<v1::WorkItem>& before) {
  for (v1::ConflictOrder order : kOrders) {
    const std::string row = review_rows::OrderRow(order, item);
    const std::string old = before ? review_rows::OrderRow(order, *before) : std::string();
    if (row == old) continue;
    if (before) txn.Delete(old);
    txn.Put(row, "");
  }
  txn.Put(review_rows::WorkRow(item.conflict_id()), item.SerializeAsString());
}

absl::StatusOr<v1::WorkItem> ReadWorkItem(const storage::Reader& reader, const std::string& conflict_id) {
  return review_rows::ReadRow<v1::WorkItem>(reader, review_rows::WorkRow(conflict_id), "open conflict");
}

v1::WorkItem Present(v1::WorkItem item, int64_t now_us, matcher::CivilDate as_of) {
  if (ToMicros(item.lease_end_time()) <= now_us) {
    item.clear_claimed_by();
    item.clear_lease_end_time();
  } else if (item.state() == v1::WorkItem::WAITING || item.state() == v1::WorkItem::UNSURE) {
    item.set_state(v1::WorkItem::CLAIMED);
  }
  const auto due = records::ToCivilDate(item.due_date());
  item.set_overdue(due && *due < as_of);
  return item;
}

absl::Status WorkItemStep::Run(core::WriteContext& context) const {
  std::set<Pair> all = context.changed_conflicts();
  const storage::TransactionReader reader(context.txn);
  std::vector<matcher::RecordKey> records;
  for (const matcher::PersonId& person : context.marked_persons()) {
    auto members = matcher::MembersOf(reader, person);
    if (absl::IsNotFound(members.status())) continue;
    if (!members.ok()) return members.status();
    records.insert(records.end(), members->begin(), members->end());
  }
  RELIEF_ASSIGN_OR_RETURN(auto theirs, matcher::ConflictsOfRecords(reader, records));
  for (const matcher::MatchConflict& conflict : theirs) all.insert({conflict.a, conflict.b});
  const WorkSettings settings{context.features.Get<ReviewSettings>().policy, context.resolver.model(),
                              context.now_us, context.as_of};
  Updater updater(context.txn, settings);
  for (const Pair& pair : all) RELIEF_RETURN_IF_ERROR(updater.Update(pair));
  return absl::OkStatus();
}

absl::StatusOr<std::string> WorkItemRows::Finish(storage::Transaction& txn, int64_t now_us,
                                                 const std::string& after, size_t limit) const {
  RELIEF_ASSIGN_OR_RETURN(auto rows, txn.Scan(review_rows::kWorkPrefix, after, limit));
  const storage::TransactionReader reader(txn);
  for (const storage::KeyRow& row : rows) {
    v1::WorkItem item;
    if (!item.ParseFromString(row.row.value)) return absl::DataLossError("a work item is damaged");
    const auto pair = matcher::MatchConflict::Parse(item.conflict_id());
    if (!pair) return absl::DataLossError("a work item is damaged");
    auto conflict = matcher::ConflictBetween(reader, pair->first, pair->second);
    if (conflict.ok()) continue;
    if (!absl::IsNotFound(conflict.status())) return conflict.status();
    if (absl::Status status = CloseWorkItem(txn, item, now_us); !status.ok()) return status;
  }
  return rows.size() < limit ? std::string() : rows.back().key + std::string(1, '\0');
}

}  // namespace relief::server::review
