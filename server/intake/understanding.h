// How the file of an upload is understood: its tables, the source that each belongs to, what each column is, and what is
// uncertain; in the light of what the officer has said, and of what was confirmed for the source before.
//
// Immutable or owned by one thread, as said.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/intake/intake_file.h"
#include "adapters/intake/words_of_columns.h"
#include "relief/v1/intake_service.pb.h"
#include "server/intake/upload.pb.h"
#include "storage/store.h"

namespace relief::server::intake {

// The words and mappings that are built in. Immutable; callable from any thread.
class Knowledge {
 public:
  static absl::StatusOr<std::shared_ptr<const Knowledge>> BuiltIn();

  const adapters::MappingSet& mappings() const { return mappings_; }
  const adapters::WordsOfColumns& words() const { return words_; }
  // What a column can be said to be.
  const std::vector<v1::UploadUse>& uses() const { return uses_; }

 private:
  adapters::MappingSet mappings_;
  adapters::WordsOfColumns words_;
  std::vector<v1::UploadUse> uses_;
};

// A file that was opened and understood. One thread.
struct UnderstoodFile {
  std::shared_ptr<const Knowledge> knowledge;
  adapters::MappingSet nothing, confirmed;
  adapters::IntakeOptions options;
  std::unique_ptr<adapters::IntakeFile> file;
  std::vector<std::vector<adapters::IntakeSheet*>> groups;  // in the order of file->Groups()
  std::vector<std::unique_ptr<adapters::RecordSource>> sources;
  std::vector<std::string> digests;  // of the tables (adapters::ContentDigest)
};

struct UnderstandingInput {
  std::shared_ptr<const Knowledge> knowledge;
  std::string path;
  const stored::Upload* upload = nullptr;
  const storage::Reader* reader = nullptr;
  std::function<bool(const v1::Source&)> may_feed;  // whether the officer may
};

// Fills format, tables and sheets_left of `shown`. The status of a file that cannot be read is one sentence of the readers.
absl::StatusOr<std::unique_ptr<UnderstoodFile>> Understand(const UnderstandingInput& input,
                                                           v1::Upload* shown);

}  // namespace relief::server::intake
