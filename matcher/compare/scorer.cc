#include "matcher/compare/scorer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "matcher/compare/address_comparison.h"
#include "matcher/compare/name_comparison.h"
#include "matcher/normalize/lunar.h"

namespace relief::matcher {
namespace {

float Round(float bits) { return std::round(bits * 64) / 64; }

// An edit of one digit, or two neighbours exchanged. `position` is where.
bool OneEdit(std::string_view a, std::string_view b, size_t length, size_t* position) {
  size_t first = 0;
  while (first < length && a[first] == b[first]) ++first;
  if (first == length) return false;
  *position = first;
  size_t last = length - 1;
  while (a[last] == b[last]) --last;
  if (first == last) return true;
  return last == first + 1 && a[first] == b[last] && a[last] == b[first];
}

bool ResidentForm(const IdNumber& id) { return id.text.size() == 18; }

// yyyymmdd
std::array<char, 8> Digits(CivilDate date) {
  std::array<char, 8> digits;
  int number = date.year * 10000 + date.month * 100 + date.day;
  for (size_t i = digits.size(); i-- > 0; number /= 10) digits[i] = static_cast<char>('0' + number % 10);
  return digits;
}

// The weakest to the strongest agreement of two dates.
Level BirthLevel(CivilDate a, CivilDate b) {
  if (a == b) return Level::kBirthExact;
  if (a.year == b.year) {
    if ((a.month == 1 && a.day == 1) || (b.month == 1 && b.day == 1)) return Level::kBirthFirstOfJanuary;
    if (a.month == b.day && a.day == b.month) return Level::kBirthMonthDaySwapped;
  }
  if (a.month == b.month && a.day == b.day && std::abs(a.year - b.year) <= 2) return Level::kBirthYearOff;
  const std::array<char, 8> x = Digits(a), y = Digits(b);
  size_t position = 0;
  if (OneEdit({x.data(), x.size()}, {y.data(), y.size()}, x.size(), &position)) return Level::kBirthOneDigit;
  if (SameDayInLunarCalendar(a, b)) return Level::kBirthLunar;
  if (a.year == b.year) return a.month == b.month ? Level::kBirthSameMonth : Level::kBirthSameYear;
  return Level::kBirthDifferent;
}

class Comparison {
 public:
  Comparison(const Model& model, const Identity& a, const Identity& b, std::vector<FieldEvidence>* evidence)
      : model_(model), a_(a), b_(b), evidence_(evidence) {}

  PairScore Run() {
    const bool named = HasName(a_) && HasName(b_);
    if (named) name_ = CompareNames(model_, a_, b_);
    Number();
    Birth();
    Sexes();
    Name(named);
    // The given names may be two: what relatives share (phone, home) is no evidence then.
    const bool relatives = named && !name_.one_person(model_);
    Phone(relatives);
    Household(relatives);
    Address(relatives);
    Region();
    return {Round(total_), vetoes_};
  }

 private:
  static bool HasName(const Identity& identity) {
    return std::any_of(identity.names.begin(), identity.names.end(),
                       [](const matcher::Name& name) { return !name.empty(); });
  }

  void Add(std::string_view field, std::string_view level, float bits) {
    bits = Round(bits);
    total_ += bits;
    if (evidence_) evidence_->push_back({field, level, bits});
  }
  void Add(Level level) { Add(FieldOf(level), NameOf(level), model_.bits(level)); }

  // The given names contradict each other and nothing in them agrees.
  bool NamesContradict() const {
    return name_.given_differs() && name_.given_bits <= model_.bits(Level::kNameDifferent) / 2;
  }

  void Number() {
    const IdNumber& x = a_.id;
    const IdNumber& y = b_.id;
    if (x.empty() || y.empty()) return;
    if (x.not_own || y.not_own) return;  // neither for nor against
    if (!ResidentForm(x) || !ResidentForm(y)) {
      if (x.kind == y.kind && x.text == y.text) Add(Level::kIdOtherDocument);
      return;
    }
    if (x.text == y.text) {
      // One side may call it another document, of which it is no right number.
      if (!x.valid || !y.valid) return Add(Level::kIdExactInvalid);
      return SameNumber();
    }
    if (x.valid && y.valid) {
      vetoes_ |= kTwoTrustedIds;
      return Add(Level::kIdDifferent);
    }
    size_t position = 0;
    // The check character follows from the others, and a 15-digit form has none of its own.
    if (!OneEdit(x.text, y.text, 17, &position)) {
      if (x.text.compare(0, 17, y.text, 0, 17) == 0) return Add(Level::kIdOneEdit);
      return Add(Level::kIdInvalidDifferent);
    }
    Add(position >= 14 ? Level::kIdOneEditSequence : Level::kIdOneEdit);
  }

  // One valid number on both sides. If the names contradict each other it may be a changed name or somebody
  // else's number.
  void SameNumber() {
    same_number_ = true;
    if (HasName(a_) && HasName(b_) && !name_.one_person(model_)) {
      const bool sexes_contradict = a_.sex != Sex::kUnknown && b_.sex != Sex::kUnknown && a_.sex != b_.sex;
      const bool births_contradict = a_.birth_date && b_.birth_date &&
                                     BirthLevel(*a_.birth_date, *b_.birth_date) == Level::kBirthDifferent;
      if (sexes_contradict || births_contradict) {
        vetoes_ |= kSharedId;
        same_number_ = false;
        return Add(Level::kIdShared);
      }
      if (!a_.birth_date || !b_.birth_date) {
        vetoes_ |= kNoNameEvidence;
      } else if (NamesContradict()) {
        changed_name_ = true;  // both records say by themselves whose number it is
      }
    }
    Add(Level::kIdExact);
  }

  void Birth() {
    Level best = Level::kCount;
    const auto consider = [&](const std::optional<CivilDate>& x, const std::optional<CivilDate>& y) {
      if (!x || !y) return;
      const Level level = BirthLevel(*x, *y);
      if (best == Level::kCount || model_.bits(level) > model_.bits(best)) best = level;
    };
    if (same_number_) {
      // The number has the birth date in it: what the records state can only take away.
      consider(a_.birth_date, b_.birth_date);
      if (best == Level::kCount) return;
      if (best == Level::kBirthExact) return Add(Level::kBirthConfirmsId);
      return Add("birth_date", NameOf(best), std::min(model_.bits(best), 0.0f));
    }
    const auto own = [](const Identity& identity) {
      return identity.id.trusted() ? identity.id.birth_date : std::optional<CivilDate>();
    };
    consider(a_.best_birth_date(), b_.best_birth_date());
    consider(own(a_), b_.best_birth_date());
    consider(a_.best_birth_date(), own(b_));
    if (best != Level::kCount) Add(best);
  }

  void Sexes() {
    const Sex x = a_.best_sex(), y = b_.best_sex();
    if (x == Sex::kUnknown || y == Sex::kUnknown) return;
    Add(x == y ? Level::kSexSame : Level::kSexDifferent);
  }

  void Name(bool named) {
    if (!named) return;
    if (changed_name_) return Add(Level::kNameChanged);
    std::string_view level = "EXACT";
    if (name_.worst != Level::kCount) level = NameOf(name_.worst);
    if (name_.former && name_.worst == Level::kCount) level = NameOf(Level::kNameFormer);
    const float surname = name_.given_differs() ? std::min(name_.surname_bits, 0.0f) : name_.surname_bits;
    Add("name", level, surname + name_.given_bits);
  }

  void Shared(Level level, bool relatives) {
    if (relatives) {
      Add(FieldOf(level), "SHARED_BY_RELATIVES", std::min(model_.bits(level), 0.0f));
    } else {
      Add(level);
    }
  }

  void Phone(bool relatives) {
    if (a_.phones.empty() || b_.phones.empty()) return;
    const bool common = std::any_of(a_.phones.begin(), a_.phones.end(), [&](const std::string& phone) {
      return std::find(b_.phones.begin(), b_.phones.end(), phone) != b_.phones.end();
    });
    Shared(common ? Level::kPhoneSame : Level::kPhoneDifferent, relatives);
  }

  // Household ids of different sources cannot be compared.
  void Household(bool relatives) {
    if (a_.household.empty() || b_.household.empty()) return;
    if (a_.household == b_.household) return Shared(Level::kHouseholdSame, relatives);
    const size_t slash = a_.household.find('/');
    if (slash != std::string::npos && a_.household.compare(0, slash + 1, b_.household, 0, slash + 1) == 0)
      Shared(Level::kHouseholdDifferent, relatives);
  }

  void Address(bool relatives) {
    if (a_.address.empty() || b_.address.empty()) return;
    switch (CompareAddresses(a_.address, b_.address)) {
      case AddressAgreement::kSame:
        return Shared(Level::kAddressSame, relatives);
      case AddressAgreement::kMostParts:
        return Shared(Level::kAddressMostParts, relatives);
      case AddressAgreement::kSameTown:
        return Shared(Level::kAddressSameTown, relatives);
      case AddressAgreement::kDifferent:
        return Shared(Level::kAddressDifferent, relatives);
    }
  }

  void Region() {
    if (a_.region.empty() || b_.region.empty()) return;
    if (a_.region == b_.region) return Add(Level::kRegionSameCounty);
    Add(a_.region.compare(0, 4, b_.region, 0, 4) == 0 ? Level::kRegionSamePrefecture
                                                      : Level::kRegionDifferent);
  }

  const Model& model_;
  const Identity& a_;
  const Identity& b_;
  std::vector<FieldEvidence>* const evidence_;
  NameAgreement name_;
  float total_ = 0;
  uint32_t vetoes_ = kNoVeto;
  bool same_number_ = false;
  bool changed_name_ = false;
};

}  // namespace

PairScore Score(const Model& model, const Identity& a, const Identity& b,
                std::vector<FieldEvidence>* evidence) {
  if (evidence) evidence->clear();
  return Comparison(model, a, b, evidence).Run();
}

std::vector<std::string_view> VetoNames(uint32_t vetoes) {
  std::vector<std::string_view> names;
  if (vetoes & kTwoTrustedIds) names.push_back("TWO_TRUSTED_IDS");
  if (vetoes & kSharedId) names.push_back("SHARED_ID");
  if (vetoes & kNoNameEvidence) names.push_back("NO_NAME_EVIDENCE");
  return names;
}

}  // namespace relief::matcher
