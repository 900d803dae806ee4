// What a message would take is known before it is read (A1).
#include "server/network/message_parts.h"

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <gtest/gtest.h>

#include "relief/v1/feed_service.pb.h"

namespace relief::server::network {
namespace {

std::string Field(int number, const std::string& content) {
  EXPECT_LT(number, 16);
  EXPECT_LT(content.size(), 128u);
  return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(content.size())} + content;
}

absl::Status Check(const std::string& bytes, int64_t most) {
  google::protobuf::io::ArrayInputStream stream(bytes.data(), static_cast<int>(bytes.size()),
                                                7);  // in blocks
  return CheckMessageParts(*v1::PushRequest::descriptor(), &stream, most);
}

v1::PushRequest Batch(int records) {
  v1::PushRequest request;
  for (int i = 0; i < records; ++i)
    request.mutable_batch()->add_records()->set_record_id("R" + std::to_string(i));
  return request;
}

TEST(MessageParts, AreCountedWhereverTheyLie) {
  EXPECT_TRUE(Check("", 0).ok());
  const std::string batch = Batch(10).SerializeAsString();  // the batch, and ten records
  EXPECT_TRUE(Check(batch, 11).ok());
  const absl::Status many = Check(batch, 10);
  EXPECT_TRUE(absl::IsInvalidArgument(many));
  EXPECT_EQ(many.message(), "the message has more than 10 parts");
  v1::PushRequest deep = Batch(1);
  deep.mutable_batch()->mutable_records(0)->mutable_person()->mutable_birth_date()->set_year(1950);
  EXPECT_TRUE(Check(deep.SerializeAsString(), 4).ok());
  EXPECT_FALSE(Check(deep.SerializeAsString(), 3).ok());
}

TEST(MessageParts, FieldsThatTheContractDoesNotKnowAreParts) {
  std::string bytes;
  for (int i = 0; i < 5; ++i) bytes += Field(15, "") + "\x78\x01";  // a text and a number of field 15
  EXPECT_TRUE(Check(bytes, 10).ok());
  EXPECT_FALSE(Check(bytes, 9).ok());
  // A text where the record's version, a number, should be: kept as unknown.
  EXPECT_FALSE(Check(Field(2, Field(2, Field(2, ""))), 2).ok());
}

TEST(MessageParts, GroupsAreRefused) { EXPECT_TRUE(absl::IsInvalidArgument(Check("\x7b\x7c", 10))); }

TEST(MessageParts, WhatEndsTooEarlyIsNoMessage) {
  const std::string whole = Batch(3).SerializeAsString();
  for (size_t size = 1; size < whole.size(); ++size)
    EXPECT_FALSE(Check(whole.substr(0, size), 100).ok()) << size;
  for (const std::string& bytes :
       {std::string(11, '\xff'), std::string("\x12\xff\xff\xff\xff\x0f", 6), std::string(1, '\0')})
    EXPECT_EQ(Check(bytes, 100).message(), "the message cannot be read");
  const std::string longer_than_its_batch = Field(2, "\x12\x05\x1a\x01") + Field(2, "") + Field(2, "");
  EXPECT_FALSE(Check(longer_than_its_batch, 100).ok());
}

TEST(MessageParts, AFullBatchOfRichRecordsIsFarFromTheLimit) {
  v1::PushRequest request = Batch(2000);
  for (auto& record : *request.mutable_batch()->mutable_records())
    for (int i = 0; i < 10; ++i) {
      record.mutable_person()->mutable_birth_date()->set_year(1950);
      record.mutable_person()->add_phones("13800000000");
      record.mutable_person()->add_former_names("王秀兰");
    }
  EXPECT_TRUE(Check(request.SerializeAsString(), kMostMessageParts / 2).ok());
}

}  // namespace
}  // namespace relief::server::network
