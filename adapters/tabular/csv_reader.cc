#include "adapters/tabular/csv_reader.h"

#include <algorithm>
#include <map>
#include <utility>

namespace relief::adapters {
namespace {

constexpr size_t kLongestCell = 1 << 20;
constexpr int kEnd = -1, kNone = -2;

absl::Status AtLine(const char* what, int64_t line) {
  return absl::DataLossError(std::string(what) + " at line " + std::to_string(line));
}

}  // namespace

CsvReader::CsvReader(std::unique_ptr<TextSource> source, char separator)
    : source_(std::move(source)), separator_(separator) {}

absl::StatusOr<std::unique_ptr<CsvReader>> CsvReader::Open(const std::string& path, char separator) {
  auto source = TextSource::Open(path);
  if (!source.ok()) return source.status();
  return std::unique_ptr<CsvReader>(new CsvReader(*std::move(source), separator));
}

absl::StatusOr<int> CsvReader::Take() {
  if (pushed_back_ != kNone) return std::exchange(pushed_back_, kNone);
  if (piece_.empty()) {
    auto next = source_->Next();
    if (!next.ok()) return next.status();
    if (next->empty()) return kEnd;
    piece_ = *next;
  }
  const auto byte = static_cast<unsigned char>(piece_.front());
  piece_.remove_prefix(1);
  if (byte == '\n') ++line_;
  return byte;
}

absl::StatusOr<bool> CsvReader::ReadCell(std::string* cell) {
  cell->clear();
  enum { kStart, kPlain, kQuoted, kClosed } state = kStart;
  const int64_t began = line_;
  while (true) {
    auto byte = Take();
    if (!byte.ok()) return byte.status();
    const int c = *byte;
    if (state == kQuoted) {
      if (c == kEnd) return AtLine("a quote is not closed", began);
      if (c == '"') {
        state = kClosed;
      } else {
        cell->push_back(static_cast<char>(c));
      }
    } else if (c == separator_ || c == '\n' || c == kEnd) {
      at_end_ = c == kEnd;
      if (state == kPlain && !cell->empty() && cell->back() == '"') cell->pop_back();
      return c == separator_;
    } else if (c == '\r') {
      auto following = Take();
      if (!following.ok()) return following.status();
      pushed_back_ = *following;
      // A lone carriage return is a blank; before a line feed, or at the end, it is part of the line break.
      if (*following != '\n' && *following != kEnd && state == kPlain) cell->push_back(' ');
      if (*following == '\n') {
        pushed_back_ = kNone;
        if (state == kPlain && !cell->empty() && cell->back() == '"') cell->pop_back();
        return false;
      }
    } else if (c == '"' && state == kStart) {
      state = kQuoted;
    } else if (c == '"' && state == kClosed) {
      cell->push_back('"');
      state = kQuoted;
    } else if (state == kClosed && (c == ' ' || (c == '\t' && separator_ != '\t'))) {
      continue;
    } else {
      if (state == kStart || state == kClosed) state = kPlain;
      cell->push_back(static_cast<char>(c));
    }
    if (cell->size() > kLongestCell)
      return AtLine("a cell is longer than 1 MiB; is a quote not closed? It begins", began);
  }
}

absl::StatusOr<bool> CsvReader::ReadRow(CsvRow* row) {
  if (at_end_) return false;
  row->line = line_;
  size_t used = 0;
  while (true) {
    if (used == row->cells.size()) row->cells.emplace_back();
    auto more = ReadCell(&row->cells[used]);
    if (!more.ok()) return more.status();
    ++used;
    if (!*more) break;
  }
  row->cells.resize(used);
  return true;
}

absl::StatusOr<bool> CsvReader::Next(CsvRow* row) {
  while (true) {
    auto got = ReadRow(row);
    if (!got.ok() || !*got) return got;
    const bool blank = std::all_of(row->cells.begin(), row->cells.end(),
                                   [](const std::string& cell) { return cell.empty(); });
    if (!blank) return true;
  }
}

char DetectSeparator(std::string_view beginning) {
  // The one that most lines have, and equally often; a comma where nothing speaks for another.
  char best = ',';
  double most = 0;
  for (const char separator : {',', '\t', ';', '|'}) {
    std::map<int, int> lines;  // with so many separators
    bool quoted = false;
    int count = 0, all = 0;
    for (const char c : beginning) {
      if (c == '"') quoted = !quoted;
      if (c == separator && !quoted) ++count;
      if (c != '\n' || quoted) continue;
      ++lines[std::exchange(count, 0)];
      if (++all == 200) break;
    }
    if (all == 0 || count > 0) ++lines[count];
    double score = 0;
    for (const auto& [separators, times] : lines)
      if (separators > 0) score = std::max(score, times * (1.0 + 0.1 * std::min(separators, 30)));
    if (score > most * 1.001) {
      most = score;
      best = separator;
    }
  }
  return best;
}

}  // namespace relief::adapters
