#include "matcher/resolve/working_set.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "storage/status_macros.h"

namespace relief::matcher {

absl::Status WorkingSet::LoadIdentities(std::span<const RecordKey> records) { return Load(records, false); }
absl::Status WorkingSet::LoadRecords(std::span<const RecordKey> records) { return Load(records, true); }

absl::Status WorkingSet::Load(std::span<const RecordKey> records, bool links) {
  struct Wanted {
    RecordKey record;
    RecordState* state;
    enum { kIdentity, kLinks, kConstraints } row;
  };
  std::vector<Wanted> wanted;
  std::vector<std::string> keys;
  for (const RecordKey& record : records) {
    RecordState& state = records_[record];
    if (!state.identity_loaded) {
      state.identity_loaded = true;
      std::string row_key = IdentityRowKey(record);
      state.identity_row = Recall(record, row_key);
      if (!state.identity_row) {
        wanted.push_back({record, &state, Wanted::kIdentity});
        keys.push_back(std::move(row_key));
      }
    }
    if (links && !state.links_loaded) {
      state.links_loaded = true;
      wanted.push_back({record, &state, Wanted::kLinks});
      keys.push_back(LinkRowKey(record));
      wanted.push_back({record, &state, Wanted::kConstraints});
      keys.push_back(ConstraintsRowKey(record));
    }
  }
  if (keys.empty()) return absl::OkStatus();
  const char* damaged = nullptr;
  absl::Status status = txn_.Visit(keys, [&](size_t i, const storage::Row& row) {
    if (!row.present()) return;
    RecordState& state = *wanted[i].state;
    if (wanted[i].row == Wanted::kIdentity) {
      if (auto identity_row = DecodeIdentityRow(row.value)) {
        state.identity_row = std::make_shared<const IdentityRow>(*std::move(identity_row));
        if (row.version != storage::Transaction::kPending)
          cache_.Add(wanted[i].record, {state.identity_row, row.version}, txn_.read_at());
      } else {
        damaged = "identity";
      }
    } else if (wanted[i].row == Wanted::kLinks) {
      if (auto links = DecodeLinkRow(row.value)) {
        state.links = *std::move(links);
        state.had_links = true;
      } else {
        damaged = "links";
      }
    } else {
      if (auto constraints = DecodeConstraints(row.value)) {
        state.constraints = *std::move(constraints);
      } else {
        damaged = "constraints";
      }
    }
  });
  if (!status.ok()) return status;
  return damaged ? Damaged(damaged) : absl::OkStatus();
}

std::shared_ptr<const IdentityRow> WorkingSet::Recall(RecordKey record, const std::string& row_key) {
  if (txn_.wrote(row_key)) return nullptr;  // by an earlier change of this transaction
  IdentityCache::Remembered known = cache_.Find(record, txn_.read_at());
  if (known.identity_row) txn_.Assume(row_key, known.version, txn_.read_at());
  return std::move(known.identity_row);
}

absl::Status WorkingSet::LoadBlocks(std::span<const BlockKey> blocks) {
  std::vector<BlockKey> missing;
  std::vector<std::string> keys;
  for (BlockKey block : blocks) {
    if (!blocks_.try_emplace(block).second) continue;
    missing.push_back(block);
    keys.push_back(BlockRowKey(block));
  }
  if (missing.empty()) return absl::OkStatus();
  bool damaged = false;
  absl::Status status = txn_.Visit(keys, [&](size_t i, const storage::Row& row) {
    if (!row.present()) return;
    auto decoded = DecodeBlockRow(row.value);
    if (!decoded) {
      damaged = true;
      return;
    }
    BlockState& loaded = blocks_.at(missing[i]);
    loaded.block = *std::move(decoded);
    loaded.existed = true;
    loaded.began_with = loaded.block.count;
  });
  if (!status.ok()) return status;
  return damaged ? Damaged("block") : absl::OkStatus();
}

WorkingSet::RecordState& WorkingSet::state(RecordKey record) {
  const auto found = records_.find(record);
  if (found == records_.end()) std::abort();  // a record is loaded before it is used
  return found->second;
}

const WorkingSet::RecordState& WorkingSet::state(RecordKey record) const {
  return const_cast<WorkingSet*>(this)->state(record);
}

const WorkingSet::RecordState& WorkingSet::resolved_state(RecordKey record) const {
  const RecordState& found = state(record);
  if (!found.links_loaded) std::abort();
  return found;
}

const IdentityRow* WorkingSet::identity_row(RecordKey record) const {
  return state(record).identity_row.get();
}

void WorkingSet::SetIdentity(RecordKey record, std::optional<IdentityRow> identity_row) {
  RecordState& changed = state(record);
  changed.identity_row =
      identity_row ? std::make_shared<const IdentityRow>(*std::move(identity_row)) : nullptr;
  changed.identity_changed = true;
}

LinkRow& WorkingSet::links(RecordKey record) {
  resolved_state(record);
  RecordState& changed = state(record);
  changed.links_changed = true;
  return changed.links;
}

const LinkRow& WorkingSet::links(RecordKey record) const { return resolved_state(record).links; }

void WorkingSet::DropLinks(RecordKey record) {
  RecordState& changed = state(record);
  changed.links = {};
  changed.links_dropped = true;
}

bool WorkingSet::was_resolved(RecordKey record) const { return resolved_state(record).had_links; }

const std::vector<Constraint>& WorkingSet::constraints(RecordKey record) const {
  return resolved_state(record).constraints;
}

void WorkingSet::SetConstraint(RecordKey record, RecordKey other, std::optional<Verdict> verdict) {
  RecordState& changed = state(record);
  std::erase_if(changed.constraints, [&](const Constraint& constraint) { return constraint.other == other; });
  if (verdict) changed.constraints.push_back({other, *verdict});
  std::sort(changed.constraints.begin(), changed.constraints.end(),
            [](const Constraint& l, const Constraint& r) { return l.other < r.other; });
  changed.constraints_changed = true;
}

void WorkingSet::AddPosting(BlockKey key, RecordKey record) {
  BlockState& state = blocks_.at(key);
  BlockRow& block = state.block;
  state.changed = true;
  const bool was_oversized = block.count > block_limit_;
  ++block.count;
  if (was_oversized) {
    txn_.Put(PostingRowKey(key, record), "");
    return;
  }
  block.records.insert(std::lower_bound(block.records.begin(), block.records.end(), record), record);
  if (block.count > block_limit_) {
    for (const RecordKey& member : block.records) txn_.Put(PostingRowKey(key, member), "");
    state.members_at_crossing = std::exchange(block.records, {});
  }
}

absl::Status WorkingSet::RemovePosting(BlockKey key, RecordKey record) {
  BlockState& state = blocks_.at(key);
  BlockRow& block = state.block;
  state.changed = true;
  if (block.count == 0) return Damaged("block");
  const bool was_oversized = block.count > block_limit_;
  --block.count;
  if (!was_oversized) {
    std::erase(block.records, record);
    return absl::OkStatus();
  }
  txn_.Delete(PostingRowKey(key, record));
  if (block.count <= block_limit_) {
    const std::string prefix = PostingRowPrefix(key);
    RELIEF_ASSIGN_OR_RETURN(auto rows, txn_.Scan(prefix, {}, block.count + 1));
    if (rows.size() != block.count) return Damaged("block");
    for (const storage::KeyRow& row : rows) {
      block.records.push_back(RecordKey::FromBytes(row.key.data() + prefix.size()));
      txn_.Delete(row.key);
    }
  }
  return absl::OkStatus();
}

std::vector<WorkingSet::Crossing> WorkingSet::Crossings() const {
  std::vector<Crossing> crossings;
  for (const auto& [key, state] : blocks_) {
    const bool oversized = state.block.count > block_limit_;
    if (oversized != (state.began_with > block_limit_))
      crossings.push_back({key, oversized, oversized ? state.members_at_crossing : state.block.records});
  }
  return crossings;
}

std::vector<WorkingSet::Crossing> WorkingSet::PhoneCrossings() const {
  std::vector<Crossing> crossings;
  for (const auto& [key, state] : blocks_) {
    if ((state.block.count > phone_limit_) == (state.began_with > phone_limit_)) continue;
    const bool oversized = state.block.count > block_limit_;
    crossings.push_back({key, oversized, oversized ? state.members_at_crossing : state.block.records});
  }
  return crossings;
}

const std::vector<RecordKey>& WorkingSet::block_records(BlockKey block) const {
  return blocks_.at(block).block.records;
}

void WorkingSet::Write() {
  for (auto& [record, state] : records_) {
    if (state.identity_changed) {
      if (state.identity_row) {
        txn_.Put(IdentityRowKey(record), EncodeIdentityRow(*state.identity_row));
      } else {
        txn_.Delete(IdentityRowKey(record));
      }
    }
    if (state.links_dropped) {
      if (state.had_links) txn_.Delete(LinkRowKey(record));
    } else if (state.links_changed) {
      txn_.Put(LinkRowKey(record), EncodeLinkRow(state.links));
    }
    if (state.constraints_changed) {
      if (state.constraints.empty()) {
        txn_.Delete(ConstraintsRowKey(record));
      } else {
        txn_.Put(ConstraintsRowKey(record), EncodeConstraints(state.constraints));
      }
    }
  }
  for (auto& [block, state] : blocks_) {
    if (!state.changed) continue;
    if (state.block.count > 0) {
      txn_.Put(BlockRowKey(block), EncodeBlockRow(state.block));
    } else if (state.existed) {
      txn_.Delete(BlockRowKey(block));
    }
  }
}

}  // namespace relief::matcher
