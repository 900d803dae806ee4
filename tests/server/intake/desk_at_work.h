// A desk with a hub behind it, and the steps that an officer takes. For tests only.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <thread>

#include "server/access/guard.h"
#include "server/audit/audit.pb.h"
#include "server/console/feed_as.h"
#include "server/core/schema.h"
#include "server/intake/desk.h"
#include "server/rpc/service_set.h"
#include "tests/server/hub_fixture.h"

namespace relief::server::intake {

class DeskAtWork {
 public:
  explicit DeskAtWork(std::shared_ptr<const access::Policy> policy = access::Policy::Open(),
                      bool takes_new_sources = true)
      : hub(OpenHub(storage::NewMemoryStore(), HubOptions(takes_new_sources))),
        policy_(std::move(policy)),
        guard_({policy_, *hub, {}, {}}) {
    folder = std::filesystem::temp_directory_path() /
             ("relief-desk-" + std::to_string(getpid()) + "-" + std::to_string(++made_));
    services_ = std::make_unique<rpc::ServiceSet>(
        rpc::ServiceContext{*hub, stopping_, [] { return ShippedRules(); }, {}, &guard_});
    grpc::ServerBuilder builder;
    services_->Register(builder);
    server_ = builder.BuildAndStart();
    Open();
  }
  ~DeskAtWork() {
    desk.reset();
    server_->Shutdown();
    std::filesystem::remove_all(folder);
  }

  // As after a restart of the hub.
  void Open(bool start = true) {
    desk.reset();
    Desk::Options options;
    options.folder = folder;
    options.most_bytes = 10 << 20;
    options.may_feed = [this](const std::string& caller, const v1::Source& source) {
      return guard_.MayFeed(caller, source);
    };
    auto opened = Desk::Open(*hub, std::move(options));
    EXPECT_TRUE(opened.ok()) << opened.status();
    desk = *std::move(opened);
    if (start) Start();
  }
  void Start() {
    desk->Start(
        [this](const Officer& officer) { return console::FeedAs(*server_, officer.caller, officer.person); });
  }

  // The hub's feed as the officer's own machine would use it.
  std::unique_ptr<v1::FeedService::StubInterface> Feed() {
    return console::FeedAs(*server_, officer.caller, officer.person);
  }

  std::string Send(const std::string& name, const std::string& content) {
    v1::BeginUploadRequest begin;
    begin.set_file_name(name);
    begin.set_size_bytes(static_cast<int64_t>(content.size()));
    const auto begun = desk->Begin(officer, begin);
    EXPECT_TRUE(begun.ok()) << begun.status();
    if (!begun.ok()) return "";
    v1::AppendUploadRequest part;
    part.set_upload_id(begun->upload_id());
    for (size_t at = 0; at < content.size(); at += Desk::kMostBytesOfPart) {
      part.set_offset(static_cast<int64_t>(at));
      part.set_data(content.substr(at, Desk::kMostBytesOfPart));
      const auto appended = desk->Append(officer, part);
      EXPECT_TRUE(appended.ok()) << appended.status();
    }
    return begun->upload_id();
  }
  // Once the hub has nothing more to do with it.
  v1::Upload Wait(const std::string& upload_id) {
    const std::set<v1::Upload::State> working = {v1::Upload::READING, v1::Upload::TRYING,
                                                 v1::Upload::LOADING};
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (true) {
      const auto upload = desk->Get(officer, upload_id);
      EXPECT_TRUE(upload.ok()) << upload.status();
      if (!upload.ok() || working.count(upload->state()) == 0) return upload.ok() ? *upload : v1::Upload();
      if (std::chrono::steady_clock::now() > end) {
        ADD_FAILURE() << "the desk does not come to an end";
        return *upload;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  v1::Upload Read(const std::string& name, const std::string& content) { return Wait(Send(name, content)); }
  v1::Upload Answer(const std::string& upload_id, const v1::UploadAnswers& answers) {
    v1::AnswerUploadRequest request;
    request.set_upload_id(upload_id);
    *request.mutable_answers() = answers;
    const auto answered = desk->Answer(officer, request);
    EXPECT_TRUE(answered.ok()) << answered.status();
    return Wait(upload_id);
  }
  v1::Upload Try(const std::string& upload_id) {
    const auto tried = desk->Try(officer, upload_id);
    EXPECT_TRUE(tried.ok()) << tried.status();
    return Wait(upload_id);
  }
  v1::Upload Load(const std::string& upload_id, bool again = false) {
    v1::LoadUploadRequest request;
    request.set_upload_id(upload_id);
    request.set_again(again);
    const auto loaded = desk->Load(officer, request);
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    return Wait(upload_id);
  }

  // Of the audit chain, those of this caller that are about uploads.
  std::vector<std::string> Actions(const std::string& caller = "console:officer") {
    std::vector<std::string> actions;
    for (const auto& [key, value] : Rows(*hub, schema::kAuditPrefix)) {
      audit::Entry entry;
      EXPECT_TRUE(entry.ParseFromString(value));
      if (entry.actor() == caller) actions.push_back(entry.action());
    }
    return actions;
  }
  int LiveRecords() { return static_cast<int>(Rows(*hub, "hr").size()); }
  int FilesKept() {
    int files = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++files;
    return files;
  }
  // A file goes a moment after the commit that says so.
  bool NoFileIsKept() {
    for (int i = 0; i < 1000 && FilesKept() > 0; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return FilesKept() == 0;
  }

  int64_t now = 1'793'000'000'000'000;
  std::unique_ptr<core::Hub> hub;
  std::filesystem::path folder;
  std::unique_ptr<Desk> desk;
  Officer officer{"console:officer", ""};

 private:
  core::Hub::Options HubOptions(bool takes_new_sources) {
    core::Hub::Options options = TestOptions();
    options.clock = [this] { return now; };
    options.features.Set(ingest::FeedSettings{.auto_register_sources = takes_new_sources});
    return options;
  }

  static inline int made_ = 0;
  access::PolicyBook policy_;
  access::Guard guard_;
  std::atomic<bool> stopping_ = false;
  std::unique_ptr<rpc::ServiceSet> services_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace relief::server::intake
