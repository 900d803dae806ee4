#include "adapters/cli/show.h"

#include <algorithm>
#include <cmath>

#include "adapters/cli/names.h"
#include "adapters/cli/text.h"
#include "relief/v1/feed_service.pb.h"

namespace relief::adapters {
namespace {

std::string Joined(const std::string& separator, const auto& items, const auto& text_of) {
  std::string joined;
  for (const auto& item : items) joined += (joined.empty() ? "" : separator) + text_of(item);
  return joined;
}

// One character per bit, at most 20: enough to see what decided.
std::string Bar(double bits) {
  const int length = std::min(20, static_cast<int>(std::lround(std::abs(bits))));
  return std::string(length, bits < 0 ? '-' : '+');
}

void AddRecord(const v1::PersonRecord& record, Table* table) {
  if (record.has_fact()) {
    const v1::Fact& fact = record.fact();
    table->Add({FormatRecord(record.name()), Word(fact.type()), FactValue(fact), FormatDate(fact.date()), "",
                record.person().region_code(), record.person().name(), record.person().id_number()});
    return;
  }
  if (record.has_lead() || record.has_gift()) {
    const bool lead = record.has_lead();
    table->Add({FormatRecord(record.name()), Word(lead ? v1::Source::LEADS : v1::Source::GIFTS),
                Word(lead ? record.lead().need() : record.gift().need()),
                FormatDate(lead ? record.lead().found_date() : record.gift().give_date()),
                FormatYuan(record.gift().amount_fen()), record.person().region_code(), record.person().name(),
                record.person().id_number()});
    return;
  }
  const v1::Benefit& benefit = record.benefit();
  table->Add({FormatRecord(record.name()), ProgrammeTitle(benefit.programme()), Word(benefit.form()),
              PeriodOf(benefit), FormatYuan(benefit.amount_fen()), benefit.paying_region(),
              record.person().name(), record.person().id_number()});
}

}  // namespace

std::string ProgrammeTitle(v1::Programme programme) {
  return programme == v1::PROGRAMME_UNSPECIFIED ? Word(v1::Source::FACTS) : Word(programme);
}

std::string FactValue(const v1::Fact& fact) {
  switch (fact.type()) {
    case v1::REFUSED:
    case v1::APPLICATION:
    case v1::INELIGIBLE:
      return CodeWord(v1::Programme_descriptor(), fact.value());
    default:
      return CodeWord(v1::Fact::Code_descriptor(), fact.value());
  }
}

std::string TitleOf(const v1::Finding& finding) {
  return CurrentLanguage() == Language::kChinese ? finding.title_zh() : finding.title_en();
}

std::string PeriodOf(const v1::Benefit& benefit) {
  if (benefit.has_start_month()) {
    return FormatMonth(benefit.start_month()) + ".." +
           (benefit.has_end_month() ? FormatMonth(benefit.end_month()) : Text(Say::kRunning));
  }
  if (benefit.has_pay_date()) return FormatDate(benefit.pay_date());
  return FormatDate(benefit.event_date());
}

// An amount that the rule estimates is marked as one.
static std::string AmountOf(const v1::Finding& finding) {
  return (finding.amount_is_estimate() ? "≈" : "") + FormatYuan(finding.amount_fen());
}

Table FindingTable() {
  return Table({{Text(Say::kFindingColumn)},
                {Text(Say::kRule)},
                {Text(Say::kTitle)},
                {Text(Say::kKind)},
                {Text(Say::kSeverity)},
                {Text(Say::kState)},
                {Text(Say::kPersonColumn)},
                {Text(Say::kRegion)},
                {Text(Say::kAmount), true},
                {Text(Say::kDue)}});
}

void AddFinding(const v1::Finding& finding, Table* table) {
  table->Add({finding.finding_id(), finding.rule_id(), TitleOf(finding), Word(finding.kind()),
              Word(finding.severity()), Word(finding.state()), finding.person_id(),
              Joined(" ", finding.regions(), [](const std::string& region) { return region; }),
              AmountOf(finding), FormatDate(finding.due_date())});
}

std::string WhyOf(const v1::Entitlement& entitlement) {
  std::string why = Word(entitlement.reason());
  if (entitlement.lacking() != v1::PROGRAMME_UNSPECIFIED)
    why = Fill(Say::kLackOf, {why, ProgrammeTitle(entitlement.lacking())});
  if (entitlement.lacking_fact() != v1::FACT_TYPE_UNSPECIFIED)
    why = Fill(Say::kLackOf, {why, Word(entitlement.lacking_fact())});
  if (entitlement.has_since()) why = Fill(Say::kSinceDay, {why, FormatDate(entitlement.since())});
  return why;
}

Table EntitlementTable() {
  return Table({{Text(Say::kRule)},
                {Text(Say::kTitle)},
                {Text(Say::kStateColumn)},
                {Text(Say::kWhy)},
                {Text(Say::kPeriodColumn)},
                {Text(Say::kFindingColumn)}});
}

void AddEntitlement(const v1::Entitlement& one, Table* table) {
  table->Add({one.rule_id(), CurrentLanguage() == Language::kChinese ? one.title_zh() : one.title_en(),
              Word(one.state()), WhyOf(one), one.period(), one.finding_id()});
}

void ShowFinding(const v1::Finding& finding, std::ostream& out) {
  Table head = FindingTable();
  AddFinding(finding, &head);
  head.Print(out);
  const bool chinese = CurrentLanguage() == Language::kChinese;
  if (!finding.action_zh().empty())
    out << '\n' << Text(Say::kToDo) << ": " << (chinese ? finding.action_zh() : finding.action_en()) << '\n';
  if (finding.closing_cause() != v1::Finding::CLOSING_CAUSE_UNSPECIFIED)
    out << Text(Say::kCause) << ": " << Word(finding.closing_cause()) << '\n';
  out << '\n' << Text(Say::kBasis) << ": " << finding.legal_basis();
  if (!finding.basis_confirmed()) out << ' ' << Text(Say::kUnconfirmed);
  out << '\n';
  if (!finding.overlap_months().empty()) {
    out << Text(Say::kMonths) << ": " << Joined(" ", finding.overlap_months(), FormatMonth) << '\n';
  }
  if (!finding.notify().empty()) {
    out << Text(Say::kNotify) << ": " << Joined(", ", finding.notify(), [](int programme) {
      return ProgrammeTitle(static_cast<v1::Programme>(programme));
    }) << '\n';
  }
  Table evidence({{Text(Say::kRecord)},
                  {Text(Say::kRegion)},
                  {Text(Say::kOffice)},
                  {Text(Say::kWhat)},
                  {Text(Say::kDay)},
                  {Text(Say::kAmount), true}});
  for (const auto& item : finding.evidence()) {
    const std::string office =
        item.office() == v1::PROGRAMME_UNSPECIFIED ? Text(Say::kOtherOffice) : ProgrammeTitle(item.office());
    const std::string what = item.kind() == v1::Evidence::FACT             ? Word(item.fact())
                             : item.form() != v1::BENEFIT_FORM_UNSPECIFIED ? Word(item.form())
                             : item.kind() == v1::Evidence::BENEFIT        ? ProgrammeTitle(item.programme())
                                                                           : Word(item.kind());
    evidence.Add({FormatRecord(item.record()), item.region(), office, what, FormatDate(item.date()),
                  item.amount_fen() == 0 ? "" : FormatYuan(item.amount_fen())});
  }
  out << '\n';
  evidence.Print(out);
  if (finding.dispositions().empty()) return;
  out << '\n' << Text(Say::kDispositions) << ":\n";
  for (const auto& disposition : finding.dispositions()) {
    out << "  " << FormatTime(disposition.time()) << ' ' << disposition.agency() << ' '
        << Word(disposition.outcome()) << ' ' << disposition.note() << '\n';
  }
}

void ShowPerson(const v1::Person& person, std::ostream& out) {
  out << person.person_id() << '\n';
  Table records({{Text(Say::kRecord)},
                 {Text(Say::kProgramme)},
                 {Text(Say::kForm)},
                 {Text(Say::kPeriod)},
                 {Text(Say::kAmount), true},
                 {Text(Say::kRegion)},
                 {Text(Say::kName)},
                 {Text(Say::kIdNumber)}});
  for (const auto& record : person.records()) AddRecord(record, &records);
  if (!records.empty()) records.Print(out);
  if (!person.findings().empty()) {
    out << '\n' << Text(Say::kOpenFindings) << ":\n";
    Table findings = FindingTable();
    for (const auto& finding : person.findings()) AddFinding(finding, &findings);
    findings.Print(out);
  }
  if (!person.conflict_ids().empty()) {
    out << '\n'
        << Fill(Say::kOpenConflicts,
                {Joined(" ", person.conflict_ids(), [](const std::string& id) { return id; })})
        << '\n';
  }
}

void ShowExplanation(const v1::MatchExplanation& explanation, std::ostream& out) {
  out << (CurrentLanguage() == Language::kChinese ? explanation.sentence_zh() : explanation.sentence_en())
      << "\n\n";
  Table table(
      {{Text(Say::kField)}, {Text(Say::kLevel)}, {Text(Say::kBits), true}, {Text(Say::kTotal), true}, {""}});
  double sum = 0;
  for (const auto& field : explanation.fields()) {
    sum += field.bits();
    table.Add({CodeWord(v1::FieldEvidence::Field_descriptor(), field.field()),
               CodeWord(v1::FieldEvidence::Level_descriptor(), field.level()), FormatBits(field.bits()),
               FormatBits(sum), Bar(field.bits())});
  }
  table.Print(out);
  out << Fill(Say::kThresholds,
              {FormatBits(explanation.total_bits()), FormatBits(explanation.link_threshold_bits()),
               FormatBits(explanation.review_threshold_bits()), explanation.model_version()})
      << '\n';
  if (!explanation.vetoes().empty()) {
    out << Fill(Say::kVetoes, {Joined(", ", explanation.vetoes(),
                                      [](const std::string& veto) {
                                        return CodeWord(v1::MatchExplanation::Veto_descriptor(), veto);
                                      })})
        << '\n';
  }
}

}  // namespace relief::adapters
