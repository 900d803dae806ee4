// What is told of a file before and after its rows go to the hub: how it was understood, what was done to its cells, which
// rows gave no record, and why records were rejected. Goes to standard error.
#pragma once

#include <string>

#include "adapters/file_feeder.h"
#include "adapters/intake/intake_file.h"

namespace relief::adapters {

void TellUnderstanding(const std::string& file, IntakeFile& intake);
void TellOutcome(const std::string& file, const FileOutcome& outcome);

}  // namespace relief::adapters
