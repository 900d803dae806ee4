#include "server/findings/answers.h"

#include <set>
#include <vector>

#include "server/findings/report_rows.h"
#include "server/findings/tally.pb.h"
#include "storage/key_encoding.h"
#include "storage/status_macros.h"

namespace relief::server::findings {
namespace {

constexpr size_t kScanPage = 5000;

std::string PersonRow(matcher::PersonId person, char part) {
  return std::string(schema::kAnswerPrefix).append(1, part).append(person.anchor.view());
}
constexpr char kAlone = 'p', kInHousehold = 'h', kCount = 'c';

// One answer, as the end of a key: the county first, so that a region is a range.
std::string Counted(const coverage::RuleAnswer& answer) {
  std::string key = answer.region;
  key.push_back('\0');
  storage::KeyWriter rest("");
  rest.Text(answer.rule_id).Number(answer.state).Number(answer.lack.reason);
  return key + rest.Take();
}

// Of one part of a person's answers.
std::string Encode(const std::vector<coverage::RuleAnswer>& answers) {
  std::set<std::string> sorted;
  for (const coverage::RuleAnswer& answer : answers)
    if (answer.state != v1::Entitlement::NOT_CONCERNED) sorted.insert(Counted(answer));
  stored::PersonAnswers row;
  for (const std::string& one : sorted) row.add_counted(one);
  return row.SerializeAsString();
}

absl::Status Damaged() { return absl::DataLossError("a row of the counts of answers is damaged"); }

}  // namespace

namespace {

struct CountRow {
  std::string county, rule;
  int64_t state = 0, reason = 0, persons = 0;
};

absl::StatusOr<CountRow> DecodeCount(const storage::KeyRow& row) {
  const size_t begin = schema::kAnswerPrefix.size() + 1, end = row.key.find('\0', begin);
  if (end == std::string::npos) return Damaged();
  storage::KeyReader key(std::string_view(row.key).substr(end + 1));
  const auto rule = key.Text();
  const auto state = key.Number(), reason = key.Number();
  stored::AnswerCount count;
  if (!rule || !state || !reason || !count.ParseFromString(row.row.value)) return Damaged();
  return CountRow{row.key.substr(begin, end - begin), std::string(*rule), *state, *reason, count.persons()};
}

}  // namespace

absl::StatusOr<bool> SomeDependOnFeeds(const storage::Reader& reader) {
  const std::string kind = std::string(schema::kAnswerPrefix).append(1, kCount);
  std::string from;
  while (true) {
    RELIEF_ASSIGN_OR_RETURN(const auto rows, reader.Scan(kind, from, kScanPage));
    for (const storage::KeyRow& row : rows) {
      RELIEF_ASSIGN_OR_RETURN(const CountRow count, DecodeCount(row));
      if (count.state != v1::Entitlement::HELPED) return true;
    }
    if (rows.size() < kScanPage) return false;
    from = rows.back().key + std::string(1, '\0');
  }
}

int64_t AnswerCounts::all_undecided() const {
  int64_t sum = 0;
  for (const auto& [reason, persons] : undecided) sum += persons;
  return sum;
}

absl::Status CountAnswers(storage::Transaction& txn, const Judgement& judgement) {
  std::map<std::string, std::string> now;
  for (const JudgedPerson& person : judgement.persons) {
    if (person.in_full) now[PersonRow(person.person, kAlone)] = Encode(person.answers);
    now[PersonRow(person.person, kInHousehold)] = Encode(person.household_answers);
  }
  std::vector<std::string> keys;
  for (const auto& [key, value] : now) keys.push_back(key);
  RELIEF_ASSIGN_OR_RETURN(const auto before, txn.MultiGet(keys));
  std::map<std::string, int64_t> changes;
  const auto count = [&](const std::string& bytes, int64_t sign) {
    stored::PersonAnswers row;
    if (!row.ParseFromString(bytes)) return false;
    for (const std::string& one : row.counted()) changes[one] += sign;
    return true;
  };
  for (size_t i = 0; i < keys.size(); ++i) {
    const std::string& after = now.at(keys[i]);
    if (before[i].value == after) continue;
    if (!count(before[i].value, -1) || !count(after, 1)) return Damaged();
    if (after.empty()) {
      txn.Delete(keys[i]);
    } else {
      txn.Put(keys[i], after);
    }
  }
  std::erase_if(changes, [](const auto& change) { return change.second == 0; });
  keys.clear();
  for (const auto& [key, change] : changes)
    keys.push_back(std::string(schema::kAnswerPrefix).append(1, kCount) + key);
  RELIEF_ASSIGN_OR_RETURN(const auto counts, txn.MultiGet(keys));
  size_t at = 0;
  for (const auto& [key, change] : changes) {
    stored::AnswerCount row;
    if (!row.ParseFromString(counts[at].value)) return Damaged();
    row.set_persons(row.persons() + change);
    if (row.persons() == 0) {
      txn.Delete(keys[at]);
    } else {
      txn.Put(keys[at], row.SerializeAsString());
    }
    ++at;
  }
  return absl::OkStatus();
}

absl::StatusOr<AnswersByRegion> ReadAnswers(const storage::Reader& reader, const std::string& region_prefix,
                                            int digits) {
  const std::string kind = std::string(schema::kAnswerPrefix).append(1, kCount);
  AnswersByRegion answers;
  std::string from;
  while (true) {
    RELIEF_ASSIGN_OR_RETURN(const auto rows, reader.Scan(kind + region_prefix, from, kScanPage));
    for (const storage::KeyRow& row : rows) {
      RELIEF_ASSIGN_OR_RETURN(const CountRow count, DecodeCount(row));
      AnswerCounts& of = answers[count.county.substr(0, static_cast<size_t>(digits))][count.rule];
      if (count.state == v1::Entitlement::HELPED) of.helped += count.persons;
      if (count.state == v1::Entitlement::NOT_HELPED) of.not_helped += count.persons;
      if (count.state == v1::Entitlement::UNDECIDED)
        of.undecided[static_cast<v1::Entitlement::Reason>(count.reason)] += count.persons;
    }
    if (rows.size() < kScanPage) return answers;
    from = rows.back().key + std::string(1, '\0');
  }
}

}  // namespace relief::server::findings
