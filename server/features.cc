#include "server/features.h"

#include <memory>

#include "server/audit/audit_chain.h"
#include "server/findings/feed_rows.h"
#include "server/findings/finding_listener.h"
#include "server/findings/judge_step.h"
#include "server/ingest/loads.h"
#include "server/notices/outbox.h"
#include "server/notices/silent_feeds.h"
#include "server/referrals/gap_closing.h"
#include "server/referrals/referral_clock.h"
#include "server/review/work_items.h"

namespace relief::server {

core::Features AllFeatures() {
  core::Features features;
  features.Add(std::make_shared<const findings::JudgeStep>());
  features.Add(std::make_shared<const review::WorkItemStep>());
  features.Add(std::make_shared<const audit::AuditStep>());  // last: it writes down what the others did

  features.Set(findings::FindingListeners{{
      std::make_shared<const referrals::GapClosing>(),
      std::make_shared<const notices::OutboxStep>(),
      std::make_shared<const ingest::LoadCount>(),
  }});
  features.Set(ingest::NewLoadSettings());

  features.Add(std::make_shared<const referrals::ReferralClock>());
  features.Add(std::make_shared<const findings::FeedDay>());
  features.Add(std::make_shared<const notices::SilentFeeds>());

  features.Add(std::make_shared<const findings::FindingRows>());
  features.Add(std::make_shared<const review::WorkItemRows>());
  return features;
}

}  // namespace relief::server
