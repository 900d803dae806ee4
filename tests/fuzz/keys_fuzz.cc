// Key rings and the headers of encrypted files. An input is a key ring; behind a line "====", a header. No
// text of a key ring is repeated in an error; only a header that was sealed opens.
#include "storage/encryption/file_header.h"
#include "storage/encryption/key_ring.h"
#include "tests/fuzz/fuzz_target.h"

using namespace relief::storage;

namespace {

const KeyRing& KnownRing() {
  static const auto ring = KeyRing::Parse(
                               "a 0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20\n"
                               "b f102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20\n",
                               "known")
                               .value();
  return *ring;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  relief::fuzz::Input input(data, size);
  const std::string_view text = input.Until("====\n");
  const auto ring = KeyRing::Parse(text, "input");
  if (ring.ok()) {
    HOLDS(!(*ring)->newest().id.empty() && (*ring)->Find((*ring)->newest().id) == &(*ring)->newest());
  } else {
    const std::string message(ring.status().message());
    HOLDS(absl::IsInvalidArgument(ring.status()) && message.substr(0, 6) == "input:");
    HOLDS(message.size() < 80);  // a place and a sentence of ours, whatever stood there
  }
  // Nobody who lacks the key can write a header that opens.
  std::string header(input.rest());
  if (header.size() < kHeaderSize && header.size() > 100) header.resize(kHeaderSize, '\0');
  HOLDS(!OpenHeader(header, KnownRing()).ok());
  return 0;
}
