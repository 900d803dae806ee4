#include "server/monitoring/memory_watch.h"

#include <malloc.h>

#include <condition_variable>

#include "server/base/log.h"
#include "server/monitoring/process_figures.h"

// There where jemalloc is linked.
extern "C" int mallctl(const char* name, void* old_value, size_t* old_size, void* new_value, size_t new_size)
    __attribute__((weak));

namespace relief::server::monitoring {
namespace {

// What the allocator keeps for later goes back to the system. The hub runs on jemalloc, tests on the C
// library's.
void GiveBackFreeMemory() {
  constexpr char kPurgeAll[] = "arena.4096.purge";  // MALLCTL_ARENAS_ALL
  if (mallctl != nullptr) {
    mallctl(kPurgeAll, nullptr, nullptr, nullptr, 0);
  } else {
    ::malloc_trim(0);
  }
}

constexpr auto kLookEvery = std::chrono::milliseconds(20);
constexpr auto kLookByItselfEvery = std::chrono::milliseconds(100);
constexpr auto kRelieveEvery = std::chrono::seconds(1);

MemoryWatch::Options WithDefaults(MemoryWatch::Options options) {
  if (!options.used_bytes) options.used_bytes = [] { return ReadProcessMemory().own_bytes; };
  return options;
}

}  // namespace

MemoryWatch::MemoryWatch(Options options) : options_(WithDefaults(std::move(options))) {}

absl::Status MemoryWatch::Admit() {
  if (options_.limit_bytes == 0) return absl::OkStatus();
  std::lock_guard lock(mutex_);
  const auto now = options_.now();
  if (now - looked_ >= kLookEvery) {
    looked_ = now;
    Look();
  }
  return tight_ ? absl::ResourceExhaustedError("the hub is short of memory; try again later")
                : absl::OkStatus();
}

std::jthread MemoryWatch::LookByItself() {
  if (options_.limit_bytes == 0) return {};
  return std::jthread([this](const std::stop_token& stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any ended;
    while (!ended.wait_for(lock, stop, kLookByItselfEvery, [&] { return stop.stop_requested(); }))
      Admit().IgnoreError();
  });
}

void MemoryWatch::Look() {
  const auto percent = [this] { return options_.used_bytes() * 100 / options_.limit_bytes; };
  const auto now = options_.now();
  const uint64_t used = percent();
  if (used >= kHighPercent) high_ = now;
  if (!tight_ && used < kHighPercent) {
    if (given_back_ && used < kLowPercent && now - relieved_ >= kSettle) {
      given_back_ = false;
      if (options_.relieve) options_.relieve(false);
    }
    return;
  }
  if (tight_ && (used < kLowPercent || now - high_ >= kSettle)) {
    tight_ = given_back_ = false;
    if (options_.relieve) options_.relieve(false);
    Log(LogLevel::kInfo, "memory.admits", {{"used_percent", std::to_string(used)}});
    return;
  }
  uint64_t left = used;
  if (now - relieved_ >= kRelieveEvery) {
    relieved_ = now;
    given_back_ = true;
    if (options_.relieve) options_.relieve(true);
    GiveBackFreeMemory();
    left = percent();
  }
  if (!tight_ && left >= kHighPercent) {
    tight_ = true;
    Log(LogLevel::kWarn, "memory.shed",
        {{"used_percent", std::to_string(left)}, {"limit_bytes", std::to_string(options_.limit_bytes)}});
  }
}

}  // namespace relief::server::monitoring
