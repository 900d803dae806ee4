// All features of the hub, registered with its core in the order in which they follow a commit. The one list of
// them: a new feature adds its line in features.cc.
#pragma once

#include "server/core/features.h"

namespace relief::server {

// With the default settings of each; what is configured is set on top (server/main.cc).
core::Features AllFeatures();

}  // namespace relief::server
