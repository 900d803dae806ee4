// Masking, in one place: what leaves the hub of a person's identifiers unless the caller may see more.
//
// Pure; callable from any thread.
#pragma once

#include <string>

#include "relief/v1/record.pb.h"

namespace relief::server::records {

// The first three and the last two characters; everything shorter than eight characters is hidden whole.
std::string MaskNumber(const std::string& number);

// The number of a document: the first three characters, and none of the end. Beside it stand the birthday and the
// region: of a resident number these leave a thousand, and two digits more would leave nine that one look-up
// each could try.
std::string MaskDocument(const std::string& number);

// Digits of a house or flat, narrow or full width.
std::string MaskDigits(const std::string& text);

// Document number, phones and the address's house number masked.
v1::PersonIdentity MaskIdentity(v1::PersonIdentity identity);

}  // namespace relief::server::records
