// Many decisions as one durable job: item by item, with progress, each with its result, taken back as one.
//
// A job is rows: a step decides the next few items and moves the mark in the same commit, so that a restart
// goes on exactly where it stopped. ReviewJobs drives the running ones on a thread of its own. BeginJob and
// DropJob belong to the writer; the rest is callable from any thread.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "relief/v1/review_service.pb.h"
#include "server/core/hub.h"
#include "server/review/queue.h"
#include "server/review/review_policy.h"
#include "server/review/stake.h"

namespace relief::server::review {

// An approved job starts to run. DATA_LOSS: there is none of this id.
absl::Status BeginJob(core::WriteContext& context, const std::string& job_id, const Officer& approver);
// A rejected one never does. Nothing happens without a job.
absl::Status DropJob(core::WriteContext& context, const std::string& job_id);

// Does the next few items. False: there are none left.
absl::StatusOr<bool> RunJobStep(core::Hub& hub, const std::string& job_id);

absl::StatusOr<v1::ReviewJob> GetReviewJob(const storage::Reader& reader, const std::string& job_id);
absl::StatusOr<v1::ListReviewJobsResponse> ListReviewJobs(const storage::Reader& reader,
                                                          const v1::ListReviewJobsRequest& request);
absl::StatusOr<v1::ListReviewJobItemsResponse> ListReviewJobItems(
    const storage::Reader& reader, const v1::ListReviewJobItemsRequest& request);
absl::StatusOr<v1::ReviewJob> CancelReviewJob(core::Hub& hub, const std::string& job_id,
                                              const Officer& officer);

class ReviewJobs {
 public:
  explicit ReviewJobs(core::Hub& hub);  // goes on with what was running
  ~ReviewJobs();                        // stops between two steps

  absl::StatusOr<v1::BulkPreview> Preview(const v1::PreviewBulkRequest& request, const Officer& officer);
  // ABORTED: the preview is not known (any more): look again.
  absl::StatusOr<v1::ReviewJob> Start(const v1::StartBulkRequest& request, const Officer& officer);
  // FAILED_PRECONDITION: not done yet, or taken back already.
  absl::StatusOr<v1::ReviewJob> Revert(const v1::RevertReviewJobRequest& request, const Officer& officer);
  // A job may have begun.
  void Wake();

 private:
  static constexpr size_t kPreviews = 64;
  struct Previewed {
    std::vector<std::pair<std::string, std::string>> cases;  // conflict id, etag
    std::string query, person;
    Stake stake;
  };
  void Run();

  core::Hub& hub_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false, woken_ = true;
  std::map<std::string, Previewed> previews_;
  std::vector<std::string> preview_order_;
  std::thread thread_;
};

}  // namespace relief::server::review
