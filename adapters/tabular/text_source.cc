#include "adapters/tabular/text_source.h"

#include <unicode/ucnv.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <utility>
#include <vector>

namespace relief::adapters {
namespace {

constexpr size_t kPiece = 64 * 1024;
constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

// Checks UTF-8 over pieces.
class Utf8Checker {
 public:
  bool Feed(std::string_view piece) {
    for (const char c : piece) {
      const auto byte = static_cast<unsigned char>(c);
      if (left_ > 0) {
        if (byte < low_ || byte > high_) return false;
        low_ = 0x80;
        high_ = 0xBF;
        --left_;
      } else if (byte >= 0x80 && !Lead(byte)) {
        return false;
      }
    }
    return true;
  }
  bool Complete() const { return left_ == 0; }

 private:
  bool Lead(unsigned char byte) {
    if (byte < 0xC2 || byte > 0xF4) return false;
    left_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
    low_ = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
    high_ = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
    return true;
  }

  int left_ = 0;
  unsigned char low_ = 0x80, high_ = 0xBF;
};

struct ConverterCloser {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, ConverterCloser>;

// By its mark; or, without one, by the zero bytes that every line break, digit and comma has.
std::optional<Encoding> DetectUtf16(std::string_view piece) {
  if (piece.substr(0, 2) == "\xFF\xFE") return Encoding::kUtf16Le;
  if (piece.substr(0, 2) == "\xFE\xFF") return Encoding::kUtf16Be;
  piece = piece.substr(0, 4096);
  if (piece.size() < 8 || piece.size() % 2 != 0) return std::nullopt;
  size_t even = 0, odd = 0;
  for (size_t i = 0; i < piece.size(); ++i) {
    if (piece[i] == 0) ++(i % 2 == 0 ? even : odd);
  }
  const size_t some = piece.size() / 16;
  if (odd > some && even * 4 < odd) return Encoding::kUtf16Le;
  if (even > some && odd * 4 < even) return Encoding::kUtf16Be;
  return std::nullopt;
}

const char* ConverterName(Encoding encoding) {
  switch (encoding) {
    case Encoding::kGb18030:
      return "gb18030";
    case Encoding::kUtf16Le:
      return "UTF-16LE";
    case Encoding::kUtf16Be:
      return "UTF-16BE";
    default:
      return "UTF-8";
  }
}

absl::StatusOr<std::ifstream> OpenFile(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return absl::NotFoundError("no such file: " + path);
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::UnavailableError("cannot open " + path);
  return file;
}

}  // namespace

std::string_view EncodingName(Encoding encoding) {
  switch (encoding) {
    case Encoding::kUtf8:
      return "UTF-8";
    case Encoding::kGb18030:
      return "GB18030";
    case Encoding::kUtf16Le:
    case Encoding::kUtf16Be:
      return "UTF-16";
  }
  return "";
}

bool IsUtf8(std::string_view text) {
  Utf8Checker checker;
  return checker.Feed(text) && checker.Complete();
}

absl::StatusOr<Encoding> DetectEncoding(const std::string& path) {
  auto file = OpenFile(path);
  if (!file.ok()) return file.status();
  std::vector<char> buffer(kPiece);
  Utf8Checker checker;
  bool first = true;
  while (true) {
    file->read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    const std::string_view piece(buffer.data(), static_cast<size_t>(file->gcount()));
    if (file->bad()) return absl::UnavailableError("cannot read " + path);
    if (first) {
      if (piece.substr(0, 3) == kUtf8Mark) return Encoding::kUtf8;
      if (const auto wide = DetectUtf16(piece)) return *wide;
    }
    first = false;
    if (!checker.Feed(piece)) return Encoding::kGb18030;
    if (file->eof()) break;
  }
  return checker.Complete() ? Encoding::kUtf8 : Encoding::kGb18030;
}

struct TextSource::State {
  std::string path;
  Encoding encoding = Encoding::kUtf8;
  std::ifstream file;
  int64_t read = 0, total = 0;
  bool first = true, flushed = false;
  std::vector<char> raw = std::vector<char>(kPiece);
  // A GB18030 character of 2 bytes becomes at most 3 bytes of UTF-8; a single illegal byte becomes 3 too.
  std::vector<char> text = std::vector<char>(3 * kPiece + 16);
  std::vector<UChar> pivot = std::vector<UChar>(kPiece);
  UChar* pivot_source = nullptr;
  UChar* pivot_target = nullptr;
  Converter from, to;
};

TextSource::TextSource(std::unique_ptr<State> state) : state_(std::move(state)) {}
TextSource::~TextSource() = default;
Encoding TextSource::encoding() const { return state_->encoding; }
int64_t TextSource::bytes_read() const { return state_->read; }
int64_t TextSource::bytes_total() const { return state_->total; }

absl::StatusOr<std::unique_ptr<TextSource>> TextSource::Open(const std::string& path) {
  auto encoding = DetectEncoding(path);
  if (!encoding.ok()) return encoding.status();
  auto file = OpenFile(path);
  if (!file.ok()) return file.status();
  auto state = std::make_unique<State>();
  state->path = path;
  state->encoding = *encoding;
  state->file = *std::move(file);
  std::error_code ignored;
  state->total = static_cast<int64_t>(std::filesystem::file_size(path, ignored));
  // UTF-8 goes through the converter as well: bytes that are not UTF-8 (only possible behind a byte order
  // mark) must not reach protobuf, which refuses them.
  UErrorCode error = U_ZERO_ERROR;
  state->from.reset(ucnv_open(ConverterName(*encoding), &error));
  state->to.reset(ucnv_open("UTF-8", &error));
  if (U_FAILURE(error)) return absl::InternalError("ICU has no converter for GB18030");
  state->pivot_source = state->pivot_target = state->pivot.data();
  return std::unique_ptr<TextSource>(new TextSource(std::move(state)));
}

absl::StatusOr<std::string_view> TextSource::Next() {
  State& s = *state_;
  while (!s.flushed) {
    s.file.read(s.raw.data(), static_cast<std::streamsize>(s.raw.size()));
    if (s.file.bad()) return absl::UnavailableError("cannot read " + s.path);
    const auto got = static_cast<size_t>(s.file.gcount());
    s.read += static_cast<int64_t>(got);
    s.flushed = s.file.eof();
    const char* source = s.raw.data();
    const char* end = source + got;
    if (s.first) {
      const std::string_view beginning(source, got);
      const bool wide = s.encoding == Encoding::kUtf16Le || s.encoding == Encoding::kUtf16Be;
      if (beginning.substr(0, 3) == kUtf8Mark) source += 3;
      if (wide && (beginning.substr(0, 2) == "\xFF\xFE" || beginning.substr(0, 2) == "\xFE\xFF")) source += 2;
    }
    s.first = false;
    char* target = s.text.data();
    UErrorCode error = U_ZERO_ERROR;
    ucnv_convertEx(s.to.get(), s.from.get(), &target, s.text.data() + s.text.size(), &source, end,
                   s.pivot.data(), &s.pivot_source, &s.pivot_target, s.pivot.data() + s.pivot.size(),
                   /*reset=*/false, /*flush=*/s.flushed, &error);
    if (U_FAILURE(error)) return absl::DataLossError("cannot convert " + s.path + ": " + u_errorName(error));
    if (target != s.text.data()) return std::string_view(s.text.data(), target - s.text.data());
  }
  return std::string_view();
}

}  // namespace relief::adapters
