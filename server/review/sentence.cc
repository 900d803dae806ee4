#include "server/review/sentence.h"

#include <absl/strings/str_format.h>
#include <absl/strings/str_replace.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace relief::server::review {
namespace {

struct Phrase {
  std::string_view word, zh, en;
};

constexpr Phrase kFields[] = {
    {"name", "姓名", "name"},
    {"id_number", "证件号码", "ID number"},
    {"birth_date", "出生日期", "birth date"},
    {"sex", "性别", "sex"},
    {"phone", "电话", "phone number"},
    {"household", "家庭编号", "household"},
    {"address", "住址", "address"},
    {"region", "区划", "region"},
};

// {} is the field.
constexpr Phrase kLevels[] = {
    {"EXACT", "{}一致", "the {} is the same"},
    {"SAME_READING", "{}同音不同字", "the {} sounds the same"},
    {"VARIANT", "{}为异体或繁体", "the {} is a variant form"},
    {"LOOK_ALIKE", "{}字形相近", "the {} looks alike"},
    {"FUZZY_READING", "{}读音相近", "the {} sounds alike"},
    {"WILDCARD", "{}有字无法辨认", "the {} has a character that cannot be read"},
    {"DIFFERENT", "{}不同", "the {} is different"},
    {"SWAPPED", "{}两字颠倒", "the {} has two characters exchanged"},
    {"DROPPED", "{}少一字", "the {} has a character left out"},
    {"FORMER_NAME", "与曾用名一致", "a former name is the same"},
    {"CHANGED_NAME", "号码相同而姓名已改", "the name was changed"},
    {"TOKEN_EQUAL", "{}部分一致", "a part of the {} is the same"},
    {"TOKEN_MISSING", "{}少一部分", "the {} lacks a part"},
    {"LATIN_CLOSE", "{}拼写相近", "the {} is spelled alike"},
    {"EXACT_INVALID", "{}一致但校验位不符", "the {} is the same, but its check digit is wrong"},
    {"ONE_EDIT", "{}差一位", "the {} differs in one digit"},
    {"ONE_EDIT_SEQUENCE", "{}顺序码差一位", "the {} differs in one digit of the sequence"},
    {"INVALID_DIFFERENT", "{}不同且有一个校验位不符", "the {} is different, and one is not valid"},
    {"SHARED", "{}相同而人不同", "the {} is another person's"},
    {"OTHER_DOCUMENT", "其他证件一致", "another document is the same"},
    {"CONFIRMS_ID", "{}与证件号码相符", "the {} confirms the number"},
    {"FIRST_OF_JANUARY", "{}有一处记为一月一日", "the {} is the first of January in one of them"},
    {"YEAR_OFF", "{}年份差一两年", "the {} is a year or two off"},
    {"MONTH_DAY_SWAPPED", "{}月日颠倒", "the {} has month and day exchanged"},
    {"ONE_DIGIT", "{}差一位", "the {} differs in one digit"},
    {"LUNAR", "{}疑为农历", "the {} may be lunar in one of them"},
    {"SAME_MONTH", "{}同年同月", "the {} is of the same month"},
    {"SAME_YEAR", "{}同年", "the {} is of the same year"},
    {"SAME", "{}相同", "the {} is the same"},
    {"MOST_PARTS", "{}大部分一致", "most of the {} is the same"},
    {"SAME_TOWN", "{}在同一乡镇", "the {} is in the same town"},
    {"SAME_COUNTY", "同县", "the county is the same"},
    {"SAME_PREFECTURE", "同市不同县", "the prefecture is the same"},
    {"SHARED_BY_RELATIVES", "{}亲属可共用，不计", "the {} may be shared by relatives and does not count"},
};

constexpr Phrase kVetoes[] = {
    {"TWO_TRUSTED_IDS", "两个有效号码不同", "two valid numbers differ"},
    {"SHARED_ID", "一个号码，其他信息却指向两个人", "one number, but all else says two people"},
    {"NO_NAME_EVIDENCE", "仅号码一致而姓名不符", "only the number agrees, and the names do not"},
};

struct Template {
  v1::MatchExplanation::Outcome outcome;
  const char *zh, *en;
};

// Every outcome of the contract; sentence_test looks that none is forgotten.
constexpr Template kOutcomes[] = {
    {v1::MatchExplanation::SAME_PERSON,
     "认定为同一人：{for}{against}，合计 {total} 位，达到认定线 {link} 位。",
     "Taken for one person: {for}{against}; {total} bits in all, at or above the threshold of {link}."},
    {v1::MatchExplanation::SAME_THROUGH_OTHERS,
     "认定为同一人，但由其他记录相连；就这两条记录而言，{for}{against}，合计 {total} 位。",
     "One person, held together by other records; of these two alone, {for}{against}; {total} bits in all."},
    {v1::MatchExplanation::SAME_BY_OFFICER,
     "经办人认定为同一人；就数据而言，{for}{against}，合计 {total} 位。",
     "An officer decided that they are one person; by the data, {for}{against}; {total} bits in all."},
    {v1::MatchExplanation::DIFFERENT_BY_OFFICER,
     "经办人认定为不同的人；就数据而言，{for}{against}，合计 {total} 位。",
     "An officer decided that they are two people; by the data, {for}{against}; {total} bits in all."},
    {v1::MatchExplanation::NOT_COMPARED,
     "未作比对：两条记录没有共同的检索键；若作比对，{for}{against}，合计 {total} 位。",
     "They were not compared, since they share no blocking key; if they were, {for}{against}; {total} bits "
     "in all."},
    {v1::MatchExplanation::TOO_WEAK,
     "未认定为同一人：{for}{against}，合计 {total} 位，低于复核线 {review} 位。",
     "Not taken for one person: {for}{against}; {total} bits in all, below the threshold for review of "
     "{review}."},
    {v1::MatchExplanation::IN_REVIEW, "待人工复核：{for}{against}，合计 {total} 位{veto}。",
     "An officer is asked: {for}{against}; {total} bits in all{veto}."},
    {v1::MatchExplanation::VETOED, "规则不允许自动认定{veto}：{for}{against}，合计 {total} 位。",
     "A rule forbids to link them{veto}: {for}{against}; {total} bits in all."},
    {v1::MatchExplanation::AMBIGUOUS,
     "未认定：其中一条记录与两个人的符合程度相近，不自动归入任何一方；{for}{against}，合计 {total} 位。",
     "Not linked: one of them fits two persons about equally well and joins neither; {for}{against}; {total} "
     "bits in all."},
    {v1::MatchExplanation::KEPT_APART,
     "未认定：两条记录各自所属的人相互矛盾；就这两条记录而言，{for}{against}，合计 {total} 位。",
     "Not linked, since their persons contradict one another; of these two alone, {for}{against}; {total} "
     "bits in all."},
    {v1::MatchExplanation::OUTCOME_UNSPECIFIED,
     "{for}{against}，合计 {total} 位{veto}；认定线 {link} 位，复核线 {review} 位。",
     "{For}{against}; {total} bits in all{veto}; linked from {link}, reviewed from {review}."},
};

const Phrase& Find(const Phrase* begin, const Phrase* end, std::string_view word, const Phrase& otherwise) {
  const Phrase* found = std::find_if(begin, end, [&](const Phrase& phrase) { return phrase.word == word; });
  return found == end ? otherwise : *found;
}

std::string Clause(const v1::FieldEvidence& evidence, bool zh) {
  const Phrase unknown_field{evidence.field(), evidence.field(), evidence.field()};
  const Phrase& field = Find(std::begin(kFields), std::end(kFields), evidence.field(), unknown_field);
  const Phrase unknown_level{evidence.level(), "{}", "{}"};
  const Phrase& level = Find(std::begin(kLevels), std::end(kLevels), evidence.level(), unknown_level);
  std::string text = absl::StrReplaceAll(std::string(zh ? level.zh : level.en),
                                         {{"{}", std::string(zh ? field.zh : field.en)}});
  if (evidence.one_in() >= 2) {
    const std::string number = absl::StrFormat("%.0f", evidence.one_in());
    text += zh ? "（约每 " + number + " 人有一人同名）" : " (one person in about " + number + " bears it)";
  }
  return text;
}

std::string Joined(const std::vector<const v1::FieldEvidence*>& evidence, bool zh) {
  std::string text;
  for (size_t i = 0; i < evidence.size(); ++i) {
    if (i > 0) text += zh ? "，" : i + 1 == evidence.size() ? " and " : ", ";
    text += Clause(*evidence[i], zh) + absl::StrFormat(zh ? "（%+.1f）" : " (%+.1f)", evidence[i]->bits());
  }
  return text;
}

std::string Sentence(const v1::MatchExplanation& explanation, bool zh) {
  constexpr size_t kNamed = 3;  // of each side: a sentence, not a table
  std::vector<const v1::FieldEvidence*> speak_for, against;
  for (const v1::FieldEvidence& evidence : explanation.fields())
    (evidence.bits() > 0 ? speak_for : against).push_back(&evidence);
  std::erase_if(against, [](const v1::FieldEvidence* evidence) { return evidence->bits() > -0.5; });
  const auto stronger = [](const v1::FieldEvidence* l, const v1::FieldEvidence* r) {
    return std::abs(l->bits()) > std::abs(r->bits());
  };
  std::stable_sort(speak_for.begin(), speak_for.end(), stronger);
  std::stable_sort(against.begin(), against.end(), stronger);
  speak_for.resize(std::min(kNamed, speak_for.size()));
  against.resize(std::min(kNamed, against.size()));
  std::string first = speak_for.empty() ? (zh ? "没有相符之处" : "nothing agrees") : Joined(speak_for, zh);
  std::string second;
  if (!against.empty()) second = (zh ? "；但" : "; but ") + Joined(against, zh);
  std::string vetoes;
  for (const std::string& veto : explanation.vetoes()) {
    const Phrase unknown{veto, veto, veto};
    const Phrase& phrase = Find(std::begin(kVetoes), std::end(kVetoes), veto, unknown);
    vetoes += vetoes.empty() ? "" : (zh ? "，" : ", ");
    vetoes += zh ? phrase.zh : phrase.en;
  }
  if (!vetoes.empty()) vetoes = zh ? "（" + vetoes + "）" : " (" + vetoes + ")";
  std::string capital = first;
  if (capital[0] >= 'a' && capital[0] <= 'z') capital[0] = static_cast<char>(capital[0] - 'a' + 'A');
  const Template* found = std::find_if(std::begin(kOutcomes), std::end(kOutcomes), [&](const Template& one) {
    return one.outcome == explanation.outcome();
  });
  if (found == std::end(kOutcomes)) return "";
  return absl::StrReplaceAll(std::string(zh ? found->zh : found->en),
                             {{"{for}", first},
                              {"{For}", capital},
                              {"{against}", second},
                              {"{veto}", vetoes},
                              {"{total}", absl::StrFormat("%.1f", explanation.total_bits())},
                              {"{link}", absl::StrFormat("%.1f", explanation.link_threshold_bits())},
                              {"{review}", absl::StrFormat("%.1f", explanation.review_threshold_bits())}});
}

}  // namespace

void AddSentences(v1::MatchExplanation* explanation) {
  explanation->set_sentence_zh(Sentence(*explanation, true));
  explanation->set_sentence_en(Sentence(*explanation, false));
}

}  // namespace relief::server::review
