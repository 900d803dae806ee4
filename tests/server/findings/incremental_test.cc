// The promise that holds coverage together: after any random stream of changes and clock steps, with
// restarts, the findings are those of a hub that was given the live records on the last day, all at once.
#include <random>

#include "tests/server/hub_fixture.h"

namespace relief::server::findings {
namespace {

// Findings as anybody sees them, without what tells when the hub came to know.
std::map<std::string, std::string> Seen(const core::Hub& hub) {
  std::map<std::string, std::string> rows;
  for (v1::Finding finding : OpenFindings(hub)) {
    finding.clear_open_time();
    finding.clear_update_time();
    finding.clear_events();
    finding.clear_reopened();
    finding.clear_overdue();
    finding.clear_escalation();
    finding.clear_due_date();
    finding.clear_action_zh();  // names the due date
    finding.clear_action_en();
    rows[finding.finding_id()] = finding.ShortDebugString();
  }
  return rows;
}

// A few families whose records change without end: awards, payments, facts, leads; members move between
// households, and numbers are borrowed, so that persons merge, split and fall into doubt.
class Families {
 public:
  explicit Families(uint32_t seed) : random_(seed) {
    for (int i = 0; i < 6; ++i)
      people_.push_back(MadeUp(i % 2 ? "孙玉梅" : "周国强",
                               {static_cast<int16_t>(1950 + 9 * i), 5, static_cast<uint8_t>(1 + i / 2)},
                               121 + i));
  }

  // One change: the source, and a record with a version of its own.
  std::pair<std::string, v1::Record> Next(matcher::CivilDate today) {
    static const char* kSources[] = {"ml", "ep", "ho", "md", "ed", "em", "tp", "ds", "facts", "leads"};
    const std::string source = kSources[random_() % std::size(kSources)];
    Who who = people_[random_() % people_.size()];
    if (random_() % 12 == 0) who.id_number = people_[random_() % people_.size()].id_number;
    if (random_() % 15 == 0) who.id_number.clear();
    v1::Record record = RecordOf(who, "R" + std::to_string(random_() % 7), ++version_);
    if (random_() % 6 == 0) {
      record.set_deleted(true);
      return {source, record};
    }
    if (random_() % 3) record.mutable_household()->set_household_id("H" + std::to_string(random_() % 3));
    record.mutable_household()->set_relation(random_() % 2 ? "户主" : "子女");
    const matcher::CivilDate day =
        matcher::CivilDate::FromDays(today.days() - static_cast<int>(random_() % 500) + 40);
    if (source == "facts") {
      v1::Fact& fact = *record.mutable_fact();
      fact.set_type(static_cast<v1::FactType>(1 + random_() % v1::FactType_MAX));
      if (fact.type() == v1::DEATH && random_() % 4) fact.set_type(v1::REGISTERED_UNEMPLOYMENT);
      static const char* kValues[] = {"", "1", "C", "COLLAPSED", "FULL", "MEDICAL", "2026"};
      fact.set_value(kValues[random_() % std::size(kValues)]);
      *fact.mutable_date() = records::ToProto(day);
      if (random_() % 2)
        *fact.mutable_end_date() = records::ToProto(matcher::CivilDate::FromDays(day.days() + 200));
      fact.set_institution("X" + std::to_string(random_() % 2));
      return {source, record};
    }
    if (source == "leads") {
      record.mutable_lead()->set_need(v1::NEED_EMERGENCY);
      *record.mutable_lead()->mutable_found_date() = records::ToProto(day);
      return {source, record};
    }
    v1::Benefit& benefit = *record.mutable_benefit();
    benefit.set_programme(ProgrammeOf(source));
    static const std::map<std::string, std::vector<v1::BenefitForm>> kForms = {
        {"ep", {v1::CONCENTRATED_CARE, v1::DISPERSED_CARE}},
        {"ho", {v1::PUBLIC_RENTAL, v1::RENT_SUBSIDY, v1::HOUSE_RENOVATION}},
        {"md", {v1::INSURANCE_SUBSIDY, v1::INPATIENT_SETTLEMENT, v1::STRIKE_OFF}},
        {"em", {v1::POST_SUBSIDY, v1::PUBLIC_WELFARE_POST, v1::FLEXIBLE_WORK_SUBSIDY}}};
    if (const auto forms = kForms.find(source); forms != kForms.end())
      benefit.set_form(forms->second[random_() % forms->second.size()]);
    *benefit.mutable_start_month() = MonthOf(day.year, day.month);
    if (random_() % 3 == 0) {
      const matcher::CivilDate end = matcher::CivilDate::FromDays(day.days() + 150);
      *benefit.mutable_end_month() = MonthOf(end.year, end.month);
    }
    *benefit.mutable_pay_date() = records::ToProto(day);
    benefit.set_amount_fen(benefit.form() == v1::STRIKE_OFF ? -30000
                                                            : static_cast<int64_t>(random_() % 2) * 30000);
    benefit.set_paying_region(random_() % 4 ? "371302" : "371311");
    benefit.set_benefit_year(day.year);
    benefit.set_term(std::to_string(day.year) + (day.month < 8 ? "春" : "秋"));
    benefit.set_school("S" + std::to_string(random_() % 2));
    benefit.set_cause(random_() % 2 ? "火灾" : "疾病");
    benefit.set_approval_number("A" + std::to_string(random_() % 3));
    benefit.set_invoice_number("I" + std::to_string(random_() % 3));
    benefit.set_total_cost_fen(benefit.form() == v1::STRIKE_OFF ? 0 : 50000);
    benefit.set_event_id("E" + std::to_string(random_() % 2));
    if (random_() % 2) benefit.set_payee_account("62220" + std::to_string(random_() % 2));
    return {source, record};
  }

  static v1::Programme ProgrammeOf(const std::string& source) {
    static const std::map<std::string, v1::Programme> kProgrammes = {
        {"ml", v1::MINIMUM_LIVING}, {"ep", v1::EXTREME_POVERTY}, {"ho", v1::HOUSING},   {"md", v1::MEDICAL},
        {"ed", v1::EDUCATION},      {"em", v1::EMPLOYMENT},      {"tp", v1::TEMPORARY}, {"ds", v1::DISASTER}};
    return kProgrammes.at(source);
  }
  static v1::Source Open(core::Hub& hub, const std::string& source) {
    if (source == "facts") return OpenFacts(hub, source);
    if (source != "leads") return OpenBenefits(hub, source, ProgrammeOf(source));
    v1::Open open;
    open.set_source_id(source);
    open.set_content(v1::Source::LEADS);
    auto opened = ingest::OpenSource(hub, open, "local");
    EXPECT_TRUE(opened.ok()) << opened.status();
    return *opened;
  }

 private:
  std::mt19937 random_;
  std::vector<Who> people_;
  int64_t version_ = 0;
};

TEST(Coverage, IncrementalIsTheSameAsFromScratch) {
  std::set<std::string> rules;
  for (uint32_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed + 1000);
    Families families(seed);
    const auto store = storage::NewMemoryStore();
    core::Hub::Options options = TestOptions();
    matcher::CivilDate day{2025, 6, 1};
    std::map<std::pair<std::string, std::string>, v1::Record> live;  // the newest version of each record
    auto hub = [&] {
      options.as_of = day;
      return OpenHub(std::make_unique<BorrowedStore>(*store), options);
    }();
    for (int step = 0; step < 25; ++step) {
      for (int i = 1 + static_cast<int>(random() % 8); i > 0; --i) {
        const auto [source, record] = families.Next(day);
        // What is refused leaves the version before it in force.
        if (Push(*hub, Families::Open(*hub, source), {record}).rejected_size() == 0)
          live[{source, record.record_id()}] = record;
      }
      if (random() % 2) {
        day = matcher::CivilDate::FromDays(day.days() + static_cast<int>(random() % 60));
        options.as_of = day;
        hub.reset();
        hub = OpenHub(std::make_unique<BorrowedStore>(*store), options);
      }
      auto fresh = OpenHub(storage::NewMemoryStore(), options);
      for (const auto& [name, record] : live) Push(*fresh, Families::Open(*fresh, name.first), {record});
      ASSERT_EQ(Seen(*hub), Seen(*fresh)) << day.ToString() << " step " << step;
      for (const v1::Finding& finding : OpenFindings(*fresh)) rules.insert(finding.rule_id());
    }
  }
  EXPECT_GT(rules.size(), 12u) << "the stream is rich enough to mean something";
}

}  // namespace
}  // namespace relief::server::findings
