#include "server/reports/export.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <numeric>

#include "server/reports/report_words.h"
#include "server/reports/table_file.h"
#include "tests/server/findings/random_findings.h"

namespace relief::server::reports {
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
  const std::string command =
      std::string("python3 -c 'import sys,zipfile,xml.dom.minidom as m\nz=zipfile.ZipFile(\"") + name +
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

struct Exported {
  FileHead head;
  FileTail tail;
  std::string content;
  std::vector<size_t> pieces;
};

class ExportTest : public testing::Test {
 protected:
  ExportTest() : world_(4) {
    for (int step = 0; step < 30; ++step) world_.Step(5);
    report_.mutable_report()->set_disclosure(v1::DISCLOSURE_FULL);
  }
  ReportContext Context() { return {world_.now_us(), matcher::CivilDate{2026, 4, 1}, *Rules(), nullptr}; }

  template <typename Request, typename Export>
  absl::StatusOr<Exported> Run(const Request& request, Export& export_to, const std::string& user = "li") {
    Exported file;
    const FileTarget target{[&](const FileHead& head) {
                              EXPECT_TRUE(file.head.name.empty()) << "begins once";
                              EXPECT_TRUE(file.content.empty()) << "before the first byte";
                              file.head = head;
                              return absl::OkStatus();
                            },
                            [&](std::string_view bytes) {
                              file.pieces.push_back(bytes.size());
                              file.content.append(bytes);
                              return absl::OkStatus();
                            }};
    const auto tail = export_to(world_.store(), request, Context(), user, kMaxDownloadRows, target);
    if (!tail.ok()) return tail.status();
    file.tail = *tail;
    return file;
  }

  findings::RandomFindings world_;
  v1::ExportReportRequest report_;
  v1::ExportFindingsRequest findings_;
};

TEST_F(ExportTest, AWorkbookHasTheRowsAndWhoAskedWhat) {
  report_.set_format(v1::EXPORT_XLSX);
  report_.mutable_report()->mutable_filter()->set_region_prefix("37");
  const auto file = Run(report_, ExportReport, "supervisor-li");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_NE(file->head.name.find(".xlsx"), std::string::npos);
  EXPECT_GT(file->tail.rows, 0);
  const std::string xml = UnpackedXml(file->content);
  for (const char* text : {"未结问题线索数", "筛选条件", "区划 37；未隐去小数目", "误报率", "合计"})
    EXPECT_NE(xml.find(text), std::string::npos) << text;
  EXPECT_NE(xml.find("supervisor-li"), std::string::npos);
  EXPECT_NE(xml.find("xl/worksheets/sheet2.xml"), std::string::npos);
}

TEST_F(ExportTest, AnExportOfFindingsHasARowForEachAndSaysWhatItLeftOut) {
  findings_.set_format(v1::EXPORT_CSV);
  const auto all = Run(findings_, ExportFindings);
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->tail.rows, static_cast<int64_t>(world_.findings().size()));
  EXPECT_EQ(all->tail.rows_left_out, 0);
  EXPECT_EQ(all->content.substr(0, 3), "\xef\xbb\xbf");
  for (const auto& [id, finding] : world_.findings())
    EXPECT_NE(all->content.find("\r\n" + id + "," + finding.rule_id()), std::string::npos) << id;
  for (const bool then : {false, true}) {
    findings_.set_max_rows(7);
    if (then) findings_.mutable_list()->mutable_as_known_at()->set_seconds(world_.now_us() / 1'000'000 + 1);
    const auto some = Run(findings_, ExportFindings);
    ASSERT_TRUE(some.ok()) << some.status();
    EXPECT_EQ(some->tail.rows, 7);
    EXPECT_EQ(some->tail.rows_left_out, static_cast<int64_t>(world_.findings().size()) - 7);
    EXPECT_NE(some->content.find("另有"), std::string::npos);
  }
}

TEST_F(ExportTest, WithheldFiguresStayWithheldInTheFile) {
  report_.set_format(v1::EXPORT_CSV);
  report_.mutable_report()->clear_disclosure();
  report_.mutable_report()->set_region_digits(6);
  const auto file = Run(report_, ExportReport);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_NE(file->content.find(",,,,,,,,,,,人数过少，不予公布\r\n"), std::string::npos) << file->content;
}

TEST_F(ExportTest, AFileSpeaksOneLanguage) {
  for (const bool zh : {true, false}) {
    report_.set_format(v1::EXPORT_CSV);
    findings_.set_format(v1::EXPORT_CSV);
    report_.set_language(zh ? v1::EXPORT_CHINESE : v1::EXPORT_ENGLISH);
    findings_.set_language(report_.language());
    for (const v1::GapDimension dimension : {v1::BY_KIND, v1::BY_PROGRAMME, v1::BY_SEVERITY})
      report_.mutable_report()->add_group_by(dimension);
    const auto report = Run(report_, ExportReport), findings = Run(findings_, ExportFindings);
    ASSERT_TRUE(report.ok() && findings.ok());
    const std::string both = report->content + findings->content;
    for (const char* word : {"重复救助", "最低生活保障", "高", "未结"})
      EXPECT_EQ(both.find(word) != std::string::npos, zh) << word;
    for (const char* word : {"Duplicate", "Minimum living", "High", "Settled"})
      EXPECT_EQ(both.find(word) != std::string::npos, !zh) << word;
    EXPECT_EQ(both.find("DUPLICATE"), std::string::npos) << "no codes";
    EXPECT_EQ(both.find("MINIMUM_LIVING"), std::string::npos);
  }
}

// For whoever finds it where it should not be.
TEST_F(ExportTest, AFileSaysWhoTookItAndWhen) {
  for (const v1::ExportFormat format : {v1::EXPORT_CSV, v1::EXPORT_XLSX}) {
    report_.set_format(format);
    findings_.set_format(format);
    for (const auto& file : {Run(report_, ExportReport), Run(findings_, ExportFindings)}) {
      ASSERT_TRUE(file.ok()) << file.status();
      const bool csv = format == v1::EXPORT_CSV;
      const std::string text = csv ? file->content : UnpackedXml(file->content);
      const std::string mark = "导出人 li，导出时间 ";
      const size_t at = text.find((csv ? "\r\n" : "<oddFooter>&amp;C") + mark);
      ASSERT_NE(at, std::string::npos);
      if (csv) {
        EXPECT_EQ(text.find("\r\n", at + 2), text.size() - 2) << "the last row";
      }
    }
  }
}

TEST_F(ExportTest, WhoeverTakesAFileCanEndIt) {
  for (const v1::ExportFormat format : {v1::EXPORT_CSV, v1::EXPORT_XLSX}) {
    findings_.set_format(format);
    const FileTarget refuses{
        [](const FileHead&) { return absl::UnavailableError("no entry in the audit chain"); },
        [](std::string_view) { return ADD_FAILURE() << "a byte left", absl::OkStatus(); }};
    EXPECT_TRUE(absl::IsUnavailable(
        ExportFindings(world_.store(), findings_, Context(), "li", kMaxDownloadRows, refuses).status()));
    const FileTarget goes_away{[](const FileHead&) { return absl::OkStatus(); },
                               [](std::string_view) { return absl::CancelledError("the caller went away"); }};
    EXPECT_TRUE(absl::IsCancelled(
        ExportFindings(world_.store(), findings_, Context(), "li", kMaxDownloadRows, goes_away).status()));
  }
}

TEST_F(ExportTest, AFormatIsRequired) {
  EXPECT_TRUE(absl::IsInvalidArgument(Run(report_, ExportReport).status()));
}

TEST(TableFileTest, NoCellIsAFormula) {
  for (const v1::ExportFormat format : {v1::EXPORT_CSV, v1::EXPORT_XLSX}) {
    std::string bytes;
    auto table = NewTableFile(format, {"name"},
                              [&](std::string_view piece) { return bytes.append(piece), absl::OkStatus(); });
    ASSERT_TRUE(table.ok());
    for (const char* text :
         {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "plain", "a,\"b\""})
      ASSERT_TRUE((*table)->Add({TableCell::Text(text)}).ok());
    const absl::Status finished = (*table)->Finish("=mark", {{"=note", "@note"}});
    ASSERT_TRUE(finished.ok()) << finished;
    const std::string text = format == v1::EXPORT_XLSX ? UnpackedXml(bytes) : bytes;
    EXPECT_NE(text.find("'=1+1"), std::string::npos);
    EXPECT_NE(text.find("'@SUM(A1)"), std::string::npos);
    EXPECT_EQ(text.find("<f>"), std::string::npos);
    if (format == v1::EXPORT_CSV) {
      EXPECT_EQ(bytes,
                "\xef\xbb\xbfname\r\n'=1+1\r\n'+1\r\n'-1\r\n'@SUM(A1)\r\n'\t=1\r\n\"'\r=1\"\r\n\"'\n=1\"\r\n'"
                "＝1+1\r\nplain\r\n\"a,"
                "\"\"b\"\"\"\r\n'=mark\r\n");
    }
  }
}

// Review of security, not tried there: what else is in a workbook than what is seen.
TEST_F(ExportTest, AWorkbookHoldsNothingThatIsNotSeen) {
  v1::Finding finding = world_.findings().begin()->second;
  finding.set_finding_id("F-told");
  finding.add_dispositions()->set_note("电话 13905391234，身份证 371302195003140027");
  finding.add_evidence()->mutable_record()->set_record_id("371302195003140027");
  storage::Transaction txn(world_.store());
  findings::IndexFinding(txn, nullptr, finding);
  txn.Put(schema::FindingRow(finding.finding_id()), finding.SerializeAsString());
  ASSERT_TRUE(txn.Commit().ok());
  report_.set_format(v1::EXPORT_XLSX);
  findings_.set_format(v1::EXPORT_XLSX);
  for (const auto& file : {Run(report_, ExportReport), Run(findings_, ExportFindings)}) {
    ASSERT_TRUE(file.ok()) << file.status();
    const std::string xml = UnpackedXml(file->content);
    EXPECT_NE(xml.find("docProps/core.xml"), std::string::npos) << "the parts are looked at";
    for (const char* trace : {"371302195003140027", "13905391234", "hidden", "veryHidden", "definedName",
                              "comments", "externalLink", "vbaProject", "customXml", "printerSettings"})
      EXPECT_EQ(xml.find(trace), std::string::npos) << trace;
    for (const char* author : {"<dc:creator></dc:creator>", "<cp:lastModifiedBy></cp:lastModifiedBy>"})
      EXPECT_NE(xml.find(author), std::string::npos) << "no user of the machine: " << author;
    EXPECT_EQ(xml.find("/tmp/"), std::string::npos) << "nor its folders";
  }
  const auto told = Run(findings_, ExportFindings);
  EXPECT_NE(UnpackedXml(told->content).find("F-told"), std::string::npos);
}

TEST(TableFileTest, ALongTableLeavesInPieces) {
  std::vector<size_t> pieces;
  auto table = NewTableFile(v1::EXPORT_CSV, {"name"}, [&](std::string_view piece) {
    pieces.push_back(piece.size());
    return absl::OkStatus();
  });
  ASSERT_TRUE(table.ok());
  for (int row = 0; row < 20'000; ++row)
    ASSERT_TRUE((*table)->Add({TableCell::Text(std::string(98, 'x'))}).ok());
  EXPECT_EQ(pieces.size(), 7u) << "of 2,000,009 bytes, before the end";
  for (const size_t size : pieces) EXPECT_LT(size, kFilePieceBytes + 200);
  ASSERT_TRUE((*table)->Finish("", {}).ok());
  EXPECT_EQ(std::accumulate(pieces.begin(), pieces.end(), size_t{0}), 2'000'009u);
}

TEST(ReportWordsTest, EveryCodeThatAFileCanSayHasAChineseWord) {
  for (const google::protobuf::EnumDescriptor* type :
       {v1::Programme_descriptor(), v1::FindingKind_descriptor(), v1::Severity_descriptor(),
        v1::Need_descriptor(), v1::Finding_State_descriptor(), v1::GapDimension_descriptor()})
    for (int i = 1; i < type->value_count(); ++i) {
      const std::string zh = WordOf(type, type->value(i)->number(), true);
      EXPECT_GE(static_cast<unsigned char>(zh.front()), 0x80) << type->value(i)->full_name();
    }
  EXPECT_EQ(Word(v1::NEED_MEDICAL, false), "Medical care");
  EXPECT_EQ(Word(v1::PROGRAMME_UNSPECIFIED, true), "");
  EXPECT_EQ(GroupedYuan(123'456'789), "1,234,567.89");
  EXPECT_EQ(GroupedYuan(-12'345'678), "-123,456.78");
  EXPECT_EQ(GroupedYuan(5), "0.05");
}

}  // namespace
}  // namespace relief::server::reports
