// Names: whatever stands in the field, the canonical form is well-formed text, and is its own canonical form.
#include "matcher/normalize/normalizer.h"
#include "matcher/normalize/text.h"
#include "tests/fuzz/fuzz_target.h"

using relief::matcher::DecodeUtf8;
using relief::matcher::EncodeUtf8;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<relief::matcher::Repair> repairs;
  const relief::matcher::Name name = relief::matcher::NormalizeName(text, &repairs);
  std::string joined;
  for (const std::u32string& token : name.tokens) {
    HOLDS(!token.empty());
    HOLDS(DecodeUtf8(EncodeUtf8(token)) == token);
    for (const char32_t c : token) HOLDS(!relief::matcher::IsSpace(c) && !relief::matcher::IsInvisible(c));
    joined += (joined.empty() ? "" : "\u00B7") + EncodeUtf8(token);
  }
  HOLDS(name.empty() ? name.surname_length == 0 : name.surname_length <= name.tokens[0].size());
  HOLDS(relief::matcher::NormalizeName(joined) == name);
  HOLDS(relief::matcher::NormalizeName(text) == name);
  for (size_t i = 1; i < repairs.size(); ++i) HOLDS(repairs[i - 1] < repairs[i]);
  return 0;
}
