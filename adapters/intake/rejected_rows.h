// The rows that were rejected, as a workbook that can be corrected and loaded again: what names their table, the file's own columns,
// and the reason behind each row. Holds personal data.
//
// Callable from one thread at a time.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

struct lxw_workbook;

namespace relief::adapters {

// Whether a table is one of rows that were given back: it says nothing of whom it does not name.
bool IsOfRejectedRows(const std::vector<std::string>& header);

class RejectedRows {
 public:
  // Of more rows than `most` the first are kept.
  explicit RejectedRows(size_t most) : most_(most) {}

  // `title`: what names the table that the row stood in, so that the workbook is understood alike.
  void Add(const std::string& title, const std::vector<std::string>& header, std::vector<std::string> cells,
           const std::string& why);
  bool empty() const { return count_ == 0; }

  // A sheet for each table. `reason`: the heading of the reasons.
  void WriteTo(lxw_workbook* book, const std::string& reason) const;

 private:
  using Row = std::vector<std::string>;
  size_t most_, count_ = 0;
  std::map<std::pair<std::string, Row>, std::vector<Row>> rows_;  // by title and header
};

}  // namespace relief::adapters
