#include "relief/v1/registry_service.grpc.pb.h"
#include "server/registry/person_view.h"
#include "server/rpc/answer.h"
#include "server/rpc/services.h"

namespace relief::server::rpc {
namespace {

class RegistryService final : public v1::RegistryService::Service {
 public:
  explicit RegistryService(const ServiceContext& context) : hub_(context.hub) {}

  grpc::Status CheckApplicant(grpc::ServerContext*, const v1::CheckApplicantRequest* request,
                              v1::CheckApplicantResponse* response) override {
    if (absl::Status status = registry::CheckPurpose(request->purpose()); !status.ok())
      return network::ToGrpc(status);
    return Answer(server::registry::CheckApplicant(*hub_.store().Snapshot(), hub_.model(), *hub_.rules(),
                                                   hub_.as_of(), *request),
                  response);
  }

  grpc::Status GetPerson(grpc::ServerContext*, const v1::GetPersonRequest* request,
                         v1::Person* response) override {
    if (absl::Status status = registry::CheckPurpose(request->purpose()); !status.ok())
      return network::ToGrpc(status);
    const int64_t then_us =
        request->as_known_at().seconds() * 1'000'000 + request->as_known_at().nanos() / 1000;
    const auto snapshot = hub_.store().Snapshot();
    auto person = request->has_as_known_at()
                      ? registry::ReadPersonAsKnownAt(*snapshot, request->person_id(), then_us)
                      : registry::ReadPerson(*snapshot, request->person_id());
    return Answer(std::move(person), response);
  }

  grpc::Status GetPersonOfRecord(grpc::ServerContext*, const v1::GetPersonOfRecordRequest* request,
                                 v1::Person* response) override {
    if (absl::Status status = registry::CheckPurpose(request->purpose()); !status.ok())
      return network::ToGrpc(status);
    auto person = registry::ReadPersonOfRecord(*hub_.store().Snapshot(), request->record());
    return Answer(std::move(person), response);
  }

  grpc::Status GetHousehold(grpc::ServerContext*, const v1::GetHouseholdRequest* request,
                            v1::HouseholdView* response) override {
    if (absl::Status status = registry::CheckPurpose(request->purpose()); !status.ok())
      return network::ToGrpc(status);
    return Answer(registry::ReadHouseholdOf(*hub_.store().Snapshot(), request->person_id()), response);
  }

  grpc::Status StreamAssignments(grpc::ServerContext*, const v1::StreamAssignmentsRequest* request,
                                 grpc::ServerWriter<v1::Assignment>* writer) override {
    if (absl::Status status = registry::CheckPurpose(request->purpose()); !status.ok())
      return network::ToGrpc(status);
    return network::ToGrpc(registry::ForEachAssignment(
        *hub_.store().Snapshot(),
        [&](const v1::Assignment& assignment) { return writer->Write(assignment); }));
  }

 private:
  core::Hub& hub_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeRegistryService(const ServiceContext& context) {
  return std::make_unique<RegistryService>(context);
}

}  // namespace relief::server::rpc
