// The sources disagree on who somebody is. These conditions look at identities, and never at benefits but to
// tell which records matter; one finding for each person and kind.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <tuple>

#include "server/coverage/condition.h"
#include "server/coverage/identity_view.h"

namespace relief::coverage {
namespace {

// What departments write wrongly of a right date: the day is not known, day and month change places, the year
// or the day is one digit off. Such dates agree well enough.
bool IsSlip(const matcher::CivilDate& a, const matcher::CivilDate& b) {
  const auto first_of_year = [](const matcher::CivilDate& date) { return date.month == 1 && date.day == 1; };
  if (a.year == b.year && (first_of_year(a) || first_of_year(b))) return true;
  if (a.year == b.year && a.month == b.day && a.day == b.month) return true;
  const std::string left = a.ToString(), right = b.ToString();
  int digits = 0;
  for (size_t i = 0; i < left.size() && i < right.size(); ++i) digits += left[i] != right[i];
  return digits <= 1 || (a.month == b.month && a.day == b.day && std::abs(a.year - b.year) == 1);
}

// The records of a person with what they say, in the order of days, then of keys.
struct Said {
  const Item* item = nullptr;
  matcher::Identity identity;
};

class IdentityCondition : public Condition {
 public:
  explicit IdentityCondition(const IdentityDispute& spec)
      : what_(spec.what()), recent_days_(spec.recent_days()) {}

  bool MayApply(SlotSet) const override { return true; }

  void Evaluate(const PersonRecords& person, Findings* findings) const override {
    if (what_ == IdentityDispute::SHARED_NUMBER)
      return Doubts(person, IdentityDoubt::Kind::kSharedId, findings);
    if (what_ == IdentityDispute::PERHAPS_ANOTHER)
      return Doubts(person, IdentityDoubt::Kind::kTwoIds, findings);
    if (what_ == IdentityDispute::ONLY_BROKEN_NUMBER) return OnlyBroken(person, findings);
    if (!MayDiffer(person)) return;
    std::vector<Said> all;
    for (const Item& item : person.all()) all.push_back({&item, IdentityOf(item.record().person())});
    std::sort(all.begin(), all.end(), [](const Said& a, const Said& b) {
      return std::make_tuple(a.item->day(), a.item->key()) < std::make_tuple(b.item->day(), b.item->key());
    });
    switch (what_) {
      case IdentityDispute::SEX:
        return Disagree(
            all, [](const Said& said) { return SexOf(said); },
            [](const std::string& a, const std::string& b) { return a == b; }, findings);
      case IdentityDispute::BIRTH_DATE:
        return Disagree(
            all, [](const Said& said) { return BirthOf(said); }, SameDay, findings);
      case IdentityDispute::TWO_NUMBERS:
        return Disagree(
            all, [](const Said& said) { return NumberOf(said); },
            [](const std::string& a, const std::string& b) { return a == b; }, findings);
      case IdentityDispute::BROKEN_NUMBER:
        return Broken(person, all, findings);
      case IdentityDispute::TWO_NAMES:
        return Names(all, findings);
      default:
        return Others(all, findings);
    }
  }

 private:
  // Spares the normalising where the records are written alike, as most are.
  bool MayDiffer(const PersonRecords& person) const {
    const std::span<const Item> items = person.all();
    if (items.empty()) return false;
    const v1::PersonIdentity& first = items.front().record().person();
    const bool by_number = what_ == IdentityDispute::TWO_NUMBERS || what_ == IdentityDispute::BROKEN_NUMBER;
    return std::any_of(items.begin(), items.end(), [&](const Item& item) {
      const v1::PersonIdentity& other = item.record().person();
      if (what_ == IdentityDispute::SEX) return other.sex() != first.sex();
      if (what_ == IdentityDispute::TWO_NAMES) return other.name() != first.name();
      if (by_number) return other.id_number() != first.id_number();
      // A single record may contradict itself.
      if (what_ == IdentityDispute::OTHERS_NUMBER) return !TellsItsBirthDate(other);
      return other.birth_date().SerializeAsString() != first.birth_date().SerializeAsString();
    });
  }

  // Whether the stated birth date stands in the number, or nothing is stated that it could contradict.
  static bool TellsItsBirthDate(const v1::PersonIdentity& person) {
    if (person.id_number().empty()) return true;
    if (!person.has_birth_date()) return person.sex() == v1::SEX_UNSPECIFIED;
    char digits[16];
    std::snprintf(digits, sizeof digits, "%02d%02d%02d", person.birth_date().year() % 100 & 127,
                  person.birth_date().month() & 127, person.birth_date().day() & 127);
    return person.id_number().find(digits) != std::string::npos;
  }

  static std::string SexOf(const Said& said) {
    if (said.identity.sex == matcher::Sex::kUnknown) return {};
    return said.identity.sex == matcher::Sex::kMale ? "M" : "F";
  }
  static std::string BirthOf(const Said& said) {
    return said.identity.birth_date ? said.identity.birth_date->ToString() : std::string();
  }
  static std::string NumberOf(const Said& said) {
    return said.identity.id.trusted() ? std::string(said.identity.id.resident_number()) : std::string();
  }
  static bool SameDay(const std::string& a, const std::string& b) {
    return a == b || IsSlip(*matcher::ParseDate(a), *matcher::ParseDate(b));
  }

  // The value told most often, of two told equally often the one told first, against all that disagree with
  // it.
  template <typename Value, typename Agree>
  static void Disagree(const std::vector<Said>& all, const Value& value, const Agree& agree,
                       Findings* findings) {
    std::map<std::string, int> told;
    for (const Said& said : all) ++told[value(said)];
    told.erase("");
    if (told.size() < 2) return;
    const Said* most = nullptr;
    const Said* first = nullptr;
    for (const Said& said : all) {
      const std::string here = value(said);
      if (here.empty()) continue;
      if (first == nullptr) first = &said;
      if (most == nullptr || told[here] > told[value(*most)]) most = &said;
    }
    Items evidence;
    for (const Said& said : all) {
      const std::string here = value(said);
      if (!here.empty() && !agree(here, value(*most))) evidence.push_back(said.item);
    }
    if (evidence.empty()) return;
    evidence.push_back(most->item);
    evidence.push_back(first->item);
    findings->Add("", first->item->key(), evidence);
  }

  // The names that come with the number that most records tell. A name that a record states as a former one
  // is let pass.
  static void Names(const std::vector<Said>& all, Findings* findings) {
    std::map<std::string, int> told;
    for (const Said& said : all) ++told[NumberOf(said)];
    told.erase("");
    if (told.empty()) return;
    const std::string number = std::max_element(told.begin(), told.end(), [](const auto& a, const auto& b) {
                                 return a.second < b.second;
                               })->first;
    std::vector<Said> of_number;
    std::set<std::string> former;
    for (const Said& said : all) {
      if (NumberOf(said) != number) continue;
      of_number.push_back(said);
      for (const std::string& name : said.item->record().person().former_names())
        former.insert(CanonicalName(name));
    }
    Disagree(
        of_number, [](const Said& said) { return CanonicalName(said.item->record().person().name()); },
        [&](const std::string& a, const std::string& b) {
          return former.contains(a) || former.contains(b) || IsNameSlip(a, b);
        },
        findings);
  }

  // Spares the normalising: eighteen characters as they should be, with a day that may exist and the right
  // check digit, as almost everybody has.
  static bool IsPlainlyValid(const std::string& number) {
    constexpr int kWeights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    if (number.size() != 18) return false;
    int sum = 0;
    for (int i = 0; i < 17; ++i) {
      if (number[i] < '0' || number[i] > '9') return false;
      sum += kWeights[i] * (number[i] - '0');
    }
    const auto two = [&](int at) { return 10 * (number[at] - '0') + number[at + 1] - '0'; };
    const bool day =
        two(6) >= 19 && two(6) <= 20 && two(10) >= 1 && two(10) <= 12 && two(12) >= 1 && two(12) <= 28;
    return day && number[17] == "10X98765432"[sum % 11];
  }

  // A benefit that matters bears a number that cannot be, and nothing bears one that can.
  void OnlyBroken(const PersonRecords& person, Findings* findings) const {
    Items evidence;
    for (const Item& item : person.all()) {
      const std::string& number = item.record().person().id_number();
      if (number.empty()) continue;
      if (IsPlainlyValid(number)) return;
      const matcher::Identity identity = IdentityOf(item.record().person());
      if (identity.id.valid) return;
      if (!identity.id.empty() && Matters(person, item)) evidence.push_back(&item);
    }
    if (evidence.empty()) return;
    const matcher::RecordKey anchor = Earliest(evidence).key();
    findings->Add("", anchor, evidence);
  }

  static bool IsBroken(const Said& said) { return !said.identity.id.empty() && !said.identity.id.valid; }

  void Broken(const PersonRecords& person, const std::vector<Said>& all, Findings* findings) const {
    const auto valid =
        std::find_if(all.begin(), all.end(), [](const Said& said) { return !NumberOf(said).empty(); });
    if (valid == all.end()) return;
    Items evidence;
    for (const Said& said : all) {
      if (IsBroken(said) && Matters(person, *said.item)) evidence.push_back(said.item);
    }
    if (evidence.empty()) return;
    evidence.push_back(valid->item);
    findings->Add("", valid->item->key(), evidence);
  }

  // A benefit that runs, or was paid lately.
  bool Matters(const PersonRecords& person, const Item& item) const {
    if (!item.is_benefit() || !item.holds) return false;
    if (!item.months.empty()) return true;
    return item.day() != INT32_MAX &&
           !person.clock().Reached(int64_t{item.day()} + recent_days_.For(item) + 1);
  }

  static void Others(const std::vector<Said>& all, Findings* findings) {
    Items evidence;
    for (const Said& said : all) {
      if (said.identity.id.valid && said.identity.id.not_own) evidence.push_back(said.item);
    }
    if (evidence.empty()) return;
    const matcher::RecordKey anchor = Earliest(evidence).key();
    findings->Add("", anchor, evidence);
  }

  // Each of the two persons has a finding of its own: neither knows whose the number is.
  static void Doubts(const PersonRecords& person, IdentityDoubt::Kind kind, Findings* findings) {
    absl::InlinedVector<const CoverageRecord*, 8> evidence;
    Items own;
    for (const IdentityDoubt& doubt : person.doubts()) {
      if (doubt.kind != kind) continue;
      for (const Item& item : person.all()) {
        if (item.key() != doubt.own) continue;
        own.push_back(&item);
        evidence.push_back(item.source);
        evidence.push_back(&doubt.other);
      }
    }
    if (own.empty()) return;
    findings->Add("", Earliest(own).key(),
                  std::span<const CoverageRecord* const>(evidence.data(), evidence.size()),
                  std::vector<MonthIndex>(), 0);
  }

  IdentityDispute::What what_;
  RegionalNumber recent_days_;
};

}  // namespace

std::unique_ptr<Condition> MakeIdentityDispute(const IdentityDispute& spec) {
  return std::make_unique<IdentityCondition>(spec);
}

}  // namespace relief::coverage
