#include "storage/message_row.h"

#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include "storage/memory_store.h"
#include "storage/scan.h"

namespace relief::storage {
namespace {

using google::protobuf::StringValue;

class MessageRow : public testing::Test {
 protected:
  MessageRow() {
    StringValue message;
    message.set_value("whole");
    Commit commit;
    commit.puts = {{"hxwhole", message.SerializeAsString()}, {"hx110101199001011234", "\xff"}};
    EXPECT_TRUE(store_->Apply(commit).ok());
  }
  const std::unique_ptr<Store> store_ = NewMemoryStore();
};

TEST_F(MessageRow, IsReadFromAReaderAndFromATransaction) {
  EXPECT_EQ((*FindMessage<StringValue>(*store_, "hxwhole"))->value(), "whole");
  Transaction txn(*store_);
  EXPECT_EQ((*FindMessage<StringValue>(txn, "hxwhole"))->value(), "whole");
  EXPECT_EQ(txn.Build().preconditions.size(), 1u) << "what a transaction reads, it guards";
  EXPECT_EQ(ReadMessage<StringValue>(*store_, "hxwhole", "word")->value(), "whole");
}

TEST_F(MessageRow, TellsAbsentFromDamagedAndNamesNoData) {
  EXPECT_EQ(*FindMessage<StringValue>(*store_, "hxabsent"), std::nullopt);
  EXPECT_EQ(ReadMessageOrEmpty<StringValue>(*store_, "hxabsent")->value(), "");
  EXPECT_EQ(ReadMessage<StringValue>(*store_, "hxabsent", "word").status(),
            absl::NotFoundError("no such word"));
  const absl::Status damaged =
      absl::DataLossError("a row of kind \"hx\" (google.protobuf.StringValue) is damaged");
  EXPECT_EQ(FindMessage<StringValue>(*store_, "hx110101199001011234").status(), damaged);
  EXPECT_EQ(ReadMessageOrEmpty<StringValue>(*store_, "hx110101199001011234").status(), damaged);
}

TEST_F(MessageRow, ReadsManyInOneCall) {
  const std::vector<std::string> keys = {"hxabsent", "hxwhole"};
  const auto messages = FindMessages<StringValue>(*store_, keys);
  ASSERT_TRUE(messages.ok());
  EXPECT_EQ((*messages)[0], std::nullopt);
  EXPECT_EQ((*messages)[1]->value(), "whole");
}

TEST_F(MessageRow, ComesOutOfAScan) {
  int whole = 0, damaged = 0;
  const absl::Status status = ForEachRow(*store_, "hx", [&](const KeyRow& row) -> absl::StatusOr<bool> {
    (ParseMessage<StringValue>(row).ok() ? whole : damaged) += 1;
    return true;
  });
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(whole, 1);
  EXPECT_EQ(damaged, 1);
}

TEST_F(MessageRow, AScanEndsAtAnErrorOrWhenEnoughIsSeen) {
  int seen = 0;
  EXPECT_TRUE(
      ForEachRow(*store_, "", [&](const KeyRow&) -> absl::StatusOr<bool> { return ++seen < 1; }).ok());
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(ForEachRow(*store_, "", [&](const KeyRow&) { return absl::AbortedError("x"); }),
            absl::AbortedError("x"));
}

}  // namespace
}  // namespace relief::storage
