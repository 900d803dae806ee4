// The rejected rows: a CSV of ids and reasons; or, where the name ends in .xlsx, a workbook of the rows themselves with the
// reason behind each, to be corrected and loaded again. Made when the first row is rejected, so that a clean load leaves no
// file behind (an old one of the same name is removed: it would look like this load's).
//
// The workbook holds personal data; only its owner may read it. Callable from one thread at a time.
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include "adapters/file_feeder.h"
#include "adapters/intake/rejected_rows.h"

namespace relief::adapters {

class RejectsFile {
 public:
  explicit RejectsFile(std::string path);
  ~RejectsFile();
  RejectsFile(const RejectsFile&) = delete;
  RejectsFile& operator=(const RejectsFile&) = delete;

  // `title`: what names the table that the row stood in; the workbook says it above the rows, so that it is understood alike.
  void Add(const std::string& file, const std::string& programme, const RejectedRow& row,
           const std::string& title, const std::vector<std::string>& header,
           const std::vector<std::string>& cells);
  void Close();  // writes what is not yet written
  bool used() const { return used_; }
  bool failed() const { return failed_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::ofstream out_;
  RejectedRows rows_{1'000'000};  // of a workbook; a sheet holds no more
  bool used_ = false, failed_ = false;
};

}  // namespace relief::adapters
