// The few pieces of HTML that documents are made of. All text is escaped here, and nowhere else.
//
// Pure; one writer, one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace relief::server::reports {

std::string Escaped(std::string_view text);
std::string Element(std::string_view tag, std::string_view text);  // <tag>text</tag>

// The first column heads the rows and is text, the others are numbers.
class HtmlTable {
 public:
  HtmlTable(std::string_view caption, const std::vector<std::string>& header);
  void Row(const std::vector<std::string>& cells);
  // A row that others add up to.
  void SumRow(const std::vector<std::string>& cells);
  bool empty() const { return rows_ == 0; }
  std::string Html() const { return html_ + "</tbody></table>\n"; }

 private:
  void AddRow(const std::vector<std::string>& cells, std::string_view open);
  std::string html_;
  size_t rows_ = 0;
};

}  // namespace relief::server::reports
