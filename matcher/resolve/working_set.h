// The part of the identity index that one change touches: rows are read once, changed in memory, and written
// back once. Private to matcher/resolve. Belongs to one transaction and one thread.
#pragma once

#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "matcher/resolve/index_rows.h"
#include "matcher/resolve/node_cache.h"
#include "storage/transaction.h"

namespace relief::matcher {

class WorkingSet {
 public:
  WorkingSet(storage::Transaction& txn, NodeCache& nodes, uint32_t block_limit)
      : txn_(txn), nodes_(nodes), block_limit_(block_limit) {}

  // Reads what is not read yet. References below stay good for the life of the working set.
  absl::Status LoadNodes(std::span<const RecordKey> records);    // enough for node(): candidates are many
  absl::Status LoadRecords(std::span<const RecordKey> records);  // node, links, constraints
  absl::Status LoadBlocks(std::span<const BlockKey> blocks);

  // Null if the record is not live. The record must be loaded.
  const Node* node(RecordKey record) const;
  void SetNode(RecordKey record, std::optional<Node> node);

  Links& links(RecordKey record);  // for changing
  const Links& links(RecordKey record) const;
  void DropLinks(RecordKey record);
  bool was_resolved(RecordKey record) const;  // it had links when the transaction began

  const std::vector<Constraint>& constraints(RecordKey record) const;
  void SetConstraint(RecordKey record, RecordKey other, std::optional<Verdict> verdict);

  void AddPosting(BlockKey block, RecordKey record);
  absl::Status RemovePosting(BlockKey block, RecordKey record);

  // A block that became generic since the working set began, or ceased to be, and the records it had when it
  // did, sorted. Those that came or went after that are not live or are being changed.
  struct Crossing {
    BlockKey block;
    bool generic;
    std::vector<RecordKey> records;
  };
  std::vector<Crossing> Crossings() const;

  // Empty for a generic block.
  const std::vector<RecordKey>& block_records(BlockKey block) const;

  // Puts what changed into the transaction.
  void Write();

 private:
  struct RecordState {
    std::shared_ptr<const Node> node;  // null: not live
    Links links;
    std::vector<Constraint> constraints;
    bool node_loaded = false, links_loaded = false;
    bool had_links = false;
    bool node_changed = false, links_changed = false, links_dropped = false, constraints_changed = false;
  };
  struct BlockState {
    Block block;
    bool existed = false, changed = false, began_generic = false;
    std::vector<RecordKey> parted;  // its records when it became generic
  };

  absl::Status Load(std::span<const RecordKey> records, bool links);
  RecordState& state(RecordKey record);
  const RecordState& state(RecordKey record) const;
  const RecordState& resolved_state(RecordKey record) const;

  storage::Transaction& txn_;
  NodeCache& nodes_;
  const uint32_t block_limit_;
  std::unordered_map<RecordKey, RecordState, RecordKeyHash> records_;
  std::unordered_map<BlockKey, BlockState> blocks_;
};

}  // namespace relief::matcher
