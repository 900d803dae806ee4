#include "storage/log_check.h"

#include <algorithm>
#include <optional>

#include "storage/crc32c.h"
#include "storage/status_macros.h"

namespace relief::storage {
namespace {

constexpr size_t kBlock = 32 << 10;
constexpr size_t kRecordHeader = 7;
enum Type : uint8_t { kZero = 0, kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

uint64_t LittleEndian(std::string_view bytes) {
  uint64_t value = 0;
  for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

uint32_t Unmask(uint32_t masked) {
  const uint32_t rotated = masked - 0xA282EAD8u;
  return rotated >> 17 | rotated << 15;
}

bool AllZero(std::string_view bytes) { return bytes.find_first_not_of('\0') == std::string_view::npos; }

struct Fragment {
  uint32_t crc;
  size_t length;
  uint8_t type;
  std::string_view typed;  // the type and all that is there behind it

  bool known_type() const { return type >= kFull && type <= kLast; }
  bool whole() const { return length + 1 <= typed.size(); }
  std::string_view payload() const { return typed.substr(1, length); }
  bool sound() const { return ExtendCrc32c(0, typed.substr(0, length + 1)) == crc; }
};

Fragment ReadFragment(std::string_view bytes) {
  return {Unmask(static_cast<uint32_t>(LittleEndian(bytes.substr(0, 4)))), LittleEndian(bytes.substr(4, 2)),
          static_cast<uint8_t>(bytes[6]), bytes.substr(6)};
}

// The bytes from a torn fragment to the end of the file are more than a crash leaves.
bool HidesARecord(std::string_view torn) {
  const Fragment fragment = ReadFragment(torn);
  uint32_t crc = ExtendCrc32c(0, fragment.typed.substr(0, 1));
  for (size_t length = 0;; ++length) {  // whole by a shorter length
    if (crc == fragment.crc) return true;
    if (length + 1 == fragment.typed.size()) break;
    crc = ExtendCrc32c(crc, fragment.typed.substr(length + 1, 1));
  }
  for (size_t at = 1; at + kRecordHeader <= torn.size(); ++at) {
    const Fragment hidden = ReadFragment(torn.substr(at));
    if (hidden.known_type() && hidden.length > 0 && hidden.whole() && hidden.sound()) return true;
  }
  return false;
}

std::optional<uint64_t> TakeVarint(std::string_view& bytes) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7F) << shift;
    if ((byte & 0x80) == 0) return value;
  }
  return std::nullopt;
}

// The log numbers of a version edit come before its files; the rest is not read.
uint64_t LiveFromLog(std::string_view edit) {
  constexpr uint64_t kComparator = 1, kLogNumber = 2, kNextFile = 3, kLastSequence = 4, kPreviousLog = 9,
                     kMinLogToKeep = 10, kMaxColumnFamily = 203, kDatabaseId = 8193;
  uint64_t live = 0;
  while (!edit.empty()) {
    const auto tag = TakeVarint(edit);
    const auto value = tag ? TakeVarint(edit) : std::nullopt;
    if (!value) break;
    if (*tag == kLogNumber || *tag == kMinLogToKeep) {
      live = std::max(live, *value);
    } else if (*tag == kComparator || *tag == kDatabaseId) {
      edit.remove_prefix(std::min<size_t>(edit.size(), *value));
    } else if (*tag != kNextFile && *tag != kLastSequence && *tag != kPreviousLog &&
               *tag != kMaxColumnFamily) {
      break;
    }
  }
  return live;
}

class LogReader {
 public:
  explicit LogReader(LogKind kind) : kind_(kind) {}

  // Blocks in turn; only the last may be short.
  absl::Status AddBlock(std::string_view block, bool last) {
    size_t at = 0;
    while (block.size() - at >= kRecordHeader) {
      const std::string_view rest = block.substr(at);
      const Fragment fragment = ReadFragment(rest);
      if (fragment.type == kZero && last && AllZero(rest)) break;  // allocated, never written
      if (!fragment.whole()) {
        const bool could_be = last && at + kRecordHeader + fragment.length <= kBlock;
        if (could_be && !HidesARecord(rest)) break;
        return Damaged(at, "a record of impossible length");
      }
      if (!fragment.known_type() || !fragment.sound()) return Damaged(at, "a record's checksum is wrong");
      RELIEF_RETURN_IF_ERROR(AddFragment(fragment, at));
      at += kRecordHeader + fragment.length;
    }
    if (!last && block.size() - at < kRecordHeader && !AllZero(block.substr(at)))
      return Damaged(at, "the end of a block is not empty");
    if (block.size() == kBlock && at + kRecordHeader > kBlock && !in_record_) whole_until_ = offset_ + kBlock;
    offset_ += block.size();
    return absl::OkStatus();
  }

  LogSummary Finish() {
    summary_.bytes = offset_;
    summary_.torn_bytes = offset_ - whole_until_;
    return summary_;
  }

 private:
  absl::Status Damaged(size_t at, const char* what) const {
    return absl::DataLossError(std::string(what) + " at byte " + std::to_string(offset_ + at));
  }

  absl::Status AddFragment(const Fragment& fragment, size_t at) {
    const bool begins = fragment.type == kFull || fragment.type == kFirst;
    if (begins == in_record_) return Damaged(at, "a record's parts do not follow each other");
    if (begins) record_.clear();
    constexpr size_t kEnough = 512;  // of a record, to read its numbers
    if (record_.size() < kEnough) record_.append(fragment.payload().substr(0, kEnough - record_.size()));
    in_record_ = fragment.type == kFirst || fragment.type == kMiddle;
    if (in_record_) return absl::OkStatus();
    ++summary_.records;
    whole_until_ = offset_ + at + kRecordHeader + fragment.length;
    if (kind_ == LogKind::kManifest) {
      summary_.live_from_log = std::max(summary_.live_from_log, LiveFromLog(record_));
      return absl::OkStatus();
    }
    if (record_.size() < 12) return Damaged(at, "a record is too short");
    const uint64_t sequence = LittleEndian(std::string_view(record_).substr(0, 8));
    const uint64_t changes = LittleEndian(std::string_view(record_).substr(8, 4));
    if (summary_.next_sequence != 0 && sequence != summary_.next_sequence)
      return Damaged(at, "commits are missing before the record");
    if (summary_.first_sequence == 0) summary_.first_sequence = sequence;
    summary_.next_sequence = sequence + changes;
    return absl::OkStatus();
  }

  const LogKind kind_;
  LogSummary summary_;
  uint64_t offset_ = 0;       // of the block
  uint64_t whole_until_ = 0;  // the end of the last whole record
  bool in_record_ = false;
  std::string record_;  // its beginning
};

// Fills up to a whole block: a read may give less than it was asked for.
absl::StatusOr<std::string> ReadBlock(const ReadBytes& read) {
  std::string block;
  while (block.size() < kBlock) {
    RELIEF_ASSIGN_OR_RETURN(auto more, read(kBlock - block.size()));
    if (more.empty()) break;
    block += more;
  }
  return block;
}

}  // namespace

absl::StatusOr<LogSummary> CheckLog(LogKind kind, const ReadBytes& read) {
  LogReader reader(kind);
  auto block = ReadBlock(read);
  while (block.ok() && !block->empty()) {
    auto next = block->size() == kBlock ? ReadBlock(read) : absl::StatusOr<std::string>(std::string());
    if (!next.ok()) return next.status();
    RELIEF_RETURN_IF_ERROR(reader.AddBlock(*block, next->empty()));
    block = std::move(next);
  }
  if (!block.ok()) return block.status();
  return reader.Finish();
}

}  // namespace relief::storage
