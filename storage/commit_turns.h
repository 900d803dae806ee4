// Decides who may commit now: everybody, or only the holder of an exclusive turn. For the implementations of
// Store::TakeTurn. Thread-safe.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "storage/store.h"

namespace relief::storage {

class CommitTurns {
 public:
  // Waits for the commits that are under way. Those that come later wait for the turn to end. Requires: the
  // turn does not outlive this object.
  std::unique_ptr<ExclusiveTurn> Take();

  // Held by a commit while it is under way.
  class Pass {
   public:
    // Waits until nobody else has, or waits for, the exclusive turn. `turn`: the commit's own, or nullptr.
    Pass(CommitTurns& turns, const ExclusiveTurn* turn);
    ~Pass();
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;

   private:
    CommitTurns& turns_;
  };

 private:
  class Turn;

  std::mutex mutex_;
  std::condition_variable changed_;
  const ExclusiveTurn* holder_ = nullptr;
  int waiting_ = 0;    // for a turn
  int under_way_ = 0;  // commits
};

}  // namespace relief::storage
