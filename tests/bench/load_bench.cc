// How fast a hub takes a district's exports, seen by the departments that send them.
//
//   load_bench --hub BINARY --exports DIR --work DIR [--batch N] [--in-flight N]
//
// Starts a hub on an empty directory, pushes every export of DIR (mapped beforehand, so that the client costs
// little), and prints records a second, the distribution of the time from sending a batch to its ack, the
// hub's processor time and peak memory and what it keeps on disk. Beside it stands the floor: the same
// batches appended to a file with one fsync each, in the same run, on the same disk. Figures of one machine;
// compare ratios.
#include <fcntl.h>
#include <grpcpp/grpcpp.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>

#include "adapters/feed_client.h"
#include "adapters/file_feeder.h"
#include "relief/v1/admin_service.grpc.pb.h"

namespace relief::bench {
namespace {

using Time = std::chrono::steady_clock;

double Seconds(Time::duration duration) { return std::chrono::duration<double>(duration).count(); }

struct Feed {
  v1::Open open;
  std::vector<v1::Batch> batches;
};

std::vector<Feed> MapExports(const std::string& directory, int batch_records, int64_t* records) {
  auto mappings = adapters::MappingSet::BuiltIn();
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<Feed> feeds;
  for (const auto& path : files) {
    auto file = adapters::Export::Open(path, *mappings);
    if (!file.ok()) continue;
    Feed feed;
    feed.open.set_source_id(path.stem());
    feed.open.set_content(file->mapping().content());
    feed.open.set_programme(file->mapping().programme());
    const adapters::RowMapper mapper(file->mapping(), file->header(), 1);
    adapters::CsvRow row;
    while (file->reader().Next(&row).value_or(false)) {
      adapters::MappedRow mapped = mapper.Map(row.cells);
      if (!mapped.errors.empty()) continue;
      if (feed.batches.empty() || feed.batches.back().records_size() >= batch_records)
        feed.batches.emplace_back();
      *feed.batches.back().add_records() = std::move(mapped.record);
      ++*records;
    }
    feeds.push_back(std::move(feed));
  }
  return feeds;
}

// The same bytes to one file, one fsync a batch: no hub can be faster on this disk.
double FloorSeconds(const std::vector<Feed>& feeds, const std::string& path) {
  const int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
  const auto begin = Time::now();
  for (const Feed& feed : feeds) {
    for (const v1::Batch& batch : feed.batches) {
      const std::string bytes = batch.SerializeAsString();
      if (::write(file, bytes.data(), bytes.size()) < 0 || ::fdatasync(file) != 0) std::perror("floor");
    }
  }
  const double seconds = Seconds(Time::now() - begin);
  ::close(file);
  std::filesystem::remove(path);
  return seconds;
}

uint64_t PeakMemoryKib(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmHWM:", 0) == 0) return std::stoull(line.substr(6));
  return 0;
}

uint64_t BytesIn(const std::string& directory) {
  uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory))
    if (entry.is_regular_file()) bytes += entry.file_size();
  return bytes;
}

std::string Machine() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.rfind("model name", 0) == 0)
      return line.substr(line.find(':') + 2) + ", " + std::to_string(std::thread::hardware_concurrency()) +
             " cores";
  return "unknown";
}

int Run(int argc, char** argv) {
  CLI::App app{"How fast a hub takes a district's exports"};
  std::string hub_binary, config, exports, work;
  int batch_records = 500, in_flight = 4, port = 17443;
  app.add_option("--hub", hub_binary, "the relief-hub binary")->required();
  app.add_option("--config", config, "its configuration")->required();
  app.add_option("--exports", exports, "a district's exports")->required();
  app.add_option("--work", work, "an empty directory on the disk to measure")->required();
  app.add_option("--batch", batch_records, "records in a batch");
  app.add_option("--in-flight", in_flight, "batches that wait for their ack");
  app.add_option("--port", port, "of the hub, on loopback");
  CLI11_PARSE(app, argc, argv);

  int64_t records = 0;
  const std::vector<Feed> feeds = MapExports(exports, batch_records, &records);
  const double floor = FloorSeconds(feeds, work + "/floor");

  const std::string address = "127.0.0.1:" + std::to_string(port), data = work + "/data";
  const pid_t hub = ::fork();
  if (hub == 0) {
    const int log = ::open((work + "/hub.log").c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
    ::dup2(log, 2);
    ::execl(hub_binary.c_str(), hub_binary.c_str(), "--config", config.c_str(), "--listen", address.c_str(),
            "--data", data.c_str(), "--console", "127.0.0.1:0", "--as-of", "2026-10-31", nullptr);
    ::_exit(127);
  }
  auto channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
  if (!channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(30))) {
    std::cerr << "the hub did not start; see " << work << "/hub.log\n";
    ::kill(hub, SIGKILL);
    return 1;
  }
  auto stub = v1::FeedService::NewStub(channel);

  std::vector<double> latencies;
  const auto begin = Time::now();
  for (const Feed& feed : feeds) {
    std::mutex mutex;
    std::map<int64_t, Time::time_point> sent_at;
    adapters::FeedClient::Options options;
    options.open = feed.open;
    options.in_flight = in_flight;
    adapters::FeedClient client(*stub, options,
                                [&](const v1::BatchAck& ack, const adapters::FeedClient::Sent&) {
                                  std::lock_guard lock(mutex);
                                  latencies.push_back(Seconds(Time::now() - sent_at.at(ack.batch_id())));
                                });
    if (auto opened = client.Open(); !opened.ok()) {
      std::cerr << opened.status() << "\n";
      return 1;
    }
    int64_t number = 0;
    for (const v1::Batch& batch : feed.batches) {
      {
        std::lock_guard lock(mutex);
        sent_at[++number] = Time::now();  // includes the wait for room: what a sender feels
      }
      if (absl::Status status = client.Send({batch, {}}); !status.ok()) {
        std::cerr << status << "\n";
        return 1;
      }
    }
    if (auto finished = client.Finish(); !finished.ok()) {
      std::cerr << finished.status() << "\n";
      return 1;
    }
  }
  const double seconds = Seconds(Time::now() - begin);

  auto admin = v1::AdminService::NewStub(channel);
  grpc::ClientContext context;
  v1::HubStatus status;
  admin->GetStatus(&context, v1::GetStatusRequest(), &status);
  const uint64_t memory = PeakMemoryKib(hub);
  ::kill(hub, SIGTERM);
  int exit_code = 0;
  rusage used{};
  ::wait4(hub, &exit_code, 0, &used);
  const auto cpu = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  const double cpu_seconds = cpu(used.ru_utime) + cpu(used.ru_stime);

  std::sort(latencies.begin(), latencies.end());
  const auto percentile = [&](double p) {
    return 1000 * latencies[static_cast<size_t>(p * static_cast<double>(latencies.size() - 1))];
  };
  std::printf("machine            %s\n", Machine().c_str());
  std::printf("records            %lld in batches of %d, %d in flight\n", static_cast<long long>(records),
              batch_records, in_flight);
  std::printf("load               %.1f s, %.0f records/s\n", seconds, static_cast<double>(records) / seconds);
  std::printf("floor              %.2f s (same bytes, one fsync a batch); load / floor = %.1f\n", floor,
              seconds / floor);
  std::printf("ack latency        p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, max %.1f ms (%zu batches)\n",
              percentile(.5), percentile(.9), percentile(.99), percentile(1), latencies.size());
  std::printf("hub's processor    %.1f s, %.0f us a record\n", cpu_seconds,
              1e6 * cpu_seconds / static_cast<double>(records));
  std::printf("hub peak memory    %.0f MiB\n", static_cast<double>(memory) / 1024);
  std::printf("on disk            %.0f bytes/record\n",
              static_cast<double>(BytesIn(data)) / static_cast<double>(records));
  std::printf("persons            %lld, findings open %lld, conflicts open %lld\n",
              static_cast<long long>(status.persons()), static_cast<long long>(status.open_findings()),
              static_cast<long long>(status.open_conflicts()));
  return WIFEXITED(exit_code) ? WEXITSTATUS(exit_code) : 1;
}

}  // namespace
}  // namespace relief::bench

int main(int argc, char** argv) { return relief::bench::Run(argc, argv); }
