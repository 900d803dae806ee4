// relief watch: follows the notices of a subscription.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <iostream>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "adapters/cli/commands.h"
#include "adapters/cli/names.h"
#include "adapters/cli/show.h"
#include "adapters/cli/text.h"
#include "relief/v1/notice_service.grpc.pb.h"

namespace relief::adapters {
namespace {

struct WatchOptions {
  std::string subscription_id, region;
  std::vector<std::string> programmes, kinds;
  bool create = false, include_open = false, no_ack = false;
  int64_t from = 0, max = 0;
  int idle_seconds = 0;
};

// Ends a stream that has been silent for too long; 0 seconds means never.
class IdleGuard {
 public:
  IdleGuard(grpc::ClientContext& context, int seconds) {
    if (seconds > 0) {
      thread_ = std::thread([this, &context, seconds] {
        std::unique_lock lock(mutex_);
        uint64_t seen = beats_;
        while (!stopped_) {
          if (woken_.wait_for(lock, std::chrono::seconds(seconds),
                              [&] { return stopped_ || beats_ != seen; })) {
            seen = beats_;
            continue;
          }
          idle_ = true;
          context.TryCancel();
          return;
        }
      });
    }
  }
  ~IdleGuard() {
    {
      std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    woken_.notify_all();
    if (thread_.joinable()) thread_.join();
  }
  void Beat() {
    {
      std::lock_guard lock(mutex_);
      ++beats_;
    }
    woken_.notify_all();
  }
  bool idle() {
    std::lock_guard lock(mutex_);
    return idle_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable woken_;
  uint64_t beats_ = 0;
  bool stopped_ = false, idle_ = false;
  std::thread thread_;
};

// Acknowledges what was printed, behind the printing: while one acknowledgement is on its way to the disk,
// the next ones become one.
class Acknowledger {
 public:
  Acknowledger(const Session& session, v1::NoticeService::Stub& stub, std::string subscription_id,
               grpc::ClientContext& stream)
      : session_(session),
        stub_(stub),
        subscription_id_(std::move(subscription_id)),
        stream_(stream),
        thread_([this] { Run(); }) {}
  ~Acknowledger() { Finish().IgnoreError(); }

  void Printed(int64_t sequence) {
    {
      std::lock_guard lock(mutex_);
      printed_ = sequence;
    }
    woken_.notify_all();
  }
  // Waits until everything is acknowledged. The first error, after which nothing was acknowledged any more.
  absl::Status Finish() {
    {
      std::lock_guard lock(mutex_);
      finishing_ = true;
    }
    woken_.notify_all();
    if (thread_.joinable()) thread_.join();
    return status_;
  }

 private:
  void Run() {
    std::unique_lock lock(mutex_);
    while (status_.ok()) {
      woken_.wait(lock, [this] { return printed_ > acknowledged_ || finishing_; });
      if (printed_ == acknowledged_) return;
      const int64_t sequence = printed_;
      lock.unlock();
      v1::AcknowledgeRequest request;
      request.set_subscription_id(subscription_id_);
      request.set_sequence(sequence);
      v1::Subscription subscription;
      const auto context = session_.Context();
      absl::Status status = StatusOfCall(stub_.Acknowledge(context.get(), request, &subscription));
      lock.lock();
      acknowledged_ = sequence;
      status_ = std::move(status);
    }
    stream_.TryCancel();
  }

  const Session& session_;
  v1::NoticeService::Stub& stub_;
  const std::string subscription_id_;
  grpc::ClientContext& stream_;
  std::mutex mutex_;
  std::condition_variable woken_;
  int64_t printed_ = 0, acknowledged_ = 0;
  bool finishing_ = false;
  absl::Status status_;
  std::thread thread_;
};

absl::Status Create(const Session& session, const WatchOptions& options) {
  v1::CreateSubscriptionRequest request;
  v1::Subscription& subscription = *request.mutable_subscription();
  subscription.set_subscription_id(options.subscription_id);
  subscription.set_region_prefix(options.region);
  for (const auto& name : options.programmes) {
    const auto programme = EnumValue(v1::Programme_descriptor(), name);
    if (!programme) return absl::InvalidArgumentError(Fill(Say::kBadValue, {"--programme"}));
    subscription.add_programmes(static_cast<v1::Programme>(*programme));
  }
  for (const auto& name : options.kinds) {
    const auto kind = EnumValue(v1::FindingKind_descriptor(), name);
    if (!kind) return absl::InvalidArgumentError(Fill(Say::kBadValue, {"--kind"}));
    subscription.add_kinds(static_cast<v1::FindingKind>(*kind));
  }
  request.set_include_open_findings(options.include_open);
  v1::Subscription created;
  return session.Call<v1::NoticeService>(&v1::NoticeService::Stub::CreateSubscription, request, &created);
}

void Print(const Session& session, const v1::Notice& notice) {
  if (session.json()) {
    Session::PrintJson(notice);
  } else if (notice.event() == v1::Notice::FEED_SILENT) {
    std::cout << notice.sequence() << ' ' << FormatTime(notice.time()) << ' ' << Word(notice.event()) << ' '
              << notice.source().source_id() << '\n';
  } else {
    const v1::Finding& finding = notice.finding();
    std::cout << notice.sequence() << ' ' << FormatTime(notice.time()) << ' ' << Word(notice.event()) << ' '
              << finding.finding_id() << ' ' << finding.rule_id() << ' ' << finding.person_id() << ' '
              << TitleOf(finding) << '\n';
  }
  std::cout.flush();
}

absl::Status Watch(const Session& session, const WatchOptions& options) {
  if (options.create) {
    if (auto status = Create(session, options); !status.ok()) return status;
  }
  auto channel = session.Connect();
  if (!channel.ok()) return channel.status();
  const auto stub = v1::NoticeService::NewStub(*channel);
  v1::FollowRequest request;
  request.set_subscription_id(options.subscription_id);
  request.set_from_sequence(options.from);
  grpc::ClientContext context;
  const auto stream = stub->Follow(&context, request);
  IdleGuard guard(context, options.idle_seconds);
  int64_t received = 0;
  Acknowledger acknowledger(session, *stub, options.subscription_id, context);
  v1::Notice notice;
  while ((options.max == 0 || received < options.max) && stream->Read(&notice)) {
    guard.Beat();
    Print(session, notice);
    ++received;
    // After it is printed: a notice that was not shown must come again.
    if (!options.no_ack) acknowledger.Printed(notice.sequence());
  }
  absl::Status acknowledged = acknowledger.Finish();
  context.TryCancel();
  const absl::Status ended = StatusOfCall(stream->Finish());
  if (!acknowledged.ok()) return acknowledged;
  const bool enough = options.max > 0 && received >= options.max;
  return enough || guard.idle() ? absl::OkStatus() : ended;
}

}  // namespace

void AddWatchCommand(CLI::App& app, Session& session) {
  auto options = std::make_shared<WatchOptions>();
  CLI::App* watch = app.add_subcommand("watch", Text(Say::kHelpWatch));
  watch->add_option("subscription", options->subscription_id, Text(Say::kHelpSubscription))->required();
  watch->add_flag("--create", options->create, Text(Say::kHelpCreate));
  watch->add_option("--programme", options->programmes, Text(Say::kHelpProgrammes))
      ->delimiter(',')
      ->needs("--create");
  watch->add_option("--kind", options->kinds, Fill(Say::kHelpKind, {ChoicesOf(v1::FindingKind_descriptor())}))
      ->delimiter(',')
      ->needs("--create");
  watch->add_option("--region", options->region, Text(Say::kHelpRegion))->needs("--create");
  watch->add_flag("--include-open", options->include_open, Text(Say::kHelpIncludeOpen))->needs("--create");
  watch->add_option("--from", options->from, Text(Say::kHelpFrom))->check(CLI::NonNegativeNumber);
  watch->add_option("--max", options->max, Text(Say::kHelpMax))->check(CLI::NonNegativeNumber);
  watch->add_option("--idle-seconds", options->idle_seconds, Text(Say::kHelpIdle))
      ->check(CLI::NonNegativeNumber);
  watch->add_flag("--no-ack", options->no_ack, Text(Say::kHelpNoAck));
  watch->callback([=, &session] {
    if (const auto status = Watch(session, *options); !status.ok()) session.Fail(status);
  });
}

}  // namespace relief::adapters
