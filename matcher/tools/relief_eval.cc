// relief-eval: how right the matcher is on data whose truth is known, and what it thinks of itself where it
// is not.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <unordered_map>
#include <unordered_set>

#include "adapters/tabular/csv_reader.h"
#include "matcher/block/blocking.h"
#include "matcher/compare/scorer.h"
#include "matcher/evaluate/metrics.h"
#include "matcher/linkage/column_comparison.h"
#include "matcher/linkage/estimate.h"
#include "matcher/linkage/partition.h"
#include "matcher/resolve/match_types.h"
#include "matcher/tools/mapped_table.h"
#include "matcher/tools/register.h"

namespace relief::matcher {
namespace {

using Clock = std::chrono::steady_clock;

double Seconds(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

int Fail(const absl::Status& status) {
  std::cerr << "relief-eval: " << status.message() << '\n';
  return 1;
}

void PrintAccuracy(const Accuracy& accuracy) {
  std::printf("rows             %ld\n", static_cast<long>(accuracy.rows));
  std::printf("pairs            P %.5f  R %.5f  F1 %.5f   (true %ld, found %ld, right %ld)\n",
              accuracy.pairwise.precision, accuracy.pairwise.recall, accuracy.pairwise.f1(),
              static_cast<long>(accuracy.true_pairs), static_cast<long>(accuracy.found_pairs),
              static_cast<long>(accuracy.right_pairs));
  std::printf("B-cubed          P %.5f  R %.5f  F1 %.5f\n", accuracy.b_cubed.precision,
              accuracy.b_cubed.recall, accuracy.b_cubed.f1());
  std::printf(
      "clusters         P %.5f  R %.5f  F1 %.5f   (true %ld, found %ld, exact %ld, of two people or more "
      "%ld)\n",
      accuracy.clusters.precision, accuracy.clusters.recall, accuracy.clusters.f1(),
      static_cast<long>(accuracy.true_clusters), static_cast<long>(accuracy.found_clusters),
      static_cast<long>(accuracy.exact_clusters), static_cast<long>(accuracy.mixed_clusters));
}

void PrintEstimate(const Estimated& estimated, const std::string& doubt) {
  if (!doubt.empty()) return (void)std::printf("estimated        nothing. %s\n", doubt.c_str());
  std::printf("estimated        false matches %.5f, missed matches %.5f   (label-free)\n",
              estimated.false_matches, estimated.missed_matches);
}

// ---- relief-eval table ----

struct TableOptions {
  std::string mapping, folder, curve, clusters;
  bool line = false;
};

void PrintWeights(const MappedTable& mapped, const LinkageModel& model) {
  for (size_t c = 0; c < model.columns.size(); ++c) {
    const Column& column = mapped.table.columns()[c];
    std::printf("%-16s ", column.name.c_str());
    const auto names = LevelNames(column.kind);
    for (size_t l = 0; l < names.size(); ++l)
      std::printf("%s%.*s %+.1f", l ? ", " : "", static_cast<int>(names[l].size()), names[l].data(),
                  static_cast<double>(model.columns[c].levels[l].bits));
    std::printf("\n");
  }
  for (const ViewEstimate& view : model.views) {
    if (view.columns.size() < 2) continue;
    std::printf("counted together");
    for (size_t c : view.columns) std::printf(" %s", mapped.table.columns()[c].name.c_str());
    std::printf("\n");
  }
}

int EvaluateTable(const TableOptions& options) {
  const auto start = Clock::now();
  const auto mapping = ReadColumnMapping(options.mapping);
  if (!mapping.ok()) return Fail(mapping.status());
  const auto mapped = ReadMappedTable(*mapping, options.folder);
  if (!mapped.ok()) return Fail(mapped.status());
  const Table& table = mapped->table;
  LinkageOptions linkage_options;
  linkage_options.one_per_source = mapping->one_per_source();
  const Linkage linkage(table, linkage_options);
  PartitionOptions partition_options;
  partition_options.one_per_source = mapping->one_per_source();
  const std::vector<uint32_t> found = Partition(table, linkage.pairs(), partition_options);
  const double seconds = Seconds(start);

  std::vector<float> together, apart;
  for (const ScoredPair& pair : linkage.pairs())
    (found[pair.a] == found[pair.b] ? together : apart).push_back(pair.log_odds);
  Estimated estimated = EstimateErrors(together, apart);
  if (linkage.false_pairs()) {
    const auto linked = static_cast<double>(
        std::ranges::count_if(linkage.pairs(), [](const ScoredPair& pair) { return pair.log_odds >= 0; }));
    if (linked > 0)
      estimated.false_matches =
          std::max(estimated.false_matches, std::min(1.0, *linkage.false_pairs() / linked));
  }
  const std::string& doubt = linkage.model().doubt;
  const double candidates =
      2.0 * static_cast<double>(linkage.candidates()) / static_cast<double>(table.rows());
  if (!options.clusters.empty()) {
    std::ofstream file(options.clusters);
    file << "id,cluster\n";
    for (size_t row = 0; row < table.rows(); ++row)
      file << table.id(row) << ',' << table.id(found[row]) << '\n';
    if (!file.flush()) return Fail(absl::UnavailableError("cannot write " + options.clusters));
  }
  if (mapped->truth.empty()) {
    std::printf("%s: %zu rows, %zu clusters\n", mapping->name().c_str(), table.rows(),
                std::unordered_set<uint32_t>(found.begin(), found.end()).size());
    PrintEstimate(estimated, doubt);
    return 0;
  }
  const Accuracy accuracy = Measure(mapped->truth, found);
  if (options.line) {
    std::printf(
        "%-16s %8zu  P %.4f  R %.4f  F1 %.4f  B3 %.4f  exact clusters %.4f  candidates/row %6.1f  est. false "
        "%.4f missed %.4f  %5.1f s\n",
        mapping->name().c_str(), table.rows(), accuracy.pairwise.precision, accuracy.pairwise.recall,
        accuracy.pairwise.f1(), accuracy.b_cubed.f1(), accuracy.clusters.f1(), candidates,
        estimated.false_matches, estimated.missed_matches, seconds);
    if (!doubt.empty()) std::printf("  not to be trusted: %s\n", doubt.c_str());
    return 0;
  }
  std::printf("%s, resolved in %.1f s at even odds (log odds 0), weights by EM in %zu steps\n",
              mapping->name().c_str(), seconds, linkage.model().convergence.size());
  PrintAccuracy(accuracy);
  PrintEstimate(estimated, doubt);

  // Where the missed pairs went: true pairs that are in no scored pair were never compared.
  std::unordered_map<uint32_t, std::vector<uint32_t>> people;
  for (uint32_t row = 0; row < table.rows(); ++row) people[mapped->truth[row]].push_back(row);
  const Candidates blocks(table, linkage_options.block_limit);
  long unblocked = 0, low = 0, held = 0;
  std::unordered_map<uint64_t, float> scored;
  for (const ScoredPair& pair : linkage.pairs())
    scored.emplace(uint64_t{pair.a} << 32 | pair.b, pair.log_odds);
  for (const auto& [person, rows] : people) {
    for (size_t i = 0; i < rows.size(); ++i) {
      for (size_t j = i + 1; j < rows.size(); ++j) {
        if (found[rows[i]] == found[rows[j]]) continue;
        const auto it = scored.find(uint64_t{rows[i]} << 32 | rows[j]);
        if (it != scored.end() && it->second >= 0) {
          ++held;
        } else if (it != scored.end() || blocks.Has(rows[i], rows[j])) {
          ++low;
        } else {
          ++unblocked;
        }
      }
    }
  }
  std::printf("missed pairs     not compared %ld, scored low %ld, kept apart by their clusters %ld\n",
              unblocked, low, held);
  std::printf("candidates       %.1f for each row, in %zu blocks\n", candidates, blocks.blocks());
  std::printf("prior            1 pair in %.0f is one person\n", 1 / linkage.model().prior);
  PrintWeights(*mapped, linkage.model());
  if (!options.curve.empty()) {
    std::vector<LabelledPair> outcomes;
    for (const ScoredPair& pair : linkage.pairs())
      outcomes.push_back({pair.log_odds, mapped->truth[pair.a] == mapped->truth[pair.b]});
    std::ofstream file(options.curve);
    file << "log_odds,precision,recall,f1\n";
    for (const CurvePoint& point : PrecisionRecall(std::move(outcomes), accuracy.true_pairs, 200))
      file << point.log_odds << ',' << point.ratio.precision << ',' << point.ratio.recall << ','
           << point.ratio.f1() << '\n';
    if (!file.flush()) return Fail(absl::UnavailableError("cannot write " + options.curve));
  }
  return 0;
}

// ---- relief-eval register ----

struct RegisterOptions {
  std::string model, truth;
  std::vector<std::string> paths;
  std::string persons, conflicts;
  bool line = false;
  int show = 0;
};

const char* KindName(ConflictKind kind) {
  switch (kind) {
    case ConflictKind::kUncertainMatch:
      return "UNCERTAIN_MATCH";
    case ConflictKind::kSharedId:
      return "SHARED_ID";
    case ConflictKind::kTwoIds:
      return "TWO_IDS";
    case ConflictKind::kAmbiguousRecord:
      return "AMBIGUOUS_RECORD";
  }
  return "";
}

// The two lists that tests/tools/score_office.py reads.
absl::Status WriteLists(const RegisterOptions& options, const std::vector<RegisterRecord>& records,
                        const Resolved& resolved) {
  if (!options.persons.empty()) {
    std::ofstream file(options.persons);
    file << "programme,record_id,person\n";
    for (size_t i = 0; i < records.size(); ++i)
      file << records[i].source << ',' << records[i].record_id << ',' << resolved.person[i] << '\n';
    if (!file.flush()) return absl::UnavailableError("cannot write " + options.persons);
  }
  if (options.conflicts.empty()) return absl::OkStatus();
  std::ofstream file(options.conflicts);
  file << "kind,bits,programme_a,record_a,programme_b,record_b\n";
  for (const ResolvedConflict& c : resolved.conflicts)
    file << KindName(c.kind) << ',' << c.bits << ',' << records[c.a].source << ',' << records[c.a].record_id
         << ',' << records[c.b].source << ',' << records[c.b].record_id << '\n';
  if (!file.flush()) return absl::UnavailableError("cannot write " + options.conflicts);
  return absl::OkStatus();
}

absl::StatusOr<std::unordered_map<std::string, uint32_t>> ReadTruth(const std::string& path) {
  auto reader = adapters::CsvReader::Open(path);
  if (!reader.ok()) return reader.status();
  adapters::CsvRow row;
  auto more = (*reader)->Next(&row);
  if (!more.ok()) return more.status();
  if (row.cells != std::vector<std::string>{"programme", "record_id", "person"})
    return absl::InvalidArgumentError(path + ": the columns are programme,record_id,person");
  std::unordered_map<std::string, uint32_t> truth, labels;
  while (true) {
    more = (*reader)->Next(&row);
    if (!more.ok()) return more.status();
    if (!*more) return truth;
    row.cells.resize(3);
    truth[row.cells[0] + "/" + row.cells[1]] =
        labels.emplace(row.cells[2], static_cast<uint32_t>(labels.size())).first->second;
  }
}

// Candidates of each record under the model's block limit.
class Blocks {
 public:
  Blocks(const std::vector<RegisterRecord>& records, int limit) : keys_(records.size()) {
    for (uint32_t i = 0; i < records.size(); ++i) {
      keys_[i] = BlockingKeys(*records[i].change.identity);
      for (BlockKey key : keys_[i]) members_[key].push_back(i);
    }
    std::erase_if(members_,
                  [&](const auto& block) { return block.second.size() > static_cast<size_t>(limit); });
  }
  std::vector<uint32_t> Of(uint32_t record) const {
    std::vector<uint32_t> found;
    for (BlockKey key : keys_[record])
      if (const auto it = members_.find(key); it != members_.end())
        found.insert(found.end(), it->second.begin(), it->second.end());
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    std::erase(found, record);
    return found;
  }
  bool Share(uint32_t a, uint32_t b) const {
    return std::any_of(keys_[a].begin(), keys_[a].end(), [&](BlockKey key) {
      return members_.contains(key) && std::binary_search(keys_[b].begin(), keys_[b].end(), key);
    });
  }

 private:
  std::vector<std::vector<BlockKey>> keys_;
  std::unordered_map<BlockKey, std::vector<uint32_t>> members_;
};

int EvaluateRegister(const RegisterOptions& options) {
  const auto model = Model::Load(options.model);
  if (!model.ok()) return Fail(model.status());
  auto records = ReadRegister(options.paths);
  if (!records.ok()) return Fail(records.status());
  std::vector<uint32_t> labels;
  if (!options.truth.empty()) {
    const auto truth = ReadTruth(options.truth);
    if (!truth.ok()) return Fail(truth.status());
    std::erase_if(*records,
                  [&](const RegisterRecord& r) { return !truth->contains(r.source + "/" + r.record_id); });
    for (const RegisterRecord& r : *records) labels.push_back(truth->at(r.source + "/" + r.record_id));
  }
  const auto start = Clock::now();
  const auto resolved = ResolveRegister(*records, *model);
  if (!resolved.ok()) return Fail(resolved.status());
  const double seconds = Seconds(start);
  if (const absl::Status written = WriteLists(options, *records, *resolved); !written.ok())
    return Fail(written);
  const Blocks blocks(*records, (*model)->block_limit());
  std::vector<double> counts;
  for (uint32_t i = 0; i < records->size(); ++i) counts.push_back(static_cast<double>(blocks.Of(i).size()));
  std::sort(counts.begin(), counts.end());
  double sum = 0;
  for (double n : counts) sum += n;
  const double mean = sum / static_cast<double>(counts.size()), p99 = counts[counts.size() * 99 / 100];
  if (labels.empty()) {
    std::printf("%zu records, %zu conflicts, candidates mean %.1f p99 %.0f\n", records->size(),
                resolved->conflicts.size(), mean, p99);
    return 0;
  }
  const Accuracy accuracy = Measure(labels, resolved->person);
  long unblocked = 0, low = 0, vetoed = 0, reviewed = 0, held = 0;
  std::unordered_map<uint32_t, std::vector<uint32_t>> people;
  for (uint32_t i = 0; i < records->size(); ++i) people[labels[i]].push_back(i);
  std::unordered_set<uint64_t> review;
  for (const ResolvedConflict& c : resolved->conflicts)
    review.insert(uint64_t{std::min(resolved->person[c.a], resolved->person[c.b])} << 32 |
                  std::max(resolved->person[c.a], resolved->person[c.b]));
  int shown = 0;
  const auto show = [&](const char* what, uint32_t a, uint32_t b) {
    if (shown++ >= options.show) return;
    std::vector<FieldEvidence> evidence;
    const PairScore score =
        Score(**model, *(*records)[a].change.identity, *(*records)[b].change.identity, &evidence);
    std::printf("%s: %s/%s and %s/%s, %.1f bits:", what, (*records)[a].source.c_str(),
                (*records)[a].record_id.c_str(), (*records)[b].source.c_str(),
                (*records)[b].record_id.c_str(), static_cast<double>(score.bits));
    for (const FieldEvidence& field : evidence)
      std::printf(" %s/%s %+.1f", std::string(field.field).c_str(), std::string(field.level).c_str(),
                  static_cast<double>(field.bits));
    for (std::string_view veto : VetoNames(score.vetoes)) std::printf(" %s", std::string(veto).c_str());
    std::printf("\n");
  };
  for (const auto& [person, rows] : people) {
    for (size_t i = 0; i < rows.size(); ++i) {
      for (size_t j = i + 1; j < rows.size(); ++j) {
        const uint32_t a = rows[i], b = rows[j];
        if (resolved->person[a] == resolved->person[b]) continue;
        const PairScore score =
            Score(**model, *(*records)[a].change.identity, *(*records)[b].change.identity);
        if (review.contains(uint64_t{std::min(resolved->person[a], resolved->person[b])} << 32 |
                            std::max(resolved->person[a], resolved->person[b]))) {
          ++reviewed;
          show("in review", a, b);
        } else if (!blocks.Share(a, b)) {
          ++unblocked;
          show("not compared", a, b);
        } else if (score.vetoes != kNoVeto) {
          ++vetoed;
          show("vetoed", a, b);
        } else if (score.bits < (*model)->link_threshold()) {
          ++low;
          show("scored low", a, b);
        } else {
          ++held;
          show("held apart", a, b);
        }
      }
    }
  }
  std::unordered_map<uint32_t, std::vector<uint32_t>> clusters;
  for (uint32_t i = 0; i < records->size(); ++i) clusters[resolved->person[i]].push_back(i);
  for (const auto& [person, rows] : clusters)
    for (size_t i = 1; i < rows.size(); ++i)
      if (labels[rows[i]] != labels[rows[0]]) show("FALSE MERGE", rows[0], rows[i]);
  if (options.line) {
    std::printf(
        "%zu records  P %.5f  R %.5f  F1 %.5f  mixed persons %ld of %ld  conflicts %zu  missed: blocked %ld "
        "low %ld vetoed %ld review %ld held %ld  candidates %.1f p99 %.0f  %.1f s\n",
        records->size(), accuracy.pairwise.precision, accuracy.pairwise.recall, accuracy.pairwise.f1(),
        static_cast<long>(accuracy.mixed_clusters), static_cast<long>(accuracy.found_clusters),
        resolved->conflicts.size(), unblocked, low, vetoed, reviewed, held, mean, p99, seconds);
    return 0;
  }
  std::printf("model %s, resolved in %.1f s\n", (*model)->version().c_str(), seconds);
  PrintAccuracy(accuracy);
  std::printf("conflicts        %zu\n", resolved->conflicts.size());
  std::printf(
      "missed pairs     not compared %ld, scored low %ld, vetoed %ld, in review %ld, held apart %ld\n",
      unblocked, low, vetoed, reviewed, held);
  std::printf("candidates       mean %.1f, p99 %.0f for each record\n", mean, p99);
  return 0;
}

int Main(int argc, char** argv) {
  CLI::App app{"Measures the matcher on data whose truth is known."};
  app.require_subcommand(1);
  int code = 0;
  TableOptions table;
  CLI::App* any =
      app.add_subcommand("table", "Any columns: weights are estimated from the data, without labels");
  any->add_option("mapping", table.mapping, "What the columns hold (matcher/linkage/column_mapping.proto)")
      ->required();
  any->add_option("folder", table.folder, "Where the mapping's files are")->required();
  any->add_option("--curve", table.curve, "Write the precision-recall curve of pairs to this CSV file");
  any->add_option("--clusters", table.clusters, "Write id,cluster to this CSV file");
  any->add_flag("--line", table.line, "One line only");
  any->callback([&] { code = EvaluateTable(table); });
  RegisterOptions reg;
  CLI::App* exports = app.add_subcommand("register", "Departments' exports, with the hub's own model");
  exports->add_option("--model", reg.model, "The model file")->required();
  exports->add_option("--truth", reg.truth, "CSV of programme,record_id,person");
  exports->add_option("paths", reg.paths, "Exports, or folders of them")->required();
  exports->add_option("--persons", reg.persons, "Write programme,record_id,person to this CSV file");
  exports->add_option("--conflicts", reg.conflicts, "Write the pairs for officers to this CSV file");
  exports->add_option("--show", reg.show, "Print this many wrong pairs, without personal data");
  exports->add_flag("--line", reg.line, "One line only");
  exports->callback([&] { code = EvaluateRegister(reg); });
  CLI11_PARSE(app, argc, argv);
  return code;
}

}  // namespace
}  // namespace relief::matcher

int main(int argc, char** argv) { return relief::matcher::Main(argc, argv); }
