#include "server/monitoring/process_figures.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>

namespace relief::server::monitoring {
namespace {

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// The path of the process in the hierarchy of version 2: the line "0::/path".
std::string GroupPath(const std::string& self) {
  std::ifstream file(self);
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("0::")) return line.substr(3);
  return "";
}

}  // namespace

ProcessMemory ReadProcessMemory() {
  uint64_t size = 0, resident = 0, of_files = 0;
  std::ifstream("/proc/self/statm") >> size >> resident >> of_files;
  const auto page = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  return {resident * page, (resident - std::min(resident, of_files)) * page};
}

double ProcessCpuSeconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return Seconds(usage.ru_utime) + Seconds(usage.ru_stime);
}

int64_t OpenFiles() {
  std::error_code error;
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd", error),
                       std::filesystem::directory_iterator());
}

uint64_t ControlGroupMemoryLimit(const std::string& root, const std::string& self) {
  uint64_t least = 0;
  for (std::filesystem::path path = GroupPath(self); !path.empty(); path = path.parent_path()) {
    std::string text;
    std::ifstream(root + path.string() + "/memory.max") >> text;
    uint64_t bytes = 0;  // "max": no limit here
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
    if (error == std::errc() && bytes > 0) least = least == 0 ? bytes : std::min(least, bytes);
    if (path == path.parent_path()) break;
  }
  return least;
}

}  // namespace relief::server::monitoring
