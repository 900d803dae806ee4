// One small table, as every program writes it: tests/adapters/samples, made by make_samples.py.
#include "adapters/tabular/workbook.h"

#include <gtest/gtest.h>

#include "tests/adapters/files.h"

namespace relief::adapters {
namespace {

const std::string kSamples = std::string(RELIEF_SOURCE_DIRECTORY) + "/tests/adapters/samples/";

using Rows = std::vector<SheetRow>;

absl::StatusOr<Rows> ReadSheet(Workbook& book, size_t sheet) {
  auto reader = book.Read(sheet);
  if (!reader.ok()) return reader.status();
  Rows rows;
  SheetRow row;
  while (true) {
    auto more = (*reader)->Next(&row);
    if (!more.ok()) return more.status();
    if (!*more) return rows;
    rows.push_back(row);
  }
}

absl::Status StatusOf(const std::string& path) {
  auto book = Workbook::Open(path);
  if (!book.ok()) return book.status();
  return ReadSheet(**book, 0).status();
}

std::string Cell(const SheetRow& row, size_t column) {
  return column < row.cells.size() ? row.cells[column] : "";
}
CellKind Kind(const SheetRow& row, size_t column) {
  return column < row.kinds.size() ? row.kinds[column] : CellKind::kText;
}

struct Sample {
  const char* file;
  FileFormat format;
  bool merges, months, names_sheets;  // what the format can say
};

class Samples : public testing::TestWithParam<Sample> {};

TEST_P(Samples, HoldTheSameTable) {
  const Sample& sample = GetParam();
  auto book = Workbook::Open(kSamples + sample.file);
  ASSERT_TRUE(book.ok()) << book.status();
  EXPECT_EQ((*book)->format(), sample.format);
  auto read = ReadSheet(**book, 0);
  ASSERT_TRUE(read.ok()) << read.status();
  const Rows& rows = *read;
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(Cell(rows[0], 0), "某某县临时救助花名册");
  const std::vector<std::string> head = {"序号", "姓名",   "身份证号", "家庭编号",
                                         "金额", "起始月", "发放日期", "备注"};
  EXPECT_EQ(rows[1].cells, head);
  const char* expected[3][8] = {
      {"1", "柳一一", "371302199001010029", "H1", "1020.5", "2026-03", "2026-03-15", "a,b\"c"},
      {"2", "柳一二", "371302201501010013", "", "512.25", "2026-04", "2024-02-29", "两\n行"},
      {"3", "欧阳三", "37130219500101001X", "H2", "0.3", "2025-12", "2026-12-31", ""}};
  for (size_t line = 0; line < 3; ++line) {
    for (size_t column = 0; column < 8; ++column) {
      std::string cell = Cell(rows[line + 2], column);
      if (column == 5 && !sample.months && cell.size() == 10 && cell.substr(7) == "-01") cell.resize(7);
      EXPECT_EQ(cell, expected[line][column]) << "row " << line << ", column " << column;
    }
  }
  EXPECT_EQ(rows[2].line, 3);
  if (!sample.merges) return;
  EXPECT_EQ(Kind(rows[0], 3), CellKind::kMergedLeft) << "the title goes over all columns";
  EXPECT_EQ(Kind(rows[3], 3), CellKind::kMergedUp) << "the household goes over two rows";
  EXPECT_NE(Kind(rows[4], 3), CellKind::kMergedUp);
  if (!sample.names_sheets) return;
  ASSERT_EQ((*book)->sheets().size(), 3u);
  EXPECT_EQ((*book)->sheets()[0].name, "名册");
  EXPECT_FALSE((*book)->sheets()[0].hidden);
  EXPECT_TRUE((*book)->sheets()[2].hidden);
  auto empty = ReadSheet(**book, 1);
  ASSERT_TRUE(empty.ok()) << empty.status();
  EXPECT_TRUE(empty->empty());
}

INSTANTIATE_TEST_SUITE_P(OfEveryProgram, Samples,
                         testing::Values(Sample{"openpyxl.xlsx", FileFormat::kXlsx, true, true, true},
                                         Sample{"xlsxwriter.xlsx", FileFormat::kXlsx, true, true, true},
                                         Sample{"system_of_1904.xlsx", FileFormat::kXlsx, true, true, true},
                                         Sample{"libreoffice.xlsx", FileFormat::kXlsx, true, true, true},
                                         Sample{"libreoffice.ods", FileFormat::kOds, true, false, true},
                                         Sample{"libreoffice.fods", FileFormat::kOds, true, false, true},
                                         Sample{"xlwt.xls", FileFormat::kXls, true, true, true},
                                         Sample{"system_of_1904.xls", FileFormat::kXls, true, true, true},
                                         Sample{"libreoffice.xls", FileFormat::kXls, true, true, true},
                                         Sample{"excel2003.xls", FileFormat::kExcel2003Xml, true, false,
                                                true},
                                         Sample{"page.xls", FileFormat::kHtml, true, false, false},
                                         Sample{"commas.csv", FileFormat::kText, false, false, false},
                                         Sample{"semicolons.csv", FileFormat::kText, false, false, false},
                                         Sample{"tabs.txt", FileFormat::kText, false, false, false},
                                         Sample{"bars.txt", FileFormat::kText, false, false, false}),
                         [](const auto& info) {
                           std::string name = info.param.file;
                           for (char& c : name)
                             if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
                           return name;
                         });

TEST(Workbooks, SayWhichFormulasHaveNoValue) {
  auto book = Workbook::Open(kSamples + "openpyxl.xlsx");
  ASSERT_TRUE(book.ok());
  auto rows = ReadSheet(**book, 0);
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(Kind((*rows)[2], 8), CellKind::kNotComputed);
}

TEST(Workbooks, AreToldByTheirContentAndNotByTheirName) {
  const TemporaryDirectory directory;
  const std::string path = directory.Path("export.csv");
  std::filesystem::copy_file(kSamples + "xlwt.xls", path);
  auto book = Workbook::Open(path);
  ASSERT_TRUE(book.ok());
  EXPECT_EQ((*book)->format(), FileFormat::kXls);
}

TEST(Workbooks, ThatCannotBeReadGiveOneSentence) {
  const TemporaryDirectory directory;
  const std::pair<std::string, const char*> cases[] = {
      {kSamples + "cut.xlsx", "damaged or incomplete"},
      {kSamples + "cut.xls", "damaged or incomplete"},
      {kSamples + "protected.xlsx", "protected by a password"},
      {kSamples + "bomb.xlsx", "unpacks to far more"},
      {kSamples + "entities.xlsx", "DOCTYPE"},
      {directory.Write("a", "%PDF-1.4 ..."), "PDF"},
      {directory.Write("b", "Rar!\x1A\x07"), "archive"},
      {directory.Write("c", std::string("\x00\x01\x02\x03\x04\x05\x00\x00\x00\x00", 10)),
       "neither a text nor a workbook"},
      {directory.Write("d",
                       "<?xml version=\"1.0\"?><Workbook "
                       "xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"><Worksheet><Table><Row>"),
       "damaged"},
  };
  for (const auto& [path, sentence] : cases) {
    const absl::Status status = StatusOf(path);
    ASSERT_FALSE(status.ok()) << path;
    EXPECT_NE(std::string(status.message()).find(sentence), std::string::npos) << status;
    EXPECT_EQ(std::string(status.message()).find('\n'), std::string::npos);
  }
  EXPECT_TRUE(absl::IsNotFound(StatusOf(directory.Path("absent"))));
}

// Files are read in pieces, whose borders fall within rows.
TEST(Workbooks, OfManyRowsLoseNone) {
  const TemporaryDirectory directory;
  std::string xml =
      "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" "
      "xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\"><Worksheet ss:Name=\"a\"><Table>";
  for (int i = 0; i < 5000; ++i)
    xml += "<Row><Cell><Data ss:Type=\"Number\">" + std::to_string(i) +
           "</Data></Cell><Cell><Data ss:Type=\"String\">甲</Data></Cell></Row>";
  xml += "</Table></Worksheet></Workbook>";
  for (const std::string& path : {directory.Write("many.xls", xml), kSamples + "many_rows.xlsx"}) {
    auto book = Workbook::Open(path);
    ASSERT_TRUE(book.ok()) << book.status();
    auto rows = ReadSheet(**book, 0);
    ASSERT_TRUE(rows.ok()) << rows.status();
    ASSERT_EQ(rows->size(), 5000u) << path;
    for (size_t i = 0; i < rows->size(); ++i)
      ASSERT_EQ((*rows)[i].cells, (std::vector<std::string>{std::to_string(i), "甲"}))
          << path << ", row " << i;
  }
}

TEST(Pages, AreReadAsBrowsersShowThem) {
  const TemporaryDirectory directory;
  auto book = Workbook::Open(directory.Write(
      "page.xls",
      "<!DOCTYPE html><html><body><h1>花名册</h1><p>单位：万元</p>"
      "<table><tr><td><table><tr><th>姓&nbsp;名<th>身份证号<tr><td>王  芳\n</td><td "
      "x:num=\"371302199001010029\">3.71302E+17</td></tr>"
      "</table></td></tr></table><script>alert('<tr><td>x')</script>注：盖章有效</body></html>"));
  ASSERT_TRUE(book.ok()) << book.status();
  auto rows = ReadSheet(**book, 0);
  ASSERT_TRUE(rows.ok());
  ASSERT_EQ(rows->size(), 5u);
  EXPECT_EQ((*rows)[0].cells[0], "花名册");
  EXPECT_EQ((*rows)[1].cells[0], "单位：万元");
  EXPECT_EQ((*rows)[2].cells, (std::vector<std::string>{"姓 名", "身份证号"}));
  EXPECT_EQ((*rows)[3].cells, (std::vector<std::string>{"王 芳", "371302199001010029"}));
  EXPECT_EQ((*rows)[4].cells[0], "注：盖章有效");
}

}  // namespace
}  // namespace relief::adapters
