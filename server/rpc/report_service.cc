#include "relief/v1/report_service.grpc.pb.h"
#include "server/network/transport.h"
#include "server/reports/export.h"
#include "server/reports/gap_report.h"
#include "server/reports/monthly_summary.h"
#include "server/reports/report_definitions.h"
#include "server/reports/schedule_runner.h"
#include "server/rpc/answer.h"
#include "server/rpc/services.h"

namespace relief::server::rpc {
namespace {

class ReportService final : public v1::ReportService::Service {
 public:
  explicit ReportService(const ServiceContext& context) : hub_(context.hub), schedules_(context.schedules) {}

  grpc::Status GetGapReport(grpc::ServerContext* context, const v1::GetGapReportRequest* request,
                            v1::GapReport* response) override {
    const auto rules = hub_.rules();
    auto report = reports::MakeGapReport(*hub_.store().Snapshot(), *request, ContextOf(*rules));
    if (absl::Status status =
            AuditFigures(*context, report, request->disclosure(), request->filter().region_prefix());
        !status.ok())
      return network::ToGrpc(status);
    return Answer(std::move(report), response);
  }
  grpc::Status GetMonthlySummary(grpc::ServerContext* context, const v1::GetMonthlySummaryRequest* request,
                                 v1::MonthlySummary* response) override {
    const auto rules = hub_.rules();
    auto summary = reports::MakeMonthlySummary(*hub_.store().Snapshot(), *request, ContextOf(*rules));
    if (absl::Status status =
            AuditFigures(*context, summary, request->disclosure(), request->region_prefix());
        !status.ok())
      return network::ToGrpc(status);
    return Answer(std::move(summary), response);
  }
  grpc::Status GetReportDefinitions(grpc::ServerContext*, const v1::GetReportDefinitionsRequest*,
                                    v1::ReportDefinitions* response) override {
    *response = reports::ReportDefinitionList();
    return grpc::Status::OK;
  }
  grpc::Status DownloadReport(grpc::ServerContext* context, const v1::ExportReportRequest* request,
                              v1::ExportedFile* response) override {
    return Download(*context, "report.export", *request, server::reports::ExportReport, response);
  }
  grpc::Status DownloadFindings(grpc::ServerContext* context, const v1::ExportFindingsRequest* request,
                                v1::ExportedFile* response) override {
    return Download(*context, "finding.export", *request, server::reports::ExportFindings, response);
  }
  grpc::Status ExportReport(grpc::ServerContext* context, const v1::ExportReportRequest* request,
                            grpc::ServerWriter<v1::ExportChunk>* writer) override {
    return Stream(*context, "report.export", *request, server::reports::ExportReport, writer);
  }
  grpc::Status ExportFindings(grpc::ServerContext* context, const v1::ExportFindingsRequest* request,
                              grpc::ServerWriter<v1::ExportChunk>* writer) override {
    return Stream(*context, "finding.export", *request, server::reports::ExportFindings, writer);
  }
  grpc::Status ListReportSchedules(grpc::ServerContext*, const v1::ListReportSchedulesRequest*,
                                   v1::ListReportSchedulesResponse* response) override {
    return schedules_ ? Answer(schedules_->List(), response) : grpc::Status::OK;
  }

 private:
  template <typename Request>
  using Export = absl::StatusOr<reports::FileTail>(const storage::Reader&, const Request&,
                                                   const reports::ReportContext&, const std::string&, int64_t,
                                                   const reports::FileTarget&);

  reports::ReportContext ContextOf(const coverage::RuleSet& rules) const {
    return {hub_.Now(), hub_.as_of(), rules, nullptr};
  }

  // No file leaves without its entry in the audit chain: it is written before the first byte goes.
  absl::Status Audit(const std::string& user, const char* action, const std::string& file_name,
                     const std::string& detail) {
    return hub_
        .Write([&](core::WriteContext& context) {
          context.Audit({user, action, file_name, "", "", detail});
          return absl::OkStatus();
        })
        .status();
  }

  // Figures that tell of single people do not leave without an entry either.
  template <typename Answered>
  absl::Status AuditFigures(const grpc::ServerContext& context, const absl::StatusOr<Answered>& answered,
                            v1::Disclosure disclosure, const std::string& region_prefix) {
    if (!answered.ok() || disclosure != v1::DISCLOSURE_FULL) return absl::OkStatus();
    return Audit(network::CallerOf(context), "report.full", "",
                 "region=" + (region_prefix.empty() ? std::string("all") : region_prefix));
  }

  // A file of few rows, in one answer.
  template <typename Request>
  grpc::Status Download(const grpc::ServerContext& context, const char* action, const Request& request,
                        Export<Request>& export_to, v1::ExportedFile* response) {
    const auto rules = hub_.rules();
    const std::string user = network::CallerOf(context);
    v1::ExportedFile file;
    const reports::FileTarget target{[&](const reports::FileHead& head) {
                                       file.set_file_name(head.name);
                                       file.set_content_type(head.content_type);
                                       return absl::OkStatus();
                                     },
                                     [&](std::string_view bytes) {
                                       file.mutable_content()->append(bytes);
                                       return absl::OkStatus();
                                     }};
    const auto tail = export_to(*hub_.store().Snapshot(), request, ContextOf(*rules), user,
                                reports::kMaxDownloadRows, target);
    if (!tail.ok()) return network::ToGrpc(tail.status());
    const absl::Status audited = Audit(user, action, file.file_name(), "rows=" + std::to_string(tail->rows));
    if (!audited.ok()) return network::ToGrpc(audited);
    file.set_rows(tail->rows);
    file.set_rows_left_out(tail->rows_left_out);
    *response = std::move(file);
    return grpc::Status::OK;
  }

  // A file of any length, a piece in memory at a time. How many rows went is a second entry of the audit
  // chain.
  template <typename Request>
  grpc::Status Stream(const grpc::ServerContext& context, const char* action, const Request& request,
                      Export<Request>& export_to, grpc::ServerWriter<v1::ExportChunk>* writer) {
    const auto rules = hub_.rules();
    const std::string user = network::CallerOf(context);
    v1::ExportChunk chunk;  // waits for the next one, because the last has the tail
    std::string file_name;
    const reports::FileTarget target{[&](const reports::FileHead& head) {
                                       chunk.set_file_name(file_name = head.name);
                                       chunk.set_content_type(head.content_type);
                                       return Audit(user, action, file_name, "begins");
                                     },
                                     [&](std::string_view bytes) {
                                       if (!chunk.data().empty()) {
                                         if (!writer->Write(chunk))
                                           return absl::CancelledError("the caller went away");
                                         chunk.Clear();
                                       }
                                       chunk.mutable_data()->assign(bytes.data(), bytes.size());
                                       return absl::OkStatus();
                                     }};
    const auto tail = export_to(*hub_.store().Snapshot(), request, ContextOf(*rules), user,
                                reports::kMaxExportRows, target);
    if (!tail.ok()) return network::ToGrpc(tail.status());
    const absl::Status audited = Audit(user, action, file_name, "rows=" + std::to_string(tail->rows));
    if (!audited.ok()) return network::ToGrpc(audited);
    chunk.set_rows(tail->rows);
    chunk.set_rows_left_out(tail->rows_left_out);
    writer->Write(chunk);
    return grpc::Status::OK;
  }

  core::Hub& hub_;
  const reports::ScheduleRunner* schedules_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeReportService(const ServiceContext& context) {
  return std::make_unique<ReportService>(context);
}

}  // namespace relief::server::rpc
