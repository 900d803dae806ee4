#include "matcher/linkage/candidates.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace relief::matcher {
namespace {

constexpr int kMaxKeys = 4;  // of a block

// FNV-1a over code points: the same on every machine.
uint64_t Hash(uint64_t seed, std::u32string_view text) {
  uint64_t hash = seed ^ 0xcbf29ce484222325u;
  for (char32_t c : text) hash = (hash ^ c) * 0x100000001b3u;
  return hash;
}

// What is heard of a European word: its first letter and its consonants, doubled ones once.
std::u32string Consonants(std::u32string_view word) {
  std::u32string heard;
  for (char32_t c : word) {
    if (!heard.empty() &&
        (c == heard.back() || std::u32string_view(U"aeiouyhw").find(c) != std::u32string_view::npos))
      continue;
    heard += c;
  }
  return heard;
}

bool IsName(ColumnKind kind) {
  return kind == ColumnKind::kGivenName || kind == ColumnKind::kSurname || kind == ColumnKind::kFullName;
}

}  // namespace

// One sort of key and, for each row, its values (a row may have several).
struct Candidates::KeyType {
  size_t group;  // keys of one group say the same thing and are not combined
  std::vector<std::vector<uint64_t>> values;
  double mean_block = 0;

  explicit KeyType(size_t g, size_t rows) : group(g), values(rows) {}
};

namespace {

template <typename KeyType>
double MeanBlock(const KeyType& type) {
  std::vector<uint64_t> all;
  for (const auto& values : type.values) all.insert(all.end(), values.begin(), values.end());
  std::sort(all.begin(), all.end());
  double squares = 0;
  for (size_t i = 0; i < all.size();) {
    size_t j = i;
    while (j < all.size() && all[j] == all[i]) ++j;
    squares += static_cast<double>(j - i) * static_cast<double>(j - i);
    i = j;
  }
  return all.empty() ? 0 : squares / static_cast<double>(all.size());
}

}  // namespace

Candidates::Candidates(const Table& table, size_t block_limit) : limit_(block_limit) {
  const size_t rows = table.rows();
  std::vector<KeyType> types;
  const auto add = [&](size_t group, auto&& keys_of_row) {
    KeyType type(group, rows);
    for (size_t row = 0; row < rows; ++row) {
      std::vector<uint64_t>& values = type.values[row];
      keys_of_row(row, values);
      std::sort(values.begin(), values.end());
      values.erase(std::unique(values.begin(), values.end()), values.end());
    }
    type.mean_block = MeanBlock(type);
    types.push_back(std::move(type));
  };

  std::vector<const Column*> names;
  for (const Column& column : table.columns())
    if (IsName(column.kind)) names.push_back(&column);
  const size_t columns = table.columns().size();
  if (!names.empty()) {
    // Words of a name stand in any column: given names and surnames are exchanged often enough.
    const auto each_word = [&](size_t row, auto&& use) {
      for (const Column* name : names)
        for (const std::u32string& word : name->cell(row).words) use(word);
    };
    add(columns, [&](size_t row, std::vector<uint64_t>& keys) {
      each_word(row, [&](const std::u32string& word) {
        if (word.size() > 1) keys.push_back(Hash(1, word));
      });
    });
    add(columns + 1, [&](size_t row, std::vector<uint64_t>& keys) {
      each_word(row, [&](const std::u32string& word) {
        if (word.size() > 2) keys.push_back(Hash(2, Consonants(word)));
      });
    });
    add(columns + 2, [&](size_t row, std::vector<uint64_t>& keys) {
      each_word(row, [&](const std::u32string& word) { keys.push_back(Hash(3, word.substr(0, 2))); });
    });
  }
  for (size_t c = 0; c < columns; ++c) {
    const Column& column = table.columns()[c];
    if (IsName(column.kind)) continue;
    const auto add_part = [&](uint64_t seed, size_t at, size_t length, size_t whole) {
      add(c, [&, seed, at, length, whole](size_t row, std::vector<uint64_t>& keys) {
        const std::u32string_view text = column.cell(row).text;
        if (text.empty() || text.size() < at + length || (whole > 0 && text.size() != whole)) return;
        keys.push_back(Hash(seed, text.substr(at, length)));
      });
    };
    add(c, [&](size_t row, std::vector<uint64_t>& keys) {
      if (!column.missing(row)) keys.push_back(Hash(4, column.cell(row).text));
    });
    switch (column.kind) {
      case ColumnKind::kDate:
        add_part(5, 0, 6, 8);
        add_part(6, 4, 4, 8);
        add_part(7, 0, 4, 8);
        break;
      case ColumnKind::kIdentifier:
      case ColumnKind::kPhone:
      case ColumnKind::kPostcode:
        add(c, [&](size_t row, std::vector<uint64_t>& keys) {
          const std::u32string_view text = column.cell(row).text;
          if (text.size() >= 4) keys.push_back(Hash(8, text.substr(0, text.size() / 2)));
        });
        add(c, [&](size_t row, std::vector<uint64_t>& keys) {
          const std::u32string_view text = column.cell(row).text;
          if (text.size() >= 4) keys.push_back(Hash(9, text.substr(text.size() / 2)));
        });
        break;
      case ColumnKind::kText:
        add(c, [&](size_t row, std::vector<uint64_t>& keys) {
          for (const std::u32string& word : column.cell(row).words)
            if (word.size() > 2) keys.push_back(Hash(10, word));
        });
        break;
      default:
        break;
    }
  }
  std::stable_sort(types.begin(), types.end(),
                   [](const KeyType& l, const KeyType& r) { return l.mean_block < r.mean_block; });

  std::vector<uint32_t> all(rows);
  for (size_t row = 0; row < rows; ++row) all[row] = static_cast<uint32_t>(row);
  Split(types, 0, all, 0);

  row_begin_.assign(rows + 1, 0);
  for (uint32_t row : members_) ++row_begin_[row + 1];
  for (size_t row = 0; row < rows; ++row) row_begin_[row + 1] += row_begin_[row];
  blocks_of_.resize(members_.size());
  std::vector<size_t> at(row_begin_.begin(), row_begin_.end() - 1);
  for (size_t b = 0; b + 1 < block_begin_.size(); ++b)
    for (size_t i = block_begin_[b]; i < block_begin_[b + 1]; ++i)
      blocks_of_[at[members_[i]]++] = static_cast<uint32_t>(b);
}

void Candidates::Split(const std::vector<KeyType>& types, size_t next, const std::vector<uint32_t>& rows,
                       int depth) {
  if (depth == kMaxKeys) return;
  std::vector<std::pair<uint64_t, uint32_t>> keyed;
  for (size_t t = next; t < types.size(); ++t) {
    keyed.clear();
    for (uint32_t row : rows)
      for (uint64_t value : types[t].values[row]) keyed.emplace_back(value, row);
    std::sort(keyed.begin(), keyed.end());
    for (size_t i = 0; i < keyed.size();) {
      size_t j = i;
      while (j < keyed.size() && keyed[j].first == keyed[i].first) ++j;
      std::vector<uint32_t> block;
      for (; i < j; ++i) block.push_back(keyed[i].second);
      if (block.size() < 2) continue;
      if (block.size() <= limit_) {
        members_.insert(members_.end(), block.begin(), block.end());
        block_begin_.push_back(members_.size());
      } else if (block.size() < rows.size() || depth == 0) {
        Split(types, t + 1, block, depth + 1);
      }
    }
  }
}

void Candidates::After(uint32_t row, std::vector<uint32_t>* others) const {
  others->clear();
  for (size_t i = row_begin_[row]; i < row_begin_[row + 1]; ++i) {
    const uint32_t block = blocks_of_[i];
    for (size_t m = block_begin_[block]; m < block_begin_[block + 1]; ++m)
      if (members_[m] > row) others->push_back(members_[m]);
  }
  std::sort(others->begin(), others->end());
  others->erase(std::unique(others->begin(), others->end()), others->end());
}

bool Candidates::Has(uint32_t a, uint32_t b) const {
  for (size_t i = row_begin_[a]; i < row_begin_[a + 1]; ++i) {
    const auto begin = members_.begin() + static_cast<std::ptrdiff_t>(block_begin_[blocks_of_[i]]);
    const auto end = members_.begin() + static_cast<std::ptrdiff_t>(block_begin_[blocks_of_[i] + 1]);
    if (std::binary_search(begin, end, b)) return true;
  }
  return false;
}

}  // namespace relief::matcher
