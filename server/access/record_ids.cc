#include "server/access/record_ids.h"

#include "matcher/record_key.h"
#include "server/access/type_question.h"
#include "server/core/schema.h"
#include "server/records/number_finder.h"
#include "server/records/stored.pb.h"
#include "storage/status_macros.h"

namespace relief::server::access {
namespace {

using google::protobuf::Message;

constexpr char kKeyBehind = '~';

bool NamesRecords(const google::protobuf::Descriptor* type) {
  static TypeQuestion names(
      [](const google::protobuf::Descriptor* here) { return here == v1::RecordName::descriptor(); });
  return names(type);
}

// Nothing: it is not hidden.
std::optional<matcher::RecordKey> KeyBehind(const std::string& record_id) {
  const size_t at = record_id.rfind(kKeyBehind);
  if (at == std::string::npos || record_id.find('*') >= at) return std::nullopt;
  return matcher::RecordKey::Parse(std::string_view(record_id).substr(at + 1));
}

absl::Status Restore(const storage::Reader& reader, v1::RecordName* name) {
  const auto key = KeyBehind(name->record_id());
  if (!key) return absl::OkStatus();
  const std::string row_key = schema::RecordRow(*key);
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.MultiGet({&row_key, 1}));
  if (!rows[0].present()) return absl::OkStatus();
  stored::Record record;
  if (!record.ParseFromString(rows[0].value)) return absl::DataLossError("the row of a record is damaged");
  v1::RecordName hidden;
  hidden.set_source_id(record.source_id());
  hidden.set_record_id(record.record().record_id());
  HideRecordId(&hidden);
  // Of another source, or a key behind something else: that is no id of ours.
  if (hidden.source_id() == name->source_id() && hidden.record_id() == name->record_id())
    name->set_record_id(record.record().record_id());
  return absl::OkStatus();
}

}  // namespace

void HideRecordId(v1::RecordName* name) {
  std::string masked = records::MaskNumbersWithin(name->record_id(), records::Text::kRecordId);
  if (masked == name->record_id()) return;
  masked += kKeyBehind + matcher::RecordKey::Of(name->source_id(), name->record_id()).ToString();
  name->set_record_id(std::move(masked));
}

matcher::RecordKey KeyOf(const v1::RecordName& name) {
  const auto hidden = KeyBehind(name.record_id());
  return hidden ? *hidden : matcher::RecordKey::Of(name.source_id(), name.record_id());
}

absl::Status RestoreRecordIds(const storage::Reader& reader, Message* request) {
  if (!NamesRecords(request->GetDescriptor())) return absl::OkStatus();
  if (request->GetDescriptor() == v1::RecordName::descriptor())
    return Restore(reader, static_cast<v1::RecordName*>(request));
  const auto* reflection = request->GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection->ListFields(*request, &fields);
  for (const auto* field : fields) {
    if (field->message_type() == nullptr || field->is_map()) continue;
    const int size = field->is_repeated() ? reflection->FieldSize(*request, field) : 1;
    for (int i = 0; i < size; ++i) {
      absl::Status status = RestoreRecordIds(
          reader, field->is_repeated() ? reflection->MutableRepeatedMessage(request, field, i)
                                       : reflection->MutableMessage(request, field));
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace relief::server::access
