#include "proto/words.h"

#include <algorithm>
#include <cctype>

#include "relief/v1/words.pb.h"

namespace relief {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;

const v1::Words& WordsOf(const EnumValueDescriptor& value) { return value.options().GetExtension(v1::words); }

const std::string& In(Language language, const std::string& zh, const std::string& en) {
  return language == Language::kChinese ? zh : en;
}

const EnumValueDescriptor* Find(const EnumDescriptor* type, std::string_view code) {
  std::string name(code);
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
  return type->FindValueByName(name);
}

}  // namespace

std::string WordOf(const EnumDescriptor* type, int value, Language language) {
  const EnumValueDescriptor* found = type->FindValueByNumber(value);
  if (found == nullptr) return std::to_string(value);
  const v1::Words& words = WordsOf(*found);
  return In(language, words.zh(), words.en());
}

std::string WordOfCode(const EnumDescriptor* type, std::string_view code, Language language) {
  const EnumValueDescriptor* found = Find(type, code);
  return found == nullptr ? std::string(code) : WordOf(type, found->number(), language);
}

std::string ClauseOfCode(const EnumDescriptor* type, std::string_view code, std::string_view subject,
                         Language language) {
  const EnumValueDescriptor* found = Find(type, code);
  if (found == nullptr) return std::string(subject);
  const v1::Words& words = WordsOf(*found);
  std::string clause = In(language, words.clause_zh(), words.clause_en());
  if (clause.empty()) clause = In(language, "{}", "the {} ") + In(language, words.zh(), words.en());
  if (const size_t at = clause.find("{}"); at != std::string::npos) clause.replace(at, 2, subject);
  return clause;
}

std::string Capitalised(std::string word) {
  if (!word.empty()) word[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(word[0])));
  return word;
}

}  // namespace relief
