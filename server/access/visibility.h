// Which rows a caller sees, for all answers and requests in one place.
//
// A row is seen if one of its programmes in one of its regions is within one of the caller's scopes: a record
// by what it pays and where, a person by its records, a finding by its evidence and those to notify, a
// conflict and what was decided of it by its records, a referral by its finding or its target. What says
// nothing of a region (a fact without one) is seen together with what does, and makes nothing visible by
// itself.
//
// A Visibility belongs to one call and one thread.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/access/policy.h"
#include "storage/store.h"

namespace relief::server::access {

// Can messages of this type hold rows that some callers do not see?
bool HoldsRows(const google::protobuf::Descriptor* type);

class Visibility {
 public:
  Visibility(const storage::Reader& reader, const Permit& permit) : reader_(reader), permit_(permit) {}

  // Takes out of an answer what the caller does not see. False: the answer itself is such a row.
  absl::StatusOr<bool> Cut(google::protobuf::Message* answer) const;

  // False: the request names a row that is there and that the caller does not see. Rows that are not there
  // are left to the handler, which says so in the same words.
  absl::StatusOr<bool> SeesRowsNamed(const google::protobuf::Message& request) const;

 private:
  enum class Seen { kYes, kNo, kWithOthers };

  absl::StatusOr<Seen> Judge(const google::protobuf::Message& row) const;
  absl::StatusOr<Seen> JudgeRecord(const std::string& source_id,
                                   const google::protobuf::Message& record) const;
  absl::StatusOr<Seen> JudgeRecordNamed(const std::string& source_id, const std::string& record_id) const;
  absl::StatusOr<Seen> JudgeAnyOf(const std::vector<const v1::RecordName*>& names) const;
  absl::StatusOr<bool> SeesId(const std::string& field, const std::string& id) const;

  const storage::Reader& reader_;
  const Permit& permit_;
};

}  // namespace relief::server::access
