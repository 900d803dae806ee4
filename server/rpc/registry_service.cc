#include "relief/v1/registry_service.grpc.pb.h"
#include "server/findings/feed_rows.h"
#include "server/ingest/feed.h"
#include "server/registry/entitlements.h"
#include "server/registry/person_view.h"
#include "server/rpc/answer.h"
#include "server/rpc/services.h"

namespace relief::server::rpc {
namespace {

// What is asked about is held to what a department's rows are held to, but need not be whole yet: the errors, with the paths that
// they have in a record.
std::vector<v1::FieldError> ErrorsAsPushed(const v1::PersonIdentity& person, const v1::Benefit* intended) {
  v1::Source source;
  source.set_content(v1::Source::BENEFITS);
  v1::Record record;
  record.set_record_id("1");
  *record.mutable_person() = person;
  record.mutable_benefit();
  if (intended != nullptr) {
    source.set_programme(intended->programme());
    *record.mutable_benefit() = *intended;
  }
  std::vector<v1::FieldError> errors;
  for (v1::FieldError& error : ingest::ValidateRecord(source, record)) {
    if (error.reason() == v1::FieldError::REQUIRED) continue;
    if (!error.field().starts_with("person.") && intended == nullptr) continue;
    errors.push_back(std::move(error));
  }
  return errors;
}

bool HasProgramme(const v1::Benefit& intended) {
  return intended.programme() != v1::PROGRAMME_UNSPECIFIED && v1::Programme_IsValid(intended.programme());
}

absl::Status CheckAsPushed(const v1::CheckApplicantRequest& request) {
  if (request.has_intended() && !HasProgramme(request.intended()))
    return absl::InvalidArgumentError("intended.programme: required");
  for (int i = 0; i < request.persons_size(); ++i)
    for (const v1::FieldError& error :
         ErrorsAsPushed(request.persons(i), request.has_intended() ? &request.intended() : nullptr)) {
      const bool of_person = error.field().starts_with("person.");
      return absl::InvalidArgumentError((of_person
                                             ? "persons[" + std::to_string(i) + "]" + error.field().substr(6)
                                             : "intended" + error.field().substr(error.field().find('.'))) +
                                        ": " + error.message());
    }
  return absl::OkStatus();
}

v1::FieldError Missing(const std::string& field, const std::string& message) {
  v1::FieldError error;
  error.set_field(field);
  error.set_reason(v1::FieldError::REQUIRED);
  error.set_message(message);
  return error;
}

std::vector<v1::FieldError> ErrorsOfRow(const v1::CheckApplicantsRequest::Row& row) {
  const auto blank = [](const std::string& text) {
    return text.find_first_not_of(" \t\r\n") == std::string::npos;
  };
  std::vector<v1::FieldError> errors =
      ErrorsAsPushed(row.person(), row.has_intended() ? &row.intended() : nullptr);
  if (blank(row.person().name()) && blank(row.person().id_number()))
    errors.push_back(Missing("person.name", "a name or a document number is required"));
  if (row.has_intended() && !HasProgramme(row.intended()))
    errors.push_back(Missing("benefit.programme", "required"));
  return errors;
}

class RegistryService final : public v1::RegistryService::Service {
 public:
  explicit RegistryService(const ServiceContext& context) : hub_(context.hub) {}

  grpc::Status CheckApplicant(grpc::ServerContext*, const v1::CheckApplicantRequest* request,
                              v1::CheckApplicantResponse* response) override {
    if (absl::Status status = registry::CheckPurpose(request->purpose()); !status.ok())
      return network::ToGrpc(status);
    if (absl::Status status = CheckAsPushed(*request); !status.ok()) return network::ToGrpc(status);
    const auto snapshot = hub_.store().Snapshot();
    auto feeds = findings::ReadFeeds(*snapshot, hub_.features(), hub_.as_of());
    if (!feeds.ok()) return network::ToGrpc(feeds.status());
    return Answer(server::registry::CheckApplicant(*snapshot, hub_.model(), *hub_.rules(), hub_.as_of(),
                                                   *request, feeds->get()),
                  response);
  }

  grpc::Status CheckApplicants(grpc::ServerContext*, const v1::CheckApplicantsRequest* request,
                               v1::CheckApplicantsResponse* response) override {
    if (absl::Status status = registry::CheckPurpose(request->purpose()); !status.ok())
      return network::ToGrpc(status);
    const auto snapshot = hub_.store().Snapshot();
    auto feeds = findings::ReadFeeds(*snapshot, hub_.features(), hub_.as_of());
    if (!feeds.ok()) return network::ToGrpc(feeds.status());
    return Answer(server::registry::CheckApplicants(*snapshot, hub_.model(), *hub_.rules(), hub_.as_of(),
                                                    *request, ErrorsOfRow, feeds->get()),
                  response);
  }

  grpc::Status GetEntitlements(grpc::ServerContext*, const v1::GetEntitlementsRequest* request,
                               v1::EntitlementSheet* response) override {
    if (absl::Status status = registry::CheckPurpose(request->purpose()); !status.ok())
      return network::ToGrpc(status);
    const auto snapshot = hub_.store().Snapshot();
    auto feeds = findings::ReadFeeds(*snapshot, hub_.features(), hub_.as_of());
    if (!feeds.ok()) return network::ToGrpc(feeds.status());
    return Answer(registry::ReadEntitlements(*snapshot, *hub_.rules(), feeds->get(), hub_.as_of(), *request),
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
