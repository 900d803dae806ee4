// What is told after a load: a line for each file, what became of snapshots, and what the load opened and closed.
#pragma once

#include <string>
#include <vector>

#include "adapters/cli/session.h"
#include "adapters/load_unit.h"

namespace relief::adapters {

// A file's part in one source.
struct Loaded {
  std::string file, source_id;
  FileOutcome outcome;
  double seconds = 0;
};

// Tables go to standard output, with --json a line for each file and one for the load; sentences to standard error.
void PrintLoaded(const Session& session, const std::vector<Loaded>& loaded);
void PrintLoadResult(const Session& session, const v1::LoadResult& result);

// Says what became of a snapshot; true if it is held.
bool TellSnapshot(const EndedList& list);

}  // namespace relief::adapters
