#include "server/referrals/registration_number.h"

#include <string_view>

namespace relief::server::referrals {
namespace {

constexpr std::string_view kCharacters = "0123456789ABCDEFGHJKLMNPQRTUWXY";  // without I, O, S, V, Z
constexpr size_t kLength = 18;

}  // namespace

bool IsCharityRegistration(const std::string& code) {
  if (code.size() != kLength) return false;
  const std::string_view kind = std::string_view(code).substr(0, 2);
  if (kind != "51" && kind != "52" && kind != "53") return false;
  size_t sum = 0, weight = 1;  // weights are the powers of 3, modulo 31
  for (size_t i = 0; i + 1 < kLength; ++i) {
    const size_t value = kCharacters.find(code[i]);
    if (value == std::string_view::npos) return false;
    sum += value * weight;
    weight = weight * 3 % kCharacters.size();
  }
  const size_t check = (kCharacters.size() - sum % kCharacters.size()) % kCharacters.size();
  return code.back() == kCharacters[check];
}

}  // namespace relief::server::referrals
