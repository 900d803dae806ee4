// How much is kept for those who never acknowledge. In core::Features.
#pragma once

#include <cstdint>

namespace relief::server::notices {

struct BacklogSettings {
  int64_t most = 1'000'000;  // notices behind the newest, for each subscription; older ones are dropped
};

}  // namespace relief::server::notices
