// A person as a source writes that person down (RawIdentity), and the canonical form that blocking and
// comparison read (Identity). Normalisation is a pure function: the same raw identity always gives the same
// canonical form.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matcher/normalize/civil_date.h"

namespace relief::matcher {

enum class Sex : uint8_t { kUnknown = 0, kMale = 1, kFemale = 2 };

enum class DocumentKind : uint8_t {
  kResidentId = 0,
  kResidencePermit = 1,
  kForeignResident = 2,
  kBirthCertificate = 3,
  kDisabilityCertificate = 4,
  kPassport = 5,
  kOther = 6,
};

struct RawIdentity {
  std::string name{};  // UTF-8, like all text here
  std::vector<std::string> former_names{};
  DocumentKind document = DocumentKind::kResidentId;
  std::string id_number{};
  std::optional<CivilDate> birth_date{};
  std::optional<int16_t> birth_year{};  // where only the year is stated
  Sex sex = Sex::kUnknown;
  std::vector<std::string> phones{};
  std::string address{};
  std::string region_code{};    // GB/T 2260, where the person lives or is paid
  std::string domicile_code{};  // 户籍地
  std::string household{};      // unique in the hub (the source's id is part of it); empty if none is stated
};

// What normalisation did or noticed; shown beside a record as a reason code, never with the value.
enum class Repair : uint8_t {
  kNameSpaces = 1,  // white space inside or around the name was dropped
  kNameWidth,       // full-width or compatibility characters were folded
  kNameVariant,     // traditional or variant characters were folded to the standard ones
  kNameDot,         // one of the many dots became U+00B7
  kNameUnreadable,  // '?' or private-use characters became wildcards
  kNameMojibake,    // UTF-8 that was read as GBK: the name is read both ways
  kNameRemark,      // a remark in brackets, a title or a quote was dropped
  kIdWidth,         // full-width digits, spaces, quotes, lower-case x
  kId15To18,
  kIdInvalid,  // check digit, date or form is wrong: kept as evidence, never as proof
  kIdNotOwn,   // the number contradicts the stated birth date or sex: it is probably somebody else's
  kDateImplausible,
  kPhoneInvalid,
};

// Stands in a name for a character that could not be read; agrees weakly with every character.
inline constexpr char32_t kWildcard = U'\uFFFD';

struct Name {
  // A Han name is one token ("欧阳明月"); a name with dots is one token for each part ("阿卜杜拉", "买买提").
  // Canonical characters: no white space, variants folded, Latin in lower case.
  std::vector<std::u32string> tokens;
  // Characters of tokens[0] that are the surname: 1, or 2 for a compound surname; 0 where there is none to
  // tell.
  uint8_t surname_length = 0;

  bool empty() const { return tokens.empty(); }
  bool has_surname() const { return surname_length > 0; }
  std::u32string_view surname() const { return std::u32string_view(tokens[0]).substr(0, surname_length); }
  std::u32string_view given() const { return std::u32string_view(tokens[0]).substr(surname_length); }

  friend bool operator==(const Name&, const Name&) = default;
};

// Stands in a resident number for a digit that the source hid.
inline constexpr char kHiddenDigit = '*';

// A document number. For resident ids and residence permits `text` is the 18-character form.
struct IdNumber {
  DocumentKind kind = DocumentKind::kResidentId;
  std::string text;  // upper case, no spaces; empty if none is stated
  bool valid =
      false;  // right length, a date that exists, and the right check digit (a 15-digit number has none)
  bool from_15_digits = false;
  // The number is well formed, but the record's own birth date or sex says that it belongs to somebody else
  // (a guardian's number on a child's record). It is then neither evidence for nor a veto against a match.
  bool not_own = false;
  std::optional<CivilDate> birth_date;  // as the number says, if it says
  Sex sex = Sex::kUnknown;              // as the number says

  bool empty() const { return text.empty(); }
  // Some of the digits are hidden: what can be seen may fit another number, and says no more than that.
  bool masked() const { return text.find(kHiddenDigit) != std::string::npos; }
  // May be used as proof of who this is.
  bool trusted() const { return valid && !not_own; }

  // The 18 characters of the resident number, whichever document it stands on (a disability certificate
  // begins with it); empty if there is none of that length.
  std::string_view resident_number() const {
    const bool has_one = kind == DocumentKind::kResidentId || kind == DocumentKind::kResidencePermit ||
                         kind == DocumentKind::kDisabilityCertificate;
    return has_one && text.size() >= 18 ? std::string_view(text).substr(0, 18) : std::string_view();
  }

  // What is compared and told apart: the resident number where there is one, and otherwise the text.
  std::string_view comparable() const {
    const std::string_view resident = resident_number();
    return resident.empty() ? std::string_view(text) : resident;
  }

  friend bool operator==(const IdNumber&, const IdNumber&) = default;
};

struct Identity {
  std::vector<Name> names;  // the current one first, then former ones; empty if the record has no name
  IdNumber id;
  std::optional<CivilDate> birth_date;  // as stated; implausible dates are dropped
  std::optional<int16_t> birth_year;    // as stated, where no more than the year is; never beside a date
  Sex sex = Sex::kUnknown;              // as stated
  std::vector<std::string> phones;      // digits only, without +86
  std::u32string address;               // canonical characters, digits narrow, no white space or punctuation
  std::string region;                   // 6 digits or empty
  std::string domicile;                 // 6 digits or empty
  std::string household;                // as in RawIdentity

  // The stated birth date, or else the one that an own number says.
  std::optional<CivilDate> best_birth_date() const {
    if (birth_date) return birth_date;
    if (!id.not_own) return id.birth_date;
    return std::nullopt;
  }
  Sex best_sex() const { return sex != Sex::kUnknown || id.not_own ? sex : id.sex; }

  friend bool operator==(const Identity&, const Identity&) = default;
};

}  // namespace relief::matcher
