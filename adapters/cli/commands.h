// The commands of `relief`, one file for each group. Each function adds its commands to the command line; a
// command that runs leaves its exit code in the session.
#pragma once

#include <CLI/CLI.hpp>

#include "adapters/cli/session.h"

namespace relief::adapters {

void AddLoadCommand(CLI::App& app, Session& session);           // load
void AddMapCommand(CLI::App& app, Session& session);            // map
void AddFeedCommands(CLI::App& app, Session& session);          // sources, confirm-snapshot
void AddExportCommands(CLI::App& app, Session& session);        // export persons|findings
void AddCheckCommand(CLI::App& app, Session& session);          // check
void AddRegistryCommands(CLI::App& app, Session& session);      // person, household
void AddFindingCommands(CLI::App& app, Session& session);       // findings, finding
void AddWatchCommand(CLI::App& app, Session& session);          // watch
void AddSubscriptionCommands(CLI::App& app, Session& session);  // subscription list|show|delete
void AddAnswerCommands(CLI::App& app, Session& session);        // dispose, deliberate, history
void AddRuleCommands(CLI::App& app, Session& session);          // rules, preview-rules
void AddReviewCommands(CLI::App& app, Session& session);        // conflicts, conflict, decide, undo, explain
void AddReportCommands(CLI::App& app, Session& session);        // report, report monthly|schedules
void AddStatusCommands(CLI::App& app, Session& session);        // status, reload-rules
void AddAdminCommands(CLI::App& app,
                      Session& session);  // admin stats|backup|backups|restore-check|verify|...
void AddAuditCommands(CLI::App& app, Session& session);  // audit export|heads|accesses

void AddReferralCommands(CLI::App& app,
                         Session& session);  // referral take|hand-over|accept|return|conclude|...
void AddCharityCommands(CLI::App& app, Session& session);  // charity register|projects|matches|answer

}  // namespace relief::adapters
