// A hub with doubtful pairs, officers, and a clock that the test turns. For tests only.
#pragma once

#include <atomic>

#include "server/review/decisions.h"
#include "server/review/queue.h"
#include "tests/server/hub_fixture.h"

namespace relief::server::review {

class ReviewFixture : public testing::Test {
 protected:
  explicit ReviewFixture(v1::ReviewPolicy policy = DefaultReviewPolicy()) : policy_(std::move(policy)) {
    hub_ = OpenHub(storage::NewMemoryStore(), Options());
  }

  core::Hub::Options Options() {
    core::Hub::Options options = TestOptions();
    options.clock = [this] { return now_us_.load(); };
    options.features.Set(ReviewSettings{policy_});
    return options;
  }

  // Two people by their numbers, one by every other sign: a conflict of two numbers. `n` makes the pairs
  // differ.
  void AddPair(int n, int64_t fen_a = 50000, int64_t fen_b = 50000) {
    static const char* const kNames[] = {"王秀兰",   "欧阳海波", "慕容德昌", "司徒静怡",
                                         "诸葛文斌", "皇甫晓燕", "尉迟建军", "上官玉珍",
                                         "夏侯振宇", "令狐小梅", "公孙立新", "宇文佳慧"};
    const matcher::CivilDate birth = matcher::CivilDate::FromDays(-10'957 + n * 1'100);  // from 1940-01-02 on
    const Who one = MadeUp(kNames[n % 12], birth, 100 + 2 * n);
    Who other = one;
    other.id_number = MadeUp("", birth, 300 + 2 * n).id_number;
    v1::Record a = Monthly(one, "T" + std::to_string(n), v1::EXTREME_POVERTY, MonthOf(2026, 1));
    v1::Record b = Monthly(other, "D" + std::to_string(n), v1::MINIMUM_LIVING, MonthOf(2026, 3));
    a.mutable_benefit()->set_amount_fen(fen_a);
    b.mutable_benefit()->set_amount_fen(fen_b);
    Push(*hub_, OpenBenefits(*hub_, "ep", v1::EXTREME_POVERTY), {a});
    Push(*hub_, OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING), {b});
  }

  v1::ListConflictsResponse List(const v1::ListConflictsRequest& request = {}) {
    auto list = ListConflicts({*hub_, li_}, request);
    EXPECT_TRUE(list.ok()) << list.status();
    return list.ok() ? *list : v1::ListConflictsResponse();
  }
  v1::DecideConflictRequest Decide(const v1::Conflict& conflict, v1::Decision::Verdict verdict) {
    v1::DecideConflictRequest request;
    request.set_conflict_id(conflict.conflict_id());
    request.set_etag(conflict.etag());
    request.set_verdict(verdict);
    return request;
  }
  v1::DecideConflictRequest Decide(v1::Decision::Verdict verdict) {
    return Decide(List().conflicts(0), verdict);
  }
  std::vector<v1::CaseEvent::Kind> History(const std::string& conflict_id) {
    std::vector<v1::CaseEvent::Kind> kinds;
    const auto listed = ListCaseEvents({*hub_, li_}, conflict_id);
    for (const v1::CaseEvent& event : listed->events()) kinds.push_back(event.kind());
    return kinds;
  }
  int Duplicates() {
    int count = 0;
    for (const v1::Finding& finding : OpenFindings(*hub_)) count += finding.rule_id() == "D01";
    return count;
  }
  std::string PersonOf(const std::string& source, const std::string& record) {
    return matcher::PersonOfRecord(hub_->store(), matcher::RecordKey::Of(source, record))->ToString();
  }
  void Wait(int64_t seconds) { now_us_ += seconds * 1'000'000; }

  const v1::ReviewPolicy policy_;
  std::atomic<int64_t> now_us_ = 1'793'000'000'000'000;
  const Officer li_{"console:li", "person:1001"}, wu_{"console:wu", "person:1002"},
      li_again_{"console:li-admin", "person:1001"};
  std::unique_ptr<core::Hub> hub_;
};

}  // namespace relief::server::review
