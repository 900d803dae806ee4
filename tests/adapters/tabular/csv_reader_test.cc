#include "adapters/tabular/csv_reader.h"

#include <gtest/gtest.h>

#include "adapters/tabular/csv_writer.h"
#include "tests/adapters/files.h"

namespace relief::adapters {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class CsvReaderTest : public testing::Test {
 protected:
  // The rows of a file with these bytes; the lines they begin on go to lines_.
  absl::StatusOr<Rows> Read(const std::string& bytes) {
    auto reader = CsvReader::Open(directory_.Write("export.csv", bytes));
    if (!reader.ok()) return reader.status();
    encoding_ = (*reader)->source().encoding();
    Rows rows;
    lines_.clear();
    CsvRow row;
    while (true) {
      auto more = (*reader)->Next(&row);
      if (!more.ok()) return more.status();
      if (!*more) return rows;
      rows.push_back(row.cells);
      lines_.push_back(row.line);
    }
  }

  TemporaryDirectory directory_;
  std::vector<int64_t> lines_;
  Encoding encoding_ = Encoding::kUtf8;
};

TEST_F(CsvReaderTest, ReadsWhatSpreadsheetsWrite) {
  struct Case {
    const char* what;
    std::string bytes;
    Rows rows;
  };
  const Case cases[] = {
      {"plain, no line break at the end", "a,b\n1,2", {{"a", "b"}, {"1", "2"}}},
      {"CRLF", "a,b\r\n1,2\r\n", {{"a", "b"}, {"1", "2"}}},
      {"CRLF after a quoted cell", "\"a\",\"b\"\r\n1,\"2\"\r\n", {{"a", "b"}, {"1", "2"}}},
      {"comma and doubled quotes in quotes", "\"a,\"\"x\"\"\",b\n", {{"a,\"x\"", "b"}}},
      {"line break in quotes", "\"a\nb\",c\n1,2\n", {{"a\nb", "c"}, {"1", "2"}}},
      {"empty cells", ",\n,,x\n", {{"", ""}, {"", "", "x"}}},
      {"blank lines", "a\n\n\r\nb\n", {{"a"}, {"b"}}},
      {"blanks after a closing quote", "\"a\" ,b\n", {{"a", "b"}}},
      {"a stray quote at the end of a cell", "37130219\",b\"\r\n", {{"37130219", "b"}}},
      {"a quote inside an unquoted cell", "a\"b,c\n", {{"a\"b", "c"}}},
  };
  for (const Case& one : cases) {
    auto rows = Read(one.bytes);
    ASSERT_TRUE(rows.ok()) << one.what << rows.status();
    // A row of empty cells only is a blank line.
    Rows expected;
    for (const auto& row : one.rows) {
      if (row != std::vector<std::string>(row.size())) expected.push_back(row);
    }
    EXPECT_EQ(*rows, expected) << one.what;
  }
}

TEST_F(CsvReaderTest, TellsTheLineThatARowBeginsOn) {
  ASSERT_TRUE(Read("head\n\"two\nlines\"\n\nlast\n").ok());
  EXPECT_EQ(lines_, (std::vector<int64_t>{1, 2, 5}));
}

TEST_F(CsvReaderTest, RefusesAQuoteThatIsNeverClosed) {
  auto rows = Read("a,b\n1,\"2\n3,4\n");
  ASSERT_FALSE(rows.ok());
  EXPECT_NE(std::string(rows.status().message()).find("line 2"), std::string::npos);
}

TEST_F(CsvReaderTest, RefusesACellThatWouldFillTheMemory) {
  EXPECT_TRUE(absl::IsDataLoss(Read("\"" + std::string((1 << 20) + 2, 'x') + "\"\n").status()));
}

TEST_F(CsvReaderTest, DetectsTheEncoding) {
  const std::string text = "姓名,困难事由\n欧阳芳,火灾\n";
  const Rows expected = {{"姓名", "困难事由"}, {"欧阳芳", "火灾"}};
  auto rows = Read(text);
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(*rows, expected);
  EXPECT_EQ(encoding_, Encoding::kUtf8);

  rows = Read(WithMark(text));
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(*rows, expected);
  EXPECT_EQ(encoding_, Encoding::kUtf8);

  rows = Read(InGb18030(text));
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(*rows, expected);
  EXPECT_EQ(encoding_, Encoding::kGb18030);
}

TEST_F(CsvReaderTest, ReadsGb18030BeyondOnePieceWithCharactersOfFourBytes) {
  // U+20BB7 takes four bytes; the leading "x" puts characters across every boundary of the pieces read.
  std::string text = "x";
  Rows expected = {{}};
  for (int i = 0; i < 60'000; ++i) text += i % 3 == 0 ? "𠮷" : "镇";
  text += ",末\n";
  auto rows = Read(InGb18030(text));
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_EQ((*rows)[0][0] + "," + (*rows)[0][1] + "\n", text);
}

TEST_F(CsvReaderTest, ReplacesBytesThatAreNoCharacterSoThatTheTextStaysUtf8) {
  auto rows = Read(WithMark("王\xFF,b\n"));
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ((*rows)[0][0], "王\xEF\xBF\xBD");
}

TEST_F(CsvReaderTest, SaysSoWhereThereIsNoFile) {
  EXPECT_TRUE(absl::IsNotFound(CsvReader::Open(directory_.Path("absent.csv")).status()));
}

TEST_F(CsvReaderTest, ReadsBackWhatTheWriterWrites) {
  const std::vector<std::string> cells = {"plain", "with,comma", "with \"quotes\"", "two\nlines", ""};
  auto rows = Read(CsvLine(cells));
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(*rows, Rows{cells});
}

}  // namespace
}  // namespace relief::adapters
