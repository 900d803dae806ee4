#include "server/coverage/identity_view.h"

#include <map>

#include "matcher/normalize/normalizer.h"
#include "server/coverage/person_records.h"

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

std::optional<matcher::CivilDate> BirthDateOf(const PersonRecords& person) {
  std::map<matcher::CivilDate, int> told;
  for (const Item& item : person.all()) {
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

}  // namespace relief::coverage
