// relief load
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "adapters/cli/commands.h"
#include "adapters/cli/intake_flags.h"
#include "adapters/cli/load_receipt.h"
#include "adapters/cli/names.h"
#include "adapters/cli/receipt.h"
#include "adapters/cli/rejects_file.h"
#include "adapters/cli/table_files.h"
#include "adapters/cli/text.h"
#include "adapters/file_feeder.h"
#include "adapters/intake/folder_memory.h"
#include "adapters/intake/intake_file.h"
#include "adapters/rpc_status.h"

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
  bool snapshot = false, dry_run = false, again = false;
};

// A source whose files say who is on the list: what they do not mention is ended when all of them were read.
struct OpenRoster {
  FeedClient::Options client;
  int64_t unidentified_rows = 0;
};

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// In microseconds: files that were unpacked together are a moment apart.
int64_t ModificationTime(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return 0;
  return static_cast<int64_t>(info.st_mtim.tv_sec) * 1'000'000 + info.st_mtim.tv_nsec / 1000;
}

int64_t NowInMicroseconds() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// Of a file and of all that decides how it is read.
std::string DigestOf(const std::string& file_hash, const Mapping& mapping, Reading reading,
                     const std::string& period) {
  return TextHash(file_hash + "/" + std::to_string(reading) + "/" + period + "/" +
                  mapping.SerializeAsString());
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

class Load {
 public:
  Load(const LoadOptions& options, Session& session) : options_(options), session_(session) {}

  int Run() {
    if (absl::Status status = understanding_.Read(options_.intake); !status.ok())
      return session_.Fail(status);
    understanding_.options.guess = options_.intake.mappings.empty() || !options_.intake.vocabulary.empty();
    auto files = TableFiles(options_.paths);
    if (!files.ok()) return session_.Fail(files.status());
    std::unique_ptr<v1::FeedService::Stub> stub;
    if (absl::Status status = Begin(&stub); !status.ok()) return session_.Fail(status);
    rejects_ = std::make_unique<RejectsFile>(options_.rejects);
    for (const std::string& path : *files) {
      if (fs::path(path).filename().string().rfind("truth_", 0) == 0) {
        std::cerr << Fill(Say::kSkippedTruth, {path}) << '\n';
        continue;
      }
      const absl::Status status = OneFile(path, stub.get());
      if (status.ok()) continue;
      PrintLoaded(session_, loaded_);
      if (stub != nullptr)
        End(*stub, true).status().IgnoreError();  // the hub ends it by itself, if it cannot be told
      std::cerr << path << ": ";
      return session_.Fail(status);
    }
    PrintLoaded(session_, loaded_);
    rejects_->Close();
    if (stub != nullptr) {
      absl::Status status = MentionKnown(*stub);
      if (status.ok()) status = EndRosters(*stub);
      auto result = End(*stub, !status.ok());
      if (status.ok()) status = result.status();
      if (!status.ok()) return session_.Fail(status);
      if (!loaded_.empty()) PrintLoadResult(session_, *result);
    }
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
  // Begins the load. A dry run goes without a hub where none answers; then nobody can say what would be opened and closed.
  absl::Status Begin(std::unique_ptr<v1::FeedService::Stub>* stub) {
    auto channel = session_.Connect();
    if (!channel.ok()) {
      if (options_.dry_run) return absl::OkStatus();
      return channel.status();
    }
    *stub = v1::FeedService::NewStub(*channel);
    const auto context = session_.Context();
    v1::BeginLoadRequest request;
    request.set_dry_run(options_.dry_run);
    v1::Load load;
    const absl::Status begun = FromGrpc((*stub)->BeginLoad(context.get(), request, &load));
    load_id_ = load.load_id();
    if (begun.ok() || !options_.dry_run) return begun;
    std::cerr << Text(Say::kNoHubToLook) << '\n';
    stub->reset();
    return absl::OkStatus();
  }

  absl::StatusOr<v1::LoadResult> End(v1::FeedService::Stub& stub, bool give_up) {
    grpc::ClientContext context;
    // Everybody whom the load touched is judged: a large one takes its time.
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::hours(1));
    v1::EndLoadRequest request;
    request.set_load_id(load_id_);
    request.set_give_up(give_up);
    v1::LoadResult result;
    if (absl::Status status = FromGrpc(stub.EndLoad(&context, request, &result)); !status.ok()) return status;
    return result;
  }

  // A list of several files, of which some were loaded before: who is on those is still on the list.
  absl::Status MentionKnown(v1::FeedService::Stub& stub) {
    mention_known_ = true;
    for (const auto& [path, source_id] : known_files_)
      if (rosters_.count(source_id) > 0)
        if (absl::Status status = OneFile(path, &stub); !status.ok()) return status;
    return absl::OkStatus();
  }

  // A file that was not read may hold any of the records that the others do not mention.
  absl::Status EndRosters(v1::FeedService::Stub& stub) {
    for (const auto& [source_id, roster] : rosters_) {
      auto result = EndSnapshot(stub, roster.client, !passed_over_, roster.unidentified_rows);
      if (!result.ok()) return result.status();
      snapshots_.push_back({source_id, *std::move(result)});
    }
    return absl::OkStatus();
  }

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
    understanding_.options.withdrawal = options_.reading == "withdrawal";
    // What is taken back is taken back now, however old the list is that says so.
    if (understanding_.options.withdrawal && options_.version < 0)
      understanding_.options.version = std::max(understanding_.options.version, NowInMicroseconds());
    auto opened = IntakeFile::Open(path, understanding_.options);
    if (!opened.ok()) {
      PassOver(path, opened.status());
      return absl::OkStatus();
    }
    IntakeFile& file = **opened;
    file_period_ = file.period();
    if (!mention_known_) TellUnderstanding(name, file);
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
      if (absl::Status status = OneSource(path, *hash, *source, stub, &*memory); !status.ok()) return status;
    }
    if (!options_.dry_run && options_.intake.mappings.empty()) {
      const absl::Status status = WriteFolderMemory(folder, *memory);
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

  absl::Status OneSource(const std::string& path, const std::string& hash, RecordSource& source,
                         v1::FeedService::Stub* stub, FolderMemory* memory) {
    const std::string name = fs::path(path).filename().string();
    const Mapping& mapping = source.mapping();
    const std::string source_id = SourceOf(mapping, *memory);
    RememberedSource* last = FindRemembered(*memory, mapping.name(), source_id);
    const Reading reading = IsOfRejectedRows(source.header()) && options_.reading.empty() ? CHANGES
                            : options_.reading == "roster"                                ? ROSTER
                            : options_.reading == "payments"                              ? PAYMENTS
                            : options_.reading == "withdrawal"                            ? WITHDRAWAL
                            : options_.reading == "changes"                               ? CHANGES
                                                                                          : mapping.reading();
    if (reading == PAYMENTS) source.SetPayments();
    const std::string period = file_period_.year() > 0 ? FormatMonth(file_period_) : "";
    if (last != nullptr) {
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
    options.client.open.set_load_id(load_id_);
    options.client.snapshot = options_.snapshot || reading == ROSTER;
    if (reading == ROSTER && file_period_.year() > 0) options.client.list_month = file_period_;
    if (const auto roster = rosters_.find(source_id); roster != rosters_.end())
      options.client.continued_snapshot = roster->second.client.continued_snapshot;
    options.leave_snapshot_open = true;
    options.client.send_known = mention_known_;
    options.withdraw = reading == WITHDRAWAL;
    options.batch_records = options_.batch;
    options.content_digest = DigestOf(hash, mapping, reading, period);
    options.again = options_.again;
    Progress progress(name);
    const auto start = Clock::now();
    const FeedFileCallbacks callbacks = {
        [&](const RejectedRow& row) {
          if (!mention_known_)
            rejects_->Add(path, mapping.name(), row, source.title(), source.header(),
                          source.CellsOf(row.line));
        },
        [&](const FileCounts& counts, int64_t read, int64_t total) { progress.Draw(counts, read, total); }};
    auto outcome = stub == nullptr ? TryFile(source, callbacks) : FeedFile(source, *stub, options, callbacks);
    if (!outcome.ok()) return outcome.status();
    if (!outcome->open_snapshot.empty()) {
      OpenRoster& roster = rosters_[source_id];
      roster.client = options.client;
      roster.client.open.set_content(mapping.content());
      roster.client.open.set_programme(mapping.programme());
      roster.client.continued_snapshot = outcome->open_snapshot;
      roster.unidentified_rows += outcome->unidentified_rows;
    }
    if (mention_known_) return absl::OkStatus();
    if (outcome->content_known) {
      std::cerr << Fill(Say::kKnownContent, {name, source_id}) << '\n';
      known_already_ = true;
      if (options.client.snapshot) known_files_.emplace_back(path, source_id);
      return absl::OkStatus();
    }
    if (options.withdraw && stub != nullptr && !options_.dry_run)
      TellWithdrawn(name, source_id, *stub, *outcome);
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
    loaded_.push_back({path, source_id, *std::move(outcome), SecondsSince(start)});
    return absl::OkStatus();
  }

  // A list that takes back what the hub does not hold has missed its mark: a slip in a name or a number.
  void TellWithdrawn(const std::string& name, const std::string& source_id, v1::FeedService::Stub& stub,
                     const FileOutcome& outcome) {
    const auto context = session_.Context();
    v1::GetSourceRequest request;
    request.set_source_id(source_id);
    v1::Source now;
    if (!stub.GetSource(context.get(), request, &now).ok()) return;
    const int64_t rows = outcome.counts.accepted + outcome.counts.duplicate,
                  gone = outcome.held_before - now.live_records();
    if (gone < rows)
      std::cerr << Fill(Say::kNotWithdrawn, {name, std::to_string(rows - std::max<int64_t>(gone, 0)),
                                             std::to_string(rows), source_id})
                << '\n';
  }

  // Says what needs saying, and what the command ends with: a held snapshot outweighs a rejected row.
  int Verdict() {
    int code = kDone;
    for (const Loaded& loaded : loaded_)
      if (loaded.outcome.counts.rejected > 0) code = kSomeRejected;
    for (const EndedSnapshot& snapshot : snapshots_)
      if (TellSnapshot(snapshot)) code = kHeld;
    if (rejects_->failed())
      return session_.Fail(absl::UnavailableError(Fill(Say::kCannotWrite, {rejects_->path()})));
    if (rejects_->used()) std::cerr << Fill(Say::kRejectsWritten, {rejects_->path()}) << '\n';
    return code;
  }

  const LoadOptions& options_;
  Session& session_;
  std::unique_ptr<RejectsFile> rejects_;
  std::vector<Loaded> loaded_;
  std::string load_id_;
  std::map<std::string, OpenRoster> rosters_;  // by source
  std::vector<EndedSnapshot> snapshots_;
  Understanding understanding_;
  std::vector<std::pair<std::string, std::string>> known_files_;  // of lists: path, source
  bool mention_known_ = false;
  v1::Month file_period_;  // that the file is of, as was told or as it says itself
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
  load->add_option("--retry-seconds", options->retry_seconds, Text(Say::kHelpRetry))
      ->check(CLI::Range(0, 86400))
      ->capture_default_str();
  load->callback([options, &session] { session.exit_code = Load(*options, session).Run(); });
}

}  // namespace relief::adapters
