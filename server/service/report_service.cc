#include "relief/v1/report_service.grpc.pb.h"
#include "server/report/gap_report.h"
#include "server/service/answer.h"
#include "server/service/services.h"

namespace relief::server {
namespace {

class ReportService final : public v1::ReportService::Service {
 public:
  explicit ReportService(const ServiceContext& context) : hub_(context.hub) {}

  grpc::Status GetGapReport(grpc::ServerContext*, const v1::GetGapReportRequest* request,
                            v1::GapReport* response) override {
    const auto rules = hub_.rules();
    return Answer(MakeGapReport(*hub_.store().Snapshot(), *request, {hub_.options().clock(), hub_.as_of(), *rules, nullptr}),
                  response);
  }

 private:
  Hub& hub_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeReportService(const ServiceContext& context) {
  return std::make_unique<ReportService>(context);
}

}  // namespace relief::server
