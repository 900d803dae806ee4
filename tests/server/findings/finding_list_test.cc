// Findings page by page: whatever is asked for, the pages together are what the obvious way gives.
#include <algorithm>
#include <tuple>

#include "server/findings/finding_index.h"
#include "server/findings/finding_store.h"
#include "server/findings/report_rows.h"
#include "tests/server/findings/random_findings.h"

namespace relief::server::findings {
namespace {

std::vector<std::string> Ids(const storage::Reader& reader, v1::ListFindingsRequest request, int64_t* total) {
  std::vector<std::string> ids;
  *total = -1;
  while (true) {
    const auto page = ListFindings(reader, request);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return ids;
    if (request.page_token().empty()) *total = page->total_size();
    EXPECT_LE(page->findings_size(), request.page_size());
    for (const v1::Finding& finding : page->findings()) ids.push_back(finding.finding_id());
    if (page->next_page_token().empty()) return ids;
    EXPECT_EQ(page->findings_size(), request.page_size());
    request.set_page_token(page->next_page_token());
  }
}

int DueKey(const v1::Finding& finding) {
  return finding.has_due_date() ? finding.due_date().month() * 100 + finding.due_date().day() : 9999;
}

std::vector<std::string> Obvious(const std::map<std::string, v1::Finding>& findings,
                                 const v1::FindingFilter& filter, v1::FindingOrder order) {
  std::vector<const v1::Finding*> matching;
  const auto has = [](const auto& list, auto value) {
    return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
  };
  for (const auto& [id, finding] : findings) {
    bool programme = filter.programmes().empty();
    for (int one : filter.programmes()) {
      for (int notified : finding.notify()) programme |= notified == one;
      for (const v1::Evidence& evidence : finding.evidence()) programme |= evidence.programme() == one;
    }
    bool region = filter.region_prefix().empty();
    for (const std::string& one : finding.regions()) region |= one.starts_with(filter.region_prefix());
    const int64_t day = (finding.open_time().seconds() + 8 * 3600) / 86400;
    const int64_t april_1 = 20544;  // days since 1970 of 2026-04-01
    if (programme && region && has(filter.states(), finding.state()) &&
        has(filter.rule_ids(), finding.rule_id()) && has(filter.severities(), finding.severity()) &&
        (!filter.only_overdue() || (finding.overdue() && finding.state() == v1::Finding::OPEN)) &&
        finding.amount_fen() >= filter.min_amount_fen() && (!filter.has_opened_to() || day <= april_1) &&
        (filter.person_id().empty() || filter.person_id() == finding.person_id()))
      matching.push_back(&finding);
  }
  std::sort(matching.begin(), matching.end(), [&](const v1::Finding* a, const v1::Finding* b) {
    const auto key = [&](const v1::Finding& f) {
      const int64_t rank = order == v1::AMOUNT_DESCENDING    ? -f.amount_fen()
                           : order == v1::DUE_DATE_ASCENDING ? DueKey(f)
                           : order == v1::OPEN_TIME_DESCENDING
                               ? -(f.open_time().seconds() * 1'000'000 + f.open_time().nanos() / 1000)
                               : 0;
      return std::tuple(rank, f.finding_id());
    };
    return key(*a) < key(*b);
  });
  std::vector<std::string> ids;
  for (const v1::Finding* finding : matching) ids.push_back(finding->finding_id());
  return ids;
}

std::vector<v1::FindingFilter> Filters() {
  std::vector<v1::FindingFilter> filters(1);
  filters.emplace_back().add_states(v1::Finding::OPEN);
  filters.emplace_back().set_region_prefix("3713");
  filters.emplace_back().set_region_prefix("371302001");
  filters.emplace_back().add_rule_ids("D07");
  filters.emplace_back().add_programmes(v1::MEDICAL);
  filters.emplace_back().set_only_overdue(true);
  filters.emplace_back().set_min_amount_fen(2000);
  v1::FindingFilter& days = filters.emplace_back();
  days.mutable_opened_to()->set_year(2026);
  days.mutable_opened_to()->set_month(4);
  days.mutable_opened_to()->set_day(1);
  v1::FindingFilter& many = filters.emplace_back();
  many.add_states(v1::Finding::CLOSED);
  many.add_states(v1::Finding::SETTLED);
  many.add_severities(v1::HIGH);
  return filters;
}

constexpr v1::FindingOrder kOrders[] = {v1::FINDING_ORDER_UNSPECIFIED, v1::AMOUNT_DESCENDING,
                                        v1::DUE_DATE_ASCENDING, v1::OPEN_TIME_DESCENDING};

TEST(FindingListTest, PagesInAnyOrderAreWhatTheObviousWayGives) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    RandomFindings world(seed);
    for (int step = 0; step < 60; ++step) world.Step(1 + world.Draw(6));
    for (const v1::FindingFilter& filter : Filters()) {
      for (const v1::FindingOrder order : kOrders) {
        v1::ListFindingsRequest request;
        *request.mutable_filter() = filter;
        request.set_order_by(order);
        request.set_page_size(1 + world.Draw(9));
        const auto expected = Obvious(world.findings(), filter, order);
        int64_t total = 0;
        EXPECT_EQ(Ids(world.store(), request, &total), expected)
            << "seed " << seed << " " << request.ShortDebugString();
        EXPECT_EQ(total, static_cast<int64_t>(expected.size()))
            << "seed " << seed << " " << request.ShortDebugString();
      }
    }
  }
}

TEST(FindingListTest, AsKnownThenIsTheListOfThen) {
  RandomFindings world(5);
  std::map<int64_t, std::map<std::string, v1::Finding>> then;
  for (int step = 0; step < 20; ++step) {
    world.Step(4);
    then[world.now_us()] = world.findings();
  }
  for (const auto& [time_us, findings] : then) {
    v1::ListFindingsRequest request;
    request.set_page_size(7);
    request.set_order_by(v1::AMOUNT_DESCENDING);
    request.mutable_filter()->add_states(v1::Finding::OPEN);
    request.mutable_as_known_at()->set_seconds(time_us / 1'000'000);
    request.mutable_as_known_at()->set_nanos(static_cast<int32_t>(time_us % 1'000'000) * 1000);
    int64_t total = 0;
    EXPECT_EQ(Ids(world.store(), request, &total), Obvious(findings, request.filter(), request.order_by()));
  }
}

TEST(FindingListTest, TheIndexIsMadeAgainByteForByte) {
  RandomFindings world(2);
  for (int step = 0; step < 30; ++step) world.Step(5);
  const auto rows = [&] {
    std::map<std::string, std::string> rows;
    const auto all = world.store().Scan(schema::kFindingIndexPrefix, "", 1'000'000);
    for (const auto& row : *all) rows[row.key] = row.row.value;
    return rows;
  };
  const auto kept = rows();
  EXPECT_EQ(kept.size(), 3 * world.findings().size());
  ASSERT_TRUE(RemakeFindingIndex(world.store()).ok());
  EXPECT_EQ(rows(), kept);
}

TEST(FindingListTest, ATokenOfAnotherQuestionIsRefused) {
  RandomFindings world(2);
  for (int step = 0; step < 10; ++step) world.Step(5);
  v1::ListFindingsRequest request;
  request.set_page_size(2);
  request.set_order_by(v1::AMOUNT_DESCENDING);
  const auto page = ListFindings(world.store(), request);
  ASSERT_TRUE(page.ok());
  request.set_page_token(page->next_page_token());
  request.set_order_by(v1::DUE_DATE_ASCENDING);
  EXPECT_TRUE(absl::IsInvalidArgument(ListFindings(world.store(), request).status()));
  request.set_order_by(v1::AMOUNT_DESCENDING);
  request.set_page_token(page->next_page_token() + "zz");
  EXPECT_TRUE(absl::IsInvalidArgument(ListFindings(world.store(), request).status()));
}

}  // namespace
}  // namespace relief::server::findings
