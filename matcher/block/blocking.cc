#include "matcher/block/blocking.h"

#include <algorithm>
#include <string>

#include "matcher/normalize/han.h"

namespace relief::matcher {
namespace {

// Kinds are on disk: never renumber.
enum class Kind : char {
  kIdNumber = 1,
  kBirthAndSequence = 2,
  kNameAndYear = 3,
  kSurnameAndBirth = 4,
  kGivenAndDay = 5,
  kPhone = 6,
  kHousehold = 7,
  kNameAndCounty = 8,
  kDocument = 9,
};

constexpr size_t kMaxReadings = 8;  // combinations of one name

// FNV-1a, then the finaliser of MurmurHash3, so that all 64 bits are good. On disk: golden values in the
// test.
BlockKey Hash(Kind kind, std::string_view content) {
  uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&](char c) { hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3; };
  add(static_cast<char>(kind));
  for (char c : content) add(c);
  hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccd;
  hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53;
  return hash ^ hash >> 33;
}

// Every way to read the text aloud, at most kMaxReadings; none if a character is a wildcard. Characters
// without a reading (Latin, rare ones) stand for themselves.
std::vector<std::string> ReadAloud(std::u32string_view text) {
  std::vector<std::string> ways = {""};
  for (char32_t c : text) {
    if (c == kWildcard) return {};
    std::vector<std::string> next;
    const auto readings = Readings(c);
    for (const std::string& way : ways) {
      for (Syllable syllable : readings) {
        if (next.size() == kMaxReadings) break;
        next.push_back(way + std::string(SyllableText(FoldDialect(syllable))) + " ");
      }
      if (readings.empty() && next.size() < kMaxReadings)
        next.push_back(way + std::to_string(static_cast<uint32_t>(c)) + " ");
    }
    ways = std::move(next);
  }
  std::sort(ways.begin(), ways.end());
  ways.erase(std::unique(ways.begin(), ways.end()), ways.end());
  return ways;
}

class KeyMaker {
 public:
  explicit KeyMaker(const Identity& identity) : identity_(identity) {
    if (identity.birth_date) births_.push_back(*identity.birth_date);
    const IdNumber& id = identity.id;
    if (id.birth_date && !id.not_own && id.birth_date != identity.birth_date)
      births_.push_back(*id.birth_date);
  }

  std::vector<BlockKey> Make() && {
    Number();
    for (const Name& name : identity_.names) NameKeys(name);
    for (const std::string& phone : identity_.phones) Add(Kind::kPhone, phone);
    if (!identity_.household.empty()) Add(Kind::kHousehold, identity_.household);
    std::sort(keys_.begin(), keys_.end());
    keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
    return std::move(keys_);
  }

 private:
  void Add(Kind kind, std::string_view content) { keys_.push_back(Hash(kind, content)); }

  void Number() {
    const IdNumber& id = identity_.id;
    if (id.empty()) return;
    if (id.text.size() != 18) {
      Add(Kind::kDocument, std::to_string(static_cast<int>(id.kind)) + id.text);
      return;
    }
    Add(Kind::kIdNumber, std::string_view(id.text).substr(0, 17));
    Add(Kind::kBirthAndSequence, std::string_view(id.text).substr(6, 11));
  }

  void NameKeys(const Name& name) {
    if (name.empty()) return;
    std::u32string whole;
    for (const std::u32string& token : name.tokens) whole += token;
    for (const std::string& way : ReadAloud(whole)) Whole(way);
    if (name.tokens.size() > 1) {
      // One part of the name is what many registers keep.
      for (const std::u32string& token : name.tokens)
        for (const std::string& way : ReadAloud(token)) Whole(way);
    }
    const std::u32string_view first = name.tokens[0];
    const size_t surname = name.has_surname() ? name.surname_length : std::min<size_t>(1, first.size());
    for (const std::string& way : ReadAloud(first.substr(0, surname)))
      for (const CivilDate& birth : births_) Add(Kind::kSurnameAndBirth, way + birth.ToString());
    if (first.size() > surname)
      for (const std::string& way : ReadAloud(first.substr(surname)))
        for (const CivilDate& birth : births_) Add(Kind::kGivenAndDay, way + birth.ToString().substr(5));
  }

  void Whole(const std::string& way) {
    for (const CivilDate& birth : births_) Add(Kind::kNameAndYear, way + std::to_string(birth.year));
    if (!identity_.region.empty()) Add(Kind::kNameAndCounty, way + identity_.region);
  }

  const Identity& identity_;
  std::vector<CivilDate> births_;
  std::vector<BlockKey> keys_;
};

}  // namespace

BlockKey HouseholdBlock(const std::string& household) { return Hash(Kind::kHousehold, household); }

std::vector<BlockKey> BlockingKeys(const Identity& identity) { return KeyMaker(identity).Make(); }

}  // namespace relief::matcher
