// Whole identities. Lines of an input: kind of document and sex (two letters), number, name, former name,
// phones, address, region, birth date, household; then the same of a second person. Invariants of
// normalising, storing, blocking and comparing.
#include <algorithm>
#include <cmath>

#include "matcher/block/blocking.h"
#include "matcher/compare/scorer.h"
#include "matcher/normalize/normalizer.h"
#include "matcher/normalize/text.h"
#include "tests/fuzz/fuzz_target.h"

using namespace relief::matcher;

namespace {

const Model& ShippedModel() {
  static const std::shared_ptr<const Model> model = Model::Load(RELIEF_MODEL_FILE).value();
  return *model;
}

RawIdentity ReadRaw(relief::fuzz::Input& input) {
  RawIdentity raw;
  raw.document = static_cast<DocumentKind>(input.Choice(7));
  raw.sex = static_cast<Sex>(input.Choice(3));
  input.Line();
  raw.id_number = input.Line();
  raw.name = input.Line();
  raw.former_names = {input.Line()};
  raw.phones = {input.Line()};
  raw.address = input.Line();
  raw.region_code = input.Line();
  raw.birth_date = ParseDate(input.Line());
  raw.household = input.Line();
  return raw;
}

// What was normalised says the same when it is normalised again.
void CheckParts(const Identity& identity) {
  for (const std::string& phone : identity.phones) {
    HOLDS(phone.size() >= 7 && phone.size() <= 16);
    HOLDS(std::all_of(phone.begin(), phone.end(), [](char c) { return c >= '0' && c <= '9'; }));
    HOLDS(NormalizePhone(phone) == phone);
  }
  RawIdentity again;
  again.address = EncodeUtf8(identity.address);
  again.region_code = identity.region;
  HOLDS(DecodeUtf8(again.address) == identity.address);
  const Identity repeated = Normalize(again);
  HOLDS(repeated.address == identity.address);
  HOLDS(repeated.region == identity.region);
  HOLDS(identity.region.empty() || identity.region.size() == 6);
  HOLDS(!identity.birth_date || identity.birth_date->valid());
}

void CheckStored(const Identity& identity) {
  const std::string bytes = EncodeIdentity(identity);
  const auto decoded = DecodeIdentity(bytes);
  HOLDS(decoded && *decoded == identity);
  HOLDS(!DecodeIdentity(std::string_view(bytes).substr(0, bytes.size() - 1)));
  HOLDS(!DecodeIdentity(bytes + '\0'));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  relief::fuzz::Input input(data, size);
  const RawIdentity first = ReadRaw(input), second = ReadRaw(input);
  const Identity a = Normalize(first), b = Normalize(second);
  HOLDS(Normalize(first) == a);
  for (const Identity* identity : {&a, &b}) {
    CheckParts(*identity);
    CheckStored(*identity);
    const auto keys = BlockingKeys(*identity);
    for (size_t i = 1; i < keys.size(); ++i) HOLDS(keys[i - 1] < keys[i]);
  }
  const PairScore forward = Score(ShippedModel(), a, b), backward = Score(ShippedModel(), b, a);
  HOLDS(std::isfinite(forward.bits) && forward.bits == backward.bits && forward.vetoes == backward.vetoes);
  const PairScore same = Score(ShippedModel(), a, a);
  HOLDS((same.vetoes & (kTwoTrustedIds | kSharedId)) == 0);
  return 0;
}
