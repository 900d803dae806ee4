// What of a request and of an answer a caller sees, for all messages in one place: walks a message by its
// descriptor, and judges rows and ids by what the table says that they stand for (meaning.h, row_judge.h).
//
// A Visibility belongs to one call and one thread.
#pragma once

#include <google/protobuf/message.h>

#include "absl/status/statusor.h"
#include "server/access/row_judge.h"

namespace relief::server::access {

class Visibility {
 public:
  using Reach = RowJudge::Reach;

  // All outlive it.
  Visibility(const storage::Reader& reader, const Permit& permit, const Asker& asker)
      : judge_(reader, permit, asker) {}

  // Takes out of an answer what the caller does not see. False: the answer itself is such a row, unless it
  // is `done`: the outcome of what the caller was let to do, which it is told wherever that went.
  absl::StatusOr<bool> Cut(google::protobuf::Message* answer, bool done = false) const;

  // False: the request names a row that is there and that the caller does not see: of what stands for many
  // rows, any, or all of them. Rows that are not there are left to the handler, which says so in the same
  // words.
  absl::StatusOr<bool> SeesRowsNamed(const google::protobuf::Message& request, Reach reach) const;

  const RowJudge& judge() const { return judge_; }

 private:
  absl::StatusOr<bool> CutWithin(const TypeMeaning& meaning, google::protobuf::Message* message,
                                 bool judged) const;
  absl::StatusOr<bool> SeesNames(const TypeMeaning& meaning, const google::protobuf::Message& message) const;
  absl::Status CutMessages(const FieldMeaning& field, google::protobuf::Message* message) const;
  absl::Status CutIds(const FieldMeaning& field, google::protobuf::Message* message) const;
  absl::StatusOr<bool> SeesWithin(const TypeMeaning& meaning, const google::protobuf::Message& message,
                                  Reach reach) const;

  const RowJudge judge_;
};

}  // namespace relief::server::access
