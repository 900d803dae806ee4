#include "server/reports/report_words.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cctype>
#include <vector>

#include "matcher/normalize/civil_date.h"
#include "proto/words.h"
#include "server/base/time.h"

namespace relief::server::reports {
namespace {

Language LanguageOf(bool zh) { return zh ? Language::kChinese : Language::kEnglish; }

constexpr int64_t kUtc8Seconds = 8 * 3600, kDaySeconds = 86'400;

// "label a、b" for each part of a question that is there.
class Question {
 public:
  explicit Question(bool zh) : zh_(zh) {}

  void Add(const std::string& label_zh, const char* label_en, const std::string& text) {
    if (text.empty()) return;
    if (!text_.empty()) text_ += zh_ ? "；" : "; ";
    text_.append(zh_ ? label_zh : std::string(label_en)).append(" ").append(text);
  }
  template <typename List>
  void AddAll(const std::string& label_zh, const char* label_en, const List& list) {
    std::string joined;
    for (const auto& one : list) joined.append(joined.empty() ? "" : zh_ ? "、" : ", ").append(one);
    Add(label_zh, label_en, joined);
  }
  template <typename Enum>
  void AddWords(const std::string& label_zh, const char* label_en,
                const google::protobuf::RepeatedField<int>& values) {
    std::vector<std::string> words;
    for (const int value : values) words.push_back(Word(static_cast<Enum>(value), zh_));
    AddAll(label_zh, label_en, words);
  }
  void AddIf(bool is_so, const std::string& text) {
    if (!is_so) return;
    if (!text_.empty()) text_ += zh_ ? "；" : "; ";
    text_.append(text);
  }
  const std::string& text() const { return text_; }

 private:
  bool zh_;
  std::string text_;
};

void AddFilter(const v1::FindingFilter& filter, bool zh, Question* question) {
  question->Add(Word(v1::BY_REGION, true), "region", filter.region_prefix());
  question->AddAll(Word(v1::BY_RULE, true), "rules", filter.rule_ids());
  question->AddWords<v1::FindingKind>(Word(v1::BY_KIND, true), "kinds", filter.kinds());
  question->AddWords<v1::Finding::State>("状态", "states", filter.states());
  question->AddWords<v1::Programme>(Word(v1::BY_PROGRAMME, true), "programmes", filter.programmes());
  question->AddWords<v1::Severity>(Word(v1::BY_SEVERITY, true), "severities", filter.severities());
  question->AddWords<v1::Need>("需求", "needs", filter.needs());
  question->Add("人员编号", "person", filter.person_id());
  question->Add("首次发现自", "opened from", DateText(filter.opened_from()));
  question->Add("首次发现至", "opened to", DateText(filter.opened_to()));
  if (filter.min_amount_fen() > 0)
    question->Add("金额（元）不低于", "at least yuan", YuanText(filter.min_amount_fen()));
  const auto only = [&](v1::FindingEvent::Kind kind) {
    const std::string word = relief::Word(kind, LanguageOf(zh));
    return zh ? "仅" + word : word + " only";
  };
  question->AddIf(filter.only_overdue(), only(v1::FindingEvent::OVERDUE));
  question->AddIf(filter.only_disputed(), only(v1::FindingEvent::DISPUTED));
}

}  // namespace

std::string WordOf(const google::protobuf::EnumDescriptor* type, int value, bool zh) {
  return Capitalised(relief::WordOf(type, value, LanguageOf(zh)));
}

std::string TimeText(int64_t time_us) {
  const int64_t seconds = time_us / 1'000'000 + kUtc8Seconds;
  const auto day = matcher::CivilDate::FromDays(static_cast<int32_t>(seconds / kDaySeconds));
  char text[16];
  std::snprintf(text, sizeof text, " %02d:%02d:%02d", static_cast<int>(seconds / 3600 % 24),
                static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  return day.ToString() + text + " UTC+8";
}

std::string TimeStamp(int64_t time_us) {
  std::string time = TimeText(time_us).substr(0, 19);
  std::erase_if(time, [](char c) { return c == ':' || c == '-'; });
  std::replace(time.begin(), time.end(), ' ', '-');
  return time;
}

std::string DateText(const v1::Date& date) {
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", date.year(), date.month(), date.day());
  return date.year() == 0 ? "" : text;
}

std::string MonthText(const v1::Month& month) {
  char text[28];
  std::snprintf(text, sizeof text, "%04d-%02d", month.year(), month.month());
  return month.year() == 0 ? "" : text;
}

std::string YuanText(int64_t fen) {
  char text[40];
  const auto whole = static_cast<long long>(fen < 0 ? -fen : fen);
  std::snprintf(text, sizeof text, "%s%lld.%02lld", fen < 0 ? "-" : "", whole / 100, whole % 100);
  return text;
}

std::string GroupedYuan(int64_t fen) {
  std::string text = YuanText(fen);
  const size_t first = text.front() == '-' ? 1 : 0;
  for (size_t at = text.find('.'); at > first + 3;) text.insert(at -= 3, 1, ',');
  return text;
}

std::string QuestionText(const v1::FindingFilter& filter, bool zh) {
  Question question(zh);
  AddFilter(filter, zh, &question);
  return question.text();
}

std::string QuestionText(const v1::GetGapReportRequest& request, bool zh) {
  Question question(zh);
  AddFilter(request.filter(), zh, &question);
  if (request.region_digits() > 0)
    question.Add("区划位数", "digits of the region", std::to_string(request.region_digits()));
  question.AddWords<v1::GapDimension>("分组", "grouped by", request.group_by());
  question.Add("自", "from", MonthText(request.from_month()));
  question.Add("至", "to", MonthText(request.to_month()));
  if (request.has_as_known_at())
    question.Add("按当时所知", "as known at", TimeText(ToMicros(request.as_known_at())));
  question.AddIf(request.disclosure() == v1::DISCLOSURE_FULL,
                 relief::Word(v1::DISCLOSURE_FULL, LanguageOf(zh)));
  return question.text();
}

}  // namespace relief::server::reports
