// Blocking keys: two records are compared only if they share one. The eight keys of the H8 set, measured to
// find 99.99 % of true pairs in a simulated register of a million people: id number; birth date + sequence of
// the id; pinyin of the name + birth year; pinyin of the surname + birth date; pinyin of the given name +
// month and day; phone; household; pinyin of the name + county.
//
// Pure; callable from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "matcher/normalize/identity.h"

namespace relief::matcher {

// A 64-bit hash of the key's kind and content. Equal content gives an equal key on every machine and in every
// version: keys are on disk.
using BlockKey = uint64_t;

// Sorted, each once. A polyphone gives a key for each reading (at most 8 combinations for one name).
std::vector<BlockKey> BlockingKeys(const Identity& identity);

// The key that all records of one household share.
BlockKey HouseholdBlock(const std::string& household);

}  // namespace relief::matcher
