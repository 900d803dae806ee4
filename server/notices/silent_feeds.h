// A source that ought to have delivered and did not: whoever subscribes to its programme is told, once, so that
// the department delivers. No person is told of: what the source would tell is not known.
#pragma once

#include "server/core/features.h"

namespace relief::server::notices {

class SilentFeeds final : public core::DayStep {
 public:
  absl::StatusOr<size_t> Run(core::WriteContext& context, size_t limit) const override;
};

}  // namespace relief::server::notices
