#include "server/ingest/loads.h"

#include <algorithm>

#include "server/base/log.h"
#include "server/core/schema.h"
#include "server/findings/feed_rows.h"
#include "server/ingest/feed.h"
#include "server/ingest/load_desk.h"
#include "server/ingest/source_row.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::ingest {
namespace {

constexpr size_t kEndPage = 500;    // persons judged in one commit
constexpr size_t kEndedKept = 200;  // loads whose result can be asked again
constexpr auto kLook = std::chrono::seconds(5);
constexpr auto kLongestWait = std::chrono::seconds(60);

LoadDesk& Desk(core::Hub& hub) { return *hub.features().Get<LoadSettings>().desk; }

absl::StatusOr<std::optional<stored::Load>> Read(storage::Transaction& txn, const std::string& key) {
  RELIEF_ASSIGN_OR_RETURN(auto value, txn.Get(key));
  if (!value) return std::optional<stored::Load>();
  stored::Load load;
  if (!load.ParseFromString(*value)) return absl::DataLossError("the row of a load is damaged");
  return std::optional(std::move(load));
}

absl::Status HasEnded() { return absl::FailedPreconditionError("the load has ended; begin another"); }
absl::Status NoSuchLoad() { return absl::NotFoundError("no such load"); }

v1::LoadedSource& Of(const std::string& source_id, stored::Load* load) {
  for (v1::LoadedSource& source : *load->mutable_sources())
    if (source.source_id() == source_id) return source;
  v1::LoadedSource& added = *load->add_sources();
  added.set_source_id(source_id);
  return added;
}

std::set<std::string> BaselineSources(const stored::Load& load) {
  return {load.baseline_sources().begin(), load.baseline_sources().end()};
}

v1::LoadResult ToResult(const stored::Load& load) {
  v1::LoadResult result;
  result.set_load_id(load.load_id());
  *result.mutable_sources() = load.sources();
  for (v1::LoadedSource& source : *result.mutable_sources())
    source.set_baseline(BaselineSources(load).contains(source.source_id()));
  *result.mutable_rules() = load.rules();
  std::sort(result.mutable_rules()->begin(), result.mutable_rules()->end(),
            [](const auto& l, const auto& r) { return l.rule_id() < r.rule_id(); });
  return result;
}

// The answers of old loads are forgotten, the oldest first.
absl::Status ForgetEnded(storage::Transaction& txn) {
  RELIEF_ASSIGN_OR_RETURN(auto rows, txn.Scan(schema::kEndedLoadPrefix, {}, kEndedKept + 1));
  if (rows.size() > kEndedKept) txn.Delete(rows.front().key);
  return absl::OkStatus();
}

// A page of those who waited, or the close of the load when none is left.
// `from`: behind the page before.
absl::Status EndPage(core::WriteContext& context, const std::string& load_id, bool by_sender,
                     const std::string& from, std::string* next, bool* last) {
  *last = false;
  RELIEF_ASSIGN_OR_RETURN(auto load, Read(context.txn, schema::OpenLoadRow(load_id)));
  if (!load) {
    *last = true;
    return absl::OkStatus();
  }
  RELIEF_ASSIGN_OR_RETURN(auto persons, context.txn.Scan(schema::LoadPersonPrefix(load_id), from, kEndPage));
  context.MarkAtEndOf(load_id, BaselineSources(*load));
  for (const storage::KeyRow& row : persons) {
    const auto person = schema::DecodeLoadPerson(row.key);
    if (!person) return absl::DataLossError("a row of the hub is damaged");
    context.MarkForReevaluation(*person);
    context.txn.Delete(row.key);
  }
  if (!load->ending())
    for (const v1::LoadedSource& source : load->sources())
      RELIEF_RETURN_IF_ERROR(findings::JudgeByFeed(context, source.source_id()));
  load->set_ending(true);
  if (!persons.empty()) {
    *next = persons.back().key + std::string(1, '\0');
    context.txn.Put(schema::OpenLoadRow(load_id), load->SerializeAsString());
    return absl::OkStatus();
  }
  *last = true;
  if (by_sender) {
    // A load that broke off is gone on with: what comes then is still the state that is found.
    for (const std::string& source_id : load->baseline_sources()) {
      RELIEF_ASSIGN_OR_RETURN(auto source, ReadSource(context.txn, source_id));
      source.set_baseline(stored::Source::LOADED);
      WriteSource(context.txn, source);
    }
  }
  context.txn.Delete(schema::OpenLoadRow(load_id));
  context.txn.Put(schema::EndedLoadRow(load_id), load->SerializeAsString());
  context.Audit({load->owner(), by_sender ? "feed.load.end" : "feed.load.give-up", load_id, "", "", ""});
  return ForgetEnded(context.txn);
}

absl::StatusOr<v1::LoadResult> EndOpen(core::Hub& hub, const std::string& load_id, bool by_sender) {
  std::string from, next;
  for (bool last = false; !last; from = next) {
    auto position = hub.Submit(
                           [&](core::WriteContext& context) {
                             return EndPage(context, load_id, by_sender, from, &next, &last);
                           },
                           kEndPage)
                        .get();
    if (!position.ok()) return position.status();
  }
  Desk(hub).Drop(load_id);
  // What the load's feeds can now say may concern others than whom it touched.
  hub.WaitUntilJudged(kLongestWait);
  const std::string key = schema::EndedLoadRow(load_id);
  RELIEF_ASSIGN_OR_RETURN(auto rows, hub.store().MultiGet({&key, 1}));
  stored::Load load;
  if (!rows[0].present() || !load.ParseFromString(rows[0].value)) return NoSuchLoad();
  v1::LoadResult result = ToResult(load);
  result.set_position(hub.position());
  return result;
}

// What an earlier load of the same sender left open, when its machine or the hub stopped, is over when the same source has been
// loaded anew.
absl::Status EndSuperseded(core::Hub& hub, const stored::Load& by) {
  RELIEF_ASSIGN_OR_RETURN(auto rows, hub.store().Scan(schema::kOpenLoadPrefix, {}, kMostOpenLoads));
  for (const storage::KeyRow& row : rows) {
    stored::Load load;
    if (!load.ParseFromString(row.row.value)) return absl::DataLossError("the row of a load is damaged");
    const bool of_same_source =
        std::any_of(load.sources().begin(), load.sources().end(), [&](const v1::LoadedSource& one) {
          return std::any_of(by.sources().begin(), by.sources().end(), [&](const v1::LoadedSource& other) {
            return one.source_id() == other.source_id();
          });
        });
    if (load.load_id() == by.load_id() || load.owner() != by.owner() || !of_same_source ||
        Desk(hub).Streams(load.load_id()) > 0)
      continue;
    if (auto ended = EndOpen(hub, load.load_id(), false); !ended.ok()) return ended.status();
  }
  return absl::OkStatus();
}

// Does in one piece of work, over the hub as it is, what the dry run was sent.
absl::Status Redo(core::WriteContext& context, core::Hub& hub, const std::string& load_id, DryRun& run) {
  stored::Load load;
  load.set_load_id(load_id);
  load.set_ending(true);  // nobody waits for it
  context.txn.Put(schema::OpenLoadRow(load_id), load.SerializeAsString());
  const bool may_register = hub.features().Get<FeedSettings>().auto_register_sources;
  for (DryRun::Step& step : run.steps) {
    if (auto* open = std::get_if<DryRun::OpenStep>(&step)) {
      RELIEF_RETURN_IF_ERROR(OpenSourceIn(context, open->open, run.owner, may_register).status());
    } else if (auto* batch = std::get_if<PreparedBatch>(&step)) {
      if (absl::Status status = ApplyBatch(*batch, context); !status.ok()) return status;
    } else if (auto* begin = std::get_if<DryRun::BeginStep>(&step)) {
      RELIEF_RETURN_IF_ERROR(BeginSnapshotIn(context, begin->source_id, run.owner, begin->begin).status());
    } else {
      const auto& end = std::get<DryRun::EndStep>(step);
      if (!end.commit) continue;
      // Of a file that was not looked at as a whole nobody can say who is missing.
      if (run.not_looked_at > 0) continue;
      RELIEF_ASSIGN_OR_RETURN(auto ended, EndSnapshotIn(context, end.source_id, run.owner, load_id));
      if (absl::Status status = CountEnded(context.txn, load_id, end.source_id, ended); !status.ok())
        return status;
    }
  }
  RELIEF_ASSIGN_OR_RETURN(auto counted, Read(context.txn, schema::OpenLoadRow(load_id)));
  context.MarkAtEndOf(load_id, BaselineSources(*counted));
  return absl::OkStatus();
}

absl::StatusOr<v1::LoadResult> Foresee(core::Hub& hub, const std::string& load_id, DryRun& run) {
  LoadDesk& desk = Desk(hub);
  std::lock_guard looking(desk.look_mutex());
  std::lock_guard content(desk.content_mutex());
  v1::LoadResult result;
  absl::Status done =
      hub.DryRun([&](core::WriteContext& context) { return Redo(context, hub, load_id, run); },
                 [&](storage::Transaction& txn) -> absl::Status {
                   RELIEF_ASSIGN_OR_RETURN(auto load, Read(txn, schema::OpenLoadRow(load_id)));
                   result = ToResult(*load);
                   return absl::OkStatus();
                 });
  if (!done.ok()) return done;
  result.set_dry_run(true);
  result.set_not_looked_at(run.not_looked_at);
  result.set_position(hub.position());
  return result;
}

}  // namespace

LoadSettings NewLoadSettings() { return {std::make_shared<LoadDesk>()}; }

absl::StatusOr<v1::Load> BeginLoad(core::Hub& hub, const v1::BeginLoadRequest& request,
                                   const std::string& actor) {
  v1::Load begun;
  auto done = hub.Write([&](core::WriteContext& context) -> absl::Status {
    // The time of a commit is greater than that of every commit before: the id is new.
    begun.set_load_id("L-" + std::to_string(context.now_us));
    begun.set_dry_run(request.dry_run());
    if (request.dry_run()) {
      context.Audit({actor, "feed.load.dry-run", begun.load_id(), "", "", ""});
      return absl::OkStatus();
    }
    RELIEF_ASSIGN_OR_RETURN(auto open, context.txn.Scan(schema::kOpenLoadPrefix, {}, kMostOpenLoads));
    if (open.size() >= kMostOpenLoads) return absl::ResourceExhaustedError("too many loads are open");
    stored::Load load;
    load.set_load_id(begun.load_id());
    load.set_owner(actor);
    load.set_begun_us(context.now_us);
    context.txn.Put(schema::OpenLoadRow(begun.load_id()), load.SerializeAsString());
    context.Audit({actor, "feed.load.begin", begun.load_id(), "", "", ""});
    return absl::OkStatus();
  });
  if (!done.ok()) return done.status();
  if (request.dry_run() && Desk(hub).BeginDryRun(begun.load_id(), actor) == nullptr)
    return absl::ResourceExhaustedError("too many dry runs are open");
  return begun;
}

absl::StatusOr<v1::LoadResult> EndLoad(core::Hub& hub, const v1::EndLoadRequest& request,
                                       const std::string& actor) {
  const std::string& load_id = request.load_id();
  if (const auto run = Desk(hub).FindDryRun(load_id, actor)) {
    if (request.give_up()) {
      Desk(hub).Drop(load_id);
      v1::LoadResult nothing;
      nothing.set_load_id(load_id);
      nothing.set_dry_run(true);
      return nothing;
    }
    auto result = Foresee(hub, load_id, *run);
    Desk(hub).Drop(load_id);
    return result;
  }
  const std::string keys[] = {schema::OpenLoadRow(load_id), schema::EndedLoadRow(load_id)};
  RELIEF_ASSIGN_OR_RETURN(auto rows, hub.store().MultiGet(keys));
  for (size_t i = 0; i < 2; ++i) {
    if (!rows[i].present()) continue;
    stored::Load load;
    if (!load.ParseFromString(rows[i].value)) return absl::DataLossError("the row of a load is damaged");
    if (load.owner() != actor) return NoSuchLoad();
    if (i == 1) {
      v1::LoadResult result = ToResult(load);
      result.set_position(hub.position());
      return result;
    }
    if (Desk(hub).Streams(load_id) > 0)
      return absl::FailedPreconditionError("a stream of the load is still sending");
    RELIEF_RETURN_IF_ERROR(EndSuperseded(hub, load));
    return EndOpen(hub, load_id, !request.give_up());
  }
  return NoSuchLoad();
}

absl::StatusOr<std::unique_ptr<LoadPart>> LoadPart::Join(core::Hub& hub, const std::string& load_id,
                                                         const std::string& actor) {
  bool dry_run = false;
  if (!load_id.empty()) {
    dry_run = Desk(hub).FindDryRun(load_id, actor) != nullptr;
    if (!dry_run) {
      const std::string key = schema::OpenLoadRow(load_id);
      RELIEF_ASSIGN_OR_RETURN(auto rows, hub.store().MultiGet({&key, 1}));
      stored::Load load;
      if (!rows[0].present() || !load.ParseFromString(rows[0].value) || load.owner() != actor)
        return NoSuchLoad();
      if (load.ending()) return HasEnded();
    }
    Desk(hub).StreamBegins(load_id);
  }
  return std::unique_ptr<LoadPart>(new LoadPart(hub, load_id, actor, dry_run));
}

LoadPart::~LoadPart() {
  if (!load_id_.empty()) Desk(hub_).StreamEnds(load_id_);
}

absl::StatusOr<v1::Opened> LoadPart::Open(const v1::Open& open) {
  const auto run = Desk(hub_).FindDryRun(load_id_, actor_);
  if (run == nullptr) return HasEnded();
  auto opened = LookAtFeed(hub_, open, actor_);
  if (!opened.ok()) return opened.status();
  std::lock_guard lock(Desk(hub_).content_mutex());
  run->steps.emplace_back(DryRun::OpenStep{open});
  return opened;
}

v1::BatchAck LoadPart::Take(const v1::Source& source, v1::Batch batch, bool known) {
  v1::BatchAck ack;
  ack.set_batch_id(batch.batch_id());
  PreparedBatch prepared = Prepare(source, std::move(batch), actor_, load_id_);
  prepared.foresee = true;
  prepared.known = known;
  ack.set_accepted(static_cast<int32_t>(prepared.records.size()));
  for (const v1::Rejection& rejection : prepared.rejected) *ack.add_rejected() = rejection;
  const auto run = Desk(hub_).FindDryRun(load_id_, actor_);
  if (run == nullptr) return ack;
  std::lock_guard lock(Desk(hub_).content_mutex());
  const auto records = static_cast<int64_t>(prepared.records.size());
  if (run->records + records > kMostForeseen) {
    run->not_looked_at += records;
    return ack;
  }
  run->records += records;
  run->steps.emplace_back(std::move(prepared));
  return ack;
}

absl::StatusOr<v1::SnapshotBegun> LoadPart::BeginSnapshot(const v1::Source& source,
                                                          const v1::BeginSnapshot& begin) {
  const auto run = Desk(hub_).FindDryRun(load_id_, actor_);
  if (run == nullptr) return HasEnded();
  v1::SnapshotBegun begun;
  begun.set_snapshot_id("dry-run");
  std::lock_guard lock(Desk(hub_).content_mutex());
  bool open = false;
  for (const DryRun::Step& step : run->steps) {
    if (const auto* before = std::get_if<DryRun::BeginStep>(&step))
      open = open || before->source_id == source.source_id();
    if (const auto* end = std::get_if<DryRun::EndStep>(&step))
      open = open && end->source_id != source.source_id();
  }
  if (open) return begun;
  run->steps.emplace_back(DryRun::BeginStep{source.source_id(), begin});
  return begun;
}

v1::SnapshotResult LoadPart::EndSnapshot(const v1::Source& source, bool commit) {
  v1::SnapshotResult result;
  result.set_snapshot_id("dry-run");
  result.set_state(commit ? v1::SnapshotResult::COMMITTED : v1::SnapshotResult::DISCARDED);
  const auto run = Desk(hub_).FindDryRun(load_id_, actor_);
  if (run == nullptr) return result;
  std::lock_guard lock(Desk(hub_).content_mutex());
  run->steps.emplace_back(DryRun::EndStep{source.source_id(), commit});
  return result;
}

absl::Status CountInLoad(storage::Transaction& txn, const std::string& load_id, bool foresee,
                         const v1::BatchAck& ack, stored::Source* source) {
  const bool first =
      source->baseline() == stored::Source::NOT_LOADED && source->source().accepted() == ack.accepted();
  if (load_id.empty()) {
    if (first && ack.accepted() > 0) source->set_baseline(stored::Source::LOADED);
    return absl::OkStatus();
  }
  if (first) source->set_baseline(stored::Source::IN_BASELINE);
  RELIEF_ASSIGN_OR_RETURN(auto load, Read(txn, schema::OpenLoadRow(load_id)));
  if (!load || (load->ending() && !foresee)) return HasEnded();
  const std::string& source_id = source->source().source_id();
  if (source->baseline() == stored::Source::IN_BASELINE && !BaselineSources(*load).contains(source_id))
    load->add_baseline_sources(source_id);
  v1::LoadedSource& counted = Of(source_id, &*load);
  counted.set_accepted(counted.accepted() + ack.accepted());
  counted.set_duplicate(counted.duplicate() + ack.duplicate());
  counted.set_stale(counted.stale() + ack.stale());
  counted.set_rejected(counted.rejected() + ack.rejected_size());
  txn.Put(schema::OpenLoadRow(load_id), load->SerializeAsString());
  return absl::OkStatus();
}

absl::Status CountEnded(storage::Transaction& txn, const std::string& load_id, const std::string& source_id,
                        int64_t ended) {
  if (load_id.empty()) return absl::OkStatus();
  RELIEF_ASSIGN_OR_RETURN(auto load, Read(txn, schema::OpenLoadRow(load_id)));
  if (!load) return HasEnded();
  v1::LoadedSource& counted = Of(source_id, &*load);
  counted.set_ended(counted.ended() + ended);
  txn.Put(schema::OpenLoadRow(load_id), load->SerializeAsString());
  return absl::OkStatus();
}

absl::Status LoadCount::Follow(core::WriteContext& context,
                               std::span<const findings::WrittenFinding> written) const {
  const auto* judged = context.judged_load();
  if (judged == nullptr || written.empty()) return absl::OkStatus();
  // On the last page the load has ended already.
  std::string key = schema::OpenLoadRow(judged->load_id);
  RELIEF_ASSIGN_OR_RETURN(auto load, Read(context.txn, key));
  if (!load) return absl::OkStatus();
  const auto rule = [&](const std::string& rule_id) -> v1::RuleChange& {
    for (v1::RuleChange& change : *load->mutable_rules())
      if (change.rule_id() == rule_id) return change;
    v1::RuleChange& added = *load->add_rules();
    added.set_rule_id(rule_id);
    return added;
  };
  for (const findings::WrittenFinding& one : written) {
    const bool opened = !one.was_open && one.finding.state() == v1::Finding::OPEN;
    if (opened) rule(one.finding.rule_id()).set_opened(rule(one.finding.rule_id()).opened() + 1);
    if (one.closed()) rule(one.finding.rule_id()).set_closed(rule(one.finding.rule_id()).closed() + 1);
  }
  context.txn.Put(key, load->SerializeAsString());
  return absl::OkStatus();
}

LoadKeeper::~LoadKeeper() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void LoadKeeper::Start() {
  thread_ = std::thread([this] {
    std::unique_lock lock(mutex_);
    while (!stopped_.wait_for(lock, kLook, [this] { return stopping_; })) {
      lock.unlock();
      EndDue();
      lock.lock();
    }
  });
}

void LoadKeeper::EndDue() {
  const LoadSettings& settings = hub_.features().Get<LoadSettings>();
  settings.desk->ForgetDryRuns(settings.silence);
  auto rows = hub_.store().Scan(schema::kOpenLoadPrefix, {}, kMostOpenLoads);
  if (!rows.ok()) return;
  for (const storage::KeyRow& row : *rows) {
    stored::Load load;
    if (!load.ParseFromString(row.row.value)) continue;
    const bool too_long = hub_.Now() - load.begun_us() > std::chrono::microseconds(settings.longest).count();
    const bool silent = settings.desk->SilentFor(load.load_id()) >= settings.silence;
    // One that was ending when the hub stopped is gone on with; its sender may be doing that, which does no harm.
    if (!load.ending() && !too_long && !silent) continue;
    const auto ended = EndOpen(hub_, load.load_id(), load.ending());
    Log(ended.ok() ? LogLevel::kInfo : LogLevel::kWarn, "feed.load.given-up",
        {{"load", load.load_id()}, {"status", absl::StatusCodeToString(ended.status().code())}});
  }
}

}  // namespace relief::server::ingest
