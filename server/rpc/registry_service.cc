#include "relief/v1/registry_service.grpc.pb.h"
#include "server/network/transport.h"
#include "server/registry/person_view.h"
#include "server/rpc/answer.h"
#include "server/rpc/audited.h"
#include "server/rpc/services.h"

namespace relief::server::rpc {
namespace {

class RegistryService final : public v1::RegistryService::Service {
 public:
  explicit RegistryService(const ServiceContext& context) : hub_(context.hub) {}

  grpc::Status CheckApplicant(grpc::ServerContext* context, const v1::CheckApplicantRequest* request,
                              v1::CheckApplicantResponse* response) override {
    if (absl::Status status = registry::CheckPurpose(request->purpose()); !status.ok())
      return network::ToGrpc(status);
    auto result = server::registry::CheckApplicant(*hub_.store().Snapshot(), hub_.model(), *hub_.rules(),
                                                   hub_.as_of(), *request);
    std::string subject;  // whom the answer tells of
    if (result.ok())
      for (const v1::ApplicantResult& one : result->results())
        for (const v1::Candidate& candidate : one.candidates())
          subject += (subject.empty() ? "" : " ") + candidate.person().person_id();
    if (absl::Status status = WriteAudit(hub_, *context, "registry.check", subject, &request->purpose());
        !status.ok())
      return network::ToGrpc(status);
    return Answer(std::move(result), response);
  }

  grpc::Status GetPerson(grpc::ServerContext* context, const v1::GetPersonRequest* request,
                         v1::Person* response) override {
    if (absl::Status status = registry::CheckPurpose(request->purpose()); !status.ok())
      return network::ToGrpc(status);
    const int64_t then_us =
        request->as_known_at().seconds() * 1'000'000 + request->as_known_at().nanos() / 1000;
    const auto snapshot = hub_.store().Snapshot();
    auto person = request->has_as_known_at()
                      ? registry::ReadPersonAsKnownAt(*snapshot, request->person_id(), then_us)
                      : registry::ReadPerson(*snapshot, request->person_id());
    if (absl::Status status = WriteAudit(hub_, *context, "registry.person",
                                         person.ok() ? person->person_id() : "", &request->purpose());
        !status.ok())
      return network::ToGrpc(status);
    return Answer(std::move(person), response);
  }

  grpc::Status GetPersonOfRecord(grpc::ServerContext* context, const v1::GetPersonOfRecordRequest* request,
                                 v1::Person* response) override {
    if (absl::Status status = registry::CheckPurpose(request->purpose()); !status.ok())
      return network::ToGrpc(status);
    auto person = registry::ReadPersonOfRecord(*hub_.store().Snapshot(), request->record());
    if (absl::Status status = WriteAudit(hub_, *context, "registry.person",
                                         person.ok() ? person->person_id() : "", &request->purpose());
        !status.ok())
      return network::ToGrpc(status);
    return Answer(std::move(person), response);
  }

  grpc::Status GetHousehold(grpc::ServerContext* context, const v1::GetHouseholdRequest* request,
                            v1::HouseholdView* response) override {
    if (absl::Status status = registry::CheckPurpose(request->purpose()); !status.ok())
      return network::ToGrpc(status);
    auto household = registry::ReadHouseholdOf(*hub_.store().Snapshot(), request->person_id());
    std::string subject;
    if (household.ok())
      for (const v1::HouseholdView::Member& member : household->members())
        subject += (subject.empty() ? "" : " ") + member.person_id();
    if (absl::Status status = WriteAudit(hub_, *context, "registry.household", subject, &request->purpose());
        !status.ok())
      return network::ToGrpc(status);
    return Answer(std::move(household), response);
  }

  grpc::Status StreamAssignments(grpc::ServerContext* context, const v1::StreamAssignmentsRequest* request,
                                 grpc::ServerWriter<v1::Assignment>* writer) override {
    if (absl::Status status = registry::CheckPurpose(request->purpose()); !status.ok())
      return network::ToGrpc(status);
    if (absl::Status status = WriteAudit(hub_, *context, "registry.export", "", &request->purpose());
        !status.ok())
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
