#include "adapters/cli/text.h"

#include <array>
#include <cstdlib>
#include <string_view>

namespace relief::adapters {
namespace {

struct Pair {
  const char* zh;
  const char* en;
};

constexpr Pair kTexts[] = {
#define RELIEF_TEXT(id, zh, en) {zh, en},
#include "adapters/cli/text.inc"
#undef RELIEF_TEXT
};

Language current = Language::kEnglish;

}  // namespace

Language LanguageOfEnvironment() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    return std::string_view(value).substr(0, 2) == "zh" ? Language::kChinese : Language::kEnglish;
  }
  return Language::kEnglish;
}

void UseLanguage(Language language) { current = language; }
Language CurrentLanguage() { return current; }

std::string Text(Say text) {
  const Pair& pair = kTexts[static_cast<size_t>(text)];
  return current == Language::kChinese ? pair.zh : pair.en;
}

std::string Fill(Say text, const std::vector<std::string>& values) {
  std::string filled = Text(text);
  size_t at = 0;
  for (const std::string& value : values) {
    at = filled.find("{}", at);
    if (at == std::string::npos) break;
    filled.replace(at, 2, value);
    at += value.size();
  }
  return filled;
}

}  // namespace relief::adapters
