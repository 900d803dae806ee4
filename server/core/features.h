// The parts that features of the hub register with its core, so that the core knows none of them: steps that follow
// every commit, work that a new day brings, rows that they derive from the records, and their settings.
//
//   core::Features features;
//   features.Add(std::make_shared<findings::JudgeStep>());
//   features.Set(review::ReviewSettings{policy});
//   ...
//   const auto& settings = hub.features().Get<review::ReviewSettings>();
//
// server/features.h puts all of them together. Filled before the hub opens, and read by any thread afterwards.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <typeindex>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "matcher/record_key.h"
#include "server/records/stored.pb.h"
#include "storage/store.h"
#include "storage/transaction.h"

namespace relief::server::core {

class WriteContext;

// Work that follows every group of changes, in the order of registration, inside the same transaction.
class CommitStep {
 public:
  virtual ~CommitStep() = default;
  virtual absl::Status Run(WriteContext& context) const = 0;
};

// Work that the change of the day brings, a page at a time, after the persons were judged.
class DayStep {
 public:
  virtual ~DayStep() = default;
  // Treats at most `limit` rows that are due on the day of `context`, and returns how many it treated. Fewer
  // than `limit`: no more are due.
  virtual absl::StatusOr<size_t> Run(WriteContext& context, size_t limit) const = 0;
};

// Rows that a feature derives from records, conflicts or findings. They are made again, in commits of a bounded
// size, when the model or the format changes. An attempt that was interrupted begins again from the first call.
class DerivedRows {
 public:
  virtual ~DerivedRows() = default;
  // Before anything else is made again.
  virtual absl::Status Begin(storage::Store&) const { return absl::OkStatus(); }
  // Deletes at most `limit` rows; true when none was left.
  virtual absl::StatusOr<bool> Clear(storage::Transaction&, size_t) const { return true; }
  // A page of records, in the commit that resolves them again.
  struct KeyedRecord {
    matcher::RecordKey key;
    const stored::Record& record;
  };
  virtual absl::Status Add(storage::Transaction&, std::span<const KeyedRecord>) const {
    return absl::OkStatus();
  }
  // After the index is whole: about `limit` rows from `after` on. Returns where to go on; empty: done.
  virtual absl::StatusOr<std::string> Finish(storage::Transaction&, int64_t /*now_us*/,
                                             const std::string& /*after*/, size_t /*limit*/) const {
    return std::string();
  }
};

class Features {
 public:
  void Add(std::shared_ptr<const CommitStep> step) { commit_steps_.push_back(std::move(step)); }
  void Add(std::shared_ptr<const DayStep> step) { day_steps_.push_back(std::move(step)); }
  void Add(std::shared_ptr<const DerivedRows> rows) { derived_rows_.push_back(std::move(rows)); }

  // One value of each type: a feature's settings, or what it registers with another feature.
  template <typename Settings>
  void Set(Settings settings) {
    values_[typeid(Settings)] = std::make_shared<const Settings>(std::move(settings));
  }
  // The value that was set, or a default one.
  template <typename Settings>
  const Settings& Get() const {
    static const Settings kDefault;
    const auto found = values_.find(typeid(Settings));
    return found == values_.end() ? kDefault : *static_cast<const Settings*>(found->second.get());
  }

  const std::vector<std::shared_ptr<const CommitStep>>& commit_steps() const { return commit_steps_; }
  const std::vector<std::shared_ptr<const DayStep>>& day_steps() const { return day_steps_; }
  const std::vector<std::shared_ptr<const DerivedRows>>& derived_rows() const { return derived_rows_; }

 private:
  std::vector<std::shared_ptr<const CommitStep>> commit_steps_;
  std::vector<std::shared_ptr<const DayStep>> day_steps_;
  std::vector<std::shared_ptr<const DerivedRows>> derived_rows_;
  std::map<std::type_index, std::shared_ptr<const void>> values_;
};

}  // namespace relief::server::core
