// Who is not judged yet, because a load has begun to change what is known of them and has not ended: judged in between, they
// would open by its first file what its second closes.
//
// Rows (prefix "hop"): the persons that wait, by load. A load that is ending takes nothing more, and nobody waits for it.
// Belongs to one piece of work and its thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/core/write_context.h"
#include "server/findings/judging.h"

namespace relief::server::findings {

class LoadWaiting {
 public:
  // Writes down whom this commit lets wait, and reads which loads are open.
  static absl::StatusOr<LoadWaiting> Of(core::WriteContext& context);

  // Those of `persons` who wait for no load.
  absl::StatusOr<std::set<matcher::PersonId>> Free(const std::set<matcher::PersonId>& persons) const;

  // A household of which anybody waits is not judged: its other members wait too.
  absl::Status TakeOut(Judgement* judgement) const;

 private:
  explicit LoadWaiting(core::WriteContext& context) : context_(context) {}
  // Of `persons`, the load that each waits for.
  absl::StatusOr<std::map<matcher::PersonId, std::string>> Waiting(
      const std::vector<matcher::PersonId>& persons) const;

  core::WriteContext& context_;
  std::vector<std::string> open_;
};

}  // namespace relief::server::findings
