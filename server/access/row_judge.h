// Whether a caller sees a row, for every kind of row and for every kind of id in one place.
//
// A row is seen if one of its programmes in one of its regions is within one of the caller's scopes: a record
// by what it pays and where, a person by its records, a finding by its evidence and those to notify, a
// conflict and what was decided of it by its records, a referral by its finding or its target, a job by its
// cases, a proposal by what it is about, a quality sample by its links. What says nothing of a region (a fact
// without one) is seen together with what does, and makes nothing visible by itself. Subscriptions are their
// agency's, whatever its callers' scopes.
//
// A RowJudge belongs to one call and one thread.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "matcher/record_key.h"
#include "relief/v1/notice_service.pb.h"
#include "relief/v1/referral_service.pb.h"
#include "relief/v1/review_service.pb.h"
#include "server/access/meaning.h"
#include "server/access/policy.h"
#include "storage/store.h"

namespace relief::server::access {

// Whose rows are one's own: what one proposed or began.
struct Asker {
  std::string caller;
  std::string agency;
};

class RowJudge {
 public:
  // kWithOthers: says nothing by itself. kGone: is not there.
  enum class Seen { kYes, kNo, kWithOthers, kGone };
  // What an id that stands for many rows must show of them: to be looked at, any; to be changed, all.
  enum class Reach { kAny, kAll };

  RowJudge(const storage::Reader& reader, const Permit& permit, const Asker& asker)
      : reader_(reader), permit_(permit), asker_(asker), sees_all_(permit.SeesAll()) {}

  // A message of TypeKind::kRow or kWholeRow. INTERNAL: nobody has said by what it is seen.
  absl::StatusOr<Seen> Judge(const google::protobuf::Message& row) const;
  absl::StatusOr<Seen> JudgeId(IdKind kind, const std::string& id, Reach reach) const;
  absl::StatusOr<Seen> JudgeRecordNamed(const v1::RecordName& name) const;
  // One link of a quality sample, to be judged by the caller.
  absl::StatusOr<Seen> JudgeSampleItem(const std::string& sample_id, int64_t number) const;
  // Either of its two records is seen. Of a case in the queue, what it says of itself is asked first.
  absl::StatusOr<Seen> JudgeWorkItem(const v1::WorkItem& item) const;

 private:
  absl::StatusOr<Seen> JudgeContent(const std::string& source_id,
                                    const google::protobuf::Message& record) const;
  absl::StatusOr<std::vector<Seen>> JudgeKeys(const std::vector<matcher::RecordKey>& keys) const;
  absl::StatusOr<Seen> JudgeNames(const std::vector<const v1::RecordName*>& names, Reach reach) const;
  absl::StatusOr<Seen> JudgePerson(const std::string& person_id) const;
  absl::StatusOr<Seen> JudgeConflict(const std::string& conflict_id) const;
  absl::StatusOr<Seen> JudgeConflicts(const std::vector<std::string>& ids, Reach reach, bool* decided) const;
  absl::StatusOr<Seen> JudgeFinding(const v1::Finding& finding) const;
  absl::StatusOr<Seen> JudgeDecision(const v1::Decision& decision, Reach reach) const;
  absl::StatusOr<Seen> JudgeProposal(const v1::Proposal& proposal, Reach reach) const;
  absl::StatusOr<Seen> JudgeJob(const std::string& job_id, Reach reach) const;
  absl::StatusOr<Seen> JudgeSample(const std::string& sample_id) const;
  absl::StatusOr<Seen> JudgeReferral(const v1::Referral& referral) const;
  absl::StatusOr<Seen> JudgeSubscription(const v1::Subscription& subscription) const;

  const storage::Reader& reader_;
  const Permit& permit_;
  const Asker& asker_;
  const bool sees_all_;
};

}  // namespace relief::server::access
