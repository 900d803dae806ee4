#include "server/monitoring/process_figures.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

namespace relief::server::monitoring {
namespace {

namespace fs = std::filesystem;

class ControlGroup : public testing::Test {
 protected:
  ControlGroup() { fs::create_directories(root_ / "system.slice/relief-hub.service"); }
  ~ControlGroup() override { fs::remove_all(root_); }
  void Write(const std::string& path, const std::string& text) { std::ofstream(root_ / path) << text; }
  uint64_t Limit() { return ControlGroupMemoryLimit(root_.string(), (root_ / "self").string()); }

  const fs::path root_ = fs::temp_directory_path() / ("relief-cgroup-" + std::to_string(getpid()));
};

TEST_F(ControlGroup, TheLeastLimitOnTheWayUpCounts) {
  Write("self", "1:name=systemd:/elsewhere\n0::/system.slice/relief-hub.service\n");
  Write("system.slice/relief-hub.service/memory.max", "max\n");
  EXPECT_EQ(Limit(), 0u) << "no limit anywhere";
  Write("system.slice/memory.max", "4294967296\n");
  EXPECT_EQ(Limit(), 4294967296u) << "only above it";
  Write("system.slice/relief-hub.service/memory.max", "536870912\n");
  EXPECT_EQ(Limit(), 536870912u);
}

TEST_F(ControlGroup, InAContainerTheRootHasTheLimit) {
  Write("self", "0::/\n");
  Write("memory.max", "1073741824\n");
  EXPECT_EQ(Limit(), 1073741824u);
}

TEST_F(ControlGroup, WithoutThisHierarchyThereIsNoLimit) {
  Write("self", "4:memory:/somewhere\n");
  EXPECT_EQ(Limit(), 0u);
}

TEST(Process, ItsMemoryGrowsByWhatItTakes) {
  const ProcessMemory before = ReadProcessMemory();
  std::vector<char> taken(64 << 20);
  std::memset(taken.data(), 1, taken.size());
  const ProcessMemory after = ReadProcessMemory();
  EXPECT_GE(after.own_bytes - before.own_bytes, uint64_t{60} << 20);
  EXPECT_GE(after.resident_bytes, after.own_bytes);
  EXPECT_EQ(taken[taken.size() / 2], 1);
}

TEST(Process, OpenFilesAreCounted) {
  const int64_t before = OpenFiles();
  std::ifstream held("/proc/self/stat");
  EXPECT_EQ(OpenFiles(), before + 1);
}

}  // namespace
}  // namespace relief::server::monitoring
