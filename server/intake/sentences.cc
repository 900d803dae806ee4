#include "server/intake/sentences.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "adapters/cli/text.h"

namespace relief::server::intake {
namespace {

using adapters::Repair;

const std::string* ChineseOf(const std::string& english) {
  static const auto& sentences = *new std::unordered_map<std::string, std::string>{
#define RELIEF_SENTENCE(en, zh) {en, zh},
#include "adapters/cli/sentences.inc"
#undef RELIEF_SENTENCE
  };
  const auto found = sentences.find(english);
  return found == sentences.end() ? nullptr : &found->second;
}

// In Chinese between Chinese words, as an official writes.
std::string FullWidth(std::string text) {
  for (size_t at = 0; (at = text.find(", ", at)) != std::string::npos; at += 3) text.replace(at, 2, "，");
  for (size_t at = 0; (at = text.find("; ", at)) != std::string::npos; at += 3) text.replace(at, 2, "；");
  return text;
}

struct Both {
  const char *zh, *en;
};
#define RELIEF_TEXT(id, zh, en) constexpr Both id = {zh, en};
#include "adapters/cli/text.inc"
#undef RELIEF_TEXT

}  // namespace

v1::UploadSentence Sentence(const std::string& zh, const std::string& en) {
  v1::UploadSentence sentence;
  sentence.set_text_zh(zh);
  sentence.set_text_en(en);
  return sentence;
}

// "column 月保障金: not a month like 2026-07": the column stands before what is wrong with it.
v1::UploadSentence Sentence(const std::string& english) {
  constexpr std::string_view kColumn = "column ";
  if (const std::string* chinese = ChineseOf(english)) return Sentence(FullWidth(*chinese), english);
  const size_t colon = english.find(": ");
  if (english.starts_with(kColumn) && colon != std::string::npos)
    return Sentence("“" + english.substr(kColumn.size(), colon - kColumn.size()) + "”列：" +
                        Sentence(english.substr(colon + 2)).text_zh(),
                    english);
  return Sentence(english, english);
}

v1::UploadSentence UseSentence(const std::string& use, const std::string& heading) {
  if (use.rfind("unused", 0) == 0) return Sentence("不使用", "not used");
  std::string english = use.substr(use.rfind('.') == std::string::npos ? 0 : use.rfind('.') + 1);
  std::replace(english.begin(), english.end(), '_', ' ');
  if (english.size() > 4 && english.compare(english.size() - 4, 4, " fen") == 0)
    english.resize(english.size() - 4);
  const std::string* chinese = ChineseOf(use);
  const std::string& fallback = heading.empty() ? use : heading;
  return Sentence(chinese == nullptr ? fallback : *chinese, english);
}

v1::UploadSentence FormatSentence(adapters::FileFormat format) {
  const std::string english(adapters::FormatName(format));
  switch (format) {
    case adapters::FileFormat::kText:
      return Sentence("文本表格", english);
    case adapters::FileFormat::kXlsx:
      return Sentence("Excel 工作簿（.xlsx）", english);
    case adapters::FileFormat::kOds:
      return Sentence("开放文档表格（.ods）", english);
    case adapters::FileFormat::kXls:
      return Sentence("Excel 97-2003 工作簿（.xls）", english);
    case adapters::FileFormat::kExcel2003Xml:
      return Sentence("Excel 2003 XML 表格", english);
    case adapters::FileFormat::kHtml:
      return Sentence("网页表格", english);
  }
  return Sentence(english, english);
}

v1::UploadSentence RepairSentence(Repair repair) {
  const auto both = [](const Both& text) { return Sentence(FullWidth(text.zh), text.en); };
  switch (repair) {
    case Repair::kSerialDay:
      return both(kRepairSerial);
    case Repair::kLostZero:
      return both(kRepairZero);
    case Repair::kNumerals:
      return both(kRepairNumerals);
    case Repair::kShortYear:
      return both(kRepairYear);
    case Repair::kWords:
      return both(kRepairWords);
    case Repair::kOpenEnd:
      return both(kRepairOpenEnd);
    case Repair::kUnit:
      return both(kRepairUnit);
    case Repair::kAroundNumber:
      return both(kRepairAround);
    case Repair::kCertificate:
      return both(kRepairCertificate);
    case Repair::kMasked:
      return both(kRepairMasked);
    case Repair::kDestroyedNumber:
      return both(kRepairDestroyed);
    case Repair::kDestroyedAccount:
      return both(kRepairAccount);
    case Repair::kNoSuchPhone:
      return both(kRepairPhone);
    case Repair::kLeftOut:
      return both(kRepairLeftOut);
    case Repair::kNothing:
      return both(kRepairNothing);
    case Repair::kNone:
      return {};
  }
  return {};
}

}  // namespace relief::server::intake
