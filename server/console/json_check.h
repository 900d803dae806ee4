// Looks at a request's JSON before protobuf does: what protobuf would take in silence, or only after much
// work.
//
// Refused: nesting beyond kDeepest, a member that is there twice (whether written "personId" or "person_id"),
// an enum value that does not exist, a number of more digits than any field has. Members that the message
// does not know are let through: a newer console may talk to an older hub. Whether the rest is JSON of the
// message, protobuf says. One pass, no recursion deeper than kDeepest. Pure; callable from any thread.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string_view>

namespace relief::server::console {

inline constexpr int kDeepest = 32;  // our messages nest to about eight
inline constexpr size_t kLongestNumber = 40;

bool IsSoundJson(std::string_view json, const google::protobuf::Descriptor& message);

}  // namespace relief::server::console
