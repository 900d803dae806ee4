#include "server/records/identity_mapping.h"

#include <cstring>

#include "matcher/normalize/normalizer.h"
#include "server/coverage/identity_view.h"

namespace relief::server::records {
namespace {

std::optional<matcher::CivilDate> FirstDay(const v1::Month& month) {
  v1::Date date;
  date.set_year(month.year());
  date.set_month(month.month());
  date.set_day(1);
  return ToCivilDate(date);
}

bool Before(const v1::Month& a, const v1::Month& b) {
  return a.year() != b.year() ? a.year() < b.year() : a.month() < b.month();
}

}  // namespace

std::optional<matcher::CivilDate> ToCivilDate(const v1::Date& date) {
  if (date.year() < 1800 || date.year() > 2200 || date.month() < 1 || date.month() > 12 || date.day() < 1 ||
      date.day() > 31)
    return std::nullopt;
  const matcher::CivilDate civil{static_cast<int16_t>(date.year()), static_cast<uint8_t>(date.month()),
                                 static_cast<uint8_t>(date.day())};
  if (!civil.valid()) return std::nullopt;
  return civil;
}

v1::Date ToProto(matcher::CivilDate date) {
  v1::Date out;
  out.set_year(date.year);
  out.set_month(date.month);
  out.set_day(date.day);
  return out;
}

matcher::RawIdentity ToRawIdentity(const v1::PersonIdentity& person, const std::string& source_id,
                                   const v1::Household& household) {
  matcher::RawIdentity raw = coverage::RawIdentityOf(person);
  raw.name = person.name();
  raw.former_names.assign(person.former_names().begin(), person.former_names().end());
  raw.phones.assign(person.phones().begin(), person.phones().end());
  raw.address = person.address();
  raw.region_code = person.region_code();
  raw.domicile_code = person.domicile_code();
  if (!household.household_id().empty()) raw.household = source_id + "/" + household.household_id();
  return raw;
}

int32_t AnchorDay(const v1::Record& record) {
  std::optional<matcher::CivilDate> day;
  if (record.has_fact()) {
    day = ToCivilDate(record.fact().date());
  } else if (record.has_lead()) {
    day = ToCivilDate(record.lead().found_date());
  } else if (record.has_gift()) {
    day = ToCivilDate(record.gift().give_date());
  } else {
    const v1::Benefit& benefit = record.benefit();
    if (benefit.has_start_month()) day = FirstDay(benefit.start_month());
    if (!day && benefit.has_pay_date()) day = ToCivilDate(benefit.pay_date());
    if (!day && benefit.has_event_date()) day = ToCivilDate(benefit.event_date());
    if (!day && benefit.has_decision_date()) day = ToCivilDate(benefit.decision_date());
  }
  return day ? day->days() : INT32_MAX;
}

v1::Record EffectiveRecord(const stored::Record& stored) {
  v1::Record record = stored.record();
  if (stored.state() != stored::Record::ENDED) return record;
  const v1::Date& ended = stored.end_date();
  // What was to begin later only ends with its first day.
  const auto not_before = [&](const v1::Date& first) {
    return ToCivilDate(ended) < ToCivilDate(first) ? first : ended;
  };
  if (record.has_fact()) {
    if (!record.fact().has_end_date())
      *record.mutable_fact()->mutable_end_date() = not_before(record.fact().date());
    return record;
  }
  if (record.has_lead()) {
    if (!record.lead().has_closed_date())
      *record.mutable_lead()->mutable_closed_date() = not_before(record.lead().found_date());
    return record;
  }
  if (!record.has_benefit()) return record;  // what was given stays given
  v1::Benefit& benefit = *record.mutable_benefit();
  if (!benefit.has_start_month()) return record;  // a payment on one day stays what it was
  v1::Month last;
  last.set_year(ended.month() == 1 ? ended.year() - 1 : ended.year());
  last.set_month(ended.month() == 1 ? 12 : ended.month() - 1);
  if (Before(last, benefit.start_month())) last = benefit.start_month();
  if (!benefit.has_end_month() || Before(last, benefit.end_month())) *benefit.mutable_end_month() = last;
  return record;
}

matcher::Change ToChange(matcher::RecordKey key, const stored::Record& stored) {
  const v1::Record& record = stored.record();
  return {key, matcher::Normalize(ToRawIdentity(record.person(), stored.source_id(), record.household())),
          AnchorDay(record), stored.only_one_of_person() ? ExclusiveSource(stored.source_id()) : 0};
}

uint64_t ExclusiveSource(const std::string& source_id) {
  uint64_t hash = 0;
  const matcher::RecordKey key = matcher::RecordKey::Of(source_id, "");
  std::memcpy(&hash, key.bytes.data(), sizeof hash);
  return hash | 1;  // 0 is none
}

}  // namespace relief::server::records
