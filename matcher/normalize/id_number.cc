// GB 11643-1999: six digits of region, eight of birth date, three of sequence (odd: male), a check character.
// The older form of 15 digits has a year of two digits and no check character; its sequences 996 to 999 were
// kept for people born in 18xx.
#include "matcher/normalize/id_number.h"

#include <algorithm>
#include <cstdlib>

#include "matcher/normalize/text.h"

namespace relief::matcher {
namespace {

constexpr size_t kLongForm = 18;
constexpr size_t kShortForm = 15;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool AllDigits(std::string_view text) { return std::all_of(text.begin(), text.end(), IsDigit); }

// Marks that spreadsheets and typists leave around or inside a number.
bool IsIgnored(char32_t c) {
  switch (c) {
    case U'\'':
    case U'"':
    case U'`':
    case U'=':
    case U'-':
    case U'_':
    case U'\u00B4':
    case U'\u2010':
    case U'\u2011':
    case U'\u2012':
    case U'\u2013':
    case U'\u2014':
    case U'\u2018':
    case U'\u2019':
    case U'\u201C':
    case U'\u201D':
    case U'\u2212':
      return true;
    default:
      return IsSpace(c) || IsInvisible(c);
  }
}

// What stands for the check character X: the Roman numeral, the Cyrillic and Greek letters, multiplication
// signs.
bool LooksLikeX(char32_t c) {
  return c == U'\u2169' || c == U'\u2179' || c == U'\u0425' || c == U'\u0445' || c == U'\u03A7' ||
         c == U'\u03C7' || c == U'\u00D7' || c == U'\u2715';
}

// What stands for a hidden digit.
bool LooksLikeMask(char32_t c) {
  switch (c) {
    case U'*':
    case U'?':
    case U'#':
    case U'\u25CF':  // ●
    case U'\u25CB':  // ○
    case U'\u25A0':  // ■
    case U'\u25A1':  // □
    case U'\u2022':  // •
    case U'\u203B':  // ※
      return true;
    default:
      return false;
  }
}

// Upper case, narrow, no spaces, quotes or hyphens.
std::string CleanText(std::string_view text, RepairSet* repairs) {
  std::u32string clean;
  bool changed = false;
  for (char32_t raw : DecodeUtf8(text)) {
    char32_t c = FoldWidth(raw);
    if (IsIgnored(c)) {
      changed = true;
      continue;
    }
    if (LooksLikeX(c)) c = U'X';
    if (LooksLikeMask(c)) c = kHiddenDigit;
    if (c >= U'a' && c <= U'z') c -= U'a' - U'A';
    changed = changed || c != raw;
    clean += c;
  }
  repairs->AddIf(changed && !clean.empty(), Repair::kIdWidth);
  return EncodeUtf8(clean);
}

// Words for "none", and the zeros and ones that forms ask for when there is no number.
bool IsPlaceholder(std::string_view text) {
  if (std::none_of(text.begin(), text.end(), IsDigit)) return true;
  return std::all_of(text.begin(), text.end(), [&](char c) { return c == text[0]; });
}

bool HasLongForm(std::string_view text) {
  return text.size() == kLongForm && AllDigits(text.substr(0, 17)) && (IsDigit(text[17]) || text[17] == 'X');
}

std::string Lengthen(std::string_view text) {
  const std::string_view sequence = text.substr(12, 3);
  const char* century = sequence >= "996" ? "18" : "19";
  std::string long_form = std::string(text.substr(0, 6)) + century + std::string(text.substr(6));
  return long_form + ResidentIdCheckDigit(long_form);
}

// How many characters of a disability certificate's number are the person's own: 18, where what follows them is the kind
// of disability 1..7, its level 1..4, and since reissues are counted "B" and a digit. 0 for any other text.
size_t ResidentLengthOfCertificate(std::string_view text) {
  if (text.size() < 20 || !HasLongForm(text.substr(0, kLongForm))) return 0;
  const bool right = text[18] >= '1' && text[18] <= '7' && text[19] >= '1' && text[19] <= '4' &&
                     (text.size() == 20 || (text.size() == 22 && text[20] == 'B' && IsDigit(text[21])));
  return right && text[17] == ResidentIdCheckDigit(text.substr(0, 17)) ? kLongForm : 0;
}

// Reads birth date and sex from the long form; true if the number is right in every respect.
bool ReadLongForm(std::string_view text, IdNumber* id) {
  const auto number = [&](size_t at, size_t size) {
    return std::atoi(std::string(text.substr(at, size)).c_str());
  };
  const CivilDate birth{static_cast<int16_t>(number(6, 4)), static_cast<uint8_t>(number(10, 2)),
                        static_cast<uint8_t>(number(12, 2))};
  if (birth.valid()) id->birth_date = birth;
  id->sex = (text[16] - '0') % 2 == 1 ? Sex::kMale : Sex::kFemale;
  return birth.valid() && text[17] == ResidentIdCheckDigit(text.substr(0, 17));
}

// 3.71302E+17: what a spreadsheet makes of a number. The digits that tell people apart are lost.
bool IsExponentForm(std::string_view text) {
  const size_t e = text.find('E');
  if (e == std::string_view::npos || e == 0 || !IsDigit(text[0])) return false;
  std::string_view exponent = text.substr(e + 1);
  if (!exponent.empty() && exponent[0] == '+') exponent.remove_prefix(1);
  const std::string_view mantissa = text.substr(0, e);
  return !exponent.empty() && AllDigits(exponent) &&
         std::all_of(mantissa.begin(), mantissa.end(), [](char c) { return IsDigit(c) || c == '.'; });
}

// 371302********5699, also with the mask of another length or with X for each hidden digit: 18 characters, '*' for what is
// hidden. Empty if `text` is no masked resident number.
std::string MaskedForm(std::string_view text) {
  std::string masked(text);
  for (size_t i = 0; i + 1 < masked.size(); ++i)
    if (masked[i] == 'X') masked[i] = kHiddenDigit;
  const size_t first = masked.find(kHiddenDigit);
  if (first == std::string::npos) return "";
  const size_t last = masked.rfind(kHiddenDigit);
  // Between the visible ends, the mask is as long as what it hides.
  const size_t visible = masked.size() - (last - first + 1);
  const bool one_run = masked.find_first_not_of(kHiddenDigit, first) ==
                       (last + 1 < masked.size() ? last + 1 : std::string::npos);
  if (masked.size() != kLongForm && (!one_run || visible > kLongForm - 4 || visible < 4)) return "";
  if (masked.size() != kLongForm) masked.replace(first, last - first + 1, kLongForm - visible, kHiddenDigit);
  for (size_t i = 0; i < masked.size(); ++i)
    if (!IsDigit(masked[i]) && masked[i] != kHiddenDigit && !(i == 17 && masked[i] == 'X')) return "";
  return masked;
}

// A number whose last digits a spreadsheet (000) or a clerk (9999, 1234) filled in says no more than one where they are
// hidden. `text` is no right number.
bool EndsInFiller(std::string_view text) {
  const std::string_view tail = text.substr(14);
  return text.substr(15) == "000" || tail == "1234" ||
         tail.find_first_not_of(tail[0]) == std::string_view::npos;
}

void HideFiller(std::string* text) {
  const char filler = text->back();
  size_t at = text->size();
  if (filler == '4') at = 14;
  while (at > 14 && (*text)[at - 1] == filler) --at;
  std::fill(text->begin() + static_cast<std::ptrdiff_t>(at), text->end(), kHiddenDigit);
}

void ReadVisibleBirthDate(IdNumber* id) {
  const std::string_view digits = std::string_view(id->text).substr(6, 8);
  if (!AllDigits(digits)) return;
  const CivilDate birth{static_cast<int16_t>(std::atoi(std::string(digits.substr(0, 4)).c_str())),
                        static_cast<uint8_t>(std::atoi(std::string(digits.substr(4, 2)).c_str())),
                        static_cast<uint8_t>(std::atoi(std::string(digits.substr(6, 2)).c_str()))};
  if (birth.valid()) id->birth_date = birth;
}

void ReadResidentNumber(IdNumber* id, RepairSet* repairs) {
  if (IsExponentForm(id->text)) {
    id->text.clear();
    return;
  }
  if (const std::string masked = MaskedForm(id->text); !masked.empty()) {
    id->text = masked;
    ReadVisibleBirthDate(id);
    return;
  }
  // The number of a disability certificate begins with the person's own.
  if (const size_t length = ResidentLengthOfCertificate(id->text); length > 0) {
    id->text.resize(length);
    repairs->Add(Repair::kIdWidth);
  }
  if (id->text.size() == kShortForm && AllDigits(id->text)) {
    id->text = Lengthen(id->text);
    id->from_15_digits = true;
    repairs->Add(Repair::kId15To18);
  }
  if (!HasLongForm(id->text)) return;
  const std::string_view province = std::string_view(id->text).substr(0, 2);
  bool right_place = IsProvinceCode(province);
  if (id->kind == DocumentKind::kResidencePermit)
    right_place = province == "81" || province == "82" || province == "83";
  id->valid = ReadLongForm(id->text, id) && right_place;
  if (!id->valid && EndsInFiller(id->text)) {
    HideFiller(&id->text);
    id->sex = Sex::kUnknown;
  }
}

// 残疾人证.
void ReadDisabilityCertificate(IdNumber* id) {
  const std::string_view text = id->text;
  if (text.size() < 20 || !HasLongForm(text.substr(0, kLongForm))) return;
  const bool number_right = ReadLongForm(text.substr(0, kLongForm), id);
  id->valid = number_right && ResidentLengthOfCertificate(text) > 0 && IsProvinceCode(text.substr(0, 2));
}

// Differing in one digit, or in two neighbouring ones that changed places: 19680312 / 19860312.
bool OneKeySlip(CivilDate a, CivilDate b) {
  const auto digits = [](CivilDate date) {
    std::string text = date.ToString();
    text.erase(std::remove(text.begin(), text.end(), '-'), text.end());
    return text;
  };
  const std::string left = digits(a), right = digits(b);
  std::vector<size_t> differ;
  for (size_t i = 0; i < left.size(); ++i) {
    if (left[i] != right[i]) differ.push_back(i);
  }
  if (differ.size() == 1) return true;
  return differ.size() == 2 && differ[1] == differ[0] + 1 && left[differ[0]] == right[differ[1]] &&
         left[differ[1]] == right[differ[0]];
}

// What happens to a birth date between a person and a form: month and day change places, only the year is
// known (01-01), the year is counted in another way, a key is hit wrongly, or the lunar date is given (14 to
// 55 days off).
bool OrdinarySlip(CivilDate number, CivilDate stated) {
  const bool same_year = number.year == stated.year;
  if (same_year && number.month == stated.day && number.day == stated.month) return true;
  const auto new_year = [](CivilDate date) { return date.month == 1 && date.day == 1; };
  if (same_year && (new_year(number) || new_year(stated))) return true;
  if (number.month == stated.month && number.day == stated.day && std::abs(number.year - stated.year) <= 2)
    return true;
  const int apart = std::abs(number.days() - stated.days());
  return (apart >= 14 && apart <= 55) || OneKeySlip(number, stated);
}

}  // namespace

char ResidentIdCheckDigit(std::string_view seventeen_digits) {
  static constexpr int kWeights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (size_t i = 0; i < 17 && i < seventeen_digits.size(); ++i)
    sum += kWeights[i] * (seventeen_digits[i] - '0');
  return "10X98765432"[((sum % 11) + 11) % 11];
}

bool IsProvinceCode(std::string_view two_digits) {
  if (two_digits.size() != 2 || !AllDigits(two_digits)) return false;
  const int code = (two_digits[0] - '0') * 10 + (two_digits[1] - '0');
  return (code >= 11 && code <= 15) || (code >= 21 && code <= 23) || (code >= 31 && code <= 37) ||
         (code >= 41 && code <= 46) || (code >= 50 && code <= 54) || (code >= 61 && code <= 65) ||
         code == 71 || (code >= 81 && code <= 83) || code == 91;
}

IdNumber CleanIdNumber(DocumentKind kind, std::string_view text, RepairSet* repairs) {
  IdNumber id;
  id.kind = kind;
  id.text = CleanText(text, repairs);
  if (id.text.empty()) return id;
  if (IsPlaceholder(id.text)) {
    id.text.clear();
    repairs->Add(Repair::kIdInvalid);
    return id;
  }
  switch (kind) {
    case DocumentKind::kResidentId:
    case DocumentKind::kResidencePermit:
      ReadResidentNumber(&id, repairs);
      break;
    case DocumentKind::kDisabilityCertificate:
      ReadDisabilityCertificate(&id);
      break;
    case DocumentKind::kForeignResident:
      // Cards since 2023 have the form of resident numbers, beginning with 9; older ones three letters and
      // twelve digits.
      if (HasLongForm(id.text) && id.text[0] == '9') {
        id.valid = ReadLongForm(id.text, &id);
        break;
      }
      id.valid = true;
      break;
    case DocumentKind::kBirthCertificate:
    case DocumentKind::kPassport:
    case DocumentKind::kOther:
      id.valid = true;
      break;
  }
  repairs->AddIf(!id.valid, Repair::kIdInvalid);
  return id;
}

bool BelongsToSomebodyElse(const IdNumber& id, const std::optional<CivilDate>& stated_birth, Sex stated_sex) {
  if (!id.birth_date) return false;
  const bool dates_agree = stated_birth && *stated_birth == *id.birth_date;
  if (dates_agree) return false;  // a contradicting sex is then a slip of the sex
  if (stated_birth && !OrdinarySlip(*id.birth_date, *stated_birth)) return true;
  return stated_sex != Sex::kUnknown && id.sex != Sex::kUnknown && stated_sex != id.sex;
}

}  // namespace relief::matcher
