// What the matcher's stages cost on one core: normalising, blocking, comparing, and applying a change to the
// index.
//
//   match_bench MODEL EXPORTS
//
// Prints each stage beside a floor of the same run: a copy of what the stage reads.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <unordered_map>

#include "matcher/block/blocking.h"
#include "matcher/compare/scorer.h"
#include "matcher/normalize/normalizer.h"
#include "matcher/tools/register.h"

namespace relief::matcher {
namespace {

using Clock = std::chrono::steady_clock;
volatile double sink = 0;

template <typename Work>
double SecondsOf(Work&& work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void Print(const char* stage, double count, double seconds, const char* unit) {
  std::printf("%-26s %12.0f %s/s   %8.2f us each\n", stage, count / seconds, unit, seconds / count * 1e6);
}

int Main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "match_bench MODEL EXPORTS\n");
    return 2;
  }
  const auto model = Model::Load(argv[1]);
  const auto records = ReadRegister({argv[2]});
  if (!model.ok() || !records.ok()) {
    std::fprintf(stderr, "%s\n", (model.ok() ? records.status() : model.status()).ToString().c_str());
    return 1;
  }
  std::vector<Identity> identities;
  for (const RegisterRecord& record : *records) identities.push_back(*record.change.identity);
  const auto n = static_cast<double>(identities.size());
  std::printf("%zu records, one core\n", identities.size());

  // Names as they were written, from what normalising left of them.
  std::vector<std::string> names;
  for (const Identity& identity : identities) {
    if (identity.names.empty()) continue;
    std::string name;
    for (const std::u32string& token : identity.names[0].tokens) {
      if (!name.empty()) name += "·";
      for (char32_t c : token) {  // UTF-8 of the basic plane and beyond
        if (c < 0x80) {
          name += static_cast<char>(c);
        } else if (c < 0x800) {
          name += static_cast<char>(0xC0 | c >> 6);
          name += static_cast<char>(0x80 | (c & 63));
        } else if (c < 0x10000) {
          name += static_cast<char>(0xE0 | c >> 12);
          name += static_cast<char>(0x80 | (c >> 6 & 63));
          name += static_cast<char>(0x80 | (c & 63));
        } else {
          name += static_cast<char>(0xF0 | c >> 18);
          name += static_cast<char>(0x80 | (c >> 12 & 63));
          name += static_cast<char>(0x80 | (c >> 6 & 63));
          name += static_cast<char>(0x80 | (c & 63));
        }
      }
    }
    names.push_back(std::move(name));
  }
  Print("normalise a name", static_cast<double>(names.size()), SecondsOf([&] {
          for (const std::string& name : names)
            sink = sink + static_cast<double>(NormalizeName(name).tokens.size());
        }),
        "names");
  std::unordered_map<BlockKey, std::vector<uint32_t>> blocks;
  std::vector<std::vector<BlockKey>> keys(identities.size());
  Print("blocking keys", n, SecondsOf([&] {
          for (size_t i = 0; i < identities.size(); ++i) keys[i] = BlockingKeys(identities[i]);
        }),
        "records");
  double postings = 0;
  for (uint32_t i = 0; i < identities.size(); ++i) {
    postings += static_cast<double>(keys[i].size());
    for (BlockKey key : keys[i]) blocks[key].push_back(i);
  }
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  std::vector<double> candidates;
  for (uint32_t i = 0; i < identities.size(); ++i) {
    std::vector<uint32_t> found;
    for (BlockKey key : keys[i])
      if (const auto& block = blocks[key]; block.size() <= static_cast<size_t>((*model)->block_limit()))
        found.insert(found.end(), block.begin(), block.end());
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    candidates.push_back(static_cast<double>(found.size()) - 1);
    for (uint32_t other : found)
      if (other > i) pairs.emplace_back(i, other);
  }
  std::sort(candidates.begin(), candidates.end());
  double sum = 0;
  for (double count : candidates) sum += count;
  std::printf("%-26s mean %.1f, p99 %.0f, most %.0f; %.1f blocking keys\n", "candidates of a record", sum / n,
              candidates[candidates.size() * 99 / 100], candidates.back(), postings / n);

  // Until it has taken a second, so that small districts can be told apart too.
  const auto scored = [&](auto&& one) {
    for (const auto& [a, b] : pairs) one(a, b);  // not counted: tables are made at first use
    double count = 0;
    const auto start = Clock::now();
    double seconds = 0;
    do {
      for (const auto& [a, b] : pairs) one(a, b);
      count += static_cast<double>(pairs.size());
      seconds = std::chrono::duration<double>(Clock::now() - start).count();
    } while (seconds < 1);
    return std::pair(count, seconds);
  };
  const auto [pair_count, pair_seconds] = scored([&](uint32_t a, uint32_t b) {
    sink = sink + static_cast<double>(Score(**model, identities[a], identities[b]).bits);
  });
  Print("score a candidate pair", pair_count, pair_seconds, "pairs");
  const auto [floor_count, floor_seconds] = scored([&](uint32_t a, uint32_t b) {
    const Identity &x = identities[a], &y = identities[b];
    sink = sink + static_cast<double>(x.id.text == y.id.text) + static_cast<double>(x.names == y.names);
  });
  Print("  floor: are they equal", floor_count, floor_seconds, "pairs");
  std::printf("%-26s %.1f\n", "  score / floor", pair_seconds / pair_count / (floor_seconds / floor_count));
  Print("resolve (memory store)", n, SecondsOf([&] {
          sink = sink + static_cast<double>(ResolveRegister(*records, *model)->person.size());
        }),
        "records");
  return 0;
}

}  // namespace
}  // namespace relief::matcher

int main(int argc, char** argv) { return relief::matcher::Main(argc, argv); }
