#include "server/findings/finding_text.h"

#include <algorithm>
#include <cstdio>
#include <set>
#include <vector>

#include "proto/words.h"
#include "server/base/region_names.h"
#include "server/coverage/timeline.h"
#include "server/records/identity_mapping.h"

namespace relief::server::findings {
namespace {

constexpr size_t kCountyDigits = 6;

// Where the record was paid, or else where its person lives.
const std::string& RegionOf(const v1::Record& record) {
  return record.benefit().paying_region().empty() ? record.person().region_code()
                                                  : record.benefit().paying_region();
}

// Whose office reports such facts; unspecified for registers outside of assistance (police, courts).
v1::Programme OfficeOf(v1::FactType fact) {
  switch (fact) {
    case v1::LOW_INCOME_MARGIN:
    case v1::RIGID_EXPENDITURE:
    case v1::ORPHAN_ALLOWANCE:
    case v1::UNATTENDED_CHILD_ALLOWANCE:
    case v1::DISABILITY_LIVING_SUBSIDY:
    case v1::DISABILITY_NURSING_SUBSIDY:
    case v1::FUNERAL_WAIVER:
      return v1::MINIMUM_LIVING;
    case v1::REGISTERED_UNEMPLOYMENT:
    case v1::UNEMPLOYMENT_INSURANCE:
    case v1::INJURY_NURSING_ALLOWANCE:
    case v1::JOB_REFUSAL:
      return v1::EMPLOYMENT;
    case v1::SCHOOL_ENROLMENT:
      return v1::EDUCATION;
    default:
      return v1::PROGRAMME_UNSPECIFIED;
  }
}

// A gap is for those who should help. All else is for the offices whose records bear it out, and of those that
// the rule names besides for whoever reports one of its facts; where no record is of an office, for all that
// the rule names.
void NotifyTheOfficesOfTheEvidence(const std::vector<const v1::Record*>& evidence, v1::Finding* finding) {
  if (finding->kind() == v1::MISSING || finding->kind() == v1::SPLIT || finding->kind() == v1::WARNING)
    return;
  std::set<int> benefits, facts;
  for (const v1::Record* record : evidence) {
    if (record->has_benefit()) benefits.insert(record->benefit().programme());
    if (record->has_fact()) facts.insert(OfficeOf(record->fact().type()));
  }
  if (benefits.empty()) return;
  std::vector<int> notified;
  for (int programme : finding->notify()) {
    if (benefits.contains(programme) || facts.contains(programme)) notified.push_back(programme);
    benefits.erase(programme);
  }
  notified.insert(notified.end(), benefits.begin(), benefits.end());
  finding->clear_notify();
  for (int programme : notified) finding->add_notify(static_cast<v1::Programme>(programme));
}

v1::Date DateOf(const v1::Record& record) {
  if (record.has_fact()) return record.fact().date();
  if (record.has_lead()) return record.lead().found_date();
  if (record.has_gift()) return record.gift().give_date();
  const v1::Benefit& benefit = record.benefit();
  if (benefit.has_pay_date() || !benefit.has_start_month()) return benefit.pay_date();
  return records::ToProto(
      matcher::CivilDate::FromDays(coverage::MonthIndex::Of(benefit.start_month()).FirstDay()));
}

std::string Yuan(int64_t fen) {
  char text[40];
  const bool negative = fen < 0;
  const uint64_t positive = negative ? uint64_t{0} - static_cast<uint64_t>(fen) : static_cast<uint64_t>(fen);
  std::snprintf(text, sizeof text, "%s%llu.%02u", negative ? "-" : "",
                static_cast<unsigned long long>(positive / 100), static_cast<unsigned>(positive % 100));
  return text;
}

std::string DayText(const v1::Date& date, Language language) {
  const matcher::CivilDate day = coverage::CivilDateOf(date);
  const int32_t weekday = ((day.days() + 3) % 7 + 7) % 7;  // 0 = Monday
  char text[64];
  if (language == Language::kChinese) {
    static const char* const kDays[] = {"一", "二", "三", "四", "五", "六", "日"};
    std::snprintf(text, sizeof text, "%d年%d月%d日（星期%s）", day.year, day.month, day.day, kDays[weekday]);
  } else {
    static const char* const kDays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday"};
    std::snprintf(text, sizeof text, "%s %04d-%02d-%02d", kDays[weekday], day.year, day.month, day.day);
  }
  return text;
}

std::string MonthText(const v1::Month& month, Language language) {
  char text[32];
  std::snprintf(text, sizeof text, language == Language::kChinese ? "%d年%d月" : "%04d-%02d", month.year(),
                month.month());
  return text;
}

// What is to be done where the rule itself does not say it.
struct Usual {
  v1::FindingKind kind;
  const char *zh, *en;
};
constexpr Usual kUsual[] = {
    {v1::DUPLICATE, "核对各项救助，停发不应享受的一项，并依法处理多发金额",
     "compare the awards, stop the one that is not due, and settle what was overpaid"},
    {v1::OFFSET, "核对后改为补差或按规定抵减，不停发",
     "compare, and top up or offset instead of paying in full; stop nothing"},
    {v1::STATUS, "核实该情况，按规定停发、减发或调整，并依法处理多发金额",
     "verify the fact, stop or adjust the award, and settle what was overpaid"},
    {v1::IDENTITY, "核对本人证件，更正登记有误的一方",
     "look at the person's document, and correct the record that is wrong"},
    {v1::MISSING, "核实情况，符合条件的主动办理，不符合的登记原因",
     "verify, grant what is due without waiting to be asked, and write down why not where it is not"},
    {v1::SPLIT, "核实共同生活的家庭成员，应当纳入的一并纳入",
     "verify who lives together, and take in whoever is left out"},
    {v1::WARNING, "入户走访，符合条件的及时纳入救助",
     "visit the household, and help where the conditions are met"},
};

std::string Action(const v1::Finding& finding, const coverage::RuleSet& rules, matcher::CivilDate as_of,
                   Language language) {
  const auto [zh, en] = rules.ActionOf(finding.rule_id(), as_of);
  const bool chinese = language == Language::kChinese;
  if (const std::string& own = chinese ? zh : en; !own.empty()) return own;
  for (const Usual& usual : kUsual)
    if (usual.kind == finding.kind()) return chinese ? usual.zh : usual.en;
  return chinese ? "核实情况并依法处理" : "verify, and act as the law says";
}

std::string PeriodText(const std::string& period, Language language) {
  if (language == Language::kEnglish || period.size() <= 4)
    return language == Language::kEnglish ? period : period + "年度";
  return period.substr(0, 4) + "年" + period.substr(4) + "季学期";
}

std::string Offices(const v1::Finding& finding, Language language) {
  const bool chinese = language == Language::kChinese;
  std::string text;
  for (const std::string& region : finding.regions()) {
    const std::string name = RegionName(region.substr(0, kCountyDigits));
    if (text.find(name) != std::string::npos) continue;
    text += (text.empty() ? "" : chinese ? "、" : ", ") + name;
  }
  std::string programmes;
  for (int programme : finding.notify())
    programmes += (programmes.empty() ? ""
                   : chinese          ? "、"
                                      : " and ") +
                  Word(static_cast<v1::Programme>(programme), language);
  if (chinese) return text + programmes + "主管部门";
  return "The offices for " + programmes + (text.empty() ? "" : " (" + text + ")");
}

std::string Sentence(const std::string& invoice, const coverage::RuleSet& rules, matcher::CivilDate as_of,
                     const v1::Finding& finding, Language language) {
  const bool chinese = language == Language::kChinese;
  std::string about;
  const auto add = [&](const std::string& text) {
    about += (about.empty() ? "" : chinese ? "，" : ", ") + text;
  };
  if (!finding.period().empty()) add(PeriodText(finding.period(), language));
  if (!invoice.empty()) add((chinese ? "票据" : "invoice ") + invoice);
  if (const int months = finding.overlap_months_size(); months > 0) {
    const std::string first = MonthText(finding.overlap_months(0), language),
                      last = MonthText(finding.overlap_months(months - 1), language);
    add(first + (months == 1 ? "" : (chinese ? "至" : " to ") + last) +
        (chinese ? "共" + std::to_string(months) + "个月" : ", " + std::to_string(months) + " months"));
  }
  if (finding.amount_fen() != 0) {
    const std::string yuan = Yuan(finding.amount_fen());
    if (chinese) {
      add((finding.amount_is_estimate() ? "估计应享" : "涉及金额") + yuan + "元");
    } else {
      add((finding.amount_is_estimate() ? "estimated " : "") + ("CNY " + yuan));
    }
  }
  const std::string action = Action(finding, rules, as_of, language);
  const std::string due = finding.has_due_date() ? DayText(finding.due_date(), language) : "";
  if (chinese)
    return "请" + Offices(finding, language) + (due.empty() ? "" : "于" + due + "前") + action +
           (about.empty() ? "" : "（" + about + "）") + "。";
  return Offices(finding, language) + " are asked" + (due.empty() ? "" : ", by " + due + ",") + " to " +
         action + (about.empty() ? "" : " (" + about + ")") + ".";
}

}  // namespace

v1::Evidence EvidenceOf(const std::string& source_id, const v1::Record& record) {
  v1::Evidence evidence;
  evidence.mutable_record()->set_source_id(source_id);
  evidence.mutable_record()->set_record_id(record.record_id());
  evidence.set_region(RegionOf(record));
  const v1::Date date = DateOf(record);
  if (date.year() != 0) *evidence.mutable_date() = date;
  if (record.has_benefit()) {
    evidence.set_kind(v1::Evidence::BENEFIT);
    evidence.set_programme(record.benefit().programme());
    evidence.set_form(record.benefit().form());
    evidence.set_office(record.benefit().programme());
    evidence.set_amount_fen(record.benefit().amount_fen());
  } else if (record.has_fact()) {
    evidence.set_kind(v1::Evidence::FACT);
    evidence.set_fact(record.fact().type());
    evidence.set_office(OfficeOf(record.fact().type()));
    evidence.set_amount_fen(record.fact().amount_fen());
  } else if (record.has_lead()) {
    evidence.set_kind(v1::Evidence::LEAD);
  } else if (record.has_gift()) {
    evidence.set_kind(v1::Evidence::GIFT);
    evidence.set_amount_fen(record.gift().amount_fen());
  }
  return evidence;
}

void DescribeFinding(const Judgement& judgement, const JudgedPerson& person,
                     const coverage::FindingDraft& draft, const coverage::RuleSet& rules,
                     matcher::CivilDate opened, v1::Finding* finding) {
  finding->set_finding_id(draft.finding_id);
  finding->set_rule_id(draft.rule_id);
  finding->clear_notify();
  rules.Describe(draft.rule_id, opened, finding, draft.region);
  if (draft.severity != v1::SEVERITY_UNSPECIFIED) finding->set_severity(draft.severity);
  finding->set_period(draft.period);
  finding->set_person_id(person.person.ToString());
  finding->set_amount_fen(draft.amount_fen);
  finding->set_amount_is_estimate(draft.amount_is_estimate);
  finding->clear_evidence();
  finding->clear_regions();
  finding->clear_overlap_months();
  finding->clear_household_person_ids();
  const bool of_household =
      std::any_of(person.household_drafts.begin(), person.household_drafts.end(),
                  [&](const coverage::FindingDraft& other) { return other.finding_id == draft.finding_id; });
  if (of_household)
    for (const matcher::PersonId& member : person.household)
      finding->add_household_person_ids(member.ToString());
  for (const v1::Month& month : draft.overlap_months) *finding->add_overlap_months() = month;
  std::set<std::string> regions;
  std::vector<const v1::Record*> records;
  for (const matcher::RecordKey& key : draft.evidence) {
    const stored::Record& record = judgement.records.at(key);
    records.push_back(&record.record());
    *finding->add_evidence() = EvidenceOf(record.source_id(), record.record());
    if (!RegionOf(record.record()).empty()) regions.insert(RegionOf(record.record()));
  }
  for (const std::string& region : regions) finding->add_regions(region);
  NotifyTheOfficesOfTheEvidence(records, finding);
}

void MoveToWorkingDay(const core::Features& features, v1::Finding* finding) {
  const DueDays& days = features.Get<DueDays>();
  const auto due = records::ToCivilDate(finding->due_date());
  if (days.working_day_from && due)
    *finding->mutable_due_date() = records::ToProto(days.working_day_from(*due));
}

void SayWhatToDo(const std::string& invoice, const coverage::RuleSet& rules, matcher::CivilDate as_of,
                 v1::Finding* finding) {
  finding->set_action_zh(Sentence(invoice, rules, as_of, *finding, Language::kChinese));
  finding->set_action_en(Sentence(invoice, rules, as_of, *finding, Language::kEnglish));
}

void SayWhatToDo(const Judgement& judgement, const coverage::FindingDraft& draft,
                 const coverage::RuleSet& rules, matcher::CivilDate as_of, v1::Finding* finding) {
  std::set<std::string> invoices;
  for (const matcher::RecordKey& key : draft.evidence)
    if (const std::string& invoice = judgement.records.at(key).record().benefit().invoice_number();
        !invoice.empty())
      invoices.insert(invoice);
  SayWhatToDo(invoices.size() == 1 ? *invoices.begin() : "", rules, as_of, finding);
}

}  // namespace relief::server::findings
