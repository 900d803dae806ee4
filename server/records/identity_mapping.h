// From the contract's messages to what the matcher and the rules read.
//
// Pure functions; callable from any thread.
#pragma once

#include <string>

#include "matcher/normalize/identity.h"
#include "matcher/resolve/resolver.h"
#include "relief/v1/record.pb.h"
#include "server/records/stored.pb.h"

namespace relief::server::records {

matcher::RawIdentity ToRawIdentity(const v1::PersonIdentity& person, const std::string& source_id,
                                   const v1::Household& household);

std::optional<matcher::CivilDate> ToCivilDate(const v1::Date& date);  // nothing if it is not a day
v1::Date ToProto(matcher::CivilDate date);

// The first day of what the record tells, in days since 1970: names the person's anchor.
int32_t AnchorDay(const v1::Record& record);

// A record as the rules should see it: one that a full snapshot ended has its running benefit, fact or
// lead ended.
v1::Record EffectiveRecord(const stored::Record& stored);

// Belongs to a person: not withdrawn.
inline bool IsLive(const stored::Record& stored) { return stored.state() != stored::Record::DELETED; }

// The matcher's view of a live record.
matcher::Change ToChange(matcher::RecordKey key, const stored::Record& stored);

// Stands for a source that promises to hold each person once (matcher::Change).
uint64_t ExclusiveSource(const std::string& source_id);

}  // namespace relief::server::records
