// What `relief load` and `relief map` both ask: how to understand files.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "adapters/intake/intake_file.h"

namespace relief::adapters {

struct IntakeFlags {
  std::string mappings, vocabulary, programme, period, region_prefix;
  std::vector<std::string> tell;  // HEADING=USE

  void AddTo(CLI::App& command);
};

// The mappings and words that the flags name.
struct Understanding {
  MappingSet known, confirmed;
  WordsOfColumns words;
  IntakeOptions options;  // refers to the above

  // INVALID_ARGUMENT: a flag is not of its form.
  absl::Status Read(const IntakeFlags& flags);
  // Mappings that `relief map` wrote for the folder.
  absl::Status ReadFolder(const std::string& folder);
};

std::string ConfirmedMappingsIn(const std::string& folder);

// A question to the clerk, in the language of the session, with the flag that answers it.
std::string Ask(const Question& question);
// A sentence of the readers, or the name of a use, in the language of the session.
std::string InWords(const std::string& sentence);
std::string UseInWords(const std::string& use);
std::string ReasonInWords(Reason reason);

}  // namespace relief::adapters
