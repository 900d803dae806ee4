#include "server/records/mask.h"

#include <algorithm>

namespace relief::server::records {
namespace {

constexpr size_t kShown = 3, kShownAtEnd = 2, kShortest = 8;

std::string Masked(const std::string& number, size_t at_end) {
  // A number in full-width digits has three bytes a character: none of it is shown.
  const bool ascii = std::all_of(number.begin(), number.end(), [](unsigned char c) { return c < 0x80; });
  if (!ascii || number.size() < kShortest) return number.empty() ? "" : "********";
  return number.substr(0, kShown) + std::string(number.size() - kShown - at_end, '*') +
         number.substr(number.size() - at_end);
}

}  // namespace

std::string MaskNumber(const std::string& number) { return Masked(number, kShownAtEnd); }

std::string MaskDocument(const std::string& number) { return Masked(number, 0); }

std::string MaskDigits(const std::string& text) {
  std::string masked;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = [&](size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0; };
    if (text[i] >= '0' && text[i] <= '9') {
      masked.push_back('*');
    } else if (byte(i) == 0xEF && byte(i + 1) == 0xBC && byte(i + 2) >= 0x90 && byte(i + 2) <= 0x99) {
      masked.push_back('*');
      i += 2;
    } else {
      masked.push_back(text[i]);
    }
  }
  return masked;
}

v1::PersonIdentity MaskIdentity(v1::PersonIdentity identity) {
  identity.set_id_number(MaskDocument(identity.id_number()));
  for (std::string& phone : *identity.mutable_phones()) phone = MaskNumber(phone);
  identity.set_address(MaskDigits(identity.address()));
  return identity;
}

}  // namespace relief::server::records
