#include "adapters/mapping/cell_repairs.h"

#include <set>

#include "adapters/mapping/cell_parsers.h"

namespace relief::adapters {

std::string_view RepairName(Repair repair) {
  switch (repair) {
    case Repair::kNone:
      return "NONE";
    case Repair::kSerialDay:
      return "SERIAL_DAY";
    case Repair::kLostZero:
      return "LOST_ZERO";
    case Repair::kNumerals:
      return "NUMERALS";
    case Repair::kShortYear:
      return "SHORT_YEAR";
    case Repair::kWords:
      return "WORDS_AROUND";
    case Repair::kOpenEnd:
      return "OPEN_END";
    case Repair::kUnit:
      return "UNIT_IN_CELL";
    case Repair::kAroundNumber:
      return "TEXT_AROUND_NUMBER";
    case Repair::kCertificate:
      return "NUMBER_FROM_CERTIFICATE";
    case Repair::kMasked:
      return "MASKED_NUMBER";
    case Repair::kDestroyedNumber:
      return "DESTROYED_NUMBER";
    case Repair::kDestroyedAccount:
      return "DESTROYED_ACCOUNT";
    case Repair::kNoSuchPhone:
      return "NO_SUCH_PHONE";
    case Repair::kLeftOut:
      return "LEFT_OUT";
    case Repair::kNothing:
      return "NOTHING_WORD";
  }
  return "";
}

bool SaysNothing(std::string_view cell) {
  const std::string plain = Plain(cell);
  if (plain.empty()) return true;
  if (plain.size() > 24) return false;
  std::string small = plain;
  for (char& c : small) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  static const auto& words = *new std::set<std::string>{"null",       "(null)",
                                                        "\\n",        "none",
                                                        "nan",        "nil",
                                                        "n/a",        "na",
                                                        "#n/a",       "#value!",
                                                        "#ref!",      "#name?",
                                                        "#div/0!",    "#num!",
                                                        "#null!",     "undefined",
                                                        "无",         "暂无",
                                                        "没有",       "空",
                                                        "待补",       "待补充",
                                                        "待查",       "待定",
                                                        "不详",       "未知",
                                                        "未填",       "未提供",
                                                        "不明",       "略",
                                                        "同上无",     "0000-00-00",
                                                        "0000/00/00", "0000.00.00",
                                                        "00000000",   "0000-00-0000:00:00",
                                                        "0000-00",    "0000年00月00日",
                                                        "0000年00月"};
  if (words.count(small) > 0) return true;
  // Strokes, dots and stars alone.
  std::string_view rest = small;
  while (!rest.empty()) {
    if (std::string_view("/-_.*?\\~").find(rest[0]) != std::string_view::npos) {
      rest.remove_prefix(1);
    } else if (rest.substr(0, 3) == "—" || rest.substr(0, 3) == "–" || rest.substr(0, 3) == "―" ||
               rest.substr(0, 3) == "、" || rest.substr(0, 3) == "…" || rest.substr(0, 3) == "─" ||
               rest.substr(0, 3) == "　") {
      rest.remove_prefix(3);
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace relief::adapters
