#include "matcher/train/training.h"

#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <sstream>

#include "matcher/model/model.h"
#include "matcher/normalize/normalizer.h"

namespace relief::matcher {
namespace {

std::string Shipped() {
  std::ifstream file(RELIEF_MODEL_FILE);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Two records of each person. The second one has another phone for one person in two, and a homophone for one
// in ten. Half of all people bear the rare surname 鄢, which the shipped model thinks rare.
std::vector<Identity> Register(size_t people) {
  std::mt19937_64 random(7);
  const char* const surnames[] = {"鄢", "鄢", "王", "李"};
  const char* const given[] = {"伟", "芳", "娜", "敏", "静", "强", "磊", "军",
                               "洋", "勇", "艳", "杰", "涛", "明", "超", "霞"};
  std::vector<Identity> identities;
  for (size_t i = 0; i < people; ++i) {
    RawIdentity raw;
    raw.name = std::string(surnames[random() % 4]) + given[random() % 16] + given[random() % 16];
    raw.birth_date = CivilDate::FromDays(static_cast<int32_t>(random() % 20000) - 5000);
    char phone[16];
    std::snprintf(phone, sizeof phone, "13%09d", static_cast<int>(random() % 1000000000));
    raw.phones = {phone};
    raw.region_code = "371302";
    raw.sex = random() % 2 ? Sex::kMale : Sex::kFemale;
    identities.push_back(Normalize(raw));
    if (random() % 2) {
      std::snprintf(phone, sizeof phone, "15%09d", static_cast<int>(random() % 1000000000));
      raw.phones = {phone};
    }
    if (random() % 10 == 0) raw.name.replace(raw.name.size() - 3, 3, "伟");
    identities.push_back(Normalize(raw));
  }
  return identities;
}

TrainingOptions Named(const std::string& name) {
  TrainingOptions options;
  options.name = name;
  options.random_pairs = 200'000;
  return options;
}

const TrainedLevel& LevelOf(const Training& training, const std::string& field, const std::string& level) {
  for (const TrainedLevel& trained : training.levels)
    if (trained.field == field && trained.level == level) return trained;
  ADD_FAILURE() << field << "/" << level;
  return training.levels[0];
}

TEST(TrainingTest, LearnsWhatTheRegisterIsLike) {
  const std::vector<Identity> identities = Register(3000);
  const auto training = Train(Shipped(), identities, Named("test-1"));
  ASSERT_TRUE(training.ok()) << training.status();
  EXPECT_NEAR(LevelOf(*training, "phone", "SAME").m_after, 0.5, 0.05);  // shipped: 0.6
  EXPECT_NEAR(LevelOf(*training, "phone", "DIFFERENT").m_after, 0.5, 0.05);
  EXPECT_GT(LevelOf(*training, "birth_date", "EXACT").m_after, 0.95);
  const double all = 6000.0 * 5999 / 2;
  EXPECT_NEAR(training->prior * all / 3000, 1, 0.1);
  EXPECT_LT(training->convergence.back(), training->convergence.front());

  const auto before = Model::Parse(Shipped()), after = Model::Parse(training->model_text);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ((*after)->version().rfind("test-1 ", 0), 0u);
  EXPECT_LT((*after)->SurnameBits(U"鄢") + 5, (*before)->SurnameBits(U"鄢"));  // common here
  EXPECT_EQ((*after)->link_threshold(), (*before)->link_threshold());
}

TEST(TrainingTest, IsDeterministic) {
  const std::vector<Identity> identities = Register(800);
  const auto first = Train(Shipped(), identities, Named("t")),
             second = Train(Shipped(), identities, Named("t"));
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->model_text, second->model_text);
  TrainingOptions other = Named("t");
  other.seed = 2;
  EXPECT_NE(Train(Shipped(), identities, other)->model_text, first->model_text);
}

TEST(TrainingTest, RefusesWhatItCannotLearnFrom) {
  EXPECT_TRUE(absl::IsFailedPrecondition(Train(Shipped(), Register(400), Named("t")).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Train("name: 1", Register(800), Named("t")).status()));
}

}  // namespace
}  // namespace relief::matcher
