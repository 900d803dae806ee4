// The desk that takes departments' files from officers: receives them, reads, tries and loads them one at a time on a thread of
// its own, and remembers what became of each (proto/relief/v1/intake_service.proto).
//
// An upload's state and the entry of the audit chain that tells of it are one commit. What a crash interrupts begins again: reading
// and trying change nothing, and what a load has fed already comes back as duplicate. A broken file costs its upload and nothing
// else.
//
// Thread-safe.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "relief/v1/feed_service.grpc.pb.h"
#include "relief/v1/intake_service.pb.h"
#include "relief/v1/report_service.pb.h"
#include "server/core/hub.h"
#include "server/intake/understanding.h"
#include "server/intake/upload_files.h"

namespace relief::server::intake {

// Who sends.
struct Officer {
  std::string caller;  // as the policy names it
  std::string person;
};

class Desk {
 public:
  struct Options {
    std::string folder;
    int64_t most_bytes = 100 << 20;  // of a file
    int days = 3;                    // that a file waits for somebody to go on with it
    // Whether the caller may feed the source; the push itself is asked again.
    std::function<bool(const std::string& caller, const v1::Source& source)> may_feed;
  };
  // The feed as this officer may use it.
  using FeedAs = std::function<std::unique_ptr<v1::FeedService::StubInterface>(const Officer&)>;

  static constexpr size_t kMostBytesOfPart = 512 << 10;
  static constexpr int64_t kMostRejectedRows = 5'000;  // that are given back
  static constexpr int kMostWaiting = 20;              // unfinished uploads of one officer
  static constexpr int kMostWaitingOfAll = 200;

  static absl::StatusOr<std::unique_ptr<Desk>> Open(core::Hub& hub, Options options);
  ~Desk();  // stops

  // From now on uploads are worked on. Without it they are taken, and wait.
  void Start(FeedAs feed);
  // What is under way is interrupted, and goes on after the next start.
  void Stop();

  absl::StatusOr<v1::Upload> Begin(const Officer& officer, const v1::BeginUploadRequest& request);
  absl::StatusOr<v1::UploadProgress> Append(const Officer& officer, const v1::AppendUploadRequest& request);
  absl::StatusOr<v1::Upload> Get(const Officer& officer, const std::string& upload_id) const;
  absl::StatusOr<v1::ListUploadsResponse> List(const Officer& officer,
                                               const v1::ListUploadsRequest& request) const;
  absl::StatusOr<v1::Upload> Answer(const Officer& officer, const v1::AnswerUploadRequest& request);
  absl::StatusOr<v1::Upload> Try(const Officer& officer, const std::string& upload_id);
  absl::StatusOr<v1::Upload> Load(const Officer& officer, const v1::LoadUploadRequest& request);
  absl::StatusOr<v1::Upload> Discard(const Officer& officer, const std::string& upload_id);
  absl::StatusOr<v1::ExportedFile> RejectedWorkbook(const Officer& officer, const std::string& upload_id);
  absl::StatusOr<v1::ExportedFile> Template(const Officer& officer,
                                            const v1::DownloadTemplateRequest& request);

  // Removes what nobody went on with by the hub's clock.
  void RemoveExpired();

 private:
  // Of an upload whose content is being received.
  struct Receiving {
    std::mutex mutex;
    std::string owner, key;
    int64_t size = 0, received = 0;
    bool ended = false;
  };
  // Changes the row of an upload in one commit with its audit entry (if `action` is not empty); the change may refuse.
  using Change = std::function<absl::Status(stored::Upload&, core::WriteContext&)>;

  Desk(core::Hub& hub, Options options, UploadFiles files, std::shared_ptr<const Knowledge> knowledge)
      : hub_(hub), options_(std::move(options)), files_(std::move(files)), knowledge_(std::move(knowledge)) {}

  absl::Status Recover();
  absl::StatusOr<stored::Upload> ReadOwn(const Officer& officer, const std::string& upload_id) const;
  absl::StatusOr<v1::Upload> ChangeUpload(const std::string& upload_id, const Officer* officer,
                                          const std::string& action, const Change& change);
  absl::StatusOr<std::shared_ptr<Receiving>> FindReceiving(const Officer& officer,
                                                           const std::string& upload_id);
  absl::Status Complete(const std::string& upload_id);
  absl::Status CheckTables(const Officer& officer, const v1::Upload& upload, bool again) const;
  v1::Upload Shown(const stored::Upload& upload, bool whole) const;
  absl::StatusOr<int> CountWaiting(const std::string& owner) const;

  void Enqueue(const std::string& upload_id);
  void Work();
  void WorkOn(const std::string& upload_id);
  absl::Status ReadFile(const stored::Upload& upload);
  // `*refused`: an error is the hub's, and the file is as good as before.
  absl::Status Feed(const stored::Upload& upload, bool dry_run, bool* refused);
  absl::Status KeepOutcome(const stored::Upload& upload, const v1::Upload& shown, const UnderstoodFile& file,
                           bool dry_run, const std::string& rejected_key);
  void Fail(const stored::Upload& upload, const absl::Status& why, bool refused);
  UnderstandingInput InputOf(const stored::Upload& upload, const std::string& path) const;

  core::Hub& hub_;
  const Options options_;
  const UploadFiles files_;
  const std::shared_ptr<const Knowledge> knowledge_;
  FeedAs feed_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::shared_ptr<Receiving>> receiving_;
  std::deque<std::string> queue_;
  std::string working_on_;
  std::atomic<int> percent_ = 0;
  std::atomic<bool> stopping_ = false, given_up_ = false;
  std::thread thread_;
};

}  // namespace relief::server::intake
