// Records whose id is a person's number: some departments number their rows so.
//
// Whoever may not see numbers gets such a record under another id, its number masked and the record's key behind it
// ("371***************~3F7QZ0K9XW2M4B1T"), and asks for it by that one: what one call answered with can be asked for
// by the next.
//
// Pure but for the store; callable from any thread.
#pragma once

#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "matcher/record_key.h"
#include "relief/v1/types.pb.h"
#include "storage/store.h"

namespace relief::server::access {

void HideRecordId(v1::RecordName* name);

// Of the record that is named so, by its own id or by the hidden one.
matcher::RecordKey KeyOf(const v1::RecordName& name);

// Puts the departments' own ids back into a request, wherever it names records by hidden ones.
absl::Status RestoreRecordIds(const storage::Reader& reader, google::protobuf::Message* request);

}  // namespace relief::server::access
