// How strongly two identities speak for one person, in bits: Fellegi and Sunter's log2(m/u), summed over
// comparison levels that the model file defines, under the family rule, the shared-ID rule and the vetoes.
//
// Pure, symmetric (Score(a, b) == Score(b, a) to the last bit) and callable from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "matcher/model/model.h"
#include "matcher/normalize/identity.h"

namespace relief::matcher {

// Reasons why a pair may not be linked by the machine, whatever its bits. Bit flags.
enum Veto : uint32_t {
  kNoVeto = 0,
  kTwoTrustedIds = 1 << 0,  // two valid, own, different numbers
  kSharedId = 1 << 1,       // one number, but name and birth date or sex contradict: another person's number
  kNoNameEvidence =
      1 << 2,  // nothing but a number agrees, and the names contradict: changed name or another's number?
  kBirthContradicts = 1 << 3,  // the birth dates are two, and no number says otherwise
  kNamesDiffer = 1 << 4,       // the names are two, and no number says otherwise: relatives?
  kNameAlone = 1 << 5,  // no number, birth date, phone or household agrees: nothing but name, sex and place
  kNameIncomplete =
      1 << 6,  // a given character is left out or the given name hidden, and no number says otherwise
};

// Vetoes that an officer is asked about only where there is more evidence than elsewhere.
inline constexpr uint32_t kDoubts = kBirthContradicts | kNamesDiffer | kNameAlone | kNameIncomplete;

// One field's share, for explanations.
struct FieldEvidence {
  std::string_view field;  // static text: "name", "id_number", "birth_date", "sex", "phone", "household",
                           // "address", "region"
  std::string_view level;  // static text, e.g. "EXACT", "SAME_READING"
  float bits = 0;
};

struct PairScore {
  float bits = 0;
  uint32_t vetoes = kNoVeto;
};

// Rounded to 1/64 bit, so that sums do not depend on the order of addition. `evidence` (may be null) gets
// every field that was compared, in a fixed order. A phone of many says nothing: whether it is one, only the
// register knows.
PairScore Score(const Model& model, const Identity& a, const Identity& b,
                std::vector<FieldEvidence>* evidence = nullptr, bool phone_of_many = false);

// "TWO_TRUSTED_IDS", ... for each flag that is set.
std::vector<std::string_view> VetoNames(uint32_t vetoes);

}  // namespace relief::matcher
