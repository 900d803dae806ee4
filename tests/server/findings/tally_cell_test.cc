#include "server/findings/tally_cell.h"

#include <gtest/gtest.h>

namespace relief::server::findings {
namespace {

stored::TallyCell Cell() {
  stored::TallyCell cell;
  cell.set_rule_id("D01");
  cell.set_kind(v1::DUPLICATE);
  cell.set_need(v1::NEED_LIVING);
  cell.set_state(v1::Finding::OPEN);
  cell.set_open_day(20'000);
  cell.set_overdue(true);
  cell.set_finer(true);
  cell.add_programmes(v1::MINIMUM_LIVING);
  cell.add_programmes(v1::EXTREME_POVERTY);
  cell.add_regions("371302");
  cell.add_regions("371302001");
  return cell;
}

// These bytes are in the keys of stores: another encoding is another format.
TEST(TallyCell, HasOneEncodingThatStaysAsItIs) {
  const std::string bytes = EncodeCell(Cell());
  EXPECT_EQ(bytes.substr(0, 4), std::string("D01\0", 4));
  EXPECT_EQ(bytes.substr(8, 8), std::string("\0\0\0\0\0\0\x4e\x20", 8)) << "the day";
  EXPECT_EQ(bytes.substr(16, 2), std::string("\x05\x02", 2)) << "overdue, finer; two programmes";
  EXPECT_EQ(bytes.substr(20), std::string("371302\000371302001\0", 17));
}

TEST(TallyCell, ComesBackFromItsEncoding) {
  const auto back = DecodeCell(EncodeCell(Cell()));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->SerializeAsString(), Cell().SerializeAsString());
  const auto empty = DecodeCell(EncodeCell({}));
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->SerializeAsString(), "");
}

TEST(TallyCell, BytesThatWereCutAreNone) {
  const std::string bytes = EncodeCell(Cell());
  for (size_t length = 0; length < bytes.size(); ++length) {
    const auto cut = DecodeCell(bytes.substr(0, length));
    // Between two regions the rest is a cell of its own.
    if (cut) {
      EXPECT_EQ(EncodeCell(*cut), bytes.substr(0, length)) << length;
    }
  }
}

}  // namespace
}  // namespace relief::server::findings
