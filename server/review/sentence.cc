#include "server/review/sentence.h"

#include <absl/strings/str_format.h>
#include <absl/strings/str_replace.h>

#include <algorithm>
#include <string>
#include <vector>

#include "proto/words.h"

namespace relief::server::review {
namespace {

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

std::string Clause(const v1::FieldEvidence& evidence, bool zh) {
  const Language language = zh ? Language::kChinese : Language::kEnglish;
  std::string text =
      ClauseOfCode(v1::FieldEvidence::Level_descriptor(), evidence.level(),
                   WordOfCode(v1::FieldEvidence::Field_descriptor(), evidence.field(), language), language);
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
    vetoes += vetoes.empty() ? "" : (zh ? "，" : ", ");
    vetoes += WordOfCode(v1::MatchExplanation::Veto_descriptor(), veto,
                         zh ? Language::kChinese : Language::kEnglish);
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
