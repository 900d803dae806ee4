#include "server/findings/judge_step.h"

#include "server/core/schema.h"
#include "server/core/write_context.h"
#include "server/findings/account_index.h"
#include "server/findings/finding_update.h"
#include "server/findings/holders.h"
#include "server/findings/judging.h"
#include "server/findings/load_waiting.h"
#include "server/findings/report_rows.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::findings {

namespace {

absl::Status JudgeThese(core::WriteContext& context, const LoadWaiting& waiting,
                        const std::set<matcher::PersonId>& marked) {
  RELIEF_ASSIGN_OR_RETURN(const auto persons, waiting.Free(marked));
  if (persons.empty()) return absl::OkStatus();
  RELIEF_ASSIGN_OR_RETURN(Judgement judgement,
                          JudgePersons(storage::TransactionReader(context.txn), persons, context.rules,
                                       context.as_of, context.look_ahead()));
  RELIEF_RETURN_IF_ERROR(waiting.TakeOut(&judgement));
  RELIEF_RETURN_IF_ERROR(UpdateFindings(context, judgement));
  return CountHolders(context.txn, judgement, context.as_of);
}

}  // namespace

absl::Status JudgeStep::Run(core::WriteContext& context) const {
  if (context.marked_persons().empty()) return absl::OkStatus();
  RELIEF_ASSIGN_OR_RETURN(const LoadWaiting waiting, LoadWaiting::Of(context));
  for (const core::WriteContext::EndingLoad& load : context.ending_loads()) {
    context.SetJudgedLoad(&load);
    const absl::Status judged = JudgeThese(context, waiting, load.persons);
    context.SetJudgedLoad(nullptr);
    RELIEF_RETURN_IF_ERROR(judged);
  }
  return JudgeThese(context, waiting, context.judged_now());
}

absl::Status FindingRows::Begin(storage::Store& store) const { return RemakeReportRows(store); }

absl::StatusOr<bool> FindingRows::Clear(storage::Transaction& txn, size_t limit) const {
  RELIEF_ASSIGN_OR_RETURN(const auto accounts, txn.Scan(schema::kAccountPrefix, {}, limit));
  for (const storage::KeyRow& row : accounts) txn.Delete(row.key);
  return accounts.empty();
}

absl::Status FindingRows::Add(storage::Transaction& txn, std::span<const KeyedRecord> records) const {
  RELIEF_ASSIGN_OR_RETURN(const auto secret, matcher::ReadBlockSecret(storage::TransactionReader(txn)));
  for (const auto& [key, record] : records)
    if (const auto account = AccountOf(record, secret)) txn.Put(schema::AccountRow(*account, key), "");
  return absl::OkStatus();
}

}  // namespace relief::server::findings
