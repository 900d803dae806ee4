// relief load
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <memory>
#include <vector>

#include "adapters/cli/commands.h"
#include "adapters/cli/names.h"
#include "adapters/cli/rejects_file.h"
#include "adapters/cli/table.h"
#include "adapters/cli/text.h"
#include "adapters/file_feeder.h"
#include "google/protobuf/struct.pb.h"

namespace relief::adapters {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct LoadOptions {
  std::vector<std::string> paths;
  std::string source_prefix, region_prefix, rejects = "relief-rejects.csv", mappings;
  int batch = 500, in_flight = 8, retry_seconds = 60;
  int64_t version = -1;
  bool snapshot = false, commit_despite_rejects = false;
};

struct Loaded {
  std::string file, source_id;
  FileOutcome outcome;
  double seconds = 0;
};

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

int64_t ModificationTime(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 ? static_cast<int64_t>(info.st_mtime) : 0;
}

class Progress {
 public:
  explicit Progress(std::string file) : file_(std::move(file)), shown_(isatty(STDERR_FILENO) == 1) {}
  ~Progress() {
    if (drawn_) std::cerr << "\r\033[K";
  }
  void Draw(const FileCounts& counts, int64_t read, int64_t total) {
    if (!shown_ || (drawn_ && SecondsSince(last_) < 0.1)) return;
    last_ = Clock::now();
    drawn_ = true;
    const int64_t percent = total > 0 ? read * 100 / total : 100;
    const double seconds = SecondsSince(start_);
    std::string bar(20, '.');
    std::fill_n(bar.begin(), std::min<int64_t>(20, percent / 5), '#');
    std::cerr << "\r\033[K[" << bar << "] "
              << Fill(Say::kProgress,
                      {file_, std::to_string(percent), std::to_string(counts.rows),
                       std::to_string(static_cast<int64_t>(seconds > 0 ? counts.rows / seconds : 0))})
              << std::flush;
  }

 private:
  std::string file_;
  bool shown_, drawn_ = false;
  Clock::time_point start_ = Clock::now(), last_ = start_;
};

// The files meant, directories spread out in alphabetical order.
absl::StatusOr<std::vector<std::string>> Files(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::exists(path, error)) return absl::NotFoundError(Fill(Say::kNoSuchFile, {path}));
    if (!fs::is_directory(path, error)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(path, error)) {
      if (Lower(entry.path().extension().string()) == ".csv" && entry.is_regular_file())
        found.push_back(entry.path().string());
    }
    if (error) return absl::UnavailableError(Fill(Say::kCannotReadFile, {path}));
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

class Load {
 public:
  Load(const LoadOptions& options, Session& session) : options_(options), session_(session) {}

  int Run() {
    auto mappings =
        options_.mappings.empty() ? MappingSet::BuiltIn() : MappingSet::FromDirectory(options_.mappings);
    if (!mappings.ok()) return session_.Fail(mappings.status());
    auto files = Files(options_.paths);
    if (!files.ok()) return session_.Fail(files.status());
    auto channel = session_.Connect();
    if (!channel.ok()) return session_.Fail(channel.status());
    const auto stub = v1::FeedService::NewStub(*channel);
    rejects_ = std::make_unique<RejectsFile>(options_.rejects);
    for (const std::string& path : *files) {
      if (fs::path(path).filename().string().rfind("truth_", 0) == 0) {
        std::cerr << Fill(Say::kSkippedTruth, {path}) << '\n';
        continue;
      }
      auto file = Export::Open(path, *mappings);
      if (absl::IsNotFound(file.status())) {
        std::cerr << Fill(Say::kSkippedUnknown, {path, std::string(file.status().message())}) << '\n';
        continue;
      }
      const absl::Status status = file.ok() ? One(path, *file, *stub) : file.status();
      if (!status.ok()) {
        PrintTable();
        std::cerr << path << ": ";
        return session_.Fail(status);
      }
    }
    PrintTable();
    if (loaded_.empty()) return session_.Fail(absl::NotFoundError(Text(Say::kNothingToLoad)));
    return Verdict();
  }

 private:
  absl::Status One(const std::string& path, const Export& file, v1::FeedService::Stub& stub) {
    const std::string name = fs::path(path).filename().string();
    FeedFileOptions options;
    options.client.open.set_source_id(options_.source_prefix + fs::path(path).stem().string());
    options.client.open.set_region_prefix(options_.region_prefix);
    options.client.in_flight = options_.in_flight;
    options.client.retry_for = std::chrono::seconds(options_.retry_seconds);
    options.client.answer_within = std::chrono::seconds(session_.timeout_seconds());
    options.client.snapshot = options_.snapshot;
    options.version = options_.version >= 0 ? options_.version : ModificationTime(path);
    options.batch_records = options_.batch;
    options.commit_despite_rejects = options_.commit_despite_rejects;
    Progress progress(name);
    const auto start = Clock::now();
    auto outcome = FeedFile(
        file, stub, options,
        {[&](const RejectedRow& row) { rejects_->Add(path, file.mapping().name(), row); },
         [&](const FileCounts& counts, int64_t read, int64_t total) { progress.Draw(counts, read, total); }});
    if (!outcome.ok()) return outcome.status();
    loaded_.push_back({path, options.client.open.source_id(), *std::move(outcome), SecondsSince(start)});
    return absl::OkStatus();
  }

  void PrintTable() const {
    if (session_.json()) {
      for (const Loaded& loaded : loaded_) PrintOneJson(loaded);
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
      table.Add({file, source, std::to_string(n.rows), std::to_string(n.accepted),
                 std::to_string(n.duplicate), std::to_string(n.stale), std::to_string(n.rejected),
                 std::to_string(n.left_out), time});
    };
    FileCounts sum;
    double seconds = 0;
    for (const Loaded& loaded : loaded_) {
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
    if (loaded_.size() > 1) add(Text(Say::kTotal), "", sum, seconds);
    if (!table.empty()) table.Print(std::cout);
    std::cout.flush();
  }

  static void PrintOneJson(const Loaded& loaded) {
    google::protobuf::Struct line;
    auto& fields = *line.mutable_fields();
    const FileCounts& n = loaded.outcome.counts;
    fields["file"].set_string_value(loaded.file);
    fields["source_id"].set_string_value(loaded.source_id);
    for (const auto& [name, value] : {std::pair("rows", n.rows), std::pair("accepted", n.accepted),
                                      std::pair("duplicate", n.duplicate), std::pair("stale", n.stale),
                                      std::pair("rejected", n.rejected), std::pair("left_out", n.left_out)}) {
      fields[name].set_number_value(static_cast<double>(value));
    }
    fields["seconds"].set_number_value(loaded.seconds);
    if (loaded.outcome.snapshot) {
      fields["snapshot_id"].set_string_value(loaded.outcome.snapshot->snapshot_id());
      fields["snapshot"].set_string_value(v1::SnapshotResult::State_Name(loaded.outcome.snapshot->state()));
      fields["ended"].set_number_value(static_cast<double>(loaded.outcome.snapshot->ended()));
    }
    Session::PrintJson(line);
  }

  // Says what needs saying, and what the command ends with: a held snapshot outweighs a rejected row.
  int Verdict() {
    int code = kDone;
    for (const Loaded& loaded : loaded_) {
      if (loaded.outcome.counts.rejected > 0 && code == kDone) code = kSomeRejected;
      const auto& snapshot = loaded.outcome.snapshot;
      if (!snapshot) continue;
      if (snapshot->state() == v1::SnapshotResult::HELD) {
        code = kHeld;
        std::cerr << Fill(Say::kSnapshotHeld, {snapshot->snapshot_id(), std::to_string(snapshot->ended()),
                                               loaded.source_id, snapshot->snapshot_id()})
                  << '\n';
      } else {
        std::cerr << Fill(Say::kSnapshotState,
                          {snapshot->snapshot_id(), Word(snapshot->state()), std::to_string(snapshot->seen()),
                           std::to_string(snapshot->ended())})
                  << '\n';
        if (snapshot->state() == v1::SnapshotResult::DISCARDED)
          std::cerr << Text(Say::kSnapshotAborted) << '\n';
      }
    }
    if (rejects_->failed())
      return session_.Fail(absl::UnavailableError(Fill(Say::kCannotWrite, {rejects_->path()})));
    if (rejects_->used()) std::cerr << Fill(Say::kRejectsWritten, {rejects_->path()}) << '\n';
    return code;
  }

  const LoadOptions& options_;
  Session& session_;
  std::unique_ptr<RejectsFile> rejects_;
  std::vector<Loaded> loaded_;
};

}  // namespace

void AddLoadCommand(CLI::App& app, Session& session) {
  auto options = std::make_shared<LoadOptions>();
  CLI::App* load = app.add_subcommand("load", Text(Say::kHelpLoad));
  load->footer(Text(Say::kHelpLoadFooter));
  load->add_option("paths", options->paths, Text(Say::kHelpPaths))->required()->type_name("DIR|FILE");
  load->add_option("--source-prefix", options->source_prefix, Text(Say::kHelpSourcePrefix));
  load->add_option("--region-prefix", options->region_prefix, Text(Say::kHelpRegionPrefix));
  load->add_option("--batch", options->batch, Text(Say::kHelpBatch))
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  load->add_option("--in-flight", options->in_flight, Text(Say::kHelpInFlight))
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  load->add_option("--rejects", options->rejects, Text(Say::kHelpRejects))->capture_default_str();
  load->add_option("--version", options->version, Text(Say::kHelpVersion))->check(CLI::NonNegativeNumber);
  load->add_flag("--snapshot", options->snapshot, Text(Say::kHelpSnapshot));
  load->add_flag("--commit-despite-rejects", options->commit_despite_rejects, Text(Say::kHelpCommitDespite))
      ->needs("--snapshot");
  load->add_option("--retry-seconds", options->retry_seconds, Text(Say::kHelpRetry))
      ->check(CLI::Range(0, 86400))
      ->capture_default_str();
  load->add_option("--mappings", options->mappings, Text(Say::kHelpMappings));
  load->callback([options, &session] { session.exit_code = Load(*options, session).Run(); });
}

}  // namespace relief::adapters
