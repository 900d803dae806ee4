// Counters of the hub's work, for the metrics: a few atomics at the two places through which
// everything goes, the taking of a batch and the commit. Nothing here is kept: it begins at 0 with the
// process.
//
// Counting never waits; reading sees each figure as it is, not all of them at one instant.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

#include "absl/status/status.h"
#include "relief/v1/feed_service.pb.h"

namespace relief::server::core {

// How long something took, in cumulative buckets as Prometheus reads them.
class DurationHistogram {
 public:
  // Upper bounds, from a commit on a good disk to a sender that gives up.
  static constexpr std::array<double, 13> kBoundsSeconds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                            0.25,  0.5,    1,     2.5,  10,    60};

  void Observe(std::chrono::steady_clock::duration duration) {
    const double seconds = std::chrono::duration<double>(duration).count();
    size_t i = 0;
    while (i < kBoundsSeconds.size() && seconds > kBoundsSeconds[i]) ++i;
    ++counts_[i];
    sum_us_ += std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
  }

  // Observations up to each bound, and the last one: all of them.
  std::array<uint64_t, kBoundsSeconds.size() + 1> Cumulative() const {
    std::array<uint64_t, kBoundsSeconds.size() + 1> result{};
    uint64_t sum = 0;
    for (size_t i = 0; i < result.size(); ++i) result[i] = sum += counts_[i];
    return result;
  }
  double SumSeconds() const { return static_cast<double>(sum_us_) / 1e6; }

 private:
  std::array<std::atomic<uint64_t>, kBoundsSeconds.size() + 1> counts_{};
  std::atomic<int64_t> sum_us_{0};
};

struct HubCounts {
  // Batches by what became of them.
  std::atomic<int64_t> acknowledged{0};
  std::atomic<int64_t> invalid{0};  // the sender's fault
  std::atomic<int64_t> shed{0};     // no room on the disk or in memory: the sender tries again
  std::atomic<int64_t> failed{0};   // anything else, such as a store that stopped
  // Records of acknowledged batches.
  std::atomic<int64_t> accepted{0}, duplicate{0}, stale{0}, rejected{0};

  DurationHistogram batches;  // from when a batch was taken to when it was acknowledged
  DurationHistogram commits;  // one group's commit, fsync included

  void Count(const v1::BatchAck& ack) {
    ++acknowledged;
    accepted += ack.accepted();
    duplicate += ack.duplicate();
    stale += ack.stale();
    rejected += ack.rejected_size();
  }
  void Count(const absl::Status& refusal) {
    if (absl::IsResourceExhausted(refusal)) {
      ++shed;
    } else if (absl::IsInvalidArgument(refusal) || absl::IsNotFound(refusal) ||
               absl::IsFailedPrecondition(refusal) || absl::IsPermissionDenied(refusal)) {
      ++invalid;
    } else {
      ++failed;
    }
  }
};

}  // namespace relief::server::core
