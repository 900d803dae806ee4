// Calls of any method with any request, and a hub with a row of every kind in one county, to be named in them. For
// tests only.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <grpcpp/generic/generic_stub.h>

#include "relief/v1/charity_service.pb.h"
#include "server/referrals/referrals.h"
#include "server/review/decisions.h"
#include "server/review/jobs.h"
#include "server/review/proposals.h"
#include "server/review/quality.h"
#include "tests/server/access/guarded_hub.h"

namespace relief::server::access {

// A stream is closed after what it sent; `answers` gets the messages that came.
inline grpc::Status CallMethod(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                               const std::string& user, const google::protobuf::Message& request,
                               std::vector<std::string>* answers = nullptr) {
  grpc::GenericStub stub(channel);
  grpc::CompletionQueue queue;
  grpc::ClientContext context;
  GuardedHub::SetCaller(context, user);
  // A subscription is followed for as long as one stays.
  const auto seconds = std::chrono::seconds(method.ends_with("/Follow") ? 2 : 120);
  context.set_deadline(std::chrono::system_clock::now() + seconds);
  auto call = stub.PrepareCall(&context, "/" + method, &queue);
  const auto wait = [&] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  call->StartCall(nullptr);
  wait();
  const std::string bytes = request.SerializeAsString();
  const grpc::Slice slice(bytes);
  call->WriteLast(grpc::ByteBuffer(&slice, 1), {}, nullptr);
  wait();
  grpc::ByteBuffer answer;
  for (call->Read(&answer, nullptr); wait(); call->Read(&answer, nullptr)) {
    std::vector<grpc::Slice> slices;
    if (answers == nullptr || !answer.Dump(&slices).ok()) continue;
    std::string& all = answers->emplace_back();
    for (const grpc::Slice& one : slices) all.append(reinterpret_cast<const char*>(one.begin()), one.size());
  }
  grpc::Status status;
  call->Finish(&status, nullptr);
  wait();
  return status;
}

class EveryKindOfRow : public GuardedHub {
 public:
  EveryKindOfRow(std::shared_ptr<const Policy> policy, const std::string& subscriber,
                 std::unique_ptr<core::Hub> opened = OpenHub())
      : GuardedHub(std::move(policy), std::move(opened)), subscriber_{subscriber, subscriber} {
    core::Hub& hub = running.hub();
    const review::Officer officer{"console:somebody", "person:1"};
    const std::string open = AddPair("1", "欧阳海波", {1961, 7, 2}, 50'000),
                      decided = AddPair("2", "慕容德昌", {1948, 8, 8}, 50'000),
                      much = AddPair("3", "司徒静怡", {1972, 1, 9}, 5'000'000),
                      bulk = AddPair("4", "诸葛文斌", {1955, 5, 5}, 400'000);
    v1::Decision decision = Decide(decided, officer), proposed = Decide(much, officer);
    EXPECT_FALSE(decision.decision_id().empty());
    EXPECT_FALSE(proposed.proposal_id().empty());
    review::ReviewJobs jobs(hub);
    v1::PreviewBulkRequest preview;
    preview.set_verdict(v1::Decision::SAME);
    preview.mutable_filter()->set_min_amount_fen(600'000);
    preview.mutable_filter()->set_max_amount_fen(5'000'000);
    v1::StartBulkRequest start;
    start.set_verdict(preview.verdict());
    *start.mutable_filter() = preview.filter();
    start.set_comment("同名同日，换证");
    const auto previewed = jobs.Preview(preview, officer);
    EXPECT_TRUE(previewed.ok()) << previewed.status();
    start.set_preview_token(previewed->preview_token());
    const auto job = jobs.Start(start, officer);
    EXPECT_TRUE(job.ok()) << job.status();
    v1::DrawQualitySampleRequest draw;
    draw.set_size(10);
    draw.set_region_prefix("371302");
    const auto sample = review::DrawQualitySample(hub, draw, officer);
    EXPECT_TRUE(sample.ok()) << sample.status();
    v1::CreateReferralRequest refer;
    refer.set_finding_id(gap_here);
    const auto referral = referrals::CreateReferral(hub, refer, "console:somebody");
    EXPECT_TRUE(referral.ok()) << referral.status();
    v1::Open source;
    source.set_source_id("near");
    source.set_content(v1::Source::BENEFITS);
    source.set_programme(v1::HOUSING);
    source.set_region_prefix("3713");
    EXPECT_TRUE(ingest::OpenSource(hub, source, "local").ok());
    ids_ = {{"finding_id", finding_here},
            {"person_id", person_here},
            {"conflict_id", open},
            {"conflict_ids", open},
            {"decision_id", decision.decision_id()},
            {"proposal_id", proposed.proposal_id()},
            {"job_id", job->job_id()},
            {"sample_id", sample->sample_id()},
            {"referral_id", referral->referral_id()},
            {"source_id", "near"},
            {"subscription_id", "near"}};
  }

  // What calls may have deleted is there again.
  void Restore() {
    v1::CreateSubscriptionRequest request;
    request.mutable_subscription()->set_subscription_id("near");
    request.mutable_subscription()->set_region_prefix("3713");
    request.set_include_open_findings(true);
    const auto made = notices::CreateSubscription(running.hub(), request, subscriber_);
    EXPECT_TRUE(made.ok()) << made.status();
  }

  const std::string& id(const std::string& field) const { return ids_.at(field); }

  // Names a row of the near county wherever the request can name one; in what it holds only where it names none itself.
  bool NameRows(google::protobuf::Message* request) const {
    const auto* reflection = request->GetReflection();
    const auto* type = request->GetDescriptor();
    bool named = false;
    for (int i = 0; i < type->field_count(); ++i) {
      const auto* field = type->field(i);
      if (field->message_type() == v1::RecordName::descriptor() && !field->is_repeated()) {
        auto* name = static_cast<v1::RecordName*>(reflection->MutableMessage(request, field));
        name->set_source_id("living");
        name->set_record_id("L1");
        named = true;
      } else if (field->message_type() == v1::Purpose::descriptor()) {
        auto* purpose = static_cast<v1::Purpose*>(reflection->MutableMessage(request, field));
        purpose->set_kind(v1::Purpose::REVIEW);
        purpose->set_case_number("2026-1");
      } else if (type == v1::JudgeQualityItemRequest::descriptor() && field->name() == "number") {
        reflection->SetInt32(request, field, 1);
      } else if (const auto id = ids_.find(field->name());
                 id != ids_.end() && field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
        if (field->is_repeated()) {
          reflection->AddString(request, field, id->second);
        } else {
          reflection->SetString(request, field, id->second);
        }
        named = true;
      }
    }
    for (int i = 0; !named && i < type->field_count(); ++i) {
      const auto* field = type->field(i);
      if (field->message_type() == nullptr || field->is_repeated() || field->real_containing_oneof() ||
          field->message_type()->full_name().starts_with("google.") || IsMadeByIt(*field->message_type()))
        continue;
      const auto part =
          std::unique_ptr<google::protobuf::Message>(reflection->GetMessage(*request, field).New());
      if (!NameRows(part.get())) continue;
      reflection->MutableMessage(request, field)->CopyFrom(*part);
      named = true;
    }
    return named;
  }

  static bool IsMadeByIt(const google::protobuf::Descriptor& type) {
    return &type == v1::Subscription::descriptor() || &type == v1::CharityProject::descriptor();
  }

 private:
  std::string AddPair(const std::string& id, const std::string& name, matcher::CivilDate birth, int64_t fen) {
    const Who one = MadeUp(name, birth, 101), other{name, MadeUp("", birth, 303).id_number, birth};
    v1::Record a = Monthly(one, "CT" + id, v1::EXTREME_POVERTY, MonthOf(2026, 1)),
               b = Monthly(other, "CD" + id, v1::MINIMUM_LIVING, MonthOf(2026, 3));
    for (v1::Record* record : {&a, &b}) record->mutable_benefit()->set_amount_fen(fen);
    core::Hub& hub = running.hub();
    Push(hub, OpenBenefits(hub, "poverty", v1::EXTREME_POVERTY), {a});
    Push(hub, OpenBenefits(hub, "living", v1::MINIMUM_LIVING), {b});
    const auto key_a = matcher::RecordKey::Of("poverty", "CT" + id),
               key_b = matcher::RecordKey::Of("living", "CD" + id);
    return "C-" + std::min(key_a, key_b).ToString() + std::max(key_a, key_b).ToString();
  }
  v1::Decision Decide(const std::string& conflict_id, const review::Officer& officer) {
    const auto conflict = review::GetConflict({running.hub(), officer}, conflict_id);
    EXPECT_TRUE(conflict.ok()) << conflict.status();
    v1::DecideConflictRequest request;
    request.set_conflict_id(conflict_id);
    request.set_etag(conflict->etag());
    request.set_verdict(v1::Decision::DIFFERENT);
    const auto decision = review::DecideConflict(running.hub(), request, officer);
    EXPECT_TRUE(decision.ok()) << decision.status();
    return decision.ok() ? *decision : v1::Decision();
  }

  const notices::Subscriber subscriber_;
  std::map<std::string, std::string> ids_;
};

}  // namespace relief::server::access
