// Keys of the rows that the server keeps (the matcher's own rows begin with 'm'; these with 'h' and a
// letter). ARCHITECTURE.md, "On disk", tells the same in a table; tests hold golden keys.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "matcher/record_key.h"

namespace relief::server::schema {

// 9: feeds are known by their records, and the answers of the rules on gaps are counted (server/findings/feed_rows.h, answers.h).
inline constexpr int kFormat = 9;

// stored::Record
std::string RecordRow(matcher::RecordKey key);
inline constexpr std::string_view kRecordPrefix = "hr";

// Superseded versions of a record, for "as known on that day": stored::Record
std::string RecordHistoryRow(matcher::RecordKey key, int64_t commit_time_us);
std::string RecordHistoryPrefix(matcher::RecordKey key);

// The records of a source in the order of their ids, for snapshots and exports.
struct SourceRecord {
  matcher::RecordKey key;
  int64_t snapshot = 0;  // number of the last snapshot that mentioned it
};
std::string EncodeSourceRecord(const SourceRecord& row);
std::optional<SourceRecord> DecodeSourceRecord(std::string_view bytes);
std::string SourceRecordRow(std::string_view source_id, std::string_view record_id);
std::string SourceRecordPrefix(std::string_view source_id);
inline constexpr std::string_view kAllSourceRecordsPrefix = "hx";

// stored::Source
std::string SourceRow(std::string_view source_id);
inline constexpr std::string_view kSourcePrefix = "hs";

// stored::Load, while it is open; and the newest of those that have ended, so that whoever did not get the answer can ask again
std::string OpenLoadRow(std::string_view load_id);
inline constexpr std::string_view kOpenLoadPrefix = "hoo";
std::string EndedLoadRow(std::string_view load_id);
inline constexpr std::string_view kEndedLoadPrefix = "hoe";
// Persons that wait for the end of a load. No value.
std::string LoadPersonRow(std::string_view load_id, matcher::PersonId person);
std::string LoadPersonPrefix(std::string_view load_id);
std::optional<matcher::PersonId> DecodeLoadPerson(std::string_view key);

// stored::Rejections
std::string RejectionsRow(std::string_view source_id);

// v1::Finding
std::string FindingRow(std::string_view finding_id);
inline constexpr std::string_view kFindingPrefix = "hf";

// stored::FindingEvent, by sequence
std::string FindingEventRow(std::string_view finding_id, int64_t sequence);
std::string FindingEventPrefix(std::string_view finding_id);

// stored::PersonPast: what a person's records were until the commit of that time. No row: nothing changed
// since.
std::string PersonPastRow(matcher::PersonId person, int64_t commit_time_us);
std::string PersonPastPrefix(matcher::PersonId person);

// stored::PersonFindings
std::string PersonFindingsRow(matcher::PersonId person);
inline constexpr std::string_view kPersonFindingsPrefix = "hp";

// Persons to be judged again on a day (days since 1970), because time alone may change their findings. No
// value.
std::string TimerRow(int32_t day, matcher::PersonId person);
struct Timer {
  int32_t day = 0;
  matcher::PersonId person;
};
std::optional<Timer> DecodeTimer(std::string_view key);
inline constexpr std::string_view kTimerPrefix = "ht";

// Records that are paid into one account (a hash of its number). No value.
inline constexpr std::string_view kAccountPrefix = "hk";
std::string AccountRow(matcher::RecordKey account, matcher::RecordKey record);
std::string AccountPrefix(matcher::RecordKey account);

// v1::Subscription
std::string SubscriptionRow(std::string_view subscription_id);
inline constexpr std::string_view kSubscriptionPrefix = "hu";

// v1::Notice
std::string NoticeRow(std::string_view subscription_id, int64_t sequence);
std::string NoticePrefix(std::string_view subscription_id);

// v1::Decision, by its id
std::string DecisionRow(std::string_view decision_id);
inline constexpr std::string_view kDecisionPrefix = "hd";

// audit::Entry (server/audit/audit.proto), by sequence
std::string AuditRow(int64_t sequence);
inline constexpr std::string_view kAuditPrefix = "ha";

inline constexpr std::string_view kCountersRow = "hc";
inline constexpr std::string_view kBasisRow = "hb";
inline constexpr std::string_view kAuditHeadRow = "hA";  // audit::Entry, the newest

}  // namespace relief::server::schema
