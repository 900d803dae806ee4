// How the client writes and reads enum values, dates and money.
#pragma once

#include <google/protobuf/descriptor.h>

#include <optional>
#include <string>
#include <vector>

#include "adapters/cli/text.h"
#include "google/protobuf/timestamp.pb.h"
#include "proto/words.h"
#include "relief/v1/registry_service.pb.h"
#include "relief/v1/types.pb.h"

namespace relief::adapters {

// "MINIMUM_LIVING" -> "minimum_living".
std::string Lower(std::string name);

// A value of the contract in the language of this run. Nothing for the unspecified value.
template <typename Enum>
std::string Word(Enum value) {
  return relief::Word(value, CurrentLanguage());
}
// The same of what a field of text names: a field or a level of an explanation, the code of a fact.
std::string CodeWord(const google::protobuf::EnumDescriptor* type, const std::string& code);

// What may be given for an option: "same 同一人, different 不同的人". All values but the unspecified one, or
// those given, without the prefix that their names share.
std::string ChoicesOf(const google::protobuf::EnumDescriptor* type, std::vector<int> values = {},
                      const std::string& prefix = "");

// The enum value named, in any case, with "-" for "_"; nothing if there is none. Never the unspecified value.
std::optional<int> EnumValue(const google::protobuf::EnumDescriptor* type, std::string name);

// All values in lower case, for CLI checks and messages.
std::string ProgrammeFileName(v1::Programme programme);  // "facts" for unspecified

std::string FormatDate(const v1::Date& date);                     // "2026-07-12"; empty if absent
std::string FormatMonth(const v1::Month& month);                  // "2026-07"; empty if absent
std::string FormatYuan(int64_t fen);                              // "1234.50"; empty for 0
std::string FormatTime(const google::protobuf::Timestamp& time);  // in China Standard Time; empty if absent
// "2026-11-01" (the end of that day) or "2026-11-01 08:30", in China Standard Time; nothing if it is neither.
std::optional<google::protobuf::Timestamp> ParseTime(const std::string& text);
std::string FormatRecord(const v1::RecordName& record);  // "source/record"
std::string FormatBits(double bits);                     // "+12.3"

}  // namespace relief::adapters
