// What the fuzz targets share. A target defines LLVMFuzzerTestOneInput and states properties; an input that
// breaks one ends the process with the property's text.
//
// Two drivers call targets: libFuzzer (tests/fuzz/run, with clang), and replay.cc, which goes through the
// corpus with any compiler.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

// Stays on in every build.
#define HOLDS(property)                                                                  \
  do {                                                                                   \
    if (!(property)) {                                                                   \
      std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #property); \
      std::abort();                                                                      \
    }                                                                                    \
  } while (false)

namespace relief::fuzz {

// One input, taken from the front. Corpora stay readable: what selects a case is a line of text or a letter.
class Input {
 public:
  Input(const uint8_t* data, size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  std::string_view rest() const { return rest_; }

  // 0 at the end.
  uint8_t Byte() {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }

  // One of `count` cases: '0' or 'a' is the first, '1' or 'b' the second, 'k' the eleventh.
  size_t Choice(size_t count) {
    const uint8_t byte = Byte();
    const int case_number = byte >= 'a' ? byte - 'a' : byte >= '0' ? byte - '0' : byte;
    return static_cast<size_t>(case_number) % count;
  }

  // Up to a mark, which is dropped; all that is left where there is none.
  std::string_view Until(std::string_view mark) {
    const size_t end = rest_.find(mark);
    const std::string_view part = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + mark.size());
    return part;
  }
  std::string Line() { return std::string(Until("\n")); }

 private:
  std::string_view rest_;
};

}  // namespace relief::fuzz
