#include "server/referrals/charity_projects.h"

#include <algorithm>

#include "server/records/identity_mapping.h"
#include "server/referrals/charity.h"
#include "server/referrals/referral_keys.h"
#include "server/referrals/registration_number.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::referrals {
namespace {

constexpr int kDefaultPage = 100, kMaxPage = 1000;
constexpr size_t kScanPage = 500;
constexpr size_t kMaxText = 300;  // bytes: 100 Chinese characters
constexpr size_t kMaxId = 64;
constexpr size_t kMaxOwner = 256;
constexpr int kOldest = 150;
constexpr char kDevelopment[] = "local";  // a caller without a certificate owns nothing
constexpr char kNotFound[] = "no such project";

absl::StatusOr<v1::CharityProject> Parse(const std::string& value) {
  v1::CharityProject project;
  if (!project.ParseFromString(value)) return absl::DataLossError("the row of a project is damaged");
  return project;
}

absl::StatusOr<v1::CharityProject> Read(const storage::Reader& reader, const std::string& project_id) {
  const std::string key = referral_keys::ProjectRow(project_id);
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.MultiGet({&key, 1}));
  if (!rows[0].present()) return absl::NotFoundError(kNotFound);
  return Parse(rows[0].value);
}

bool ValidId(const std::string& id) {
  return !id.empty() && id.size() <= kMaxId && std::all_of(id.begin(), id.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

bool IsRegionPrefix(const std::string& region) {
  return region.size() <= 6 && region.size() % 2 == 0 &&
         std::all_of(region.begin(), region.end(), [](char c) { return c >= '0' && c <= '9'; });
}

absl::Status CheckConditions(const v1::CharityProject::Conditions& conditions) {
  if (conditions.age_from() < 0 || conditions.age_from() > kOldest)
    return absl::InvalidArgumentError("project.conditions.age_from: 0 to 150");
  if (conditions.age_to() < 0 || conditions.age_to() > kOldest ||
      (conditions.age_to() != 0 && conditions.age_to() < conditions.age_from()))
    return absl::InvalidArgumentError("project.conditions.age_to: 0, or from age_from to 150");
  for (const int programme : conditions.held())
    if (programme == v1::PROGRAMME_UNSPECIFIED || !v1::Programme_IsValid(programme))
      return absl::InvalidArgumentError("project.conditions.held: not a programme");
  for (const int programme : conditions.not_held())
    if (programme == v1::PROGRAMME_UNSPECIFIED || !v1::Programme_IsValid(programme))
      return absl::InvalidArgumentError("project.conditions.not_held: not a programme");
  if (conditions.max_amount_fen() < 0)
    return absl::InvalidArgumentError("project.conditions.max_amount_fen: not negative");
  return absl::OkStatus();
}

absl::Status Check(const v1::CharityProject& project) {
  if (!ValidId(project.project_id()))
    return absl::InvalidArgumentError("project.project_id: 1 to 64 of A-Z a-z 0-9 . _ -");
  if (project.organisation().empty() || project.organisation().size() > kMaxText)
    return absl::InvalidArgumentError("project.organisation: 1 to 100 characters");
  if (!IsCharityRegistration(project.registration_number()))
    return absl::InvalidArgumentError(
        "project.registration_number: the unified social credit code of a registered charity");
  if (project.title().empty() || project.title().size() > kMaxText)
    return absl::InvalidArgumentError("project.title: 1 to 100 characters");
  if (project.needs().empty()) return absl::InvalidArgumentError("project.needs: at least one");
  for (const int need : project.needs())
    if (need == v1::NEED_UNSPECIFIED || !v1::Need_IsValid(need))
      return absl::InvalidArgumentError("project.needs: not a need");
  if (!IsRegionPrefix(project.region_prefix()))
    return absl::InvalidArgumentError("project.region_prefix: 0, 2, 4 or 6 digits");
  if (project.has_valid_from() && !records::ToCivilDate(project.valid_from()))
    return absl::InvalidArgumentError("project.valid_from: not a day that exists");
  if (project.has_valid_to() && !records::ToCivilDate(project.valid_to()))
    return absl::InvalidArgumentError("project.valid_to: not a day that exists");
  if (project.has_valid_from() && project.has_valid_to() &&
      *records::ToCivilDate(project.valid_to()) < *records::ToCivilDate(project.valid_from()))
    return absl::InvalidArgumentError("project.valid_to: before the first day");
  if (project.owner().size() > kMaxOwner)
    return absl::InvalidArgumentError("project.owner: at most 256 bytes");
  return CheckConditions(project.conditions());
}

bool Same(v1::CharityProject a, v1::CharityProject b) {
  for (v1::CharityProject* one : {&a, &b}) {
    one->clear_create_time();
    one->clear_update_time();
    one->clear_etag();
  }
  return a.SerializeAsString() == b.SerializeAsString();
}

bool HelpsIn(const v1::CharityProject& project, const std::string& region) {
  return region.starts_with(project.region_prefix()) || project.region_prefix().starts_with(region);
}

bool HasNeed(const v1::CharityProject& project, v1::Need need) {
  return std::find(project.needs().begin(), project.needs().end(), need) != project.needs().end();
}

}  // namespace

absl::StatusOr<v1::CharityProject> ReadProjectOf(const storage::Reader& reader, const std::string& project_id,
                                                 const std::string& actor) {
  auto project = Read(reader, project_id);
  if (!project.ok()) return project.status();
  if (!project->owner().empty() && project->owner() != actor) return absl::NotFoundError(kNotFound);
  return project;
}

bool IsValidOn(const v1::CharityProject& project, matcher::CivilDate day) {
  const auto from = records::ToCivilDate(project.valid_from()), to = records::ToCivilDate(project.valid_to());
  return (!from || *from <= day) && (!to || day <= *to);
}

absl::StatusOr<v1::CharityProject> RegisterProject(core::Hub& hub, const v1::RegisterProjectRequest& request,
                                                   const std::string& actor) {
  v1::CharityProject asked = request.project();
  RELIEF_RETURN_IF_ERROR(Check(asked));
  if (asked.owner().empty() && actor != kDevelopment) asked.set_owner(actor);
  v1::CharityProject registered;
  auto done = hub.Write([&](core::WriteContext& context) -> absl::Status {
    auto existing = Read(storage::TransactionReader(context.txn), asked.project_id());
    if (existing.ok()) {
      if (!Same(*existing, asked)) return absl::AlreadyExistsError("another project has this id");
      registered = *std::move(existing);
      return absl::OkStatus();
    }
    if (!absl::IsNotFound(existing.status())) return existing.status();
    registered = asked;
    registered.mutable_create_time()->set_seconds(context.now_us / 1'000'000);
    *registered.mutable_update_time() = registered.create_time();
    registered.set_etag("1");
    context.txn.Put(referral_keys::ProjectRow(registered.project_id()), registered.SerializeAsString());
    context.Audit(
        {actor, "charity.register", registered.project_id(), "", "", registered.registration_number()});
    return absl::OkStatus();
  });
  if (!done.ok()) return done.status();
  return registered;
}

absl::StatusOr<v1::CharityProject> UpdateProject(core::Hub& hub, const v1::UpdateProjectRequest& request,
                                                 const std::string& actor) {
  const v1::CharityProject& asked = request.project();
  RELIEF_RETURN_IF_ERROR(Check(asked));
  if (asked.etag().empty()) return absl::InvalidArgumentError("project.etag: required");
  v1::CharityProject updated;
  auto done = hub.Write([&](core::WriteContext& context) -> absl::Status {
    RELIEF_ASSIGN_OR_RETURN(
        auto existing, ReadProjectOf(storage::TransactionReader(context.txn), asked.project_id(), actor));
    if (existing.etag() != asked.etag()) return absl::AbortedError("the project changed since it was read");
    updated = asked;
    if (updated.owner().empty()) updated.set_owner(existing.owner());
    *updated.mutable_create_time() = existing.create_time();
    updated.mutable_update_time()->set_seconds(context.now_us / 1'000'000);
    updated.set_etag(std::to_string(std::stoll(existing.etag()) + 1));
    context.txn.Put(referral_keys::ProjectRow(updated.project_id()), updated.SerializeAsString());
    context.Audit({actor, "charity.update", updated.project_id(), "", "", "etag=" + updated.etag()});
    return absl::OkStatus();
  });
  if (!done.ok()) return done.status();
  return updated;
}

absl::StatusOr<v1::ListProjectsResponse> ListProjects(core::Hub& hub, const v1::ListProjectsRequest& request,
                                                      const std::string& actor) {
  if (request.page_size() < 0) return absl::InvalidArgumentError("page_size: not negative");
  if (!IsRegionPrefix(request.region_prefix()))
    return absl::InvalidArgumentError("region_prefix: 0, 2, 4 or 6 digits");
  const int size = request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kMaxPage);
  const auto reader = hub.store().Snapshot();
  std::string from;
  if (!request.page_token().empty())
    from = referral_keys::ProjectRow(request.page_token()) + std::string(1, '\0');
  v1::ListProjectsResponse response;
  for (bool more = true; more && response.next_page_token().empty();) {
    RELIEF_ASSIGN_OR_RETURN(auto rows, reader->Scan(referral_keys::kProjectPrefix, from, kScanPage));
    for (const storage::KeyRow& row : rows) {
      RELIEF_ASSIGN_OR_RETURN(auto project, Parse(row.row.value));
      if (!HelpsIn(project, request.region_prefix()) ||
          (request.need() != v1::NEED_UNSPECIFIED && !HasNeed(project, request.need())) ||
          (request.only_valid() && !IsValidOn(project, hub.as_of())))
        continue;
      if (response.projects_size() == size) {
        response.set_next_page_token(response.projects(size - 1).project_id());
        break;
      }
      *response.add_projects() = std::move(project);
    }
    more = rows.size() == kScanPage;
    if (more) from = rows.back().key + std::string(1, '\0');
  }
  auto audited = hub.Write([&](core::WriteContext& context) {
    context.Audit({actor, "charity.list", "", "", "", std::to_string(response.projects_size())});
    return absl::OkStatus();
  });
  if (!audited.ok()) return audited.status();
  return response;
}

}  // namespace relief::server::referrals
