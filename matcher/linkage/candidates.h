// Which rows of a table are compared at all. Nothing is configured: every column gives blocking keys by its
// kind (a name its words and their consonants, a date its year and month, a postcode its area ...), and a
// block that is over the limit is split by the next key, the most selective key first, so that a pair which
// agrees on one rare value or on a few common ones is found.
//
// A function of the set of rows: their order does not matter. Callable from any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "matcher/linkage/table.h"

namespace relief::matcher {

class Candidates {
 public:
  // Blocks have at most `block_limit` rows.
  Candidates(const Table& table, size_t block_limit);

  // The rows after `row` that share a block with it, sorted, each once.
  void After(uint32_t row, std::vector<uint32_t>* others) const;

  bool Has(uint32_t a, uint32_t b) const;
  size_t blocks() const { return block_begin_.size() - 1; }

 private:
  struct KeyType;
  void Split(const std::vector<KeyType>& types, size_t next, const std::vector<uint32_t>& rows, int depth);

  const size_t limit_;
  std::vector<uint32_t> members_;  // rows of block b: block_begin_[b] .. block_begin_[b + 1]
  std::vector<size_t> block_begin_{0};
  std::vector<uint32_t> blocks_of_;  // blocks of row r: row_begin_[r] .. row_begin_[r + 1]
  std::vector<size_t> row_begin_;
};

}  // namespace relief::matcher
