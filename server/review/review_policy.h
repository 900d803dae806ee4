// Which decisions need a second person, how long a claim holds, and when cases are due: settings, not code.
//
// Pure; callable from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "relief/v1/review_service.pb.h"

namespace relief::server::review {

// The officer who acts. `person` tells people apart, whatever accounts they have: two accounts of one person have one
// `person`.
struct Officer {
  std::string name;
  std::string person;
  // Whether the officer may see a case; nothing: all of them.
  std::function<bool(const v1::WorkItem&)> sees = nullptr;

  bool Sees(const v1::WorkItem& item) const { return !sees || sees(item); }
};

// Without configuration: everything over 10,000 yuan at risk, more than 20 cases at once, and every split
// need two people.
v1::ReviewPolicy DefaultReviewPolicy();

// A setting that is not given (0) takes the default; -1 means never.
v1::ReviewPolicy WithDefaults(v1::ReviewPolicy policy);

// In core::Features.
struct ReviewSettings {
  v1::ReviewPolicy policy = DefaultReviewPolicy();
};

int32_t DueDays(const v1::ReviewPolicy& policy, v1::Conflict::Kind kind);

}  // namespace relief::server::review
