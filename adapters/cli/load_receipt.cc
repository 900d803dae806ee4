#include "adapters/cli/load_receipt.h"

#include <cstdio>
#include <filesystem>
#include <iostream>

#include "adapters/cli/names.h"
#include "adapters/cli/table.h"
#include "adapters/cli/text.h"
#include "google/protobuf/struct.pb.h"

namespace relief::adapters {
namespace {

namespace fs = std::filesystem;

void PrintOneJson(const Loaded& loaded) {
  google::protobuf::Struct line;
  auto& fields = *line.mutable_fields();
  const FileCounts& n = loaded.outcome.counts;
  fields["file"].set_string_value(loaded.file);
  fields["source_id"].set_string_value(loaded.source_id);
  for (const auto& [name, value] :
       {std::pair("rows", n.rows), std::pair("accepted", n.accepted), std::pair("duplicate", n.duplicate),
        std::pair("stale", n.stale), std::pair("rejected", n.rejected), std::pair("left_out", n.left_out)}) {
    fields[name].set_number_value(static_cast<double>(value));
  }
  const RowCounts& rows = loaded.outcome.rows;
  for (const auto& [name, value] :
       {std::pair("totals", rows.totals), std::pair("notes", rows.notes), std::pair("headers", rows.headers),
        std::pair("blanks", rows.blanks), std::pair("repeats", rows.repeats),
        std::pair("not_covered", rows.not_covered), std::pair("unnamed_people", rows.unnamed_people),
        std::pair("not_computed", rows.not_computed),
        std::pair("not_withdrawn", loaded.outcome.not_withdrawn)})
    fields[name].set_number_value(static_cast<double>(value));
  auto& columns = *fields["columns"].mutable_list_value();
  for (const ColumnCount& column : loaded.outcome.columns) {
    auto& told = *columns.add_values()->mutable_struct_value()->mutable_fields();
    told["heading"].set_string_value(column.heading);
    told["use"].set_string_value(column.use);
    for (const auto& [name, value] :
         {std::pair("filled", column.filled), std::pair("noted", column.noted),
          std::pair("left_out", column.left_out), std::pair("rejected", column.rejected)})
      told[name].set_number_value(static_cast<double>(value));
  }
  fields["seconds"].set_number_value(loaded.seconds);
  Session::PrintJson(line);
}

}  // namespace

void PrintLoaded(const Session& session, const std::vector<Loaded>& all) {
  if (session.json()) {
    for (const Loaded& loaded : all) PrintOneJson(loaded);
    return;
  }
  Table table({{Text(Say::kFile)},
               {Text(Say::kSource)},
               {Text(Say::kRows), true},
               {Text(Say::kAccepted), true},
               {Text(Say::kDuplicate), true},
               {Text(Say::kStale), true},
               {Text(Say::kRejected), true},
               {Text(Say::kLeftOut), true},
               {Text(Say::kSeconds), true}});
  const auto add = [&table](const std::string& file, const std::string& source, const FileCounts& n,
                            double seconds) {
    char time[32];
    std::snprintf(time, sizeof time, "%.1f", seconds);
    table.Add({file, source, std::to_string(n.rows), std::to_string(n.accepted), std::to_string(n.duplicate),
               std::to_string(n.stale), std::to_string(n.rejected), std::to_string(n.left_out), time});
  };
  FileCounts sum;
  double seconds = 0;
  for (const Loaded& loaded : all) {
    const FileCounts& n = loaded.outcome.counts;
    add(fs::path(loaded.file).filename().string(), loaded.source_id, n, loaded.seconds);
    sum.rows += n.rows;
    sum.accepted += n.accepted;
    sum.duplicate += n.duplicate;
    sum.stale += n.stale;
    sum.rejected += n.rejected;
    sum.left_out += n.left_out;
    seconds += loaded.seconds;
  }
  if (all.size() > 1) add(Text(Say::kTotal), "", sum, seconds);
  if (!table.empty()) table.Print(std::cout);
  std::cout.flush();
}

void PrintLoadResult(const Session& session, const v1::LoadResult& result) {
  if (session.json()) {
    Session::PrintJson(result);
    return;
  }
  for (const v1::LoadedSource& source : result.sources()) {
    if (source.baseline()) std::cerr << Fill(Say::kBaseline, {source.source_id()}) << '\n';
    if (result.dry_run())
      std::cerr << Fill(Say::kForeseen, {source.source_id(), std::to_string(source.accepted()),
                                         std::to_string(source.duplicate()), std::to_string(source.stale()),
                                         std::to_string(source.rejected()), std::to_string(source.ended())})
                << '\n';
  }
  if (result.not_looked_at() > 0)
    std::cerr << Fill(Say::kNotLookedAt, {std::to_string(result.not_looked_at())}) << '\n';
  if (result.rules().empty()) {
    std::cerr << Text(result.dry_run() ? Say::kWouldChangeNothing : Say::kChangedNothing) << '\n';
    return;
  }
  Table table({{Text(Say::kRule)},
               {Text(result.dry_run() ? Say::kWouldBeOpened : Say::kOpened), true},
               {Text(result.dry_run() ? Say::kWouldBeClosed : Say::kClosed), true}});
  for (const v1::RuleChange& rule : result.rules())
    table.Add({rule.rule_id(), std::to_string(rule.opened()), std::to_string(rule.closed())});
  table.Print(std::cout);
  std::cout.flush();
}

bool TellSnapshot(const EndedList& list) {
  const v1::SnapshotResult& result = list.result;
  if (result.state() == v1::SnapshotResult::HELD) {
    std::cerr << Fill(Say::kSnapshotHeld, {result.snapshot_id(), std::to_string(result.ended()),
                                           list.source_id, result.snapshot_id()})
              << '\n';
    return true;
  }
  std::cerr << Fill(Say::kSnapshotState, {result.snapshot_id(), Word(result.state()),
                                          std::to_string(result.seen()), std::to_string(result.ended())})
            << '\n';
  if (result.state() == v1::SnapshotResult::DISCARDED) std::cerr << Text(Say::kSnapshotAborted) << '\n';
  return false;
}

}  // namespace relief::adapters
