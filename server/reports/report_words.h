// The wording of files and documents: the contract's codes as words, times, months and money, in Chinese or
// English.
//
// Pure; callable from any thread.
#pragma once

#include <google/protobuf/generated_enum_reflection.h>

#include <string>
#include <string_view>

#include "google/protobuf/timestamp.pb.h"
#include "relief/v1/finding_service.pb.h"
#include "relief/v1/report_service.pb.h"

namespace relief::server::reports {

inline bool IsChinese(v1::ExportLanguage language) { return language != v1::EXPORT_ENGLISH; }

// The contract's own word, as it begins a cell: "最低生活保障" or "Minimum living". Nothing for the
// unspecified value.
std::string WordOf(const google::protobuf::EnumDescriptor* type, int value, bool zh);
template <typename Enum>
std::string Word(Enum value, bool zh) {
  return WordOf(google::protobuf::GetEnumDescriptor<Enum>(), static_cast<int>(value), zh);
}

std::string TimeText(int64_t time_us);          // "2026-03-03 06:00:00 UTC+8"
std::string TimeStamp(int64_t time_us);         // "20260303-060000", for names of files
std::string DateText(const v1::Date& date);     // "2026-03-03"; nothing if absent
std::string MonthText(const v1::Month& month);  // "2026-03"; nothing if absent
std::string YuanText(int64_t fen);              // "-1234.50"
std::string GroupedYuan(int64_t fen);           // "1,234.50", for documents

// The question that a file answers, for its later readers: "区划 37；类别 重复救助、遗漏救助". Nothing if all was
// asked for.
std::string QuestionText(const v1::FindingFilter& filter, bool zh);
std::string QuestionText(const v1::GetGapReportRequest& request, bool zh);

}  // namespace relief::server::reports
