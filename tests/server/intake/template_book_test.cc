// Templates: filled as their remarks say, each is understood and loads without a question.
#include "server/intake/template_book.h"

#include "adapters/tabular/workbook.h"
#include "tests/server/intake/desk_at_work.h"

namespace relief::server::intake {
namespace {

struct Kind {
  v1::Programme programme;
  bool facts;
};

std::vector<Kind> Kinds() {
  std::vector<Kind> kinds = {{v1::PROGRAMME_UNSPECIFIED, true}};
  for (int i = v1::Programme_MIN + 1; i <= v1::Programme_MAX; ++i)
    kinds.push_back({static_cast<v1::Programme>(i), false});
  return kinds;
}

TEST(Template, ThereIsOneForEachProgrammeAndNoneForOthers) {
  for (const Kind& kind : Kinds()) {
    const auto bytes = TemplateWorkbook(kind.programme, kind.facts);
    ASSERT_TRUE(bytes.ok()) << bytes.status();
    auto file = PlainFile::Make();
    ASSERT_TRUE(file->Append(*bytes).ok());
    auto book = adapters::Workbook::Open(file->path());
    ASSERT_TRUE(book.ok()) << book.status();
    auto rows = (*book)->Read(0);
    adapters::SheetRow row;
    ASSERT_TRUE(*(*rows)->Next(&row));
    ASSERT_TRUE(*(*rows)->Next(&row));
    const auto columns = TemplateColumns(kind.programme, kind.facts);
    ASSERT_EQ(row.cells.size(), columns.size());
    for (size_t i = 0; i < columns.size(); ++i) EXPECT_EQ(row.cells[i], columns[i].heading);
    EXPECT_FALSE(*(*rows)->Next(&row));
  }
  EXPECT_FALSE(TemplateWorkbook(v1::PROGRAMME_UNSPECIFIED, false).ok());
}

TEST(Template, FilledInItLoadsWithoutAQuestion) {
  DeskAtWork at;
  int loaded = 0;
  for (const Kind& kind : Kinds()) {
    const std::string title = TemplateTitle(kind.programme, kind.facts);
    std::string text = title + "导入模板\n", row;
    for (const TemplateColumn& column : TemplateColumns(kind.programme, kind.facts)) {
      text += (row.empty() ? "" : ",") + column.heading;
      row += (row.empty() ? "" : ",") + column.example;
    }
    const v1::Upload read = at.Read(title + ".csv", text + "\n" + row + "\n");
    ASSERT_EQ(read.state(), v1::Upload::ASKING) << title << read.failure().text_en();
    EXPECT_EQ(read.tables(0).programme(), kind.programme) << title;
    for (const v1::UploadQuestion& question : read.tables(0).questions())
      EXPECT_FALSE(question.must_answer()) << title << " " << question.DebugString();
    const v1::Upload tried = at.Try(read.upload_id());
    EXPECT_EQ(tried.tables(0).outcome().rejected(), 0) << title << tried.tables(0).outcome().DebugString();
    const v1::Upload done = at.Load(read.upload_id());
    EXPECT_EQ(done.state(), v1::Upload::LOADED) << title << done.failure().text_en();
    EXPECT_EQ(done.tables(0).outcome().accepted(), 1) << title << done.tables(0).outcome().DebugString();
    loaded += done.state() == v1::Upload::LOADED ? 1 : 0;
  }
  EXPECT_EQ(loaded, 9);
}

}  // namespace
}  // namespace relief::server::intake
