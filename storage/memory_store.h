// A store in memory, for tests: the same semantics as the durable one, kept by the same conformance suite.
//
// A snapshot copies the rows.
#pragma once

#include <memory>

#include "storage/store.h"

namespace relief::storage {

std::unique_ptr<Store> NewMemoryStore();

}  // namespace relief::storage
