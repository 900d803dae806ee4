#include "matcher/tools/register.h"

#include <algorithm>
#include <filesystem>
#include <unordered_map>
#include <unordered_set>

#include "adapters/file_feeder.h"
#include "matcher/resolve/index_reader.h"
#include "matcher/resolve/match_types.h"
#include "server/records/identity_mapping.h"
#include "server/records/stored.pb.h"
#include "storage/memory_store.h"

namespace relief::matcher {
namespace {

namespace fs = std::filesystem;

constexpr size_t kBatch = 500;

std::vector<std::string> Files(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    if (!fs::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(path))
      if (entry.path().extension() == ".csv") found.push_back(entry.path().string());
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

}  // namespace

absl::StatusOr<std::vector<RegisterRecord>> ReadRegister(const std::vector<std::string>& paths) {
  auto mappings = adapters::MappingSet::BuiltIn();
  if (!mappings.ok()) return mappings.status();
  std::vector<RegisterRecord> records;
  std::unordered_set<std::string> known;
  for (const std::string& path : Files(paths)) {
    auto file = adapters::Export::Open(path, *mappings);
    if (absl::IsNotFound(file.status())) continue;
    if (!file.ok()) return file.status();
    const std::string source = fs::path(path).stem().string();
    const adapters::RowMapper mapper(file->mapping(), file->header(), 1);
    adapters::CsvRow row;
    while (true) {
      const auto more = file->reader().Next(&row);
      if (!more.ok()) return more.status();
      if (!*more) break;
      adapters::MappedRow mapped = mapper.Map(row.cells);
      if (!mapped.errors.empty() || !known.insert(source + "/" + mapped.record.record_id()).second) continue;
      stored::Record stored;
      stored.set_source_id(source);
      *stored.mutable_record() = std::move(mapped.record);
      const std::string& id = stored.record().record_id();
      records.push_back({source, id, server::records::ToChange(RecordKey::Of(source, id), stored)});
    }
  }
  if (records.empty()) return absl::NotFoundError("no record that a mapping recognises");
  return records;
}

absl::StatusOr<Resolved> ResolveRegister(const std::vector<RegisterRecord>& records,
                                         const std::shared_ptr<const Model>& model) {
  const auto store = storage::NewMemoryStore();
  const Resolver resolver(model);
  std::vector<Change> batch;
  for (size_t i = 0; i < records.size(); ++i) {
    batch.push_back(records[i].change);
    if (batch.size() < kBatch && i + 1 < records.size()) continue;
    storage::Transaction txn(*store);
    if (const auto delta = resolver.Apply(txn, batch); !delta.ok()) return delta.status();
    if (const auto done = txn.Commit(); !done.ok()) return done.status();
    batch.clear();
  }
  std::unordered_map<RecordKey, uint32_t, RecordKeyHash> position;
  for (uint32_t i = 0; i < records.size(); ++i) position.emplace(records[i].change.key, i);
  Resolved resolved;
  std::unordered_map<RecordKey, uint32_t, RecordKeyHash> first;
  for (uint32_t i = 0; i < records.size(); ++i) {
    const auto person = PersonOfRecord(*store, records[i].change.key);
    if (!person.ok()) return person.status();
    resolved.person.push_back(first.emplace(person->anchor, i).first->second);
  }
  const auto conflicts = ListConflicts(*store, "", SIZE_MAX);
  if (!conflicts.ok()) return conflicts.status();
  for (const MatchConflict& conflict : *conflicts)
    resolved.conflicts.push_back(
        {position.at(conflict.a), position.at(conflict.b), conflict.kind, conflict.bits});
  return resolved;
}

}  // namespace relief::matcher
