#include "adapters/intake/column_look.h"

#include <algorithm>
#include <unordered_set>

#include "adapters/mapping/cell_parsers.h"
#include "adapters/mapping/cell_repairs.h"

namespace relief::adapters {
namespace {

bool Digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Two to five Han characters, or with a dot between parts; masked ones too.
bool LooksLikeName(const std::string& cell) {
  const std::string plain = Plain(cell);
  size_t letters = 0;
  for (size_t at = 0; at < plain.size();) {
    const auto byte = static_cast<unsigned char>(plain[at]);
    if (byte >= 0xE3 && byte < 0xEF) {
      at += 3;
    } else if (byte >= 0xF0) {
      at += 4;
    } else if (plain[at] == '*' || plain.compare(at, 2, "·") == 0) {
      at += plain[at] == '*' ? 1 : 2;
    } else {
      return false;
    }
    ++letters;
  }
  if (letters < 2 || letters > 12) return false;
  // Two to four is the rule; longer ones are places and reasons, unless a dot parts them.
  return letters <= 4 || plain.find("·") != std::string::npos;
}

void Look1(const std::string& cell, CellKind kind, ColumnLook* look) {
  Repair repair = Repair::kNone;
  const std::string plain = Plain(cell);
  const std::string number = ReadPersonNumber(cell, kind == CellKind::kNumber, &repair);
  const bool valid = IsResidentNumber(number) || !SeveralNumbers(cell).empty();
  const bool shape =
      valid || repair == Repair::kDestroyedNumber || repair == Repair::kMasked ||
      ((number.size() == 18 || number.size() == 15) && Digits(number.substr(0, number.size() - 1)));
  look->valid_people += valid ? 1 : 0;
  look->people += shape ? 1 : 0;
  look->destroyed += repair == Repair::kDestroyedNumber ? 1 : 0;
  look->names += LooksLikeName(cell) ? 1 : 0;
  look->sexes += ParseSex(cell).ok() && !Digits(plain) ? 1 : 0;
  look->days += ReadDay(cell, &repair).ok() ? 1 : 0;
  look->months += ReadMonth(cell, false, true, &repair).ok() ? 1 : 0;
  auto money = ReadMoney(cell, YUAN, &repair);
  look->money += money.ok() && plain.size() <= 14 ? 1 : 0;
  look->phones += (plain.size() == 11 && plain[0] == '1' && Digits(plain)) ||
                          (plain.size() >= 7 && plain.size() <= 13 && plain[0] == '0' &&
                           plain.find('-') != std::string::npos)
                      ? 1
                      : 0;
  look->accounts +=
      plain.size() >= 8 && plain.size() <= 30 &&
              std::count_if(plain.begin(), plain.end(), [](char c) { return c >= '0' && c <= '9'; }) * 10 >=
                  static_cast<ptrdiff_t>(plain.size()) * 8
          ? 1
          : 0;
  look->accounts += !Digits(plain) && ReadAccount(cell, false, &repair).empty() ? 1 : 0;
  look->regions += ParseRegion(cell).ok() && plain[0] >= '1' && plain[0] <= '8' ? 1 : 0;
  look->counts += Digits(plain) && plain.size() <= 7 ? 1 : 0;
  look->terms += ReadTerm(cell, &repair).ok() ? 1 : 0;
  look->years +=
      plain.size() == 4 && Digits(plain) && (plain.substr(0, 2) == "20" || plain.substr(0, 2) == "19") ? 1
                                                                                                       : 0;
  if (plain.size() >= 6 && plain[4] == '.' && Digits(plain.substr(0, 4)) && Digits(plain.substr(5))) {
    look->padded_months = look->padded_months || (plain.size() == 7 && plain[5] == '0');
    look->unpadded_months = look->unpadded_months || (plain.size() == 6 && plain[5] >= '2');
  }
}

}  // namespace

double ColumnLook::Fits(Look look) const {
  if (look == ANYTHING) return 1;
  if (filled == 0) return 0;
  const auto share = [&](int of) { return static_cast<double>(of) / filled; };
  switch (look) {
    case NAMES:
      return share(names);
    case NUMBERS_OF_PEOPLE:
      return share(people);
    case SEXES:
      return share(sexes);
    case DAYS:
      return std::max(share(days), share(months));
    case MONTHS:
      return std::max(share(months), share(days));
    case MONEY:
      return share(money);
    case PHONES:
      return share(phones);
    case ACCOUNTS:
      return share(accounts);
    case REGIONS:
      return share(regions);
    case COUNTS:
      return share(counts);
    case TERMS:
      return share(terms);
    case YEARS:
      return share(years);
    default:
      return 1;
  }
}

ColumnLook LookAt(const std::deque<SheetRow>& rows, size_t column) {
  ColumnLook look;
  std::unordered_set<std::string> distinct;
  for (const SheetRow& row : rows) {
    if (column >= row.cells.size()) continue;
    const std::string cell = Trim(row.cells[column]);
    if (cell.empty() || SaysNothing(cell)) continue;
    ++look.filled;
    distinct.insert(cell);
    Look1(cell, column < row.kinds.size() ? row.kinds[column] : CellKind::kText, &look);
  }
  look.distinct = static_cast<int>(distinct.size());
  return look;
}

}  // namespace relief::adapters
