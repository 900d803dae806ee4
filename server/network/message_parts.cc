#include "server/network/message_parts.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <string>

namespace relief::server::network {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

enum class End { kWhole, kNoMessage, kTooMany, kGroup };

class Walk {
 public:
  Walk(google::protobuf::io::ZeroCopyInputStream* bytes, int64_t most) : in_(bytes), left_(most) {}

  End Message(const Descriptor& type, int depth) {
    while (const uint32_t tag = in_.ReadTag()) {
      const auto* field = type.FindFieldByNumber(WireFormatLite::GetTagFieldNumber(tag));
      const auto wire_type = WireFormatLite::GetTagWireType(tag);
      // A known field in another form than its own is kept as an unknown one.
      const bool one_value = field != nullptr && !field->is_repeated() && field->message_type() == nullptr &&
                             wire_type == WireTypeOf(*field);
      if (!one_value && --left_ < 0) return End::kTooMany;
      const End end = Value(wire_type, field ? field->message_type() : nullptr, depth);
      if (end != End::kWhole) return end;
    }
    return in_.ConsumedEntireMessage() ? End::kWhole : End::kNoMessage;
  }

 private:
  static WireFormatLite::WireType WireTypeOf(const google::protobuf::FieldDescriptor& field) {
    return WireFormatLite::WireTypeForFieldType(static_cast<WireFormatLite::FieldType>(field.type()));
  }

  End Value(WireFormatLite::WireType type, const Descriptor* message, int depth) {
    uint64_t number = 0;
    uint32_t size = 0;
    switch (type) {
      case WireFormatLite::WIRETYPE_VARINT:
        return WholeIf(in_.ReadVarint64(&number));
      case WireFormatLite::WIRETYPE_FIXED64:
        return WholeIf(in_.Skip(8));
      case WireFormatLite::WIRETYPE_FIXED32:
        return WholeIf(in_.Skip(4));
      case WireFormatLite::WIRETYPE_LENGTH_DELIMITED:
        if (!in_.ReadVarint32(&size) || static_cast<int32_t>(size) < 0) return End::kNoMessage;
        if (message == nullptr) return WholeIf(in_.Skip(static_cast<int>(size)));
        return Within(*message, static_cast<int>(size), depth);
      case WireFormatLite::WIRETYPE_START_GROUP:
      case WireFormatLite::WIRETYPE_END_GROUP:
        return End::kGroup;
    }
    return End::kNoMessage;
  }

  End Within(const Descriptor& message, int size, int depth) {
    if (depth >= CodedInputStream::GetDefaultRecursionLimit()) return End::kNoMessage;
    // The parser would read on beyond the outer message.
    if (const int left = in_.BytesUntilLimit(); left >= 0 && size > left) return End::kNoMessage;
    const auto outer = in_.PushLimit(size);
    const End end = Message(message, depth + 1);
    if (end != End::kWhole) return end;
    if (in_.BytesUntilLimit() != 0) return End::kNoMessage;  // the bytes ended before it did
    in_.PopLimit(outer);
    return End::kWhole;
  }

  static End WholeIf(bool read) { return read ? End::kWhole : End::kNoMessage; }

  CodedInputStream in_;
  int64_t left_;
};

}  // namespace

absl::Status CheckMessageParts(const Descriptor& type, google::protobuf::io::ZeroCopyInputStream* bytes,
                               int64_t most) {
  switch (Walk(bytes, most).Message(type, 0)) {
    case End::kTooMany:
      return absl::InvalidArgumentError("the message has more than " + std::to_string(most) + " parts");
    case End::kGroup:
      return absl::InvalidArgumentError("the message has a group, which no message of the contract has");
    case End::kNoMessage:  // the parser would go on a little longer
      return absl::InvalidArgumentError("the message cannot be read");
    case End::kWhole:
      break;
  }
  return absl::OkStatus();
}

}  // namespace relief::server::network
