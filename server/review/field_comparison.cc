#include "server/review/field_comparison.h"

#include <algorithm>
#include <set>

#include "matcher/normalize/han.h"
#include "matcher/normalize/text.h"
#include "server/records/mask.h"

namespace relief::server::review {
namespace {

using matcher::DecodeUtf8;
using matcher::Identity;

constexpr size_t kLongest = 300;  // characters that are compared one by one
constexpr double kLooksAlike = 0.5;

std::string DateText(const std::optional<matcher::CivilDate>& date) {
  if (!date) return "";
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", date->year, date->month, date->day);
  return text;
}

std::string Joined(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

using Field = v1::FieldComparison;

// The contract's name of a note; its words are found under it.
std::string Code(Field::Note note) { return Field::Note_Name(note); }

bool HasFullWidth(const std::string& text) {
  const std::u32string characters = DecodeUtf8(text);
  return std::any_of(characters.begin(), characters.end(),
                     [](char32_t c) { return c >= 0xFF01 && c <= 0xFF5E; });
}

void Mark(const std::string& whole_a, const std::string& whole_b, v1::FieldComparison* field) {
  if (whole_a.empty() || whole_b.empty()) return;
  Differences differences = DifferentCharacters(DecodeUtf8(whole_a), DecodeUtf8(whole_b));
  for (auto& span : differences.a) *field->add_differences_a() = std::move(span);
  for (auto& span : differences.b) *field->add_differences_b() = std::move(span);
}

void IdNotes(const matcher::IdNumber& id, google::protobuf::RepeatedPtrField<std::string>* notes) {
  if (id.empty()) return;
  if (id.from_15_digits) *notes->Add() = Code(Field::ID_15_DIGITS);
  if (!id.valid) *notes->Add() = Code(Field::ID_CHECKSUM_WRONG);
  if (id.not_own) *notes->Add() = Code(Field::ID_NOT_OWN);
}

// One digit, or two neighbours the wrong way round: typing, most often. The last character follows from the
// others.
void IdPairNotes(const std::string& a, const std::string& b, v1::FieldComparison* field) {
  if (a.size() != b.size() || a.size() < 2) return;
  std::vector<size_t> different;
  for (size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i]) different.push_back(i);
  const bool checked = a.size() == 18 && !different.empty() && different.back() == 17;
  if (checked && different.size() > 1) different.pop_back();
  if (different.size() == 1) field->add_notes(Code(Field::ID_ONE_DIGIT));
  if (different.size() == 2 && different[1] == different[0] + 1 && a[different[0]] == b[different[1]] &&
      a[different[1]] == b[different[0]])
    field->add_notes(Code(Field::ID_DIGITS_SWAPPED));
  for (const size_t at : different) {
    const bool birth = at >= 6 && at < 14;
    field->add_notes(Code(birth    ? Field::ID_BIRTH_DIGIT
                          : at < 6 ? Field::ID_REGION_DIGIT
                                   : Field::ID_SEQUENCE_DIGIT) +
                     "_" + std::to_string(at + 1));
    if (field->notes_size() >= 4) break;
  }
}

std::string ReadingOf(char32_t c) {
  const auto readings = matcher::Readings(c);
  return readings.empty() ? std::string() : std::string(matcher::SyllableText(readings[0]));
}

// Characters that stand at the same place and differ: do they sound or look the same?
void NameNotes(std::u32string_view a, std::u32string_view b, v1::FieldComparison* field) {
  if (a.size() != b.size()) return;
  std::string reading_a, reading_b;
  bool sounds = false, looks = false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] == b[i]) continue;
    const auto add = [](std::string* all, const std::string& one) {
      *all += (all->empty() ? "" : " ") + one;
    };
    add(&reading_a, ReadingOf(a[i]));
    add(&reading_b, ReadingOf(b[i]));
    const auto first = matcher::Readings(a[i]), second = matcher::Readings(b[i]);
    sounds =
        sounds || std::find_first_of(first.begin(), first.end(), second.begin(), second.end()) != first.end();
    looks = looks || matcher::ShapeSimilarity(a[i], b[i]) >= kLooksAlike;
  }
  field->set_reading_a(reading_a);
  field->set_reading_b(reading_b);
  if (sounds) field->add_notes(Code(Field::SAME_READING));
  if (looks) field->add_notes(Code(Field::LOOK_ALIKE));
}

std::u32string FirstName(const Identity& identity) {
  std::u32string name;
  if (!identity.names.empty())
    for (const std::u32string& token : identity.names.front().tokens) name += token;
  return name;
}

void Fill(const ComparedSide& a, const ComparedSide& b, v1::FieldComparison* field) {
  const std::string& name = field->field();
  const auto values = [&](const std::string& value_a, const std::string& value_b) {
    field->set_value_a(value_a);
    field->set_value_b(value_b);
  };
  if (name == "name") {
    values(a.raw.name(), b.raw.name());
    Mark(a.raw.name(), b.raw.name(), field);
    NameNotes(FirstName(a.identity), FirstName(b.identity), field);
    if (HasFullWidth(a.raw.name())) field->add_notes_a(Code(Field::FULL_WIDTH));
    if (HasFullWidth(b.raw.name())) field->add_notes_b(Code(Field::FULL_WIDTH));
    field->set_equal(!a.identity.names.empty() && !b.identity.names.empty() &&
                     a.identity.names.front() == b.identity.names.front());
  } else if (name == "id_number") {
    const std::string &one = a.identity.id.text, &other = b.identity.id.text;
    values(records::MaskDocument(one), records::MaskDocument(other));
    Mark(one, other, field);
    IdNotes(a.identity.id, field->mutable_notes_a());
    IdNotes(b.identity.id, field->mutable_notes_b());
    IdPairNotes(one, other, field);
    if (HasFullWidth(a.raw.id_number())) field->add_notes_a(Code(Field::FULL_WIDTH));
    if (HasFullWidth(b.raw.id_number())) field->add_notes_b(Code(Field::FULL_WIDTH));
    field->set_equal(!one.empty() && one == other);
  } else if (name == "birth_date") {
    const auto one = a.identity.best_birth_date(), other = b.identity.best_birth_date();
    values(DateText(one), DateText(other));
    Mark(field->value_a(), field->value_b(), field);
    field->set_equal(one && one == other);
    if (one && !a.identity.birth_date) field->add_notes_a(Code(Field::FROM_ID_NUMBER));
    if (other && !b.identity.birth_date) field->add_notes_b(Code(Field::FROM_ID_NUMBER));
  } else if (name == "sex") {
    values(v1::Sex_Name(static_cast<v1::Sex>(a.identity.best_sex())),
           v1::Sex_Name(static_cast<v1::Sex>(b.identity.best_sex())));
    field->set_equal(a.identity.best_sex() == b.identity.best_sex() &&
                     a.identity.best_sex() != matcher::Sex::kUnknown);
  } else if (name == "phone") {
    const v1::PersonIdentity one = records::MaskIdentity(a.raw), other = records::MaskIdentity(b.raw);
    values(Joined(one.phones()), Joined(other.phones()));
    Mark(Joined(a.raw.phones()), Joined(b.raw.phones()), field);
    if (field->value_a().size() != Joined(a.raw.phones()).size() ||
        field->value_b().size() != Joined(b.raw.phones()).size()) {
      field->clear_differences_a();
      field->clear_differences_b();
    }
    field->set_equal(!a.identity.phones.empty() && a.identity.phones == b.identity.phones);
  } else if (name == "address") {
    values(records::MaskIdentity(a.raw).address(), records::MaskIdentity(b.raw).address());
    Mark(a.raw.address(), b.raw.address(), field);
    field->set_equal(!a.identity.address.empty() && a.identity.address == b.identity.address);
  } else if (name == "region") {
    values(a.identity.region, b.identity.region);
    Mark(a.identity.region, b.identity.region, field);
    field->set_equal(!a.identity.region.empty() && a.identity.region == b.identity.region);
  } else if (name == "household") {
    values(a.household.relation(), b.household.relation());
    field->set_equal(!a.identity.household.empty() && a.identity.household == b.identity.household);
  }
}

}  // namespace

Differences DifferentCharacters(std::u32string_view a, std::u32string_view b) {
  a = a.substr(0, kLongest);
  b = b.substr(0, kLongest);
  std::vector<std::vector<int>> longest(a.size() + 1, std::vector<int>(b.size() + 1, 0));
  for (size_t i = a.size(); i-- > 0;)
    for (size_t j = b.size(); j-- > 0;)
      longest[i][j] =
          a[i] == b[j] ? longest[i + 1][j + 1] + 1 : std::max(longest[i + 1][j], longest[i][j + 1]);
  const auto add = [](std::vector<v1::FieldComparison::Span>* spans, size_t at) {
    const auto start = static_cast<int32_t>(at);
    if (!spans->empty() && spans->back().start() + spans->back().length() == start) {
      spans->back().set_length(spans->back().length() + 1);
      return;
    }
    v1::FieldComparison::Span& span = spans->emplace_back();
    span.set_start(start);
    span.set_length(1);
  };
  Differences differences;
  size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      ++i, ++j;
    } else if (j == b.size() || (i < a.size() && longest[i + 1][j] >= longest[i][j + 1])) {
      add(&differences.a, i++);
    } else {
      add(&differences.b, j++);
    }
  }
  return differences;
}

std::vector<v1::FieldComparison> CompareFields(const ComparedSide& a, const ComparedSide& b,
                                               const v1::MatchExplanation& explanation) {
  std::vector<v1::FieldComparison> fields;
  for (const char* name :
       {"name", "id_number", "birth_date", "sex", "phone", "address", "region", "household"}) {
    v1::FieldComparison& field = fields.emplace_back();
    field.set_field(name);
    for (const v1::FieldEvidence& evidence : explanation.fields()) {
      if (evidence.field() != name) continue;
      field.set_level(evidence.level());
      field.set_bits(evidence.bits());
    }
    Fill(a, b, &field);
    if (field.value_a().empty() && field.value_b().empty()) fields.pop_back();
  }
  return fields;
}

}  // namespace relief::server::review
