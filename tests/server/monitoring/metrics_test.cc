// The page of metrics, as Prometheus reads it: over HTTP.
#include "server/monitoring/metrics.h"

#include <httplib.h>
#include <unistd.h>

#include <filesystem>
#include <regex>
#include <set>

#include "relief/v1/admin_service.grpc.pb.h"
#include "relief/v1/finding_service.grpc.pb.h"
#include "server/notices/outbox.h"
#include "storage/rocksdb_store.h"
#include "tests/server/access/guarded_hub.h"

namespace relief::server::monitoring {
namespace {

namespace fs = std::filesystem;

const Who kWang = MadeUp("王秀兰", {1950, 3, 14}, 2);

class Metrics : public testing::Test {
 protected:
  // A hub that everybody may call, or by a policy, and its page.
  void Start(std::unique_ptr<core::Hub> hub, const std::string& backups = "",
             std::shared_ptr<const access::Policy> policy = access::Policy::Open()) {
    running_ = std::make_unique<rpc::RunningHub>(std::move(hub), grpc::InsecureServerCredentials(),
                                                 std::move(policy));
    auto started = MetricsEndpoint::Start(
        "127.0.0.1:0",
        std::make_shared<HubMetrics>(HubMetrics::Options{
            running_->hub(), running_->guard(), {backups, 3}, 1 << 30, &running_->listener()}));
    ASSERT_TRUE(started.ok()) << started.status();
    endpoint_ = *std::move(started);
  }
  ~Metrics() override { endpoint_.reset(); }

  std::string Page() {
    const auto answer = httplib::Client("127.0.0.1", endpoint_->port()).Get("/metrics");
    EXPECT_TRUE(answer && answer->status == 200);
    return answer ? answer->body : "";
  }
  // "name{label="value"}" -> figure.
  std::map<std::string, double> Figures() {
    std::map<std::string, double> figures;
    std::istringstream page(Page());
    for (std::string line; std::getline(page, line);)
      if (!line.empty() && line[0] != '#')
        figures[line.substr(0, line.rfind(' '))] = std::stod(line.substr(line.rfind(' ') + 1));
    return figures;
  }
  core::Hub& hub() { return running_->hub(); }
  grpc::Status CallStatus() {
    grpc::ClientContext context;
    v1::HubStatus status;
    return v1::AdminService::NewStub(running_->channel())->GetStatus(&context, {}, &status);
  }

  std::unique_ptr<rpc::RunningHub> running_;
  std::unique_ptr<MetricsEndpoint> endpoint_;
};

TEST_F(Metrics, BatchesAndRecordsAreCountedByWhatBecameOfThem) {
  Start(OpenHub());
  const auto source = OpenBenefits(hub(), "living", v1::MINIMUM_LIVING);
  const v1::Record good = Monthly(kWang, "L1", v1::MINIMUM_LIVING, MonthOf(2026, 1));
  v1::Record bad = good;
  bad.set_record_id("L2");
  bad.mutable_benefit()->mutable_start_month()->set_month(13);
  Push(hub(), source, {good, bad});
  Push(hub(), source, {good});
  v1::Batch huge;
  for (int i = 0; i <= ingest::kMaxBatchRecords; ++i) *huge.add_records() = good;
  EXPECT_FALSE(ingest::SubmitBatch(hub(), source, huge, "local").get().ok());
  const auto figures = Figures();
  EXPECT_EQ(figures.at("relief_batches_total{outcome=\"acknowledged\"}"), 2);
  EXPECT_EQ(figures.at("relief_batches_total{outcome=\"invalid\"}"), 1);
  EXPECT_EQ(figures.at("relief_batches_total{outcome=\"shed\"}"), 0);
  EXPECT_EQ(figures.at("relief_records_total{outcome=\"accepted\"}"), 1);
  EXPECT_EQ(figures.at("relief_records_total{outcome=\"duplicate\"}"), 1);
  EXPECT_EQ(figures.at("relief_records_total{outcome=\"rejected\"}"), 1);
  EXPECT_EQ(figures.at("relief_batch_duration_seconds_count"), 2);
  EXPECT_EQ(figures.at("relief_batch_duration_seconds_bucket{le=\"+Inf\"}"), 2);
  EXPECT_GT(figures.at("relief_batch_duration_seconds_sum"), 0);
  EXPECT_GE(figures.at("relief_commit_duration_seconds_count"), 3) << "the source, and two batches";
  EXPECT_EQ(figures.at("relief_source_records_total{source=\"living\",outcome=\"rejected\"}"), 1);
  EXPECT_EQ(figures.at("relief_source_last_push_timestamp_seconds{source=\"living\"}"), 1'793'000'000);
  EXPECT_EQ(figures.at("relief_live_records"), 1);
  EXPECT_EQ(figures.at("relief_persons"), 1);
  EXPECT_EQ(figures.at("relief_queue_limit_items"), 64);
  EXPECT_EQ(figures.at("relief_memory_limit_bytes"), 1 << 30);
  EXPECT_GT(figures.at("process_resident_memory_bytes"), 1 << 20);
  EXPECT_EQ(figures.at("relief_scrape_errors"), 0);
}

TEST_F(Metrics, ConnectionsAreCounted) {
  Start(OpenHub());
  EXPECT_EQ(Figures().at("relief_connections"), 0);
  const auto channel = running_->channel();
  ASSERT_TRUE(channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10)));
  const auto figures = Figures();
  EXPECT_EQ(figures.at("relief_connections"), 1);
  EXPECT_EQ(figures.at("relief_connections_total{outcome=\"accepted\"}"), 1);
  EXPECT_EQ(figures.at("relief_connections_total{outcome=\"full\"}"), 0);
  EXPECT_EQ(figures.at("relief_connections_total{outcome=\"address\"}"), 0);
  EXPECT_EQ(figures.at("relief_connections_total{outcome=\"cut\"}"), 0);
}

TEST_F(Metrics, AShedBatchIsNoFailure) {
  core::Hub::Options options = TestOptions();
  options.features.Set(ingest::FeedSettings{.auto_register_sources = true,
                                            .admit = [] { return absl::ResourceExhaustedError("short"); }});
  Start(OpenHub(storage::NewMemoryStore(), options));
  const auto source = OpenBenefits(hub(), "living", v1::MINIMUM_LIVING);
  EXPECT_FALSE(ingest::SubmitBatch(hub(), source, {}, "local").get().ok());
  EXPECT_EQ(Figures().at("relief_batches_total{outcome=\"shed\"}"), 1);
  EXPECT_EQ(Figures().at("relief_batches_total{outcome=\"failed\"}"), 0);
}

TEST_F(Metrics, TheBacklogIsWhatSubscribersDidNotAcknowledge) {
  Start(OpenHub());
  for (const char* id : {"quick", "slow", "off"}) {
    v1::CreateSubscriptionRequest request;
    request.mutable_subscription()->set_subscription_id(id);
    ASSERT_TRUE(notices::CreateSubscription(hub(), request, {"local", "local"}).ok());
  }
  const auto living = OpenBenefits(hub(), "living", v1::MINIMUM_LIVING);
  const auto poverty = OpenBenefits(hub(), "poverty", v1::EXTREME_POVERTY);
  Push(hub(), living, {Monthly(kWang, "L1", v1::MINIMUM_LIVING, MonthOf(2026, 1))});
  Push(hub(), poverty, {Monthly(kWang, "P1", v1::EXTREME_POVERTY, MonthOf(2026, 1))});
  const auto slow = notices::GetSubscription(hub().store(), "slow");
  ASSERT_TRUE(slow.ok() && slow->last_sequence() > 0);
  const auto each = static_cast<double>(slow->last_sequence());
  v1::AcknowledgeRequest acknowledge;
  acknowledge.set_subscription_id("quick");
  acknowledge.set_sequence(slow->last_sequence());
  ASSERT_TRUE(notices::Acknowledge(hub(), acknowledge, {"local", "local"}).ok());
  const auto figures = Figures();
  EXPECT_EQ(figures.at("relief_subscriptions"), 3);
  EXPECT_EQ(figures.at("relief_outbox_backlog_notices"), 2 * each);
  EXPECT_EQ(figures.at("relief_outbox_backlog_max_notices"), each);
  EXPECT_EQ(figures.at("relief_outbox_behind_notices{subscription=\"slow\"}"), each);
  EXPECT_FALSE(figures.contains("relief_outbox_behind_notices{subscription=\"quick\"}"));
  EXPECT_EQ(figures.at("relief_findings_open"), static_cast<double>(OpenFindings(hub()).size()));
}

TEST_F(Metrics, RefusedCallsAreCounted) {
  Start(
      OpenHub(), "",
      access::WithCallers(
          R"(callers { id: "console:charity" grants { roles: CHARITY all_programmes: true whole_country: true } })"));
  v1::Person person;
  v1::GetPersonRequest request;
  grpc::ClientContext context;
  access::GuardedHub::SetCaller(context, "charity");
  EXPECT_EQ(
      v1::RegistryService::NewStub(running_->channel())->GetPerson(&context, request, &person).error_code(),
      grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(Figures().at("relief_calls_total{outcome=\"denied\"}"), 1);
  EXPECT_EQ(Figures().at("relief_calls_total{outcome=\"allowed\"}"), 0);
}

TEST_F(Metrics, EachMethodTellsHowLongItsCallsTook) {
  Start(OpenHub());
  const std::string status = "{method=\"relief.v1.AdminService/GetStatus\"";
  EXPECT_FALSE(Figures().contains("relief_call_duration_seconds_count" + status + "}")) << "nobody called it";
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(CallStatus().ok());
  const auto figures = Figures();
  EXPECT_EQ(figures.at("relief_call_duration_seconds_count" + status + "}"), 3);
  EXPECT_EQ(figures.at("relief_call_duration_seconds_bucket" + status + ",le=\"+Inf\"}"), 3);
  EXPECT_TRUE(figures.contains("relief_call_duration_seconds_bucket" + status + ",le=\"1\"}"))
      << "the bound of the objective";
  const double sum = figures.at("relief_call_duration_seconds_sum" + status + "}");
  EXPECT_GT(sum, 0);
  EXPECT_LT(sum, 60);
}

TEST_F(Metrics, AStreamTellsHowLongItsFirstAnswerTook) {
  Start(OpenHub());
  const auto living = OpenBenefits(hub(), "living", v1::MINIMUM_LIVING);
  const auto poverty = OpenBenefits(hub(), "poverty", v1::EXTREME_POVERTY);
  const std::string stream =
      "relief_stream_first_answer_seconds_count{method=\"relief.v1.FindingService/StreamFindings\"}";
  const auto read = [this] {
    grpc::ClientContext context;
    const auto reader = v1::FindingService::NewStub(running_->channel())->StreamFindings(&context, {});
    int answers = 0;
    for (v1::Finding finding; reader->Read(&finding);) ++answers;
    EXPECT_TRUE(reader->Finish().ok());
    return answers;
  };
  EXPECT_EQ(read(), 0);
  EXPECT_FALSE(Figures().contains(stream)) << "it gave no answer";
  Push(hub(), living, {Monthly(kWang, "L1", v1::MINIMUM_LIVING, MonthOf(2026, 1))});
  Push(hub(), poverty, {Monthly(kWang, "P1", v1::EXTREME_POVERTY, MonthOf(2026, 1))});
  EXPECT_GE(read(), 1);
  EXPECT_EQ(Figures().at(stream), 1);
}

TEST_F(Metrics, ACallThatIsRefusedDoesNotMakeItsMethodLookQuick) {
  Start(
      OpenHub(), "",
      access::WithCallers(
          R"(callers { id: "console:charity" grants { roles: CHARITY all_programmes: true whole_country: true } })"));
  EXPECT_EQ(CallStatus().error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(Page().find("relief_call_duration_seconds"), std::string::npos);
}

TEST_F(Metrics, TheStoreOnDiskTellsItsFigures) {
  const fs::path folder = fs::temp_directory_path() / ("relief-metrics-" + std::to_string(getpid()));
  storage::RocksDbOptions options;
  options.path = folder / "data";
  auto store = storage::OpenRocksDbStore(options);
  ASSERT_TRUE(store.ok()) << store.status();
  auto hub = OpenHub(*std::move(store));
  ASSERT_TRUE(hub->maintenance()->Backup(folder / "backups", 3).ok());
  Start(std::move(hub), folder / "backups");
  Figures();  // what was looked at when it started is told from the first page on
  const auto figures = Figures();
  EXPECT_GT(figures.at("relief_store_disk_free_bytes"), 0);
  EXPECT_EQ(figures.at("relief_store_takes_writes"), 1);
  EXPECT_EQ(figures.at("relief_store_background_errors_total"), 0);
  EXPECT_NEAR(figures.at("relief_last_backup_timestamp_seconds"), static_cast<double>(SystemNow()) / 1e6, 60);
  endpoint_.reset();
  running_.reset();
  fs::remove_all(folder);
}

// A14: nothing of a person, and labels from fixed lists.
TEST_F(Metrics, NothingOfAPersonIsOnThePage) {
  Start(OpenHub());
  const auto source = OpenBenefits(hub(), "living", v1::MINIMUM_LIVING);
  v1::Record record = Monthly(kWang, "RECORD-77", v1::MINIMUM_LIVING, MonthOf(2026, 1));
  record.mutable_person()->add_phones("13812345678");
  Push(hub(), source, {record});
  const std::string page = Page();
  for (const std::string& secret :
       {kWang.name, kWang.id_number, std::string("RECORD-77"), std::string("13812345678")})
    EXPECT_EQ(page.find(secret), std::string::npos) << secret;
  const std::set<std::string> known = {"outcome",      "source",      "version", "subscription",
                                       "store_format", "fingerprint", "le",      "quantile",
                                       "method",       "rule",        "answer"};
  const std::regex label("([a-z_]+)=\"");
  for (std::sregex_iterator found(page.begin(), page.end(), label), end; found != end; ++found)
    EXPECT_TRUE(known.contains((*found)[1])) << (*found)[1];
}

// An alarm on a metric that does not exist never rings.
TEST_F(Metrics, EveryMetricOfTheAlarmsIsOnThePage) {
  const fs::path folder = fs::temp_directory_path() / ("relief-alarms-" + std::to_string(getpid()));
  storage::RocksDbOptions options;
  options.path = folder / "data";
  auto store = storage::OpenRocksDbStore(options);
  ASSERT_TRUE(store.ok()) << store.status();
  Start(OpenHub(*std::move(store)), folder / "backups");
  OpenBenefits(hub(), "living", v1::MINIMUM_LIVING);
  ASSERT_TRUE(CallStatus().ok());
  const std::string page = Page();
  std::ifstream file(RELIEF_ALARMS_FILE), book_file(RELIEF_RUNBOOK);
  std::stringstream alarms, book;
  alarms << file.rdbuf();
  book << book_file.rdbuf();
  const std::string text = alarms.str(), runbook = book.str();
  const std::regex metric("relief_[a-z_]+"), alarm("alert: ([A-Za-z]+)");
  int metrics = 0, names = 0;
  for (std::sregex_iterator found(text.begin(), text.end(), metric), end; found != end; ++found, ++metrics)
    EXPECT_NE(page.find("\n" + found->str()), std::string::npos) << found->str();
  for (std::sregex_iterator found(text.begin(), text.end(), alarm), end; found != end; ++found, ++names)
    EXPECT_NE(runbook.find("`" + (*found)[1].str() + "`"), std::string::npos)
        << (*found)[1] << " is not in the runbook";
  EXPECT_GT(metrics, 20);
  EXPECT_GT(names, 10);
  endpoint_.reset();
  running_.reset();
  fs::remove_all(folder);
}

TEST_F(Metrics, AnAddressInUseIsNamed) {
  Start(OpenHub());
  const std::string address = "127.0.0.1:" + std::to_string(endpoint_->port());
  const auto second = MetricsEndpoint::Start(
      address, std::make_shared<HubMetrics>(HubMetrics::Options{hub(), running_->guard(), {}, 0}));
  EXPECT_TRUE(absl::IsUnavailable(second.status()));
  EXPECT_NE(std::string(second.status().message()).find(address), std::string::npos);
}

}  // namespace
}  // namespace relief::server::monitoring
