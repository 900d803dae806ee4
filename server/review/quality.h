// How good the machine's own links are: a random sample of them, judged blind by two officers.
//
// Drawing reads all persons once; the rest is quick. Callable from any thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "relief/v1/review_service.pb.h"
#include "server/core/hub.h"
#include "server/review/review_policy.h"

namespace relief::server::review {

absl::StatusOr<v1::QualitySample> DrawQualitySample(core::Hub& hub,
                                                    const v1::DrawQualitySampleRequest& request,
                                                    const Officer& officer);
absl::StatusOr<v1::ListQualitySamplesResponse> ListQualitySamples(const storage::Reader& reader);
absl::StatusOr<v1::QualityItem> NextQualityItem(const core::Hub& hub, const std::string& sample_id,
                                                const Officer& officer);
absl::StatusOr<v1::JudgeQualityItemResponse> JudgeQualityItem(core::Hub& hub,
                                                              const v1::JudgeQualityItemRequest& request,
                                                              const Officer& officer);
absl::StatusOr<v1::QualityReport> GetQualityReport(const core::Hub& hub,
                                                   const v1::GetQualityReportRequest& request);

// A share with its 95 % interval after Wilson (1927). `hits` may count halves.
v1::QualityReport::Share ShareOf(double hits, int64_t of);

// Cohen's kappa of two judges over `table[first][second]`, with its 95 % interval (Cohen 1960, large-sample
// error).
struct Kappa {
  double value = 0, low = 0, high = 0;
};
Kappa KappaOf(const int64_t (&table)[3][3]);

}  // namespace relief::server::review
