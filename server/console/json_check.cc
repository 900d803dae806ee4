#include "server/console/json_check.h"

#include <charconv>
#include <set>
#include <string>

namespace relief::server::console {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// "person_id" and "personId" are one field.
std::string Folded(std::string_view key) {
  std::string folded;
  for (const char c : key)
    if (c != '_') folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return folded;
}

const FieldDescriptor* FieldOf(const Descriptor* message, std::string_view key) {
  if (!message) return nullptr;
  const std::string name(key);
  for (int i = 0; i < message->field_count(); ++i) {
    const FieldDescriptor* field = message->field(i);
    if (field->name() == name || field->json_name() == name) return field;
  }
  return nullptr;
}

class Checker {
 public:
  explicit Checker(std::string_view json) : json_(json) {}

  bool Check(const Descriptor& message) {
    if (!Value(&message, nullptr, 0)) return false;
    Space();
    return at_ == json_.size();
  }

 private:
  void Space() {
    while (at_ < json_.size() &&
           (json_[at_] == ' ' || json_[at_] == '\n' || json_[at_] == '\r' || json_[at_] == '\t'))
      ++at_;
  }
  bool Take(char c) {
    Space();
    if (at_ >= json_.size() || json_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool String(std::string_view* text) {
    if (!Take('"')) return false;
    const size_t begin = at_;
    for (; at_ < json_.size(); ++at_) {
      if (json_[at_] == '\\') {
        ++at_;
      } else if (json_[at_] == '"') {
        *text = json_.substr(begin, at_++ - begin);
        return true;
      }
    }
    return false;
  }

  // `message`: what an object here is read into; `field`: whose value this is. Null where the contract does
  // not know.
  bool Value(const Descriptor* message, const FieldDescriptor* field, int depth) {
    if (depth > kDeepest) return false;
    Space();
    if (at_ >= json_.size()) return false;
    switch (json_[at_]) {
      case '{':
        return Object(message, field && field->is_map(), depth);
      case '[':
        return List(message, field, depth);
      case '"': {
        std::string_view text;
        if (!String(&text)) return false;
        return !field || field->type() != FieldDescriptor::TYPE_ENUM || Exists(*field, text);
      }
      default: {
        std::string_view word;
        if (!Word(&word)) return false;
        return !field || field->type() != FieldDescriptor::TYPE_ENUM || word == "null" ||
               Exists(*field, word);
      }
    }
  }

  // A value's name, or its number.
  static bool Exists(const FieldDescriptor& field, std::string_view name) {
    if (field.enum_type()->FindValueByName(std::string(name)) != nullptr) return true;
    int number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    return error == std::errc() && end == name.data() + name.size() &&
           field.enum_type()->FindValueByNumber(number) != nullptr;
  }

  bool Object(const Descriptor* message, bool is_map, int depth) {
    ++at_;
    std::set<std::string> seen;
    if (Take('}')) return true;
    do {
      std::string_view key;
      if (!String(&key) || !Take(':')) return false;
      // No field's name needs an escape; written with one it could hide that it is there twice.
      if (key.find('\\') != std::string_view::npos ||
          !seen.insert(is_map ? std::string(key) : Folded(key)).second)
        return false;
      const FieldDescriptor* field = is_map ? nullptr : FieldOf(message, key);
      if (!Value(field && field->type() == FieldDescriptor::TYPE_MESSAGE ? field->message_type() : nullptr,
                 field, depth + 1))
        return false;
    } while (Take(','));
    return Take('}');
  }

  bool List(const Descriptor* message, const FieldDescriptor* field, int depth) {
    ++at_;
    if (Take(']')) return true;
    do {
      if (!Value(message, field, depth + 1)) return false;
    } while (Take(','));
    return Take(']');
  }

  // A number, true, false or null.
  bool Word(std::string_view* word) {
    const size_t begin = at_;
    while (at_ < json_.size() && std::string_view(",]} \n\r\t").find(json_[at_]) == std::string_view::npos)
      ++at_;
    *word = json_.substr(begin, at_ - begin);
    return !word->empty() && word->size() <= kLongestNumber;
  }

  const std::string_view json_;
  size_t at_ = 0;
};

}  // namespace

bool IsSoundJson(std::string_view json, const Descriptor& message) { return Checker(json).Check(message); }

}  // namespace relief::server::console
