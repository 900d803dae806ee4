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
#include <utility>
#include <vector>

#include "adapters/cli/commands.h"
#include "adapters/cli/intake_flags.h"
#include "adapters/cli/load_receipt.h"
#include "adapters/cli/names.h"
#include "adapters/cli/receipt.h"
#include "adapters/cli/rejects_file.h"
#include "adapters/cli/table_files.h"
#include "adapters/cli/text.h"
#include "adapters/intake/folder_memory.h"
#include "adapters/intake/intake_file.h"
#include "adapters/load_unit.h"

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

Reading SaidReading(const std::string& word) {
  if (word == "roster") return ROSTER;
  if (word == "payments") return PAYMENTS;
  if (word == "withdrawal") return WITHDRAWAL;
  return word == "changes" ? CHANGES : READING_UNSPECIFIED;
}

std::string WordOf(Reading reading) {
  return reading == ROSTER ? "roster" : reading == PAYMENTS ? "payments" : "changes";
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
    if (absl::Status status = Begin(); !status.ok()) return session_.Fail(status);
    rejects_ = std::make_unique<RejectsFile>(options_.rejects);
    for (const std::string& path : *files) {
      if (fs::path(path).filename().string().rfind("truth_", 0) == 0) {
        std::cerr << Fill(Say::kSkippedTruth, {path}) << '\n';
        continue;
      }
      const absl::Status status = OneFile(path, {});
      if (status.ok()) continue;
      PrintLoaded(session_, loaded_);
      load_->End(true).status().IgnoreError();  // the hub ends it by itself, if it cannot be told
      std::cerr << path << ": ";
      return session_.Fail(status);
    }
    absl::Status status = EndLists();
    PrintLoaded(session_, loaded_);
    rejects_->Close();
    auto result = load_->End(!status.ok());
    if (status.ok()) status = result.status();
    if (!status.ok()) return session_.Fail(status);
    if (load_->has_hub() && !loaded_.empty()) PrintLoadResult(session_, *result);
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
  // Tables of a file, by their number in it; empty: all of them.
  using Tables = std::set<size_t>;

  // Begins the load. A dry run goes without a hub where none answers; then nobody can say what would be opened and closed.
  absl::Status Begin() {
    auto channel = session_.Connect();
    if (channel.ok()) {
      stub_ = v1::FeedService::NewStub(*channel);
      LoadUnit::Options options;
      options.dry_run = options_.dry_run;
      options.whole_lists = options_.snapshot;
      options.batch_records = options_.batch;
      options.client.in_flight = options_.in_flight;
      options.client.retry_for = std::chrono::seconds(options_.retry_seconds);
      options.client.answer_within = std::chrono::seconds(session_.timeout_seconds());
      auto begun = LoadUnit::Begin(*stub_, std::move(options));
      if (begun.ok()) {
        load_ = *std::move(begun);
        return absl::OkStatus();
      }
      if (!options_.dry_run) return begun.status();
      std::cerr << Text(Say::kNoHubToLook) << '\n';
    } else if (!options_.dry_run) {
      return channel.status();
    }
    load_ = LoadUnit::WithoutHub();
    return absl::OkStatus();
  }

  // Ends the lists that were fed, a month at a time: a source has one list open. A file that was not read may hold any of the
  // records that the others do not mention.
  absl::Status EndLists() {
    while (true) {
      if (absl::Status status = MentionKnown(); !status.ok()) return status;
      auto ended = load_->EndLists(!passed_over_);
      if (!ended.ok()) return ended.status();
      for (EndedList& list : *ended) lists_.push_back(std::move(list));
      if (waiting_.empty()) return absl::OkStatus();
      const auto next = std::exchange(waiting_, {});
      for (const auto& [path, tables] : next)
        if (absl::Status status = OneFile(path, tables); !status.ok()) return status;
    }
  }

  // A list of several files, of which some were loaded before: who is on those is still on the list.
  absl::Status MentionKnown() {
    mention_only_ = true;
    for (const KnownTable& known : std::exchange(known_tables_, {})) {
      if (!load_->HasOpenList(known.source_id)) {
        known_tables_.push_back(known);  // the list may yet come
        continue;
      }
      if (absl::Status status = OneFile(known.path, {known.number}); !status.ok()) return status;
    }
    mention_only_ = false;
    return absl::OkStatus();
  }

  void PassOver(const std::string& path, const absl::Status& why) {
    std::cerr << Fill(Say::kSkippedUnknown, {path, InWords(std::string(why.message()))}) << '\n';
    passed_over_ = true;
  }

  // One file, whose sheets may belong to several sources. An error is one of the hub, which ends the load; a file that cannot
  // be understood is passed over.
  absl::Status OneFile(const std::string& path, const Tables& tables) {
    const std::string folder = fs::path(path).parent_path().string(),
                      name = fs::path(path).filename().string();
    if (absl::Status status = understanding_.ReadFolder(folder); !status.ok()) return status;
    auto memory = ReadFolderMemory(folder);
    if (!memory.ok()) return memory.status();
    understanding_.options.version = options_.version >= 0 ? options_.version : ModificationTime(path);
    understanding_.options.withdrawal = SaidReading(options_.reading) == WITHDRAWAL;
    // What is taken back is taken back now, however old the list is that says so.
    if (understanding_.options.withdrawal && options_.version < 0)
      understanding_.options.version = std::max(understanding_.options.version, NowInMicroseconds());
    auto opened = IntakeFile::Open(path, understanding_.options);
    if (!opened.ok()) {
      PassOver(path, opened.status());
      return absl::OkStatus();
    }
    IntakeFile& file = **opened;
    if (tables.empty()) TellUnderstanding(name, file);  // the first time
    passed_over_ = passed_over_ || !file.complete();
    for (const IntakeSheet& sheet : file.sheets()) {
      if (!sheet.guessed || !sheet.proposal.blocked()) continue;
      PassOver(path, absl::FailedPreconditionError(Fill(Say::kRunMap, {path})));
      return absl::OkStatus();
    }
    auto hash = ContentHash(path);
    if (!hash.ok()) return hash.status();
    const auto groups = file.Groups();
    for (size_t i = 0; i < groups.size(); ++i) {
      if (!tables.empty() && tables.count(i) == 0) continue;
      if (absl::Status status = OneTable(path, i, *hash, *groups[i], &*memory); !status.ok()) return status;
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

  void TellChanges(const std::string& name, const std::vector<Change>& changes) {
    for (const Change& change : changes) {
      switch (change.kind) {
        case Change::kColumnGone:
          std::cerr << Fill(Say::kColumnGone, {name, change.what, ""}) << '\n';
          break;
        case Change::kColumnNew:
          std::cerr << Fill(Say::kColumnNew, {name, change.what, ""}) << '\n';
          break;
        case Change::kOtherUnit:
          std::cerr << Fill(Say::kUnitChanged, {name, change.what, change.now}) << '\n';
          break;
        case Change::kOlderPeriod:
          std::cerr << Fill(Say::kOlderPeriod, {name, change.now, change.what}) << '\n';
          break;
        case Change::kFewerRows:
          break;  // known only when all rows were read
      }
    }
  }

  absl::Status OneTable(const std::string& path, size_t number, const std::string& hash, RecordSource& rows,
                        FolderMemory* memory) {
    const std::string name = fs::path(path).filename().string();
    const Mapping& mapping = rows.mapping();
    TableToFeed table;
    table.rows = &rows;
    table.source_id = SourceOf(mapping, *memory);
    table.region_prefix = options_.intake.region_prefix;
    RememberedSource* last = FindRemembered(*memory, mapping.name(), table.source_id);
    table.reading = ReadingOf(SaidReading(options_.reading), rows, last);
    table.month = rows.period().month;
    table.content_digest = ContentDigest(hash, rows, table.reading);
    table.again = options_.again;
    table.mention_only = mention_only_;
    if (load_->MustWait(table)) {
      if (mention_only_) {
        known_tables_.push_back({path, table.source_id, number});
      } else {
        waiting_[path].insert(number);
      }
      return absl::OkStatus();
    }
    const std::string period = FormatMonth(table.month);
    if (options_.reading.empty() && mapping.reading() == READING_UNSPECIFIED && table.reading != CHANGES &&
        !mention_only_)
      std::cerr << Fill(Say::kReadAsLastTime, {name, WordOf(table.reading)}) << '\n';
    if (last != nullptr && !mention_only_) TellChanges(name, ChangesSince(*last, rows.header(), period));
    Progress progress(name);
    const auto start = Clock::now();
    const FeedFileCallbacks callbacks = {
        [&](const RejectedRow& row) {
          if (!mention_only_)
            rejects_->Add(path, mapping.name(), row, rows.title(), rows.header(), rows.CellsOf(row.line));
        },
        [&](const FileCounts& counts, int64_t read, int64_t total) { progress.Draw(counts, read, total); }};
    auto outcome = load_->Feed(table, callbacks);
    if (!outcome.ok()) return outcome.status();
    if (mention_only_) return absl::OkStatus();
    if (outcome->content_known) {
      std::cerr << Fill(Say::kKnownContent, {name, table.source_id}) << '\n';
      known_already_ = true;
      if (load_->IsList(table)) known_tables_.push_back({path, table.source_id, number});
      return absl::OkStatus();
    }
    if (outcome->not_withdrawn > 0)
      std::cerr << Fill(Say::kNotWithdrawn,
                        {name, std::to_string(outcome->not_withdrawn),
                         std::to_string(outcome->counts.accepted + outcome->counts.duplicate),
                         table.source_id})
                << '\n';
    if (last != nullptr && HasFarFewerRows(*last, outcome->counts.rows))
      std::cerr << Fill(Say::kFewerRows,
                        {name, std::to_string(outcome->counts.rows), std::to_string(last->rows())})
                << '\n';
    TellOutcome(name, *outcome);
    if (!load_->has_hub())
      std::cerr << Fill(Say::kWouldSend, {name, std::to_string(outcome->would_send), table.source_id})
                << '\n';
    // What is taken back says nothing of the next list.
    if (table.reading != WITHDRAWAL) {
      if (last == nullptr) {
        last = memory->add_sources();
        last->set_mapping(mapping.name());
        last->set_source_id(table.source_id);
      }
      Remember(rows.header(), period, outcome->counts.rows, table.reading, last);
    }
    loaded_.push_back({path, table.source_id, *std::move(outcome), SecondsSince(start)});
    return absl::OkStatus();
  }

  // Says what needs saying, and what the command ends with: a held snapshot outweighs a rejected row.
  int Verdict() {
    int code = kDone;
    for (const Loaded& loaded : loaded_)
      if (loaded.outcome.counts.rejected > 0) code = kSomeRejected;
    for (const EndedList& list : lists_)
      if (TellSnapshot(list)) code = kHeld;
    if (rejects_->failed())
      return session_.Fail(absl::UnavailableError(Fill(Say::kCannotWrite, {rejects_->path()})));
    if (rejects_->used()) std::cerr << Fill(Say::kRejectsWritten, {rejects_->path()}) << '\n';
    return code;
  }

  struct KnownTable {
    std::string path, source_id;
    size_t number = 0;
  };

  const LoadOptions& options_;
  Session& session_;
  std::unique_ptr<v1::FeedService::Stub> stub_;
  std::unique_ptr<LoadUnit> load_;
  std::unique_ptr<RejectsFile> rejects_;
  std::vector<Loaded> loaded_;
  std::vector<EndedList> lists_;
  Understanding understanding_;
  std::vector<KnownTable> known_tables_;   // whose content the hub has: they may be a part of a list
  std::map<std::string, Tables> waiting_;  // until the list of another month is ended, by path
  bool mention_only_ = false, passed_over_ = false, known_already_ = false, told_unwritable_ = false;
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
