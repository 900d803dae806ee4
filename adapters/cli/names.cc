#include "adapters/cli/names.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace relief::adapters {

std::string Lower(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name;
}

std::string CodeWord(const google::protobuf::EnumDescriptor* type, const std::string& code) {
  return WordOfCode(type, code, CurrentLanguage());
}

std::string ChoicesOf(const google::protobuf::EnumDescriptor* type, std::vector<int> values,
                      const std::string& prefix) {
  if (values.empty())
    for (int i = 0; i < type->value_count(); ++i)
      if (type->value(i)->number() != 0) values.push_back(type->value(i)->number());
  std::string choices;
  for (const int value : values) {
    choices +=
        (choices.empty() ? "" : ", ") + Lower(type->FindValueByNumber(value)->name().substr(prefix.size()));
    // In English the name says it.
    if (CurrentLanguage() == Language::kChinese) choices += " " + WordOf(type, value, CurrentLanguage());
  }
  return choices;
}

std::optional<int> EnumValue(const google::protobuf::EnumDescriptor* type, std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return c == '-' ? '_' : std::toupper(c); });
  const auto* value = type->FindValueByName(name);
  if (value == nullptr || value->number() == 0) return std::nullopt;
  return value->number();
}

std::string ProgrammeFileName(v1::Programme programme) {
  return programme == v1::PROGRAMME_UNSPECIFIED ? "facts" : Lower(v1::Programme_Name(programme));
}

std::string FormatDate(const v1::Date& date) {
  if (date.year() == 0) return "";
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", date.year(), date.month(), date.day());
  return text;
}

std::string FormatMonth(const v1::Month& month) {
  if (month.year() == 0) return "";
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02d", month.year(), month.month());
  return text;
}

std::string FormatYuan(int64_t fen) {
  if (fen == 0) return "";
  const auto magnitude = static_cast<uint64_t>(fen < 0 ? -fen : fen);
  char text[40];
  std::snprintf(text, sizeof text, "%s%llu.%02llu", fen < 0 ? "-" : "",
                static_cast<unsigned long long>(magnitude / 100),
                static_cast<unsigned long long>(magnitude % 100));
  return text;
}

std::string FormatTime(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0) return "";
  const std::time_t china = time.seconds() + 8 * 3600;
  std::tm parts{};
  gmtime_r(&china, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
  return text;
}

std::optional<google::protobuf::Timestamp> ParseTime(const std::string& text) {
  int year = 0, month = 0, day = 0, hour = 23, minute = 59, end = 0;
  const char* rest = text.c_str();
  if (std::sscanf(rest, "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3) return std::nullopt;
  rest += end;
  int second = 59;  // of a whole day: its last second
  if (*rest != '\0') {
    end = 0;
    second = 0;
    if (std::sscanf(rest, " %2d:%2d%n", &hour, &minute, &end) != 2 || rest[end] != '\0') return std::nullopt;
  }
  const std::chrono::year_month_day date(std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59) return std::nullopt;
  google::protobuf::Timestamp time;
  time.set_seconds(int64_t{std::chrono::sys_days(date).time_since_epoch().count()} * 86400 + hour * 3600 +
                   minute * 60 + second - 8 * 3600);
  return time;
}

std::string FormatRecord(const v1::RecordName& record) {
  return record.source_id() + "/" + record.record_id();
}

std::string FormatBits(double bits) {
  char text[32];
  std::snprintf(text, sizeof text, "%+.1f", bits);
  return text;
}

}  // namespace relief::adapters
