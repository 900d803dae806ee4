// Protocol buffer messages that the store holds in a row each.
//
//   RELIEF_ASSIGN_OR_RETURN(const auto source, FindMessage<stored::Source>(txn, SourceRow(id)));
//   if (!source) return absl::NotFoundError("no such source");
//
// `source` of a reading is a Reader or a Transaction. DATA_LOSS: the row is damaged; the error names the
// first two bytes of the key, which tell what kind of row it is, and the message type, and never the data.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/status_macros.h"
#include "storage/store.h"
#include "storage/transaction.h"

namespace relief::storage {

// DATA_LOSS for a row whose content (`type` names what it should be) cannot be read.
absl::Status DamagedRow(std::string_view key, std::string_view type);

// The value of one row; nothing if it is absent.
absl::StatusOr<std::optional<std::string>> FindValue(const Reader& source, std::string_view key);
absl::StatusOr<std::optional<std::string>> FindValue(Transaction& source, std::string_view key);

template <typename Message>
absl::StatusOr<Message> ParseMessage(std::string_view key, std::string_view value) {
  Message message;
  if (!message.ParseFromArray(value.data(), static_cast<int>(value.size())))
    return DamagedRow(key, message.GetTypeName());
  return message;
}
template <typename Message>
absl::StatusOr<Message> ParseMessage(const KeyRow& row) {
  return ParseMessage<Message>(row.key, row.row.value);
}

// Nothing if there is no such row.
template <typename Message, typename Source>
absl::StatusOr<std::optional<Message>> FindMessage(Source&& source, std::string_view key) {
  RELIEF_ASSIGN_OR_RETURN(const auto value, FindValue(source, key));
  if (!value) return std::optional<Message>();
  RELIEF_ASSIGN_OR_RETURN(auto message, ParseMessage<Message>(key, *value));
  return std::optional<Message>(std::move(message));
}

// An empty message if there is no such row.
template <typename Message, typename Source>
absl::StatusOr<Message> ReadMessageOrEmpty(Source&& source, std::string_view key) {
  RELIEF_ASSIGN_OR_RETURN(auto message, FindMessage<Message>(source, key));
  return message ? *std::move(message) : Message();
}

// NOT_FOUND if there is no such row: "no such <what>".
template <typename Message, typename Source>
absl::StatusOr<Message> ReadMessage(Source&& source, std::string_view key, std::string_view what) {
  RELIEF_ASSIGN_OR_RETURN(auto message, FindMessage<Message>(source, key));
  if (!message) return absl::NotFoundError("no such " + std::string(what));
  return *std::move(message);
}

// One for each key, in that order; nothing where there is no such row. One call of the store.
template <typename Message, typename Source>
absl::StatusOr<std::vector<std::optional<Message>>> FindMessages(Source&& source,
                                                                 std::span<const std::string> keys) {
  RELIEF_ASSIGN_OR_RETURN(const std::vector<Row> rows, source.MultiGet(keys));
  std::vector<std::optional<Message>> messages(keys.size());
  for (size_t i = 0; i < keys.size(); ++i)
    if (rows[i].present()) {
      RELIEF_ASSIGN_OR_RETURN(messages[i], ParseMessage<Message>(keys[i], rows[i].value));
    }
  return messages;
}

}  // namespace relief::storage
