#include "storage/encryption/key_ring.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <sys/stat.h>

#include <array>
#include <fstream>
#include <sstream>

namespace relief::storage {
namespace {

constexpr size_t kMostBytes = 64 << 10;
constexpr size_t kMostIdBytes = 62;

int HexDigit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

bool IsId(std::string_view id) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  return !id.empty() && id.size() <= kMostIdBytes && id.find_first_not_of(kAllowed) == std::string_view::npos;
}

bool ParseHex(std::string_view text, Secret& key) {
  if (text.size() != 2 * Secret::kSize) return false;
  for (size_t i = 0; i < Secret::kSize; ++i) {
    const int high = HexDigit(text[2 * i]), low = HexDigit(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    key.data()[i] = static_cast<uint8_t>(high << 4 | low);
  }
  return true;
}

absl::StatusOr<std::string> ReadKeyFile(const std::string& path) {
  struct stat info;
  std::ifstream file(path, std::ios::binary);
  if (!file || ::stat(path.c_str(), &info) != 0)
    return absl::NotFoundError("cannot read the key ring " + path);
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return absl::FailedPreconditionError("others may read the key ring " + path + "; chmod 600 it");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

absl::StatusOr<std::string> RunKeyCommand(const std::string& command) {
  FILE* pipe = ::popen(command.c_str(), "re");
  if (pipe == nullptr) return absl::FailedPreconditionError("cannot run the key command");
  std::string text;
  std::array<char, 4096> chunk;
  while (text.size() <= kMostBytes) {
    const size_t read = ::fread(chunk.data(), 1, chunk.size(), pipe);
    if (read == 0) break;
    text.append(chunk.data(), read);
  }
  OPENSSL_cleanse(chunk.data(), chunk.size());
  if (const int ended = ::pclose(pipe); ended != 0)
    return absl::FailedPreconditionError("the key command failed (wait status " + std::to_string(ended) +
                                         ")");
  return text;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const KeyRing>> KeyRing::Load(const KeySource& source) {
  if (source.file.empty() == source.command.empty())
    return absl::InvalidArgumentError("a key ring comes from a file or from a command");
  auto text = source.file.empty() ? RunKeyCommand(source.command) : ReadKeyFile(source.file);
  if (!text.ok()) return text.status();
  auto ring = Parse(*text, source.file.empty() ? "the key command's output" : source.file);
  OPENSSL_cleanse(text->data(), text->size());
  return ring;
}

absl::StatusOr<std::shared_ptr<const KeyRing>> KeyRing::Parse(std::string_view text,
                                                              const std::string& name) {
  if (text.size() > kMostBytes) return absl::InvalidArgumentError(name + ": too long for a key ring");
  auto ring = std::make_shared<KeyRing>();
  for (int line_number = 1; !text.empty(); ++line_number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    constexpr std::string_view kBlanks = " \t\r";
    line = line.substr(0, line.find('#'));
    const size_t begin = line.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) continue;
    line = line.substr(begin, line.find_last_not_of(kBlanks) + 1 - begin);
    const std::string where = name + ":" + std::to_string(line_number) + ": ";
    const size_t blank = line.find_first_of(kBlanks);
    MasterKey key;
    key.id = line.substr(0, blank);
    if (!IsId(key.id)) return absl::InvalidArgumentError(where + "not a key id");
    const size_t digits = blank == std::string_view::npos ? blank : line.find_first_not_of(kBlanks, blank);
    if (digits == std::string_view::npos || !ParseHex(line.substr(digits), key.key))
      return absl::InvalidArgumentError(where + "a key is 64 hexadecimal digits");
    if (ring->Find(key.id) != nullptr) return absl::InvalidArgumentError(where + "the key id is there twice");
    ring->keys_.push_back(std::move(key));
  }
  if (ring->keys_.empty()) return absl::InvalidArgumentError(name + ": no key");
  return ring;
}

const MasterKey* KeyRing::Find(std::string_view id) const {
  for (const MasterKey& key : keys_)
    if (key.id == id) return &key;
  return nullptr;
}

}  // namespace relief::storage
