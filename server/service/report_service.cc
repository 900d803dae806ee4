#include "relief/v1/report_service.grpc.pb.h"
#include "server/report/export.h"
#include "server/report/gap_report.h"
#include "server/security/transport.h"
#include "server/service/answer.h"
#include "server/service/services.h"

namespace relief::server {
namespace {

constexpr size_t kChunkBytes = 256 * 1024;

class ReportService final : public v1::ReportService::Service {
 public:
  explicit ReportService(const ServiceContext& context) : hub_(context.hub) {}

  grpc::Status GetGapReport(grpc::ServerContext*, const v1::GetGapReportRequest* request,
                            v1::GapReport* response) override {
    const auto rules = hub_.rules();
    return Answer(MakeGapReport(*hub_.store().Snapshot(), *request, ContextOf(*rules)), response);
  }
  grpc::Status GetReportDefinitions(grpc::ServerContext*, const v1::GetReportDefinitionsRequest*,
                                    v1::ReportDefinitions* response) override {
    *response = ReportDefinitionList();
    return grpc::Status::OK;
  }
  grpc::Status DownloadReport(grpc::ServerContext* context, const v1::ExportReportRequest* request,
                              v1::ExportedFile* response) override {
    return Answer(Report(*context, *request, kMaxDownloadRows), response);
  }
  grpc::Status DownloadFindings(grpc::ServerContext* context, const v1::ExportFindingsRequest* request,
                                v1::ExportedFile* response) override {
    return Answer(Findings(*context, *request, kMaxDownloadRows), response);
  }
  grpc::Status ExportReport(grpc::ServerContext* context, const v1::ExportReportRequest* request,
                            grpc::ServerWriter<v1::ExportChunk>* writer) override {
    return Send(Report(*context, *request, kMaxExportRows), writer);
  }
  grpc::Status ExportFindings(grpc::ServerContext* context, const v1::ExportFindingsRequest* request,
                              grpc::ServerWriter<v1::ExportChunk>* writer) override {
    return Send(Findings(*context, *request, kMaxExportRows), writer);
  }

 private:
  ReportContext ContextOf(const coverage::RuleSet& rules) const {
    return {hub_.options().clock(), hub_.as_of(), rules, nullptr};
  }
  absl::StatusOr<v1::ExportedFile> Report(const grpc::ServerContext& context, const v1::ExportReportRequest& request,
                                          int64_t max_rows) {
    const auto rules = hub_.rules();
    const std::string user = CallerOf(context);
    return Audited(user, "report.export",
                   ExportReportFile(*hub_.store().Snapshot(), request, ContextOf(*rules), user, max_rows));
  }
  absl::StatusOr<v1::ExportedFile> Findings(const grpc::ServerContext& context,
                                            const v1::ExportFindingsRequest& request, int64_t max_rows) {
    const auto rules = hub_.rules();
    const std::string user = CallerOf(context);
    return Audited(user, "finding.export",
                   ExportFindingsFile(*hub_.store().Snapshot(), request, ContextOf(*rules), user, max_rows));
  }

  // No file leaves without its entry in the audit chain.
  absl::StatusOr<v1::ExportedFile> Audited(const std::string& user, const char* action,
                                           absl::StatusOr<v1::ExportedFile> file) {
    if (!file.ok()) return file;
    auto written = hub_.Write([&](WriteContext& context) {
      context.Audit({user, action, file->file_name(), "", "", "rows=" + std::to_string(file->rows())});
      return absl::OkStatus();
    });
    if (!written.ok()) return written.status();
    return file;
  }

  static grpc::Status Send(absl::StatusOr<v1::ExportedFile> file, grpc::ServerWriter<v1::ExportChunk>* writer) {
    if (!file.ok()) return ToGrpc(file.status());
    const std::string& bytes = file->content();
    for (size_t at = 0; at < bytes.size(); at += kChunkBytes) {
      v1::ExportChunk chunk;
      if (at == 0) {
        chunk.set_file_name(file->file_name());
        chunk.set_content_type(file->content_type());
      }
      chunk.set_data(bytes.substr(at, kChunkBytes));
      if (at + kChunkBytes >= bytes.size()) {
        chunk.set_rows(file->rows());
        chunk.set_rows_left_out(file->rows_left_out());
      }
      if (!writer->Write(chunk)) break;
    }
    return grpc::Status::OK;
  }

  Hub& hub_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeReportService(const ServiceContext& context) {
  return std::make_unique<ReportService>(context);
}

}  // namespace relief::server
