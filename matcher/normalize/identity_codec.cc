// The stored form of an identity. Version 1, in this order:
//
//   u8 version = 1
//   varint names; each: u8 surname_length, varint tokens (at least 1), each a text
//   u8 id flags: 1 valid, 2 from_15_digits, 4 not_own, 8 a birth date follows, sex << 4;  u8 kind;  text;
//   [date] u8 flags: 1 a birth date follows, sex << 1;  [date] varint phones, each a text;  texts address,
//   region, domicile, household
//
// A birth year alone is a date whose month and day are 0.
//
// varint: seven bits a byte, lowest first, no longer than it must be. text: varint of bytes, UTF-8 (of id
// number, phones, region, domicile and household: the bytes as they are). date: varint of year << 9 | month
// << 5 | day. Each identity has one form: decoding checks so much that encoding what it returns gives the
// same bytes.
#include "matcher/normalize/identity_codec.h"

#include "matcher/normalize/text.h"

namespace relief::matcher {
namespace {

constexpr uint8_t kVersion = 1;

class Writer {
 public:
  void Byte(unsigned value) { out_ += static_cast<char>(value); }
  void Varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) Byte(static_cast<unsigned>(value & 0x7F) | 0x80);
    Byte(static_cast<unsigned>(value));
  }
  void Text(std::string_view text) {
    Varint(text.size());
    out_ += text;
  }
  void Text(std::u32string_view text) { Text(EncodeUtf8(text)); }
  void Date(CivilDate date) {
    Varint(static_cast<uint64_t>(static_cast<uint16_t>(date.year)) << 9 |
           static_cast<uint64_t>(date.month) << 5 | date.day);
  }
  std::string Take() { return std::move(out_); }

 private:
  std::string out_;
};

// After the first failure every read gives nothing, and `ok` stays false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  bool at_end() const { return bytes_.empty(); }
  void Fail() { ok_ = false, bytes_ = {}; }

  unsigned Byte() {
    if (bytes_.empty()) {
      Fail();
      return 0;
    }
    const auto value = static_cast<uint8_t>(bytes_[0]);
    bytes_.remove_prefix(1);
    return value;
  }
  uint64_t Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      const unsigned byte = Byte();
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) {
        if (byte == 0 && shift > 0) Fail();
        return value;
      }
    }
    Fail();
    return 0;
  }
  // A number of things that take at least `bytes_each` bytes: never more than what is left can hold.
  size_t Count(size_t bytes_each) {
    const uint64_t count = Varint();
    if (count > bytes_.size() / bytes_each) {
      Fail();
      return 0;
    }
    return count;
  }
  std::string Text() {
    const size_t size = Count(1);
    std::string text(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
    return text;
  }
  std::u32string Utf8() {
    const std::string text = Text();
    std::u32string decoded = DecodeUtf8(text);
    if (EncodeUtf8(decoded) != text) Fail();
    return decoded;
  }
  CivilDate Date() {
    const CivilDate date = DateOrYear();
    if (!date.valid()) Fail();
    return date;
  }
  // Month and day are 0 where there is only a year.
  CivilDate DateOrYear() {
    const uint64_t packed = Varint();
    const CivilDate date{static_cast<int16_t>(packed >> 9), static_cast<uint8_t>(packed >> 5 & 15),
                         static_cast<uint8_t>(packed & 31)};
    const bool year_alone = date.month == 0 && date.day == 0 && CivilDate{date.year, 1, 1}.valid();
    if (packed >> 9 > 9999 || !(date.valid() || year_alone)) Fail();
    return date;
  }
  matcher::Sex Sex(unsigned value) {
    if (value > 2) Fail();
    return static_cast<matcher::Sex>(value);
  }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

Name ReadName(Reader* in) {
  Name name;
  name.surname_length = static_cast<uint8_t>(in->Byte());
  const size_t tokens = in->Count(2);
  if (tokens == 0) in->Fail();
  for (size_t i = 0; i < tokens && in->ok(); ++i) {
    name.tokens.push_back(in->Utf8());
    if (name.tokens.back().empty()) in->Fail();
  }
  if (in->ok() && name.surname_length > name.tokens[0].size()) in->Fail();
  return name;
}

IdNumber ReadIdNumber(Reader* in) {
  IdNumber id;
  const unsigned flags = in->Byte();
  id.valid = (flags & 1) != 0;
  id.from_15_digits = (flags & 2) != 0;
  id.not_own = (flags & 4) != 0;
  id.sex = in->Sex(flags >> 4);
  const unsigned kind = in->Byte();
  if (kind > static_cast<unsigned>(DocumentKind::kOther)) in->Fail();
  id.kind = static_cast<DocumentKind>(kind);
  id.text = in->Text();
  if ((flags & 8) != 0) id.birth_date = in->Date();
  return id;
}

}  // namespace

std::string EncodeIdentity(const Identity& identity) {
  Writer out;
  out.Byte(kVersion);
  out.Varint(identity.names.size());
  for (const Name& name : identity.names) {
    out.Byte(name.surname_length);
    out.Varint(name.tokens.size());
    for (const std::u32string& token : name.tokens) out.Text(token);
  }
  const IdNumber& id = identity.id;
  out.Byte((id.valid ? 1u : 0u) | (id.from_15_digits ? 2u : 0u) | (id.not_own ? 4u : 0u) |
           (id.birth_date ? 8u : 0u) | static_cast<unsigned>(id.sex) << 4);
  out.Byte(static_cast<unsigned>(id.kind));
  out.Text(id.text);
  if (id.birth_date) out.Date(*id.birth_date);
  out.Byte((identity.birth_date || identity.birth_year ? 1u : 0u) | static_cast<unsigned>(identity.sex) << 1);
  if (identity.birth_date) {
    out.Date(*identity.birth_date);
  } else if (identity.birth_year) {
    out.Date({*identity.birth_year, 0, 0});
  }
  out.Varint(identity.phones.size());
  for (const std::string& phone : identity.phones) out.Text(phone);
  out.Text(identity.address);
  out.Text(identity.region);
  out.Text(identity.domicile);
  out.Text(identity.household);
  return out.Take();
}

std::optional<Identity> DecodeIdentity(std::string_view bytes) {
  Reader in(bytes);
  if (in.Byte() != kVersion) return std::nullopt;
  Identity identity;
  const size_t names = in.Count(4);
  for (size_t i = 0; i < names && in.ok(); ++i) identity.names.push_back(ReadName(&in));
  identity.id = ReadIdNumber(&in);
  const unsigned flags = in.Byte();
  identity.sex = in.Sex(flags >> 1);
  if ((flags & 1) != 0) {
    const CivilDate date = in.DateOrYear();
    if (date.month == 0) {
      identity.birth_year = date.year;
    } else {
      identity.birth_date = date;
    }
  }
  const size_t phones = in.Count(1);
  for (size_t i = 0; i < phones && in.ok(); ++i) identity.phones.push_back(in.Text());
  identity.address = in.Utf8();
  identity.region = in.Text();
  identity.domicile = in.Text();
  identity.household = in.Text();
  if (!in.ok() || !in.at_end()) return std::nullopt;
  return identity;
}

}  // namespace relief::matcher
