// Why the data no longer bear a finding out. Reads the records that bore it; part of the commit that closes it.
#pragma once

#include "absl/status/statusor.h"
#include "relief/v1/finding_service.pb.h"
#include "server/core/write_context.h"
#include "server/findings/judging.h"

namespace relief::server::findings {

// `before` is the finding while it stood; `closed_for` is whose it was, as judged now.
absl::StatusOr<v1::Finding::ClosingCause> ClosingCauseOf(core::WriteContext& context,
                                                         const v1::Finding& before,
                                                         const Judgement& judgement,
                                                         const JudgedPerson& closed_for);

}  // namespace relief::server::findings
