// A hub with a gap in it, and the steps of a referral in one line each. For tests only.
#pragma once

#include <sys/stat.h>

#include <atomic>
#include <fstream>

#include "server/findings/finding_life.h"
#include "server/findings/finding_store.h"
#include "server/notices/outbox.h"
#include "server/referrals/charity.h"
#include "server/referrals/referrals.h"
#include "server/referrals/settings.h"
#include "tests/server/hub_fixture.h"
#include "tests/storage/temp_directory.h"

namespace relief::server::referrals {

constexpr char kRegistration[] = "53371300MJE000001U";  // made up, with the right check character

// A day that tests can turn.
class TurnableClock {
 public:
  explicit TurnableClock(matcher::CivilDate day) { Turn(day); }
  void Turn(matcher::CivilDate day) {
    now_ = (day.days() * int64_t{24} + 4) * 3600 * 1'000'000;
  }  // noon in China
  NowFn clock() {
    return [this] { return now_.load(); };
  }

 private:
  std::atomic<int64_t> now_;
};

class GapTest : public testing::Test {
 protected:
  GapTest() : store_(storage::NewMemoryStore()) { Reopen(); }

  void Reopen() {
    hub_.reset();
    core::Hub::Options options;
    options.features = AllFeatures();
    options.features.Set(ingest::FeedSettings{.auto_register_sources = true});
    options.features.Set(findings::GapSettings{.feeds_tell_everything = true});
    options.clock = clock_.clock();
    if (settings_) options.features.Set(*settings_);
    hub_ = OpenHub(std::make_unique<BorrowedStore>(*store_), std::move(options));
  }

  // The writer looks at the day when it works; a restart makes it look at once.
  void Turn(matcher::CivilDate day) {
    clock_.Turn(day);
    Reopen();
  }

  // Somebody on the minimum living allowance whose insurance nobody pays: M01.
  std::string Gap(const Who& who, const std::string& record_id = "A", const std::string& region = "371302") {
    const v1::Source source = OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING);
    Push(*hub_, source, {Monthly(who, record_id, v1::MINIMUM_LIVING, MonthOf(2026, 1), region)});
    return GapOf("ml", record_id);
  }
  std::string GapOf(const std::string& source, const std::string& record_id) {
    for (const v1::Finding& finding : OpenFindings(*hub_))
      if (finding.rule_id() == "M01" || finding.rule_id().starts_with("L01"))
        for (const v1::Evidence& evidence : finding.evidence())
          if (evidence.record().source_id() == source && evidence.record().record_id() == record_id)
            return finding.finding_id();
    ADD_FAILURE() << "no gap of " << record_id;
    return "";
  }
  void PayInsurance(const Who& who, const std::string& record_id = "Y1") {
    v1::Record record = RecordOf(who, record_id);
    v1::Benefit& benefit = *record.mutable_benefit();
    benefit.set_programme(v1::MEDICAL);
    benefit.set_form(v1::INSURANCE_SUBSIDY);
    benefit.set_benefit_year(2026);
    *benefit.mutable_pay_date() = records::ToProto({2026, 10, 20});
    benefit.set_paying_region("371302");
    Push(*hub_, OpenBenefits(*hub_, "yl", v1::MEDICAL), {record});
  }

  static v1::Target To(v1::Programme programme, const std::string& region = "371302") {
    v1::Target target;
    target.set_programme(programme);
    target.set_region(region);
    return target;
  }
  absl::StatusOr<v1::Referral> Take(const std::string& finding_id, const std::string& actor = "taker") {
    v1::CreateReferralRequest request;
    request.set_finding_id(finding_id);
    return CreateReferral(*hub_, request, actor);
  }
  v1::Referral Read(const std::string& id) {
    auto referral = GetReferral(hub_->store(), id);
    EXPECT_TRUE(referral.ok()) << referral.status();
    return *referral;
  }
  template <typename Request>
  Request Of(const v1::Referral& referral) {
    Request request;
    request.set_referral_id(referral.referral_id());
    request.set_etag(referral.etag());
    return request;
  }
  absl::StatusOr<v1::Referral> HandOverTo(const v1::Referral& referral, const v1::Target& target) {
    auto request = Of<v1::HandOverRequest>(referral);
    *request.mutable_target() = target;
    return HandOver(*hub_, request, "taker");
  }
  absl::StatusOr<v1::Referral> AcceptIt(const v1::Referral& referral) {
    return Accept(*hub_, Of<v1::AcceptRequest>(referral), "medical");
  }
  absl::StatusOr<v1::Referral> ReturnIt(const v1::Referral& referral) {
    auto request = Of<v1::ReturnRequest>(referral);
    request.set_reason(v1::Referral::NOT_RESPONSIBLE);
    return Return(*hub_, request, "medical");
  }
  absl::StatusOr<v1::Referral> Conclude(const v1::Referral& referral, v1::Referral::State outcome) {
    auto request = Of<v1::ConcludeRequest>(referral);
    request.set_outcome(outcome);
    if (outcome != v1::Referral::GRANTED) request.set_reason(v1::Referral::NOT_ELIGIBLE);
    return ConcludeReferral(*hub_, request, "medical");
  }
  absl::StatusOr<v1::Referral> Consent(const v1::Referral& referral, v1::Consent::Decision decision,
                                       v1::Consent::Giver giver = v1::Consent::SELF) {
    auto request = Of<v1::RecordConsentRequest>(referral);
    request.mutable_consent()->set_decision(decision);
    request.mutable_consent()->set_giver(giver);
    if (decision == v1::Consent::GIVEN) request.mutable_consent()->set_form_number("TY-1");
    return RecordConsent(*hub_, request, "taker");
  }
  // "TAKEN HANDED_OVER ..."
  std::string History(const std::string& id) {
    v1::ListReferralEventsRequest request;
    request.set_referral_id(id);
    std::string history;
    int64_t sequence = 0;
    const auto events = ListReferralEvents(hub_->store(), request);
    for (const v1::ReferralEvent& event : events->events()) {
      EXPECT_EQ(event.sequence(), ++sequence);
      history += (history.empty() ? "" : " ") + v1::ReferralEvent::Kind_Name(event.kind());
    }
    return history;
  }

  TurnableClock clock_{matcher::CivilDate{2026, 10, 12}};  // a Monday
  std::shared_ptr<ReferralSettings> settings_ = std::make_shared<ReferralSettings>();
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<core::Hub> hub_;
};

}  // namespace relief::server::referrals
