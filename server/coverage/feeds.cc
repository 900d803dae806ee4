#include "server/coverage/feeds.h"

#include <algorithm>

namespace relief::coverage {
namespace {

using Reason = v1::Entitlement;

constexpr size_t kPrefectureDigits = 4, kCountyDigits = 6;
// Where a county has so many records on the average, one that has none is not covered: by chance that would
// happen to one in 150.
constexpr int64_t kTelling = 5;

// How near a feed came to an answer, by what it lacks.
int Nearness(Reason::Reason reason) {
  switch (reason) {
    case Reason::REASON_UNSPECIFIED:
      return 6;
    case Reason::PERIOD_NOT_DELIVERED:
      return 5;
    case Reason::FEED_SILENT:
      return 4;
    case Reason::BEFORE_FEED:
      return 3;
    case Reason::OTHER_REGION:
      return 2;
    case Reason::FORM_NOT_DELIVERED:
      return 1;
    default:
      return 0;
  }
}

bool Within(std::string_view region, std::string_view prefix) { return region.starts_with(prefix); }

bool CoveredBy(const std::set<std::string>& counties, int64_t records, std::string_view region) {
  if (region.empty()) return true;
  const bool telling = records >= kTelling * static_cast<int64_t>(counties.size());
  return std::any_of(counties.begin(), counties.end(), [&](const std::string& county) {
    if (county.empty() || Within(region, county)) return true;
    return !telling && Within(region, std::string_view(county).substr(0, kPrefectureDigits));
  });
}

}  // namespace

bool IsSilent(const Feed& feed, int32_t today) {
  const int every = feed.declared.every_days() > 0 ? feed.declared.every_days() : kEveryDays;
  return feed.last_day == 0 || int64_t{feed.last_day} + every + kGraceDays < today;
}

v1::FeedCoverage DeliveredBy(const Feed& feed) {
  v1::FeedCoverage coverage;
  std::set<std::string> counties;
  std::set<int> forms, facts;
  int64_t records = 0;
  for (const Feed::Cell& cell : feed.cells) {
    if (!cell.county.empty()) counties.insert(cell.county);
    records += cell.records;
    if (feed.programme == v1::PROGRAMME_UNSPECIFIED) {
      facts.insert(FactOf(cell.slot));
    } else if (cell.form != v1::BENEFIT_FORM_UNSPECIFIED) {
      forms.insert(cell.form);
    }
  }
  const bool telling = records >= kTelling * static_cast<int64_t>(counties.size());
  std::set<std::string> prefixes;
  for (const std::string& county : counties)
    prefixes.insert(telling ? county : county.substr(0, kPrefectureDigits));
  for (const std::string& prefix : prefixes) coverage.add_region_prefixes(prefix);
  for (int form : forms) coverage.add_forms(static_cast<v1::BenefitForm>(form));
  for (int fact : facts) coverage.add_facts(static_cast<v1::FactType>(fact));
  return coverage;
}

Feeds::Feeds(std::vector<Feed> feeds, matcher::CivilDate today) {
  for (Feed& feed : feeds) {
    Known known;
    known.silent = IsSilent(feed, today.days());
    for (const Feed::Cell& cell : feed.cells) {
      Known::OfForm& of = known.by_slot[cell.slot][cell.form];
      of.counties.insert(cell.county);
      of.records += cell.records;
    }
    for (auto& [slot, forms] : known.by_slot)
      for (auto& [form, of] : forms)
        for (const Feed::Period& period : feed.periods)
          if (period.form == form && (!of.last_period || *of.last_period < period.first))
            of.last_period = period.first;
    // What an answer depends on, and nothing else.
    summary_ += "feed " + std::to_string(feed.programme) + " " + feed.region_prefix + " " +
                feed.declared.ShortDebugString() + (known.silent ? " silent" : " heard");
    for (const auto& [slot, forms] : known.by_slot) {
      summary_ += " s" + std::to_string(slot);
      std::set<std::string> counties;
      int64_t records = 0;
      for (const auto& [form, of] : forms) {
        summary_ += " f" + std::to_string(form);
        if (of.last_period) summary_ += " p" + std::to_string(of.last_period->ordinal);
        for (const std::string& county : of.counties) summary_ += " " + county;
        // Whether few records leave their neighbours covered, for this form and for all.
        if (of.records >= kTelling * static_cast<int64_t>(of.counties.size())) summary_ += " telling";
        counties.insert(of.counties.begin(), of.counties.end());
        records += of.records;
      }
      if (records >= kTelling * static_cast<int64_t>(counties.size())) summary_ += " telling";
    }
    summary_ += "\n";
    known.feed = std::move(feed);
    known.feed.cells.clear();
    feeds_.push_back(std::move(known));
  }
}

v1::Entitlement::Reason Feeds::AskOne(const Known& known, const Question& question) {
  const v1::FeedCoverage& declared = known.feed.declared;
  const auto slot = known.by_slot.find(question.slot);
  const bool delivered = slot != known.by_slot.end();
  const bool of_fact = IsFact(question.slot);
  if (of_fact) {
    if (known.feed.programme != v1::PROGRAMME_UNSPECIFIED) return Reason::NO_FEED;
    const bool told = std::any_of(declared.facts().begin(), declared.facts().end(), [&](int fact) {
      return SlotOf(static_cast<v1::FactType>(fact)) == question.slot;
    });
    if (declared.facts_size() > 0 ? !told : !delivered) return Reason::NO_FEED;
  } else {
    if (SlotOf(known.feed.programme) != question.slot) return Reason::NO_FEED;
    if (!delivered && known.feed.last_day == 0 && declared.ByteSizeLong() == 0) return Reason::NO_FEED;
  }
  const auto asked = [&](int form) { return question.forms == 0 || (question.forms >> form & 1) != 0; };
  if (question.forms != 0) {
    const bool by_declaration =
        std::any_of(declared.forms().begin(), declared.forms().end(), [&](int form) { return asked(form); });
    const bool by_records = delivered && std::any_of(slot->second.begin(), slot->second.end(),
                                                     [&](const auto& one) { return asked(one.first); });
    if (declared.forms_size() > 0 ? !by_declaration : !by_records) return Reason::FORM_NOT_DELIVERED;
  }
  std::set<std::string> counties;
  int64_t records = 0;
  std::optional<MonthIndex> last_period;
  if (delivered) {
    for (const auto& [form, of] : slot->second) {
      if (!asked(form)) continue;
      counties.insert(of.counties.begin(), of.counties.end());
      records += of.records;
      if (of.last_period && (!last_period || *last_period < *of.last_period)) last_period = of.last_period;
    }
  }
  const std::string_view region = question.region;
  if (!region.empty()) {
    const std::string& own = known.feed.region_prefix;
    if (!Within(region, own)) return Reason::OTHER_REGION;
    const auto& prefixes = declared.region_prefixes();
    if (!prefixes.empty()) {
      if (std::none_of(prefixes.begin(), prefixes.end(),
                       [&](const std::string& prefix) { return Within(region, prefix); }))
        return Reason::OTHER_REGION;
    } else if (own.size() < kCountyDigits && !CoveredBy(counties, records, region)) {
      return Reason::OTHER_REGION;
    }
  }
  if (declared.has_from_month()) {
    const MonthIndex from = MonthIndex::Of(declared.from_month());
    if ((question.since && *question.since < from) || (question.period && *question.period < from))
      return Reason::BEFORE_FEED;
  }
  if (known.silent) return Reason::FEED_SILENT;
  if (question.period && (!last_period || *last_period < *question.period))
    return Reason::PERIOD_NOT_DELIVERED;
  return Reason::REASON_UNSPECIFIED;
}

Lack Feeds::Ask(const Question& question) const {
  Lack best;
  best.reason = Reason::NO_FEED;
  for (const Known& known : feeds_) {
    const Reason::Reason reason = AskOne(known, question);
    if (reason == Reason::REASON_UNSPECIFIED) return {};
    const int nearer = Nearness(reason) - Nearness(best.reason);
    const int32_t since = reason == Reason::FEED_SILENT ? known.feed.last_day : 0;
    if (nearer > 0) best.since = 0;
    if (nearer > 0) best.reason = reason;
    if (nearer >= 0) best.since = std::max(best.since, since);
  }
  if (IsFact(question.slot)) {
    best.fact = FactOf(question.slot);
  } else {
    best.programme = static_cast<v1::Programme>(question.slot);
  }
  return best;
}

}  // namespace relief::coverage
