// adapters/intake/vocabulary.textproto, compiled in, so that the client is one file.
#pragma once

#include <string>

namespace relief::adapters {

std::string BuiltInVocabulary();

}  // namespace relief::adapters
