// Structured logs: one JSON object a line on standard error, with time, level, event and fields.
//
// Fields hold ids, counts, durations, addresses and messages of our own; never names, numbers, phones or
// anything else of a person. Callable from any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace relief::server {

enum class LogLevel { kDebug, kInfo, kWarn, kError };

using LogFields = std::vector<std::pair<std::string_view, std::string>>;

// Nothing below this level is written. "debug", "info", "warn", "error".
void SetLogLevel(std::string_view level);

void Log(LogLevel level, std::string_view event, const LogFields& fields = {});

}  // namespace relief::server
