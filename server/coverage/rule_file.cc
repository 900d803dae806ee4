#include "server/coverage/rule_file.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <sstream>

#include "matcher/normalize/text.h"
#include "server/coverage/rule_checker.h"
#include "server/coverage/timeline.h"

namespace relief::coverage {
namespace {

using google::protobuf::TextFormat;

class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  explicit FirstError(const std::string& file) : file_(file) {}

  void AddError(int line, google::protobuf::io::ColumnNumber column, const std::string& message) override {
    if (!text_.empty()) return;
    line_ = line + 1;
    column_ = column + 1;
    text_ = message;
    // protobuf tells this one only after it has read the value: the place is that of what follows.
    if (message.rfind("Unknown enumeration value", 0) == 0) FindValue(message);
  }
  bool found() const { return !text_.empty(); }
  int line() const { return line_; }
  int column() const { return column_; }
  const std::string& text() const { return text_; }

 private:
  // The last line, up to the one reported, that holds the value which the message quotes.
  void FindValue(const std::string& message) {
    const size_t open = message.find('"'), close = message.find('"', open + 1);
    if (close == std::string::npos) return;
    const std::string value = message.substr(open + 1, close - open - 1);
    std::istringstream lines(file_);
    int number = 0, found = 0;
    size_t column = 0;
    for (std::string line; number < line_ && std::getline(lines, line);) {
      ++number;
      if (const size_t at = line.find(value); at != std::string::npos) {
        found = number;
        column = at;
      }
    }
    if (found == 0) return;
    line_ = found;
    column_ = static_cast<int>(column) + 1;
  }

  const std::string& file_;
  int line_ = 0, column_ = 0;
  std::string text_;
};

// The first line that is not UTF-8, from 1; 0 if there is none. protobuf's text format takes any bytes, but
// no finding that bears such a title could be read again.
int LineThatIsNotUtf8(const std::string& text) {
  std::istringstream lines(text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (matcher::EncodeUtf8(matcher::DecodeUtf8(line)) != line) return number;
  }
  return 0;
}

// Days are compared as numbers; a rule without an end runs on.
bool ShareADay(const RuleSpec& a, const RuleSpec& b) {
  const auto first = [](const RuleSpec& rule) { return DayNumber(rule.effective_from()); };
  const auto last = [](const RuleSpec& rule) {
    return rule.has_effective_to() ? DayNumber(rule.effective_to()) : INT32_MAX;
  };
  return first(a) <= last(b) && first(b) <= last(a);
}

}  // namespace

absl::StatusOr<std::vector<PlacedRule>> ParseRules(const std::string& name, const std::string& text) {
  if (const int line = LineThatIsNotUtf8(text); line > 0)
    return absl::InvalidArgumentError(name + ":" + std::to_string(line) +
                                      ":1: not UTF-8; save the file in UTF-8");
  RuleFile file;
  FirstError first_error(text);
  TextFormat::ParseInfoTree tree;
  TextFormat::Parser parser;
  parser.RecordErrorsTo(&first_error);
  parser.WriteLocationsTo(&tree);
  if (!parser.ParseFromString(text, &file)) {
    return absl::InvalidArgumentError(name + ":" + std::to_string(first_error.line()) + ":" +
                                      std::to_string(first_error.column()) + ": " + first_error.text());
  }
  if (!RuleFile().ParseFromString(file.SerializeAsString()))  // which asks for UTF-8
    return absl::InvalidArgumentError(name + ":1:1: an escape in a text makes bytes that are not UTF-8");
  std::vector<PlacedRule> rules;
  for (int i = 0; i < file.rules_size(); ++i) {
    const CheckedRule checked = CheckRule(name, file, i, tree);
    if (!checked.error.empty()) return absl::InvalidArgumentError(checked.error);
    rules.push_back({file.rules(i), checked.place});
  }
  return rules;
}

absl::Status CheckDistinct(const std::vector<PlacedRule>& rules) {
  for (size_t i = 0; i < rules.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (rules[i].spec.id() != rules[j].spec.id()) continue;
      const std::string where = rules[i].place + ": rule " + rules[i].spec.id();
      if (rules[i].spec.version() == rules[j].spec.version()) {
        return absl::InvalidArgumentError(where + " has the version of the one at " + rules[j].place);
      }
      if (ShareADay(rules[i].spec, rules[j].spec)) {
        return absl::InvalidArgumentError(where + " is in force on the same days as the one at " +
                                          rules[j].place);
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace relief::coverage
