#include "server/core/schema.h"

#include <cstring>

namespace relief::server::schema {
namespace {

// Ids that callers choose have no control characters (they are validated at the edge), so 0x00 ends a
// component.
std::string Key(std::string_view prefix, std::string_view component) {
  std::string key(prefix);
  key.append(component);
  return key;
}

void AppendBigEndian(std::string& out, int64_t value) {
  const auto bits = static_cast<uint64_t>(value);
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(bits >> shift));
}

}  // namespace

std::string RecordRow(matcher::RecordKey key) { return Key(kRecordPrefix, key.view()); }

std::string RecordHistoryPrefix(matcher::RecordKey key) { return Key("hv", key.view()); }
std::string RecordHistoryRow(matcher::RecordKey key, int64_t commit_time_us) {
  std::string row = RecordHistoryPrefix(key);
  AppendBigEndian(row, commit_time_us);
  return row;
}

std::string EncodeSourceRecord(const SourceRecord& row) {
  std::string out(row.key.view());
  AppendBigEndian(out, row.snapshot);
  return out;
}

std::optional<SourceRecord> DecodeSourceRecord(std::string_view bytes) {
  if (bytes.size() != matcher::RecordKey::kSize + 8) return std::nullopt;
  SourceRecord row{matcher::RecordKey::FromBytes(bytes.data()), 0};
  uint64_t snapshot = 0;
  for (char byte : bytes.substr(matcher::RecordKey::kSize))
    snapshot = snapshot << 8 | static_cast<uint8_t>(byte);
  row.snapshot = static_cast<int64_t>(snapshot);
  return row;
}

std::string SourceRecordPrefix(std::string_view source_id) {
  std::string key = Key(kAllSourceRecordsPrefix, source_id);
  key.push_back('\0');
  return key;
}

std::string SourceRecordRow(std::string_view source_id, std::string_view record_id) {
  return SourceRecordPrefix(source_id).append(record_id);
}

std::string OpenLoadRow(std::string_view load_id) { return Key(kOpenLoadPrefix, load_id); }
std::string EndedLoadRow(std::string_view load_id) { return Key(kEndedLoadPrefix, load_id); }
std::string LoadPersonPrefix(std::string_view load_id) {
  std::string key = Key("hop", load_id);
  key.push_back('\0');
  return key;
}
std::string LoadPersonRow(std::string_view load_id, matcher::PersonId person) {
  return LoadPersonPrefix(load_id).append(person.anchor.view());
}
std::optional<matcher::PersonId> DecodeLoadPerson(std::string_view key) {
  if (key.size() < matcher::RecordKey::kSize) return std::nullopt;
  return matcher::PersonId{
      matcher::RecordKey::FromBytes(key.data() + key.size() - matcher::RecordKey::kSize)};
}

std::string RejectionsRow(std::string_view source_id) { return Key("hj", source_id); }
std::string SourceRow(std::string_view source_id) { return Key(kSourcePrefix, source_id); }
std::string FindingRow(std::string_view finding_id) { return Key(kFindingPrefix, finding_id); }
std::string FindingEventPrefix(std::string_view finding_id) {
  std::string key = Key("he", finding_id);
  key.push_back('\0');
  return key;
}
std::string FindingEventRow(std::string_view finding_id, int64_t sequence) {
  std::string key = FindingEventPrefix(finding_id);
  AppendBigEndian(key, sequence);
  return key;
}
std::string PersonPastPrefix(matcher::PersonId person) { return Key("hq", person.anchor.view()); }
std::string PersonPastRow(matcher::PersonId person, int64_t commit_time_us) {
  std::string key = PersonPastPrefix(person);
  AppendBigEndian(key, commit_time_us);
  return key;
}
std::string PersonFindingsRow(matcher::PersonId person) {
  return Key(kPersonFindingsPrefix, person.anchor.view());
}
std::string TimerRow(int32_t day, matcher::PersonId person) {
  std::string key(kTimerPrefix);
  AppendBigEndian(key, day);
  key.append(person.anchor.view());
  return key;
}
std::optional<Timer> DecodeTimer(std::string_view key) {
  constexpr size_t kDayBytes = 8;
  if (key.size() != kTimerPrefix.size() + kDayBytes + matcher::RecordKey::kSize ||
      !key.starts_with(kTimerPrefix))
    return std::nullopt;
  uint64_t bits = 0;
  for (char byte : key.substr(kTimerPrefix.size(), kDayBytes)) bits = bits << 8 | static_cast<uint8_t>(byte);
  const auto day = static_cast<int64_t>(bits);
  if (day < INT32_MIN || day > INT32_MAX) return std::nullopt;
  return Timer{static_cast<int32_t>(day),
               {matcher::RecordKey::FromBytes(key.data() + kTimerPrefix.size() + kDayBytes)}};
}
std::string AccountPrefix(matcher::RecordKey account) { return Key(kAccountPrefix, account.view()); }
std::string AccountRow(matcher::RecordKey account, matcher::RecordKey record) {
  return AccountPrefix(account).append(record.view());
}
std::string SubscriptionRow(std::string_view subscription_id) {
  return Key(kSubscriptionPrefix, subscription_id);
}

std::string NoticePrefix(std::string_view subscription_id) {
  std::string key = Key("hn", subscription_id);
  key.push_back('\0');
  return key;
}

std::string NoticeRow(std::string_view subscription_id, int64_t sequence) {
  std::string key = NoticePrefix(subscription_id);
  AppendBigEndian(key, sequence);
  return key;
}

std::string DecisionRow(std::string_view decision_id) { return Key(kDecisionPrefix, decision_id); }

std::string AuditRow(int64_t sequence) {
  std::string key(kAuditPrefix);
  AppendBigEndian(key, sequence);
  return key;
}

}  // namespace relief::server::schema
