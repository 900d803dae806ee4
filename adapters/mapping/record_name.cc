// The ids of records whose file has none (ARCHITECTURE.md, "A record id where the file has none").
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdio>
#include <cstring>
#include <unordered_map>

#include "adapters/mapping/cell_parsers.h"
#include "adapters/mapping/row_field.h"

namespace relief::adapters {
namespace {

std::string MonthDigits(const v1::Month& month) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%04d%02d", month.year(), month.month());
  return digits;
}

}  // namespace

struct RowMapper::Names {
  // What rows of the file have been named: record id -> a hash of the content.
  std::unordered_map<uint64_t, uint64_t> named;
};

std::string KeyedDigest(const std::string& key, const std::string& text) {
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
  constexpr char kHex[] = "0123456789abcdef";
  std::string hex;
  for (int i = 0; i < 12; ++i) {
    hex += kHex[mac[i] >> 4];
    hex += kHex[mac[i] & 15];
  }
  return hex;
}

void RowMapper::ShareNames(RowMapper& other) { names_ = other.names_; }

std::shared_ptr<RowMapper::Names> RowMapper::NewNames() { return std::make_shared<Names>(); }

// The record id, where the file has none. False if the row repeats another.
bool RowMapper::Name(const Part& part, MappedRow* mapped, bool* repeats) {
  v1::Record& record = mapped->record;
  std::string month;  // of what was paid for one month
  if (mapped->column_month.year() > 0) {
    month = MonthDigits(mapped->column_month);
  } else if (payments_ && record.benefit().has_start_month() && record.benefit().has_end_month()) {
    month = MonthDigits(record.benefit().start_month());
  }
  const std::string of = part.has_month() ? "" : part.name();
  if (!mapping_.make_record_id() || !record.record_id().empty()) {
    if (record.record_id().empty()) return true;
    if (!of.empty()) record.set_record_id(record.record_id() + "-" + of);
    if (!month.empty()) record.set_record_id(record.record_id() + "-" + month);
    return true;
  }
  const v1::PersonIdentity& person = record.person();
  std::string key =
      std::to_string(mapping_.content()) + "/" + std::to_string(mapping_.programme()) + "/" + of + "/";
  const bool numbered = IsResidentNumber(person.id_number());
  if (numbered) {
    key += person.id_number();
  } else {
    key += person.name() + "/" + person.id_number() + "/" + person.birth_date().ShortDebugString() + "/" +
           record.household().household_id() + "/" + person.address();
  }
  for (const std::string& target : mapping_.id_from()) {
    // Households are often numbered anew in each list; who has a number is known without.
    if (numbered && target == "household.household_id") continue;
    // The month of the list does not tell one award from another: the next list is of another month.
    if (mapped->of_period && target == "benefit.start_month") continue;
    key += "/" + FieldPath::Of(target).value().Text(record);
  }
  if (!month.empty()) key += "/paid/" + month;
  v1::Record content = record;
  content.clear_version();
  const std::string text = KeyedDigest(record_id_key_, content.SerializeAsString());
  for (int number = 1;; ++number) {
    const std::string digest =
        KeyedDigest(record_id_key_, number == 1 ? key : key + "#" + std::to_string(number));
    uint64_t name = 0, hash = 0;
    std::memcpy(&name, digest.data(), sizeof name);
    std::memcpy(&hash, text.data(), sizeof hash);
    const auto [known, added] = names_->named.emplace(name, hash);
    if (added) {
      record.set_record_id("m-" + digest);
      return true;
    }
    if (known->second == hash) {
      *repeats = true;
      return false;
    }
  }
}

}  // namespace relief::adapters
