// Goes through a corpus with any compiler: each file as it is, and then variants of it, drawn from a fixed
// seed, so that a run says the same on every machine.
//
//   TARGET_fuzz [--variants N] FILE_OR_FOLDER...
//
// A property that does not hold ends the process; the input that broke it is then in the file named last.
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "tests/fuzz/fuzz_target.h"

// A target's own way to change an input, where it has one; it calls LLVMFuzzerMutate for the change itself.
extern "C" __attribute__((weak)) size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t most,
                                                                unsigned seed);

namespace {

using Bytes = std::vector<uint8_t>;

constexpr size_t kMostBytes = 1 << 16;

Bytes current;
std::vector<Bytes> corpus;
std::mt19937 chance(20261125);

// Async-signal-safe: write(2) and nothing else.
void TellInput(int signal) {
  static const char head[] = "the input was, in hexadecimal: ";
  static const char digits[] = "0123456789abcdef";
  (void)!write(STDERR_FILENO, head, sizeof head - 1);
  for (const uint8_t byte : current) {
    const char pair[] = {digits[byte >> 4], digits[byte & 15]};
    (void)!write(STDERR_FILENO, pair, sizeof pair);
  }
  (void)!write(STDERR_FILENO, "\n", 1);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void Run(Bytes input) {
  current = std::move(input);
  LLVMFuzzerTestOneInput(current.data(), current.size());
}

// One to four small changes: a byte, a cut, a repeated part, a part of another file.
void Change(Bytes& bytes) {
  const auto below = [](size_t limit) { return limit == 0 ? 0 : chance() % limit; };
  const Bytes& other = corpus[below(corpus.size())];
  for (size_t changes = 1 + below(4); changes > 0; --changes) {
    const size_t at = below(bytes.size() + 1);
    const size_t length = below(std::min<size_t>(bytes.size() - at, 16) + 1);
    switch (below(5)) {
      case 0:
        if (at < bytes.size()) bytes[at] = static_cast<uint8_t>(chance());
        break;
      case 1:
        if (at < bytes.size()) bytes[at] ^= static_cast<uint8_t>(1 << below(8));
        break;
      case 2:
        bytes.erase(bytes.begin() + at, bytes.begin() + at + length);
        break;
      case 3: {
        const Bytes part(bytes.begin() + at, bytes.begin() + at + length);
        bytes.insert(bytes.begin() + at, part.begin(), part.end());
        break;
      }
      default: {
        const size_t from = below(other.size()), taken = below(std::min<size_t>(other.size() - from, 64) + 1);
        bytes.insert(bytes.begin() + at, other.begin() + from, other.begin() + from + taken);
      }
    }
  }
}

Bytes Variant(Bytes bytes) {
  if (LLVMFuzzerCustomMutator == nullptr) {
    Change(bytes);
    return bytes;
  }
  size_t size = bytes.size();
  bytes.resize(kMostBytes);
  size = LLVMFuzzerCustomMutator(bytes.data(), size, bytes.size(), static_cast<unsigned>(chance()));
  bytes.resize(size);
  return bytes;
}

}  // namespace

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t most) {
  Bytes bytes(data, data + size);
  Change(bytes);
  bytes.resize(std::min(bytes.size(), most));
  std::copy(bytes.begin(), bytes.end(), data);
  return bytes.size();
}

int main(int argc, char** argv) {
  size_t variants = 0;
  std::vector<std::filesystem::path> paths;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--variants") == 0 && i + 1 < argc) {
      variants = std::strtoul(argv[++i], nullptr, 10);
    } else if (std::filesystem::is_directory(argv[i])) {
      for (const auto& entry : std::filesystem::directory_iterator(argv[i])) paths.push_back(entry.path());
    } else {
      paths.emplace_back(argv[i]);
    }
  }
  std::sort(paths.begin(), paths.end());
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::fprintf(stderr, "cannot read %s\n", path.c_str()), 2;
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  if (corpus.empty()) return std::fprintf(stderr, "no inputs\n"), 2;
  std::signal(SIGABRT, TellInput);
  std::signal(SIGSEGV, TellInput);
  size_t executions = 1;
  Run({});
  for (size_t i = 0; i < corpus.size(); ++i) {
    std::fprintf(stderr, "%s\n", paths[i].filename().c_str());
    Run(corpus[i]);
    for (size_t n = 0; n < variants; ++n) Run(Variant(corpus[i]));
    executions += 1 + variants;
  }
  std::printf("%zu files, %zu executions\n", corpus.size(), executions);
}
