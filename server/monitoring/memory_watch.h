// Sheds load before the system ends the process: what the process holds for itself is compared with its limit
// before each batch, and by itself for those who only read. Above the high-water mark what can be given back
// is given back (blocks of the cache, rows not yet in tables, free memory of the allocator), once a second at
// most; if that does not help, or not for a second, batches are refused until it is below the low-water mark,
// and senders try again. Reads go on. What rests between the marks though all was given back is what the
// process needs: after kSettle below the high mark batches are admitted again. The cache may grow again then,
// or, where giving back helped, after kSettle and below the low mark.
//
// The limit itself may be passed for a moment: by what was admitted before, and by what reads take.
//
//   MemoryWatch watch({.limit_bytes = ..., .relieve = ...});
//   const std::jthread looks = watch.LookByItself();
//   if (absl::Status status = watch.Admit(); !status.ok()) ...
//
// Thread-safe. Looks at most every 20 ms.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

#include "absl/status/status.h"

namespace relief::server::monitoring {

class MemoryWatch {
 public:
  static constexpr int kHighPercent = 85, kLowPercent = 75;
  static constexpr std::chrono::seconds kSettle{5};

  struct Options {
    uint64_t limit_bytes = 0;                 // 0: everything is admitted
    std::function<uint64_t()> used_bytes;     // nothing: of this process
    std::function<void(bool tight)> relieve;  // true: give back; false: as it was configured
    std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now;
  };
  explicit MemoryWatch(Options options);

  // RESOURCE_EXHAUSTED: not now.
  absl::Status Admit();
  // A thread that looks ten times a second while it lives. Requires: the watch and what `relieve` uses live
  // longer.
  [[nodiscard]] std::jthread LookByItself();

  uint64_t limit_bytes() const { return options_.limit_bytes; }
  bool tight() const { return tight_; }

 private:
  void Look();

  const Options options_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point looked_, relieved_;
  std::chrono::steady_clock::time_point high_;  // when it last was above the high mark
  bool given_back_ = false;                     // and not grown again since
  std::atomic<bool> tight_{false};
};

}  // namespace relief::server::monitoring
