// An explanation in one sentence.
#pragma once

#include "relief/v1/registry_service.pb.h"

namespace relief::server::review {

// Sets sentence_zh and sentence_en from all the other fields.
void AddSentences(v1::MatchExplanation* explanation);

}  // namespace relief::server::review
