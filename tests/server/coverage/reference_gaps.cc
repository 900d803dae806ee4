// Who is entitled and not reached; leads.
#include "tests/server/coverage/reference.h"
#include "tests/server/coverage/reference_records.h"

namespace relief::coverage {

bool Silent(const ReferencePerson& p, const Values& programmes, int processing_days) {
  for (const Row& row : p.Holding(p.Facts(v1::REFUSED, programmes) + p.Facts(v1::APPLICATION, programmes) +
                                  p.Facts(v1::INELIGIBLE, programmes))) {
    const int age = p.today() - ReferencePerson::DayOf(row);
    const v1::FactType type = row.fact().type();
    if (type == v1::REFUSED || (type == v1::APPLICATION && age <= processing_days) ||
        (type == v1::INELIGIBLE && age <= 365))
      return true;
  }
  return false;
}

namespace {

struct Gaps {
  const ReferencePerson& p;
  ReferenceOutput* out;

  Rows ml = p.Benefits(v1::MINIMUM_LIVING), ep = p.Benefits(v1::EXTREME_POVERTY);
  Rows lists = p.Facts(v1::LOW_INCOME_MARGIN) + p.Facts(v1::RIGID_EXPENDITURE);
  Rows dispersed = Except(ep, v1::CONCENTRATED_CARE);
  std::string term = p.month >= 9   ? std::to_string(p.year) + "秋"
                     : p.month == 1 ? std::to_string(p.year - 1) + "秋"
                                    : std::to_string(p.year) + "春";
  int term_age = p.today() - (p.month >= 9   ? Days(p.year, 9, 1)
                              : p.month == 1 ? Days(p.year - 1, 9, 1)
                                             : Days(p.year, 2, 1));
  int year_age = p.today() - Days(p.year, 1, 1);

  static Rows Except(const Rows& rows, v1::BenefitForm form) {
    Rows left;
    for (const Row& row : rows)
      if (row.benefit().form() != form) left.push_back(row);
    return left;
  }
  Rows Live(const Rows& base) const {
    Rows live;
    for (const Row& row : p.Holding(base))
      if (p.Span(row).count(p.now())) live.push_back(row);
    return live;
  }
  bool OldEnough(const Rows& live, int months) const {
    return std::any_of(live.begin(), live.end(),
                       [&](const Row& row) { return *p.Span(row).begin() <= p.now() - months; });
  }
  // The earliest report that holds and is so old.
  std::optional<Row> Report(const Rows& facts, int days) const {
    Rows old;
    for (const Row& row : p.Holding(facts))
      if (p.today() - ReferencePerson::DayOf(row) >= days) old.push_back(row);
    return ReferencePerson::First(old);
  }
  bool Silent(const Values& programmes, int days = 45) const { return coverage::Silent(p, programmes, days); }
  bool Subsidised() const {
    for (const Row& row : p.Benefits(v1::MEDICAL, {v1::INSURANCE_SUBSIDY}))
      if (row.benefit().benefit_year() == p.year) return true;
    return false;
  }
  bool Granted() const {
    for (const Row& row : p.Benefits(v1::EDUCATION))
      if (row.benefit().term() == term) return true;
    return false;
  }
  bool Since(const Rows& rows, const Row& report) const {
    return std::any_of(rows.begin(), rows.end(), [&](const Row& row) {
      const std::string& event = report.fact().event_id();
      if (!event.empty() && row.benefit().event_id() == event) return true;
      const std::set<int> months = p.Span(row);
      if (!months.empty()) return *months.rbegin() >= *p.Span(report).begin();
      const int day = ReferencePerson::DayOf(row);
      return day != kNoDay && day >= ReferencePerson::DayOf(report);
    });
  }
  bool OnAList() const { return !p.Holding(ml + ep + lists).empty(); }

  // What was given to any of these: to the person of anything, to others of what is given for all.
  using Members = std::vector<const ReferencePerson*>;
  static Rows Given(const Members& to, v1::Programme programme, const Forms& forms = {}) {
    Rows given;
    for (const ReferencePerson* member : to) given = given + member->Benefits(programme, forms);
    return given;
  }

  void OfTheHousehold(const Members& everybody) {
    const Rows all = Live(ml + ep + lists), home = Live(ml + dispersed + lists);
    const auto danger =
        Report(p.Facts(v1::DANGEROUS_HOUSE, {"C", "D"}) + p.Facts(v1::HOUSING_DIFFICULTY), 60);
    if (!home.empty() && danger && Given(everybody, v1::HOUSING).empty() &&
        Given(everybody, v1::DISASTER, {v1::HOUSE_REBUILDING}).empty() && !Silent({"HOUSING"}))
      out->Add("M05", home + Rows{*danger});
    const auto damage = Report(p.Facts(v1::HOUSE_DAMAGE, {"COLLAPSED", "SEVERE"}), 15);
    if (damage && !Since(Given(everybody, v1::DISASTER), *damage) && !Silent({"DISASTER"}, 30))
      out->Add("M09", all + Rows{*damage});
    const auto collapse = Report(p.Facts(v1::HOUSE_DAMAGE, {"COLLAPSED"}), 105);
    if (!home.empty() && collapse && p.Runs(v1::DISASTER) && !Silent({"TEMPORARY"}, 30) &&
        !Since(Given(everybody, v1::TEMPORARY) + Given(everybody, v1::DISASTER, {v1::HOUSE_REBUILDING}) +
                   Given(everybody, v1::HOUSING),
               *collapse))
      out->Add("M10", home + Rows{*collapse});
    Leads(everybody);
  }

  void OnBenefits() {
    const Rows all = Live(ml + ep + lists), poor = Live(ml + ep), allowance = Live(ml);
    if (OldEnough(all, 3) && !Subsidised() && year_age >= 60 && !Silent({"MEDICAL"})) out->Add("M01", all);
    const auto roll = Report(p.Facts(v1::SCHOOL_ENROLMENT), 0);
    if (OldEnough(all, 3) && roll && !Granted() && term_age >= 45 && !Silent({"EDUCATION"}))
      out->Add("M03", all + Rows{*roll});
    const auto age = p.Age();
    // Six by 31 August, forty-five days ago or earlier.
    const auto birth = p.Birth();
    const bool begun = birth && [&] {
      int school = birth->year() + 6;
      if (birth->month() > 8) ++school;
      return p.today() >= Days(school, 8, 31) + 45;
    }();
    if (OldEnough(poor, 3) && begun && *age <= 15 && !p.Has(v1::DISABILITY, {"1", "2"}) && !roll &&
        !p.Runs(v1::EDUCATION) && !Silent({"EDUCATION"}))
      out->Add("M04", poor);
    const auto jobless = Report(p.Facts(v1::REGISTERED_UNEMPLOYMENT), 30);
    if (!allowance.empty() && jobless && p.CouldWork().value_or(true) && !p.Has(v1::EMPLOYED) &&
        p.Benefits(v1::EMPLOYMENT).empty() && !Silent({"EMPLOYMENT"}))
      out->Add("M06", allowance + Rows{*jobless});
    const auto disabled = Report(p.Facts(v1::DISABILITY), 60);
    if (OldEnough(allowance, 2) && disabled && !p.Has(v1::UNATTENDED_CHILD_ALLOWANCE, {"FULL"}) &&
        !p.Runs(v1::EXTREME_POVERTY) && !p.Has(v1::DISABILITY_LIVING_SUBSIDY) && !Silent({"MINIMUM_LIVING"}))
      out->Add("M16A", allowance + Rows{*disabled});
  }

  void Bills(const std::string& rule, const Rows& base, int days) {
    if (Live(base).empty() || Silent({"MEDICAL"})) return;
    for (const Row& bill : p.Benefits(v1::MEDICAL, {v1::INPATIENT_SETTLEMENT})) {
      const v1::Benefit& b = bill.benefit();
      if (b.amount_fen() != 0 || b.total_cost_fen() <= b.insured_fen() + b.other_assisted_fen()) continue;
      if (p.today() - Days(b.pay_date()) <= days) continue;
      bool assisted = false;
      for (const Row& other : p.Benefits(v1::MEDICAL) + p.Benefits(v1::TEMPORARY)) {
        assisted |= !b.invoice_number().empty() && other.benefit().invoice_number() == b.invoice_number() &&
                    other.benefit().amount_fen() > 0;
      }
      Rows cover;
      for (const Row& row : base)
        if (p.Span(row).count(Ordinal(b.pay_date().year(), b.pay_date().month()))) cover.push_back(row);
      if (!assisted && !cover.empty()) out->Add(rule, cover + Rows{bill});
    }
  }

  void Children() {
    const Rows base = Live(p.Facts(v1::ORPHAN_ALLOWANCE) + p.Facts(v1::UNATTENDED_CHILD_ALLOWANCE));
    if (p.Runs(v1::MINIMUM_LIVING) || p.Runs(v1::EXTREME_POVERTY) || !OldEnough(base, 3)) return;
    if (!Subsidised() && year_age >= 60 && !Silent({"MEDICAL"})) out->Add("M15A", base);
    const auto roll = Report(p.Facts(v1::SCHOOL_ENROLMENT), 0);
    if (roll && !Granted() && term_age >= 45 && !Silent({"EDUCATION"})) out->Add("M15B", base + Rows{*roll});
  }

  void OffTheLists() {
    if (!OnAList() && !Silent({"MINIMUM_LIVING"})) {
      if (const auto report = Report(p.Facts(v1::SERIOUS_ILLNESS) + p.Facts(v1::NEEDY_STUDENT), 45))
        out->Add("M08A", {*report});
      const auto jobless = Report(p.Facts(v1::REGISTERED_UNEMPLOYMENT), 45);
      const auto disabled = Report(p.Facts(v1::DISABILITY, {"1", "2"}), 45);
      if (jobless && disabled && !p.Has(v1::EMPLOYED)) out->Add("M08B", {*jobless, *disabled});
    }
    Rows large;
    for (const Row& row : p.Facts(v1::MEDICAL_SPENDING))
      if (row.fact().amount_fen() >= 3000000) large.push_back(row);
    if (const auto report = Report(large, 0);
        report && !OnAList() && !Silent({"MINIMUM_LIVING", "TEMPORARY"}))
      out->Add("M11", {*report});
    const auto disabled = Report(p.Facts(v1::DISABILITY, {"1", "2"}), 60);
    if (disabled && !p.Runs(v1::EXTREME_POVERTY) && !p.Has(v1::INJURY_NURSING_ALLOWANCE) &&
        !p.Has(v1::DISABILITY_NURSING_SUBSIDY) && !Silent({"MINIMUM_LIVING"}))
      out->Add("M16B", {*disabled});
  }

  // The benefit that ended last, if none of its kind runs; within so many months.
  std::optional<Row> LastEnded(const Rows& rows, int wait, int within) const {
    std::optional<Row> last;
    for (const Row& row : rows) {
      if (p.Holds(row)) return std::nullopt;
      if (p.Span(row).empty()) continue;
      const auto end = [&](const Row& r) { return *p.Span(r).rbegin(); };
      const bool later =
          last && (end(row) > end(*last) ||
                   (end(row) == end(*last) && KeyOf(row.record_id()) < KeyOf(last->record_id())));
      if (!last || later) last = row;
    }
    if (!last) return last;
    const int months = p.now() - *p.Span(*last).rbegin();
    if (months <= wait || months > within) return std::nullopt;
    return last;
  }
  bool Followed(const Rows& rows, const Row& ended) const {
    const int end = *p.Span(ended).rbegin();
    return std::any_of(rows.begin(), rows.end(), [&](const Row& row) {
      const std::set<int> months = p.Span(row);
      if (!months.empty()) return p.Holds(row) || *months.rbegin() > end;
      const int day = ReferencePerson::DayOf(row);
      return day != kNoDay && day >= Days((end + 1) / 12, (end + 1) % 12 + 1, 1);
    });
  }
  void AfterTheEnd() {
    if (p.Has(v1::CUSTODY)) return;
    const auto support = LastEnded(ep, 1, 12);
    const Rows instead = ml + p.Benefits(v1::TEMPORARY) + p.Facts(v1::LOW_INCOME_MARGIN) +
                         p.Facts(v1::ORPHAN_ALLOWANCE) + p.Facts(v1::UNATTENDED_CHILD_ALLOWANCE);
    if (support && !p.Has(v1::EMPLOYED) && !Followed(instead, *support) &&
        !Silent({"MINIMUM_LIVING", "EXTREME_POVERTY"}))
      out->Add("M13", {*support});
    const auto allowance = LastEnded(ml, 2, 12);
    if (!allowance || Silent({"MINIMUM_LIVING"})) return;
    Rows near;
    for (const Row& move : p.Holding(p.Facts(v1::RELOCATION)))
      if (std::abs(*p.Span(move).begin() - *p.Span(*allowance).rbegin()) <= 3) near.push_back(move);
    const auto move = ReferencePerson::First(near);
    if (move && !Followed(ep + p.Facts(v1::LOW_INCOME_MARGIN), *allowance))
      out->Add("M14", {*allowance, *move});
  }

  void Leads(const Members& everybody) {
    struct Kind {
      std::string rule;
      v1::Need need;
      std::vector<v1::Programme> answers;
      Values notified;
    };
    const Kind kinds[] = {{"L01A",
                           v1::NEED_LIVING,
                           {v1::MINIMUM_LIVING, v1::EXTREME_POVERTY, v1::TEMPORARY},
                           {"MINIMUM_LIVING", "TEMPORARY"}},
                          {"L01B", v1::NEED_MEDICAL, {v1::MEDICAL, v1::TEMPORARY}, {"MEDICAL", "TEMPORARY"}},
                          {"L01D", v1::NEED_HOUSING, {v1::HOUSING, v1::TEMPORARY}, {"HOUSING", "TEMPORARY"}},
                          {"L01H", v1::NEED_EMERGENCY, {v1::TEMPORARY, v1::DISASTER}, {"TEMPORARY"}}};
    for (const Kind& kind : kinds) {
      if (Silent(kind.notified, 20)) continue;
      for (const Row& row : p.rows) {
        if (!row.has_lead() || row.lead().need() != kind.need || !p.Holds(row)) continue;
        const int found = ReferencePerson::DayOf(row);
        const int month_start = Days(row.lead().found_date().year(), row.lead().found_date().month(), 1);
        bool answered = false;
        for (v1::Programme programme : kind.answers) {
          const bool for_all = programme == v1::MINIMUM_LIVING || programme == v1::TEMPORARY ||
                               programme == v1::HOUSING || programme == v1::DISASTER;
          for (const Row& answer : for_all ? Given(everybody, programme) : p.Benefits(programme)) {
            const v1::Benefit& b = answer.benefit();
            answered |= b.has_decision_date() && Days(b.decision_date()) >= found;
            answered |= b.has_start_month()
                            ? Days(b.start_month().year(), b.start_month().month(), 1) >= month_start
                            : b.has_pay_date() && Days(b.pay_date()) >= found;
          }
        }
        const int limit = row.lead().urgency() == v1::HIGH ? 3 : row.lead().urgency() == v1::LOW ? 30 : 15;
        if (!answered && p.today() - found > limit) out->Add(kind.rule, {row});
      }
    }
  }
};

}  // namespace

void ReferenceGaps(const ReferencePerson& p, ReferenceOutput* out) {
  Gaps gaps{p, out};
  if (p.Dead()) {
    Rows base;
    const auto old = gaps.Report(p.Facts(v1::DEATH), 60);
    if (!old || !p.Facts(v1::FUNERAL_WAIVER).empty()) return;
    for (const Row& row : gaps.ml + gaps.ep)
      if (p.Span(row).count(*p.Span(*old).begin())) base.push_back(row);
    if (!base.empty() && !gaps.Silent({"MINIMUM_LIVING", "EXTREME_POVERTY"}))
      out->Add("M17", base + Rows{*old});
    return;
  }
  gaps.OnBenefits();
  gaps.Bills("M02", gaps.ml + gaps.ep, 30);
  if (p.Has(v1::SERIOUS_ILLNESS) && !p.Runs(v1::MINIMUM_LIVING) && !p.Runs(v1::EXTREME_POVERTY))
    gaps.Bills("M02B", gaps.lists, 60);
  gaps.Children();
  gaps.OffTheLists();
  gaps.AfterTheEnd();
}

void ReferenceMemberGaps(const ReferencePerson& person, const std::vector<ReferencePerson>& members,
                         ReferenceOutput* out) {
  if (person.Dead()) return;
  Gaps::Members everybody;
  for (const ReferencePerson& member : members) everybody.push_back(&member);
  Gaps{person, out}.OfTheHousehold(everybody);
}

}  // namespace relief::coverage
