// relief-hub: one process, one configuration file.
#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <thread>

#include "server/access/guard.h"
#include "server/admin/store_keeper.h"
#include "server/admin/store_options.h"
#include "server/audit/audit_chain.h"
#include "server/audit/audit_keeper.h"
#include "server/audit/audit_witness.h"
#include "server/base/log.h"
#include "server/config/config.h"
#include "server/console/accounts.h"
#include "server/console/gateway.h"
#include "server/core/hub.h"
#include "server/features.h"
#include "server/findings/finding_text.h"
#include "server/ingest/feed.h"
#include "server/ingest/loads.h"
#include "server/intake/desk.h"
#include "server/monitoring/memory_watch.h"
#include "server/monitoring/metrics.h"
#include "server/monitoring/process_figures.h"
#include "server/network/certificates.h"
#include "server/network/listener.h"
#include "server/network/transport.h"
#include "server/notices/outbox.h"
#include "server/records/identity_mapping.h"
#include "server/referrals/settings.h"
#include "server/reports/schedule_runner.h"
#include "server/review/review_policy.h"
#include "server/rpc/service_set.h"
#include "storage/backup.h"
#include "storage/maintenance.h"
#include "storage/rocksdb_store.h"

namespace relief::server {
namespace {

constexpr int kFailed = 1;

int Fail(const std::string& what, const absl::Status& status) {
  const std::string message(status.message().data(), status.message().size());
  Log(LogLevel::kError, what, {{"message", message}});
  std::cerr << "relief-hub: " << message << "\n";
  return kFailed;
}

// What one peer may ask of the transport. Pings more often than every half minute, or without a call, end the
// connection.
void LimitConnections(const config::Limits& limits, grpc::ServerBuilder& builder) {
  constexpr int kMinute = 60'000;
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, limits.max_concurrent_streams());
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, limits.max_connection_age_minutes() * kMinute);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, 10 * kMinute);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, limits.max_connection_idle_minutes() * kMinute);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kMinute / 2);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 2);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 16 << 10);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kMinute / 3);
  // gRPC unpacks a message before it looks at its size.
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 1);  // for the listener
}

size_t TransportMemory(const config::Limits& limits, uint64_t memory_limit) {
  if (limits.transport_memory_bytes() > 0) return static_cast<size_t>(limits.transport_memory_bytes());
  const uint64_t least = 4 * static_cast<uint64_t>(limits.max_message_bytes());
  return std::max(least, memory_limit > 0 ? memory_limit / 4 : uint64_t{256} << 20);
}

absl::StatusOr<std::unique_ptr<network::Listener>> Listen(const config::HubConfig& config) {
  const int connections = config.limits().max_connections();
  constexpr int kOtherFiles = 2048;  // the store's, mostly
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur < rlim_t(2 * connections + kOtherFiles))
    Log(LogLevel::kWarn, "files.few",
        {{"may_open", std::to_string(files.rlim_cur)},
         {"wants", std::to_string(2 * connections + kOtherFiles)}});
  return network::Listener::Bind(config.listen_address(),
                                 {.connections = connections,
                                  .connections_of_an_address = config.limits().max_connections_per_address(),
                                  .open_streams = 2 * config.limits().max_concurrent_streams()});
}

absl::StatusOr<std::unique_ptr<access::PolicyBook>> MakePolicyBook(const config::HubConfig& config) {
  if (config.policy_directory().empty()) return std::make_unique<access::PolicyBook>(access::Policy::Open());
  return access::PolicyBook::Watch(config.policy_directory(), rpc::ServiceSet::Names());
}

// Memory holds personal data: no core file, and no other process of the user may look into it.
void KeepMemoryPrivate() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
}

// What gRPC itself has to say (handshakes that failed, mostly), in the one log and its one form.
void LogForGrpc(gpr_log_func_args* args) {
  const LogLevel level = args->severity == GPR_LOG_SEVERITY_ERROR  ? LogLevel::kWarn
                         : args->severity == GPR_LOG_SEVERITY_INFO ? LogLevel::kInfo
                                                                   : LogLevel::kDebug;
  Log(level, "grpc", {{"message", args->message}});
}

// And protobuf: fields whose texts are not UTF-8, by the field's name.
void LogForProtobuf(google::protobuf::LogLevel level, const char*, int, const std::string& message) {
  Log(level < google::protobuf::LOGLEVEL_ERROR ? LogLevel::kInfo : LogLevel::kWarn, "protobuf",
      {{"message", message}});
}

// Bind and drain are in one place: everything that must happen in order at start and at the end.
int Serve(const config::HubConfig& config, bool may_upgrade) {
  KeepMemoryPrivate();
  gpr_set_log_function(LogForGrpc);
  google::protobuf::SetLogHandler(LogForProtobuf);
  sigset_t signals;  // handled by waiting for them, on this thread
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  auto model = matcher::Model::Load(config.model_file());
  if (!model.ok()) return Fail("model.failed", model.status());
  const auto read_rules = [&config] { return coverage::RuleSet::LoadDirectory(config.rules_directory()); };
  auto rules = read_rules();
  if (!rules.ok()) return Fail("rules.failed", rules.status());
  auto credentials = network::MakeCredentials(config);
  if (!credentials.ok()) return Fail("tls.failed", credentials.status());

  std::atomic<bool> store_stopped = false;
  storage::RocksDbOptions store_options = admin::StoreOptions(config);
  store_options.log = [&](std::string_view event, const LogFields& fields) {
    const bool stopped = event == "store.stopped";
    Log(stopped ? LogLevel::kError : LogLevel::kWarn, event, fields);
    // What was not written is not acknowledged and cannot be tried again here: the supervisor starts another
    // process.
    if (stopped && !store_stopped.exchange(true)) ::kill(::getpid(), SIGTERM);
  };
  auto store = storage::OpenRocksDbStore(store_options);
  if (!store.ok()) return Fail("store.failed", store.status());

  storage::Maintenance* const maintenance = (*store)->maintenance();
  std::atomic<core::Hub*> opened_hub = nullptr;
  monitoring::MemoryWatch memory({.limit_bytes = config.limits().memory_bytes() > 0
                                                     ? static_cast<uint64_t>(config.limits().memory_bytes())
                                                     : monitoring::ControlGroupMemoryLimit(),
                                  .used_bytes = {},
                                  .relieve = [&](bool tight) {
                                    if (maintenance) maintenance->SetMemoryTight(tight);
                                    if (const core::Hub* hub = opened_hub; hub && tight) hub->ReleaseMemory();
                                  }});
  core::Hub::Options options;
  options.features = AllFeatures();
  if (config.has_as_of_date()) options.as_of = records::ToCivilDate(config.as_of_date());
  options.may_upgrade = may_upgrade;
  // Gives the decoded-record cache one eighth of the block cache.
  options.remembered_records =
      static_cast<size_t>(config.limits().block_cache_bytes()) / 8 / matcher::kRememberedRecordBytes;
  options.queue_limit = static_cast<size_t>(config.limits().queue_batches());
  options.features.Set(
      ingest::FeedSettings{.auto_register_sources = config.auto_register_sources(),
                           .shrink_limit_percent = config.limits().snapshot_shrink_limit_percent(),
                           .admit = [&memory] { return memory.Admit(); }});
  options.features.Set(notices::NoticeSettings{.retention = config.limits().notice_retention()});
  if (config.has_review())
    options.features.Set(review::ReviewSettings{review::WithDefaults(config.review())});
  auto referrals = referrals::LoadReferralSettings(config.referrals());
  if (!referrals.ok()) return Fail("referrals.failed", referrals.status());
  options.features.Set(findings::DueDays{[calendar = referrals->calendar](matcher::CivilDate day) {
    while (!calendar.IsWorkingDay(day)) day = matcher::CivilDate::FromDays(day.days() + 1);
    return day;
  }});
  options.features.Set(*std::move(referrals));
  auto schedules = reports::LoadSchedules(config.report_schedules());
  if (!schedules.ok()) return Fail("reports.failed", schedules.status());
  auto audit = audit::LoadAuditSettings(config.audit());
  if (!audit.ok()) return Fail("audit.failed", audit.status());
  auto opened = core::Hub::Open(options, *std::move(store), *model, *rules);
  if (!opened.ok()) return Fail("hub.failed", opened.status());
  core::Hub& hub = **opened;
  if (!audit->witness_file.empty()) {
    if (absl::Status status = audit::CheckWitness(hub.store(), audit->witness_file); !status.ok())
      return Fail("audit.put_back", status);
    if (!std::filesystem::exists(audit->witness_file))
      Log(LogLevel::kWarn, "audit.witness.new", {{"file", audit->witness_file}});
  }
  opened_hub = &hub;
  const std::jthread memory_looks = memory.LookByItself();
  for (const config::Source& source : config.sources()) {
    v1::Source registered;
    registered.set_source_id(source.source_id());
    registered.set_content(source.content());
    registered.set_programme(source.programme());
    registered.set_region_prefix(source.region_prefix());
    registered.set_holds_each_person_once(source.holds_each_person_once());
    if (source.has_covers()) *registered.mutable_declared() = source.covers();
    if (absl::Status status = ingest::RegisterSource(hub, registered, source.owner()); !status.ok())
      return Fail("source.failed", status);
  }

  auto policy = MakePolicyBook(config);
  if (!policy.ok()) return Fail("policy.failed", policy.status());
  network::CertificateJudge certificates(config.tls().crl_file(), config.tls().client_ca_file(),
                                         config.tls().expired_crl() == config::Tls::REFUSE);
  if (absl::Status status = certificates.Reload(); !status.ok()) return Fail("tls.failed", status);
  auto listener = Listen(config);
  if (!listener.ok()) return Fail("listen.failed", listener.status());
  access::Guard guard({**policy, hub, [&](const std::string& pem) { return certificates.Judge(pem); }, {}});
  auto reports = std::make_unique<reports::ScheduleRunner>(hub, *std::move(schedules));
  ingest::LoadKeeper load_keeper(hub);
  load_keeper.Start();
  if (absl::Status status = audit::UseAuditDigest(hub, audit->digest); !status.ok())
    return Fail("audit.failed", status);
  audit::AuditKeeper audit_keeper(hub, *std::move(audit));
  audit_keeper.Start();
  std::unique_ptr<intake::Desk> desk;
  if (config.has_gateway()) {
    intake::Desk::Options intake;
    intake.folder = config.data_directory() + "/uploads";
    intake.most_bytes = config.limits().max_upload_bytes();
    intake.days = config.limits().upload_days();
    intake.may_feed = [&guard](const std::string& caller, const v1::Source& source) {
      return guard.MayFeed(caller, source);
    };
    auto opened_desk = intake::Desk::Open(hub, std::move(intake));
    if (!opened_desk.ok()) return Fail("intake.failed", opened_desk.status());
    desk = *std::move(opened_desk);
  }
  std::atomic<bool> stopping = false;
  const rpc::ServiceContext context{
      hub,
      stopping,
      read_rules,
      {config.storage().backup_directory(), static_cast<uint32_t>(config.storage().backups_kept())},
      &guard,
      reports.get(),
      &audit_keeper,
      desk.get()};
  rpc::ServiceSet services(context);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  (*listener)->Install(builder, *credentials);
  builder.SetMaxReceiveMessageSize(config.limits().max_message_bytes());
  builder.SetMaxSendMessageSize(config.limits().max_message_bytes());
  grpc::ResourceQuota quota("hub");
  quota.SetMaxThreads(config.limits().max_threads());
  quota.Resize(TransportMemory(config.limits(), memory.limit_bytes()));
  builder.SetResourceQuota(quota);
  LimitConnections(config.limits(), builder);
  services.Register(builder);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server) return Fail("listen.failed", absl::InternalError("the gRPC server did not start"));
  (*listener)->Start();
  server->GetHealthCheckService()->SetServingStatus(true);
  std::unique_ptr<console::Gateway> console;
  if (config.has_gateway()) {
    auto started = console::Gateway::Start(config.gateway(), context);
    if (!started.ok()) return Fail("gateway.failed", started.status());
    console = *std::move(started);
    Log(LogLevel::kInfo, "gateway.listening",
        {{"address", config.gateway().listen_address()},
         {"tls", config.gateway().has_tls() ? "server" : "none"}});
  }
  std::unique_ptr<monitoring::MetricsEndpoint> metrics;
  if (config.has_metrics()) {
    auto started = monitoring::MetricsEndpoint::Start(
        config.metrics().listen_address(),
        std::make_shared<monitoring::HubMetrics>(monitoring::HubMetrics::Options{
            hub, guard, context.backups, memory.limit_bytes(), listener->get(),
            config.tls().crl_file().empty() ? nullptr : &certificates}));
    if (!started.ok()) return Fail("metrics.failed", started.status());
    metrics = *std::move(started);
    Log(LogLevel::kInfo, "metrics.listening", {{"address", config.metrics().listen_address()}});
  }
  Log(LogLevel::kInfo, "hub.listening",
      {{"address", config.listen_address()},
       {"tls", config.has_tls() ? "mutual" : "none"},
       {"model", hub.model().version()},
       {"rules", std::to_string((*rules)->rule_ids().size())},
       {"version", RELIEF_VERSION}});

  reports->Start();
  int signal = 0;
  sigwait(&signals, &signal);
  Log(LogLevel::kInfo, "hub.stopping", {{"signal", strsignal(signal)}});
  server->GetHealthCheckService()->SetServingStatus(false);
  stopping = true;
  console.reset();
  (*listener)->Stop();
  server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(config.limits().drain_seconds()));
  server->Wait();
  metrics.reset();
  reports.reset();
  audit_keeper.Stop();
  hub.Shutdown();
  Log(LogLevel::kInfo, "hub.stopped");
  return store_stopped ? kFailed : 0;
}

// Into a directory of its own, so that nothing is overwritten; what came back is read whole before this says
// so.
int Restore(const config::HubConfig& config, uint32_t backup_id, const std::string& target) {
  if (config.storage().backup_directory().empty())
    return Fail("restore.failed",
                absl::FailedPreconditionError("storage.backup_directory: required to restore"));
  storage::RocksDbOptions options = admin::StoreOptions(config);
  options.path = target;
  options.create_if_missing = false;
  const auto restored =
      storage::RestoreBackup({config.storage().backup_directory(), backup_id, target, options.encryption});
  if (!restored.ok()) return Fail("restore.failed", restored.status());
  auto store = storage::OpenRocksDbStore(options);
  if (!store.ok()) return Fail("restore.failed", store.status());
  const auto content = admin::ReadWholeStore(**store);
  if (!content.ok()) return Fail("restore.failed", content.status());
  std::cout << "backup " << restored->id << " is in " << target << ": position " << content->position << ", "
            << content->rows << " rows, " << content->audit_entries << " audit entries, all chained\n";
  return 0;
}

int Main(int argc, char** argv) {
  umask(S_IRWXG | S_IRWXO);  // whatever the hub writes is for its own account
  CLI::App app{
      "Relief Hub: which programmes help one person and one household, where twice, and where not at all.\n\n"
      "Example: relief-hub --config deploy/config/dev.textproto\n\n"
      "Exit codes: 0 stopped in order, 1 could not start or failed, 2 wrong usage."};
  std::string path, listen, console, data, as_of, restore;
  uint32_t backup_id = 0;
  bool check_only = false, hash_password = false, upgrade = false;
  app.add_option("--config", path, "the configuration file (deploy/config/hub.textproto explains it)")
      ->type_name("FILE");
  app.add_option("--listen", listen, "host:port, instead of listen_address");
  app.add_option("--console", console, "host:port of the console, instead of gateway.listen_address");
  app.add_option("--data", data, "instead of data_directory");
  app.add_option("--as-of", as_of, "judge for this day (YYYY-MM-DD), instead of as_of_date");
  app.add_flag("--hash-password", hash_password,
               "read a password from standard input, print its hash for the accounts file");
  app.add_option("--restore", restore, "restore a backup into this new directory, check it, and stop")
      ->type_name("DIR");
  app.add_option("--backup", backup_id, "which one to restore (relief admin backups); the newest");
  app.add_flag("--upgrade", upgrade, "data of an older format may be rewritten; take a backup first");
  app.add_flag("--check-config", check_only, "check configuration, model and rules, and stop");
  app.set_version_flag("--version", RELIEF_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (hash_password) {
    std::string password;
    std::getline(std::cin, password);
    if (password.size() < 12) {
      std::cerr << "relief-hub: a password has at least 12 characters\n";
      return 2;
    }
    std::cout << console::HashPassword(password) << "\n";
    return 0;
  }
  if (path.empty()) {
    std::cerr << "relief-hub: --config is required\n";
    return 2;
  }
  auto config = LoadConfig(path);
  if (!config.ok()) return Fail("config.failed", config.status());
  if (!listen.empty()) config->set_listen_address(listen);
  if (!console.empty()) config->mutable_gateway()->set_listen_address(console);
  if (!data.empty()) config->set_data_directory(data);
  if (!as_of.empty()) {
    const auto day = matcher::ParseDate(as_of);
    if (!day) return Fail("config.failed", absl::InvalidArgumentError("--as-of: not a day"));
    *config->mutable_as_of_date() = records::ToProto(*day);
  }
  if (absl::Status status = CheckConfig(*config); !status.ok()) return Fail("config.failed", status);
  if (absl::Status status = CheckPrivateFiles(*config); !status.ok()) return Fail("config.failed", status);
  SetLogLevel(config->log_level());
  if (check_only) {
    if (auto model = matcher::Model::Load(config->model_file()); !model.ok())
      return Fail("model.failed", model.status());
    if (auto rules = coverage::RuleSet::LoadDirectory(config->rules_directory()); !rules.ok())
      return Fail("rules.failed", rules.status());
    if (auto referrals = referrals::LoadReferralSettings(config->referrals()); !referrals.ok())
      return Fail("referrals.failed", referrals.status());
    if (auto schedules = reports::LoadSchedules(config->report_schedules()); !schedules.ok())
      return Fail("reports.failed", schedules.status());
    if (auto policy = MakePolicyBook(*config); !policy.ok()) return Fail("policy.failed", policy.status());
    if (auto audit = audit::LoadAuditSettings(config->audit()); !audit.ok())
      return Fail("audit.failed", audit.status());
    if (auto credentials = network::MakeCredentials(*config); !credentials.ok())
      return Fail("tls.failed", credentials.status());
    network::CertificateJudge certificates(config->tls().crl_file(), config->tls().client_ca_file(),
                                           config->tls().expired_crl() == config::Tls::REFUSE);
    if (absl::Status status = certificates.Reload(); !status.ok()) return Fail("tls.failed", status);
    if (config->has_gateway())
      if (auto accounts = console::AccountBook::Load(config->gateway().accounts_file()); !accounts.ok())
        return Fail("gateway.failed", accounts.status());
    std::cout << "the configuration, the model, the rules and the policy are sound\n";
    return 0;
  }
  if (!restore.empty()) return Restore(*config, backup_id, restore);
  return Serve(*config, upgrade);
}

}  // namespace
}  // namespace relief::server

int main(int argc, char** argv) { return relief::server::Main(argc, argv); }
