#include "matcher/block/blocking.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
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

// On disk: golden values in the test.
class Hasher {
 public:
  explicit Hasher(const BlockSecret& secret) : context_(EVP_MAC_CTX_new(SipHash())), secret_(secret) {}

  BlockKey Hash(Kind kind, std::string_view content) {
    size_t size = sizeof(BlockKey);
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
                                     OSSL_PARAM_construct_end()};
    const auto kind_byte = static_cast<unsigned char>(kind);
    std::array<unsigned char, sizeof(BlockKey)> hash;
    if (EVP_MAC_init(context_.get(), secret_.data(), secret_.size(), parameters) != 1 ||
        EVP_MAC_update(context_.get(), &kind_byte, 1) != 1 ||
        EVP_MAC_update(context_.get(), reinterpret_cast<const unsigned char*>(content.data()),
                       content.size()) != 1 ||
        EVP_MAC_final(context_.get(), hash.data(), &size, hash.size()) != 1)
      std::abort();  // a library without SipHash
    BlockKey key = 0;
    for (size_t i = hash.size(); i > 0; --i) key = key << 8 | hash[i - 1];
    return key;
  }

 private:
  static EVP_MAC* SipHash() {
    static EVP_MAC* const mac = EVP_MAC_fetch(nullptr, "SIPHASH", nullptr);
    return mac;
  }
  struct Free {
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
  };

  const std::unique_ptr<EVP_MAC_CTX, Free> context_;
  const BlockSecret& secret_;
};

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
  KeyMaker(const Identity& identity, const BlockSecret& secret) : identity_(identity), hasher_(secret) {
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
  void Add(Kind kind, std::string_view content) { keys_.push_back(hasher_.Hash(kind, content)); }

  void Number() {
    const IdNumber& id = identity_.id;
    if (id.empty()) return;
    if (id.masked()) return;  // what is visible is what many share
    const std::string_view number = id.comparable();
    if (number.size() != 18) {
      Add(Kind::kDocument, std::to_string(static_cast<int>(id.kind)) + id.text);
      return;
    }
    Add(Kind::kIdNumber, number.substr(0, 17));
    Add(Kind::kBirthAndSequence, number.substr(6, 11));
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
  Hasher hasher_;
  std::vector<CivilDate> births_;
  std::vector<BlockKey> keys_;
};

}  // namespace

BlockKey HouseholdBlock(const std::string& household, const BlockSecret& secret) {
  return Hasher(secret).Hash(Kind::kHousehold, household);
}

BlockKey PhoneBlock(const std::string& phone, const BlockSecret& secret) {
  return Hasher(secret).Hash(Kind::kPhone, phone);
}

std::vector<BlockKey> BlockingKeys(const Identity& identity, const BlockSecret& secret) {
  return KeyMaker(identity, secret).Make();
}

}  // namespace relief::matcher
