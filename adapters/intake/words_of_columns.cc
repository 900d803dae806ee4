#include "adapters/intake/words_of_columns.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "adapters/intake/built_in_vocabulary.h"
#include "adapters/mapping/heading.h"
#include "adapters/tabular/text_source.h"

namespace relief::adapters {
namespace {

class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int, const std::string& message) override {
    if (text.empty()) text = std::to_string(line + 1) + ": " + message;
  }
  std::string text;
};

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

absl::Status WordsOfColumns::Add(const std::string& name, const std::string& text) {
  if (!IsUtf8(text)) return absl::InvalidArgumentError(name + ": not UTF-8; save the file in UTF-8");
  google::protobuf::TextFormat::Parser parser;
  FirstError error;
  parser.RecordErrorsTo(&error);
  Vocabulary more;
  if (!parser.ParseFromString(text, &more)) return absl::InvalidArgumentError(name + ":" + error.text);
  vocabulary_->MergeFrom(more);
  return absl::OkStatus();
}

void WordsOfColumns::Index() {
  for (const FieldWords& field : vocabulary_->fields())
    for (const std::string& word : field.words()) {
      auto& known = by_word_[HeadingKey(word)];
      if (std::find(known.begin(), known.end(), &field) == known.end()) known.push_back(&field);
    }
}

absl::StatusOr<WordsOfColumns> WordsOfColumns::BuiltIn() {
  WordsOfColumns words;
  if (absl::Status status = words.Add("vocabulary.textproto", BuiltInVocabulary()); !status.ok())
    return status;
  words.Index();
  return words;
}

absl::StatusOr<WordsOfColumns> WordsOfColumns::With(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return absl::NotFoundError("cannot read " + file);
  WordsOfColumns words;
  if (absl::Status status = words.Add(file, text.str()); !status.ok()) return status;
  if (absl::Status status = words.Add("vocabulary.textproto", BuiltInVocabulary()); !status.ok())
    return status;
  words.Index();
  return words;
}

std::vector<HeadingMatch> WordsOfColumns::Find(std::string_view heading) const {
  std::vector<HeadingMatch> matches;
  const std::string key = HeadingKey(heading), bare = BareHeading(heading);
  if (key.empty()) return matches;
  const auto add = [&](const FieldWords* field, bool whole) {
    for (const HeadingMatch& known : matches)
      if (known.field->field() == field->field()) return;
    matches.push_back({field, whole});
  };
  std::string without;  // 低保（特困）证号 -> 低保特困证号
  for (const char c : key)
    if (c != '(' && c != ')') without += c;
  for (const std::string& form : {key, bare, without})
    if (const auto found = by_word_.find(form); found != by_word_.end())
      for (const FieldWords* field : found->second) add(field, true);
  for (const FieldWords& field : vocabulary_->fields()) {
    const bool part = std::any_of(field.parts().begin(), field.parts().end(),
                                  [&](const std::string& word) { return Contains(bare, word); });
    if (!part) continue;
    const bool against = std::any_of(field.unless().begin(), field.unless().end(),
                                     [&](const std::string& word) { return Contains(bare, word); });
    if (!against) add(&field, false);
  }
  return matches;
}

}  // namespace relief::adapters
