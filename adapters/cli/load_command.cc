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
#include <set>
#include <vector>

#include "adapters/cli/commands.h"
#include "adapters/cli/intake_flags.h"
#include "adapters/cli/names.h"
#include "adapters/cli/receipt.h"
#include "adapters/cli/rejects_file.h"
#include "adapters/cli/table.h"
#include "adapters/cli/text.h"
#include "adapters/file_feeder.h"
#include "adapters/intake/folder_memory.h"
#include "adapters/intake/intake_file.h"
#include "google/protobuf/struct.pb.h"

namespace relief::adapters {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct LoadOptions {
  std::vector<std::string> paths;
  std::string source, source_prefix, rejects = "relief-rejects.csv", reading;
  IntakeFlags intake;
  int batch = 500, in_flight = 8, retry_seconds = 60;
  int64_t version = -1;
  bool snapshot = false, commit_despite_rejects = false, dry_run = false, again = false;
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

// What a table has for an extension; whatever it is, its content says which kind.
bool MayBeTable(const fs::path& path) {
  static const std::set<std::string> kExtensions = {
      ".csv", ".tsv",  ".txt",  ".xls", ".xlsx", ".xlsm", ".et",  ".ett", ".ods", ".fods", ".xml",
      ".htm", ".html", ".xlsb", ".pdf", ".doc",  ".docx", ".wps", ".zip", ".rar", ".mht"};
  return kExtensions.count(Lower(path.extension().string())) > 0;
}

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
      const std::string name = entry.path().filename().string();
      // ~$名册.xlsx is the lock of a workbook that somebody has open.
      if (!entry.is_regular_file() || name[0] == '.' || name.rfind("~$", 0) == 0 ||
          name == "relief-first-months")
        continue;
      if (MayBeTable(entry.path())) {
        found.push_back(entry.path().string());
      } else if (entry.path().extension() != ".textproto") {
        std::cerr << Fill(Say::kNoTableByName, {name}) << '\n';
      }
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
    if (absl::Status status = understanding_.Read(options_.intake); !status.ok())
      return session_.Fail(status);
    understanding_.options.guess = options_.intake.mappings.empty() || !options_.intake.vocabulary.empty();
    auto files = Files(options_.paths);
    if (!files.ok()) return session_.Fail(files.status());
    std::unique_ptr<v1::FeedService::Stub> stub;
    if (!options_.dry_run) {
      auto channel = session_.Connect();
      if (!channel.ok()) return session_.Fail(channel.status());
      stub = v1::FeedService::NewStub(*channel);
    }
    rejects_ = std::make_unique<RejectsFile>(options_.rejects);
    for (const std::string& path : *files) {
      if (fs::path(path).filename().string().rfind("truth_", 0) == 0) {
        std::cerr << Fill(Say::kSkippedTruth, {path}) << '\n';
        continue;
      }
      const absl::Status status = OneFile(path, stub.get());
      if (status.ok()) continue;
      PrintTable();
      std::cerr << path << ": ";
      return session_.Fail(status);
    }
    rejects_->Close();
    PrintTable();
    if (loaded_.empty() && !passed_over_ && !known_already_)
      return session_.Fail(absl::NotFoundError(Text(Say::kNothingToLoad)));
    const int verdict = Verdict();
    if (passed_over_ && verdict == kDone) {
      std::cerr << Text(Say::kSomePassedOver) << '\n';
      return kFailed;
    }
    return verdict;
  }

 private:
  void PassOver(const std::string& path, const absl::Status& why) {
    std::cerr << Fill(Say::kSkippedUnknown, {path, InWords(std::string(why.message()))}) << '\n';
    passed_over_ = true;
  }

  // One file, whose sheets may belong to several sources. An error is one of the hub, which ends the load; a file that cannot
  // be understood is passed over.
  absl::Status OneFile(const std::string& path, v1::FeedService::Stub* stub) {
    const std::string folder = fs::path(path).parent_path().string(),
                      name = fs::path(path).filename().string();
    if (absl::Status status = understanding_.ReadFolder(folder); !status.ok()) return status;
    auto memory = ReadFolderMemory(folder);
    if (!memory.ok()) return memory.status();
    understanding_.options.version = options_.version >= 0 ? options_.version : ModificationTime(path);
    auto first_months = ReadFirstMonths(folder);
    if (!first_months.ok()) return first_months.status();
    if (understanding_.options.period.year() > 0) understanding_.options.first_months = &*first_months;
    auto opened = IntakeFile::Open(path, understanding_.options);
    if (!opened.ok()) {
      PassOver(path, opened.status());
      return absl::OkStatus();
    }
    IntakeFile& file = **opened;
    TellUnderstanding(name, file);
    for (const PassedOver& sheet : file.passed_over())
      passed_over_ = passed_over_ || (!sheet.hidden && !sheet.empty);
    for (const IntakeSheet& sheet : file.sheets()) {
      if (!sheet.guessed || !sheet.proposal.blocked()) continue;
      PassOver(path, absl::FailedPreconditionError(Fill(Say::kRunMap, {path})));
      return absl::OkStatus();
    }
    auto hash = ContentHash(path);
    if (!hash.ok()) return hash.status();
    for (const auto& source : file.Groups()) {
      if (absl::Status status = OneSource(path, folder, *hash, *source, stub, &*memory); !status.ok())
        return status;
    }
    if (!options_.dry_run && options_.intake.mappings.empty()) {
      absl::Status status = WriteFirstMonths(folder, *first_months);
      if (status.ok()) status = WriteFolderMemory(folder, *memory);
      if (!status.ok() && !told_unwritable_) {
        told_unwritable_ = true;
        std::cerr << Fill(Say::kNotRemembered, {folder.empty() ? "." : folder}) << '\n';
      }
    }
    return absl::OkStatus();
  }

  // What the flags say, or else the mapping, or what was remembered of the folder, or else the mapping's own name: never the
  // file's.
  std::string SourceOf(const Mapping& mapping, FolderMemory& memory) const {
    if (!options_.source.empty()) return options_.source;
    if (!mapping.source_id().empty()) return mapping.source_id();
    if (const RememberedSource* last = FindRemembered(memory, mapping.name(), "");
        last != nullptr && options_.source_prefix.empty())
      return last->source_id();
    return options_.source_prefix + mapping.name();
  }

  absl::Status OneSource(const std::string& path, const std::string& folder, const std::string& hash,
                         RecordSource& source, v1::FeedService::Stub* stub, FolderMemory* memory) {
    const std::string name = fs::path(path).filename().string();
    const Mapping& mapping = source.mapping();
    const std::string source_id = SourceOf(mapping, *memory);
    RememberedSource* last = FindRemembered(*memory, mapping.name(), source_id);
    const Reading reading = options_.reading == "roster"       ? ROSTER
                            : options_.reading == "payments"   ? PAYMENTS
                            : options_.reading == "withdrawal" ? WITHDRAWAL
                            : options_.reading == "changes"    ? CHANGES
                                                               : mapping.reading();
    const std::string period =
        understanding_.options.period.year() > 0 ? FormatMonth(understanding_.options.period) : "";
    // What another hub was given says nothing of this one.
    std::string content = hash + "@" + session_.server();
    if (reading == WITHDRAWAL) content += "/withdrawal";
    if (!period.empty()) content += "/" + period;
    if (last != nullptr) {
      const auto& known = last->contents();
      if (std::find(known.begin(), known.end(), content) != known.end() && !options_.again &&
          !options_.dry_run) {
        std::cerr << Fill(Say::kKnownContent, {name, source_id}) << '\n';
        known_already_ = true;
        return absl::OkStatus();
      }
      // Another table of the same source (members beside payees) is no changed one.
      std::vector<Change> changes = ChangesSince(*last, source.header());
      const auto gone = std::count_if(changes.begin(), changes.end(), [](const Change& change) {
        return change.kind == Change::kColumnGone;
      });
      if (gone * 2 > last->headings_size()) changes.clear();
      for (const Change& change : changes) {
        const Say text = change.kind == Change::kColumnGone  ? Say::kColumnGone
                         : change.kind == Change::kColumnNew ? Say::kColumnNew
                                                             : Say::kUnitChanged;
        std::cerr << Fill(text, {name, change.what, change.now}) << '\n';
      }
      if (!period.empty() && !last->period().empty() && period < last->period())
        std::cerr << Fill(Say::kOlderPeriod, {name, period, last->period()}) << '\n';
    }
    FeedFileOptions options;
    options.client.open.set_source_id(source_id);
    options.client.open.set_region_prefix(options_.intake.region_prefix);
    options.client.in_flight = options_.in_flight;
    options.client.retry_for = std::chrono::seconds(options_.retry_seconds);
    options.client.answer_within = std::chrono::seconds(session_.timeout_seconds());
    options.client.snapshot = options_.snapshot || reading == ROSTER;
    options.withdraw = reading == WITHDRAWAL;
    options.version = understanding_.options.version;
    options.batch_records = options_.batch;
    options.commit_despite_rejects = options_.commit_despite_rejects;
    Progress progress(name);
    const auto start = Clock::now();
    const FeedFileCallbacks callbacks = {
        [&](const RejectedRow& row) {
          rejects_->Add(path, mapping.name(), row, source.header(), source.CellsOf(row.line));
        },
        [&](const FileCounts& counts, int64_t read, int64_t total) { progress.Draw(counts, read, total); }};
    auto outcome = stub == nullptr ? TryFile(source, callbacks) : FeedFile(source, *stub, options, callbacks);
    if (!outcome.ok()) return outcome.status();
    if (last != nullptr && last->rows() > 20 && outcome->counts.rows * 2 < last->rows())
      std::cerr << Fill(Say::kFewerRows,
                        {name, std::to_string(outcome->counts.rows), std::to_string(last->rows())})
                << '\n';
    TellOutcome(name, *outcome);
    if (stub == nullptr)
      std::cerr << Fill(Say::kWouldSend, {name, std::to_string(outcome->would_send), source_id}) << '\n';
    if (last == nullptr) {
      last = memory->add_sources();
      last->set_mapping(mapping.name());
      last->set_source_id(source_id);
    }
    last->set_rows(outcome->counts.rows);
    if (!period.empty()) last->set_period(period);
    last->clear_headings();
    for (const std::string& heading : source.header()) last->add_headings(heading);
    last->add_contents(content);
    if (last->contents_size() > 100) last->mutable_contents()->DeleteSubrange(0, last->contents_size() - 100);
    loaded_.push_back({path, source_id, *std::move(outcome), SecondsSince(start)});
    (void)folder;
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
  Understanding understanding_;
  bool passed_over_ = false, known_already_ = false, told_unwritable_ = false;
};

}  // namespace

void AddLoadCommand(CLI::App& app, Session& session) {
  auto options = std::make_shared<LoadOptions>();
  CLI::App* load = app.add_subcommand("load", Text(Say::kHelpLoad));
  load->footer(Text(Say::kHelpLoadFooter));
  load->add_option("paths", options->paths, Text(Say::kHelpPaths))->required()->type_name("DIR|FILE");
  load->add_option("--source-prefix", options->source_prefix, Text(Say::kHelpSourcePrefix));
  load->add_option("--source", options->source, Text(Say::kHelpSource));
  load->add_option("--as", options->reading, Text(Say::kHelpAs))
      ->check(CLI::IsMember({"roster", "payments", "withdrawal", "changes"}));
  load->add_flag("--dry-run", options->dry_run, Text(Say::kHelpDryRun));
  load->add_flag("--again", options->again, Text(Say::kHelpAgain));
  options->intake.AddTo(*load);
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
  load->callback([options, &session] { session.exit_code = Load(*options, session).Run(); });
}

}  // namespace relief::adapters
