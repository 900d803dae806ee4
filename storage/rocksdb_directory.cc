#include "storage/rocksdb_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>

#include "storage/encryption/header_files.h"
#include "storage/log_check.h"
#include "storage/status_macros.h"

namespace relief::storage {
namespace {

namespace fs = std::filesystem;

constexpr char kPidFile[] = "/relief-hub.pid";
constexpr char kMarkerFile[] = "/relief-store";
constexpr char kCurrentFile[] = "/CURRENT";

std::optional<uint64_t> NumberIn(std::string_view digits) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

struct Marker {
  int format = 0;
  bool encrypted = false;
};

absl::StatusOr<std::optional<Marker>> ReadMarker(const std::string& directory) {
  std::ifstream file(directory + kMarkerFile);
  if (!file) return std::optional<Marker>();
  std::string word, encrypted;
  Marker marker;
  if (!(file >> word >> marker.format) || word != "format")
    return absl::DataLossError("relief-store: the file that tells the store's format is damaged");
  if (marker.format > kStoreFormat)
    return absl::FailedPreconditionError(
        "the data in " + directory + " have format " + std::to_string(marker.format) +
        ", which a newer version wrote; this one reads up to format " + std::to_string(kStoreFormat));
  if (!(file >> word >> encrypted) || word != "encrypted" || (encrypted != "yes" && encrypted != "no"))
    return absl::DataLossError("relief-store: the file that tells the store's format is damaged");
  marker.encrypted = encrypted == "yes";
  return std::optional(marker);
}

// A store that lost its CURRENT would be taken for a new one, and be empty.
bool HoldsDataWithoutCurrent(const std::string& directory) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() == ".sst") return true;
    constexpr std::string_view kManifest = "MANIFEST-";
    if (name.starts_with(kManifest) && NumberIn(name.substr(kManifest.size())).value_or(0) > 1) return true;
  }
  return false;
}

absl::Status CheckEncryption(const std::string& directory, bool stored, bool configured) {
  if (stored == configured) return absl::OkStatus();
  return absl::FailedPreconditionError(
      stored ? "the data in " + directory + " are encrypted, but no encryption is configured"
             : "encryption is configured, but the data in " + directory +
                   " are not encrypted; back them up without it and restore the backup with it");
}

absl::StatusOr<LogSummary> CheckLogFile(LogKind kind, const std::string& path, rocksdb::Env* env,
                                        uint64_t* bytes) {
  std::unique_ptr<rocksdb::SequentialFile> file;
  if (const auto opened = env->NewSequentialFile(path, &file, rocksdb::EnvOptions()); !opened.ok()) {
    if (opened.IsCorruption()) return absl::DataLossError(opened.ToString());
    return absl::UnavailableError(opened.ToString());
  }
  std::string scratch;
  auto summary = CheckLog(kind, [&](size_t most) -> absl::StatusOr<std::string> {
    scratch.resize(most);
    rocksdb::Slice got;
    if (const auto read = file->Read(most, &got, scratch.data()); !read.ok())
      return absl::UnavailableError(read.ToString());
    *bytes += got.size();
    return got.ToString();
  });
  return summary;
}

// A file with the names and ends that RocksDB gives, by number.
std::vector<std::pair<uint64_t, std::string>> LogFiles(const std::string& directory) {
  std::vector<std::pair<uint64_t, std::string>> logs;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error))
    if (entry.path().extension() == ".log")
      if (const auto number = NumberIn(entry.path().stem().string()))
        logs.emplace_back(*number, entry.path().string());
  std::sort(logs.begin(), logs.end());
  return logs;
}

}  // namespace

absl::StatusOr<std::shared_ptr<FileAccess>> MakeFileAccess(
    const std::optional<EncryptionOptions>& encryption) {
  auto files = std::make_shared<FileAccess>();
  if (!encryption) return files;
  RELIEF_ASSIGN_OR_RETURN(auto opened, FileEncryption::Open(*encryption));
  files->encryption = opened;
  files->encrypted = NewEncryptedFiles(rocksdb::Env::Default(), opened);
  return files;
}

absl::StatusOr<std::unique_ptr<DirectoryLock>> DirectoryLock::Take(const std::string& directory) {
  const std::string path = directory + kPidFile;
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (descriptor < 0)
    return absl::UnavailableError("cannot open " + path + ": " + std::string(std::strerror(errno)));
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor);
    std::ifstream file(path);
    std::string pid;
    const bool named = std::getline(file, pid) && !pid.empty();
    return absl::FailedPreconditionError("another hub" + (named ? " (process " + pid + ")" : std::string()) +
                                         " has the data directory " + directory +
                                         " open; a directory is used by one hub at a time");
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor, 0) != 0 || ::write(descriptor, pid.data(), pid.size()) < 0) {
    // Only the message of a second hub would miss it.
  }
  return std::unique_ptr<DirectoryLock>(new DirectoryLock(path, descriptor));
}

DirectoryLock::~DirectoryLock() {
  if (::ftruncate(descriptor_, 0) != 0) {
    // As above.
  }
  ::close(descriptor_);
}

bool HasMarker(const std::string& directory) { return fs::exists(directory + kMarkerFile); }

absl::Status WriteMarker(const std::string& directory, bool encrypted) {
  const std::string path = directory + kMarkerFile, fresh = path + ".new";
  const std::string text =
      "format " + std::to_string(kStoreFormat) + "\nencrypted " + (encrypted ? "yes" : "no") + "\n";
  const auto failed = [&] {
    return absl::UnavailableError("cannot write " + path + ": " + std::string(std::strerror(errno)));
  };
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  if (file < 0) return failed();
  const bool written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  ::close(file);
  if (!written || ::rename(fresh.c_str(), path.c_str()) != 0) return failed();
  const int parent = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (parent < 0) return failed();
  const bool durable = ::fsync(parent) == 0;
  ::close(parent);
  return durable ? absl::OkStatus() : failed();
}

absl::StatusOr<bool> PrepareDirectory(const RocksDbOptions& options, const FileAccess& files) {
  const std::string& directory = options.path;
  RELIEF_ASSIGN_OR_RETURN(auto marker, ReadMarker(directory));
  const bool encrypted = files.encryption != nullptr;
  if (marker) RELIEF_RETURN_IF_ERROR(CheckEncryption(directory, (marker)->encrypted, encrypted));
  if (const auto current = IsEncryptedFile(directory + kCurrentFile); current && !marker)
    RELIEF_RETURN_IF_ERROR(CheckEncryption(directory, *current, encrypted));
  if (encrypted) {
    RELIEF_ASSIGN_OR_RETURN(auto removed, RemoveUnbegunFiles(directory));
    if (removed > 0) options.log("store.swept", {{"unbegun_files", std::to_string(removed)}});
    if (auto counts = CountFilesByKey(directory, *files.encryption->ring()); !counts.ok())
      return counts.status();
  }
  if (!fs::exists(directory + kCurrentFile)) {
    if (marker || HoldsDataWithoutCurrent(directory))
      return absl::DataLossError("CURRENT: the file is missing, although " + directory + " holds a store");
    return false;
  }
  VerifyReport report;
  RELIEF_RETURN_IF_ERROR(CheckLogs(directory, files, options.log, &report));
  if (!report.damaged.empty())
    return absl::DataLossError(report.damaged[0].file + ": " + report.damaged[0].reason);
  return true;
}

absl::Status CheckLogs(const std::string& directory, const FileAccess& files, const StoreLog& log,
                       VerifyReport* report) {
  std::string current;
  if (const auto read = rocksdb::ReadFileToString(files.env(), directory + kCurrentFile, &current);
      !read.ok()) {
    report->damaged.push_back({"CURRENT", read.ToString()});
    return absl::OkStatus();
  }
  constexpr std::string_view kManifest = "MANIFEST-";
  const std::string name = current.substr(0, current.find('\n'));
  if (current.size() != name.size() + 1 || !name.starts_with(kManifest) ||
      !NumberIn(std::string_view(name).substr(kManifest.size())) || !fs::exists(directory + "/" + name)) {
    report->damaged.push_back({"CURRENT", "it does not name a manifest that is there"});
    return absl::OkStatus();
  }
  ++report->files;
  report->bytes += current.size();
  const auto check = [&](LogKind kind, const std::string& path) -> absl::StatusOr<std::optional<LogSummary>> {
    ++report->files;
    auto summary = CheckLogFile(kind, path, files.env(), &report->bytes);
    if (absl::IsDataLoss(summary.status())) {
      report->damaged.push_back(
          {fs::path(path).filename().string(), std::string(summary.status().message())});
      return std::optional<LogSummary>();
    }
    if (!summary.ok()) return summary.status();
    return std::optional(*summary);
  };
  RELIEF_ASSIGN_OR_RETURN(auto manifest, check(LogKind::kManifest, directory + "/" + name));
  uint64_t expected = 0;
  for (const auto& [number, path] : LogFiles(directory)) {
    if (manifest && number < (manifest)->live_from_log) continue;
    auto checked = check(LogKind::kWriteAhead, path);
    if (!checked.ok() && !fs::exists(path)) continue;  // no longer needed, and gone meanwhile
    if (!checked.ok()) return checked.status();
    if (!*checked) {
      expected = 0;
      continue;
    }
    const LogSummary& summary = **checked;
    const std::string file = fs::path(path).filename().string();
    if (summary.torn_bytes > 0)
      log("store.torn_log", {{"file", file},
                             {"whole_records", std::to_string(summary.records)},
                             {"dropped_bytes", std::to_string(summary.torn_bytes)}});
    if (summary.records == 0) continue;
    if (expected != 0 && summary.first_sequence != expected)
      report->damaged.push_back({file, "commits are missing before it"});
    expected = summary.next_sequence;
  }
  return absl::OkStatus();
}

}  // namespace relief::storage
