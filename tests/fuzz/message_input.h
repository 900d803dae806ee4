// Inputs that are messages of the contract: in text format, so that a corpus can be read, or as they are on
// the wire.
#pragma once

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "tests/fuzz/fuzz_target.h"

namespace relief::fuzz {

// False for what no feed can carry: neither form, or texts that are not UTF-8.
template <typename Message>
bool ReadMessage(std::string_view bytes, Message* message) {
  const google::protobuf::LogSilencer nothing_to_standard_error;
  class Silent : public google::protobuf::io::ErrorCollector {
    void AddError(int, int, const std::string&) override {}
  } silent;
  if (message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return true;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&silent);
  std::string wire;
  return parser.ParseFromString(std::string(bytes), message) && message->SerializeToString(&wire) &&
         message->ParseFromString(wire);
}

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t most);

// Text behind the first `head` bytes is turned into the wire's form before it is changed: most changes of a
// text are no longer text format.
template <typename Message>
size_t MutateMessage(uint8_t* data, size_t size, size_t most, size_t head) {
  Message message;
  std::string wire;
  if (size > head && ReadMessage({reinterpret_cast<const char*>(data) + head, size - head}, &message) &&
      message.SerializeToString(&wire) && wire.size() + head <= most) {
    std::copy(wire.begin(), wire.end(), data + head);
    size = wire.size() + head;
  }
  return LLVMFuzzerMutate(data, size, most);
}

}  // namespace relief::fuzz
