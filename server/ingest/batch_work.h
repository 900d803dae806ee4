// One batch: prepared on the caller's thread, applied in a piece of the writer's work, or in one that only looks. Private to
// server/ingest.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "matcher/resolve/resolver.h"
#include "relief/v1/feed_service.pb.h"
#include "server/core/write_context.h"

namespace relief::server::ingest {

struct PreparedRecord {
  int index = 0;
  v1::Record record;
  matcher::RecordKey key;
  std::string content_hash;
  matcher::Change change;
  bool begun_with_list = false;
};

struct PreparedBatch {
  std::string source_id;
  std::string actor;
  std::string load_id;   // empty: a feed of its own
  bool foresee = false;  // in work that only looks what would come of the load
  int64_t batch_id = 0;
  std::vector<PreparedRecord> records;
  std::vector<v1::Rejection> rejected;  // by validation
  std::vector<std::string> mentioned;
  std::string content_digest;
  bool known = false;  // of a content that the source has as a whole: what differs from it is newer
  v1::BatchAck ack;
};

PreparedBatch Prepare(const v1::Source& source, v1::Batch batch, const std::string& actor,
                      const std::string& load_id);

// May run again, so everything that it fills is filled anew: batch.ack.
absl::Status ApplyBatch(PreparedBatch& batch, core::WriteContext& context);

}  // namespace relief::server::ingest
