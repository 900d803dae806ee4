// Where a command writes a file: whole under its name or not at all; "-" is standard output.
//
// One thread.
#pragma once

#include <fstream>
#include <string>

#include "absl/status/status.h"

namespace relief::adapters {

class OutputFile {
 public:
  // UNAVAILABLE: it cannot be written.
  absl::Status Open(const std::string& path);
  void Write(const std::string& bytes);
  absl::Status Finish();
  ~OutputFile();  // what was not finished is gone

 private:
  std::string PartPath() const { return path_ + ".part"; }

  std::string path_;
  std::ofstream file_;
};

}  // namespace relief::adapters
