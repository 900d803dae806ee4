// How strongly two names speak for one person. Private to matcher/compare.
//
// Characters are aligned: surname with surname, given name with given name. A character that is written the
// same is worth its rarity; one that sounds, looks or is meant the same is worth less; a different one speaks
// against. A dropped or a swapped character is looked for in the given name.
#pragma once

#include "matcher/model/model.h"
#include "matcher/normalize/identity.h"

namespace relief::matcher {

struct NameAgreement {
  float surname_bits = 0;
  float given_bits = 0;
  Level worst = Level::kCount;  // the weakest level of any given character; kCount: all are written the same
  Level surname = Level::kCount;  // that of the surname
  bool former = false;            // it is a former name that agrees
  bool given_hidden =
      false;  // one given name is not told at all: 张王氏, 张某, 张**. 王? is 王 and one character

  float bits() const { return surname_bits + given_bits; }
  // A given character is really different: another name, perhaps of the same family.
  bool given_differs() const { return worst == Level::kNameDifferent; }
  bool surname_differs() const { return surname == Level::kNameDifferent; }
  // The names are one person's rather than two relatives': surname and given characters are not different, and where one is
  // left out the rest is rare enough.
  bool one_person(const Model& model) const {
    if (surname_differs()) return false;
    if (worst == Level::kNameDropped) return bits() >= model.dropped_name_bits();
    return worst != Level::kNameDifferent;
  }
};

// The level of two characters of a name; kCount where they are written the same.
Level CharacterLevel(char32_t a, char32_t b);

// The best agreement over all names of the two, former names included. Both must have a name.
NameAgreement CompareNames(const Model& model, const Identity& a, const Identity& b);

}  // namespace relief::matcher
