// Rows and keys on disk: what decodes is what was encoded, byte for byte; everything else decodes to nothing.
// The first letter of an input names the kind of row.
#include "matcher/normalize/normalizer.h"
#include "matcher/record_key.h"
#include "matcher/resolve/index_rows.h"
#include "server/core/schema.h"
#include "server/referrals/referral_keys.h"
#include "tests/fuzz/fuzz_target.h"

using namespace relief::matcher;
namespace keys = relief::server::referrals::referral_keys;
namespace schema = relief::server::schema;

namespace {

void CheckConflict(std::string_view bytes) {
  constexpr size_t kKeySize = 2 + 2 * RecordKey::kSize;
  const std::string_view key = bytes.substr(0, kKeySize);
  const auto conflict = DecodeConflict(key, bytes.substr(key.size()));
  if (!conflict) return;
  HOLDS(ConflictRowKey(conflict->a, conflict->b) == key);
  HOLDS(EncodeConflict(*conflict) == bytes.substr(key.size()));
}

void CheckRecordKey(std::string_view text) {
  const auto key = RecordKey::Parse(text);
  const auto person = PersonId::Parse("P-" + std::string(text));
  HOLDS(key.has_value() == person.has_value());
  if (!key) return;
  HOLDS(key->ToString().size() == text.size());
  HOLDS(RecordKey::Parse(key->ToString()) == key);
  HOLDS(person->anchor == *key && PersonId::Parse(person->ToString()) == person);
  HOLDS(RecordKey::FromBytes(key->view().data()) == *key);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  relief::fuzz::Input input(data, size);
  const size_t kind = input.Choice(12);
  const std::string_view bytes = input.rest();
  switch (kind) {
    case 0:
      if (const auto identity = DecodeIdentity(bytes)) HOLDS(EncodeIdentity(*identity) == bytes);
      break;
    case 1:
      if (const auto node = DecodeIdentityRow(bytes)) HOLDS(EncodeIdentityRow(*node) == bytes);
      break;
    case 2:
      if (const auto block = DecodeBlockRow(bytes)) HOLDS(EncodeBlockRow(*block) == bytes);
      break;
    case 3:
      if (const auto links = DecodeLinkRow(bytes)) HOLDS(EncodeLinkRow(*links) == bytes);
      break;
    case 4:
      if (const auto constraints = DecodeConstraints(bytes)) HOLDS(EncodeConstraints(*constraints) == bytes);
      break;
    case 5:
      if (const auto records = DecodeRecords(bytes)) HOLDS(EncodeRecords(*records) == bytes);
      break;
    case 6:
      CheckConflict(bytes);
      break;
    case 7:
      CheckRecordKey(bytes);
      break;
    case 8:
      if (const auto row = schema::DecodeSourceRecord(bytes))
        HOLDS(schema::EncodeSourceRecord(*row) == bytes);
      break;
    case 9:
      if (const auto rank = keys::DecodeRank(bytes)) HOLDS(keys::EncodeRank(*rank) == bytes);
      break;
    case 10:
      if (const auto timer = keys::DecodeTimer(bytes))
        HOLDS(keys::TimerRow(timer->due_day, timer->referral_id) == bytes);
      break;
    default:
      if (const auto timer = schema::DecodeTimer(bytes))
        HOLDS(schema::TimerRow(timer->day, timer->person) == bytes);
  }
  return 0;
}
