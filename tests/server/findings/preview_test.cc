// A dry run says what other rules would do, and the real run then does exactly that.
#include "server/findings/rule_preview.h"
#include "tests/server/findings/duplicate_fixture.h"

namespace relief::server::findings {
namespace {

std::shared_ptr<const coverage::RuleSet> Rules(int allowed_months, int version) {
  auto rules = coverage::RuleSet::Parse("test.textproto", R"(
    rules {
      id: "D01" version: )" + std::to_string(version) + R"( kind: DUPLICATE title_zh: "重复" title_en: "twice"
      legal_basis: "test" basis_confirmed: false effective_from { year: 2020 month: 1 day: 1 } severity: HIGH
      notify: MINIMUM_LIVING deadline_days: 30
      overlap {
        left { programme: EXTREME_POVERTY } right { programme: MINIMUM_LIVING }
        allowed_months { value: )" + std::to_string(allowed_months) +
                                                              R"( }
      }
    })");
  EXPECT_TRUE(rules.ok()) << rules.status();
  return *rules;
}

class Preview : public OneDuplicate {
 protected:
  v1::PreviewRulesResponse Of(const coverage::RuleSet& rules) {
    const auto preview =
        PreviewRules(*hub_->store().Snapshot(), *hub_->rules(), rules, hub_->as_of(), [] { return true; });
    EXPECT_TRUE(preview.ok()) << preview.status();
    return *preview;
  }
};

TEST_F(Preview, OfTheRulesInForceIsEmpty) {
  MakeDuplicate();
  ASSERT_TRUE(hub_->ReplaceRules(Rules(1, 1)).ok());
  EXPECT_EQ(Of(*Rules(1, 1)).rules_size(), 0);
}

TEST_F(Preview, TellsWhatTheReloadThenDoes) {
  MakeDuplicate();
  ASSERT_TRUE(hub_->ReplaceRules(Rules(1, 1)).ok());
  const std::string id = OpenFindings(*hub_).at(0).finding_id();
  const auto before = Rows(*hub_, "");

  const v1::PreviewRulesResponse closing = Of(*Rules(12, 2));
  ASSERT_EQ(closing.rules_size(), 1);
  EXPECT_EQ(closing.rules(0).version_now(), 1);
  EXPECT_EQ(closing.rules(0).version_then(), 2);
  EXPECT_EQ(closing.rules(0).closes(), 1);
  EXPECT_EQ(closing.rules(0).sample_close_finding_ids(0), id);
  EXPECT_EQ(Rows(*hub_, ""), before) << "nothing happened";
  EXPECT_EQ(hub_->ReplaceRules(Rules(12, 2))->closed, 1);

  const v1::PreviewRulesResponse opening = Of(*Rules(2, 3));
  ASSERT_EQ(opening.rules_size(), 1);
  EXPECT_EQ(opening.rules(0).opens(), 1);
  EXPECT_EQ(opening.rules(0).sample_open_finding_ids(0), id);
  EXPECT_GT(opening.rules(0).opens_amount_fen(), 0);
  EXPECT_EQ(hub_->ReplaceRules(Rules(2, 3))->opened, 1);

  const v1::PreviewRulesResponse changing =
      Of(*Rules(0, 4));  // other months beyond the allowance: another amount
  ASSERT_EQ(changing.rules_size(), 1);
  EXPECT_EQ(changing.rules(0).changes(), 1);
}

TEST_F(Preview, CanBeGivenUp) {
  EXPECT_TRUE(absl::IsCancelled(
      PreviewRules(*hub_->store().Snapshot(), *hub_->rules(), *Rules(1, 1), hub_->as_of(), [] {
        return false;
      }).status()));
}

}  // namespace
}  // namespace relief::server::findings
