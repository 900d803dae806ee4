#include "relief/v1/intake_service.grpc.pb.h"
#include "server/intake/desk.h"
#include "server/network/transport.h"
#include "server/rpc/answer.h"
#include "server/rpc/services.h"

namespace relief::server::rpc {
namespace {

class IntakeService final : public v1::IntakeService::Service {
 public:
  explicit IntakeService(const ServiceContext& context) : desk_(context.intake) {}

  grpc::Status BeginUpload(grpc::ServerContext* context, const v1::BeginUploadRequest* request,
                           v1::Upload* response) override {
    return At(context, response, [&](const auto& officer) { return desk_->Begin(officer, *request); });
  }
  grpc::Status AppendUpload(grpc::ServerContext* context, const v1::AppendUploadRequest* request,
                            v1::UploadProgress* response) override {
    return At(context, response, [&](const auto& officer) { return desk_->Append(officer, *request); });
  }
  grpc::Status GetUpload(grpc::ServerContext* context, const v1::GetUploadRequest* request,
                         v1::Upload* response) override {
    return At(context, response,
              [&](const auto& officer) { return desk_->Get(officer, request->upload_id()); });
  }
  grpc::Status ListUploads(grpc::ServerContext* context, const v1::ListUploadsRequest* request,
                           v1::ListUploadsResponse* response) override {
    return At(context, response, [&](const auto& officer) { return desk_->List(officer, *request); });
  }
  grpc::Status AnswerUpload(grpc::ServerContext* context, const v1::AnswerUploadRequest* request,
                            v1::Upload* response) override {
    return At(context, response, [&](const auto& officer) { return desk_->Answer(officer, *request); });
  }
  grpc::Status TryUpload(grpc::ServerContext* context, const v1::TryUploadRequest* request,
                         v1::Upload* response) override {
    return At(context, response,
              [&](const auto& officer) { return desk_->Try(officer, request->upload_id()); });
  }
  grpc::Status LoadUpload(grpc::ServerContext* context, const v1::LoadUploadRequest* request,
                          v1::Upload* response) override {
    return At(context, response, [&](const auto& officer) { return desk_->Load(officer, *request); });
  }
  grpc::Status DiscardUpload(grpc::ServerContext* context, const v1::DiscardUploadRequest* request,
                             v1::Upload* response) override {
    return At(context, response,
              [&](const auto& officer) { return desk_->Discard(officer, request->upload_id()); });
  }
  grpc::Status DownloadRejectedRows(grpc::ServerContext* context,
                                    const v1::DownloadRejectedRowsRequest* request,
                                    v1::ExportedFile* response) override {
    return At(context, response,
              [&](const auto& officer) { return desk_->RejectedWorkbook(officer, request->upload_id()); });
  }
  grpc::Status DownloadTemplate(grpc::ServerContext* context, const v1::DownloadTemplateRequest* request,
                                v1::ExportedFile* response) override {
    return At(context, response, [&](const auto& officer) { return desk_->Template(officer, *request); });
  }

 private:
  template <typename Message, typename Ask>
  grpc::Status At(const grpc::ServerContext* context, Message* response, const Ask& ask) {
    if (desk_ == nullptr)
      return network::ToGrpc(absl::UnimplementedError("this hub takes no files from officers"));
    const intake::Officer officer{network::CallerOf(*context), PersonBehind(*context)};
    if (!officer.caller.starts_with("console:"))
      return network::ToGrpc(absl::FailedPreconditionError(
          "this is for users of the console; a system pushes its records (FeedService.Push)"));
    return Answer<Message>(ask(officer), response);
  }

  // Empty where the account stands for itself.
  static std::string PersonBehind(const grpc::ServerContext& context) {
    constexpr std::string_view kPerson = "person:";
    const std::string person = network::PersonOf(context);
    return person.starts_with(kPerson) ? person.substr(kPerson.size()) : std::string();
  }

  intake::Desk* const desk_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeIntakeService(const ServiceContext& context) {
  return std::make_unique<IntakeService>(context);
}

}  // namespace relief::server::rpc
