// Messages of the network, before they are read (server/network/message_parts.cc). What is let through has
// no more parts than were allowed, whether it can be read or not.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/unknown_field_set.h>

#include "relief/v1/feed_service.pb.h"
#include "server/network/message_parts.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

constexpr int kMost = 20;

// Elements of packed numbers are no parts: they take no more than a few times their bytes.
int64_t PartsOf(const google::protobuf::Message& message) {
  int64_t parts = message.GetReflection()->GetUnknownFields(message).field_count();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->message_type() != nullptr && field->is_repeated()) {
      const int size = message.GetReflection()->FieldSize(message, field);
      for (int i = 0; i < size; ++i)
        parts += 1 + PartsOf(message.GetReflection()->GetRepeatedMessage(message, field, i));
    } else if (field->message_type() != nullptr) {
      parts += 1 + PartsOf(message.GetReflection()->GetMessage(message, field));
    } else if (field->is_repeated() && !field->is_packable()) {
      parts += message.GetReflection()->FieldSize(message, field);
    }
  }
  return parts;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  google::protobuf::io::ArrayInputStream stream(data, static_cast<int>(size));
  if (!relief::server::network::CheckMessageParts(*relief::v1::PushRequest::descriptor(), &stream, kMost)
           .ok())
    return 0;
  relief::v1::PushRequest request;
  (void)request.ParseFromArray(data, static_cast<int>(size));
  HOLDS(PartsOf(request) <= kMost);
  return 0;
}
