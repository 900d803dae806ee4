#include "server/console/http_framing.h"

#include <absl/strings/match.h>

#include <algorithm>
#include <string>

namespace relief::server::console {
namespace {

constexpr size_t kMostDigits = 15;

// A token of RFC 9110.
bool IsToken(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kMarks.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

bool IsNumber(std::string_view text) {
  return !text.empty() && text.size() <= kMostDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool Is(std::string_view name, const char* wanted) {
  return absl::EqualsIgnoreCase(absl::string_view(name.data(), name.size()), wanted);
}

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

bool IsFramed(std::string_view header) {
  bool first = true, has_length = false, has_chunks = false, has_body = false, is_post = false;
  while (true) {
    const size_t end = header.find_first_of(std::string_view("\r\n\0", 3));
    if (end == std::string_view::npos || header.substr(end, 2) != "\r\n") return false;
    const std::string_view line = header.substr(0, end);
    header.remove_prefix(end + 2);
    if (first) {
      first = false;
      is_post = line.substr(0, 5) == "POST ";
      continue;
    }
    if (line.empty()) break;
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos || !IsToken(line.substr(0, colon))) return false;
    const std::string_view name = line.substr(0, colon), value = Trimmed(line.substr(colon + 1));
    if (Is(name, "Content-Length")) {
      if (has_length || !IsNumber(value)) return false;
      has_length = true;
      has_body |= value.find_first_not_of('0') != std::string_view::npos;
    } else if (Is(name, "Transfer-Encoding")) {
      if (has_chunks || !Is(value, "chunked")) return false;
      has_chunks = has_body = true;
    }
  }
  return !(has_length && has_chunks) && (is_post || !has_body);
}

}  // namespace relief::server::console
