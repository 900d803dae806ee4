// A store in memory, for tests: the same semantics as the durable one, kept by the same conformance suite.
//
// Snapshots share the rows, and may outlive the store.
#pragma once

#include <memory>

#include "storage/store.h"

namespace relief::storage {

std::unique_ptr<Store> NewMemoryStore();

}  // namespace relief::storage
