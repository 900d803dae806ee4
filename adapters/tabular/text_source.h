// Reads a departmental file as UTF-8, whatever the department wrote it in.
//
// Detection: a byte order mark says which Unicode it is; a file whose every second byte is often zero is
// UTF-16; one that is valid UTF-8 from end to end is UTF-8; everything else is taken for GB18030, which also
// covers GBK and GB2312. Detection reads the file once; reading streams it in pieces of 64 KiB, so that
// memory does not grow with the file. Bytes that are not of the encoding become U+FFFD.
//
// One object is used by one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace relief::adapters {

enum class Encoding { kUtf8, kGb18030, kUtf16Le, kUtf16Be };

std::string_view EncodingName(Encoding encoding);

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool IsUtf8(std::string_view text);

// NOT_FOUND or UNAVAILABLE where the file cannot be read.
absl::StatusOr<Encoding> DetectEncoding(const std::string& path);

class TextSource {
 public:
  static absl::StatusOr<std::unique_ptr<TextSource>> Open(const std::string& path);
  ~TextSource();
  TextSource(const TextSource&) = delete;
  TextSource& operator=(const TextSource&) = delete;

  // The next piece of text, without a byte order mark; empty at the end. Valid until the next call.
  absl::StatusOr<std::string_view> Next();

  Encoding encoding() const;
  int64_t bytes_read() const;  // of the file, for progress
  int64_t bytes_total() const;

 private:
  struct State;
  explicit TextSource(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace relief::adapters
