// A writer in a process of its own, and its death.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>

#include "storage/rocksdb_store.h"

namespace relief::storage {

inline RocksDbOptions At(const std::string& path) {
  RocksDbOptions options;
  options.path = path;
  options.min_free_bytes = 0;
  options.block_cache_bytes = 1 << 20;
  return options;
}

inline std::string Key(int number) {
  char text[16];
  std::snprintf(text, sizeof text, "%08d", number);
  return text;
}

// A child process commits first, first + 1, ... and tells each number after its commit; it is killed after
// `count` of them. Returns the last number that it told.
inline int CommitAndDie(const RocksDbOptions& options, int first, int count) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    auto store = OpenRocksDbStore(options);
    if (!store.ok()) ::_exit(1);
    for (int number = first;; ++number) {
      const auto result = (*store)->Apply({{}, {{Key(number), std::string(100, 'v')}}, {}, 0});
      if (!result.ok() || ::write(ends[1], &number, sizeof number) != sizeof number) ::_exit(1);
    }
  }
  ::close(ends[1]);
  int told = 0, number = 0;
  for (int i = 0; i < count && ::read(ends[0], &number, sizeof number) == sizeof number; ++i) told = number;
  ::kill(child, SIGKILL);
  while (::read(ends[0], &number, sizeof number) == sizeof number) told = number;  // told before the kill
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return told;
}
inline int CommitAndDie(const std::string& path, int first, int count) {
  return CommitAndDie(At(path), first, count);
}

// Opens the store in a child, which dies when `work` is done with it, without closing anything. (The child
// has no background threads of RocksDB; commits need none.)
template <typename Work>
void WorkAndDie(const RocksDbOptions& options, Work work) {
  const pid_t child = ::fork();
  if (child == 0) {
    auto store = OpenRocksDbStore(options);
    if (store.ok()) work(**store);
    ::kill(::getpid(), SIGKILL);
  }
  ::waitpid(child, nullptr, 0);
}

inline std::string NewestLog(const std::string& path) {
  std::string newest;
  for (const auto& entry : std::filesystem::directory_iterator(path))
    if (entry.path().extension() == ".log" && entry.file_size() > 0)
      newest = std::max(newest, entry.path().string());
  return newest;
}

}  // namespace relief::storage
