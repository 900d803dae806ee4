// After death, by age, after refusals; and what records say of who somebody is.
#include "tests/server/coverage/reference.h"
#include "tests/server/coverage/reference_records.h"

namespace relief::coverage {

std::optional<KnownNumber> Known(const Row& row) {
  if (row.person().id_number() == kHisNumber) return KnownNumber{"1980-12-31", v1::MALE};
  if (row.person().id_number() == kHerNumber) return KnownNumber{"1949-12-31", v1::FEMALE};
  return std::nullopt;
}

std::string BirthText(const Row& row) {
  if (!row.person().has_birth_date()) return "";
  const v1::Date& date = row.person().birth_date();
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", date.year(), date.month(), date.day());
  return text;
}

namespace {

// Of the dates that the random persons state only a day unknown is a slip.
bool Agree(const std::string& a, const std::string& b) {
  return a == b || (a.substr(0, 4) == b.substr(0, 4) && (a.substr(5) == "01-01" || b.substr(5) == "01-01"));
}

}  // namespace

bool IsOwn(const Row& row) {
  const auto number = Known(row);
  if (!number) return true;
  const std::string birth = BirthText(row);
  if (birth == number->birth) return true;
  if (!birth.empty() && !Agree(birth, number->birth)) return false;
  return row.person().sex() == v1::SEX_UNSPECIFIED || row.person().sex() == number->sex;
}

bool ReferencePerson::IsWoman() const {
  int men = 0, women = 0;
  for (const Row& row : rows) {
    v1::Sex sex = row.person().sex();
    if (sex == v1::SEX_UNSPECIFIED && Known(row) && IsOwn(row)) sex = Known(row)->sex;
    men += sex == v1::MALE;
    women += sex == v1::FEMALE;
  }
  return women > men;
}

std::optional<v1::Date> ReferencePerson::Birth() const {
  std::map<std::string, int> told;
  for (const Row& row : rows) {
    if (!BirthText(row).empty()) {
      ++told[BirthText(row)];
    } else if (Known(row) && IsOwn(row)) {
      ++told[Known(row)->birth];
    }
  }
  std::string most;
  for (const auto& [birth, times] : told)
    if (most.empty() || times > told[most]) most = birth;
  if (most.empty()) return std::nullopt;
  return DateOf(most);
}

std::optional<int> ReferencePerson::AgeOn(int y, int m, int d) const {
  const auto birth = Birth();
  if (!birth) return std::nullopt;
  const bool had_birthday = m > birth->month() || (m == birth->month() && d >= birth->day());
  return y - birth->year() - (had_birthday ? 0 : 1);
}

void ReferenceStatus(const ReferencePerson& p, ReferenceOutput* out) {
  if (const auto known = p.Death()) {
    const Row& death = known->first;
    int of_death = Ordinal(1900, 1);
    while (Days((of_death + 1) / 12, (of_death + 1) % 12 + 1, 1) <= known->second) ++of_death;
    const auto after = [&](const std::string& rule, const Rows& rows, int grace) {
      for (const Row& row : rows) {
        const std::set<int> months = p.Span(row);
        if (row.record_id() != death.record_id() && !months.empty() && *months.rbegin() > of_death + grace)
          out->Add(rule, {row, death});
      }
    };
    const auto paid_after = [&](const Rows& rows, int grace) {
      for (const Row& row : rows) {
        const v1::Benefit& b = row.benefit();
        bool late =
            ReferencePerson::DayOf(row) != kNoDay && ReferencePerson::DayOf(row) > known->second + grace;
        late |= b.form() == v1::INSURANCE_SUBSIDY && b.benefit_year() > of_death / 12;
        if (!b.term().empty())
          late |= Ordinal(std::stoi(b.term().substr(0, 4)), b.term().substr(4) == "秋" ? 9 : 2) > of_death;
        if (!late || row.record_id() == death.record_id()) continue;
        Rows evidence = {row, death};
        int64_t repaid = 0;  // only of bills: the random persons have no other strike-offs
        for (const Row& struck : p.Benefits(v1::MEDICAL, {v1::STRIKE_OFF})) {
          if (b.programme() != v1::MEDICAL || struck.benefit().amount_fen() == 0) continue;
          if (struck.benefit().invoice_number() != b.invoice_number()) continue;
          if (ReferencePerson::DayOf(struck) < ReferencePerson::DayOf(row)) continue;
          repaid -= struck.benefit().amount_fen();
          evidence.push_back(struck);
        }
        if (b.amount_fen() == 0 || repaid < b.amount_fen()) out->Add("D20C", evidence);
      }
    };
    paid_after(p.Benefits(v1::MEDICAL, {v1::INSURANCE_SUBSIDY}), 90);
    paid_after(p.Benefits(v1::MEDICAL, {v1::OUTPATIENT_SETTLEMENT}), 30);
    paid_after(p.Benefits(v1::MEDICAL, {v1::INPATIENT_SETTLEMENT}), 90);
    paid_after(p.Benefits(v1::TEMPORARY), 30);
    paid_after(p.Benefits(v1::DISASTER, {v1::EMERGENCY_RELIEF, v1::TRANSITION_RELIEF}), 30);
    paid_after(p.Benefits(v1::EDUCATION), 30);
    paid_after(p.Benefits(v1::EMPLOYMENT, {v1::TRAINING}), 30);
    after("D20", p.Benefits(v1::EXTREME_POVERTY), 0);
    after("D20", p.Benefits(v1::MINIMUM_LIVING), 3);
    after("D20B", p.Benefits(v1::HOUSING, {v1::RENT_SUBSIDY}), 1);
    after("D20B",
          p.Benefits(v1::EMPLOYMENT, {v1::POST_SUBSIDY, v1::PUBLIC_WELFARE_POST, v1::SOCIAL_INSURANCE_SUBSIDY,
                                      v1::FLEXIBLE_WORK_SUBSIDY}),
          1);
    for (v1::FactType type : {v1::ORPHAN_ALLOWANCE, v1::UNATTENDED_CHILD_ALLOWANCE,
                              v1::DISABILITY_LIVING_SUBSIDY, v1::DISABILITY_NURSING_SUBSIDY})
      after("D20B", p.Facts(type), 1);
  }
  const auto age = p.Age();
  if (age && *age >= 18 && *age <= 59 && !p.Has(v1::DISABILITY, {"1", "2", "3"}) &&
      !p.Has(v1::SCHOOL_ENROLMENT) && !p.Has(v1::SERIOUS_ILLNESS)) {
    for (const Row& row : p.Holding(p.Benefits(v1::EXTREME_POVERTY, {}, {v1::MINOR_EXTENDED})))
      out->Add("D22B", {row});
  }
  Rows refusals = p.Holding(p.Facts(v1::JOB_REFUSAL));
  std::sort(refusals.begin(), refusals.end(), [](const Row& a, const Row& b) {
    return std::make_pair(ReferencePerson::DayOf(a), KeyOf(a.record_id())) <
           std::make_pair(ReferencePerson::DayOf(b), KeyOf(b.record_id()));
  });
  if (refusals.size() >= 3) {
    refusals.resize(3);
    for (const Row& row : p.Benefits(v1::MINIMUM_LIVING, {}, {v1::REDUCED})) {
      const std::set<int> months = p.Span(row);
      if (!months.empty() && *months.rbegin() > *p.Span(refusals[2]).begin() + 1)
        out->Add("D24", refusals + Rows{row});
    }
  }
}

void ReferenceIdentity(const ReferencePerson& p, ReferenceOutput* out) {
  Rows rows = p.rows;
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::make_pair(ReferencePerson::DayOf(a), KeyOf(a.record_id())) <
           std::make_pair(ReferencePerson::DayOf(b), KeyOf(b.record_id()));
  });
  // All that speak against the commonest value (of equals the first told), the first that tells that one, and
  // the first that tells any.
  const auto dispute = [&](const std::string& rule, const std::function<std::string(const Row&)>& value,
                           const std::function<bool(const std::string&, const std::string&)>& agree) {
    Rows telling;
    std::map<std::string, int> told;
    for (const Row& row : rows) {
      if (value(row).empty()) continue;
      telling.push_back(row);
      ++told[value(row)];
    }
    if (telling.empty()) return;
    Row most = telling[0];
    for (const Row& row : telling)
      if (told[value(row)] > told[value(most)]) most = row;
    Rows against;
    for (const Row& row : telling) {
      const std::string a = value(row), b = value(most);
      if (!agree(a, b)) against.push_back(row);
    }
    if (!against.empty()) out->Add(rule, against + Rows{most, telling[0]});
  };
  const auto same = [](const std::string& a, const std::string& b) { return a == b; };
  const auto trusted = [](const Row& row) {
    return Known(row) && IsOwn(row) ? row.person().id_number() : "";
  };
  dispute(
      "D25A",
      [](const Row& row) { return row.person().sex() == 0 ? "" : std::to_string(row.person().sex()); }, same);
  dispute("D25B", BirthText, Agree);
  dispute("D26A", trusted, same);
  // The random names are one another's slips or not at all alike.
  const auto number_of = [&] {
    std::map<std::string, int> told;
    for (const Row& row : rows) ++told[trusted(row)];
    told.erase("");
    std::string most;
    for (const auto& [number, times] : told)
      if (most.empty() || times > told[most]) most = number;
    return most;
  }();
  if (!number_of.empty()) {
    const Rows everybody = rows;
    rows.clear();
    for (const Row& row : everybody)
      if (trusted(row) == number_of) rows.push_back(row);
    dispute(
        "D25E", [](const Row& row) { return row.person().name(); },
        [](const std::string& a, const std::string& b) { return a.substr(0, 3) == b.substr(0, 3); });
    rows = everybody;
  }
  Rows others, broken, valid;
  for (const Row& row : rows) {
    if (Known(row) && !IsOwn(row)) others.push_back(row);
    if (!trusted(row).empty()) valid.push_back(row);
    const bool lately = row.benefit().has_start_month() ||
                        (row.benefit().has_pay_date() && p.today() - ReferencePerson::DayOf(row) <= 365);
    if (row.person().id_number() == kBrokenNumber && row.has_benefit() && p.Holds(row) && lately)
      broken.push_back(row);
  }
  if (!others.empty()) out->Add("D25C", others);
  if (!broken.empty() && !valid.empty()) out->Add("D26B", broken + Rows{valid[0]});
  const bool any_valid = std::any_of(rows.begin(), rows.end(), [](const Row& row) { return Known(row); });
  if (!broken.empty() && !any_valid) out->Add("D26D", broken);
}

}  // namespace relief::coverage
