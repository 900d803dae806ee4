// A record as a case shows it: masked, with where it comes from and when the hub learned of it. Callable from
// any thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "matcher/record_key.h"
#include "relief/v1/review_service.pb.h"
#include "storage/store.h"

namespace relief::server::review {

absl::StatusOr<v1::CaseRecord> ReadCaseRecord(const storage::Reader& reader, matcher::RecordKey key);

// The nth friendly name: easier to speak of than an id, and says nothing of the person.
void SetNickname(size_t n, std::string* zh, std::string* en);

}  // namespace relief::server::review
