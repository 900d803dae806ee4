#include "adapters/intake/table_finder.h"

#include <algorithm>
#include <set>
#include <utility>

#include "adapters/mapping/cell_parsers.h"
#include "adapters/mapping/cell_repairs.h"
#include "adapters/mapping/heading.h"

namespace relief::adapters {
namespace {

constexpr size_t kHeaderWithin = 60;
constexpr size_t kPeek = 500;

bool Digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// A number, a date, a document number: what no heading is.
bool LooksLikeData(const std::string& cell, CellKind kind) {
  if (kind == CellKind::kNumber || kind == CellKind::kDate) return true;
  const std::string plain = Plain(cell);
  if (plain.empty()) return false;
  size_t digits = 0;
  for (const char c : plain) digits += c >= '0' && c <= '9' ? 1 : 0;
  if (digits * 2 > plain.size() || (Digits(plain.substr(0, 1)) && digits * 3 >= plain.size())) return true;
  Repair repair;
  return ReadDay(cell, &repair).ok();
}

size_t Filled(const SheetRow& row) {
  return static_cast<size_t>(std::count_if(row.cells.begin(), row.cells.end(),
                                           [](const std::string& cell) { return !Trim(cell).empty(); }));
}

CellKind KindOf(const SheetRow& row, size_t column) {
  return column < row.kinds.size() ? row.kinds[column] : CellKind::kText;
}

std::string CellOf(const SheetRow& row, size_t column) {
  return column < row.cells.size() ? Trim(row.cells[column]) : "";
}

// Headings without their line breaks.
std::string OneLine(const std::string& cell) {
  std::string line;
  for (const char c : cell)
    if (c != '\n' && c != '\r') line += c;
  return Trim(line);
}

// How much of a row is known as headings, less what looks like data.
double HeaderScore(const SheetRow& row, const std::set<std::string>& known, const WordsOfColumns& words) {
  // 2026-01 looks like data, unless it is one of the months that columns stand for.
  std::set<std::string> months;
  for (size_t column = 0; column < row.cells.size(); ++column)
    if (const std::string cell = CellOf(row, column); MonthOfHeading(cell)) months.insert(cell);
  double score = 0;
  bool identity = false;
  for (size_t column = 0; column < row.cells.size(); ++column) {
    const std::string cell = OneLine(row.cells[column]);
    if (cell.empty()) continue;
    if (months.size() >= 2 && months.count(cell) > 0) continue;
    if (LooksLikeData(cell, KindOf(row, column))) {
      score -= 1;
      continue;
    }
    const bool unit_line = UnitOf(cell).has_value() && cell.find("单位") != std::string::npos;
    if (cell.size() > 90 || unit_line) continue;
    double best = known.count(HeadingKey(cell)) > 0 ? 1 : 0;
    for (const HeadingMatch& match : words.Find(cell)) {
      best = std::max(best, match.whole ? 1.0 : 0.6);
      identity = identity || match.field->look() == NAMES || match.field->look() == NUMBERS_OF_PEOPLE;
    }
    identity = identity || known.count(HeadingKey(cell)) > 0;
    score += best;
  }
  return identity ? score : score * 0.4;
}

// Whether a row below the header's first says what its groups hold.
bool IsSecondTier(const SheetRow& upper, const SheetRow& lower, const WordsOfColumns& words) {
  if (Filled(lower) == 0) return false;
  // 填报单位：… 填表日期：… is a line above the table, and no row of groups.
  for (size_t column = 0; column < upper.cells.size(); ++column) {
    const std::string above = CellOf(upper, column);
    if (LooksLikeData(above, KindOf(upper, column)) || Plain(above).find(':') != std::string::npos)
      return false;
  }
  size_t under_group = 0, over_single = 0;
  const size_t width = std::max(upper.cells.size(), lower.cells.size());
  for (size_t column = 0; column < width; ++column) {
    const std::string below = CellOf(lower, column);
    if (below.empty()) continue;
    if (LooksLikeData(below, KindOf(lower, column))) return false;
    const bool grouped =
        CellOf(upper, column).empty() || KindOf(upper, column + 1) == CellKind::kMergedLeft ||
        (column + 1 < width && CellOf(upper, column + 1).empty() && !CellOf(lower, column + 1).empty());
    ++(grouped ? under_group : over_single);
  }
  if (under_group < 2 || over_single > 0) return false;
  // A first row of data may be sparse too: then nothing in it is a heading, unless the sheet says that cells are merged.
  for (size_t column = 0; column < width; ++column) {
    if (KindOf(lower, column) == CellKind::kMergedUp) return true;
    if (const std::string below = CellOf(lower, column); !below.empty() && !words.Find(below).empty())
      return true;
  }
  return false;
}

bool BeginsWith(const std::string& text, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(), [&](const char* word) { return text.rfind(word, 0) == 0; });
}
bool HasAny(const std::string& text, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](const char* word) { return text.find(word) != std::string::npos; });
}

bool IsTotalWord(const std::string& cell) {
  const std::string plain = Plain(cell);
  for (const char* word : {"合计", "总计", "小计", "共计", "累计", "总合计", "本页合计", "本页小计", "合计数",
                           "总数", "计", "小结"})
    if (plain == word) return true;
  if (plain.size() > 60) return false;
  return BeginsWith(plain, {"合计:", "合计(", "总计:", "小计:", "共计:", "本页小计", "本页合计", "合计人数",
                            "合计金额", "合计大写", "总计人数"}) ||
         (plain.size() <= 36 && (plain.size() > 6 && (plain.substr(plain.size() - 6) == "合计" ||
                                                      plain.substr(plain.size() - 6) == "小计" ||
                                                      plain.substr(plain.size() - 6) == "总计")));
}

bool IsNoteText(const std::string& cell) {
  const std::string plain = Plain(cell);
  return BeginsWith(plain,
                    {"注:",        "注：",     "备注:",    "说明:",  "填表说明", "附注",      "填报说明",
                     "单位负责人", "负责人",   "审核人",   "制表人", "填表人",   "填报人",    "经办人",
                     "复核",       "审批人",   "分管领导", "主管",   "签字",     "盖章",      "制表",
                     "填报单位",   "填表日期", "填报日期", "打印",   "联系人",   "联系电话:", "单位(盖章)",
                     "日期:",      "公示",     "监督电话", "※",      "第",       "共"}) ||
         HasAny(plain, {"盖章", "签章", "负责人:", "审核人:", "制表人:", "经办人:", "填表人:"});
}

}  // namespace

absl::Status SheetTable::Fetch(size_t rows) {
  while (!at_end_ && ahead_.size() < rows) {
    SheetRow row;
    auto more = reader_->Next(&row);
    if (!more.ok()) {
      failed_ = more.status();
      at_end_ = true;
      return failed_;
    }
    if (!*more) {
      at_end_ = true;
      break;
    }
    ahead_.push_back(std::move(row));
  }
  return absl::OkStatus();
}

void SheetTable::SetHeader(size_t first, size_t last) {
  const SheetRow& upper = ahead_[first];
  const SheetRow& lower = ahead_[last];
  header_line_ = upper.line;
  header_rows_ = static_cast<int64_t>(last - first + 1);
  const size_t width = std::max(upper.cells.size(), lower.cells.size());
  std::string group;
  for (size_t column = 0; column < width; ++column) {
    const std::string above = column < upper.cells.size() ? OneLine(upper.cells[column]) : "";
    if (last == first) {
      header_.push_back(above);
      continue;
    }
    const std::string below = column < lower.cells.size() ? OneLine(lower.cells[column]) : "";
    if (!above.empty()) group = above;
    header_.push_back(below.empty() ? above : group.empty() || group == below ? below : group + "/" + below);
  }
  while (!header_.empty() && header_.back().empty()) header_.pop_back();
  for (size_t row = first; row <= last; ++row) header_cells_.push_back(ahead_[row].cells);
  for (size_t row = 0; row < first; ++row)
    for (const std::string& cell : ahead_[row].cells)
      if (const std::string text = OneLine(cell); !text.empty()) titles_.push_back(text);
  ahead_.erase(ahead_.begin(), ahead_.begin() + static_cast<ptrdiff_t>(last) + 1);
}

absl::StatusOr<std::unique_ptr<SheetTable>> SheetTable::Find(std::unique_ptr<RowReader> reader,
                                                             const MappingSet& mappings,
                                                             const WordsOfColumns& words) {
  std::unique_ptr<SheetTable> table(new SheetTable(std::move(reader)));
  if (absl::Status status = table->Fetch(kHeaderWithin); !status.ok()) return status;
  if (table->ahead_.empty()) return absl::NotFoundError("there is nothing in it");
  std::set<std::string> known;
  for (const Mapping& mapping : mappings.mappings()) {
    for (const std::string& column : mapping.recognised_by()) known.insert(HeadingKey(column));
    for (const FieldMapping& field : mapping.fields()) known.insert(HeadingKey(field.column()));
    for (const ColumnUse& use : mapping.columns()) known.insert(HeadingKey(use.heading()));
  }
  known.erase("");
  size_t best = 0;
  double most = 0;
  for (size_t i = 0; i < table->ahead_.size(); ++i) {
    const double score = HeaderScore(table->ahead_[i], known, words);
    if (score > most + 0.01) {
      most = score;
      best = i;
    }
  }
  // A mapping may be recognised by few columns; otherwise two headings that are known, one of them a person's.
  const auto recognised = [&](const SheetRow& row) {
    std::vector<std::string> cells;
    for (const std::string& cell : row.cells) cells.push_back(OneLine(cell));
    return mappings.ForHeader(cells) != nullptr;
  };
  for (size_t i = 0; i < table->ahead_.size() && i < 10; ++i) {
    if (!recognised(table->ahead_[i])) continue;
    best = i;
    most = 10;
    break;
  }
  if (most < 2)
    return absl::NotFoundError("no header was found in the first " + std::to_string(table->ahead_.size()) +
                               " rows: no row names people and what they receive");
  size_t first = best, last = best;
  if (best + 1 < table->ahead_.size() && IsSecondTier(table->ahead_[best], table->ahead_[best + 1], words)) {
    last = best + 1;
  } else if (best > 0 && Filled(table->ahead_[best - 1]) >= 2 &&
             IsSecondTier(table->ahead_[best - 1], table->ahead_[best], words)) {
    first = best - 1;
  }
  table->SetHeader(first, last);
  return table;
}

const std::deque<SheetRow>& SheetTable::Peek() {
  (void)Fetch(kPeek);
  return ahead_;
}

absl::StatusOr<bool> SheetTable::Next(SheetRow* row) {
  if (absl::Status status = Fetch(1); !status.ok() && ahead_.empty()) return status;
  if (ahead_.empty()) {
    if (!failed_.ok()) return failed_;
    return false;
  }
  *row = std::move(ahead_.front());
  ahead_.pop_front();
  for (const CellKind kind : row->kinds) not_computed_ += kind == CellKind::kNotComputed ? 1 : 0;
  if (pad_ && row->cells.size() < header_.size()) {
    row->cells.resize(header_.size());
    row->kinds.resize(header_.size(), CellKind::kText);
  }
  return true;
}

RowRole SheetTable::RoleOf(const SheetRow& row) const {
  size_t filled = 0, same = 0;
  for (size_t column = 0; column < row.cells.size(); ++column) {
    const std::string cell = OneLine(row.cells[column]);
    if (cell.empty()) continue;
    ++filled;
    for (const auto& header : header_cells_)
      if (column < header.size() && OneLine(header[column]) == cell) {
        ++same;
        break;
      }
  }
  if (filled > 0 && same * 2 > filled) return RowRole::kHeaderAgain;
  const auto identity = [&](int column) {
    const std::string cell = column >= 0 ? CellOf(row, static_cast<size_t>(column)) : "";
    return !cell.empty() && !IsTotalWord(cell) && !IsNoteText(cell) && !SaysNothing(cell) && filled > 1;
  };
  bool total = false, note = false, merged_identity = false;
  for (const int column : identity_)
    merged_identity =
        merged_identity || (column >= 0 && KindOf(row, static_cast<size_t>(column)) == CellKind::kMergedUp);
  for (size_t column = 0; column < row.cells.size(); ++column) {
    const std::string cell = OneLine(row.cells[column]);
    if (cell.empty()) continue;
    total = total || IsTotalWord(cell);
    note = note || IsNoteText(cell);
  }
  // 合计 where the name stands is no name, whatever else the row holds, unless a valid number says otherwise.
  const bool named = std::any_of(identity_.begin(), identity_.end(), identity);
  if (total && !named) return RowRole::kTotal;
  if (named) {
    bool number = false;
    for (const int column : identity_) {
      Repair repair;
      number = number || (column >= 0 && IsResidentNumber(ReadPersonNumber(
                                             CellOf(row, static_cast<size_t>(column)), false, &repair)));
    }
    const bool first_says_total = [&] {
      for (size_t column = 0; column < row.cells.size(); ++column)
        if (const std::string cell = OneLine(row.cells[column]); !cell.empty()) return IsTotalWord(cell);
      return false;
    }();
    if (!number && first_says_total) return RowRole::kTotal;
    return RowRole::kRecord;
  }
  if (note) return RowRole::kNote;
  if (filled == 1) {
    for (size_t column = 0; column < row.cells.size(); ++column)
      if (const std::string cell = Plain(row.cells[column]); !cell.empty())
        return Digits(cell) && column < 2 ? RowRole::kNumberedBlank : RowRole::kNote;
  }
  if (merged_identity) return RowRole::kRecord;
  if (identity_.empty()) return RowRole::kRecord;
  return filled <= 2 ? RowRole::kNote : RowRole::kRecord;
}

}  // namespace relief::adapters
