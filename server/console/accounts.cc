#include "server/console/accounts.h"

#include <absl/strings/escaping.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>
#include <google/protobuf/text_format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>
#include <vector>

namespace relief::server::console {
namespace {

// 32 MiB and a tenth of a second (RFC 7914 suggests r = 8, p = 1).
constexpr uint64_t kN = 1 << 15;
constexpr uint64_t kR = 8, kP = 1;
constexpr uint64_t kMostMemory = 128ull << 20;  // that an account's hash may ask for
constexpr size_t kSaltBytes = 16, kHashBytes = 32;
constexpr int64_t kStepSeconds = 30;

std::string Scrypt(const std::string& password, const std::string& salt, uint64_t n, uint64_t r, uint64_t p) {
  std::string hash(kHashBytes, '\0');
  const int done =
      EVP_PBE_scrypt(password.data(), password.size(), reinterpret_cast<const uint8_t*>(salt.data()),
                     salt.size(), n, r, p, kMostMemory, reinterpret_cast<uint8_t*>(hash.data()), hash.size());
  return done == 1 ? hash : std::string();
}

std::optional<std::string> DecodeBase32(std::string_view text) {
  std::string bytes;
  uint32_t buffer = 0;
  int bits = 0;
  for (char c : text) {
    uint32_t value;
    if (c >= 'A' && c <= 'Z') {
      value = static_cast<uint32_t>(c - 'A');
    } else if (c >= '2' && c <= '7') {
      value = static_cast<uint32_t>(c - '2' + 26);
    } else {
      return std::nullopt;
    }
    buffer = buffer << 5 | value;
    if ((bits += 5) >= 8) bytes += static_cast<char>(buffer >> (bits -= 8) & 0xff);
  }
  return bytes;
}

bool ValidUser(const std::string& user) {
  return user.size() >= 2 && user.size() <= 64 &&
         user.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_") == std::string::npos;
}

bool Equal(const std::string& a, const std::string& b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// What each role may do, by method; AccountsTest looks that every method of the contract is decided on.
constexpr uint32_t Bit(Role role) { return 1u << role; }
constexpr uint32_t kWorkers = Bit(OFFICER) | Bit(APPROVER);
constexpr uint32_t kReaders = kWorkers | Bit(SUPERVISOR) | Bit(AUDITOR);

struct Permission {
  std::string_view method;
  uint32_t roles;
};
constexpr Permission kPermissions[] = {
    {"/relief.v1.ReviewService/ListConflicts", kReaders},
    {"/relief.v1.ReviewService/GetConflict", kReaders},
    {"/relief.v1.ReviewService/GetQueueSummary", kReaders},
    {"/relief.v1.ReviewService/GetCase", kReaders},
    {"/relief.v1.ReviewService/BatchGetCases", kReaders},
    {"/relief.v1.ReviewService/ListCaseEvents", kReaders},
    {"/relief.v1.ReviewService/ListDecisions", kReaders},
    {"/relief.v1.ReviewService/GetReviewJob", kReaders},
    {"/relief.v1.ReviewService/ListReviewJobs", kReaders},
    {"/relief.v1.ReviewService/ListReviewJobItems", kReaders},
    {"/relief.v1.ReviewService/GetReviewPolicy", kReaders},
    {"/relief.v1.ReviewService/ListProposals", kReaders},
    {"/relief.v1.ReviewService/GetProposal", kReaders},
    {"/relief.v1.ReviewService/ListQualitySamples", kReaders},
    {"/relief.v1.ReviewService/GetQualityReport", kReaders},
    {"/relief.v1.ReviewService/ExplainPair", kReaders},
    {"/relief.v1.ReviewService/ExplainPerson", kReaders},
    {"/relief.v1.ReviewService/ClaimConflict", kWorkers},
    {"/relief.v1.ReviewService/ReleaseConflict", kWorkers},
    {"/relief.v1.ReviewService/AssignConflicts", kWorkers},
    {"/relief.v1.ReviewService/AddCaseComment", kWorkers},
    {"/relief.v1.ReviewService/DecideConflict", kWorkers},
    {"/relief.v1.ReviewService/UndoDecision", kWorkers},
    {"/relief.v1.ReviewService/GetCluster", kWorkers},
    {"/relief.v1.ReviewService/PreviewClusterDecision", kWorkers},
    {"/relief.v1.ReviewService/DecideCluster", kWorkers},
    {"/relief.v1.ReviewService/PreviewBulk", kWorkers},
    {"/relief.v1.ReviewService/StartBulk", kWorkers},
    {"/relief.v1.ReviewService/CancelReviewJob", kWorkers},
    {"/relief.v1.ReviewService/RevertReviewJob", kWorkers},
    {"/relief.v1.ReviewService/WithdrawProposal", kWorkers},
    {"/relief.v1.ReviewService/NextQualityItem", kWorkers},
    {"/relief.v1.ReviewService/JudgeQualityItem", kWorkers},
    {"/relief.v1.ReviewService/ApproveProposal", Bit(APPROVER)},
    {"/relief.v1.ReviewService/RejectProposal", Bit(APPROVER)},
    {"/relief.v1.ReviewService/DrawQualitySample", Bit(SUPERVISOR) | Bit(APPROVER)},
    {"/relief.v1.RegistryService/CheckApplicant", kWorkers},
    {"/relief.v1.RegistryService/GetPerson", kWorkers | Bit(SUPERVISOR)},
    {"/relief.v1.RegistryService/GetPersonOfRecord", kWorkers | Bit(SUPERVISOR)},
    {"/relief.v1.RegistryService/GetHousehold", kWorkers | Bit(SUPERVISOR)},
    {"/relief.v1.RegistryService/GetEntitlements", kWorkers | Bit(SUPERVISOR)},
    {"/relief.v1.FindingService/ListFindings", kReaders},
    {"/relief.v1.FindingService/GetFinding", kReaders},
    {"/relief.v1.FindingService/ListFindingEvents", kReaders},
    {"/relief.v1.FindingService/AddDisposition", kWorkers},
    {"/relief.v1.FindingService/Deliberate", Bit(APPROVER)},
    {"/relief.v1.ReferralService/GetReferral", kReaders},
    {"/relief.v1.ReferralService/ListReferrals", kReaders},
    {"/relief.v1.ReferralService/ListReferralEvents", kReaders},
    {"/relief.v1.ReferralService/CreateReferral", kWorkers},
    {"/relief.v1.ReferralService/HandOver", kWorkers},
    {"/relief.v1.ReferralService/Accept", kWorkers},
    {"/relief.v1.ReferralService/Return", kWorkers},
    {"/relief.v1.ReferralService/Conclude", kWorkers},
    {"/relief.v1.ReferralService/RecordConsent", kWorkers},
    {"/relief.v1.CharityService/ListProjects", kReaders},
    {"/relief.v1.ReportService/GetGapReport", kReaders | Bit(ADMINISTRATOR)},
    {"/relief.v1.ReportService/GetMonthlySummary", kReaders | Bit(ADMINISTRATOR)},
    {"/relief.v1.ReportService/GetReportDefinitions", kReaders | Bit(ADMINISTRATOR)},
    {"/relief.v1.ReportService/DownloadReport", Bit(SUPERVISOR) | Bit(APPROVER) | Bit(AUDITOR)},
    {"/relief.v1.ReportService/DownloadFindings", Bit(SUPERVISOR) | Bit(APPROVER) | Bit(AUDITOR)},
    {"/relief.v1.ReportService/ListReportSchedules", Bit(SUPERVISOR) | Bit(AUDITOR) | Bit(ADMINISTRATOR)},
    {"/relief.v1.FeedService/GetSource", kReaders | Bit(ADMINISTRATOR)},
    {"/relief.v1.FeedService/ListRejections", kReaders | Bit(ADMINISTRATOR)},
    {"/relief.v1.FeedService/ListSources", kReaders | Bit(ADMINISTRATOR)},
    {"/relief.v1.FeedService/ConfirmSnapshot", Bit(APPROVER) | Bit(ADMINISTRATOR)},
    {"/relief.v1.IntakeService/BeginUpload", kWorkers},
    {"/relief.v1.IntakeService/AppendUpload", kWorkers},
    {"/relief.v1.IntakeService/GetUpload", kWorkers},
    {"/relief.v1.IntakeService/ListUploads", kWorkers},
    {"/relief.v1.IntakeService/AnswerUpload", kWorkers},
    {"/relief.v1.IntakeService/TryUpload", kWorkers},
    {"/relief.v1.IntakeService/LoadUpload", kWorkers},
    {"/relief.v1.IntakeService/DiscardUpload", kWorkers},
    {"/relief.v1.IntakeService/DownloadRejectedRows", kWorkers},
    {"/relief.v1.IntakeService/DownloadTemplate", kWorkers},
    {"/relief.v1.AdminService/GetStatus", kReaders | Bit(ADMINISTRATOR)},
    {"/relief.v1.AdminService/PreviewRules", Bit(SUPERVISOR) | Bit(APPROVER) | Bit(ADMINISTRATOR)},
    {"/relief.v1.AdminService/ListBackups", Bit(AUDITOR) | Bit(ADMINISTRATOR)},
    {"/relief.v1.AdminService/ReloadRules", Bit(ADMINISTRATOR)},
    {"/relief.v1.AdminService/GetStoreStats", Bit(ADMINISTRATOR)},
    {"/relief.v1.AdminService/CreateBackup", Bit(ADMINISTRATOR)},
    {"/relief.v1.AdminService/CheckRestore", Bit(ADMINISTRATOR)},
    {"/relief.v1.AdminService/VerifyStore", Bit(ADMINISTRATOR)},
    {"/relief.v1.AdminService/CompactStore", Bit(ADMINISTRATOR)},
    {"/relief.v1.AdminService/RewrapKeys", Bit(ADMINISTRATOR)},
    {"/relief.v1.AuditService/ListAccesses", Bit(AUDITOR)},
    // Departmental systems and charities call these by gRPC; the console has no use for them.
    {"/relief.v1.FeedService/BeginLoad", 0},
    {"/relief.v1.FeedService/EndLoad", 0},
    {"/relief.v1.NoticeService/CreateSubscription", 0},
    {"/relief.v1.NoticeService/GetSubscription", 0},
    {"/relief.v1.NoticeService/ListSubscriptions", Bit(ADMINISTRATOR)},
    {"/relief.v1.NoticeService/DeleteSubscription", 0},
    {"/relief.v1.NoticeService/Acknowledge", 0},
    {"/relief.v1.CharityService/RegisterProject", 0},
    {"/relief.v1.CharityService/UpdateProject", 0},
    {"/relief.v1.CharityService/MatchNeeds", 0},
    {"/relief.v1.CharityService/AnswerNeed", 0},
};

}  // namespace

std::optional<AccountBook::PasswordHash> AccountBook::ParseHash(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, ':');
  PasswordHash hash;
  if (parts.size() != 6 || parts[0] != "scrypt" || !absl::SimpleAtoi(parts[1], &hash.n) ||
      !absl::SimpleAtoi(parts[2], &hash.r) || !absl::SimpleAtoi(parts[3], &hash.p))
    return std::nullopt;
  hash.salt = absl::HexStringToBytes(parts[4]);
  hash.hash = absl::HexStringToBytes(parts[5]);
  // Without a place for the key the parameters are only checked.
  const bool sound = EVP_PBE_scrypt("", 0, nullptr, 0, hash.n, hash.r, hash.p, kMostMemory, nullptr, 0) == 1;
  if (hash.hash.size() != kHashBytes || hash.salt.size() < 8 || !sound) return std::nullopt;
  return hash;
}

std::string AccountBook::Derive(const std::string& password, const PasswordHash& like) {
  return Scrypt(password, like.salt, like.n, like.r, like.p);
}

// The cost of one of the accounts, for one name always of the same: accounts may be made at different costs.
AccountBook::PasswordHash AccountBook::Decoy(const std::string& user) const {
  PasswordHash decoy{kN, kR, kP, std::string(kSaltBytes, 's'), std::string(kHashBytes, 'h')};
  if (accounts_.empty()) return decoy;
  const size_t chosen = std::hash<std::string>()(user) % accounts_.size();
  const PasswordHash& like =
      std::next(accounts_.begin(), static_cast<std::ptrdiff_t>(chosen))->second.password;
  decoy.n = like.n;
  decoy.r = like.r;
  decoy.p = like.p;
  return decoy;
}

absl::StatusOr<std::shared_ptr<const AccountBook>> AccountBook::Parse(const std::string& text) {
  Accounts file;
  if (!google::protobuf::TextFormat::ParseFromString(text, &file))
    return absl::InvalidArgumentError("accounts: not a text file of relief.server.gateway.Accounts");
  auto book = std::make_shared<AccountBook>();
  for (const Account& account : file.accounts()) {
    const std::string who = "accounts: \"" + account.user() + "\": ";
    if (!ValidUser(account.user())) return absl::InvalidArgumentError(who + "user: 2 to 64 of a-z 0-9 . - _");
    auto password = ParseHash(account.password_hash());
    if (!password)
      return absl::InvalidArgumentError(who + "password_hash: make one with relief-hub --hash-password");
    if (!DecodeBase32(account.totp_secret()))
      return absl::InvalidArgumentError(who + "totp_secret: not base 32");
    if (account.role() == ROLE_UNSPECIFIED) return absl::InvalidArgumentError(who + "role: required");
    if (!book->accounts_.emplace(account.user(), Entry{account, *std::move(password)}).second)
      return absl::InvalidArgumentError(who + "there twice");
  }
  return std::shared_ptr<const AccountBook>(std::move(book));
}

absl::StatusOr<std::shared_ptr<const AccountBook>> AccountBook::Load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError("cannot read the accounts file " + path);
  std::stringstream text;
  text << file.rdbuf();
  return Parse(text.str());
}

const Account* AccountBook::Find(const std::string& user) const {
  const auto found = accounts_.find(user);
  return found == accounts_.end() ? nullptr : &found->second.account;
}

std::optional<AccountBook::Match> AccountBook::Check(const std::string& user, const std::string& password,
                                                     const std::string& code, int64_t now_seconds) const {
  const auto found = accounts_.find(user);
  const PasswordHash wanted = found == accounts_.end() ? Decoy(user) : found->second.password;
  const bool right = Equal(Derive(password, wanted), wanted.hash);
  if (found == accounts_.end() || !right) return std::nullopt;
  const Account& account = found->second.account;
  Match match{&account, std::nullopt};
  if (account.totp_secret().empty()) return match;
  const int64_t step = now_seconds / kStepSeconds;
  for (int64_t near : {step, step - 1, step + 1}) {  // clocks differ a little
    if (!Equal(OneTimeCode(account.totp_secret(), near), code)) continue;
    match.time_step = near;
    return match;
  }
  return std::nullopt;
}

std::string HashPassword(const std::string& password) {
  std::string salt(kSaltBytes, '\0');
  RAND_bytes(reinterpret_cast<uint8_t*>(salt.data()), static_cast<int>(kSaltBytes));
  return "scrypt:" + std::to_string(kN) + ":" + std::to_string(kR) + ":" + std::to_string(kP) + ":" +
         absl::BytesToHexString(salt) + ":" + absl::BytesToHexString(Scrypt(password, salt, kN, kR, kP));
}

std::string OneTimeCode(const std::string& base32_secret, int64_t step) {
  const auto key = DecodeBase32(base32_secret);
  if (!key || key->empty()) return "";
  std::array<uint8_t, 8> counter;
  for (size_t i = 0; i < counter.size(); ++i) counter[i] = static_cast<uint8_t>(step >> (56 - 8 * i) & 0xff);
  uint8_t mac[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  HMAC(EVP_sha1(), key->data(), static_cast<int>(key->size()), counter.data(), counter.size(), mac, &length);
  const size_t at = mac[length - 1] & 0xf;  // RFC 4226, dynamic truncation
  const uint32_t number =
      (static_cast<uint32_t>(mac[at] & 0x7f) << 24 | static_cast<uint32_t>(mac[at + 1]) << 16 |
       static_cast<uint32_t>(mac[at + 2]) << 8 | mac[at + 3]) %
      1'000'000;
  char text[8];
  std::snprintf(text, sizeof text, "%06u", number);
  return text;
}

bool MayCall(Role role, std::string_view method) {
  for (const Permission& permission : kPermissions)
    if (permission.method == method) return (permission.roles & Bit(role)) != 0;
  return false;
}

std::string_view RoleName(Role role) {
  switch (role) {
    case OFFICER:
      return "officer";
    case SUPERVISOR:
      return "supervisor";
    case APPROVER:
      return "approver";
    case AUDITOR:
      return "auditor";
    case ADMINISTRATOR:
      return "administrator";
    default:
      return "";
  }
}

}  // namespace relief::server::console
