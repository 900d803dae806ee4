// The one place where a finding's row is written. What follows from the difference between before and after
// follows here, in the same commit: the history, the counts of reports, the order of lists, the referral, and
// the notices of the subscriptions.
//
// Belongs to one piece of work and its thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "relief/v1/finding_service.pb.h"
#include "relief/v1/notice_service.pb.h"
#include "server/core/hub.h"
#include "server/findings/tally.h"
#include "server/notices/outbox.h"

namespace relief::server::findings {

struct FindingCounts {
  int64_t opened = 0, closed = 0;  // a finding that is settled counts as closed
};

class FindingWriter {
 public:
  static absl::StatusOr<FindingWriter> Open(core::WriteContext& context);

  // Writes `after`. `before` is null for a new finding. Each event becomes an entry of the history, which
  // keeps the finding as it was after the event; with `notice` the subscribers are told.
  void Write(const v1::Finding* before, v1::Finding* after, std::span<const v1::FindingEvent> events,
             std::optional<v1::Notice::Event> notice);

  const FindingCounts& counts() const { return counts_; }

  // Call once, last.
  absl::Status Flush();

 private:
  FindingWriter(core::WriteContext& context, notices::Outbox outbox)
      : context_(&context), outbox_(std::move(outbox)) {}

  core::WriteContext* context_;
  notices::Outbox outbox_;
  FindingCounts counts_;
  Tally tally_;
  std::vector<v1::Finding> closed_;  // with a referral, which follows
};

// An entry of the history about what the finding now is.
v1::FindingEvent EventOf(v1::FindingEvent::Kind kind, const v1::Finding& finding);

}  // namespace relief::server::findings
