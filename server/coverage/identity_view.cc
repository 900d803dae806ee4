#include "server/coverage/identity_view.h"

#include <algorithm>
#include <map>

#include "matcher/normalize/han.h"
#include "matcher/normalize/normalizer.h"
#include "matcher/normalize/text.h"

namespace relief::coverage {
namespace {

matcher::DocumentKind KindOf(v1::IdType type) {
  switch (type) {
    case v1::RESIDENCE_PERMIT_HMT:
      return matcher::DocumentKind::kResidencePermit;
    case v1::FOREIGN_RESIDENT:
      return matcher::DocumentKind::kForeignResident;
    case v1::BIRTH_CERTIFICATE:
      return matcher::DocumentKind::kBirthCertificate;
    case v1::DISABILITY_CERTIFICATE:
      return matcher::DocumentKind::kDisabilityCertificate;
    case v1::PASSPORT:
      return matcher::DocumentKind::kPassport;
    case v1::OTHER_DOCUMENT:
      return matcher::DocumentKind::kOther;
    default:
      return matcher::DocumentKind::kResidentId;
  }
}

}  // namespace

matcher::RawIdentity RawIdentityOf(const v1::PersonIdentity& person) {
  matcher::RawIdentity raw;
  raw.document = KindOf(person.id_type());
  raw.id_number = person.id_number();
  const int year = person.birth_date().year();
  if (year >= 1800 && year <= 2200) {
    const matcher::CivilDate birth = CivilDateOf(person.birth_date());
    if (birth.valid()) raw.birth_date = birth;
  }
  raw.sex = person.sex() == v1::MALE     ? matcher::Sex::kMale
            : person.sex() == v1::FEMALE ? matcher::Sex::kFemale
                                         : matcher::Sex::kUnknown;
  return raw;
}

matcher::Identity IdentityOf(const v1::PersonIdentity& person) {
  return matcher::Normalize(RawIdentityOf(person));
}

std::optional<matcher::CivilDate> BirthDateOf(std::span<const Item> records) {
  std::map<matcher::CivilDate, int> told;
  for (const Item& item : records) {
    const matcher::Identity identity = IdentityOf(item.record().person());
    if (identity.birth_date) {
      ++told[*identity.birth_date];
    } else if (identity.id.trusted() && identity.id.birth_date) {
      ++told[*identity.id.birth_date];
    }
  }
  std::optional<matcher::CivilDate> most;
  for (const auto& [birth, times] : told) {
    if (!most || times > told[*most]) most = birth;
  }
  return most;
}

std::string CanonicalName(const std::string& text) {
  std::string joined;
  for (const std::u32string& token : matcher::NormalizeName(text).tokens) {
    if (!joined.empty()) joined += "·";
    joined += matcher::EncodeUtf8(token);
  }
  return joined;
}

namespace {

constexpr double kLooksAlike = 0.7;

bool CharactersAgree(char32_t a, char32_t b) {
  if (a == b || a == matcher::kWildcard || b == matcher::kWildcard || matcher::AreVariants(a, b)) return true;
  const auto of_a = matcher::Readings(a), of_b = matcher::Readings(b);
  const bool sounds_alike = std::any_of(of_a.begin(), of_a.end(), [&](matcher::Syllable syllable) {
    return std::find(of_b.begin(), of_b.end(), syllable) != of_b.end();
  });
  return sounds_alike || matcher::ShapeSimilarity(a, b) >= kLooksAlike;
}

// Whether one is the other without one character.
bool LacksOne(const std::u32string& longer, const std::u32string& shorter) {
  if (longer.size() != shorter.size() + 1 || shorter.size() < 2) return false;
  size_t at = 0;
  while (at < shorter.size() && longer[at] == shorter[at]) ++at;
  return longer.substr(at + 1) == shorter.substr(at);
}

bool HasHan(const std::u32string& text) { return std::any_of(text.begin(), text.end(), matcher::IsHan); }

}  // namespace

bool IsNameSlip(const std::string& a_text, const std::string& b_text) {
  if (a_text == b_text) return true;
  std::u32string a = matcher::DecodeUtf8(a_text), b = matcher::DecodeUtf8(b_text);
  if (HasHan(a) != HasHan(b)) return true;
  constexpr char32_t kDot = U'·';
  if (a.find(kDot) != a.npos || b.find(kDot) != b.npos) {
    // A name of several parts: one that they share will do, or all written together.
    if (a.substr(0, a.find(kDot)) == b.substr(0, b.find(kDot))) return true;
    std::erase(a, kDot);
    std::erase(b, kDot);
  }
  if (LacksOne(a, b) || LacksOne(b, a)) return true;
  if (a.size() != b.size()) return false;
  if (std::equal(a.begin(), a.end(), b.begin(), CharactersAgree)) return true;
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

matcher::Sex SexOf(std::span<const Item> records) {
  int men = 0, women = 0;
  for (const Item& item : records) {
    const matcher::Identity identity = IdentityOf(item.record().person());
    matcher::Sex sex = identity.sex;
    if (sex == matcher::Sex::kUnknown && identity.id.trusted()) sex = identity.id.sex;
    men += sex == matcher::Sex::kMale;
    women += sex == matcher::Sex::kFemale;
  }
  if (men == women) return matcher::Sex::kUnknown;
  return men > women ? matcher::Sex::kMale : matcher::Sex::kFemale;
}

}  // namespace relief::coverage
