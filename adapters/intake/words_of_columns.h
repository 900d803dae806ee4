// The vocabulary of columns: what departments call each field. Built in, and extended by files of the same form.
//
// Immutable once made; callable from any thread.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/intake/vocabulary.pb.h"

namespace relief::adapters {

struct HeadingMatch {
  const FieldWords* field = nullptr;
  bool whole = false;  // the whole heading is one of the words
};

class WordsOfColumns {
 public:
  static absl::StatusOr<WordsOfColumns> BuiltIn();
  // `file` comes before what is built in. INVALID_ARGUMENT with the line.
  static absl::StatusOr<WordsOfColumns> With(const std::string& file);

  // What a heading can mean; whole words first.
  std::vector<HeadingMatch> Find(std::string_view heading) const;
  const Vocabulary& vocabulary() const { return *vocabulary_; }

 private:
  absl::Status Add(const std::string& name, const std::string& text);
  void Index();

  std::shared_ptr<Vocabulary> vocabulary_ = std::make_shared<Vocabulary>();
  std::unordered_map<std::string, std::vector<const FieldWords*>> by_word_;
};

}  // namespace relief::adapters
