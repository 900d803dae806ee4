// What follows from findings being written, in the same commit, and is not the business of findings themselves:
// other folders register it (server/features.h), and findings know none of them.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "relief/v1/finding_service.pb.h"
#include "relief/v1/notice_service.pb.h"
#include "server/core/write_context.h"

namespace relief::server::findings {

// A finding as it was written.
struct WrittenFinding {
  v1::Finding finding;
  bool was_open = false;
  std::optional<v1::Notice::Event> notice;  // what subscribers are to be told

  bool closed() const { return was_open && finding.state() != v1::Finding::OPEN; }
};

class FindingListener {
 public:
  virtual ~FindingListener() = default;
  // In the order in which they were written, after the records that caused it.
  virtual absl::Status Follow(core::WriteContext& context, std::span<const WrittenFinding> written) const = 0;
};

// In core::Features, in the order in which they are called.
struct FindingListeners {
  std::vector<std::shared_ptr<const FindingListener>> listeners;
};

}  // namespace relief::server::findings
