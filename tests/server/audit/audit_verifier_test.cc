// A10: whoever edits an exported chain is found out, and the first bad entry is named.
#include "server/audit/audit_verifier.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

#include "tests/server/audit/audit_chain_file.h"

namespace relief::server::audit {
namespace {

using Kind = AuditProblem::Kind;
constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;

// Twenty entries, SM3 from the 11th on; heads after the 5th, 10th and 15th.
class Tampering : public testing::Test {
 protected:
  void SetUp() override {
    files_.Make("hub");
    files_.Make("thief");
    chain_ = Chain(20, 11);
  }

  // The lines of a chain as the hub exports it; line i+1 is of `lines[i]`.
  std::vector<std::string> Export(const std::vector<audit::Entry>& chain, const std::string& signer = "hub") {
    const AuditSigningKey key = files_.Signing(signer);
    std::vector<std::string> lines = {"{\"format\":1}\n"};
    for (const audit::Entry& entry : chain) {
      lines.push_back(AuditLine(entry));
      if (entry.sequence() % 5 == 0 && entry.sequence() < 20) lines.push_back(AuditLine(HeadOf(entry, key)));
    }
    return lines;
  }
  static size_t LineOf(const std::vector<std::string>& lines, int64_t sequence) {
    for (size_t i = 0; i < lines.size(); ++i) {
      const auto line = ParseAuditLine(lines[i]);
      if (line.ok() && line->has_entry() && line->entry().sequence() == sequence) return i;
    }
    ADD_FAILURE() << "no entry " << sequence;
    return 0;
  }
  AuditReport Verify(const std::vector<std::string>& lines, const std::vector<std::string>& kept = {},
                     const std::vector<std::string>& keys = {"hub"}) {
    AuditVerifier verifier(files_.Public(keys));
    for (const std::string& line : kept) {
      const absl::Status status = verifier.Keep(line);
      EXPECT_TRUE(status.ok()) << status;
    }
    for (const std::string& line : lines) verifier.Add(line);
    return verifier.Finish();
  }
  static void ExpectProblem(const AuditReport& report, Kind kind, int64_t first, int64_t last) {
    ASSERT_TRUE(report.problem);
    EXPECT_EQ(static_cast<int>(report.problem->kind), static_cast<int>(kind));
    EXPECT_EQ(report.problem->first, first);
    EXPECT_EQ(report.problem->last, last);
  }
  // Hashes anew what was changed from `from` on, as somebody who can write the whole file would.
  static void Rehash(std::vector<audit::Entry>& chain, size_t from) {
    for (size_t i = from; i < chain.size(); ++i) {
      chain[i].set_previous_hash(i == 0 ? "" : chain[i - 1].hash());
      chain[i].set_hash(AuditHash(chain[i]));
    }
  }

  KeyFiles files_;
  std::vector<audit::Entry> chain_;
};

TEST_F(Tampering, AnUntouchedChainIsWholeAndWhatNoSignatureCoversIsSaid) {
  const AuditReport report = Verify(Export(chain_));
  EXPECT_FALSE(report.problem);
  EXPECT_EQ(report.entries, 20);
  EXPECT_EQ(report.heads, 3);
  EXPECT_EQ(report.signed_to, 15) << "the last five are not vouched for";
  EXPECT_EQ(report.last_sequence, 20);
}

TEST_F(Tampering, AnAlteredEntryIsNamedWhicheverFieldItIs) {
  const std::vector<std::function<void(audit::Entry&)>> edits = {
      [](auto& e) { e.set_actor("somebody"); },
      [](auto& e) { e.set_action("registry.check"); },
      [](auto& e) { e.set_subject(""); },
      [](auto& e) { e.set_purpose("REVIEW"); },
      [](auto& e) { e.set_case_number("2026-9"); },
      [](auto& e) { e.set_detail("x"); },
      [](auto& e) { e.set_time_us(1); },
      [](auto& e) { e.set_records("0123456789"); },
      [](auto& e) { e.mutable_hash()->at(3) ^= 1; },
      [](auto& e) { e.mutable_previous_hash()->at(3) ^= 1; },
      [](auto& e) { e.set_digest(audit::Entry::SM3); },
      [](auto& e) { e.set_sequence(70); },
      [](auto& e) { e.clear_hash(); }};
  for (size_t i = 0; i < edits.size(); ++i) {
    auto lines = Export(chain_);
    audit::Entry entry = chain_[6];
    edits[i](entry);
    lines[LineOf(lines, 7)] = AuditLine(entry);
    SCOPED_TRACE(i);
    ExpectProblem(Verify(lines), Kind::kAltered, 7, 7);
  }
}

TEST_F(Tampering, AnEntryThatWasAlteredAndHashedAnewIsNamed) {
  auto chain = chain_;
  chain[6].set_case_number("2026-9");
  chain[6].set_hash(AuditHash(chain[6]));
  ExpectProblem(Verify(Export(chain)), Kind::kAltered, 7, 7);
  chain = chain_;
  chain[6].mutable_previous_hash()->at(0) ^= 1;
  chain[6].set_hash(AuditHash(chain[6]));
  ExpectProblem(Verify(Export(chain)), Kind::kAltered, 7, 7);
  chain = chain_;
  chain[5].mutable_previous_hash()->at(0) ^= 1;  // the one after a signed entry
  chain[5].set_hash(AuditHash(chain[5]));
  ExpectProblem(Verify(Export(chain)), Kind::kAltered, 6, 6);
}

TEST_F(Tampering, AnUnreadableLineIsNamed) {
  auto lines = Export(chain_);
  lines[LineOf(lines, 9)].resize(40);
  ExpectProblem(Verify(lines), Kind::kUnreadable, 9, 9);
  lines = Export(chain_);
  lines[LineOf(lines, 9)].replace(2, 5, "other");
  ExpectProblem(Verify(lines), Kind::kUnreadable, 9, 9);
}

TEST_F(Tampering, ADeletedEntryIsNamed) {
  for (const int64_t gone : {1, 2, 5, 10, 12}) {
    auto lines = Export(chain_);
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(LineOf(lines, gone)));
    SCOPED_TRACE(gone);
    ExpectProblem(Verify(lines), Kind::kDeleted, gone, gone);
  }
  auto lines = Export(chain_);
  lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(LineOf(lines, 6)),
              lines.begin() + static_cast<std::ptrdiff_t>(LineOf(lines, 9)));
  ExpectProblem(Verify(lines), Kind::kDeleted, 6, 8);
}

TEST_F(Tampering, SwappedAndMovedEntriesAreNamed) {
  auto lines = Export(chain_);
  std::swap(lines[LineOf(lines, 7)], lines[LineOf(lines, 8)]);
  ExpectProblem(Verify(lines), Kind::kReordered, 7, 7);
  lines = Export(chain_);
  const size_t from = LineOf(lines, 3);
  std::rotate(lines.begin() + static_cast<std::ptrdiff_t>(from),
              lines.begin() + static_cast<std::ptrdiff_t>(from) + 1, lines.end());
  ExpectProblem(Verify(lines), Kind::kReordered, 3, 3);
  lines = Export(chain_);
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(LineOf(lines, 9)), lines[LineOf(lines, 4)]);
  ExpectProblem(Verify(lines), Kind::kRepeated, 4, 4);
}

TEST_F(Tampering, ATruncatedFileIsCaughtByASignedHeadBeyondItsEnd) {
  const auto whole = Export(chain_);
  const std::vector<std::string> kept = {AuditLine(HeadOf(chain_[9], files_.Signing("hub"))),
                                         AuditLine(HeadOf(chain_[14], files_.Signing("hub")))};
  for (const int64_t end : {0, 3, 9, 12, 14}) {
    // Everything after entry `end`.
    std::vector<std::string> lines(whole.begin(),
                                   whole.begin() + static_cast<std::ptrdiff_t>(LineOf(whole, end + 1)));
    SCOPED_TRACE(end);
    ExpectProblem(Verify(lines, kept), Kind::kTruncated, end + 1, 15);
  }
  // The heads of the file itself say so too.
  std::vector<std::string> lines;
  for (const std::string& line : whole)
    if (const auto one = ParseAuditLine(line); !one->has_entry() || one->entry().sequence() <= 12)
      lines.push_back(line);
  ExpectProblem(Verify(lines), Kind::kTruncated, 13, 15);
  lines.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(LineOf(whole, 13)));
  const AuditReport report = Verify(lines);
  EXPECT_FALSE(report.problem) << "nothing tells of the rest";
  EXPECT_EQ(report.signed_to, 10);
}

TEST_F(Tampering, ATailCutAfterTheLastSignatureIsReportedAsNotChecked) {
  auto lines = Export(chain_);
  lines.resize(LineOf(lines, 18));
  const AuditReport report = Verify(lines);
  EXPECT_FALSE(report.problem);
  EXPECT_EQ(report.signed_to, 15);
  EXPECT_EQ(report.last_sequence, 17);
}

TEST_F(Tampering, AChainWrittenAnewIsCaughtByTheHeadsInIt) {
  auto chain = chain_;
  chain[6].set_case_number("2026-9");
  Rehash(chain, 6);
  auto lines = Export(chain_);
  for (const audit::Entry& entry : chain) lines[LineOf(lines, entry.sequence())] = AuditLine(entry);
  ExpectProblem(Verify(lines), Kind::kForked, 6, 10);
}

TEST_F(Tampering, AForkSignedByTheHubsOwnKeyIsCaughtByKeptHeads) {
  auto chain = chain_;
  chain[12].set_case_number("2026-9");
  Rehash(chain, 12);
  const auto lines = Export(chain);  // with the real key
  EXPECT_FALSE(Verify(lines).problem) << "alone, the file looks whole";
  const AuditSigningKey key = files_.Signing("hub");
  const std::vector<std::string> kept = {AuditLine(HeadOf(chain_[11], key)),
                                         AuditLine(HeadOf(chain_[13], key))};
  ExpectProblem(Verify(lines, kept), Kind::kForked, 13, 14);
  EXPECT_FALSE(Verify(Export(chain_), kept).problem);
  EXPECT_EQ(Verify(Export(chain_), kept).kept_heads, 2);
}

TEST_F(Tampering, ASignatureOfAnotherKeyVouchesForNothing) {
  const auto lines = Export(chain_, "thief");
  const AuditReport report = Verify(lines);
  EXPECT_FALSE(report.problem);
  EXPECT_EQ(report.signed_to, 0);
  EXPECT_EQ(report.unknown_key_heads, 3);
  // One that claims to be of the hub's key is false.
  audit::Head head = HeadOf(chain_[4], files_.Signing("thief"));
  head.set_key_id(files_.Signing("hub").id());
  auto forged = Export(chain_);
  forged[LineOf(forged, 5) + 1] = AuditLine(head);
  ExpectProblem(Verify(forged), Kind::kBadSignature, 5, 5);
  // Nor is it taken as kept.
  AuditVerifier verifier(files_.Public({"hub"}));
  EXPECT_TRUE(absl::IsInvalidArgument(verifier.Keep(AuditLine(head))));
  EXPECT_TRUE(absl::IsInvalidArgument(verifier.Keep(AuditLine(HeadOf(chain_[4], files_.Signing("thief"))))));
}

TEST_F(Tampering, AfterAChangeOfKeysBothAreGiven) {
  auto lines = Export(chain_);
  files_.Make("next");
  lines.push_back(AuditLine(HeadOf(chain_[19], files_.Signing("next"))));
  EXPECT_EQ(Verify(lines, {}, {"hub", "next"}).signed_to, 20);
  EXPECT_EQ(Verify(lines).unknown_key_heads, 1);
}

TEST_F(Tampering, ABeginningMustBeSignedAndNotTooEarly) {
  audit::Head beginning = HeadOf(chain_[6], files_.Signing("hub"));
  beginning.set_kind(audit::Head::BEGINNING);
  const auto from_eight = [&](const std::string& head) {
    auto lines = Export(chain_);
    lines.erase(lines.begin() + 1, lines.begin() + static_cast<std::ptrdiff_t>(LineOf(lines, 8)));
    lines.insert(lines.begin() + 1, head);
    return lines;
  };
  ASSERT_TRUE(files_.Signing("hub").Sign(beginning.entry_time_us() + 1100 * kDayUs, &beginning).ok());
  const AuditReport report = Verify(from_eight(AuditLine(beginning)));
  EXPECT_FALSE(report.problem);
  EXPECT_EQ(report.removed_to, 7);
  EXPECT_EQ(report.first_sequence, 8);
  ASSERT_TRUE(files_.Signing("hub").Sign(beginning.entry_time_us() + 1000 * kDayUs, &beginning).ok());
  ExpectProblem(Verify(from_eight(AuditLine(beginning))), Kind::kRemovedEarly, 1, 7);
  ASSERT_TRUE(files_.Signing("thief").Sign(beginning.entry_time_us() + 1100 * kDayUs, &beginning).ok());
  ExpectProblem(Verify(from_eight(AuditLine(beginning))), Kind::kDeleted, 1, 7);
  ExpectProblem(Verify(from_eight("{\"format\":1}\n")), Kind::kDeleted, 1, 7);
}

// Without its heads a chain proves nothing, however whole it looks: whoever has a key to check with is told.
TEST_F(Tampering, AChainWithoutSignaturesIsNotProven) {
  const auto unvouched = [&](const std::vector<std::string>& lines,
                             const std::vector<std::string>& kept = {}) {
    const AuditReport report = Verify(lines, kept);
    EXPECT_FALSE(report.problem);
    return UnvouchedOf(report);
  };
  EXPECT_EQ(unvouched(Export(chain_)), Unvouched::kNothing) << "the last minutes are never signed yet";
  std::vector<std::string> bare;
  for (const std::string& line : Export(chain_))
    if (line.find("\"head\"") == std::string::npos) bare.push_back(line);
  EXPECT_EQ(unvouched(bare), Unvouched::kAll);
  EXPECT_EQ(unvouched(Export(chain_, "thief")), Unvouched::kAll) << "signed by a stranger";
  EXPECT_EQ(unvouched(bare, {AuditLine(HeadOf(chain_[19], files_.Signing("hub")))}), Unvouched::kNothing)
      << "kept heads prove it as well";
  // Only the first heads are left in, and the rest is days younger.
  auto late = chain_;
  for (size_t i = 12; i < late.size(); ++i) late[i].set_time_us(late[i].time_us() + 3 * kDayUs);
  Rehash(late, 12);
  EXPECT_EQ(unvouched(Export(late)), Unvouched::kNothing);
  std::vector<std::string> thinned;
  int heads = 0;
  for (const std::string& line : Export(late))
    if (line.find("\"head\"") == std::string::npos || ++heads <= 2) thinned.push_back(line);
  EXPECT_EQ(unvouched(thinned), Unvouched::kTail);
  // Nor does a signed beginning vouch for what comes after it.
  audit::Head beginning = HeadOf(chain_[6], files_.Signing("hub"));
  beginning.set_kind(audit::Head::BEGINNING);
  ASSERT_TRUE(files_.Signing("hub").Sign(beginning.entry_time_us() + 1100 * kDayUs, &beginning).ok());
  std::vector<std::string> cut = {bare[0], AuditLine(beginning)};
  cut.insert(cut.end(), bare.begin() + 8, bare.end());
  EXPECT_EQ(unvouched(cut), Unvouched::kAll);
}

TEST_F(Tampering, AFileWithoutEntriesIsNotWhole) {
  ExpectProblem(Verify({}), Kind::kTruncated, 1, 1);
  ExpectProblem(Verify({"{\"format\":1}\n"}), Kind::kTruncated, 1, 1);
  ExpectProblem(Verify({"{\"format\":2}\n"}), Kind::kUnreadable, 1, 1);
}

// Any one byte of any line: the entry of that line is named, unless the line still says the same.
TEST_F(Tampering, AnyChangedByteIsSeen) {
  const auto whole = Export(chain_);
  std::mt19937 random(7);
  int seen = 0;
  for (int i = 0; i < 300; ++i) {
    auto lines = whole;
    const size_t at = 1 + random() % (lines.size() - 1);
    std::string& line = lines[at];
    line[random() % (line.size() - 1)] ^= static_cast<char>(1 + random() % 255);
    const auto before = ParseAuditLine(whole[at]), after = ParseAuditLine(line);
    const AuditReport report = Verify(lines);
    if (after.ok() && after->SerializeAsString() == before->SerializeAsString()) {
      EXPECT_FALSE(report.problem);
      continue;
    }
    if (before->has_head()) {
      // A head that names another key is not checked, any other change is seen.
      EXPECT_TRUE(report.problem || report.unknown_key_heads > 0 || report.signed_to < 15) << line;
      continue;
    }
    ++seen;
    ASSERT_TRUE(report.problem) << line;
    EXPECT_EQ(report.problem->first, before->entry().sequence()) << line;
  }
  EXPECT_GT(seen, 150);
}

// GB/T 32905-2016, appendix A.
TEST(Digest, Sm3GivesTheStandardsExamples) {
  const auto hex = [](const std::string& bytes) {
    std::string text;
    for (const char byte : bytes) {
      char two[3];
      std::snprintf(two, sizeof two, "%02x", static_cast<unsigned char>(byte));
      text += two;
    }
    return text;
  };
  EXPECT_EQ(hex(DigestOf(audit::Entry::SM3, "abc")),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
  std::string long_message;
  for (int i = 0; i < 16; ++i) long_message += "abcd";
  EXPECT_EQ(hex(DigestOf(audit::Entry::SM3, long_message)),
            "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
  EXPECT_EQ(hex(DigestOf(audit::Entry::SHA_256, "abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(DigestOf(static_cast<audit::Entry::Digest>(9), "abc"), "");
}

TEST(AuditKey, Sm2SignsAndChecksToo) {
  KeyFiles files;
  files.Make("sm2", "SM2");
  const auto chain = Chain(1);
  audit::Head head = HeadOf(chain[0], files.Signing("sm2"));
  const AuditPublicKeys keys = files.Public({"sm2"});
  EXPECT_EQ(keys.Check(head), AuditPublicKeys::Answer::kGood);
  head.set_time_us(head.time_us() + 1);
  EXPECT_EQ(keys.Check(head), AuditPublicKeys::Answer::kBad);
}

TEST(AuditKey, AKeyThatOthersCanReadIsRefused) {
  KeyFiles files;
  files.Make("hub");
  for (const mode_t mode : {0640, 0604, 0620}) {
    ::chmod(files.path("hub.pem").c_str(), mode);
    EXPECT_TRUE(absl::IsPermissionDenied(AuditSigningKey::Load(files.path("hub.pem")).status())) << mode;
  }
  ::chmod(files.path("hub.pem").c_str(), 0400);
  EXPECT_TRUE(AuditSigningKey::Load(files.path("hub.pem")).ok());
  EXPECT_TRUE(absl::IsNotFound(AuditSigningKey::Load(files.path("none.pem")).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(AuditPublicKeys::Load({files.path("hub.pem")}).status()))
      << "a private key is no public key";
}

TEST(AuditLine, SaysWhatItWasMadeOf) {
  audit::Line line;
  *line.mutable_entry() = Chain(1, 1)[0];
  line.mutable_entry()->set_records(std::string("\0\xff\x01", 3));
  const auto parsed = ParseAuditLine(FormatAuditLine(line));
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->SerializeAsString(), line.SerializeAsString());
  EXPECT_FALSE(ParseAuditLine("{\"entry\":{\"sequence\":\"1\",\"extra\":1}}").ok());
  EXPECT_FALSE(ParseAuditLine("{}").ok());
}

}  // namespace
}  // namespace relief::server::audit
