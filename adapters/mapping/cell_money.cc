// Money as it is written.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "adapters/mapping/cell_parsers.h"
#include "adapters/mapping/cell_repairs.h"
#include "adapters/mapping/digits.h"

namespace relief::adapters {
namespace {

struct Money {
  std::string digits;  // whole part
  std::string decimals;
  int64_t factor = 1;  // 10,000 for 万
};

// 壹仟贰佰元整. False if it is nothing of the kind.
bool CapitalMoney(std::string_view text, int64_t* fen) {
  constexpr std::array<std::string_view, 10> kDigits = {"零", "壹", "贰", "叁", "肆",
                                                        "伍", "陆", "柒", "捌", "玖"};
  TakePrefix(&text, "人民币");
  int64_t total = 0, section = 0, digit = -1;
  bool any = false, fraction = false;
  while (!text.empty()) {
    const std::string_view one = text.substr(0, 3);
    int value = -1;
    for (size_t i = 0; i < kDigits.size(); ++i)
      if (one == kDigits[i]) value = static_cast<int>(i);
    const int64_t unit = one == "拾" ? 10 : one == "佰" ? 100 : one == "仟" ? 1000 : 0;
    if (value >= 0) {
      digit = value;
      any = true;
    } else if (unit > 0) {
      section += std::max<int64_t>(digit < 0 ? 1 : digit, 0) * unit;
      digit = -1;
    } else if (one == "万") {
      total += (section + std::max<int64_t>(digit, 0)) * 10000;
      section = 0;
      digit = -1;
    } else if (one == "元" || one == "圆") {
      total = (total + section + std::max<int64_t>(digit, 0)) * 100;
      section = 0;
      digit = -1;
      fraction = true;
    } else if ((one == "角" || one == "分") && fraction) {
      total += std::max<int64_t>(digit, 0) * (one == "角" ? 10 : 1);
      digit = -1;
    } else if (!(one == "整" || one == "正") || text.size() != 3) {
      return false;
    }
    text.remove_prefix(std::min<size_t>(3, text.size()));
  }
  if (!any || !fraction || digit > 0 || section > 0) return false;
  *fen = total;
  return true;
}

}  // namespace

absl::StatusOr<int64_t> ReadMoney(std::string_view cell, Unit unit, Repair* repair) {
  *repair = Repair::kNone;
  int64_t per_unit = 100;  // fen
  switch (unit) {
    case FEN:
      per_unit = 1;
      break;
    case JIAO:
      per_unit = 10;
      break;
    case HUNDRED_YUAN:
      per_unit = 10'000;
      break;
    case THOUSAND_YUAN:
      per_unit = 100'000;
      break;
    case TEN_THOUSAND_YUAN:
      per_unit = 1'000'000;
      break;
    default:
      break;
  }
  const std::string plain = Plain(cell);
  std::string_view text = plain;
  int64_t capital = 0;
  if (CapitalMoney(text, &capital)) {
    *repair = Repair::kNumerals;
    return capital;
  }
  const absl::Status wrong = Wrong("not an amount in yuan with at most two decimals");
  for (const char* sign : {"¥", "￥", "RMB", "人民币"}) TakePrefix(&text, sign);
  for (const char* tail :
       {"/人月", "/户月", "/人·月", "/月", "/人", "/年", "/户", "每月", "/季", "/次", "/学期", "整"}) {
    if (TakeSuffix(&text, tail)) {
      *repair = Repair::kUnit;
      break;
    }
  }
  if (TakeSuffix(&text, "万元") || TakeSuffix(&text, "万")) {
    per_unit = 1'000'000;
    *repair = Repair::kUnit;
  } else if (TakeSuffix(&text, "元") || TakeSuffix(&text, "圆") || TakeSuffix(&text, "块")) {
    if (per_unit != 100) *repair = Repair::kUnit;
    per_unit = 100;  // the cell knows better than the heading
  } else if (TakeSuffix(&text, "角")) {
    per_unit = 10;
    *repair = Repair::kUnit;
  } else if (TakeSuffix(&text, "分")) {
    per_unit = 1;
    *repair = Repair::kUnit;
  }
  bool negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  const size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  std::string_view decimals = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
  std::string digits;
  size_t since_comma = 0;
  bool comma = false;
  for (const char c : whole) {
    if (c == ',') {
      // 1,020 and 12,345,678; a comma anywhere else is no separator of thousands.
      if (digits.empty() || (comma ? since_comma != 3 : digits.size() > 3)) return wrong;
      comma = true;
      since_comma = 0;
    } else if (IsDigit(c)) {
      digits += c;
      ++since_comma;
    } else {
      return wrong;
    }
  }
  if (digits.empty() || digits.size() > 12 || (comma && since_comma != 3)) return wrong;
  while (!decimals.empty() && decimals.back() == '0') decimals.remove_suffix(1);
  if (!decimals.empty() && (!AllDigits(decimals) || decimals.size() > 8)) return wrong;
  // whole * per_unit + decimals * per_unit / 10^n, which has to be whole.
  int64_t value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  if (value > 1'000'000'000'000'000 / per_unit) return Wrong("the amount is too large");
  int64_t fraction = 0, scale = 1;
  for (const char c : decimals) {
    fraction = fraction * 10 + (c - '0');
    scale *= 10;
  }
  if (fraction * per_unit % scale != 0) return wrong;
  const int64_t fen = value * per_unit + fraction * per_unit / scale;
  return negative ? -fen : fen;
}

}  // namespace relief::adapters
