// What values of the contract are called where people read them, from the words that stand beside them in the contract
// (relief/v1/words.proto). There is no other list of them.
//
//   Word(v1::OFFSET, Language::kChinese)                              // "应补差"
//   Word(v1::OFFSET, Language::kEnglish)                              // "to be topped up"
//   WordOfCode(v1::FieldEvidence::Level_descriptor(), "ONE_EDIT", Language::kChinese)  // "差一位"
//
// Pure; callable from any thread.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/generated_enum_reflection.h>

#include <string>
#include <string_view>
#include <type_traits>

namespace relief {

enum class Language { kChinese, kEnglish };

// Nothing for the unspecified value, unless its absence means something; the number of a value that this build does not know.
std::string WordOf(const google::protobuf::EnumDescriptor* type, int value, Language language);

template <typename Enum>
requires std::is_enum_v<Enum> std::string Word(Enum value, Language language) {
  return WordOf(google::protobuf::GetEnumDescriptor<Enum>(), static_cast<int>(value), language);
}

// Of a value that a field of text names, in capitals ("ONE_EDIT") or in lower case ("id_number"). A code that this build does
// not know is its own word.
std::string WordOfCode(const google::protobuf::EnumDescriptor* type, std::string_view code,
                       Language language);

// What the value says of `subject`, within a sentence: "姓名同音不同字", "the name sounds the same".
std::string ClauseOfCode(const google::protobuf::EnumDescriptor* type, std::string_view code,
                         std::string_view subject, Language language);

// "to be topped up" -> "To be topped up", where an English word begins a line or a cell.
std::string Capitalised(std::string word);

}  // namespace relief
