// One person with a duplicate between two programmes, on a clock that ticks a second a commit. For tests
// only.
#pragma once

#include "server/findings/finding_store.h"
#include "tests/server/hub_fixture.h"

namespace relief::server::findings {

class OneDuplicate : public testing::Test {
 protected:
  OneDuplicate() { Open(); }

  void Open() {
    hub_.reset();
    core::Hub::Options options = TestOptions();
    options.as_of = as_of_;
    options.clock = [this] { return now_us_ += 1'000'000; };
    hub_ = OpenHub(std::make_unique<BorrowedStore>(*store_), options);
    care_ = OpenBenefits(*hub_, "ep", v1::EXTREME_POVERTY);
    living_ = OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING);
  }
  void OnDay(matcher::CivilDate day) {
    as_of_ = day;
    Open();
  }
  void MakeDuplicate(int64_t version = 1) {
    v1::Record care = Monthly(kWang, "T1", v1::EXTREME_POVERTY, MonthOf(2026, 1));
    v1::Record living = Monthly(kWang, "D1", v1::MINIMUM_LIVING, MonthOf(2026, 3), "371302", version);
    *living.mutable_benefit()->mutable_end_month() =
        MonthOf(2026, 6);  // so that no month changes the finding
    Push(*hub_, care_, {care});
    Push(*hub_, living_, {living});
  }
  void Withdraw(int64_t version) {
    v1::Record gone;
    gone.set_record_id("D1");
    gone.set_version(version);
    gone.set_deleted(true);
    Push(*hub_, living_, {gone});
  }
  v1::Finding Duplicate() {
    v1::ListFindingsRequest request;
    request.mutable_filter()->add_rule_ids("D01");
    const auto found = ListFindings(hub_->store(), request);
    EXPECT_EQ(found->findings_size(), 1);
    return found->findings_size() > 0 ? found->findings(0) : v1::Finding();
  }

  const Who kWang = MadeUp("王秀兰", {1950, 3, 14}, 122);
  std::unique_ptr<storage::Store> store_ = storage::NewMemoryStore();
  int64_t now_us_ = 1'793'000'000'000'000;
  matcher::CivilDate as_of_{2026, 10, 31};
  std::unique_ptr<core::Hub> hub_;
  v1::Source care_, living_;
};

}  // namespace relief::server::findings
