#include "server/findings/judge_step.h"

#include <map>
#include <string>

#include "server/core/schema.h"
#include "server/core/write_context.h"
#include "server/findings/account_index.h"
#include "server/findings/answers.h"
#include "server/findings/feed_rows.h"
#include "server/findings/finding_update.h"
#include "server/findings/in_review.h"
#include "server/findings/judging.h"
#include "server/findings/load_waiting.h"
#include "server/findings/report_rows.h"
#include "server/records/identity_mapping.h"
#include "storage/message_row.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::findings {

namespace {

absl::Status JudgeThese(core::WriteContext& context, const LoadWaiting& waiting, const coverage::Feeds* feeds,
                        const std::set<matcher::PersonId>& marked) {
  RELIEF_ASSIGN_OR_RETURN(const auto persons, waiting.Free(marked));
  if (persons.empty()) return absl::OkStatus();
  RELIEF_ASSIGN_OR_RETURN(Judgement judgement,
                          JudgePersons(storage::TransactionReader(context.txn), persons, context.rules,
                                       context.as_of, context.look_ahead(), feeds));
  RELIEF_RETURN_IF_ERROR(waiting.TakeOut(&judgement));
  RELIEF_RETURN_IF_ERROR(UpdateFindings(context, judgement));
  return CountAnswers(context.txn, judgement);
}

}  // namespace

absl::Status JudgeStep::Run(core::WriteContext& context) const {
  if (context.marked_persons().empty()) return absl::OkStatus();
  // What is claimed of those whom the matcher asks about hangs on both sides.
  RELIEF_ASSIGN_OR_RETURN(const auto in_review, PersonsInReviewWith(storage::TransactionReader(context.txn),
                                                                    context.marked_persons()));
  for (const matcher::PersonId& person : in_review) context.MarkForReevaluation(person);
  RELIEF_ASSIGN_OR_RETURN(const LoadWaiting waiting, LoadWaiting::Of(context));
  RELIEF_ASSIGN_OR_RETURN(
      const auto feeds, ReadFeeds(storage::TransactionReader(context.txn), context.features, context.as_of));
  for (const core::WriteContext::EndingLoad& load : context.ending_loads()) {
    context.SetJudgedLoad(&load);
    const absl::Status judged = JudgeThese(context, waiting, feeds.get(), load.persons);
    context.SetJudgedLoad(nullptr);
    RELIEF_RETURN_IF_ERROR(judged);
  }
  return JudgeThese(context, waiting, feeds.get(), context.judged_now());
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
  std::map<std::string, FeedChange> feeds;
  for (const auto& [key, record] : records)
    if (records::IsLive(record)) feeds[record.source_id()].Count(record.record(), 1);
  for (const auto& [source_id, feed] : feeds) {
    RELIEF_ASSIGN_OR_RETURN(const auto source,
                            storage::ReadMessageOrEmpty<stored::Source>(txn, schema::SourceRow(source_id)));
    RELIEF_RETURN_IF_ERROR(feed.Write(txn, source));
  }
  return absl::OkStatus();
}

}  // namespace relief::server::findings
