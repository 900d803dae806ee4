#include "server/reports/html.h"

namespace relief::server::reports {

std::string Escaped(std::string_view text) {
  std::string html;
  html.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

std::string Element(std::string_view tag, std::string_view text) {
  return std::string("<")
      .append(tag)
      .append(">")
      .append(Escaped(text))
      .append("</")
      .append(tag)
      .append(">\n");
}

HtmlTable::HtmlTable(std::string_view caption, const std::vector<std::string>& header) {
  html_.append("<table><caption>").append(Escaped(caption)).append("</caption><thead><tr>");
  for (const std::string& title : header)
    html_.append("<th scope=\"col\">").append(Escaped(title)).append("</th>");
  html_.append("</tr></thead><tbody>\n");
}

void HtmlTable::Row(const std::vector<std::string>& cells) { AddRow(cells, "<tr>"); }
void HtmlTable::SumRow(const std::vector<std::string>& cells) { AddRow(cells, "<tr class=\"sum\">"); }

void HtmlTable::AddRow(const std::vector<std::string>& cells, std::string_view open) {
  html_.append(open);
  for (size_t i = 0; i < cells.size(); ++i)
    html_.append(i == 0 ? "<th scope=\"row\">" : "<td>")
        .append(Escaped(cells[i]))
        .append(i == 0 ? "</th>" : "</td>");
  html_.append("</tr>\n");
  ++rows_;
}

}  // namespace relief::server::reports
