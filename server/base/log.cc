#include "server/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace relief::server {
namespace {

spdlog::logger& Logger() {
  static const std::shared_ptr<spdlog::logger> logger = [] {
    auto made = spdlog::stderr_logger_mt("hub");
    made->set_pattern("%v");
    made->flush_on(spdlog::level::info);
    return made;
  }();
  return *logger;
}

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarn:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

void AppendQuoted(std::string& out, std::string_view text) {
  out.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", c);
      out += escaped;
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

std::string Now() {
  const auto now = std::chrono::system_clock::now();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  const auto millis =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[40];
  const size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text + size, sizeof text - size, ".%03dZ", static_cast<int>(millis));
  return text;
}

}  // namespace

void SetLogLevel(std::string_view level) {
  Logger().set_level(spdlog::level::from_str(level == "error" ? "err" : std::string(level)));
}

void Log(LogLevel level, std::string_view event, const LogFields& fields) {
  static constexpr std::string_view kNames[] = {"debug", "info", "warn", "error"};
  if (!Logger().should_log(ToSpdlog(level))) return;
  std::string line = "{\"time\":\"" + Now() + "\",\"level\":\"" +
                     std::string(kNames[static_cast<int>(level)]) + "\",\"event\":";
  AppendQuoted(line, event);
  for (const auto& [name, value] : fields) {
    line.push_back(',');
    AppendQuoted(line, name);
    line.push_back(':');
    AppendQuoted(line, value);
  }
  line.push_back('}');
  Logger().log(ToSpdlog(level), line);
}

}  // namespace relief::server
