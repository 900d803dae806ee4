#include "server/review/quality.h"

#include "tests/server/review/review_fixture.h"

namespace relief::server::review {
namespace {

class Quality : public ReviewFixture {
 protected:
  Quality() {
    std::vector<v1::Record> first, second;
    for (int n = 0; n < 8; ++n) {
      const Who who = MadeUp(n % 2 ? "王秀兰" : "欧阳海波", matcher::CivilDate::FromDays(-9'000 + n * 1'234),
                             100 + 2 * n);
      first.push_back(Monthly(who, "T" + std::to_string(n), v1::EXTREME_POVERTY, MonthOf(2026, 1)));
      second.push_back(Monthly(who, "D" + std::to_string(n), v1::MINIMUM_LIVING, MonthOf(2026, 3)));
    }
    Push(*hub_, OpenBenefits(*hub_, "ep", v1::EXTREME_POVERTY), first);
    Push(*hub_, OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING), second);
  }
  v1::QualitySample Draw(uint64_t seed, int size = 4) {
    v1::DrawQualitySampleRequest request;
    request.set_size(size);
    request.set_seed(seed);
    auto sample = DrawQualitySample(*hub_, request, li_);
    EXPECT_TRUE(sample.ok()) << sample.status();
    return *sample;
  }
  absl::Status Judge(const std::string& sample, int number, v1::Decision::Verdict verdict,
                     const Officer& officer) {
    v1::JudgeQualityItemRequest request;
    request.set_sample_id(sample);
    request.set_number(number);
    request.set_verdict(verdict);
    return JudgeQualityItem(*hub_, request, officer).status();
  }
};

TEST_F(Quality, TheSameSeedDrawsTheSameLinks) {
  const v1::QualitySample one = Draw(11), other = Draw(11);
  EXPECT_EQ(one.links(), 8);
  EXPECT_EQ(one.items(), 4);
  EXPECT_NE(one.sample_id(), other.sample_id());
  const auto rows = [&](const std::string& id) {
    std::vector<std::string> values;
    for (const auto& [key, value] : Rows(*hub_, "vt" + id)) values.push_back(value);
    return values;
  };
  EXPECT_EQ(rows(one.sample_id()), rows(other.sample_id()));
  EXPECT_NE(rows(one.sample_id()), rows(Draw(12).sample_id()));
}

TEST_F(Quality, TwoJudgeBlindEachOnce) {
  const std::string id = Draw(11).sample_id();
  const auto item = NextQualityItem(*hub_, id, li_);
  ASSERT_TRUE(item.ok()) << item.status();
  EXPECT_EQ(item->left(), 4);
  for (const v1::FieldComparison& field : item->fields()) {
    EXPECT_TRUE(field.level().empty()) << "no word of the machine's opinion";
    EXPECT_EQ(field.bits(), 0);
  }
  ASSERT_TRUE(Judge(id, item->number(), v1::Decision::SAME, li_).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(Judge(id, item->number(), v1::Decision::SAME, li_again_)));
  EXPECT_NE(NextQualityItem(*hub_, id, li_)->number(), item->number());
  EXPECT_EQ(NextQualityItem(*hub_, id, wu_)->number(), item->number()) << "the second one is asked too";
  ASSERT_TRUE(Judge(id, item->number(), v1::Decision::DIFFERENT, wu_).ok());
  const Officer third{"console:he", "person:3"};
  EXPECT_TRUE(absl::IsFailedPrecondition(Judge(id, item->number(), v1::Decision::SAME, third)));
}

TEST_F(Quality, TheReportCountsAgreementAndPrecision) {
  const std::string id = Draw(11).sample_id();
  for (int n = 1; n <= 4; ++n) {
    ASSERT_TRUE(Judge(id, n, n == 4 ? v1::Decision::DIFFERENT : v1::Decision::SAME, li_).ok());
    ASSERT_TRUE(Judge(id, n, n >= 3 ? v1::Decision::DIFFERENT : v1::Decision::SAME, wu_).ok());
  }
  EXPECT_TRUE(absl::IsNotFound(NextQualityItem(*hub_, id, li_).status()));
  const auto report = GetQualityReport(*hub_, {});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->judged_twice(), 4);
  EXPECT_DOUBLE_EQ(report->precision().value(), 2.5 / 4) << "a split vote counts half";
  EXPECT_DOUBLE_EQ(report->agreement().value(), 0.75);
  EXPECT_DOUBLE_EQ(report->kappa(), 0.5) << "0.75 observed, 0.5 by chance";
  ASSERT_GE(report->patterns_size(), 1);
  EXPECT_NE(report->patterns(0).pattern().find("id_number"), std::string::npos);
}

TEST(Share, IsThatOfWilson) {  // 9 of 10: 0.596 to 0.982, as in Newcombe 1998's method 3
  const auto share = ShareOf(9, 10);
  EXPECT_NEAR(share.low(), 0.596, 0.001);
  EXPECT_NEAR(share.high(), 0.982, 0.001);
  EXPECT_NEAR(ShareOf(10, 10).low(), 0.722, 0.001) << "ten right ones do not prove perfection";
  EXPECT_EQ(ShareOf(0, 0).of(), 0);
}

TEST(KappaTest, IsThatOfCohen) {
  const int64_t table[3][3] = {{20, 5, 0}, {10, 15, 0}, {0, 0, 0}};  // observed 0.7, expected 0.5
  EXPECT_NEAR(KappaOf(table).value, 0.4, 1e-9);
  EXPECT_LT(KappaOf(table).low, 0.4);
  const int64_t one[3][3] = {{7, 0, 0}, {0, 0, 0}, {0, 0, 0}};
  EXPECT_EQ(KappaOf(one).value, 1);
}

}  // namespace
}  // namespace relief::server::review
