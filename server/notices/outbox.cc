#include "server/notices/outbox.h"

#include <algorithm>
#include <limits>
#include <map>

#include "server/core/schema.h"
#include "server/findings/finding_store.h"
#include "server/notices/backlog.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::notices {
namespace {

constexpr size_t kMaxSubscriptions = 10'000;
constexpr int kDefaultPage = 100, kMaxPage = 1000;
constexpr size_t kTrimPage = 1000;
constexpr int64_t kTrimEvery = kTrimPage / 2;
constexpr int kCopyStep = 500;  // notices, or findings looked at for them ten times over, of one commit

// How far the copying of open findings has come: the id of the last one. No row: nothing is to be copied.
constexpr std::string_view kCopyPrefix = "ho";
std::string CopyRow(const std::string& subscription_id) { return std::string(kCopyPrefix) + subscription_id; }

absl::StatusOr<v1::Subscription> Parse(const std::string& value) {
  v1::Subscription subscription;
  if (!subscription.ParseFromString(value))
    return absl::DataLossError("the row of a subscription is damaged");
  return subscription;
}

absl::StatusOr<v1::Subscription> Read(storage::Transaction& txn, const std::string& id) {
  RELIEF_ASSIGN_OR_RETURN(auto value, txn.Get(schema::SubscriptionRow(id)));
  if (!value) return absl::NotFoundError("no such subscription");
  return Parse(*value);
}

// NOT_FOUND: there is none, or it is another agency's. One from before agencies were written down becomes the
// first's who takes it over.
absl::StatusOr<v1::Subscription> ReadOwn(storage::Transaction& txn, const std::string& id,
                                         const Subscriber& subscriber) {
  auto subscription = Read(txn, id);
  if (!subscription.ok()) return subscription;
  if (subscription->owner().empty()) subscription->set_owner(subscriber.agency);
  if (subscription->owner() != subscriber.agency) return absl::NotFoundError("no such subscription");
  return subscription;
}

// RESOURCE_EXHAUSTED: one more would be too many.
absl::Status CheckNumber(storage::Transaction& txn, const std::string& agency) {
  RELIEF_ASSIGN_OR_RETURN(auto rows, txn.Scan(schema::kSubscriptionPrefix, {}, kMaxSubscriptions));
  int own = 0;
  for (const storage::KeyRow& row : rows) {
    RELIEF_ASSIGN_OR_RETURN(auto subscription, Parse(row.row.value));
    own += subscription.owner() == agency;
  }
  if (own < kMostSubscriptions && rows.size() < kMaxSubscriptions) return absl::OkStatus();
  return absl::ResourceExhaustedError("subscriptions: an agency has at most " +
                                      std::to_string(kMostSubscriptions) + "; delete one first");
}

v1::Notice NoticeOf(const v1::Finding& finding, v1::Notice::Event event, int64_t now_us,
                    v1::Subscription* subscription) {
  subscription->set_last_sequence(subscription->last_sequence() + 1);
  v1::Notice notice;
  notice.set_subscription_id(subscription->subscription_id());
  notice.set_sequence(subscription->last_sequence());
  notice.set_event(event);
  *notice.mutable_finding() = finding;
  notice.mutable_time()->set_seconds(now_us / 1'000'000);
  notice.mutable_time()->set_nanos(static_cast<int32_t>(now_us % 1'000'000) * 1000);
  return notice;
}

// The next few open findings. Read through the transaction: what this group of works changes is copied as it
// then is.
absl::Status CopyStep(core::WriteContext& context, const std::string& subscription_id, bool* done) {
  *done = true;
  RELIEF_ASSIGN_OR_RETURN(auto copied_to, context.txn.Get(CopyRow(subscription_id)));
  if (!copied_to) return absl::OkStatus();
  auto subscription = Read(context.txn, subscription_id);
  if (absl::IsNotFound(subscription.status())) {
    context.txn.Delete(CopyRow(subscription_id));
    return absl::OkStatus();
  }
  if (!subscription.ok()) return subscription.status();
  v1::FindingFilter open;
  open.add_states(v1::Finding::OPEN);
  std::string last = *copied_to;
  std::vector<v1::Notice> notices;
  int looked_at = 0;
  const storage::TransactionReader reader(context.txn);
  absl::Status status = findings::ForEachFindingAfter(reader, open, last, [&](const v1::Finding& finding) {
    if (notices.size() == kCopyStep || looked_at++ == 10 * kCopyStep) {
      *done = false;
      return false;
    }
    last = finding.finding_id();
    if (Matches(*subscription, finding))
      notices.push_back(NoticeOf(finding, v1::Notice::OPENED, context.now_us, &*subscription));
    return true;
  });
  if (!status.ok()) return status;
  for (const v1::Notice& notice : notices)
    context.txn.Put(schema::NoticeRow(subscription_id, notice.sequence()), notice.SerializeAsString());
  if (*done) {
    context.txn.Delete(CopyRow(subscription_id));
  } else {
    context.txn.Put(CopyRow(subscription_id), last);
  }
  context.txn.Put(schema::SubscriptionRow(subscription_id), subscription->SerializeAsString());
  return absl::OkStatus();
}

// Drops the oldest notices before `first_kept`, a page of them. False: there are more.
absl::StatusOr<bool> TrimStep(storage::Transaction& txn, const std::string& subscription_id,
                              int64_t first_kept) {
  RELIEF_ASSIGN_OR_RETURN(auto rows, txn.Scan(schema::NoticePrefix(subscription_id), {}, kTrimPage));
  const std::string kept = schema::NoticeRow(subscription_id, std::max<int64_t>(first_kept, 0));
  size_t dropped = 0;
  for (const storage::KeyRow& row : rows) {
    if (row.key >= kept) break;
    txn.Delete(row.key);
    ++dropped;
  }
  return dropped < kTrimPage;
}

// Drops what is older than `first_kept`, a page at a time: others are served in between.
absl::Status Trim(core::Hub& hub, const std::string& subscription_id, int64_t first_kept) {
  for (bool done = false; !done;) {
    auto step = hub.Write([&](core::WriteContext& context) -> absl::Status {
      auto trimmed = TrimStep(context.txn, subscription_id, first_kept);
      if (trimmed.ok()) done = *trimmed;
      return trimmed.status();
    });
    if (!step.ok()) return step.status();
  }
  return absl::OkStatus();
}

bool ValidId(const std::string& id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

absl::Status Check(const v1::Subscription& subscription) {
  if (!ValidId(subscription.subscription_id()))
    return absl::InvalidArgumentError("subscription.subscription_id: 1 to 64 of A-Z a-z 0-9 . _ -");
  const std::string& region = subscription.region_prefix();
  if (region.size() > 12 ||
      !std::all_of(region.begin(), region.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return absl::InvalidArgumentError("subscription.region_prefix: digits of a GB/T 2260 code");
  for (int programme : subscription.programmes())
    if (programme == v1::PROGRAMME_UNSPECIFIED || !v1::Programme_IsValid(programme))
      return absl::InvalidArgumentError("subscription.programmes: not a programme");
  for (int kind : subscription.kinds())
    if (kind == v1::FINDING_KIND_UNSPECIFIED || !v1::FindingKind_IsValid(kind))
      return absl::InvalidArgumentError("subscription.kinds: not a kind of finding");
  return absl::OkStatus();
}

bool SameSelection(const v1::Subscription& a, const v1::Subscription& b) {
  return std::equal(a.programmes().begin(), a.programmes().end(), b.programmes().begin(),
                    b.programmes().end()) &&
         std::equal(a.kinds().begin(), a.kinds().end(), b.kinds().begin(), b.kinds().end()) &&
         a.region_prefix() == b.region_prefix();
}

}  // namespace

bool Matches(const v1::Subscription& subscription, const v1::Finding& finding) {
  const auto has = [](const auto& list, auto value) {
    return std::find(list.begin(), list.end(), value) != list.end();
  };
  if (subscription.kinds_size() > 0 && !has(subscription.kinds(), finding.kind())) return false;
  if (subscription.programmes_size() > 0) {
    const bool notified = std::any_of(finding.notify().begin(), finding.notify().end(), [&](int programme) {
      return has(subscription.programmes(), programme);
    });
    const bool in_evidence = std::any_of(
        finding.evidence().begin(), finding.evidence().end(),
        [&](const v1::Evidence& evidence) { return has(subscription.programmes(), evidence.programme()); });
    if (!notified && !in_evidence) return false;
  }
  return subscription.region_prefix().empty() ||
         std::any_of(finding.regions().begin(), finding.regions().end(), [&](const std::string& region) {
           return region.starts_with(subscription.region_prefix());
         });
}

absl::Status OutboxStep::Follow(core::WriteContext& context,
                                std::span<const findings::WrittenFinding> written) const {
  const auto tells = [](const findings::WrittenFinding& one) { return one.notice.has_value(); };
  if (std::none_of(written.begin(), written.end(), tells)) return absl::OkStatus();
  RELIEF_ASSIGN_OR_RETURN(const auto rows,
                          context.txn.Scan(schema::kSubscriptionPrefix, {}, kMaxSubscriptions));
  RELIEF_ASSIGN_OR_RETURN(const auto copying, context.txn.Scan(kCopyPrefix, {}, kMaxSubscriptions));
  std::map<std::string, std::string> copied_to;  // by subscription: the last finding that was copied
  for (const storage::KeyRow& row : copying) copied_to[row.key.substr(kCopyPrefix.size())] = row.row.value;
  for (const storage::KeyRow& row : rows) {
    RELIEF_ASSIGN_OR_RETURN(v1::Subscription subscription, Parse(row.row.value));
    const int64_t before = subscription.last_sequence();
    const auto copied = copied_to.find(subscription.subscription_id());
    for (const findings::WrittenFinding& one : written) {
      if (!one.notice || !Matches(subscription, one.finding)) continue;
      if (copied != copied_to.end() && one.finding.finding_id() > copied->second) continue;
      const v1::Notice notice = NoticeOf(one.finding, *one.notice, context.now_us, &subscription);
      context.txn.Put(schema::NoticeRow(notice.subscription_id(), notice.sequence()),
                      notice.SerializeAsString());
    }
    if (subscription.last_sequence() == before) continue;
    context.txn.Put(row.key, subscription.SerializeAsString());
    // Nobody keeps without end what nobody takes.
    const int64_t last = subscription.last_sequence();
    const int64_t first_kept = last - context.features.Get<BacklogSettings>().most + 1;
    if (copied != copied_to.end() || first_kept <= subscription.acknowledged_sequence() + 1 ||
        last / kTrimEvery == before / kTrimEvery)
      continue;
    bool done = false;
    for (int64_t added = last - before; !done && added >= 0; added -= kTrimEvery) {
      RELIEF_ASSIGN_OR_RETURN(done, TrimStep(context.txn, subscription.subscription_id(), first_kept));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Subscription> CreateSubscription(core::Hub& hub,
                                                    const v1::CreateSubscriptionRequest& request,
                                                    const Subscriber& subscriber) {
  const v1::Subscription& asked = request.subscription();
  RELIEF_RETURN_IF_ERROR(Check(asked));
  const std::string& id = asked.subscription_id();
  v1::Subscription created;
  auto done = hub.Write([&](core::WriteContext& context) -> absl::Status {
    auto existing = Read(context.txn, id);
    if (existing.ok()) {
      if (!existing->owner().empty() && existing->owner() != subscriber.agency)
        return absl::AlreadyExistsError("subscription.subscription_id: another agency's has it");
      if (!SameSelection(*existing, asked))
        return absl::AlreadyExistsError("a subscription with this id and another selection exists");
      created = *existing;
      return absl::OkStatus();
    }
    if (!absl::IsNotFound(existing.status())) return existing.status();
    RELIEF_RETURN_IF_ERROR(CheckNumber(context.txn, subscriber.agency));
    created.Clear();
    created.set_subscription_id(id);
    *created.mutable_programmes() = asked.programmes();
    *created.mutable_kinds() = asked.kinds();
    created.set_region_prefix(asked.region_prefix());
    created.set_owner(subscriber.agency);
    created.mutable_create_time()->set_seconds(context.now_us / 1'000'000);
    if (request.include_open_findings()) context.txn.Put(CopyRow(id), "");
    context.txn.Put(schema::SubscriptionRow(id), created.SerializeAsString());
    context.Audit({subscriber.caller, "notice.subscribe", id, "", "", ""});
    return absl::OkStatus();
  });
  if (!done.ok()) return done.status();
  RELIEF_RETURN_IF_ERROR(FinishCopying(hub, id));
  return GetSubscription(hub.store(), id);
}

absl::Status FinishCopying(core::Hub& hub, const std::string& subscription_id) {
  const std::string key = CopyRow(subscription_id);
  RELIEF_ASSIGN_OR_RETURN(auto rows, hub.store().MultiGet({&key, 1}));
  for (bool done = !rows[0].present(); !done;) {
    auto step =
        hub.Write([&](core::WriteContext& context) { return CopyStep(context, subscription_id, &done); });
    if (!step.ok()) return step.status();
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Subscription> GetSubscription(const storage::Reader& reader,
                                                 const std::string& subscription_id) {
  const std::string key = schema::SubscriptionRow(subscription_id);
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.MultiGet({&key, 1}));
  if (!rows[0].present()) return absl::NotFoundError("no such subscription");
  return Parse(rows[0].value);
}

absl::StatusOr<v1::ListSubscriptionsResponse> ListSubscriptions(const storage::Reader& reader,
                                                                const v1::ListSubscriptionsRequest& request) {
  if (request.page_size() < 0) return absl::InvalidArgumentError("page_size: not negative");
  const int size = request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kMaxPage);
  std::string from;
  if (!request.page_token().empty())
    from = schema::SubscriptionRow(request.page_token()) + std::string(1, '\0');
  RELIEF_ASSIGN_OR_RETURN(auto rows,
                          reader.Scan(schema::kSubscriptionPrefix, from, static_cast<size_t>(size) + 1));
  v1::ListSubscriptionsResponse response;
  for (const storage::KeyRow& row : rows) {
    if (response.subscriptions_size() == size) {
      response.set_next_page_token(response.subscriptions(size - 1).subscription_id());
      break;
    }
    RELIEF_ASSIGN_OR_RETURN(auto subscription, Parse(row.row.value));
    *response.add_subscriptions() = std::move(subscription);
  }
  return response;
}

absl::Status DeleteSubscription(core::Hub& hub, const std::string& subscription_id,
                                const Subscriber& subscriber) {
  // The row goes first, so that no new notice comes; then what is left of its outbox, in steps.
  auto done = hub.Write([&](core::WriteContext& context) -> absl::Status {
    RELIEF_RETURN_IF_ERROR(ReadOwn(context.txn, subscription_id, subscriber).status());
    context.txn.Delete(schema::SubscriptionRow(subscription_id));
    context.txn.Delete(CopyRow(subscription_id));
    context.Audit({subscriber.caller, "notice.unsubscribe", subscription_id, "", "", ""});
    return absl::OkStatus();
  });
  if (!done.ok()) return done.status();
  return Trim(hub, subscription_id, std::numeric_limits<int64_t>::max());
}

absl::StatusOr<v1::Subscription> Acknowledge(core::Hub& hub, const v1::AcknowledgeRequest& request,
                                             const Subscriber& subscriber) {
  v1::Subscription acknowledged;
  int64_t keep_from = 0;
  bool trimmed = true;
  auto done = hub.Write([&](core::WriteContext& context) -> absl::Status {
    RELIEF_ASSIGN_OR_RETURN(auto subscription, ReadOwn(context.txn, request.subscription_id(), subscriber));
    if (request.sequence() > subscription.last_sequence())
      return absl::InvalidArgumentError("sequence: no such notice yet");
    acknowledged = subscription;
    if (request.sequence() <= subscription.acknowledged_sequence()) return absl::OkStatus();
    acknowledged.set_acknowledged_sequence(request.sequence());
    context.txn.Put(schema::SubscriptionRow(request.subscription_id()), acknowledged.SerializeAsString());
    keep_from = request.sequence() - hub.features().Get<NoticeSettings>().retention;
    auto step = TrimStep(context.txn, request.subscription_id(), keep_from);
    if (step.ok()) trimmed = *step;
    return step.status();
  });
  if (!done.ok()) return done.status();
  if (!trimmed) RELIEF_RETURN_IF_ERROR(Trim(hub, request.subscription_id(), keep_from));
  return acknowledged;
}

absl::StatusOr<std::vector<v1::Notice>> ReadNotices(const storage::Reader& reader,
                                                    const std::string& subscription_id, int64_t sequence,
                                                    size_t limit) {
  RELIEF_ASSIGN_OR_RETURN(auto subscription, GetSubscription(reader, subscription_id));
  std::vector<v1::Notice> notices;
  if (sequence > subscription.last_sequence() || limit == 0) return notices;
  RELIEF_ASSIGN_OR_RETURN(
      auto rows, reader.Scan(schema::NoticePrefix(subscription_id),
                             schema::NoticeRow(subscription_id, std::max<int64_t>(sequence, 1)), limit));
  for (const storage::KeyRow& row : rows) {
    v1::Notice notice;
    if (!notice.ParseFromString(row.row.value)) return absl::DataLossError("the row of a notice is damaged");
    notices.push_back(std::move(notice));
  }
  if (notices.empty() || notices[0].sequence() != std::max<int64_t>(sequence, 1))
    return absl::OutOfRangeError("the notices from this sequence on are no longer kept");
  return notices;
}

}  // namespace relief::server::notices
