#include "server/access/referral_rights.h"

#include "server/referrals/referrals.h"
#include "storage/status_macros.h"

namespace relief::server::access {
namespace {

enum class Side { kEither, kTaker, kTarget };

Side SideOf(const google::protobuf::Message& request, const v1::Referral& referral) {
  const auto* type = request.GetDescriptor();
  if (type == v1::AcceptRequest::descriptor() || type == v1::ReturnRequest::descriptor())
    return Side::kTarget;
  if (type == v1::HandOverRequest::descriptor()) return Side::kTaker;
  if (type != v1::ConcludeRequest::descriptor()) return Side::kEither;
  if (static_cast<const v1::ConcludeRequest&>(request).outcome() == v1::Referral::WITHDRAWN)
    return Side::kTaker;
  return referral.state() == v1::Referral::ACCEPTED ? Side::kTarget : Side::kTaker;
}

std::string ReferralIdOf(const google::protobuf::Message& request) {
  for (const auto* type : {v1::AcceptRequest::descriptor(), v1::ReturnRequest::descriptor(),
                           v1::HandOverRequest::descriptor(), v1::ConcludeRequest::descriptor()})
    if (request.GetDescriptor() == type)
      return request.GetReflection()->GetString(request, type->FindFieldByName("referral_id"));
  return "";
}

}  // namespace

absl::Status CheckReferralStep(const storage::Reader& reader, const Permit& permit, const Asker& asker,
                               const google::protobuf::Message& request) {
  const std::string id = ReferralIdOf(request);
  if (id.empty()) return absl::OkStatus();
  auto referral = referrals::GetReferral(reader, id);
  if (absl::IsNotFound(referral.status())) return absl::OkStatus();
  if (!referral.ok()) return referral.status();
  const Side side = SideOf(request, *referral);
  if (side == Side::kTarget) {
    const v1::Target& target = referral->target();
    if (target.programme() == v1::PROGRAMME_UNSPECIFIED || permit.Sees(target.programme(), target.region()))
      return absl::OkStatus();
    return absl::PermissionDeniedError("this step is for those to whom the referral was handed over");
  }
  if (side == Side::kEither || referral->taker() == asker.caller) return absl::OkStatus();
  RELIEF_ASSIGN_OR_RETURN(auto seen,
                          RowJudge(reader, permit, asker)
                              .JudgeId(IdKind::kFinding, referral->finding_id(), RowJudge::Reach::kAny));
  if (seen != RowJudge::Seen::kNo) return absl::OkStatus();
  return absl::PermissionDeniedError("this step is for those who took the referral on");
}

}  // namespace relief::server::access
