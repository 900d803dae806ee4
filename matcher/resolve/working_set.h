// The rows of the identity index that one change touches: each is read once, changed in memory, and written back once.
// Private to matcher/resolve. Belongs to one transaction and one thread.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "matcher/resolve/identity_cache.h"
#include "matcher/resolve/index_rows.h"
#include "storage/transaction.h"

namespace relief::matcher {

class WorkingSet {
 public:
  // `phone_limit` is the count of records above which a phone's block is of many.
  WorkingSet(storage::Transaction& txn, IdentityCache& cache, uint32_t block_limit, uint32_t phone_limit)
      : txn_(txn), cache_(cache), block_limit_(block_limit), phone_limit_(phone_limit) {
    cache_.Follow(txn_);
  }

  // Reads the rows that were not read yet. The references returned below are valid as long as the working set.
  // LoadIdentities is enough for identity_row(): candidates are many, and most need no more.
  absl::Status LoadIdentities(std::span<const RecordKey> records);
  absl::Status LoadRecords(std::span<const RecordKey> records);  // identity, links, constraints
  absl::Status LoadBlocks(std::span<const BlockKey> blocks);

  // Null if the record is not live. Requires: the record was loaded.
  const IdentityRow* identity_row(RecordKey record) const;
  void SetIdentity(RecordKey record, std::optional<IdentityRow> identity_row);

  LinkRow& links(RecordKey record);  // for changing
  const LinkRow& links(RecordKey record) const;
  void DropLinks(RecordKey record);
  bool was_resolved(RecordKey record) const;  // it had links when the transaction began

  const std::vector<Constraint>& constraints(RecordKey record) const;
  void SetConstraint(RecordKey record, RecordKey other, std::optional<Verdict> verdict);

  void AddPosting(BlockKey block, RecordKey record);
  absl::Status RemovePosting(BlockKey block, RecordKey record);

  // A block that became oversized since the working set began, or ceased to be, with the records that it had at that
  // moment, sorted. Records that were added or removed later are being changed or are not live.
  struct Crossing {
    BlockKey block;
    bool oversized;
    std::vector<RecordKey> records;
  };
  std::vector<Crossing> Crossings() const;
  // The same for the phone limit, of every kind of block. `oversized` is as of now.
  std::vector<Crossing> PhoneCrossings() const;
  // Requires: the block was loaded.
  bool of_many(BlockKey block) const { return blocks_.at(block).block.count > phone_limit_; }

  // Empty for an oversized block.
  const std::vector<RecordKey>& block_records(BlockKey block) const;

  // Puts what changed into the transaction.
  void Write();

 private:
  struct RecordState {
    std::shared_ptr<const IdentityRow> identity_row;  // null: not live
    LinkRow links;
    std::vector<Constraint> constraints;
    bool identity_loaded = false, links_loaded = false;
    bool had_links = false;
    bool identity_changed = false, links_changed = false, links_dropped = false, constraints_changed = false;
  };
  struct BlockState {
    BlockRow block;
    bool existed = false, changed = false;
    uint32_t began_with = 0;                     // records
    std::vector<RecordKey> members_at_crossing;  // its records when it became oversized
  };

  absl::Status Load(std::span<const RecordKey> records, bool links);
  // The identity row from memory, which then counts as read. Null if it must be read from the store.
  std::shared_ptr<const IdentityRow> Recall(RecordKey record, const std::string& row_key);
  RecordState& state(RecordKey record);
  const RecordState& state(RecordKey record) const;
  const RecordState& resolved_state(RecordKey record) const;

  storage::Transaction& txn_;
  IdentityCache& cache_;
  const uint32_t block_limit_, phone_limit_;
  std::unordered_map<RecordKey, RecordState, RecordKeyHash> records_;
  std::unordered_map<BlockKey, BlockState> blocks_;
};

}  // namespace relief::matcher
