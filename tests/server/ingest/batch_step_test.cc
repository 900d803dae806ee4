// Review of security, 12: one feeder's namesakes held up everybody's look-ups. A look waits for the work at hand only, so
// what is counted here is how much of a batch that may be, and not how long it took.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "server/audit/audit.pb.h"
#include "server/core/schema.h"
#include "server/ingest/feed.h"
#include "tests/server/hub_fixture.h"

namespace relief::server::ingest {
namespace {

TEST(BatchSteps, ALookGetsItsTurnWithinABatchOfNamesakes) {
  const auto hub = OpenHub();
  const v1::Source source = OpenBenefits(*hub, "ml", v1::MINIMUM_LIVING);
  v1::Batch batch;
  batch.set_batch_id(7);
  for (int i = 0; i < 1999; ++i)
    *batch.add_records() = Monthly(MadeUp("王伟", {static_cast<int16_t>(1970 + i / 900), 1, 1}, 1 + i % 900),
                                   "R" + std::to_string(i), v1::MINIMUM_LIVING, MonthOf(2026, 1));
  batch.add_records()->set_record_id("no person at all");
  std::atomic<bool> over = false;
  std::thread looks([&] {
    while (!over)
      EXPECT_TRUE(hub->Write([](core::WriteContext& context) {
                       context.Audit({"console:li", "test.look", "", "", "", ""});
                       return absl::OkStatus();
                     })
                      .ok());
  });
  const auto ack = SubmitBatch(*hub, source, std::move(batch), "local").get();
  over = true;
  looks.join();
  ASSERT_TRUE(ack.ok()) << ack.status();
  EXPECT_EQ(ack->batch_id(), 7);
  EXPECT_EQ(ack->accepted(), 1999);
  ASSERT_EQ(ack->rejected_size(), 1);
  EXPECT_EQ(ack->rejected(0).index(), 1999);
  int steps = 0, in_a_row = 0, most_in_a_row = 0;
  for (const auto& [key, value] : Rows(*hub, schema::kAuditPrefix)) {
    audit::Entry entry;
    ASSERT_TRUE(entry.ParseFromString(value));
    if (entry.action() == "test.look") in_a_row = 0;
    if (entry.action() != "feed.batch") continue;
    ++steps;
    most_in_a_row = std::max(most_in_a_row, ++in_a_row);
    const size_t at = entry.detail().find("accepted=");
    ASSERT_NE(at, std::string::npos);
    EXPECT_LE(std::stoi(entry.detail().substr(at + 9)), 500) << "of one step";
  }
  EXPECT_EQ(steps, 4);
  EXPECT_LE(most_in_a_row, 2) << "a look waits for the step at hand, and for one in its own commit";
}

// What one record of a name costs does not grow with the others of it.
TEST(BatchSteps, AnotherNamesakeCostsNoMoreRowsThanTheFirstHundreds) {
  const auto hub = OpenHub();
  const v1::Source source = OpenBenefits(*hub, "ml", v1::MINIMUM_LIVING);
  const auto written = [&](int from, int to) {
    const size_t before = Rows(*hub, "m").size();
    v1::Batch batch;
    for (int i = from; i < to; ++i)
      *batch.add_records() =
          Monthly(MadeUp("王伟", {static_cast<int16_t>(1970 + i / 900), 1, 1}, 1 + i % 900),
                  "R" + std::to_string(i), v1::MINIMUM_LIVING, MonthOf(2026, 1));
    EXPECT_TRUE(SubmitBatch(*hub, source, std::move(batch), "local").get().ok());
    return static_cast<double>(Rows(*hub, "m").size() - before) / (to - from);
  };
  const double first = written(0, 400);
  written(400, 2000);
  EXPECT_LE(written(2000, 2400), 1.5 * first);
}

}  // namespace
}  // namespace relief::server::ingest
