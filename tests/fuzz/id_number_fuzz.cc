// Document numbers: the first letter is the kind of document ('0' a resident id), the rest the number as it
// was written.
#include <algorithm>

#include "matcher/normalize/normalizer.h"
#include "matcher/normalize/text.h"
#include "tests/fuzz/fuzz_target.h"

using relief::matcher::DocumentKind;
using relief::matcher::IdNumber;
using relief::matcher::NormalizeIdNumber;

namespace {

// The same in full-width characters, as forms print it.
std::string Widened(std::string_view text) {
  std::u32string wide = relief::matcher::DecodeUtf8(text);
  for (char32_t& c : wide)
    if (c > U' ' && c < 0x7F) c += 0xFEE0;
  return relief::matcher::EncodeUtf8(wide);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  relief::fuzz::Input input(data, size);
  const auto kind = static_cast<DocumentKind>(input.Choice(7));
  const IdNumber id = NormalizeIdNumber(kind, input.rest());
  HOLDS(id.kind == kind);
  HOLDS(relief::matcher::EncodeUtf8(relief::matcher::DecodeUtf8(id.text)) == id.text);
  HOLDS(!id.valid || !id.empty());
  HOLDS(!id.birth_date || id.birth_date->valid());

  IdNumber again = NormalizeIdNumber(kind, id.text);
  again.from_15_digits = id.from_15_digits;  // the longer form no longer tells
  HOLDS(again == id);
  HOLDS(NormalizeIdNumber(kind, Widened(input.rest())) == id);

  if (kind == DocumentKind::kResidentId && id.valid) {
    HOLDS(id.text.size() == 18);
    HOLDS(std::all_of(id.text.begin(), id.text.end() - 1, [](char c) { return c >= '0' && c <= '9'; }));
    HOLDS(id.text[17] == relief::matcher::ResidentIdCheckDigit(id.text));
    HOLDS(id.birth_date && id.sex != relief::matcher::Sex::kUnknown);
    // One wrong digit in front of the check character is always found.
    for (size_t at = 0; at < 17; ++at) {
      std::string wrong = id.text;
      wrong[at] = wrong[at] == '9' ? '0' : static_cast<char>(wrong[at] + 1);
      HOLDS(!NormalizeIdNumber(kind, wrong).valid);
    }
  }
  return 0;
}
