// Charities: their projects, the needs that fit them, and their answers. Everything that CharityService
// promises (proto/relief/v1/charity_service.proto) is done here. What leaves this part of a person are the
// fields of MatchedNeed.
//
// Every function may be called from any thread. Each call leaves an audit entry, refused ones of MatchNeeds
// and AnswerNeed too.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "relief/v1/charity_service.pb.h"
#include "server/core/hub.h"

namespace relief::server::referrals {

absl::StatusOr<v1::CharityProject> RegisterProject(core::Hub& hub, const v1::RegisterProjectRequest& request,
                                                   const std::string& actor);
absl::StatusOr<v1::CharityProject> UpdateProject(core::Hub& hub, const v1::UpdateProjectRequest& request,
                                                 const std::string& actor);
absl::StatusOr<v1::ListProjectsResponse> ListProjects(core::Hub& hub, const v1::ListProjectsRequest& request,
                                                      const std::string& actor);

absl::StatusOr<v1::MatchNeedsResponse> MatchNeeds(core::Hub& hub, const v1::MatchNeedsRequest& request,
                                                  const std::string& actor);
absl::StatusOr<v1::MatchedNeed> AnswerNeed(core::Hub& hub, const v1::AnswerNeedRequest& request,
                                           const std::string& actor);

}  // namespace relief::server::referrals
