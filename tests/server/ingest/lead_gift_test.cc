// Leads and gifts: records of a person that are no benefit and no fact.
#include <functional>

#include "server/core/schema.h"
#include "server/ingest/feed.h"
#include "tests/server/hub_fixture.h"

namespace relief::server::ingest {
namespace {

const Who kWang = MadeUp("王秀兰", {1950, 3, 14}, 122);

v1::Record LeadOf(const Who& who, const std::string& id, matcher::CivilDate found) {
  v1::Record record = RecordOf(who, id);
  record.mutable_lead()->set_need(v1::NEED_EMERGENCY);
  *record.mutable_lead()->mutable_found_date() = records::ToProto(found);
  return record;
}

v1::Record GiftOf(const Who& who, const std::string& id, matcher::CivilDate given) {
  v1::Record record = RecordOf(who, id);
  record.mutable_gift()->set_need(v1::NEED_MEDICAL);
  *record.mutable_gift()->mutable_give_date() = records::ToProto(given);
  record.mutable_gift()->set_amount_fen(500000);
  return record;
}

v1::Source Open(core::Hub& hub, const std::string& source_id, v1::Source::Content content) {
  v1::Open open;
  open.set_source_id(source_id);
  open.set_content(content);
  auto source = OpenSource(hub, open, "local");
  EXPECT_TRUE(source.ok()) << source.status();
  return *source;
}

struct Case {
  const char* field;
  v1::FieldError::Reason reason;
  std::function<void(v1::Record&)> spoil;
};

void ExpectFieldErrors(v1::Source::Content content, const v1::Record& good, const std::vector<Case>& cases) {
  v1::Source source;
  source.set_content(content);
  EXPECT_TRUE(ValidateRecord(source, good).empty());
  for (const Case& one : cases) {
    v1::Record record = good;
    one.spoil(record);
    const auto errors = ValidateRecord(source, record);
    ASSERT_EQ(errors.size(), 1u) << one.field;
    EXPECT_EQ(errors[0].field(), one.field);
    EXPECT_EQ(errors[0].reason(), one.reason) << one.field;
  }
}

TEST(ValidateLead, NamesTheFieldAndTheReason) {
  ExpectFieldErrors(
      v1::Source::LEADS, LeadOf(kWang, "X1", {2026, 10, 1}),
      {{"lead", v1::FieldError::REQUIRED, [](auto& r) { r.clear_lead(); }},
       {"lead", v1::FieldError::REQUIRED, [](auto& r) { r.mutable_fact()->set_type(v1::DEATH); }},
       {"lead.need", v1::FieldError::REQUIRED, [](auto& r) { r.mutable_lead()->clear_need(); }},
       {"lead.need", v1::FieldError::INVALID,
        [](auto& r) { r.mutable_lead()->set_need(static_cast<v1::Need>(99)); }},
       {"lead.found_date", v1::FieldError::REQUIRED, [](auto& r) { r.mutable_lead()->clear_found_date(); }},
       {"lead.found_date", v1::FieldError::INVALID,
        [](auto& r) { r.mutable_lead()->mutable_found_date()->set_month(13); }},
       {"lead.urgency", v1::FieldError::INVALID,
        [](auto& r) { r.mutable_lead()->set_urgency(static_cast<v1::Severity>(9)); }},
       {"lead.closed_date", v1::FieldError::CONTRADICTION,
        [](auto& r) {
          *r.mutable_lead()->mutable_closed_date() = records::ToProto({2026, 9, 30});
        }},
       {"lead.description_code", v1::FieldError::TOO_LONG,
        [](auto& r) { r.mutable_lead()->set_description_code(std::string(65, 'x')); }},
       {"person.name", v1::FieldError::REQUIRED, [](auto& r) { r.clear_person(); }}});
}

TEST(ValidateGift, NamesTheFieldAndTheReason) {
  ExpectFieldErrors(
      v1::Source::GIFTS, GiftOf(kWang, "J1", {2026, 10, 1}),
      {{"gift", v1::FieldError::REQUIRED, [](auto& r) { r.clear_gift(); }},
       {"gift.need", v1::FieldError::REQUIRED, [](auto& r) { r.mutable_gift()->clear_need(); }},
       {"gift.give_date", v1::FieldError::REQUIRED, [](auto& r) { r.mutable_gift()->clear_give_date(); }},
       {"gift.amount_fen", v1::FieldError::INVALID, [](auto& r) { r.mutable_gift()->set_amount_fen(-1); }},
       {"gift.project_id", v1::FieldError::TOO_LONG,
        [](auto& r) { r.mutable_gift()->set_project_id(std::string(65, 'x')); }},
       {"person.name", v1::FieldError::REQUIRED, [](auto& r) { r.clear_person(); }}});
}

TEST(LeadsAndGifts, BelongToThePersonOfTheirOtherRecords) {
  auto hub = OpenHub();
  Push(*hub, OpenBenefits(*hub, "ml", v1::MINIMUM_LIVING),
       {Monthly(kWang, "A", v1::MINIMUM_LIVING, MonthOf(2026, 1))});
  EXPECT_EQ(
      Push(*hub, Open(*hub, "leads", v1::Source::LEADS), {LeadOf(kWang, "X1", {2026, 10, 1})}).accepted(), 1);
  EXPECT_EQ(
      Push(*hub, Open(*hub, "gifts", v1::Source::GIFTS), {GiftOf(kWang, "J1", {2026, 10, 2})}).accepted(), 1);
  auto person = matcher::PersonOfRecord(hub->store(), matcher::RecordKey::Of("ml", "A"));
  ASSERT_TRUE(person.ok());
  EXPECT_EQ(*matcher::PersonOfRecord(hub->store(), matcher::RecordKey::Of("leads", "X1")), *person);
  EXPECT_EQ(*matcher::PersonOfRecord(hub->store(), matcher::RecordKey::Of("gifts", "J1")), *person);
}

TEST(LeadsAndGifts, TheFirstDayOfAnyOfThemNamesThePerson) {
  auto hub = OpenHub();
  Push(*hub, Open(*hub, "gifts", v1::Source::GIFTS), {GiftOf(kWang, "J1", {2026, 9, 2})});
  Push(*hub, Open(*hub, "leads", v1::Source::LEADS), {LeadOf(kWang, "X1", {2026, 8, 1})});
  Push(*hub, OpenBenefits(*hub, "ml", v1::MINIMUM_LIVING),
       {Monthly(kWang, "A", v1::MINIMUM_LIVING, MonthOf(2026, 10))});
  const matcher::RecordKey lead = matcher::RecordKey::Of("leads", "X1");
  EXPECT_EQ(matcher::PersonOfRecord(hub->store(), lead)->anchor, lead);
}

TEST(LeadsAndGifts, ASnapshotThatNoLongerHoldsALeadClosesItAndLeavesAGift) {
  stored::Record lead, gift;
  *lead.mutable_record() = LeadOf(kWang, "X1", {2026, 10, 1});
  *gift.mutable_record() = GiftOf(kWang, "J1", {2026, 10, 2});
  for (stored::Record* record : {&lead, &gift}) {
    record->set_state(stored::Record::ENDED);
    *record->mutable_end_date() = records::ToProto({2026, 10, 20});
  }
  EXPECT_EQ(records::ToCivilDate(records::EffectiveRecord(lead).lead().closed_date()),
            (matcher::CivilDate{2026, 10, 20}));
  EXPECT_EQ(records::EffectiveRecord(gift).SerializeAsString(), gift.record().SerializeAsString());
}

}  // namespace
}  // namespace relief::server::ingest
