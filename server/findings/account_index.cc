#include "server/findings/account_index.h"

#include "server/core/schema.h"
#include "server/records/identity_mapping.h"
#include "storage/transaction_reader.h"

namespace relief::server::findings {
namespace {

constexpr size_t kShortestAccount = 6;  // what is shorter is a counter's slip, not an account

}  // namespace

std::optional<matcher::RecordKey> AccountOf(const stored::Record& record,
                                            const matcher::BlockSecret& secret) {
  if (!records::IsLive(record)) return std::nullopt;
  std::string account;
  for (unsigned char c : record.record().benefit().payee_account())
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
      account.push_back(static_cast<char>(c));
  if (account.size() < kShortestAccount) return std::nullopt;
  return matcher::RecordKey::Of("payee-account" + std::string(secret.begin(), secret.end()), account);
}

absl::StatusOr<std::vector<matcher::RecordKey>> RecordsOnAccount(const storage::Reader& reader,
                                                                 matcher::RecordKey account, size_t limit) {
  const std::string prefix = schema::AccountPrefix(account);
  auto rows = reader.Scan(prefix, "", limit);
  if (!rows.ok()) return rows.status();
  std::vector<matcher::RecordKey> records;
  for (const storage::KeyRow& row : *rows) {
    if (row.key.size() != prefix.size() + matcher::RecordKey::kSize)
      return absl::DataLossError("the row of an account is damaged");
    records.push_back(matcher::RecordKey::FromBytes(row.key.data() + prefix.size()));
  }
  return records;
}

absl::Status FollowAccount(core::WriteContext& context, matcher::RecordKey key, const stored::Record* before,
                           const stored::Record& after) {
  if (after.record().benefit().payee_account().empty() &&
      (!before || before->record().benefit().payee_account().empty()))
    return absl::OkStatus();
  const storage::TransactionReader reader(context.txn);
  const auto secret = matcher::ReadBlockSecret(reader);
  if (!secret.ok()) return secret.status();
  const auto old_account = before ? AccountOf(*before, *secret) : std::nullopt;
  const auto new_account = AccountOf(after, *secret);
  if (!old_account && !new_account) return absl::OkStatus();
  const auto touch_first = [&](matcher::RecordKey account) -> absl::Status {
    auto first = RecordsOnAccount(reader, account, 1);
    if (!first.ok()) return first.status();
    if (!first->empty()) context.MarkPersonOf(first->front());
    return absl::OkStatus();
  };
  for (const auto& account : {old_account, new_account})
    if (account)
      if (absl::Status status = touch_first(*account); !status.ok()) return status;
  if (old_account != new_account) {
    if (old_account) context.txn.Delete(schema::AccountRow(*old_account, key));
    if (new_account) context.txn.Put(schema::AccountRow(*new_account, key), "");
    for (const auto& account : {old_account, new_account})
      if (account)
        if (absl::Status status = touch_first(*account); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace relief::server::findings
