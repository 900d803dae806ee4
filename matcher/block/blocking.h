// Blocking keys: two records are compared only if they share one. The kinds of keys, which found 99.99 % of the true pairs
// in a simulated register of a million people:
//
//   id number (17 digits)                    name (reading) and birth year
//   birth date and sequence of the number    surname (reading) and birth date
//   number of another document               given name (reading), month and day of birth
//   phone                                    name (reading) and county
//   household
//
// A block with more records than the model's limit is oversized (a stop block): it says nothing and is not searched.
//
// Pure; callable from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "matcher/normalize/identity.h"

namespace relief::matcher {

// 128 bits that belong to one store: without them nobody can tell from a block key whose number or name it is
// of, by trying all there are.
using BlockSecret = std::array<uint8_t, 16>;

// SipHash-2-4 (Aumasson and Bernstein, 2012) of the key's kind and content, under the secret. Equal content
// gives an equal key on every machine and in every version: keys are on disk.
using BlockKey = uint64_t;

// Sorted, each once. A polyphone gives a key for each reading (at most 8 combinations for one name).
std::vector<BlockKey> BlockingKeys(const Identity& identity, const BlockSecret& secret = {});

// The key that all records of one household share.
BlockKey HouseholdBlock(const std::string& household, const BlockSecret& secret = {});
// The key that all records with this phone share. Requires: the phone is in canonical form.
BlockKey PhoneBlock(const std::string& phone, const BlockSecret& secret = {});

}  // namespace relief::matcher
