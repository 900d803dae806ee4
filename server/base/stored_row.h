// A message that the store holds in a row of its own.
#pragma once

#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "storage/transaction.h"

namespace relief::server {

// Nothing if there is no such row. DATA_LOSS: it is damaged.
template <typename Message>
absl::StatusOr<std::optional<Message>> GetMessage(storage::Transaction& txn, std::string_view key) {
  auto value = txn.Get(key);
  if (!value.ok()) return value.status();
  if (!*value) return std::optional<Message>();
  Message message;
  if (!message.ParseFromString(**value)) return absl::DataLossError("a row of the hub is damaged");
  return std::optional<Message>(std::move(message));
}

}  // namespace relief::server
