#include "server/access/visibility.h"

#include "storage/status_macros.h"

namespace relief::server::access {
namespace {

using google::protobuf::Message;
using Seen = RowJudge::Seen;

absl::Status NotDeclared(const Message& message) {
  return absl::InternalError(message.GetDescriptor()->full_name() + ": nobody has said what it stands for");
}

const Message& MessageAt(const Message& message, const FieldMeaning& field, int i) {
  const auto* reflection = message.GetReflection();
  return field.field->is_repeated() ? reflection->GetRepeatedMessage(message, field.field, i)
                                    : reflection->GetMessage(message, field.field);
}

std::string TextAt(const Message& message, const FieldMeaning& field, int i) {
  const auto* reflection = message.GetReflection();
  return field.field->is_repeated() ? reflection->GetRepeatedString(message, field.field, i)
                                    : reflection->GetString(message, field.field);
}

int SizeOf(const Message& message, const FieldMeaning& field) {
  const auto* reflection = message.GetReflection();
  if (field.field->is_repeated()) return reflection->FieldSize(message, field.field);
  return field.type == nullptr || reflection->HasField(message, field.field) ? 1 : 0;
}

}  // namespace

absl::StatusOr<bool> Visibility::Cut(Message* answer, bool done) const {
  const TypeMeaning* meaning = MeaningOf(answer->GetDescriptor());
  if (meaning == nullptr) return NotDeclared(*answer);
  return CutWithin(*meaning, answer, done);
}

absl::StatusOr<bool> Visibility::CutWithin(const TypeMeaning& meaning, Message* message, bool judged) const {
  if (!meaning.holds_judged) return true;
  if (!judged && (meaning.kind == TypeKind::kRow || meaning.kind == TypeKind::kWholeRow)) {
    RELIEF_ASSIGN_OR_RETURN(auto seen, judge_.Judge(*message));
    if (seen == Seen::kNo) return false;
  }
  if (!judged && meaning.kind == TypeKind::kNames) {
    auto seen = SeesNames(meaning, *message);
    if (!seen.ok() || !*seen) return seen;
  }
  if (meaning.kind == TypeKind::kWholeRow) return true;
  for (const FieldMeaning& field : meaning.fields) {
    if (field.shown) continue;
    absl::Status status;
    if (field.type != nullptr) {
      if (field.type->holds_judged) status = CutMessages(field, message);
    } else if (meaning.kind != TypeKind::kNames || field.field->is_repeated()) {
      status = CutIds(field, message);
    }
    if (!status.ok()) return status;
  }
  return true;
}

// All that it names by itself. What it holds besides is judged one by one.
absl::StatusOr<bool> Visibility::SeesNames(const TypeMeaning& meaning, const Message& message) const {
  for (const FieldMeaning& field : meaning.fields) {
    if (field.shown || field.field->is_repeated()) continue;
    absl::StatusOr<Seen> seen = Seen::kGone;
    if (field.type == nullptr) {
      seen = judge_.JudgeId(field.id, TextAt(message, field, 0), Reach::kAny);
    } else if (field.type == MeaningOf(v1::RecordName::descriptor()) && SizeOf(message, field) > 0) {
      seen = judge_.JudgeRecordNamed(static_cast<const v1::RecordName&>(MessageAt(message, field, 0)));
    }
    if (!seen.ok()) return seen.status();
    if (*seen == Seen::kNo) return false;
  }
  return true;
}

absl::Status Visibility::CutMessages(const FieldMeaning& field, Message* message) const {
  const auto* reflection = message->GetReflection();
  if (!field.field->is_repeated()) {
    if (!reflection->HasField(*message, field.field)) return absl::OkStatus();
    auto kept = CutWithin(*field.type, reflection->MutableMessage(message, field.field), false);
    if (kept.ok() && !*kept) reflection->ClearField(message, field.field);
    return kept.status();
  }
  int kept_count = 0;
  const int size = reflection->FieldSize(*message, field.field);
  for (int i = 0; i < size; ++i) {
    RELIEF_ASSIGN_OR_RETURN(
        auto kept,
        CutWithin(*field.type, reflection->MutableRepeatedMessage(message, field.field, i), false));
    if (!kept) continue;
    if (kept_count != i) reflection->SwapElements(message, field.field, kept_count, i);
    ++kept_count;
  }
  for (int i = kept_count; i < size; ++i) reflection->RemoveLast(message, field.field);
  return absl::OkStatus();
}

absl::Status Visibility::CutIds(const FieldMeaning& field, Message* message) const {
  const auto* reflection = message->GetReflection();
  const int size = SizeOf(*message, field);
  std::vector<std::string> kept;
  for (int i = 0; i < size; ++i) {
    std::string id = TextAt(*message, field, i);
    RELIEF_ASSIGN_OR_RETURN(auto seen, judge_.JudgeId(field.id, id, Reach::kAny));
    if (seen != Seen::kNo) kept.push_back(std::move(id));
  }
  if (kept.size() == static_cast<size_t>(size)) return absl::OkStatus();
  reflection->ClearField(message, field.field);
  if (!field.field->is_repeated()) return absl::OkStatus();
  for (std::string& id : kept) reflection->AddString(message, field.field, std::move(id));
  return absl::OkStatus();
}

absl::StatusOr<bool> Visibility::SeesRowsNamed(const Message& request, Reach reach) const {
  const TypeMeaning* meaning = MeaningOf(request.GetDescriptor());
  if (meaning == nullptr) return NotDeclared(request);
  // An item is named by its sample and its number together.
  if (request.GetDescriptor() == v1::JudgeQualityItemRequest::descriptor()) {
    const auto& item = static_cast<const v1::JudgeQualityItemRequest&>(request);
    RELIEF_ASSIGN_OR_RETURN(auto seen, judge_.JudgeSampleItem(item.sample_id(), item.number()));
    return seen != Seen::kNo;
  }
  return SeesWithin(*meaning, request, reach);
}

absl::StatusOr<bool> Visibility::SeesWithin(const TypeMeaning& meaning, const Message& message,
                                            Reach reach) const {
  if (!meaning.holds_ids) return true;
  if (message.GetDescriptor() == v1::RecordName::descriptor()) {
    // It may be seen where the whole of its source is not.
    RELIEF_ASSIGN_OR_RETURN(auto seen, judge_.JudgeRecordNamed(static_cast<const v1::RecordName&>(message)));
    return seen != Seen::kNo;
  }
  for (const FieldMeaning& field : meaning.fields) {
    const int size = SizeOf(message, field);
    for (int i = 0; i < size; ++i) {
      if (field.type != nullptr) {
        auto seen = SeesWithin(*field.type, MessageAt(message, field, i), reach);
        if (!seen.ok() || !*seen) return seen;
      } else {
        RELIEF_ASSIGN_OR_RETURN(auto seen, judge_.JudgeId(field.id, TextAt(message, field, i), reach));
        if (seen == Seen::kNo) return false;
      }
    }
  }
  return true;
}

}  // namespace relief::server::access
