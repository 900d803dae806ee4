// Numbers of documents, accounts and telephones as they are written.
#include <algorithm>
#include <cstdlib>

#include "adapters/mapping/cell_parsers.h"
#include "adapters/mapping/cell_repairs.h"
#include "adapters/mapping/digits.h"

namespace relief::adapters {

bool IsResidentNumber(std::string_view number) {
  if (number.size() != 18 || !AllDigits(number.substr(0, 17))) return false;
  constexpr std::array<int, 17> kWeights = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (size_t i = 0; i < 17; ++i) sum += (number[i] - '0') * kWeights[i];
  const char check = "10X98765432"[sum % 11];
  const char last = number[17] == 'x' ? 'X' : number[17];
  return check == last && ParseDate(number.substr(6, 8)).ok();
}

namespace {

// Digits, X and mask characters, without what stands in brackets and without blanks and quotes.
std::string Core(std::string_view cell) {
  std::string plain = Plain(cell);
  std::string core;
  int depth = 0;
  for (size_t i = 0; i < plain.size(); ++i) {
    const char c = plain[i];
    if (c == '(' || c == '[') {
      ++depth;
    } else if (c == ')' || c == ']') {
      depth -= depth > 0 ? 1 : 0;
    } else if (depth == 0 && c != '"' && c != '\'' && c != '`' && c != '=' && c != ',' && c != '\n' &&
               c != '\r' && c != '-') {
      core += c;
    }
  }
  return core;
}

// 3.71302E+17
bool InExponentForm(std::string_view text) {
  const size_t e = text.find_first_of("Ee");
  if (e == std::string_view::npos || e == 0 || e + 2 > text.size()) return false;
  std::string_view mantissa = text.substr(0, e), exponent = text.substr(e + 1);
  if (!exponent.empty() && (exponent[0] == '+' || exponent[0] == '-')) exponent.remove_prefix(1);
  const size_t dot = mantissa.find('.');
  const bool plain = AllDigits(mantissa.substr(0, dot)) &&
                     (dot == std::string_view::npos || AllDigits(mantissa.substr(dot + 1)));
  return plain && AllDigits(exponent) && exponent.size() <= 3 &&
         (dot != std::string_view::npos || Number(exponent) >= 10);
}

std::string Capital(std::string number) {
  for (char& c : number) c = c == 'x' ? 'X' : c;
  return number;
}

}  // namespace

std::string ReadPersonNumber(std::string_view cell, bool stored_as_number, Repair* repair) {
  *repair = Repair::kNone;
  const std::string trimmed = Trim(cell), core = Core(cell);
  const std::string_view text = core;
  if (InExponentForm(Plain(cell))) {
    *repair = Repair::kDestroyedNumber;
    return "";
  }
  const bool of_18 = text.size() == 18 && AllDigits(text.substr(0, 17));
  if (text.size() == 18 && AllDigits(text) && text.substr(15) == "000" &&
      (stored_as_number || !IsResidentNumber(text))) {
    *repair = Repair::kDestroyedNumber;
    return "";
  }
  if (of_18) {
    if (core != trimmed && IsResidentNumber(text)) {
      *repair = Repair::kAroundNumber;
      return Capital(core);
    }
    return trimmed;
  }
  // A disability certificate: the number, a digit for the kind, one for the grade, and B with a digit if it was reissued.
  if ((text.size() == 20 || text.size() == 22) && IsResidentNumber(text.substr(0, 18)) && text[18] >= '1' &&
      text[18] <= '7' && text[19] >= '1' && text[19] <= '4' &&
      (text.size() == 20 || (text[20] == 'B' && IsDigit(text[21])))) {
    *repair = Repair::kCertificate;
    return Capital(std::string(text.substr(0, 18)));
  }
  if (text.find('*') != std::string_view::npos || text.find("＊") != std::string_view::npos ||
      (text.size() >= 15 && text.size() <= 18 &&
       (text.find("XXX") != std::string_view::npos || text.find("xxx") != std::string_view::npos))) {
    *repair = Repair::kMasked;
    return trimmed;
  }
  // One valid number within other text: 身份证：3713...
  const auto numbers = [&] {
    std::vector<std::string> found;
    for (size_t at = 0; at + 18 <= text.size(); ++at) {
      const bool starts = at == 0 || !IsDigit(text[at - 1]);
      const bool ends = at + 18 == text.size() || !IsDigit(text[at + 18]);
      if (starts && ends && IsResidentNumber(text.substr(at, 18))) found.emplace_back(text.substr(at, 18));
    }
    return found;
  }();
  if (numbers.size() == 1) {
    *repair = Repair::kAroundNumber;
    return Capital(numbers[0]);
  }
  return trimmed;
}

std::vector<std::string> SeveralNumbers(std::string_view cell) {
  const std::string plain = Plain(cell);
  const std::string_view text = plain;
  std::vector<std::string> found;
  for (size_t at = 0; at + 18 <= text.size(); ++at) {
    const bool starts = at == 0 || !IsDigit(text[at - 1]);
    const bool ends = at + 18 == text.size() || !(IsDigit(text[at + 18]) || text[at + 18] == 'X');
    if (!starts || !ends || !IsResidentNumber(text.substr(at, 18))) continue;
    found.push_back(Capital(std::string(text.substr(at, 18))));
    at += 17;
  }
  if (found.size() < 2) found.clear();
  return found;
}

std::string ReadAccount(std::string_view cell, bool stored_as_number, Repair* repair) {
  *repair = Repair::kNone;
  const std::string plain = Plain(cell);
  const bool rounded =
      stored_as_number && plain.size() >= 16 && AllDigits(plain) && plain.find_last_not_of('0') < 15;
  if (InExponentForm(plain) || rounded) {
    *repair = Repair::kDestroyedAccount;
    return "";
  }
  return Trim(cell);
}

std::string ReadPhone(std::string_view cell, Repair* repair) {
  *repair = Repair::kNone;
  const std::string plain = Plain(cell);
  const bool one_digit =
      !plain.empty() && plain.find_first_not_of(plain[0]) == std::string::npos && IsDigit(plain[0]);
  if (one_digit || plain == "12345678901" || plain == "12345678" || plain == "1234567") {
    *repair = Repair::kNoSuchPhone;
    return "";
  }
  return Trim(cell);
}

}  // namespace relief::adapters
