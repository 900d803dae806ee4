#include "server/config/config.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

namespace relief::server {
namespace {

const std::string kDirectory = RELIEF_CONFIG_DIRECTORY;

TEST(Config, TheShippedFilesAreSound) {
  const auto production = LoadConfig(kDirectory + "/hub.textproto");
  ASSERT_TRUE(production.ok()) << production.status();
  EXPECT_TRUE(production->has_tls());
  EXPECT_FALSE(production->auto_register_sources());
  const auto development = LoadConfig(kDirectory + "/dev.textproto");
  ASSERT_TRUE(development.ok()) << development.status();
  EXPECT_TRUE(IsLoopback(development->listen_address()));
  EXPECT_TRUE(std::filesystem::path(development->rules_directory()).is_absolute());
  EXPECT_TRUE(std::filesystem::exists(development->model_file()));
  EXPECT_EQ(development->limits().max_message_bytes(), 4 << 20) << "defaults are filled in";
  EXPECT_EQ(development->limits().max_connections(), 4096);
  EXPECT_EQ(development->limits().max_connections_per_address(), 512);
}

TEST(Config, ASyntaxErrorIsNamedByLineAndColumn) {
  std::string path = (std::filesystem::temp_directory_path() / "relief-config.XXXXXX").string();
  const int file = ::mkstemp(path.data());
  ASSERT_GE(file, 0);
  std::ofstream(path) << "listen_address: \"127.0.0.1:1\"\nlisten_adress: \"typo\"\n";
  const auto config = LoadConfig(path);
  EXPECT_TRUE(absl::IsInvalidArgument(config.status()));
  EXPECT_NE(std::string(config.status().message()).find(path + ":2:"), std::string::npos) << config.status();
  std::filesystem::remove(path);
}

TEST(Config, EachWrongSettingIsNamed) {
  const auto good = LoadConfig(kDirectory + "/dev.textproto");
  ASSERT_TRUE(good.ok());
  struct Case {
    const char* setting;
    std::function<void(config::HubConfig&)> spoil;
  };
  const Case cases[] = {
      {"tls", [](auto& c) { c.set_listen_address("0.0.0.0:7443"); }},
      {"tls", [](auto& c) { c.mutable_tls()->set_certificate_file("x"); }},
      {"listen_address", [](auto& c) { c.set_listen_address("localhost"); }},
      {"data_directory", [](auto& c) { c.clear_data_directory(); }},
      {"model_file", [](auto& c) { c.clear_model_file(); }},
      {"as_of_date", [](auto& c) { c.mutable_as_of_date()->set_year(2026); }},
      {"log_level", [](auto& c) { c.set_log_level("loud"); }},
      {"limits.max_threads", [](auto& c) { c.mutable_limits()->set_max_threads(1); }},
      {"limits.transport_memory_bytes",
       [](auto& c) { c.mutable_limits()->set_transport_memory_bytes(15 << 20); }},
      {"limits.max_connections", [](auto& c) { c.mutable_limits()->set_max_connections(-1); }},
      {"limits.max_connections_per_address",
       [](auto& c) { c.mutable_limits()->set_max_connections_per_address(5000); }},
      {"limits.snapshot_shrink_limit_percent",
       [](auto& c) { c.mutable_limits()->set_snapshot_shrink_limit_percent(101); }},
      {"sources", [](auto& c) { c.add_sources(); }},
      {"sources[a].content", [](auto& c) { c.add_sources()->set_source_id("a"); }},
      {"there twice",
       [](auto& c) {
         for (int i = 0; i < 2; ++i) {
           c.add_sources()->set_source_id("a");
           c.mutable_sources(i)->set_content(v1::Source::FACTS);
         }
       }},
  };
  for (const Case& one : cases) {
    config::HubConfig config = *good;
    one.spoil(config);
    const absl::Status status = CheckConfig(config);
    EXPECT_FALSE(status.ok()) << one.setting;
    EXPECT_NE(std::string(status.message()).find(one.setting), std::string::npos) << status;
  }
}

TEST(Config, LoopbackIsThisMachineAlone) {
  for (const char* address : {"127.0.0.1:1", "localhost:1", "[::1]:1", "127.9.9.9:1"})
    EXPECT_TRUE(IsLoopback(address)) << address;
  for (const char* address : {"0.0.0.0:1", "10.0.0.1:1", "[::]:1", "hub.example:1"})
    EXPECT_FALSE(IsLoopback(address)) << address;
}

// Of a hub that other machines can reach.
TEST(Config, KeysAndAccountsThatOthersMayReadAreRefused) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / ("relief-private-" + std::to_string(getpid()));
  fs::create_directories(folder);
  const auto file = [&](const std::string& name) {
    std::ofstream(folder / name) << "x";
    fs::permissions(folder / name, fs::perms::owner_read | fs::perms::owner_write);
    return (folder / name).string();
  };
  config::HubConfig config;
  config.mutable_tls()->set_private_key_file(file("hub.key"));
  config.mutable_gateway()->mutable_tls()->set_private_key_file(file("console.key"));
  config.mutable_gateway()->set_accounts_file(file("accounts"));
  config.mutable_storage()->mutable_encryption()->set_keys_file(file("keys"));
  config.mutable_audit()->set_signing_key_file(file("audit.pem"));
  config.mutable_referrals()->set_token_key_file(file("tokens"));
  EXPECT_TRUE(CheckPrivateFiles(config).ok()) << CheckPrivateFiles(config);
  for (const auto& [name, setting] : {std::pair{"hub.key", "tls.private_key_file"},
                                      {"console.key", "gateway.tls.private_key_file"},
                                      {"accounts", "gateway.accounts_file"},
                                      {"keys", "storage.encryption.keys_file"},
                                      {"audit.pem", "audit.signing_key_file"},
                                      {"tokens", "referrals.token_key_file"}}) {
    for (const fs::perms open : {fs::perms::group_read, fs::perms::others_read, fs::perms::group_write}) {
      fs::permissions(folder / name, open, fs::perm_options::add);
      const absl::Status status = CheckPrivateFiles(config);
      EXPECT_TRUE(absl::IsFailedPrecondition(status)) << name;
      EXPECT_NE(status.message().find(setting), std::string::npos) << status;
      fs::permissions(folder / name, open, fs::perm_options::remove);
    }
  }
  config.clear_tls();
  config.mutable_gateway()->clear_tls();
  fs::permissions(folder / "accounts", fs::perms::others_read, fs::perm_options::add);
  EXPECT_TRUE(CheckPrivateFiles(config).ok()) << "a trial on the loopback interface";
  fs::remove_all(folder);
}

}  // namespace
}  // namespace relief::server
