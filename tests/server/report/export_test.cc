#include "server/report/export.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "server/report/table_file.h"
#include "tests/server/report/random_findings.h"

namespace relief::server {
namespace {

std::shared_ptr<const coverage::RuleSet> Rules() {
  static const auto rules = coverage::RuleSet::LoadDirectory(RELIEF_RULES_DIRECTORY);
  EXPECT_TRUE(rules.ok()) << rules.status();
  return *rules;
}

// The texts of a workbook, as another program reads them.
std::string UnpackedXml(const std::string& bytes) {
  char name[] = "/tmp/relief-export-test-XXXXXX";
  const int file = mkstemp(name);
  EXPECT_GE(file, 0);
  close(file);
  std::ofstream(name, std::ios::binary) << bytes;
  const std::string command = std::string("python3 -c 'import sys,zipfile,xml.dom.minidom as m\nz=zipfile.ZipFile(\"") + name +
                              "\")\nassert z.testzip() is None\nfor n in z.namelist():\n"
                              " t=z.read(n)\n m.parseString(t)\n sys.stdout.write(n+\"\\n\"+t.decode()+\"\\n\")'";
  FILE* pipe = popen(command.c_str(), "r");
  std::string text;
  char buffer[4096];
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) text.append(buffer, n);
  EXPECT_EQ(pclose(pipe), 0) << "no workbook";
  std::remove(name);
  return text;
}

class ExportTest : public testing::Test {
 protected:
  ExportTest() : world_(4) {
    for (int step = 0; step < 30; ++step) world_.Step(5);
    report_.mutable_report()->set_disclosure(v1::DISCLOSURE_FULL);
  }
  ReportContext Context() { return {world_.now_us(), matcher::CivilDate{2026, 4, 1}, *Rules(), nullptr}; }

  RandomFindings world_;
  v1::ExportReportRequest report_;
  v1::ExportFindingsRequest findings_;
};

TEST_F(ExportTest, AWorkbookHasTheRowsAndWhoAskedWhat) {
  report_.set_format(v1::EXPORT_XLSX);
  report_.mutable_report()->mutable_filter()->set_region_prefix("37");
  const auto file = ExportReportFile(world_.store(), report_, Context(), "supervisor-li", kMaxDownloadRows);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_NE(file->file_name().find(".xlsx"), std::string::npos);
  EXPECT_GT(file->rows(), 0);
  const std::string xml = UnpackedXml(file->content());
  for (const char* text : {"未结问题数", "筛选条件", "region_prefix:", "误报率", "合计"})
    EXPECT_NE(xml.find(text), std::string::npos) << text;
  EXPECT_NE(xml.find("supervisor-li"), std::string::npos);
  EXPECT_NE(xml.find("xl/worksheets/sheet2.xml"), std::string::npos);
}

TEST_F(ExportTest, AnExportOfFindingsHasARowForEachAndSaysWhatItLeftOut) {
  findings_.set_format(v1::EXPORT_CSV);
  const auto all = ExportFindingsFile(world_.store(), findings_, Context(), "li", kMaxDownloadRows);
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->rows(), static_cast<int64_t>(world_.findings().size()));
  EXPECT_EQ(all->rows_left_out(), 0);
  EXPECT_EQ(all->content().substr(0, 3), "\xef\xbb\xbf");
  for (const auto& [id, finding] : world_.findings())
    EXPECT_NE(all->content().find("\r\n" + id + "," + finding.rule_id()), std::string::npos) << id;
  for (const bool then : {false, true}) {
    findings_.set_max_rows(7);
    if (then) findings_.mutable_list()->mutable_as_known_at()->set_seconds(world_.now_us() / 1'000'000 + 1);
    const auto some = ExportFindingsFile(world_.store(), findings_, Context(), "li", kMaxDownloadRows);
    ASSERT_TRUE(some.ok()) << some.status();
    EXPECT_EQ(some->rows(), 7);
    EXPECT_EQ(some->rows_left_out(), static_cast<int64_t>(world_.findings().size()) - 7);
    EXPECT_NE(some->content().find("另有"), std::string::npos);
  }
}

TEST_F(ExportTest, WithheldFiguresStayWithheldInTheFile) {
  report_.set_format(v1::EXPORT_CSV);
  report_.mutable_report()->clear_disclosure();
  report_.mutable_report()->set_region_digits(6);
  const auto file = ExportReportFile(world_.store(), report_, Context(), "li", kMaxDownloadRows);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_NE(file->content().find(",,,,,,,,,,,人数过少，不予公布\r\n"), std::string::npos) << file->content();
}

TEST_F(ExportTest, AFormatIsRequired) {
  EXPECT_TRUE(absl::IsInvalidArgument(
      ExportReportFile(world_.store(), report_, Context(), "li", kMaxDownloadRows).status()));
}

TEST(TableFileTest, NoCellIsAFormula) {
  for (const v1::ExportFormat format : {v1::EXPORT_CSV, v1::EXPORT_XLSX}) {
    auto table = NewTableFile(format, {"name"});
    ASSERT_TRUE(table.ok());
    for (const char* text : {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "plain", "a,\"b\""})
      (*table)->Add({TableCell::Text(text)});
    const auto bytes = (*table)->Finish({{"=note", "@note"}});
    ASSERT_TRUE(bytes.ok()) << bytes.status();
    const std::string text = format == v1::EXPORT_XLSX ? UnpackedXml(*bytes) : *bytes;
    EXPECT_NE(text.find("'=1+1"), std::string::npos);
    EXPECT_NE(text.find("'@SUM(A1)"), std::string::npos);
    EXPECT_EQ(text.find("<f>"), std::string::npos);
    if (format == v1::EXPORT_CSV) {
      EXPECT_EQ(*bytes, "\xef\xbb\xbfname\r\n'=1+1\r\n'+1\r\n'-1\r\n'@SUM(A1)\r\n'\t=1\r\n\"'\r=1\"\r\nplain\r\n\"a,\"\"b\"\"\"\r\n");
    }
  }
}

}  // namespace
}  // namespace relief::server
