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

// yyyymmdd
std::array<char, 8> Digits(CivilDate date) {
  std::array<char, 8> digits;
  int number = date.year * 10000 + date.month * 100 + date.day;
  for (size_t i = digits.size(); i-- > 0; number /= 10) digits[i] = static_cast<char>('0' + number % 10);
  return digits;
}

bool IsFirstOfJanuary(const CivilDate& date) { return date.month == 1 && date.day == 1; }

// The weakest to the strongest agreement of two dates.
Level BirthLevel(CivilDate a, CivilDate b) {
  if (a == b) return IsFirstOfJanuary(a) ? Level::kBirthBothFirstOfJanuary : Level::kBirthExact;
  if (a.year == b.year) {
    if (IsFirstOfJanuary(a) || IsFirstOfJanuary(b)) return Level::kBirthFirstOfJanuary;
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
  Comparison(const Model& model, const Identity& a, const Identity& b, std::vector<FieldEvidence>* evidence,
             bool phone_of_many)
      : model_(model), a_(a), b_(b), evidence_(evidence), phone_of_many_(phone_of_many) {}

  PairScore Run() {
    named_ = HasName(a_) && HasName(b_);
    if (named_) name_ = CompareNames(model_, a_, b_);
    Number();
    Birth();
    Sexes();
    Name();
    // The names may be two: what relatives share (phone, home) is no evidence then.
    const bool relatives = named_ && !name_.one_person(model_);
    Phone(relatives);
    Household(relatives);
    Address(relatives);
    Region();
    if (!same_number_ && total_ >= model_.review_threshold()) Doubt(relatives);
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

  // One name on both sides, each character of it readable: with one number, what the row says of birth and sex is a slip.
  bool OneName() const {
    return named_ && name_.one_person(model_) && name_.bits() > 0 && !Incomplete() &&
           name_.worst != Level::kNameWildcard && name_.worst != Level::kNameTokenMissing;
  }

  bool Incomplete() const { return named_ && (name_.worst == Level::kNameDropped || name_.given_hidden); }

  // With one number, these are slips of one name: another surname before the whole given name (relatives share a surname,
  // not that), or a given character left out and the others the same (relatives' names are as long as each other).
  bool SlipOfName() const {
    if (name_.surname_differs())
      return name_.worst == Level::kCount && name_.given_bits >= model_.dropped_name_bits();
    return name_.worst == Level::kNameDropped && name_.given_bits > 0;
  }

  void Number() {
    const IdNumber& x = a_.id;
    const IdNumber& y = b_.id;
    if (x.empty() || y.empty()) return;
    const std::string_view left = x.comparable(), right = y.comparable();
    if (x.not_own || y.not_own) {
      // A number that contradicts its row proves nothing by itself. With one and the same name it does: the row's birth
      // date or sex is wrong.
      if (left == right && x.valid && y.valid && OneName()) return SameNumber();
      return;
    }
    if (left.size() != 18 || right.size() != 18) {
      if (x.kind == y.kind && x.text == y.text && Specific(x)) AddNumber(Level::kIdOtherDocument);
      return;
    }
    if (x.masked() || y.masked()) return Hidden(left, right);
    if (left == right) {
      // One side may call it another document, of which it is no right number. Without a day in it, it is what somebody
      // typed to fill the field.
      if (!x.valid || !y.valid) {
        if (x.birth_date && y.birth_date) AddNumber(Level::kIdExactInvalid);
        return;
      }
      return SameNumber();
    }
    if (x.valid && y.valid) {
      vetoes_ |= kTwoTrustedIds;
      return Add(Level::kIdDifferent);
    }
    size_t position = 0;
    // The check character follows from the others, and a 15-digit form has none of its own.
    if (!OneEdit(left, right, 17, &position)) {
      if (left.substr(0, 17) == right.substr(0, 17)) return AddNumber(Level::kIdOneEdit);
      return Add(Level::kIdInvalidDifferent);
    }
    if (position >= 14) return Add(Level::kIdOneEditSequence);
    AddNumber(Level::kIdOneEdit);
  }

  // Whether a text that is no resident number tells people apart. What stands in the column of resident numbers and is none
  // of the known forms may be a placeholder or a fragment that many rows have.
  static bool Specific(const IdNumber& id) {
    return id.kind != DocumentKind::kResidentId || id.text.size() >= 16;
  }

  // Some digits are hidden on one side or both. What is visible on both sides must agree; the digits of the sequence and the
  // check are then evidence, one by one. Region and birth date are counted with their own fields.
  void Hidden(std::string_view left, std::string_view right) {
    int fitting = 0;
    for (size_t i = 0; i < 18; ++i) {
      if (left[i] == kHiddenDigit || right[i] == kHiddenDigit) continue;
      if (left[i] != right[i]) return Add(Level::kIdHiddenDiffers);
      if (i >= 14) ++fitting;
    }
    if (fitting == 0) return;
    number_agrees_ = fitting >= 3;
    Add(FieldOf(Level::kIdHiddenFits), NameOf(Level::kIdHiddenFits),
        static_cast<float>(fitting) * model_.bits(Level::kIdHiddenFits));
  }

  void AddNumber(Level level) {
    number_agrees_ = true;
    Add(level);
  }

  // One valid number on both sides. If the names contradict each other it may be a changed name or somebody
  // else's number.
  void SameNumber() {
    same_number_ = number_agrees_ = true;
    const bool hidden = name_.given_hidden && !(a_.birth_date && b_.birth_date);
    if (named_ && (hidden || !(name_.one_person(model_) || SlipOfName()))) {
      const bool sexes_contradict = a_.sex != Sex::kUnknown && b_.sex != Sex::kUnknown && a_.sex != b_.sex;
      const bool births_contradict = a_.birth_date && b_.birth_date &&
                                     BirthLevel(*a_.birth_date, *b_.birth_date) == Level::kBirthDifferent;
      if (sexes_contradict || births_contradict) {
        vetoes_ |= kSharedId;
        same_number_ = number_agrees_ = false;
        return Add(Level::kIdShared);
      }
      if (!a_.birth_date || !b_.birth_date) {
        vetoes_ |= kNoNameEvidence;
      } else if (NamesContradict()) {
        changed_name_ = true;  // both records say by themselves whose number it is
      }
    }
    same_number_and_name_ = OneName();
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
      // The number has the birth date in it: what the records state can only take away, and nothing where the name is the
      // same too.
      consider(a_.birth_date, b_.birth_date);
      if (best == Level::kCount) return;
      if (best == Level::kBirthExact || best == Level::kBirthBothFirstOfJanuary)
        return Add(Level::kBirthConfirmsId);
      return Add("birth_date", NameOf(best), same_number_and_name_ ? 0 : std::min(model_.bits(best), 0.0f));
    }
    const auto own = [](const Identity& identity) {
      return identity.id.trusted() ? identity.id.birth_date : std::optional<CivilDate>();
    };
    // The first of January beside a trusted number is what a form wanted, not another date.
    const auto stated = [&own](const Identity& identity) {
      const std::optional<CivilDate> date = identity.best_birth_date(), number = own(identity);
      return number && date && IsFirstOfJanuary(*date) ? number : date;
    };
    consider(stated(a_), stated(b_));
    consider(own(a_), stated(b_));
    consider(stated(a_), own(b_));
    if (best == Level::kCount) return YearAlone();
    birth_contradicts_ =
        best == Level::kBirthDifferent || best == Level::kBirthSameYear || best == Level::kBirthSameMonth;
    birth_agrees_ = !birth_contradicts_;
    birth_is_the_same_ = best == Level::kBirthExact;
    Add(best);
  }

  // At most the year of birth is known on one side. Years are counted in two ways, so that they may be one apart.
  void YearAlone() {
    const auto year_of = [](const Identity& identity) {
      if (identity.birth_year) return static_cast<int>(*identity.birth_year);
      const std::optional<CivilDate> date = identity.best_birth_date();
      return date ? static_cast<int>(date->year) : 0;
    };
    const int x = year_of(a_), y = year_of(b_);
    if (x == 0 || y == 0) return;
    if (x == y) return Add(Level::kBirthYearAlone);
    birth_contradicts_ = std::abs(x - y) > 1;
    if (birth_contradicts_) Add(Level::kBirthDifferent);
  }

  void Sexes() {
    const Sex x = a_.best_sex(), y = b_.best_sex();
    if (x == Sex::kUnknown || y == Sex::kUnknown) return;
    sexes_contradict_ = x != y;
    if (x != y && same_number_and_name_) return Add("sex", NameOf(Level::kSexDifferent), 0);
    Add(x == y ? Level::kSexSame : Level::kSexDifferent);
  }

  // What the machine leaves to an officer, however many bits there are.
  void Doubt(bool relatives) {
    if (birth_contradicts_ && !number_agrees_) vetoes_ |= kBirthContradicts;
    if (relatives) vetoes_ |= kNamesDiffer;
    if (!number_agrees_ && (name_.given_hidden || (Incomplete() && !birth_agrees_)))
      vetoes_ |= kNameIncomplete;
    // A birth date that is the same but for a slip is half an agreement: with name, sex and place alone it takes more.
    const bool half = birth_agrees_ && total_ < model_.link_threshold() + model_.ambiguity_margin();
    if (!number_agrees_ && !birth_is_the_same_ && (half || !birth_agrees_) &&
        (!home_agrees_ || sexes_contradict_))
      vetoes_ |= kNameAlone;
  }

  void Name() {
    if (!named_) return;
    if (changed_name_) return Add(Level::kNameChanged);
    std::string_view level = "EXACT";
    if (name_.worst != Level::kCount) level = NameOf(name_.worst);
    if (name_.former && name_.worst == Level::kCount) level = NameOf(Level::kNameFormer);
    if (name_.worst == Level::kCount && name_.surname != Level::kCount)
      level = name_.surname_differs() ? std::string_view("SURNAME_DIFFERENT") : NameOf(name_.surname);
    // What relatives share, a surname or one character of the given name, does not speak for one person.
    const float surname = name_.given_differs() ? std::min(name_.surname_bits, 0.0f) : name_.surname_bits;
    const float given = name_.given_differs() ? std::min(name_.given_bits, 0.0f) : name_.given_bits;
    Add("name", level, surname + given);
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
    if (common && phone_of_many_) return Add(FieldOf(Level::kPhoneSame), "BORNE_BY_MANY", 0);
    home_agrees_ = home_agrees_ || common;
    Shared(common ? Level::kPhoneSame : Level::kPhoneDifferent, relatives);
  }

  // Household ids of different sources cannot be compared.
  void Household(bool relatives) {
    if (a_.household.empty() || b_.household.empty()) return;
    if (a_.household == b_.household) {
      home_agrees_ = true;
      return Shared(Level::kHouseholdSame, relatives);
    }
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
  const bool phone_of_many_;
  NameAgreement name_;
  float total_ = 0;
  uint32_t vetoes_ = kNoVeto;
  bool named_ = false;
  bool same_number_ = false;
  bool same_number_and_name_ = false;
  bool number_agrees_ = false;  // exactly, or but for a slip, or as far as it is visible
  bool birth_is_the_same_ = false;
  bool birth_agrees_ = false, birth_contradicts_ = false;  // also: but for a slip
  bool sexes_contradict_ = false;
  bool home_agrees_ = false;  // a phone or a household
  bool changed_name_ = false;
};

}  // namespace

PairScore Score(const Model& model, const Identity& a, const Identity& b,
                std::vector<FieldEvidence>* evidence, bool phone_of_many) {
  if (evidence) evidence->clear();
  return Comparison(model, a, b, evidence, phone_of_many).Run();
}

std::vector<std::string_view> VetoNames(uint32_t vetoes) {
  std::vector<std::string_view> names;
  if (vetoes & kTwoTrustedIds) names.push_back("TWO_TRUSTED_IDS");
  if (vetoes & kSharedId) names.push_back("SHARED_ID");
  if (vetoes & kNoNameEvidence) names.push_back("NO_NAME_EVIDENCE");
  if (vetoes & kBirthContradicts) names.push_back("BIRTH_DATES_DIFFER");
  if (vetoes & kNamesDiffer) names.push_back("NAMES_DIFFER");
  if (vetoes & kNameAlone) names.push_back("NAME_ALONE");
  if (vetoes & kNameIncomplete) names.push_back("NAME_INCOMPLETE");
  return names;
}

}  // namespace relief::matcher
