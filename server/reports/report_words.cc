#include "server/reports/report_words.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <vector>

#include "matcher/normalize/civil_date.h"

namespace relief::server::reports {
namespace {

constexpr int64_t kUtc8Seconds = 8 * 3600, kDaySeconds = 86'400;

// Names are unique over the enums that reports speak of.
const std::map<std::string_view, const char*>& ChineseWords() {
  static const std::map<std::string_view, const char*> words = {
      {"MINIMUM_LIVING", "最低生活保障"},
      {"EXTREME_POVERTY", "特困人员供养"},
      {"DISASTER", "受灾人员救助"},
      {"MEDICAL", "医疗救助"},
      {"EDUCATION", "教育救助"},
      {"HOUSING", "住房救助"},
      {"EMPLOYMENT", "就业救助"},
      {"TEMPORARY", "临时救助"},
      {"DUPLICATE", "重复救助"},
      {"OFFSET", "应补差"},
      {"STATUS", "状态不符"},
      {"IDENTITY", "身份不符"},
      {"MISSING", "遗漏救助"},
      {"SPLIT", "部分覆盖"},
      {"LOW", "低"},
      {"MEDIUM", "中"},
      {"HIGH", "高"},
      {"OPEN", "未结"},
      {"CLOSED", "已消除"},
      {"SETTLED", "已办结"},
      {"NEED_LIVING", "基本生活"},
      {"NEED_MEDICAL", "看病就医"},
      {"NEED_EDUCATION", "就学"},
      {"NEED_HOUSING", "住房"},
      {"NEED_EMPLOYMENT", "就业"},
      {"NEED_DISASTER", "受灾"},
      {"NEED_CARE", "照料护理"},
      {"NEED_EMERGENCY", "急难"},
      {"BY_RULE", "规则"},
      {"BY_KIND", "类别"},
      {"BY_PROGRAMME", "项目"},
      {"BY_REGION", "地区"},
      {"BY_SEVERITY", "严重程度"},
      {"BY_OPEN_MONTH", "首次发现月份"},
  };
  return words;
}

std::string English(std::string name) {
  if (name.starts_with("NEED_") || name.starts_with("BY_")) name.erase(0, name.find('_') + 1);
  for (size_t i = 0; i < name.size(); ++i)
    name[i] = name[i] == '_' ? ' ' : i == 0 ? name[i] : static_cast<char>(std::tolower(name[i]));
  return name;
}

// "label a、b" for each part of a question that is there.
class Question {
 public:
  explicit Question(bool zh) : zh_(zh) {}

  void Add(const char* label_zh, const char* label_en, const std::string& text) {
    if (text.empty()) return;
    if (!text_.empty()) text_ += zh_ ? "；" : "; ";
    text_.append(zh_ ? label_zh : label_en).append(" ").append(text);
  }
  template <typename List>
  void AddAll(const char* label_zh, const char* label_en, const List& list) {
    std::string joined;
    for (const auto& one : list) joined.append(joined.empty() ? "" : zh_ ? "、" : ", ").append(one);
    Add(label_zh, label_en, joined);
  }
  template <typename Enum>
  void AddWords(const char* label_zh, const char* label_en,
                const google::protobuf::RepeatedField<int>& values) {
    std::vector<std::string> words;
    for (const int value : values) words.push_back(Word(static_cast<Enum>(value), zh_));
    AddAll(label_zh, label_en, words);
  }
  void AddIf(bool is_so, const char* label_zh, const char* label_en) {
    if (!is_so) return;
    if (!text_.empty()) text_ += zh_ ? "；" : "; ";
    text_.append(zh_ ? label_zh : label_en);
  }
  const std::string& text() const { return text_; }

 private:
  bool zh_;
  std::string text_;
};

void AddFilter(const v1::FindingFilter& filter, Question* question) {
  question->Add("地区", "region", filter.region_prefix());
  question->AddAll("规则", "rules", filter.rule_ids());
  question->AddWords<v1::FindingKind>("类别", "kinds", filter.kinds());
  question->AddWords<v1::Finding::State>("状态", "states", filter.states());
  question->AddWords<v1::Programme>("项目", "programmes", filter.programmes());
  question->AddWords<v1::Severity>("严重程度", "severities", filter.severities());
  question->AddWords<v1::Need>("需求", "needs", filter.needs());
  question->Add("人员编号", "person", filter.person_id());
  question->Add("首次发现自", "opened from", DateText(filter.opened_from()));
  question->Add("首次发现至", "opened to", DateText(filter.opened_to()));
  if (filter.min_amount_fen() > 0)
    question->Add("金额（元）不低于", "at least yuan", YuanText(filter.min_amount_fen()));
  question->AddIf(filter.only_overdue(), "仅超期", "overdue only");
  question->AddIf(filter.only_disputed(), "仅有争议", "disputed only");
}

}  // namespace

std::string WordOf(const google::protobuf::EnumDescriptor* type, int value, bool zh) {
  const google::protobuf::EnumValueDescriptor* named = type->FindValueByNumber(value);
  if (value == 0 || !named) return "";
  if (zh)
    if (const auto found = ChineseWords().find(named->name()); found != ChineseWords().end())
      return found->second;
  return English(named->name());
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

int64_t MicrosOf(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1'000'000 + time.nanos() / 1000;
}

std::string QuestionText(const v1::FindingFilter& filter, bool zh) {
  Question question(zh);
  AddFilter(filter, &question);
  return question.text();
}

std::string QuestionText(const v1::GetGapReportRequest& request, bool zh) {
  Question question(zh);
  AddFilter(request.filter(), &question);
  if (request.region_digits() > 0)
    question.Add("地区位数", "digits of the region", std::to_string(request.region_digits()));
  question.AddWords<v1::GapDimension>("分组", "grouped by", request.group_by());
  question.Add("自", "from", MonthText(request.from_month()));
  question.Add("至", "to", MonthText(request.to_month()));
  if (request.has_as_known_at())
    question.Add("按当时所知", "as known at", TimeText(MicrosOf(request.as_known_at())));
  question.AddIf(request.disclosure() == v1::DISCLOSURE_FULL, "未隐去小数目", "small figures not withheld");
  return question.text();
}

}  // namespace relief::server::reports
