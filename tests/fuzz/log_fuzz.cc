// The check of RocksDB's logs: no bytes crash it, how a file is read in pieces changes nothing, and what it
// says of a log is true of every log that it calls whole. The first letter is the kind of log and how pieces
// are cut; "w" in second place frames the rest as one sound record.
#include <algorithm>

#include "storage/crc32c.h"
#include "storage/log_check.h"
#include "tests/fuzz/fuzz_target.h"

using namespace relief::storage;

namespace {

absl::StatusOr<LogSummary> Check(LogKind kind, std::string_view bytes, size_t piece) {
  return CheckLog(kind, [&](size_t most) -> absl::StatusOr<std::string> {
    const std::string part(bytes.substr(0, std::min(most, piece)));
    bytes.remove_prefix(part.size());
    return part;
  });
}

void AppendLittleEndian(std::string* out, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out->push_back(static_cast<char>(value >> (8 * i)));
}

// One record in one piece, as LevelDB's log format has it.
std::string Framed(std::string_view payload) {
  constexpr char kFull = 1;
  const uint32_t crc = ExtendCrc32c(ExtendCrc32c(0, std::string_view(&kFull, 1)), payload);
  std::string out;
  AppendLittleEndian(&out, ((crc >> 15) | (crc << 17)) + 0xA282EAD8u, 4);
  AppendLittleEndian(&out, payload.size(), 2);
  out.push_back(kFull);
  return out.append(payload);
}

void CheckSummary(const LogSummary& summary, size_t size) {
  HOLDS(summary.bytes == size && summary.torn_bytes <= size);
  HOLDS(summary.records <= size / 7);
  HOLDS(summary.records > 0 || summary.next_sequence == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  relief::fuzz::Input input(data, size);
  const size_t choice = input.Choice(4);
  const LogKind kind = choice % 2 == 0 ? LogKind::kWriteAhead : LogKind::kManifest;
  const bool framed = input.Byte() == 'w';
  const std::string bytes = framed ? Framed(input.rest().substr(0, 30000)) : std::string(input.rest());
  const auto whole = Check(kind, bytes, SIZE_MAX);
  const auto pieces = Check(kind, bytes, choice < 2 ? 1 : 4096);
  HOLDS(whole.status() == pieces.status());
  if (!whole.ok()) {
    HOLDS(absl::IsDataLoss(whole.status()));
    HOLDS(framed ? kind == LogKind::kWriteAhead && input.rest().size() < 12 : true);
    return 0;
  }
  CheckSummary(*whole, bytes.size());
  HOLDS(pieces->records == whole->records && pieces->torn_bytes == whole->torn_bytes &&
        pieces->next_sequence == whole->next_sequence && pieces->live_from_log == whole->live_from_log);
  if (framed && !bytes.empty()) {
    HOLDS(whole->records == 1 && whole->torn_bytes == 0);
    // Any flipped bit of the record is seen, or looks like nothing that was ever whole.
    std::string damaged = bytes;
    const size_t at = (choice + bytes.size() * 7) % bytes.size();
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (bytes.size() % 8)));
    const auto seen = Check(kind, damaged, SIZE_MAX);
    HOLDS(!seen.ok() && absl::IsDataLoss(seen.status()));
  }
  // Half of a log is never more than the whole.
  const auto half = Check(kind, std::string_view(bytes).substr(0, bytes.size() / 2), SIZE_MAX);
  if (half.ok()) HOLDS(half->records <= whole->records);
  return 0;
}
