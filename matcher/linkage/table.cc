#include "matcher/linkage/table.h"

#include <algorithm>

#include "matcher/normalize/text.h"

namespace relief::matcher {
namespace {

bool IsDigit(char32_t c) { return c >= U'0' && c <= U'9'; }

bool IsMissing(std::u32string_view text) {
  static constexpr std::u32string_view kMissing[] = {U"", U"null", U"nan", U"na", U"none", U"unknown"};
  return std::find(std::begin(kMissing), std::end(kMissing), text) != std::end(kMissing);
}

// Runs of letters and digits in lower case. An apostrophe joins ("o'brien"), everything else separates.
std::vector<std::u32string> Words(std::u32string_view text) {
  std::vector<std::u32string> words;
  bool open = false;
  for (char32_t c : text) {
    if (IsLetter(c) || IsDigit(c)) {
      if (!open) words.emplace_back();
      words.back() += ToLower(c);
      open = true;
    } else if (c != U'\'' && c != U'\u2019' && !IsInvisible(c)) {
      open = false;
    }
  }
  return words;
}

std::u32string Joined(const std::vector<std::u32string>& words, bool spaced) {
  std::u32string joined;
  for (const std::u32string& word : words) {
    if (spaced && !joined.empty()) joined += U' ';
    joined += word;
  }
  return joined;
}

// yyyymmdd where three parts can be told apart, else the digits as they stand.
std::u32string DateDigits(const std::vector<std::u32string>& parts) {
  const auto padded = [](const std::u32string& part) { return part.size() == 1 ? U'0' + part : part; };
  if (parts.size() == 3) {
    if (parts[0].size() == 4) return parts[0] + padded(parts[1]) + padded(parts[2]);
    if (parts[2].size() == 4) return parts[2] + padded(parts[1]) + padded(parts[0]);
  }
  return Joined(parts, false);
}

Cell Normalized(ColumnKind kind, std::string_view utf8) {
  Cell cell;
  std::vector<std::u32string> words = Words(Nfkc(DecodeUtf8(utf8)));
  if (IsMissing(Joined(words, false))) return cell;
  switch (kind) {
    case ColumnKind::kDate:
      cell.text = DateDigits(words);
      break;
    case ColumnKind::kPhone:
      cell.text = Joined(words, false);
      std::erase_if(cell.text, [](char32_t c) { return !IsDigit(c); });
      break;
    case ColumnKind::kIdentifier:
    case ColumnKind::kPostcode:
      cell.text = Joined(words, false);
      break;
    default:
      cell.text = Joined(words, true);
      cell.words = std::move(words);
  }
  return cell;
}

}  // namespace

Table::Table(const std::vector<ColumnType>& columns) : known_(columns.size()) {
  for (const ColumnType& type : columns) columns_.push_back({type.name, type.kind, {}, {Cell()}, {0}});
}

void Table::AddRow(uint16_t source, std::string id, const std::vector<std::string_view>& cells) {
  for (size_t c = 0; c < columns_.size(); ++c) {
    Column& column = columns_[c];
    Cell cell = Normalized(column.kind, cells[c]);
    uint32_t value = 0;
    if (!cell.text.empty()) {
      const auto [it, added] =
          known_[c].emplace(EncodeUtf8(cell.text), static_cast<uint32_t>(column.cells.size()));
      value = it->second;
      if (added) {
        column.cells.push_back(std::move(cell));
        column.count.push_back(0);
      }
    }
    column.value_of_row.push_back(value);
    ++column.count[value];
  }
  ids_.push_back(std::move(id));
  sources_.push_back(source);
  source_count_ = std::max<size_t>(source_count_, source + 1u);
}

}  // namespace relief::matcher
