#include "relief/v1/registry_service.grpc.pb.h"
#include "server/ingest/feed.h"
#include "server/registry/person_view.h"
#include "server/rpc/answer.h"
#include "server/rpc/services.h"

namespace relief::server::rpc {
namespace {

// What is asked about is held to what a department's rows are held to, but need not be whole yet.
absl::Status CheckAsPushed(const v1::CheckApplicantRequest& request) {
  v1::Source source;
  source.set_content(v1::Source::BENEFITS);
  source.set_programme(request.intended().programme());
  if (request.has_intended() && (request.intended().programme() == v1::PROGRAMME_UNSPECIFIED ||
                                 !v1::Programme_IsValid(request.intended().programme())))
    return absl::InvalidArgumentError("intended.programme: required");
  for (int i = 0; i < request.persons_size(); ++i) {
    v1::Record record;
    record.set_record_id("1");
    *record.mutable_person() = request.persons(i);
    *record.mutable_benefit() = request.intended();
    for (const v1::FieldError& error : ingest::ValidateRecord(source, record)) {
      if (error.reason() == v1::FieldError::REQUIRED) continue;
      const bool of_person = error.field().starts_with("person.");
      if (!of_person && !request.has_intended()) continue;
      return absl::InvalidArgumentError((of_person
                                             ? "persons[" + std::to_string(i) + "]" + error.field().substr(6)
                                             : "intended" + error.field().substr(error.field().find('.'))) +
                                        ": " + error.message());
    }
  }
  return absl::OkStatus();
}

class RegistryService final : public v1::RegistryService::Service {
 public:
  explicit RegistryService(const ServiceContext& context) : hub_(context.hub) {}

  grpc::Status CheckApplicant(grpc::ServerContext*, const v1::CheckApplicantRequest* request,
                              v1::CheckApplicantResponse* response) override {
    if (absl::Status status = registry::CheckPurpose(request->purpose()); !status.ok())
      return network::ToGrpc(status);
    if (absl::Status status = CheckAsPushed(*request); !status.ok()) return network::ToGrpc(status);
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
