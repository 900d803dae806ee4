// Commits numbered rows to a store and says after each that it is acknowledged; or lists the rows that are
// there. For tests that break the disk under it.
//
//   store_writer write DIR FIRST COUNT [KEYS]   "acked N" after each commit; exit 0: all, 3: the store
//   refused one,
//                                               4: it could not be opened. Goes on after a refusal, to be
//                                               caught acknowledging what it cannot keep.
//   store_writer list DIR [KEYS]                the numbers that are there, one a line
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

#include "storage/rocksdb_store.h"

namespace {

using relief::storage::OpenRocksDbStore;
using relief::storage::RocksDbOptions;

void Say(const std::string& line) {
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::_Exit(5);
}

int Write(const RocksDbOptions& options, int first, int count) {
  auto store = OpenRocksDbStore(options);
  if (!store.ok()) {
    std::cerr << store.status() << "\n";
    return 4;
  }
  int refused = 0;
  for (int number = first; number < first + count; ++number) {
    char key[16];
    std::snprintf(key, sizeof key, "%08d", number);
    const auto result = (*store)->Apply({{}, {{key, std::string(600, 'v')}}, {}, 0});
    if (result.ok()) {
      Say("acked " + std::to_string(number) + "\n");
    } else if (refused++ == 0) {
      Say("refused\n");
      std::cerr << result.status() << "\n";
    }
  }
  return refused > 0 ? 3 : 0;
}

int List(const RocksDbOptions& options) {
  auto store = OpenRocksDbStore(options);
  if (!store.ok()) {
    std::cerr << store.status() << "\n";
    return 4;
  }
  const auto rows = (*store)->Scan("", "", 10'000'000);
  if (!rows.ok()) {
    std::cerr << rows.status() << "\n";
    return 4;
  }
  for (const auto& row : *rows) std::cout << std::stoi(row.key) << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 2 ? argv[1] : "";
  RocksDbOptions options;
  options.min_free_bytes = 0;
  options.block_cache_bytes = 1 << 20;
  options.write_buffer_bytes = 64 << 10;  // tables are written and compacted as well
  const int keys_at = mode == "write" ? 5 : 3;
  if (argc > 2) options.path = argv[2];
  if (argc > keys_at) options.encryption.emplace().keys.file = argv[keys_at];
  if (mode == "write" && argc > 4) return Write(options, std::atoi(argv[3]), std::atoi(argv[4]));
  if (mode == "list") return List(options);
  std::cerr << "usage: store_writer write DIR FIRST COUNT [KEYS] | list DIR [KEYS]\n";
  return 2;
}
