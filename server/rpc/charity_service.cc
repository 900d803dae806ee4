#include "relief/v1/charity_service.grpc.pb.h"
#include "server/network/transport.h"
#include "server/referrals/charity.h"
#include "server/rpc/answer.h"
#include "server/rpc/services.h"

namespace relief::server::rpc {
namespace {

class CharityService final : public v1::CharityService::Service {
 public:
  explicit CharityService(const ServiceContext& context) : hub_(context.hub) {}

  grpc::Status RegisterProject(grpc::ServerContext* context, const v1::RegisterProjectRequest* request,
                               v1::CharityProject* response) override {
    return Answer(server::referrals::RegisterProject(hub_, *request, network::CallerOf(*context)), response);
  }
  grpc::Status UpdateProject(grpc::ServerContext* context, const v1::UpdateProjectRequest* request,
                             v1::CharityProject* response) override {
    return Answer(server::referrals::UpdateProject(hub_, *request, network::CallerOf(*context)), response);
  }
  grpc::Status ListProjects(grpc::ServerContext* context, const v1::ListProjectsRequest* request,
                            v1::ListProjectsResponse* response) override {
    return Answer(server::referrals::ListProjects(hub_, *request, network::CallerOf(*context)), response);
  }
  grpc::Status MatchNeeds(grpc::ServerContext* context, const v1::MatchNeedsRequest* request,
                          v1::MatchNeedsResponse* response) override {
    return Answer(server::referrals::MatchNeeds(hub_, *request, network::CallerOf(*context)), response);
  }
  grpc::Status AnswerNeed(grpc::ServerContext* context, const v1::AnswerNeedRequest* request,
                          v1::MatchedNeed* response) override {
    return Answer(server::referrals::AnswerNeed(hub_, *request, network::CallerOf(*context)), response);
  }

 private:
  core::Hub& hub_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeCharityService(const ServiceContext& context) {
  return std::make_unique<CharityService>(context);
}

}  // namespace relief::server::rpc
