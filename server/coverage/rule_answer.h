// What the rules say of one person: findings, and the answer of every rule on gaps. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "relief/v1/registry_service.pb.h"
#include "server/coverage/finding_draft.h"

namespace relief::coverage {

// Which feed a gap cannot be claimed without, and why it cannot say.
struct Lack {
  v1::Entitlement::Reason reason = v1::Entitlement::REASON_UNSPECIFIED;  // unspecified: nothing is lacking
  v1::Programme programme = v1::PROGRAMME_UNSPECIFIED;
  v1::FactType fact = v1::FACT_TYPE_UNSPECIFIED;
  int32_t since = 0;  // of FEED_SILENT: the day of the last delivery, since 1970; 0: never heard

  friend bool operator==(const Lack&, const Lack&) = default;
};

// The answer of one rule on gaps for one person. Of several bills or leads the least favourable one.
struct RuleAnswer {
  std::string rule_id;
  v1::Entitlement::State state = v1::Entitlement::STATE_UNSPECIFIED;
  Lack lack;               // of UNDECIDED; of NOT_CONCERNED its reason only
  uint32_t member = 0;     // whose answer it is, of those who were judged together
  std::string region;      // the county; empty: no record tells
  std::string period;      // "2026", "2026秋"
  std::string finding_id;  // of NOT_HELPED

  friend bool operator==(const RuleAnswer&, const RuleAnswer&) = default;
};

struct Judged {
  std::vector<FindingDraft> drafts;  // sorted by finding_id, each once
  // Gaps that would be claimed if their feed were heard: those that are open stay so, and none is opened.
  std::vector<FindingDraft> unheard;
  // Of rules that are met, not met or cannot be decided, and where all are asked for, of those that do not
  // apply. By rule, then member.
  std::vector<RuleAnswer> answers;

  friend bool operator==(const Judged&, const Judged&) = default;
};

}  // namespace relief::coverage
