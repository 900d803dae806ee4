// relief admin stats, backup, backups, restore-check, verify, compact, rewrap, reload
#include <chrono>
#include <cstdio>
#include <functional>
#include <iostream>
#include <memory>

#include "adapters/cli/commands.h"
#include "adapters/cli/names.h"
#include "adapters/cli/table.h"
#include "adapters/cli/text.h"
#include "relief/v1/admin_service.grpc.pb.h"

namespace relief::adapters {
namespace {

using Stub = v1::AdminService::Stub;

// Backups and compactions take as long as they take.
constexpr int kLongSeconds = 24 * 3600;

// One call; `show` prints the answer unless JSON was asked for.
template <typename Request, typename Response>
absl::Status Ask(Session& session,
                 grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                 const Request& request, const std::function<void(const Response&)>& show) {
  auto channel = session.Connect();
  if (!channel.ok()) return channel.status();
  const auto stub = v1::AdminService::NewStub(*channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(kLongSeconds));
  Response response;
  absl::Status status = StatusOfCall((stub.get()->*method)(&context, request, &response));
  if (!status.ok()) return status;
  if (session.json()) {
    Session::PrintJson(response);
  } else {
    show(response);
  }
  return status;
}

std::string Megabytes(int64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f MB", static_cast<double>(bytes) / 1e6);
  return text;
}

std::string Moment(int64_t time_us) {
  if (time_us == 0) return "";
  google::protobuf::Timestamp time;
  time.set_seconds(time_us / 1'000'000);
  return FormatTime(time);
}

void ShowStats(const v1::StoreStats& stats) {
  Table table({{Text(Say::kField)}, {Text(Say::kState), true}});
  const auto yes_no = [](bool yes) { return Text(yes ? Say::kYes : Say::kNo); };
  table.Add({Text(Say::kStatusPosition), std::to_string(stats.position())});
  table.Add({Text(Say::kStoreDisk), Megabytes(stats.disk_bytes())});
  table.Add({Text(Say::kStoreFree), Megabytes(stats.disk_free_bytes())});
  table.Add({Text(Say::kStoreMinFree), Megabytes(stats.min_free_disk_bytes())});
  table.Add({Text(Say::kStoreTables),
             std::to_string(stats.table_files()) + " / " + Megabytes(stats.table_bytes())});
  table.Add({Text(Say::kStoreLogs), Megabytes(stats.log_bytes())});
  table.Add({Text(Say::kStoreMemory), Megabytes(stats.memtable_bytes())});
  table.Add({Text(Say::kStoreCache),
             Megabytes(stats.block_cache_bytes()) + " / " + Megabytes(stats.block_cache_capacity_bytes())});
  table.Add({Text(Say::kStoreRows), std::to_string(stats.estimated_rows())});
  table.Add({Text(Say::kStorePending), Megabytes(stats.pending_compaction_bytes())});
  table.Add(
      {Text(Say::kStoreCommits), std::to_string(stats.commits()) + " / " + std::to_string(stats.syncs())});
  table.Add({Text(Say::kStoreErrors), std::to_string(stats.background_errors())});
  table.Add({Text(Say::kStoreTakesWrites), yes_no(stats.takes_writes() && !stats.disk_low())});
  table.Add({Text(Say::kStoreCipher), stats.cipher().empty() ? Text(Say::kStoreClear) : stats.cipher()});
  for (const auto& [id, files] : stats.files_by_key())
    table.Add({Text(Say::kStoreKey) + " " + id, std::to_string(files)});
  table.Add({Text(Say::kStoreLastBackup), Moment(stats.last_backup_time_us())});
  table.Print(std::cout);
}

Table BackupTable() {
  return Table({{Text(Say::kBackup), true},
                {Text(Say::kTime)},
                {Text(Say::kStatusPosition), true},
                {Text(Say::kStoreDisk), true},
                {Text(Say::kFile), true}});
}

void AddBackup(const v1::Backup& backup, Table& table) {
  table.Add({std::to_string(backup.backup_id()), Moment(backup.time_us()), std::to_string(backup.position()),
             Megabytes(backup.bytes()), std::to_string(backup.files())});
}

// A damaged file is an answer, but not a success.
void ShowVerified(Session& session, const v1::VerifyStoreResponse& response) {
  for (const auto& damaged : response.damaged_files())
    std::cout << Fill(Say::kStoreDamaged, {damaged.file(), damaged.reason()}) << '\n';
  std::cout << Fill(Say::kStoreVerified, {std::to_string(response.files()), Megabytes(response.bytes()),
                                          std::to_string(response.damaged_files_size())})
            << '\n';
  if (response.damaged_files_size() > 0) session.exit_code = kFailed;
}

}  // namespace

void AddAdminCommands(CLI::App& app, Session& session) {
  CLI::App* admin = app.add_subcommand("admin", Text(Say::kHelpAdmin));
  admin->require_subcommand(1);
  admin->fallthrough();
  const auto add = [&](const char* name, Say help, const std::function<absl::Status()>& run) {
    CLI::App* command = admin->add_subcommand(name, Text(help));
    command->callback([&session, run] {
      if (const auto status = run(); !status.ok()) session.Fail(status);
    });
    return command;
  };

  add("stats", Say::kHelpStoreStats, [&session] {
    return Ask<v1::GetStoreStatsRequest, v1::StoreStats>(session, &Stub::GetStoreStats, {}, ShowStats);
  });
  add("backup", Say::kHelpBackup, [&session] {
    return Ask<v1::CreateBackupRequest, v1::Backup>(
        session, &Stub::CreateBackup, {}, [](const v1::Backup& backup) {
          Table table = BackupTable();
          AddBackup(backup, table);
          table.Print(std::cout);
          std::cout << Fill(Say::kBackupDone, {Megabytes(backup.copied_bytes())}) << '\n';
        });
  });
  add("backups", Say::kHelpBackups, [&session] {
    return Ask<v1::ListBackupsRequest, v1::ListBackupsResponse>(
        session, &Stub::ListBackups, {}, [](const v1::ListBackupsResponse& response) {
          Table table = BackupTable();
          for (const v1::Backup& backup : response.backups()) AddBackup(backup, table);
          table.Print(std::cout);
        });
  });
  auto backup_id = std::make_shared<int>(0);
  add("restore-check", Say::kHelpRestoreCheck, [&session, backup_id] {
    v1::CheckRestoreRequest request;
    request.set_backup_id(*backup_id);
    return Ask<v1::CheckRestoreRequest, v1::CheckRestoreResponse>(
        session, &Stub::CheckRestore, request, [](const v1::CheckRestoreResponse& response) {
          std::cout << Fill(Say::kRestoreChecked,
                            {std::to_string(response.backup().backup_id()),
                             std::to_string(response.position()), std::to_string(response.rows()),
                             std::to_string(response.audit_entries())})
                    << '\n';
        });
  })->add_option("id", *backup_id, Text(Say::kHelpBackupId));
  auto backups = std::make_shared<bool>(false);
  add("verify", Say::kHelpVerify, [&session, backups] {
    v1::VerifyStoreRequest request;
    request.set_backups(*backups);
    return Ask<v1::VerifyStoreRequest, v1::VerifyStoreResponse>(
        session, &Stub::VerifyStore, request,
        [&session](const v1::VerifyStoreResponse& response) { ShowVerified(session, response); });
  })->add_flag("--backups", *backups, Text(Say::kHelpVerifyBackups));
  add("compact", Say::kHelpCompact, [&session] {
    return Ask<v1::CompactStoreRequest, v1::StoreStats>(session, &Stub::CompactStore, {}, ShowStats);
  });
  add("rewrap", Say::kHelpRewrap, [&session] {
    return Ask<v1::RewrapKeysRequest, v1::RewrapKeysResponse>(
        session, &Stub::RewrapKeys, {}, [](const v1::RewrapKeysResponse& response) {
          std::cout << Fill(Say::kRewrapped,
                            {std::to_string(response.rewrapped_files()), response.newest_key_id()})
                    << '\n';
          for (const auto& [id, files] : response.files_by_key())
            std::cout << Text(Say::kStoreKey) << " " << id << ": " << files << '\n';
        });
  });
  add("reload", Say::kHelpReload, [&session] {
    return Ask<v1::ReloadRulesRequest, v1::ReloadRulesResponse>(
        session, &Stub::ReloadRules, {}, [](const v1::ReloadRulesResponse& response) {
          std::cout << Fill(Say::kReloaded,
                            {std::to_string(response.rules()), std::to_string(response.opened()),
                             std::to_string(response.closed())})
                    << '\n';
        });
  });
}

}  // namespace relief::adapters
