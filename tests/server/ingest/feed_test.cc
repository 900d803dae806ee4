#include "server/ingest/feed.h"

#include <algorithm>
#include <random>

#include "server/core/schema.h"
#include "server/ingest/rejections.h"
#include "tests/server/hub_fixture.h"

namespace relief::server::ingest {
namespace {

const Who kWang = MadeUp("王秀兰", {1950, 3, 14}, 122);
const Who kLi = MadeUp("李建国", {1960, 7, 1}, 35);

stored::Record Stored(const core::Hub& hub, const std::string& source, const std::string& record_id) {
  const std::string key = schema::RecordRow(matcher::RecordKey::Of(source, record_id));
  stored::Record record;
  EXPECT_TRUE(record.ParseFromString((*hub.store().MultiGet({&key, 1}))[0].value));
  return record;
}

TEST(ValidateRecord, NamesTheFieldAndTheReason) {
  v1::Source source;
  source.set_content(v1::Source::BENEFITS);
  source.set_programme(v1::MINIMUM_LIVING);
  source.set_region_prefix("3713");
  const v1::Record good = Monthly(kWang, "A", v1::MINIMUM_LIVING, MonthOf(2026, 1));
  EXPECT_TRUE(ValidateRecord(source, good).empty());

  struct Case {
    const char* field;
    v1::FieldError::Reason reason;
    std::function<void(v1::Record&)> spoil;
  };
  const Case cases[] = {
      {"record_id", v1::FieldError::REQUIRED, [](auto& r) { r.set_record_id(" "); }},
      {"record_id", v1::FieldError::TOO_LONG, [](auto& r) { r.set_record_id(std::string(65, 'x')); }},
      {"record_id", v1::FieldError::INVALID, [](auto& r) { r.set_record_id(std::string("a\0b", 3)); }},
      {"version", v1::FieldError::INVALID, [](auto& r) { r.set_version(-1); }},
      {"person.name", v1::FieldError::REQUIRED,
       [](auto& r) { r.mutable_person()->set_name(" "), r.mutable_person()->clear_id_number(); }},
      {"person.name", v1::FieldError::TOO_LONG,
       [](auto& r) { r.mutable_person()->set_name(std::string(301, 'x')); }},
      {"person.birth_date", v1::FieldError::INVALID,
       [](auto& r) { r.mutable_person()->mutable_birth_date()->set_day(31); }},
      {"person.region_code", v1::FieldError::INVALID,
       [](auto& r) { r.mutable_person()->set_region_code("3713"); }},
      {"benefit", v1::FieldError::REQUIRED, [](auto& r) { r.clear_benefit(); }},
      {"benefit.programme", v1::FieldError::WRONG_PROGRAMME,
       [](auto& r) { r.mutable_benefit()->set_programme(v1::HOUSING); }},
      {"benefit.start_month", v1::FieldError::REQUIRED,
       [](auto& r) { r.mutable_benefit()->clear_start_month(); }},
      {"benefit.start_month", v1::FieldError::INVALID,
       [](auto& r) { r.mutable_benefit()->mutable_start_month()->set_month(13); }},
      {"benefit.end_month", v1::FieldError::CONTRADICTION,
       [](auto& r) { *r.mutable_benefit()->mutable_end_month() = MonthOf(2025, 12); }},
      {"benefit.amount_fen", v1::FieldError::INVALID,
       [](auto& r) { r.mutable_benefit()->set_amount_fen(-1); }},
      {"benefit.amount_fen", v1::FieldError::INVALID,
       [](auto& r) { r.mutable_benefit()->set_amount_fen(INT64_MAX); }},
      {"benefit.insured_fen", v1::FieldError::INVALID,
       [](auto& r) {
         r.mutable_benefit()->set_form(v1::STRIKE_OFF);
         r.mutable_benefit()->set_insured_fen(INT64_MIN);
       }},
      {"benefit.school", v1::FieldError::TOO_LONG,
       [](auto& r) { r.mutable_benefit()->set_school(std::string(601, 'x')); }},
      {"benefit.paying_region", v1::FieldError::OUT_OF_REGION,
       [](auto& r) { r.mutable_benefit()->set_paying_region("110101"); }},
      {"benefit.term", v1::FieldError::INVALID, [](auto& r) { r.mutable_benefit()->set_term("2026夏"); }},
  };
  for (const Case& one : cases) {
    v1::Record record = good;
    if (std::string(one.field) == "person.birth_date")
      *record.mutable_person()->mutable_birth_date() = records::ToProto({2001, 2, 1});
    one.spoil(record);
    const auto errors = ValidateRecord(source, record);
    ASSERT_EQ(errors.size(), 1u) << one.field;
    EXPECT_EQ(errors[0].field(), one.field);
    EXPECT_EQ(errors[0].reason(), one.reason) << one.field;
    EXPECT_FALSE(errors[0].message().empty());
    EXPECT_EQ(errors[0].message().find(kWang.name), std::string::npos);
  }
}

// Case A2: what hides a text or turns it round is refused by field, and the answer does not hold it.
TEST(ValidateRecord, TextsThatHideSomethingAreRefusedAndNotRepeated) {
  v1::Source source;
  source.set_content(v1::Source::BENEFITS);
  source.set_programme(v1::MINIMUM_LIVING);
  const v1::Record good = Monthly(kWang, "A", v1::MINIMUM_LIVING, MonthOf(2026, 1));
  const std::string hostile[] = {std::string("王\0秀兰", 10),
                                 "王\x1B[2J秀兰",
                                 "王\x7F秀兰",
                                 "王\u202E兰秀",
                                 "王\u202A秀兰",
                                 "王\u2066秀兰",
                                 "王\u2069秀兰"};
  struct Place {
    const char* field;
    std::function<void(v1::Record&, const std::string&)> set;
  };
  const Place places[] = {
      {"person.name", [](auto& r, auto& text) { r.mutable_person()->set_name(text); }},
      {"person.former_names", [](auto& r, auto& text) { r.mutable_person()->add_former_names(text); }},
      {"person.id_number", [](auto& r, auto& text) { r.mutable_person()->set_id_number(text); }},
      {"person.phones", [](auto& r, auto& text) { r.mutable_person()->add_phones(text); }},
      {"person.address", [](auto& r, auto& text) { r.mutable_person()->set_address(text); }},
      {"household.household_id", [](auto& r, auto& text) { r.mutable_household()->set_household_id(text); }},
      {"benefit.stop_reason", [](auto& r, auto& text) { r.mutable_benefit()->set_stop_reason(text); }},
      {"benefit.invoice_number", [](auto& r, auto& text) { r.mutable_benefit()->set_invoice_number(text); }},
  };
  for (const Place& place : places)
    for (const std::string& text : hostile) {
      v1::Record record = good;
      place.set(record, text);
      const auto errors = ValidateRecord(source, record);
      ASSERT_EQ(errors.size(), 1u) << place.field;
      EXPECT_EQ(errors[0].field(), place.field);
      EXPECT_EQ(errors[0].reason(), v1::FieldError::INVALID);
      EXPECT_EQ(errors[0].SerializeAsString().find("秀"), std::string::npos);
      EXPECT_EQ(errors[0].SerializeAsString().find("\u202E"), std::string::npos);
    }
}

// Case A2: what is rare, but a name, is kept as it was sent, byte for byte, in the record and in its history.
TEST(Feed, RareCharactersComeBackByteForByte) {
  const std::string names[] = {"\U00020000\U0002B740明",  // CJK extensions B and D
                               "\uE863丽丽",              // private use: 䶮 as older fonts have it
                               "\U000F0001芳",            // private use beyond the first plane
                               "\u0645\u06C7\u06BE\u200F\u06D5\u0645",  // Uyghur, with a mark of direction
                               "\u0F56\u0F66\u0FA1\u0F53",
                               "e\u0301\u0323a",
                               "王\u200B秀\uFEFF兰",
                               "⿰王莹明"};
  auto hub = OpenHub();
  const v1::Source source = OpenBenefits(*hub, "ml", v1::MINIMUM_LIVING);
  for (size_t i = 0; i < std::size(names); ++i) {
    v1::Record record = Monthly(kWang, "R" + std::to_string(i), v1::MINIMUM_LIVING, MonthOf(2026, 1));
    record.mutable_person()->set_name(names[i]);
    record.mutable_person()->set_address(names[i]);
    ASSERT_EQ(Push(*hub, source, {record}).accepted(), 1) << i;
    const v1::Record stored = Stored(*hub, "ml", record.record_id()).record();
    EXPECT_EQ(stored.person().name(), names[i]);
    EXPECT_EQ(stored.SerializeAsString(), record.SerializeAsString());
  }
}

// Case A2: full-width digits and every way to write the 18th digit X are one number.
TEST(Feed, ANumberIsTheSameHoweverItIsWritten) {
  Who who = kWang;
  for (int sequence = 1; who.id_number.back() != 'X'; ++sequence)
    who = MadeUp(kWang.name, kWang.birth, sequence);
  const std::string digits = who.id_number.substr(0, 17);
  std::string wide;
  for (const char c : digits) wide += std::string("\xEF\xBC") + static_cast<char>(0x90 + (c - '0'));
  const std::string written[] = {
      digits + "X", digits + "x", digits + "Ｘ",      digits + "ｘ",
      digits + "Ⅹ", wide + "ｘ",  "'" + digits + "X", digits.substr(0, 6) + " " + digits.substr(6) + "x"};
  auto hub = OpenHub();
  const v1::Source source = OpenBenefits(*hub, "ml", v1::MINIMUM_LIVING);
  for (size_t i = 0; i < std::size(written); ++i) {
    v1::Record record = Monthly(who, "R" + std::to_string(i), v1::MINIMUM_LIVING, MonthOf(2026, 1));
    record.mutable_person()->set_id_number(written[i]);
    ASSERT_EQ(Push(*hub, source, {record}).accepted(), 1) << i;
    EXPECT_EQ(Stored(*hub, "ml", record.record_id()).record().person().id_number(), written[i]);
    EXPECT_EQ(Rows(*hub, "mp").size(), 1u)
        << "one person, however the number of record " << i << " is written";
  }
}

TEST(Feed, TellsNewKnownOldAndContradictoryApart) {
  auto hub = OpenHub();
  const v1::Source source = OpenBenefits(*hub, "ml", v1::MINIMUM_LIVING);
  const v1::Record first = Monthly(kWang, "A", v1::MINIMUM_LIVING, MonthOf(2026, 1), "371302", 5);
  EXPECT_EQ(Push(*hub, source, {first}).accepted(), 1);
  EXPECT_EQ(Push(*hub, source, {first}).duplicate(), 1);
  v1::Record renumbered = first;
  renumbered.set_version(6);
  EXPECT_EQ(Push(*hub, source, {renumbered}).duplicate(), 1) << "the same content, whatever its version";
  v1::Record other = Monthly(kWang, "A", v1::MINIMUM_LIVING, MonthOf(2026, 2), "371302", 5);
  EXPECT_EQ(Push(*hub, source, {other}).stale(), 1);
  other.set_version(6);
  const v1::BatchAck conflict = Push(*hub, source, {other});
  ASSERT_EQ(conflict.rejected_size(), 1);
  EXPECT_EQ(conflict.rejected(0).errors(0).reason(), v1::FieldError::VERSION_CONFLICT);
  other.set_version(7);
  EXPECT_EQ(Push(*hub, source, {other}).accepted(), 1);
  EXPECT_EQ(Stored(*hub, "ml", "A").record().benefit().start_month().month(), 2);
  EXPECT_EQ(GetSource(hub->store(), "ml")->live_records(), 1);
}

TEST(Feed, ABadRecordCostsNothingElse) {
  auto hub = OpenHub();
  const v1::Source source = OpenBenefits(*hub, "ml", v1::MINIMUM_LIVING);
  v1::Record bad = Monthly(kLi, "B", v1::MINIMUM_LIVING, MonthOf(2026, 13));
  const v1::BatchAck ack = Push(*hub, source,
                                {Monthly(kWang, "A", v1::MINIMUM_LIVING, MonthOf(2026, 1)), bad,
                                 Monthly(kLi, "C", v1::MINIMUM_LIVING, MonthOf(2026, 1))});
  EXPECT_EQ(ack.accepted(), 2);
  ASSERT_EQ(ack.rejected_size(), 1);
  EXPECT_EQ(ack.rejected(0).index(), 1);
  EXPECT_EQ(ack.rejected(0).record_id(), "B");
  EXPECT_GT(ack.position(), 0);
}

std::vector<std::string> Texts(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

TEST(Feed, SaysWhyRecordsOfASourceWereRefused) {
  auto hub = OpenHub();
  const v1::Source source = OpenBenefits(*hub, "ml", v1::MINIMUM_LIVING);
  EXPECT_TRUE(ListRejections(hub->store(), "ml")->rejections().empty());
  EXPECT_TRUE(absl::IsNotFound(ListRejections(hub->store(), "other").status()));
  std::vector<v1::Record> bad;
  for (int i = 0; i < 7; ++i)
    bad.push_back(Monthly(kLi, "B" + std::to_string(i), v1::MINIMUM_LIVING, MonthOf(2026, 13)));
  bad.push_back(Monthly(kLi, "371302199001011234-1", v1::HOUSING, MonthOf(2026, 1)));
  EXPECT_EQ(Push(*hub, source, bad).rejected_size(), 8);
  EXPECT_EQ(Push(*hub, source, {bad[2]}).rejected_size(), 1) << "sent again, it counts again";
  const auto told = ListRejections(hub->store(), "ml");
  ASSERT_EQ(told->rejections_size(), 2);
  EXPECT_EQ(told->rejections(0).field(), "benefit.start_month");
  EXPECT_EQ(told->rejections(0).reason(), v1::FieldError::INVALID);
  EXPECT_EQ(told->rejections(0).records(), 8);
  EXPECT_EQ(Texts(told->rejections(0).sample_record_ids()),
            (std::vector<std::string>{"B6", "B5", "B4", "B3", "B2"}));
  EXPECT_EQ(told->rejections(1).reason(), v1::FieldError::WRONG_PROGRAMME);
  EXPECT_EQ(Texts(told->rejections(1).sample_record_ids()), std::vector<std::string>{"371***************-1"})
      << "some use a person's number";
}

TEST(Feed, RefusesABatchThatIsTooLargeAsAWhole) {
  auto hub = OpenHub();
  const v1::Source source = OpenBenefits(*hub, "ml", v1::MINIMUM_LIVING);
  v1::Batch batch;
  for (int i = 0; i <= kMaxBatchRecords; ++i) batch.add_records();
  EXPECT_TRUE(absl::IsInvalidArgument(SubmitBatch(*hub, source, batch, "local").get().status()));
  EXPECT_EQ(GetSource(hub->store(), "ml")->live_records(), 0);
}

TEST(Feed, VersionsMayArriveInAnyOrder) {
  std::vector<v1::Record> versions;
  versions.push_back(Monthly(kWang, "A", v1::MINIMUM_LIVING, MonthOf(2026, 1), "371302", 1));
  versions.push_back(Monthly(kWang, "A", v1::MINIMUM_LIVING, MonthOf(2026, 2), "371302", 2));
  versions.push_back(Monthly(kWang, "A", v1::MINIMUM_LIVING, MonthOf(2026, 1), "371302",
                             3));  // back to the first content
  v1::Record gone;
  gone.set_record_id("A");
  gone.set_version(4);
  gone.set_deleted(true);
  versions.push_back(gone);
  std::vector<int> order = {0, 1, 2, 3};
  for (const bool with_deletion : {false, true}) {
    std::string expected;
    do {
      auto hub = OpenHub();
      const v1::Source source = OpenBenefits(*hub, "ml", v1::MINIMUM_LIVING);
      for (int i : order)
        if (with_deletion || i != 3) Push(*hub, source, {versions[i]});
      const stored::Record record = Stored(*hub, "ml", "A");
      const std::string state = record.record().SerializeAsString() + std::to_string(record.state()) +
                                std::to_string(GetSource(hub->store(), "ml")->live_records());
      if (expected.empty()) expected = state;
      EXPECT_EQ(state, expected);
      EXPECT_EQ(Rows(*hub, "mp").size(), with_deletion ? 0u : 1u);
    } while (std::next_permutation(order.begin(), order.end()));
  }
}

TEST(Feed, SourcesBelongToTheirAgencies) {
  auto hub = OpenHub();
  v1::Source source;
  source.set_source_id("ml");
  source.set_content(v1::Source::BENEFITS);
  source.set_programme(v1::MINIMUM_LIVING);
  ASSERT_TRUE(RegisterSource(*hub, source, "spiffe://civil-affairs").ok());
  v1::Open open;
  open.set_source_id("ml");
  open.set_content(v1::Source::BENEFITS);
  open.set_programme(v1::MINIMUM_LIVING);
  EXPECT_TRUE(absl::IsPermissionDenied(OpenSource(*hub, open, "spiffe://housing").status()));
  EXPECT_TRUE(OpenSource(*hub, open, "spiffe://civil-affairs").ok());
  open.set_programme(v1::HOUSING);
  EXPECT_TRUE(absl::IsFailedPrecondition(OpenSource(*hub, open, "spiffe://civil-affairs").status()));
  open.set_source_id("no spaces");
  EXPECT_TRUE(absl::IsInvalidArgument(OpenSource(*hub, open, "local").status()));
}

TEST(Feed, UnknownSourcesAreRefusedUnlessTheHubRegistersByItself) {
  core::Hub::Options options = TestOptions();
  options.features.Set(FeedSettings{.auto_register_sources = false});
  auto hub = OpenHub(storage::NewMemoryStore(), options);
  v1::Open open;
  open.set_source_id("ml");
  open.set_content(v1::Source::FACTS);
  EXPECT_TRUE(absl::IsNotFound(OpenSource(*hub, open, "local").status()));
}

class Snapshots : public testing::Test {
 protected:
  std::unique_ptr<core::Hub> hub_ = OpenHub();
  v1::Source source_ = OpenBenefits(*hub_, "ml", v1::MINIMUM_LIVING);
  std::vector<v1::Record> rows_ = [] {
    std::vector<v1::Record> rows;
    for (int i = 0; i < 10; ++i)
      rows.push_back(Monthly(
          MadeUp("赵" + std::string(i % 2 ? "文" : "武"), {1950, 1, static_cast<uint8_t>(1 + i)}, 100 + i),
          "R" + std::to_string(i), v1::MINIMUM_LIVING, MonthOf(2026, 1)));
    return rows;
  }();

  v1::SnapshotResult Send(const std::vector<v1::Record>& rows) {
    const auto begun = BeginSnapshot(*hub_, "ml", "local");
    EXPECT_TRUE(begun.ok()) << begun.status();
    Push(*hub_, source_, rows);
    auto result = CommitSnapshot(*hub_, "ml", begun->snapshot_id(), "local");
    EXPECT_TRUE(result.ok()) << result.status();
    return *result;
  }
};

TEST_F(Snapshots, EndWhatTheyNoLongerHold) {
  EXPECT_EQ(Send(rows_).ended(), 0);
  const v1::SnapshotResult second = Send({rows_.begin(), rows_.begin() + 9});
  EXPECT_EQ(second.state(), v1::SnapshotResult::COMMITTED);
  EXPECT_EQ(second.seen(), 9);
  EXPECT_EQ(second.ended(), 1);
  const stored::Record ended = Stored(*hub_, "ml", "R9");
  EXPECT_EQ(ended.state(), stored::Record::ENDED);
  EXPECT_EQ(records::EffectiveRecord(ended).benefit().end_month().month(), 9)
      << "the month before the snapshot";
  EXPECT_EQ(GetSource(hub_->store(), "ml")->live_records(), 9);
  EXPECT_EQ(Send(rows_).ended(), 0);
  EXPECT_EQ(Stored(*hub_, "ml", "R9").state(), stored::Record::LIVE) << "it is back";
}

TEST_F(Snapshots, ThatShrankTooMuchAreHeldUntilAnOfficerConfirms) {
  Send(rows_);
  const v1::SnapshotResult held = Send({rows_.begin(), rows_.begin() + 5});
  EXPECT_EQ(held.state(), v1::SnapshotResult::HELD);
  EXPECT_EQ(held.ended(), 5);
  EXPECT_EQ(Stored(*hub_, "ml", "R9").state(), stored::Record::LIVE);
  EXPECT_TRUE(absl::IsFailedPrecondition(BeginSnapshot(*hub_, "ml", "local").status()));

  v1::ConfirmSnapshotRequest confirm;
  confirm.set_source_id("ml");
  confirm.set_snapshot_id(held.snapshot_id());
  EXPECT_TRUE(absl::IsInvalidArgument(ConfirmSnapshot(*hub_, confirm, "local").status()))
      << "a reason is required";
  confirm.set_reason("the office closed a village's list");
  const auto result = ConfirmSnapshot(*hub_, confirm, "local");
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->ended(), 5);
  EXPECT_EQ(Stored(*hub_, "ml", "R9").state(), stored::Record::ENDED);
  EXPECT_TRUE(absl::IsFailedPrecondition(ConfirmSnapshot(*hub_, confirm, "local").status()));
}

TEST_F(Snapshots, HeldOnesCanBeDiscarded) {
  Send(rows_);
  const v1::SnapshotResult held = Send({rows_.begin(), rows_.begin() + 1});
  v1::ConfirmSnapshotRequest refuse;
  refuse.set_source_id("ml");
  refuse.set_snapshot_id(held.snapshot_id());
  refuse.set_discard(true);
  refuse.set_reason("half a file");
  EXPECT_EQ(ConfirmSnapshot(*hub_, refuse, "local")->state(), v1::SnapshotResult::DISCARDED);
  EXPECT_EQ(GetSource(hub_->store(), "ml")->live_records(), 10);
  EXPECT_TRUE(BeginSnapshot(*hub_, "ml", "local").ok());
}

TEST_F(Snapshots, SurviveABrokenStream) {
  const auto begun = BeginSnapshot(*hub_, "ml", "local");
  Push(*hub_, source_, {rows_.begin(), rows_.begin() + 5});
  const auto again = BeginSnapshot(*hub_, "ml", "local");
  EXPECT_TRUE(again->resumed());
  EXPECT_EQ(again->snapshot_id(), begun->snapshot_id());
  Push(*hub_, source_, rows_);
  EXPECT_EQ(CommitSnapshot(*hub_, "ml", again->snapshot_id(), "local")->seen(), 10);
  EXPECT_TRUE(
      absl::IsFailedPrecondition(CommitSnapshot(*hub_, "ml", again->snapshot_id(), "local").status()));
}

}  // namespace
}  // namespace relief::server::ingest
