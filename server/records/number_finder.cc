#include "server/records/number_finder.h"

#include <optional>
#include <string_view>
#include <vector>

#include "matcher/normalize/id_number.h"

namespace relief::server::records {
namespace {

constexpr size_t kResident = 18, kOldResident = 15, kMobile = 11, kShown = 3, kShownAtEnd = 2;

// One character of the text: a digit, a check character X, a separator, or something else.
struct Unit {
  size_t at = 0, size = 1;  // bytes
  char digit = 0;           // '0' to '9', 'X', '-' for a separator, 0 for everything else
};

std::vector<Unit> UnitsOf(std::string_view text) {
  std::vector<Unit> units;
  const auto byte = [&](size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0; };
  for (size_t at = 0; at < text.size();) {
    Unit unit{at, 1, 0};
    const unsigned char c = byte(at);
    if (c >= '0' && c <= '9') {
      unit.digit = static_cast<char>(c);
    } else if (c == 'X' || c == 'x') {
      unit.digit = 'X';
    } else if (c == ' ' || c == '-' || c == '.') {
      unit.digit = '-';
    } else if (c == 0xEF && byte(at + 1) == 0xBC) {  // full width
      unit.size = 3;
      const unsigned char last = byte(at + 2);
      if (last >= 0x90 && last <= 0x99) unit.digit = static_cast<char>('0' + (last - 0x90));
      if (last == 0xB8) unit.digit = 'X';
      if (last == 0x8D) unit.digit = '-';
    } else if (c == 0xE3 && byte(at + 1) == 0x80 && byte(at + 2) == 0x80) {  // ideographic space
      unit = {at, 3, '-'};
    } else if (c == 0xEF && byte(at + 1) == 0xBD && byte(at + 2) == 0x98) {  // full-width x
      unit = {at, 3, 'X'};
    }
    at += unit.size;
    units.push_back(unit);
  }
  return units;
}

bool IsDigit(const Unit& unit) { return unit.digit >= '0' && unit.digit <= '9'; }

// Digits without anything between them.
struct Group {
  size_t first = 0, count = 0;  // units
  bool joined = false;          // the next group follows after a single separator
};

std::vector<Group> GroupsOf(const std::vector<Unit>& units) {
  std::vector<Group> groups;
  for (size_t i = 0; i < units.size(); ++i) {
    if (!IsDigit(units[i])) continue;
    Group group{i, 0, false};
    for (; i < units.size() && IsDigit(units[i]); ++i) ++group.count;
    group.joined = i + 1 < units.size() && units[i].digit == '-' && IsDigit(units[i + 1]);
    groups.push_back(group);
  }
  return groups;
}

int Number(std::string_view digits) {
  int number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

bool IsDay(int month, int day) { return month >= 1 && month <= 12 && day >= 1 && day <= 31; }

bool IsResident(std::string_view number, bool checked) {
  if (!matcher::IsProvinceCode(number.substr(0, 2))) return false;
  const int year = Number(number.substr(6, 4));
  if (year < 1850 || year > 2100 || !IsDay(Number(number.substr(10, 2)), Number(number.substr(12, 2))))
    return false;
  return !checked || matcher::ResidentIdCheckDigit(number.substr(0, kResident - 1)) == number.back();
}

// They were given out until 1999. Of those whose year could be one of our decisions no reference is taken for one.
bool IsOldResident(std::string_view number, Text kind) {
  return matcher::IsProvinceCode(number.substr(0, 2)) &&
         (kind == Text::kWritten || Number(number.substr(6, 2)) >= 40) &&
         IsDay(Number(number.substr(8, 2)), Number(number.substr(10, 2)));
}

bool IsMobile(std::string_view number) { return number[0] == '1' && number[1] >= '3'; }

class Finder {
 public:
  Finder(const std::string& text, Text kind)
      : text_(text), kind_(kind), units_(UnitsOf(text)), groups_(GroupsOf(units_)), hidden_(units_.size()) {}

  std::string Masked() {
    for (size_t g = 0; g < groups_.size(); ++g) {
      FindWithin(groups_[g]);
      FindAcross(g);
    }
    std::string masked;
    for (size_t i = 0; i < units_.size(); ++i) {
      if (hidden_[i]) {
        masked.push_back('*');
      } else {
        masked.append(text_, units_[i].at, units_[i].size);
      }
    }
    return masked;
  }

 private:
  // The digits of `count` units from `first` on, with an X as the last one; empty: there are not so many.
  std::string Digits(size_t first, size_t count) const {
    std::string digits;
    for (size_t i = first; i < first + count && i < units_.size(); ++i) {
      if (!IsDigit(units_[i]) && !(units_[i].digit == 'X' && i + 1 == first + count)) return "";
      digits.push_back(units_[i].digit);
    }
    return digits.size() == count ? digits : "";
  }

  void Hide(const std::vector<size_t>& units, size_t shown_at_end) {
    for (size_t i = kShown; i + shown_at_end < units.size(); ++i) hidden_[units[i]] = true;
  }
  void Hide(size_t first, size_t count, size_t shown_at_end) {
    std::vector<size_t> units;
    for (size_t i = first; i < first + count; ++i) units.push_back(i);
    Hide(units, shown_at_end);
  }

  void FindWithin(const Group& group) {
    const bool ends_with_x =
        group.first + group.count < units_.size() && units_[group.first + group.count].digit == 'X';
    const size_t length = group.count + (ends_with_x ? 1 : 0);
    if (length >= kResident) {
      // A number with something before or behind it is one only if its check character says so.
      const bool checked = length > kResident || kind_ != Text::kWritten;
      for (size_t i = group.first; i + kResident <= group.first + length; ++i) {
        const std::string digits = Digits(i, kResident);
        if (digits.empty() || !IsResident(digits, checked)) continue;
        Hide(i, kResident, 0);
        i += kResident - 1;
      }
    } else if (kind_ == Text::kRecordId) {
      return;
    } else if (group.count == kOldResident) {
      if (IsOldResident(Digits(group.first, kOldResident), kind_)) Hide(group.first, kOldResident, 0);
    } else if (group.count == kMobile || (group.count == kMobile + 2 && Digits(group.first, 2) == "86")) {
      const size_t first = group.first + group.count - kMobile;
      if (IsMobile(Digits(first, kMobile))) Hide(first, kMobile, kShownAtEnd);
    }
  }

  // In groups with single separators, from this one on.
  void FindAcross(size_t g) {
    if (kind_ == Text::kRecordId) return;
    std::vector<size_t> units, sizes;
    std::string digits;
    for (size_t i = g; i < groups_.size(); ++i) {
      for (size_t n = 0; n < groups_[i].count; ++n) {
        units.push_back(groups_[i].first + n);
        digits.push_back(units_[units.back()].digit);
      }
      sizes.push_back(groups_[i].count);
      size_t x = groups_[i].first + groups_[i].count;
      const bool alone = x + 1 < units_.size() && units_[x].digit == '-' && units_[x + 1].digit == 'X';
      if (alone) ++x;
      if (digits.size() == kResident - 1 && x < units_.size() && units_[x].digit == 'X') {
        units.push_back(x);
        digits.push_back('X');
      }
      if (digits.size() > kResident) return;
      if (sizes.size() > 1 || alone) {
        if (digits.size() == kResident && IsResident(digits, kind_ != Text::kWritten)) return Hide(units, 0);
        const bool mobile = digits.size() == kMobile && sizes == std::vector<size_t>{3, 4, 4};
        const bool landline = sizes.size() == 2 && digits[0] == '0' && (sizes[0] == 3 || sizes[0] == 4) &&
                              (sizes[1] == 7 || sizes[1] == 8);
        if ((mobile && IsMobile(digits)) || landline) return Hide(units, kShownAtEnd);
      }
      if (!groups_[i].joined) return;
    }
  }

  const std::string& text_;
  const Text kind_;
  const std::vector<Unit> units_;
  const std::vector<Group> groups_;
  std::vector<bool> hidden_;
};

}  // namespace

std::string MaskNumbersWithin(const std::string& text, Text kind) { return Finder(text, kind).Masked(); }

}  // namespace relief::server::records
