#include "server/config/config.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "server/base/private_file.h"
#include "server/records/identity_mapping.h"

namespace relief::server {
namespace {

class Errors final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (text.empty()) text = std::to_string(line + 1) + ":" + std::to_string(column + 1) + ": " + message;
  }
  std::string text;
};

void MakeAbsolute(const std::filesystem::path& base, std::string* path) {
  if (!path->empty() && std::filesystem::path(*path).is_relative())
    *path = (base / *path).lexically_normal().string();
}

void FillDefaults(config::Limits& limits) {
  if (limits.max_message_bytes() == 0) limits.set_max_message_bytes(4 << 20);
  if (limits.max_threads() == 0) limits.set_max_threads(256);
  if (limits.queue_batches() == 0) limits.set_queue_batches(64);
  if (limits.min_free_disk_bytes() == 0) limits.set_min_free_disk_bytes(int64_t{256} << 20);
  if (limits.block_cache_bytes() == 0) limits.set_block_cache_bytes(int64_t{256} << 20);
  if (limits.notice_retention() == 0) limits.set_notice_retention(10'000);
  if (limits.snapshot_shrink_limit_percent() == 0) limits.set_snapshot_shrink_limit_percent(20);
  if (limits.drain_seconds() == 0) limits.set_drain_seconds(10);
  if (limits.max_upload_bytes() == 0) limits.set_max_upload_bytes(int64_t{100} << 20);
  if (limits.upload_days() == 0) limits.set_upload_days(3);
  if (limits.max_concurrent_streams() == 0) limits.set_max_concurrent_streams(100);
  if (limits.max_connection_age_minutes() == 0) limits.set_max_connection_age_minutes(720);
  if (limits.max_connection_idle_minutes() == 0) limits.set_max_connection_idle_minutes(60);
  if (limits.max_connections() == 0) limits.set_max_connections(4096);
  if (limits.max_connections_per_address() == 0)
    limits.set_max_connections_per_address(std::min(512, limits.max_connections()));
}

absl::Status CheckLimits(const config::Limits& limits) {
  const auto in = [](int64_t value, int64_t low, int64_t high) { return value >= low && value <= high; };
  if (!in(limits.max_message_bytes(), 64 << 10, 64 << 20))
    return absl::InvalidArgumentError("limits.max_message_bytes: 65536 to 67108864");
  if (!in(limits.max_threads(), 8, 4096)) return absl::InvalidArgumentError("limits.max_threads: 8 to 4096");
  if (!in(limits.queue_batches(), 1, 10'000))
    return absl::InvalidArgumentError("limits.queue_batches: 1 to 10000");
  if (limits.min_free_disk_bytes() < 0)
    return absl::InvalidArgumentError("limits.min_free_disk_bytes: not negative");
  if (!in(limits.block_cache_bytes(), 1 << 20, int64_t{1} << 40))
    return absl::InvalidArgumentError("limits.block_cache_bytes: at least 1048576");
  if (limits.transport_memory_bytes() != 0 &&
      limits.transport_memory_bytes() < 4 * limits.max_message_bytes())
    return absl::InvalidArgumentError(
        "limits.transport_memory_bytes: 0, or at least four times limits.max_message_bytes");
  if (limits.memory_bytes() != 0 && limits.memory_bytes() < 64 << 20)
    return absl::InvalidArgumentError("limits.memory_bytes: 0, or at least 67108864");
  if (limits.notice_retention() < 0)
    return absl::InvalidArgumentError("limits.notice_retention: not negative");
  if (!in(limits.snapshot_shrink_limit_percent(), 1, 100))
    return absl::InvalidArgumentError("limits.snapshot_shrink_limit_percent: 1 to 100");
  if (limits.max_upload_bytes() < 1 << 20 || limits.max_upload_bytes() > int64_t{2} << 30)
    return absl::InvalidArgumentError("limits.max_upload_bytes: 1048576 to 2147483648");
  if (!in(limits.upload_days(), 1, 30)) return absl::InvalidArgumentError("limits.upload_days: 1 to 30");
  if (!in(limits.drain_seconds(), 1, 600))
    return absl::InvalidArgumentError("limits.drain_seconds: 1 to 600");
  if (!in(limits.max_concurrent_streams(), 1, 10'000))
    return absl::InvalidArgumentError("limits.max_concurrent_streams: 1 to 10000");
  if (!in(limits.max_connection_age_minutes(), 1, 10'000))
    return absl::InvalidArgumentError("limits.max_connection_age_minutes: 1 to 10000");
  if (!in(limits.max_connection_idle_minutes(), 1, 10'000))
    return absl::InvalidArgumentError("limits.max_connection_idle_minutes: 1 to 10000");
  if (!in(limits.max_connections(), 1, 100'000))
    return absl::InvalidArgumentError("limits.max_connections: 1 to 100000");
  if (!in(limits.max_connections_per_address(), 1, limits.max_connections()))
    return absl::InvalidArgumentError("limits.max_connections_per_address: 1 to limits.max_connections");
  return absl::OkStatus();
}

absl::Status CheckSources(const config::HubConfig& config) {
  std::set<std::string> ids;
  for (const config::Source& source : config.sources()) {
    const std::string where = "sources[" + source.source_id() + "]";
    if (source.source_id().empty()) return absl::InvalidArgumentError("sources.source_id: required");
    if (!ids.insert(source.source_id()).second) return absl::InvalidArgumentError(where + ": there twice");
    if (source.content() == v1::Source::CONTENT_UNSPECIFIED)
      return absl::InvalidArgumentError(where + ".content: required");
    if (source.content() == v1::Source::BENEFITS && source.programme() == v1::PROGRAMME_UNSPECIFIED)
      return absl::InvalidArgumentError(where + ".programme: required for benefits");
    const v1::FeedCoverage& covers = source.covers();
    for (const std::string& prefix : covers.region_prefixes())
      if ((prefix.size() != 2 && prefix.size() != 4 && prefix.size() != 6) ||
          prefix.find_first_not_of("0123456789") != std::string::npos)
        return absl::InvalidArgumentError(where + ".covers.region_prefixes: 2, 4 or 6 digits");
    if (covers.forms_size() > 0 && source.content() != v1::Source::BENEFITS)
      return absl::InvalidArgumentError(where + ".covers.forms: of a source of benefits");
    if (covers.facts_size() > 0 && source.content() != v1::Source::FACTS)
      return absl::InvalidArgumentError(where + ".covers.facts: of a source of facts");
    if (covers.every_days() < 0 || covers.every_days() > 3660)
      return absl::InvalidArgumentError(where + ".covers.every_days: 0 to 3660");
    if (covers.has_from_month() && (covers.from_month().year() < 1950 || covers.from_month().year() > 2200 ||
                                    covers.from_month().month() < 1 || covers.from_month().month() > 12))
      return absl::InvalidArgumentError(where + ".covers.from_month: not a month");
  }
  return absl::OkStatus();
}

}  // namespace

bool IsLoopback(const std::string& address) {
  const std::string host = address.substr(0, address.rfind(':'));
  return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

absl::Status CheckConfig(const config::HubConfig& config) {
  if (config.listen_address().find(':') == std::string::npos)
    return absl::InvalidArgumentError("listen_address: host:port is required");
  if (config.data_directory().empty()) return absl::InvalidArgumentError("data_directory: required");
  if (config.rules_directory().empty()) return absl::InvalidArgumentError("rules_directory: required");
  if (config.model_file().empty()) return absl::InvalidArgumentError("model_file: required");
  if (!config.has_tls() && !IsLoopback(config.listen_address()))
    return absl::InvalidArgumentError(
        "tls: required, because listen_address can be reached from other machines");
  if (config.has_tls() && (config.tls().certificate_file().empty() ||
                           config.tls().private_key_file().empty() || config.tls().client_ca_file().empty()))
    return absl::InvalidArgumentError(
        "tls: certificate_file, private_key_file and client_ca_file are required");
  if (config.has_tls() && config.policy_directory().empty())
    return absl::InvalidArgumentError("policy_directory: required with tls");
  if (!config.policy_directory().empty()) {
    if (config.auto_register_sources())
      return absl::InvalidArgumentError(
          "auto_register_sources: not with a policy; register the sources here");
    for (const config::Source& source : config.sources())
      if (source.owner().empty())
        return absl::InvalidArgumentError("sources[" + source.source_id() +
                                          "].owner: required with a policy");
  }
  if (config.has_gateway()) {
    const config::Gateway& gateway = config.gateway();
    if (gateway.listen_address().find(':') == std::string::npos)
      return absl::InvalidArgumentError("gateway.listen_address: host:port is required");
    if (gateway.accounts_file().empty()) return absl::InvalidArgumentError("gateway.accounts_file: required");
    if (gateway.max_connections_per_address() < 0 || gateway.max_connections_per_address() > 256)
      return absl::InvalidArgumentError("gateway.max_connections_per_address: 0 to 256");
    if (!gateway.has_tls() && !IsLoopback(gateway.listen_address()))
      return absl::InvalidArgumentError(
          "gateway.tls: required, because gateway.listen_address can be reached from other machines");
    if (gateway.has_tls() &&
        (gateway.tls().certificate_file().empty() || gateway.tls().private_key_file().empty()))
      return absl::InvalidArgumentError("gateway.tls: certificate_file and private_key_file are required");
  }
  if (config.has_metrics() && config.metrics().listen_address().find(':') == std::string::npos)
    return absl::InvalidArgumentError("metrics.listen_address: host:port is required");
  if (config.storage().has_encryption()) {
    const config::Encryption& encryption = config.storage().encryption();
    if (encryption.keys_file().empty() == encryption.keys_command().empty())
      return absl::InvalidArgumentError("storage.encryption: either keys_file or keys_command is required");
  }
  if (!config.audit().witness_file().empty()) {
    const auto data = std::filesystem::absolute(config.data_directory()).lexically_normal();
    const auto witness = std::filesystem::absolute(config.audit().witness_file()).lexically_normal();
    if (const auto below = witness.lexically_relative(data); !below.empty() && *below.begin() != "..")
      return absl::InvalidArgumentError(
          "audit.witness_file: not in data_directory, with which it would be put back");
  }
  if (config.storage().backups_kept() < 0)
    return absl::InvalidArgumentError("storage.backups_kept: not negative");
  if (config.has_as_of_date() && !records::ToCivilDate(config.as_of_date()))
    return absl::InvalidArgumentError("as_of_date: not a day that exists");
  const std::set<std::string> levels = {"debug", "info", "warn", "error"};
  if (!levels.contains(config.log_level()))
    return absl::InvalidArgumentError("log_level: debug, info, warn or error");
  if (absl::Status status = CheckLimits(config.limits()); !status.ok()) return status;
  return CheckSources(config);
}

absl::Status CheckPrivateFiles(const config::HubConfig& config) {
  if (!config.has_tls() && !config.gateway().has_tls()) return absl::OkStatus();
  const std::pair<const char*, const std::string&> files[] = {
      {"tls.private_key_file", config.tls().private_key_file()},
      {"gateway.tls.private_key_file", config.gateway().tls().private_key_file()},
      {"gateway.accounts_file", config.gateway().accounts_file()},
      {"storage.encryption.keys_file", config.storage().encryption().keys_file()},
      {"audit.signing_key_file", config.audit().signing_key_file()},
      {"referrals.token_key_file", config.referrals().token_key_file()}};
  for (const auto& [setting, path] : files) {
    if (path.empty()) continue;
    if (absl::Status status = CheckPrivateFile(path); !status.ok())
      return absl::Status(status.code(), std::string(setting) + ": " + std::string(status.message()));
  }
  return absl::OkStatus();
}

absl::StatusOr<config::HubConfig> LoadConfig(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError("cannot read the configuration file " + path);
  std::stringstream text;
  text << file.rdbuf();
  config::HubConfig config;
  Errors errors;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  if (!parser.ParseFromString(text.str(), &config))
    return absl::InvalidArgumentError(path + ":" + errors.text);
  if (config.storage().backups_kept() == 0) config.mutable_storage()->set_backups_kept(14);
  if (config.log_level().empty()) config.set_log_level("info");
  FillDefaults(*config.mutable_limits());
  const auto base = std::filesystem::absolute(path).parent_path();
  MakeAbsolute(base, config.mutable_data_directory());
  MakeAbsolute(base, config.mutable_rules_directory());
  MakeAbsolute(base, config.mutable_model_file());
  if (config.has_referrals()) {
    MakeAbsolute(base, config.mutable_referrals()->mutable_calendar_file());
    MakeAbsolute(base, config.mutable_referrals()->mutable_token_key_file());
  }
  if (config.has_audit()) {
    MakeAbsolute(base, config.mutable_audit()->mutable_signing_key_file());
    MakeAbsolute(base, config.mutable_audit()->mutable_witness_file());
  }
  MakeAbsolute(base, config.mutable_storage()->mutable_backup_directory());
  if (config.storage().has_encryption())
    MakeAbsolute(base, config.mutable_storage()->mutable_encryption()->mutable_keys_file());
  MakeAbsolute(base, config.mutable_policy_directory());
  for (config::ReportSchedule& schedule : *config.mutable_report_schedules())
    MakeAbsolute(base, schedule.mutable_directory());
  if (config.has_tls()) {
    MakeAbsolute(base, config.mutable_tls()->mutable_certificate_file());
    MakeAbsolute(base, config.mutable_tls()->mutable_private_key_file());
    MakeAbsolute(base, config.mutable_tls()->mutable_client_ca_file());
    MakeAbsolute(base, config.mutable_tls()->mutable_crl_file());
  }
  if (config.has_gateway()) {
    config::Gateway& gateway = *config.mutable_gateway();
    MakeAbsolute(base, gateway.mutable_accounts_file());
    MakeAbsolute(base, gateway.mutable_static_directory());
    if (gateway.has_tls()) {
      MakeAbsolute(base, gateway.mutable_tls()->mutable_certificate_file());
      MakeAbsolute(base, gateway.mutable_tls()->mutable_private_key_file());
    }
  }
  if (absl::Status status = CheckConfig(config); !status.ok())
    return absl::InvalidArgumentError(path + ": " + std::string(status.message()));
  return config;
}

}  // namespace relief::server
