#include "server/referrals/person_sketch.h"

#include "matcher/normalize/normalizer.h"
#include "matcher/resolve/resolver.h"
#include "server/coverage/timeline.h"
#include "server/records/identity_mapping.h"
#include "server/registry/person_rows.h"
#include "storage/status_macros.h"

namespace relief::server::referrals {
namespace {

constexpr int kRecentDays = 365;

bool Holds(const v1::Benefit& benefit, matcher::CivilDate as_of) {
  const coverage::MonthIndex now = coverage::MonthIndex::Of(as_of);
  if (benefit.has_start_month()) return coverage::BenefitMonths(benefit, now).contains(now);
  if (benefit.benefit_year() != 0 && benefit.benefit_year() == as_of.year) return true;
  if (!benefit.term().empty() && benefit.term() == coverage::TermOf(now)) return true;
  const auto paid = records::ToCivilDate(benefit.pay_date());
  return paid && paid->days() <= as_of.days() && paid->days() > as_of.days() - kRecentDays;
}

}  // namespace

std::optional<int> PersonSketch::AgeOn(matcher::CivilDate day) const {
  if (!birth || day < *birth) return std::nullopt;
  const bool before_birthday = std::pair(day.month, day.day) < std::pair(birth->month, birth->day);
  return day.year - birth->year - static_cast<int>(before_birthday);
}

absl::StatusOr<PersonSketch> SketchPerson(const storage::Reader& reader, const std::string& person_id,
                                          matcher::CivilDate as_of) {
  const auto id = matcher::PersonId::Parse(person_id);
  if (!id) return absl::InvalidArgumentError("person_id: not a person id");
  RELIEF_ASSIGN_OR_RETURN(auto person, matcher::FollowPersonId(reader, *id));
  auto records = registry::ReadRows(reader, person);
  if (!records.ok()) return records.status();
  PersonSketch sketch;
  sketch.person_id = person.ToString();
  std::optional<matcher::CivilDate> stated;
  for (const stored::Record& stored : records->rows) {
    const v1::Record& record = stored.record();
    if (record.has_benefit() && Holds(record.benefit(), as_of))
      sketch.held.insert(record.benefit().programme());
    if (sketch.birth) continue;
    const matcher::Identity identity =
        matcher::Normalize(records::ToRawIdentity(record.person(), stored.source_id(), record.household()));
    if (identity.id.trusted()) sketch.birth = identity.id.birth_date;
    if (!stated) stated = identity.best_birth_date();
  }
  if (!sketch.birth) sketch.birth = stated;
  return sketch;
}

}  // namespace relief::server::referrals
