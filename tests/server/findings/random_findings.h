// Findings that live random lives in a store, as the writer of findings would keep them: rows, history,
// counts. For tests.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "server/core/schema.h"
#include "server/findings/finding_index.h"
#include "server/findings/tally.h"
#include "server/records/stored.pb.h"
#include "storage/memory_store.h"

namespace relief::server::findings {

class RandomFindings {
 public:
  static constexpr int64_t kDay = 86'400'000'000;
  static constexpr int64_t kStart = 1'767'200'400'000'000;  // 2026-01-01 01:00 in UTC+8

  explicit RandomFindings(unsigned seed, int findings = 60, int persons = 12)
      : random_(seed), count_(findings), persons_(persons), store_(storage::NewMemoryStore()) {}

  storage::Store& store() { return *store_; }
  const std::map<std::string, v1::Finding>& findings() const { return findings_; }
  int64_t now_us() const { return now_us_; }

  // One commit: some findings open, change, are answered, settle, close, open again. `tally` false leaves the
  // counts alone.
  void Step(int changes, bool tally = true) {
    now_us_ += Draw(3) * kDay + 1;
    storage::Transaction txn(*store_);
    Tally counts;
    for (int i = 0; i < changes; ++i) {
      const std::string id = "F-" + std::to_string(Draw(count_));
      const auto found = findings_.find(id);
      v1::Finding after = found == findings_.end() ? New(id) : Next(found->second);
      Write(txn, counts, found == findings_.end() ? nullptr : &found->second, after);
      findings_[id] = after;
    }
    if (tally) {
      ASSERT_TRUE(counts.Flush(txn).ok());
    }
    if (!txn.empty()) {
      ASSERT_TRUE(txn.Commit().ok());
    }
  }

  int Draw(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

 private:
  void Stamp(google::protobuf::Timestamp* time) const {
    time->set_seconds(now_us_ / 1'000'000);
    time->set_nanos(static_cast<int32_t>(now_us_ % 1'000'000) * 1000);
  }

  void Describe(v1::Finding* finding) {
    static const char* const kRules[] = {"D01", "D07", "M02", "M05"};
    static const char* const kRegions[] = {"371302",    "371311",       "370102",
                                           "371302001", "371302002005", "110101"};
    const int rule = Draw(4);
    finding->set_rule_id(kRules[rule]);
    finding->set_kind(rule < 2 ? v1::DUPLICATE : v1::MISSING);
    finding->set_severity(rule % 2 == 0 ? v1::HIGH : v1::LOW);
    finding->clear_regions();
    for (int i = Draw(3); i > 0; --i) finding->add_regions(kRegions[Draw(6)]);
    finding->clear_notify();
    finding->add_notify(static_cast<v1::Programme>(1 + Draw(4)));
    finding->clear_evidence();
    finding->add_evidence()->set_programme(static_cast<v1::Programme>(1 + Draw(4)));
    finding->set_amount_fen(Draw(5) * 1000);
    finding->set_amount_is_estimate(rule == 3);
    finding->set_person_id("P-" + std::to_string(Draw(persons_)));
    finding->clear_household_person_ids();
    if (Draw(6) == 0)
      for (int i = 0; i < 3; ++i) finding->add_household_person_ids("P-" + std::to_string(Draw(persons_)));
  }

  v1::Finding New(const std::string& id) {
    v1::Finding finding;
    finding.set_finding_id(id);
    finding.set_state(v1::Finding::OPEN);
    Stamp(finding.mutable_open_time());
    Stamp(finding.mutable_update_time());
    Describe(&finding);
    return finding;
  }

  v1::Finding Next(v1::Finding finding) {
    Stamp(finding.mutable_update_time());
    switch (Draw(5)) {
      case 0:
        Describe(&finding);
        break;
      case 1:
        finding.set_state(v1::Finding::CLOSED);
        finding.set_overdue(false);
        break;
      case 2:
        finding.set_state(v1::Finding::OPEN);
        finding.set_overdue(finding.state() == v1::Finding::OPEN && Draw(2) == 0);
        break;
      default: {
        v1::Disposition& said = *finding.add_dispositions();
        said.set_agency("agency-" + std::to_string(Draw(2)));
        said.set_outcome(static_cast<v1::Disposition::Outcome>(1 + Draw(5)));
        said.set_recovered_fen(Draw(2) * 500);
        Stamp(said.mutable_time());
        finding.set_disputed(Draw(4) == 0);
        if (Draw(3) == 0) finding.set_state(v1::Finding::SETTLED);
      }
    }
    return finding;
  }

  void Write(storage::Transaction& txn, Tally& counts, const v1::Finding* before, v1::Finding& after) {
    counts.Change(before, &after, now_us_);
    IndexFinding(txn, before, after);
    after.set_events(after.events() + 1);
    stored::FindingEvent event;
    event.mutable_event()->set_sequence(after.events());
    Stamp(event.mutable_event()->mutable_time());
    *event.mutable_finding() = after;
    txn.Put(schema::FindingEventRow(after.finding_id(), after.events()), event.SerializeAsString());
    txn.Put(schema::FindingRow(after.finding_id()), after.SerializeAsString());
  }

  std::mt19937 random_;
  const int count_, persons_;
  std::unique_ptr<storage::Store> store_;
  std::map<std::string, v1::Finding> findings_;
  int64_t now_us_ = kStart;
};

}  // namespace relief::server::findings
