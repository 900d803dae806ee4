#include "server/findings/tally_cell.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "storage/key_encoding.h"

namespace relief::server::findings {
namespace {

constexpr uint8_t kOverdueBit = 1, kDisputedBit = 2, kFinerBit = 4;  // in the key of a cell

constexpr int64_t kDaySeconds = 86'400, kUtc8Seconds = 8 * 3600;
constexpr size_t kCountyDigits = 6;

bool IsFinalOutcome(v1::Disposition::Outcome outcome) {
  return outcome != v1::Disposition::OUTCOME_UNSPECIFIED && outcome != v1::Disposition::ACKNOWLEDGED;
}

void CountAnswer(const v1::Finding& finding, const v1::Disposition& said, Figure count, Figure days,
                 size_t bucket, Figures* figures) {
  const int64_t seconds = std::max<int64_t>(0, said.time().seconds() - finding.open_time().seconds());
  const auto taken = static_cast<int32_t>(seconds / kDaySeconds);
  (*figures)[count] = 1;
  (*figures)[days] = taken;
  (*figures)[bucket + BucketOf(kAnswerDays, taken)] = 1;
}

Figure FigureOf(v1::Disposition::Outcome outcome) {
  switch (outcome) {
    case v1::Disposition::CONFIRMED:
      return kConfirmed;
    case v1::Disposition::NOT_A_PROBLEM:
      return kNotAProblem;
    case v1::Disposition::WRONG_PERSON:
      return kWrongPerson;
    default:
      return kWrongData;
  }
}

template <typename List, typename Value>
bool Has(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

Figures& Figures::operator+=(const Figures& other) {
  for (size_t i = 0; i < kFigureCount; ++i) values[i] += other.values[i];
  return *this;
}

Figures Figures::operator-() const {
  Figures negative;
  for (size_t i = 0; i < kFigureCount; ++i) negative.values[i] = -values[i];
  return negative;
}

bool Figures::zero() const {
  return std::all_of(values.begin(), values.end(), [](int64_t value) { return value == 0; });
}

std::string Figures::Encode() const {
  stored::TallyFigures row;
  size_t used = kFigureCount;
  while (used > 0 && values[used - 1] == 0) --used;
  row.mutable_values()->Add(values.begin(), values.begin() + static_cast<ptrdiff_t>(used));
  return row.SerializeAsString();
}

bool Figures::Decode(std::string_view bytes, Figures* figures) {
  stored::TallyFigures row;
  if (!row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      row.values_size() > static_cast<int>(kFigureCount))
    return false;
  *figures = Figures();
  std::copy(row.values().begin(), row.values().end(), figures->values.begin());
  return true;
}

int32_t DayOf(const google::protobuf::Timestamp& time) {
  return static_cast<int32_t>((time.seconds() + kUtc8Seconds) / kDaySeconds);
}

matcher::CivilDate FirstOfMonth(int32_t month_index) {
  return {static_cast<int16_t>(month_index / 12), static_cast<uint8_t>(month_index % 12 + 1), 1};
}

stored::TallyCell CellOf(const v1::Finding& finding, Tier tier) {
  stored::TallyCell cell;
  cell.set_rule_id(finding.rule_id());
  cell.set_kind(finding.kind());
  cell.set_severity(finding.severity());
  cell.set_need(finding.need());
  std::set<int> programmes;
  for (int programme : finding.notify()) programmes.insert(programme);
  for (const v1::Evidence& evidence : finding.evidence()) programmes.insert(evidence.programme());
  programmes.erase(v1::PROGRAMME_UNSPECIFIED);
  for (int programme : programmes) cell.add_programmes(static_cast<v1::Programme>(programme));
  std::set<std::string> regions;
  for (const std::string& region : finding.regions()) {
    regions.insert(tier == Tier::kCounty ? region.substr(0, kCountyDigits) : region);
    if (region.size() > kCountyDigits) cell.set_finer(true);
  }
  for (const std::string& region : regions) cell.add_regions(region);
  cell.set_state(finding.state());
  const int32_t day = DayOf(finding.open_time());
  const bool open = finding.state() == v1::Finding::OPEN;
  cell.set_open_day(open ? day : FirstOfMonth(MonthIndex(matcher::CivilDate::FromDays(day))).days());
  cell.set_overdue(open && finding.overdue());
  cell.set_disputed(finding.disputed());
  return cell;
}

Figures FiguresOf(const v1::Finding& finding) {
  Figures figures;
  figures[kFindings] = 1;
  figures[kPersonMentions] = static_cast<int64_t>(PersonsOf(finding).size());
  figures[finding.amount_is_estimate() ? kEstimated : kAmount] = finding.amount_fen();
  std::map<std::string, const v1::Disposition*> newest;  // final answers, by agency
  std::map<std::string, int64_t> recovered;
  bool answered = false;
  for (const v1::Disposition& said : finding.dispositions()) {
    if (!answered) CountAnswer(finding, said, kFirstAnswers, kFirstDays, kFirstBucket, &figures);
    answered = true;
    if (said.recovered_fen() != 0) recovered[said.agency()] = said.recovered_fen();
    if (!IsFinalOutcome(said.outcome())) continue;
    if (newest.empty()) CountAnswer(finding, said, kFinalAnswers, kFinalDays, kFinalBucket, &figures);
    newest[said.agency()] = &said;
  }
  for (const auto& [agency, fen] : recovered) figures[kRecovered] += fen;
  if (newest.empty()) {
    figures[kClosedUnanswered] = finding.state() == v1::Finding::CLOSED ? 1 : 0;
    return figures;
  }
  const v1::Disposition::Outcome outcome = newest.begin()->second->outcome();
  const bool agreed = std::all_of(newest.begin(), newest.end(),
                                  [&](const auto& said) { return said.second->outcome() == outcome; });
  figures[agreed ? FigureOf(outcome) : kContradicted] = 1;
  return figures;
}

std::string EncodeCell(const stored::TallyCell& cell) {
  storage::KeyWriter key("");
  key.Text(cell.rule_id())
      .Byte(static_cast<uint8_t>(cell.kind()))
      .Byte(static_cast<uint8_t>(cell.severity()))
      .Byte(static_cast<uint8_t>(cell.need()))
      .Byte(static_cast<uint8_t>(cell.state()))
      .Number(cell.open_day())
      .Byte(static_cast<uint8_t>((cell.overdue() ? kOverdueBit : 0) | (cell.disputed() ? kDisputedBit : 0) |
                                 (cell.finer() ? kFinerBit : 0)))
      .Byte(static_cast<uint8_t>(cell.programmes_size()));
  for (const int programme : cell.programmes()) key.Byte(static_cast<uint8_t>(programme));
  for (const std::string& region : cell.regions()) key.Text(region);
  return key.Take();
}

std::optional<stored::TallyCell> DecodeCell(std::string_view bytes) {
  storage::KeyReader key(bytes);
  const auto rule = key.Text();
  const auto kind = key.Byte(), severity = key.Byte(), need = key.Byte(), state = key.Byte();
  const auto open_day = key.Number();
  const auto flags = key.Byte(), programmes = key.Byte();
  if (!rule || !kind || !severity || !need || !state || !open_day || !flags || !programmes)
    return std::nullopt;
  if (*flags > (kOverdueBit | kDisputedBit | kFinerBit)) return std::nullopt;
  stored::TallyCell cell;
  cell.set_rule_id(std::string(*rule));
  cell.set_kind(static_cast<v1::FindingKind>(*kind));
  cell.set_severity(static_cast<v1::Severity>(*severity));
  cell.set_need(static_cast<v1::Need>(*need));
  cell.set_state(static_cast<v1::Finding::State>(*state));
  cell.set_open_day(static_cast<int32_t>(*open_day));
  cell.set_overdue(*flags & kOverdueBit);
  cell.set_disputed(*flags & kDisputedBit);
  cell.set_finer(*flags & kFinerBit);
  for (int i = 0; i < *programmes; ++i) {
    const auto programme = key.Byte();
    if (!programme) return std::nullopt;
    cell.add_programmes(static_cast<v1::Programme>(*programme));
  }
  while (!key.AtEnd()) {
    const auto region = key.Text();
    if (!region) return std::nullopt;
    cell.add_regions(std::string(*region));
  }
  return cell;
}

stored::TallyCell FlowCellOf(stored::TallyCell cell) {
  cell.clear_state();
  cell.clear_open_day();
  cell.clear_overdue();
  cell.clear_disputed();
  return cell;
}

stored::TallyCell PersonCellOf(stored::TallyCell fine_cell) {
  fine_cell.set_open_day(FirstOfMonth(MonthIndex(matcher::CivilDate::FromDays(fine_cell.open_day()))).days());
  return fine_cell;
}

bool Allows(const v1::FindingFilter& filter, const stored::TallyCell& cell, bool states) {
  if (filter.rule_ids_size() > 0 && !Has(filter.rule_ids(), cell.rule_id())) return false;
  if (filter.kinds_size() > 0 && !Has(filter.kinds(), cell.kind())) return false;
  if (filter.severities_size() > 0 && !Has(filter.severities(), cell.severity())) return false;
  if (filter.needs_size() > 0 && !Has(filter.needs(), cell.need())) return false;
  if (states && filter.states_size() > 0 && !Has(filter.states(), cell.state())) return false;
  if (filter.only_overdue() && !cell.overdue()) return false;
  if (filter.only_disputed() && !cell.disputed()) return false;
  if (filter.programmes_size() > 0 &&
      std::none_of(cell.programmes().begin(), cell.programmes().end(),
                   [&](int programme) { return Has(filter.programmes(), programme); }))
    return false;
  return filter.region_prefix().empty() ||
         std::any_of(cell.regions().begin(), cell.regions().end(),
                     [&](const std::string& region) { return region.starts_with(filter.region_prefix()); });
}

std::vector<std::string> PersonsOf(const v1::Finding& finding) {
  std::set<std::string> persons(finding.household_person_ids().begin(), finding.household_person_ids().end());
  if (persons.empty()) persons.insert(finding.person_id());
  return {persons.begin(), persons.end()};
}

size_t BucketOf(std::span<const int32_t> bounds, int32_t days) {
  return static_cast<size_t>(std::lower_bound(bounds.begin(), bounds.end(), days) - bounds.begin());
}

}  // namespace relief::server::findings
