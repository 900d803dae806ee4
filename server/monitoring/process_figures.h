// What the operating system says of this process. Callable from any thread.
#pragma once

#include <cstdint>
#include <string>

namespace relief::server::monitoring {

struct ProcessMemory {
  uint64_t resident_bytes = 0;
  // Of those, what the system cannot take back by itself: all but pages of files.
  uint64_t own_bytes = 0;
};
ProcessMemory ReadProcessMemory();

double ProcessCpuSeconds();
int64_t OpenFiles();

// The least memory.max of the process's control group and of those above it (cgroup v2); 0: there is none.
// `root` and `self` are for tests.
uint64_t ControlGroupMemoryLimit(const std::string& root = "/sys/fs/cgroup",
                                 const std::string& self = "/proc/self/cgroup");

}  // namespace relief::server::monitoring
