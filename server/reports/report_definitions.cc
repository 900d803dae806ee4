#include "server/reports/report_definitions.h"

#include "server/reports/report_words.h"
#include "server/reports/suppression.h"

namespace relief::server::reports {

v1::ReportDefinitions ReportDefinitionList() {
  static const struct {
    const char *figure, *title_zh, *title_en, *text_zh, *text_en;
    v1::FindingEvent::Kind event = v1::FindingEvent::KIND_UNSPECIFIED;  // whose word comes before the title
  } kAll[] = {
      {"total.findings", "未结问题线索数", "Open findings",
       "目前未结的问题线索。涉及两个区划的，在各区划分别计数，合计只计一次。",
       "Findings that are open now. One of two regions counts in each, and once in their sum."},
      {"total.persons", "涉及人数", "Persons",
       "未结问题线索涉及的人员，每人只计一次；家庭类问题线索计全体家庭成员。",
       "Whom the open findings concern, each once; of a household, all members."},
      {"total.amount_fen", "涉及金额", "Amount in question", "数据中载明的涉及金额，不含估算。",
       "As the data say, without estimates."},
      {"total.estimated_fen", "估算金额", "Estimate", "遗漏救助按规则标准估算的金额。",
       "What gaps would be worth by the rules' own figures."},
      {"total.overdue", "数", "", "已过应办结日期、尚无任何部门作出最终答复的未结问题线索。",
       "Open past the due date without a final answer of any agency.", v1::FindingEvent::OVERDUE},
      {"total.disputed", "数", "", "一个部门认为属实而另一部门不认同的未结问题线索。",
       "Open; one agency confirmed and another did not.", v1::FindingEvent::DISPUTED},
      {"total.movement.opened", "", "", "期间内首次发现的问题线索。", "First opened in the period.",
       v1::FindingEvent::OPENED},
      {"total.movement.reopened", "", "", "期间内消除或办结后再次出现的问题线索，按次计。",
       "Opened again in the period, each time counted.", v1::FindingEvent::REOPENED},
      {"total.movement.closed", "", "", "期间内数据不再支持的问题线索。", "No longer borne out by the data.",
       v1::FindingEvent::CLOSED},
      {"total.movement.settled", "", "", "期间内各部门一致认为无需处理的问题线索。",
       "The agencies agree that nothing is to be done.", v1::FindingEvent::SETTLED},
      {"total.movement.open_at_end", "期末未结", "Open at the end",
       "期末最后一个月结束时未结的问题线索；当月为目前。",
       "Open when the last month of the period ended, or now."},
      {"ageing", "未结时长", "Ageing", "未结问题线索自首次发现之日起的天数。",
       "Days since open findings first opened."},
      {"response", "答复用时", "Response times",
       "期间内首次发现的问题线索，自发现至首次答复、最终答复的天数。",
       "Of findings first opened in the period: days from opening to the first word, and to the first final "
       "answer."},
      {"outcomes.false_alarm_rate", "误报率", "False-alarm rate",
       "答复为“属实但合规”的占已有最终答复的比例。", "NOT_A_PROBLEM among those with a final answer."},
      {"coverage.rate", "覆盖率", "Coverage",
       "该项救助的应享人员中，数据能够判定的，已享的比例。规则停用、没有数据来源的不计比例。",
       "Of those whom the rule concerns and of whom the data can tell, how many are helped. There is no rate "
       "where the rule is off or nothing is fed in."},
      {"coverage.undecidable", "待核", "Cannot be told",
       "该项救助的应享人员中，因没有来源、来源未覆盖本县、逾期未报送等，数据不能判定是否已享的人数；不计入覆"
       "盖率。",
       "Whom the rule concerns and of whom the data cannot tell, because no source tells of it, covers the "
       "county or has delivered in time. Not in the rate."},
      {"feeds", "数据完整性", "Completeness",
       "各来源最近一次报送时间；超过其报送周期（未声明的为31天）四天以上未报送的标为迟报。",
       "When each source last reported; more than four days later than it comes (31 days if nothing is "
       "declared) is late."},
  };
  v1::ReportDefinitions definitions;
  for (const auto& one : kAll) {
    auto& definition = *definitions.add_definitions();
    definition.set_figure(one.figure);
    definition.set_title_zh(Word(one.event, true) + one.title_zh);
    definition.set_title_en(Word(one.event, false) + one.title_en);
    definition.set_text_zh(one.text_zh);
    definition.set_text_en(one.text_en);
  }
  definitions.set_smallest_shown(kSmallestShown);
  return definitions;
}

}  // namespace relief::server::reports
