// Why the matcher did what it did: field by field in bits, what became of it, and one plain sentence in
// Chinese and in English. Nothing in an explanation is personal data.
//
// Reads committed rows only; callable from any thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "matcher/model/model.h"
#include "matcher/normalize/identity.h"
#include "matcher/record_key.h"
#include "relief/v1/review_service.pb.h"
#include "storage/store.h"

namespace relief::server::review {

// `reader` tells how many records bear a phone; the identities need not be in the register.
absl::StatusOr<v1::MatchExplanation> Explain(
    const storage::Reader& reader, const matcher::Model& model, const matcher::Identity& a,
    const matcher::Identity& b,
    v1::MatchExplanation::Outcome outcome = v1::MatchExplanation::OUTCOME_UNSPECIFIED);

// NOT_FOUND: one of the records is not there.
absl::StatusOr<v1::MatchExplanation> ExplainPair(const storage::Reader& reader, const matcher::Model& model,
                                                 const v1::RecordName& a, const v1::RecordName& b);

// NOT_FOUND: nobody has this id, or ever had.
absl::StatusOr<v1::PersonExplanation> ExplainPerson(const storage::Reader& reader,
                                                    const matcher::Model& model,
                                                    const std::string& person_id);

// The name of a record: its source and the id that the source gave it.
absl::StatusOr<v1::RecordName> NameOf(const storage::Reader& reader, matcher::RecordKey key);

}  // namespace relief::server::review
