// Every text that the client says, in Chinese and English. Values of the contract have their words there (proto/words.h).
//
// The language is chosen once, before the command line is built. Texts with "{}" are filled in by Fill.
#pragma once

#include <string>
#include <vector>

#include "proto/words.h"

namespace relief::adapters {

// zh for a LANG, LC_ALL or LC_MESSAGES that begins with "zh", else English.
Language LanguageOfEnvironment();
void UseLanguage(Language language);
Language CurrentLanguage();

enum class Say {
#define RELIEF_TEXT(id, zh, en) id,
#include "adapters/cli/text.inc"
#undef RELIEF_TEXT
};

std::string Text(Say text);

// The text with its "{}" replaced in turn.
std::string Fill(Say text, const std::vector<std::string>& values);

}  // namespace relief::adapters
