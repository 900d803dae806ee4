// Reports through the service: what streams, what is audited, what the schedules say.
#include <grpcpp/grpcpp.h>

#include <filesystem>

#include "relief/v1/report_service.grpc.pb.h"
#include "server/audit/audit.pb.h"
#include "server/core/schema.h"
#include "server/reports/schedule_runner.h"
#include "server/rpc/services.h"
#include "tests/server/hub_fixture.h"

namespace relief::server::rpc {
namespace {

class ReportServiceTest : public testing::Test {
 protected:
  ReportServiceTest() : hub_(OpenHub()) {
    const auto living = OpenBenefits(*hub_, "living", v1::MINIMUM_LIVING);
    const auto poverty = OpenBenefits(*hub_, "poverty", v1::EXTREME_POVERTY);
    for (int i = 0; i < 12; ++i) {
      const Who who = MadeUp("王秀兰", {1950, 3, static_cast<uint8_t>(1 + i)}, 2 * i + 2);
      const std::string number = std::to_string(i);
      Push(*hub_, living, {Monthly(who, "L" + number, v1::MINIMUM_LIVING, MonthOf(2026, 1))});
      Push(*hub_, poverty, {Monthly(who, "P" + number, v1::EXTREME_POVERTY, MonthOf(2026, 1))});
    }
    google::protobuf::RepeatedPtrField<config::ReportSchedule> configs;
    config::ReportSchedule& schedule = *configs.Add();
    schedule.set_name("daily");
    schedule.set_every(config::ReportSchedule::DAY);
    schedule.set_time("06:00");
    schedule.set_directory(std::filesystem::temp_directory_path());
    schedule.mutable_gap_report()->set_format(v1::EXPORT_CSV);
    schedules_ = std::make_unique<reports::ScheduleRunner>(*hub_, *reports::LoadSchedules(configs));
    service_ = MakeReportService({*hub_, stopping_, nullptr, {}, nullptr, schedules_.get()});
    grpc::ServerBuilder builder;
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
    stub_ = v1::ReportService::NewStub(server_->InProcessChannel({}));
  }
  ~ReportServiceTest() override { server_->Shutdown(); }

  std::vector<audit::Entry> Exports(const std::string& ending = ".export") const {
    std::vector<audit::Entry> entries;
    for (const auto& [key, value] : Rows(*hub_, schema::kAuditPrefix)) {
      audit::Entry entry;
      EXPECT_TRUE(entry.ParseFromString(value));
      if (entry.action().ends_with(ending)) entries.push_back(entry);
    }
    return entries;
  }

  std::unique_ptr<core::Hub> hub_;
  std::atomic<bool> stopping_ = false;
  std::unique_ptr<reports::ScheduleRunner> schedules_;
  std::unique_ptr<grpc::Service> service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::ReportService::Stub> stub_;
};

TEST_F(ReportServiceTest, AStreamedExportIsTheDownloadedFileAndIsAuditedBeforeItLeaves) {
  v1::ExportFindingsRequest request;
  request.set_format(v1::EXPORT_CSV);
  request.mutable_list()->mutable_filter()->add_states(v1::Finding::OPEN);
  v1::ExportedFile whole;
  grpc::ClientContext download;
  ASSERT_TRUE(stub_->DownloadFindings(&download, request, &whole).ok());
  EXPECT_EQ(whole.rows(), static_cast<int64_t>(OpenFindings(*hub_).size()));
  EXPECT_GE(whole.rows(), 12);

  grpc::ClientContext context;
  const auto stream = stub_->ExportFindings(&context, request);
  std::string content;
  std::vector<v1::ExportChunk> chunks;
  for (v1::ExportChunk chunk; stream->Read(&chunk);) {
    content += chunk.data();
    chunks.push_back(chunk);
  }
  ASSERT_TRUE(stream->Finish().ok());
  EXPECT_EQ(content, whole.content());
  EXPECT_EQ(chunks.front().file_name(), whole.file_name());
  EXPECT_EQ(chunks.back().rows(), whole.rows());
  const auto entries = Exports();
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].detail(), "rows=" + std::to_string(whole.rows()));
  EXPECT_EQ(entries[1].detail(), "begins");
  EXPECT_EQ(entries[2].detail(), entries[0].detail());
  EXPECT_EQ(entries[1].subject(), whole.file_name());
}

TEST_F(ReportServiceTest, AQuestionThatIsWrongLeavesNeitherFileNorEntry) {
  v1::ExportReportRequest request;
  request.set_format(v1::EXPORT_CSV);
  request.mutable_report()->set_region_digits(3);
  grpc::ClientContext context;
  v1::ExportChunk chunk;
  const auto stream = stub_->ExportReport(&context, request);
  EXPECT_FALSE(stream->Read(&chunk));
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_NE(status.error_message().find("region_digits"), std::string::npos);
  EXPECT_TRUE(Exports().empty());
}

TEST_F(ReportServiceTest, TheMonthlySummaryHasFiguresAndTheirDocument) {
  v1::GetMonthlySummaryRequest request;
  *request.mutable_month() = MonthOf(2026, 10);  // by the hub's clock
  request.set_region_prefix("371302");
  v1::MonthlySummary summary;
  grpc::ClientContext context;
  const grpc::Status status = stub_->GetMonthlySummary(&context, request, &summary);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_GE(summary.report().total().findings(), 12);
  EXPECT_EQ(summary.report().disclosure(), v1::DISCLOSURE_PROTECTED);
  EXPECT_NE(summary.html().find("兰山区救助信息共享月报"), std::string::npos);
  grpc::ClientContext again;
  request.clear_month();
  EXPECT_EQ(stub_->GetMonthlySummary(&again, request, &summary).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ReportServiceTest, FiguresThatTellOfSinglePeopleLeaveAnEntry) {
  v1::GetGapReportRequest request;
  request.mutable_filter()->set_region_prefix("371302");
  v1::GapReport report;
  grpc::ClientContext first, second, third, fourth;
  ASSERT_TRUE(stub_->GetGapReport(&first, request, &report).ok());
  EXPECT_TRUE(Exports("report.full").empty()) << "protected figures are for anybody";
  request.set_disclosure(v1::DISCLOSURE_FULL);
  ASSERT_TRUE(stub_->GetGapReport(&second, request, &report).ok());
  ASSERT_EQ(Exports("report.full").size(), 1u);
  EXPECT_EQ(Exports("report.full")[0].detail(), "region=371302");
  v1::GetMonthlySummaryRequest month;
  *month.mutable_month() = MonthOf(2026, 10);
  month.set_disclosure(v1::DISCLOSURE_FULL);
  v1::MonthlySummary summary;
  ASSERT_TRUE(stub_->GetMonthlySummary(&third, month, &summary).ok());
  ASSERT_EQ(Exports("report.full").size(), 2u);
  EXPECT_EQ(Exports("report.full")[1].detail(), "region=all");
  request.set_region_digits(3);
  EXPECT_FALSE(stub_->GetGapReport(&fourth, request, &report).ok());
  EXPECT_EQ(Exports("report.full").size(), 2u) << "nothing was told";
}

TEST_F(ReportServiceTest, SchedulesAreListed) {
  v1::ListReportSchedulesResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->ListReportSchedules(&context, {}, &response).ok());
  ASSERT_EQ(response.schedules_size(), 1);
  EXPECT_EQ(response.schedules(0).description_en(), "every day at 06:00, gap report (CSV)");
  EXPECT_GT(response.schedules(0).next_time().seconds(), hub_->Now() / 1'000'000);
  EXPECT_FALSE(response.schedules(0).has_last_time());
}

}  // namespace
}  // namespace relief::server::rpc
