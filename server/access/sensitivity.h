// Masking by the contract's own words: walks a message by its descriptor and masks what relief.v1.sensitivity
// says.
//
// The only place where an answer's fields are masked. Pure; callable from any thread.
#pragma once

#include <google/protobuf/message.h>

#include <set>
#include <string>
#include <vector>

#include "relief/v1/sensitivity.pb.h"

namespace relief::server::access {

// Can a message of this type hold anything that is masked?
bool HoldsMasked(const google::protobuf::Descriptor* type);

// Masks document numbers, phones, accounts and house numbers, except the kinds in `unmask`. Returns the kinds
// that were there and stayed as they are.
std::set<v1::Sensitivity> Mask(google::protobuf::Message* message, const std::set<v1::Sensitivity>& unmask);

// What a request tries: hashes of the identities in it, in canonical form and each with all that it says (another
// birthday under one name is another guess); with `ids`, of persons, records and cases that it names too.
std::vector<size_t> GuessesIn(const google::protobuf::Message& request, bool ids);

}  // namespace relief::server::access
