#include "storage/key_encoding.h"

namespace relief::storage {
namespace {

constexpr size_t kNumberBytes = 8;

}  // namespace

std::string PrefixEnd(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<uint8_t>(end.back()) == 0xFF) end.pop_back();
  if (!end.empty()) ++end.back();
  return end;
}

void AppendBigEndian(std::string& key, uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) key.push_back(static_cast<char>(number >> shift));
}

uint64_t ReadBigEndian(std::string_view bytes) {
  uint64_t number = 0;
  for (const char byte : bytes.substr(0, kNumberBytes)) number = number << 8 | static_cast<uint8_t>(byte);
  return number;
}

bool KeyReader::Skip(std::string_view prefix) {
  if (!rest_.starts_with(prefix)) return false;
  rest_.remove_prefix(prefix.size());
  return true;
}

std::optional<std::string_view> KeyReader::Bytes(size_t count) {
  if (rest_.size() < count) return std::nullopt;
  const std::string_view bytes = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return bytes;
}

std::optional<std::string_view> KeyReader::Text() {
  const size_t end = rest_.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view text = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  return text;
}

std::optional<uint64_t> KeyReader::Unsigned() {
  const auto bytes = Bytes(kNumberBytes);
  if (!bytes) return std::nullopt;
  return ReadBigEndian(*bytes);
}

std::optional<int64_t> KeyReader::Number() {
  const auto number = Unsigned();
  if (!number) return std::nullopt;
  return static_cast<int64_t>(*number);
}

std::optional<uint8_t> KeyReader::Byte() {
  const auto byte = Bytes(1);
  if (!byte) return std::nullopt;
  return static_cast<uint8_t>(byte->front());
}

}  // namespace relief::storage
