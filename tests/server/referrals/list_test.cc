#include <algorithm>

#include "tests/server/referrals/gap_fixture.h"

namespace relief::server::referrals {
namespace {

class ReferralListTest : public GapTest {
 protected:
  // Referrals of several takers, targets and states, with due days that differ.
  void Fill() {
    const char* regions[] = {"371302", "371312", "370102", "110101"};
    for (int i = 0; i < 24; ++i) {
      clock_.Turn(matcher::CivilDate::FromDays(matcher::CivilDate{2026, 10, 12}.days() + i / 6));
      const Who who = MadeUp("赵试", {static_cast<int16_t>(1940 + i), 3, 14}, 200 + i * 5);
      const v1::Referral open = *Take(Gap(who, "A" + std::to_string(i)), i % 3 == 0 ? "t1" : "t2");
      const v1::Referral sent =
          *HandOverTo(open, To(i % 2 == 0 ? v1::MEDICAL : v1::TEMPORARY, regions[i % 4]));
      if (i % 5 == 0) (void)AcceptIt(sent);
      if (i % 7 == 0) (void)Conclude(Read(sent.referral_id()), v1::Referral::WITHDRAWN);
    }
  }
  std::vector<v1::Referral> All(v1::ReferralFilter filter, int page_size) {
    v1::ListReferralsRequest request;
    *request.mutable_filter() = std::move(filter);
    request.set_page_size(page_size);
    std::vector<v1::Referral> all;
    do {
      const auto page = ListReferrals(hub_->store(), request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return all;
      EXPECT_LE(page->referrals_size(), page_size);
      all.insert(all.end(), page->referrals().begin(), page->referrals().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return all;
  }
};

TEST_F(ReferralListTest, EveryFilterFindsWhatALookAtEachWouldFindInTheOrderOfDueDays) {
  Fill();
  const std::vector<v1::Referral> everything = All({}, 1000);
  ASSERT_EQ(everything.size(), 24u);
  const auto key = [](const v1::Referral& r) {
    return std::pair(records::ToCivilDate(r.due_date())->days(), r.referral_id());
  };
  EXPECT_TRUE(std::is_sorted(everything.begin(), everything.end(),
                             [&](const auto& a, const auto& b) { return key(a) < key(b); }));
  struct Case {
    const char* name;
    std::function<void(v1::ReferralFilter*)> set;
    std::function<bool(const v1::Referral&)> fits;
  };
  const Case cases[] = {
      {"state",
       [](auto* f) { f->add_states(v1::Referral::ACCEPTED), f->add_states(v1::Referral::WITHDRAWN); },
       [](const auto& r) {
         return r.state() == v1::Referral::ACCEPTED || r.state() == v1::Referral::WITHDRAWN;
       }},
      {"programme", [](auto* f) { f->add_programmes(v1::MEDICAL); },
       [](const auto& r) { return r.target().programme() == v1::MEDICAL; }},
      {"province", [](auto* f) { f->set_region_prefix("37"); },
       [](const auto& r) { return r.target().region().starts_with("37"); }},
      {"prefecture", [](auto* f) { f->set_region_prefix("3713"); },
       [](const auto& r) { return r.target().region().starts_with("3713"); }},
      {"county", [](auto* f) { f->set_region_prefix("371312"); },
       [](const auto& r) { return r.target().region() == "371312"; }},
      {"taker", [](auto* f) { f->set_taker("t1"); }, [](const auto& r) { return r.taker() == "t1"; }},
      {"taker and region", [](auto* f) { f->set_taker("t2"), f->set_region_prefix("3701"); },
       [](const auto& r) { return r.taker() == "t2" && r.target().region().starts_with("3701"); }},
      {"overdue", [](auto* f) { f->set_only_overdue(true); }, [](const auto& r) { return r.overdue(); }},
  };
  for (const bool late : {false, true}) {
    if (late) Turn({2026, 11, 12});
    for (const Case& one : cases) {
      v1::ReferralFilter filter;
      one.set(&filter);
      std::vector<std::string> expected, found;
      for (const v1::Referral& referral : All({}, 1000))
        if (one.fits(referral)) expected.push_back(referral.referral_id());
      for (const v1::Referral& referral : All(filter, 3)) found.push_back(referral.referral_id());
      EXPECT_EQ(found, expected) << one.name << (late ? ", later" : "");
    }
  }
}

TEST_F(ReferralListTest, OfAFindingTheEarlierOnesToo) {
  const std::string finding = Gap(MadeUp("王秀兰", {1950, 3, 14}, 122));
  ASSERT_TRUE(Conclude(*Take(finding), v1::Referral::WITHDRAWN).ok());
  ASSERT_TRUE(Take(finding).ok());
  v1::ReferralFilter filter;
  filter.set_finding_id(finding);
  EXPECT_EQ(All(filter, 1).size(), 2u);
}

TEST_F(ReferralListTest, ATokenBelongsToItsFilter) {
  Fill();
  v1::ListReferralsRequest request;
  request.set_page_size(2);
  request.set_page_token(ListReferrals(hub_->store(), request)->next_page_token());
  ASSERT_FALSE(request.page_token().empty());
  request.mutable_filter()->set_taker("t1");
  EXPECT_TRUE(absl::IsInvalidArgument(ListReferrals(hub_->store(), request).status()));
  request.set_page_token("nonsense");
  EXPECT_TRUE(absl::IsInvalidArgument(ListReferrals(hub_->store(), request).status()));
}

TEST_F(ReferralListTest, NoIndexRowIsLeftBehind) {
  Fill();
  const size_t referrals = Rows(*hub_, "hw").size();
  EXPECT_EQ(Rows(*hub_, "hWi").size(), referrals * 4)
      << "the country, the province, the prefecture, the county";
  EXPECT_EQ(Rows(*hub_, "hWk").size(), referrals);
  EXPECT_EQ(Rows(*hub_, "hWf").size(), referrals);
}

}  // namespace
}  // namespace relief::server::referrals
