// The store as the configuration asks for it.
#pragma once

#include "server/config/config.pb.h"
#include "storage/rocksdb_store.h"

namespace relief::server::admin {

storage::RocksDbOptions StoreOptions(const config::HubConfig& config);

}  // namespace relief::server::admin
