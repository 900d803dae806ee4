// Records as a feed sends them: validation, and what ingest does with a record that passed. An input is a
// letter (what the source holds) and a record, in text format (so that the corpus can be read) or as it is on
// the wire.

#include "matcher/normalize/normalizer.h"
#include "server/ingest/feed.h"
#include "server/records/identity_mapping.h"
#include "tests/fuzz/message_input.h"

using namespace relief;

namespace {

v1::Source SourceOf(size_t choice) {
  static constexpr v1::Programme kProgrammes[] = {v1::MINIMUM_LIVING, v1::EXTREME_POVERTY, v1::DISASTER,
                                                  v1::MEDICAL,        v1::EDUCATION,       v1::HOUSING,
                                                  v1::EMPLOYMENT,     v1::TEMPORARY};
  v1::Source source;
  source.set_source_id("fuzz");
  source.set_region_prefix("3713");
  if (choice < 8) {
    source.set_content(v1::Source::BENEFITS);
    source.set_programme(kProgrammes[choice]);
  } else {
    source.set_content(choice == 8 ? v1::Source::FACTS : choice == 9 ? v1::Source::LEADS : v1::Source::GIFTS);
  }
  return source;
}

// The texts of a record, of every depth.
void Texts(const google::protobuf::Message& message, std::vector<std::string>* texts) {
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  const auto* reflection = message.GetReflection();
  reflection->ListFields(message, &fields);
  for (const auto* field : fields) {
    const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING)
        texts->push_back(field->is_repeated() ? reflection->GetRepeatedString(message, field, i)
                                              : reflection->GetString(message, field));
      if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE)
        Texts(field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                   : reflection->GetMessage(message, field),
              texts);
    }
  }
}

void CheckErrors(const v1::Record& record, const std::vector<v1::FieldError>& errors) {
  std::vector<std::string> texts;
  Texts(record, &texts);
  for (const v1::FieldError& error : errors) {
    HOLDS(!error.field().empty() && !error.message().empty());
    HOLDS(error.reason() != v1::FieldError::REASON_UNSPECIFIED);
    // A text of nine bytes (three Chinese characters) that stands in a message is no accident, unless it is
    // made of our words: small Latin letters, which the fuzzer learns from the messages.
    for (const std::string& text : texts)
      HOLDS(text.size() < 9 ||
            std::any_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; }) ||
            error.message().find(text) == std::string::npos);
  }
}

void CheckTaken(const v1::Source& source, const v1::Record& record) {
  if (record.deleted()) return;
  const matcher::RawIdentity raw =
      server::records::ToRawIdentity(record.person(), source.source_id(), record.household());
  const matcher::Identity identity = matcher::Normalize(raw);
  HOLDS(matcher::DecodeIdentity(matcher::EncodeIdentity(identity)) == identity);
  HOLDS(!record.person().has_birth_date() || raw.birth_date);
  const int32_t day = server::records::AnchorDay(record);
  HOLDS(day == INT32_MAX || (day >= -70000 && day <= 90000));  // 1778 to 2216
  stored::Record stored;
  *stored.mutable_record() = record;
  stored.set_state(stored::Record::ENDED);
  *stored.mutable_end_date() = server::records::ToProto({2026, 10, 31});
  v1::Record ended = server::records::EffectiveRecord(stored);
  HOLDS(server::ingest::ValidateRecord(source, ended).empty());  // ending a record keeps it a sound one
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Input input(data, size);
  const v1::Source source = SourceOf(input.Choice(11));
  v1::Record record;
  if (!fuzz::ReadMessage(input.rest(), &record)) return 0;
  const auto errors = server::ingest::ValidateRecord(source, record);
  HOLDS(errors.size() <= 100);
  CheckErrors(record, errors);
  if (errors.empty()) CheckTaken(source, record);
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t most, unsigned /*seed*/) {
  return fuzz::MutateMessage<v1::Record>(data, size, most, 1);
}
