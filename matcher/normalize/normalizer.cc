#include "matcher/normalize/normalizer.h"

#include <algorithm>

#include "matcher/normalize/contact.h"
#include "matcher/normalize/id_number.h"
#include "matcher/normalize/mojibake.h"
#include "matcher/normalize/name_normalizer.h"
#include "matcher/normalize/region_table.h"
#include "matcher/normalize/text.h"

namespace relief::matcher {
namespace {

template <typename T>
void AddOnce(T value, std::vector<T>* values) {
  if (std::find(values->begin(), values->end(), value) == values->end()) values->push_back(std::move(value));
}

void ReadNames(const RawIdentity& raw, std::vector<Name>* names, RepairSet* repairs) {
  std::vector<std::u32string> former;
  const std::u32string written = DecodeUtf8(raw.name);
  if (const auto repaired = RepairMojibake(written)) {
    repairs->Add(Repair::kNameMojibake);
    if (Name name = ReadName(*repaired, nullptr, repairs); !name.empty()) AddOnce(std::move(name), names);
  }
  if (Name name = ReadName(written, &former, repairs); !name.empty()) AddOnce(std::move(name), names);
  for (const std::string& text : raw.former_names) {
    std::u32string decoded = DecodeUtf8(text);
    for (size_t start = 0; start <= decoded.size();) {  // several in one field
      const size_t end = std::min(decoded.find_first_of(U"、，,;；/", start), decoded.size());
      former.push_back(decoded.substr(start, end - start));
      start = end + 1;
    }
  }
  for (const std::u32string& text : former) {
    if (Name name = ReadName(text, nullptr, repairs); !name.empty()) AddOnce(std::move(name), names);
  }
}

// What databases write where there is no date. A number that says the same day speaks for it.
bool IsEmptyDate(CivilDate date, const IdNumber& id) {
  static constexpr CivilDate kEmptyDates[] = {{1899, 12, 30}, {1899, 12, 31}, {1900, 1, 1}, {1900, 1, 2}};
  return std::find(std::begin(kEmptyDates), std::end(kEmptyDates), date) != std::end(kEmptyDates) &&
         id.birth_date != date;
}

void ReadPhones(const RawIdentity& raw, std::vector<std::string>* phones, RepairSet* repairs) {
  for (const std::string& field : raw.phones) {
    for (std::string_view text : SplitPhones(field)) {
      std::string phone = NormalizePhone(text);
      if (!phone.empty()) {
        AddOnce(std::move(phone), phones);
      } else {
        const std::u32string decoded = DecodeUtf8(text);
        repairs->AddIf(!std::all_of(decoded.begin(), decoded.end(), IsSpace), Repair::kPhoneInvalid);
      }
    }
  }
}

}  // namespace

Identity Normalize(const RawIdentity& raw, std::vector<Repair>* repairs) {
  RepairSet made;
  Identity identity;
  ReadNames(raw, &identity.names, &made);
  identity.id = CleanIdNumber(raw.document, raw.id_number, &made);
  identity.sex = raw.sex;
  if (raw.birth_date) {
    if (raw.birth_date->valid() && !IsEmptyDate(*raw.birth_date, identity.id)) {
      identity.birth_date = raw.birth_date;
    } else {
      made.Add(Repair::kDateImplausible);
    }
  }
  if (!identity.birth_date && raw.birth_year && CivilDate{*raw.birth_year, 1, 2}.valid() &&
      *raw.birth_year > 1900)
    identity.birth_year = raw.birth_year;
  identity.id.not_own = BelongsToSomebodyElse(identity.id, identity.birth_date, identity.sex);
  made.AddIf(identity.id.not_own, Repair::kIdNotOwn);
  ReadPhones(raw, &identity.phones, &made);
  identity.address = NormalizeAddress(raw.address);
  identity.region = CurrentRegion(NormalizeRegion(raw.region_code));
  identity.domicile = CurrentRegion(NormalizeRegion(raw.domicile_code));
  identity.household = raw.household;
  made.MoveTo(repairs);
  return identity;
}

Name NormalizeName(std::string_view text, std::vector<Repair>* repairs) {
  RepairSet made;
  Name name = ReadName(DecodeUtf8(text), nullptr, &made);
  made.MoveTo(repairs);
  return name;
}

IdNumber NormalizeIdNumber(DocumentKind kind, std::string_view text, std::vector<Repair>* repairs) {
  RepairSet made;
  IdNumber id = CleanIdNumber(kind, text, &made);
  made.MoveTo(repairs);
  return id;
}

}  // namespace relief::matcher
