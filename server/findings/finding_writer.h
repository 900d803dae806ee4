// The one place where a finding's row is written. What follows from the difference between before and after
// follows here, in the same commit: the history, the counts of reports, the order of lists, and what others
// registered (finding_listener.h).
//
//   findings::FindingWriter writer(context);
//   writer.Write(&before, &after, {&event, 1}, v1::Notice::CHANGED);
//   RELIEF_RETURN_IF_ERROR(writer.Flush());
//
// Belongs to one piece of work and its thread.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "relief/v1/finding_service.pb.h"
#include "relief/v1/notice_service.pb.h"
#include "server/core/write_context.h"
#include "server/findings/finding_listener.h"
#include "server/findings/tally.h"

namespace relief::server::findings {

class FindingWriter {
 public:
  explicit FindingWriter(core::WriteContext& context) : context_(context) {}

  // Writes `after`. `before` is null for a new finding. Each event becomes an entry of the history, which
  // keeps the finding as it was after the event; with `notice` the subscribers are told.
  void Write(const v1::Finding* before, v1::Finding* after, std::span<const v1::FindingEvent> events,
             std::optional<v1::Notice::Event> notice);

  // Whether what is written from here on opens or closes because a source was loaded for the first time: then it is nobody's
  // work, and is neither counted as such nor told to subscribers (v1::Finding.by_baseline).
  void SetBaseline(bool baseline) { baseline_ = baseline; }

  // Call once, last.
  absl::Status Flush();

 private:
  core::WriteContext& context_;
  bool baseline_ = false;
  core::FindingChange change_;  // a finding that is settled counts as closed
  Tally tally_;
  std::vector<WrittenFinding> written_;
};

// An entry of the history about what the finding now is.
v1::FindingEvent EventOf(v1::FindingEvent::Kind kind, const v1::Finding& finding);

}  // namespace relief::server::findings
