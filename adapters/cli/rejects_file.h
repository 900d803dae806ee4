// The CSV of rejected rows: made when the first row is rejected, so that a clean load leaves no file behind
// (an old one of the same name is removed: it would look like this load's).
//
// Callable from one thread at a time.
#pragma once

#include <fstream>
#include <string>

#include "adapters/file_feeder.h"

namespace relief::adapters {

class RejectsFile {
 public:
  explicit RejectsFile(std::string path);
  void Add(const std::string& file, const std::string& programme, const RejectedRow& row);
  bool used() const { return out_.is_open(); }
  bool failed() const { return failed_ || (used() && !out_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::ofstream out_;
  bool failed_ = false;
};

}  // namespace relief::adapters
