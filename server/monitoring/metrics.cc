#include "server/monitoring/metrics.h"

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <prometheus/metric_type.h>

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <limits>
#include <utility>

#include "server/audit/audit.pb.h"
#include "server/core/counters.h"
#include "server/core/hub_counts.h"
#include "server/core/schema.h"
#include "server/findings/answers.h"
#include "server/findings/feed_rows.h"
#include "server/ingest/feed.h"
#include "server/monitoring/process_figures.h"
#include "server/notices/outbox.h"
#include "storage/maintenance.h"

namespace relief::server::monitoring {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

constexpr auto kBackupLook = std::chrono::minutes(1);
constexpr int kMaxSources = 1000, kSubscriptionsNamed = 20;
constexpr int kPage = 1000;

// Writes families in the order in which they are told.
class Page {
 public:
  template <typename Number>
  void Gauge(const char* name, const char* help, Number value, Labels labels = {}) {
    Add(name, help, MetricType::Gauge, std::move(labels)).gauge.value = static_cast<double>(value);
  }
  template <typename Number>
  void Counter(const char* name, const char* help, Number value, Labels labels = {}) {
    Add(name, help, MetricType::Counter, std::move(labels)).counter.value = static_cast<double>(value);
  }
  // One counter by what came of it.
  void Outcomes(const char* name, const char* help,
                std::initializer_list<std::pair<const char*, int64_t>> outcomes) {
    for (const auto& [outcome, count] : outcomes) Counter(name, help, count, {{"outcome", outcome}});
  }
  void Histogram(const char* name, const char* help, const core::DurationHistogram& histogram,
                 Labels labels = {}) {
    ClientMetric::Histogram& shown = Add(name, help, MetricType::Histogram, std::move(labels)).histogram;
    const auto counts = histogram.Cumulative();
    for (size_t i = 0; i < core::DurationHistogram::kBoundsSeconds.size(); ++i)
      shown.bucket.push_back({counts[i], core::DurationHistogram::kBoundsSeconds[i]});
    shown.bucket.push_back({counts.back(), std::numeric_limits<double>::infinity()});
    shown.sample_count = counts.back();
    shown.sample_sum = histogram.SumSeconds();
  }
  void Failed() { ++errors_; }

  std::vector<MetricFamily> Take() {
    Gauge("relief_scrape_errors", "Parts of this page that could not be read.", errors_);
    return std::move(families_);
  }

 private:
  ClientMetric& Add(const char* name, const char* help, MetricType type, Labels labels) {
    if (families_.empty() || families_.back().name != name) families_.push_back({name, help, type, {}});
    ClientMetric& metric = families_.back().metric.emplace_back();
    metric.label = std::move(labels);
    return metric;
  }

  std::vector<MetricFamily> families_;
  int errors_ = 0;
};

void AddVersions(const core::Hub& hub, Page& page) {
  const auto rules = hub.rules();
  page.Gauge("relief_build_info", "The program.", 1,
             {{"version", RELIEF_VERSION}, {"store_format", std::to_string(schema::kFormat)}});
  page.Gauge("relief_model_info", "The model that persons are matched with.", 1,
             {{"version", hub.model().version()}});
  page.Gauge("relief_rules_info", "The rules in force.", 1, {{"fingerprint", rules->fingerprint()}});
  page.Gauge("relief_rules_in_force", "How many they are today.", rules->rules_in_force(hub.as_of()).size());
}

void AddWork(const core::Hub& hub, Page& page) {
  const core::HubCounts& counts = hub.counts();
  page.Outcomes("relief_batches_total", "Batches by what became of them.",
                {{"acknowledged", counts.acknowledged},
                 {"invalid", counts.invalid},
                 {"shed", counts.shed},
                 {"failed", counts.failed}});
  page.Outcomes("relief_records_total", "Records of acknowledged batches by what became of them.",
                {{"accepted", counts.accepted},
                 {"duplicate", counts.duplicate},
                 {"stale", counts.stale},
                 {"rejected", counts.rejected}});
  page.Histogram("relief_batch_duration_seconds", "From when a batch was taken to when it was acknowledged.",
                 counts.batches);
  page.Histogram("relief_commit_duration_seconds", "One commit of a group of work, on disk.", counts.commits);
  page.Gauge("relief_queue_items", "Work that waits for the writer.", hub.queued());
  page.Gauge("relief_queue_limit_items", "Senders wait beyond it.", hub.queue_limit());
}

void AddContent(const core::Hub& hub, const storage::Reader& reader, Page& page) {
  page.Counter("relief_commits_total", "Commits since the store was made.", reader.version());
  const auto counters = core::ReadCounters(reader);
  if (!counters.ok()) return page.Failed();
  page.Gauge("relief_live_records", "Records in force.", counters->live_records());
  page.Gauge("relief_persons", "Persons that they make.", counters->persons());
  page.Gauge("relief_conflicts_open", "Matches that officers should decide.", counters->open_conflicts());
  page.Gauge("relief_findings_open", "Findings that are not closed.", counters->open_findings());
  page.Gauge("relief_judged_for_timestamp_seconds", "Noon of the day that everybody was judged for, UTC.",
             int64_t{hub.judged_for().days()} * 86'400 + 43'200);
}

void AddAudit(const storage::Reader& reader, Page& page) {
  const std::string key(schema::kAuditHeadRow);
  const auto rows = reader.MultiGet({&key, 1});
  audit::Entry head;
  if (!rows.ok() || !head.ParseFromString(rows->front().value)) return page.Failed();
  page.Counter("relief_audit_entries_total", "Entries of the audit chain.", head.sequence());
}

void AddOutboxes(const storage::Reader& reader, Page& page) {
  v1::ListSubscriptionsRequest request;
  request.set_page_size(kPage);
  int64_t subscriptions = 0, waiting = 0;
  std::vector<std::pair<int64_t, std::string>> behind;
  do {
    const auto listed = notices::ListSubscriptions(reader, request);
    if (!listed.ok()) return page.Failed();
    for (const v1::Subscription& subscription : listed->subscriptions()) {
      ++subscriptions;
      const int64_t notices = subscription.last_sequence() - subscription.acknowledged_sequence();
      waiting += notices;
      if (notices > 0) behind.emplace_back(notices, subscription.subscription_id());
    }
    request.set_page_token(listed->next_page_token());
  } while (!request.page_token().empty());
  const auto shown = std::min<size_t>(behind.size(), kSubscriptionsNamed);
  std::partial_sort(behind.begin(), behind.begin() + static_cast<ptrdiff_t>(shown), behind.end(),
                    std::greater());
  behind.resize(shown);
  page.Gauge("relief_subscriptions", "Agencies' subscriptions to findings.", subscriptions);
  page.Gauge("relief_outbox_backlog_notices", "Notices that were not acknowledged yet.", waiting);
  page.Gauge("relief_outbox_backlog_max_notices", "The same of the subscription that is furthest behind.",
             behind.empty() ? 0 : behind.front().first);
  for (const auto& [notices, subscription] : behind)
    page.Gauge("relief_outbox_behind_notices", "The twenty that are furthest behind.", notices,
               {{"subscription", subscription}});
}

void AddSources(const core::Hub& hub, const storage::Reader& reader, Page& page) {
  v1::ListSourcesRequest request;
  request.set_page_size(kPage);
  std::vector<v1::Source> sources;
  do {
    auto listed = ingest::ListSources(reader, request);
    if (!listed.ok()) return page.Failed();
    std::move(listed->mutable_sources()->begin(), listed->mutable_sources()->end(),
              std::back_inserter(sources));
    request.set_page_token(listed->next_page_token());
  } while (!request.page_token().empty());
  page.Gauge("relief_sources", "Registered sources.", sources.size());
  page.Gauge("relief_snapshots_held", "Snapshots that wait for somebody to confirm what they would end.",
             std::count_if(sources.begin(), sources.end(),
                           [](const v1::Source& source) { return source.snapshot_held(); }));
  if (sources.size() > kMaxSources) sources.resize(kMaxSources);
  for (const v1::Source& source : sources)
    page.Gauge("relief_source_last_push_timestamp_seconds", "When a source was last heard; 0: never.",
               source.last_push_time().seconds(), {{"source", source.source_id()}});
  for (v1::Source& source : sources) {
    if (!findings::DescribeFeed(reader, hub.as_of(), &source).ok()) return page.Failed();
    page.Gauge("relief_source_silent", "Whether a source ought to have delivered by now and did not.",
               source.silent() ? 1 : 0, {{"source", source.source_id()}});
  }
  for (const v1::Source& source : sources)
    page.Counter("relief_source_records_total", "Records that a source sent, by what became of them.",
                 source.accepted(), {{"source", source.source_id()}, {"outcome", "accepted"}});
  for (const v1::Source& source : sources)
    page.Counter("relief_source_records_total", "Records that a source sent, by what became of them.",
                 source.rejected(), {{"source", source.source_id()}, {"outcome", "rejected"}});
}

// Of the rules on gaps: whom they concern, and of whom the data cannot tell.
void AddAnswers(const storage::Reader& reader, Page& page) {
  const auto answers = findings::ReadAnswers(reader, "", 0);
  if (!answers.ok()) return page.Failed();
  const auto all = answers->find("");
  if (all == answers->end()) return;
  for (const auto& [rule, counts] : all->second) {
    const std::pair<const char*, int64_t> states[] = {{"helped", counts.helped},
                                                      {"not_helped", counts.not_helped},
                                                      {"undecidable", counts.all_undecided()}};
    for (const auto& [state, persons] : states)
      page.Gauge("relief_gap_persons", "Persons whom a rule on gaps concerns, by its answer.", persons,
                 {{"rule", rule}, {"answer", state}});
  }
}

void AddCalls(const access::GuardCounts& counts, Page& page) {
  page.Outcomes("relief_calls_total",
                "Calls by what the guard made of them; out_of_scope ones were allowed first.",
                {{"allowed", counts.allowed},
                 {"denied", counts.denied},
                 {"bad_certificate", counts.bad_certificate},
                 {"rate_limited", counts.rate_limited},
                 {"out_of_scope", counts.out_of_scope}});
  page.Counter("relief_enumeration_alarms_total", "Callers that asked for too many different persons.",
               counts.enumeration_alarms.load());
  page.Counter("relief_unmasked_calls_total", "Calls that were shown a masked field in full.",
               counts.unmasked.load());
  page.Counter("relief_calls_cut_total", "Open calls that a new policy or a revoked certificate ended.",
               counts.streams_cut.load());
}

// Methods that nobody has called yet are left out.
void AddDurations(const access::CallDurations& durations, Page& page) {
  const auto show = [&page](const char* name, const char* help) {
    return [&page, name, help](const std::string& method, const core::DurationHistogram& histogram) {
      if (histogram.Cumulative().back() > 0) page.Histogram(name, help, histogram, {{"method", method}});
    };
  };
  durations.ForEachCall(show("relief_call_duration_seconds",
                             "Calls that were let in, from the request to its answer. Streams aside."));
  durations.ForEachStream(
      show("relief_stream_first_answer_seconds", "Streams that were let in, to their first answer."));
}

void AddConnections(const network::ListenerCounts& counts, Page& page) {
  page.Gauge("relief_connections", "Open gRPC connections.", counts.open.load());
  page.Outcomes(
      "relief_connections_total",
      "Connections by what became of them: full and address ones were over a limit, cut ones let in first.",
      {{"accepted", counts.accepted},
       {"full", counts.refused_full},
       {"address", counts.refused_address},
       {"cut", counts.cut}});
}

void AddStore(const storage::StoreStats& store, Page& page) {
  page.Gauge("relief_store_disk_bytes", "All files of the data directory.", store.disk_bytes);
  page.Gauge("relief_store_disk_free_bytes", "Free on its disk.", store.disk_free_bytes);
  page.Gauge("relief_store_disk_free_min_bytes", "Below it ingest is refused.", store.min_free_bytes);
  page.Gauge("relief_store_disk_low", "1: it is below.", store.disk_low ? 1 : 0);
  page.Gauge("relief_store_table_files", "Table files.", store.table_files);
  page.Gauge("relief_store_table_bytes", "Their size.", store.table_bytes);
  page.Gauge("relief_store_log_bytes", "Write-ahead logs.", store.log_bytes);
  page.Gauge("relief_store_memtable_bytes", "Rows not yet in tables.", store.memtable_bytes);
  page.Gauge("relief_store_block_cache_bytes", "Blocks in memory.", store.block_cache_bytes);
  page.Gauge("relief_store_block_cache_capacity_bytes", "The most of them.",
             store.block_cache_capacity_bytes);
  page.Gauge("relief_store_rows", "Rows, as the store estimates.", store.estimated_rows);
  page.Gauge("relief_store_pending_compaction_bytes", "Left to be rewritten in the background.",
             store.pending_compaction_bytes);
  page.Gauge("relief_store_takes_writes", "0: a write failed, and the hub ends.", store.takes_writes ? 1 : 0);
  page.Counter("relief_store_background_errors_total",
               "Tables or manifests that could not be written, and reads that met damage.",
               store.background_errors);
  page.Counter("relief_store_syncs_total", "Fsyncs since the start; commits share them.", store.syncs);
}

void AddProcess(uint64_t memory_limit_bytes, Page& page) {
  const ProcessMemory memory = ReadProcessMemory();
  page.Gauge("process_resident_memory_bytes", "Memory of the process.", memory.resident_bytes);
  page.Gauge("relief_memory_own_bytes", "The same without pages of files: what the limit is held against.",
             memory.own_bytes);
  page.Gauge("relief_memory_limit_bytes", "Batches are refused near it; 0: none.", memory_limit_bytes);
  page.Counter("process_cpu_seconds_total", "Processor time.", ProcessCpuSeconds());
  page.Gauge("process_open_fds", "Open files and connections.", OpenFiles());
}

}  // namespace

HubMetrics::HubMetrics(Options options) : options_(std::move(options)) {
  if (options_.hub.maintenance() == nullptr || options_.backups.directory.empty()) return;
  LastBackupUs();
  backup_look_.wait();  // nobody takes a backup yet
}

int64_t HubMetrics::LastBackupUs() const {
  std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  const auto done = [this] {
    return backup_look_.valid() &&
           backup_look_.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  };
  if (done()) last_backup_us_ = backup_look_.get();
  if (!backup_look_.valid() &&
      (backup_looked_ == std::chrono::steady_clock::time_point() || now - backup_looked_ >= kBackupLook)) {
    backup_looked_ = now;
    backup_look_ = std::async(std::launch::async, [this, last = last_backup_us_] {
      const auto backups = options_.hub.maintenance()->Backups(options_.backups.directory);
      return backups.ok() && !backups->empty() ? backups->front().time_us : last;
    });
  }
  return last_backup_us_;
}

std::vector<MetricFamily> HubMetrics::Collect() const {
  const core::Hub& hub = options_.hub;
  const auto snapshot = hub.store().Snapshot();
  Page page;
  AddVersions(hub, page);
  AddWork(hub, page);
  AddContent(hub, *snapshot, page);
  AddAudit(*snapshot, page);
  AddOutboxes(*snapshot, page);
  AddSources(hub, *snapshot, page);
  AddAnswers(*snapshot, page);
  AddCalls(options_.guard.counts(), page);
  AddDurations(options_.guard.durations(), page);
  if (options_.listener) AddConnections(options_.listener->counts(), page);
  page.Gauge("relief_crl_next_update_timestamp_seconds",
             "When the list of revoked certificates runs out; 0: there is none, or it does not say.",
             options_.certificates ? options_.certificates->crl_next_update() : 0);
  if (const storage::Maintenance* maintenance = options_.hub.maintenance()) {
    AddStore(maintenance->Stats(), page);
    if (!options_.backups.directory.empty())
      page.Gauge("relief_last_backup_timestamp_seconds", "When the newest backup was taken; 0: never.",
                 static_cast<double>(LastBackupUs()) / 1e6);
  }
  AddProcess(options_.memory_limit_bytes, page);
  return page.Take();
}

}  // namespace relief::server::monitoring
