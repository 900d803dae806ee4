// Which programme a table is of, by what stands above and in it; and what tells its awards apart.
//
// Pure functions; callable from any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/intake/words_of_columns.h"
#include "relief/v1/record.pb.h"

namespace relief::adapters {

struct ProgrammeGuess {
  v1::Programme programme = v1::PROGRAMME_UNSPECIFIED;
  bool facts = false;
  v1::FactType fact = v1::FACT_TYPE_UNSPECIFIED;  // where the whole table is of one
};

// Nothing where nothing speaks for any, or two are even. `titles`: the nearest to the table first.
std::optional<ProgrammeGuess> GuessProgramme(const std::vector<std::string>& titles,
                                             const std::vector<std::string>& header,
                                             const std::vector<std::string>& cells,
                                             const WordsOfColumns& words);

// "minimum_living", 低保, "FACTS", "DEATH". Nothing if it is none.
std::optional<ProgrammeGuess> ProgrammeNamed(const std::string& name);

// The name of an enum's value for an allowance's heading, e.g. 护理补贴.
std::optional<std::string> FactTypeOf(const std::string& heading, const WordsOfColumns& words);

std::string ProgrammeSourceName(v1::Programme programme);  // "minimum_living"
std::string FactsName(v1::FactType type);                  // "facts"

// Of a record without an id: the targets that, besides the person, tell one award of the programme from another.
std::vector<const char*> IdFrom(v1::Programme programme);

}  // namespace relief::adapters
