// relief: the command-line client.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstring>

#include "adapters/cli/commands.h"
#include "adapters/cli/text.h"

namespace {

using relief::Language;

// The help itself is in the language asked for, so that it must be known before the command line is built.
Language ChooseLanguage(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const char* value = nullptr;
    if (std::strcmp(argv[i], "--lang") == 0 && i + 1 < argc) value = argv[i + 1];
    if (std::strncmp(argv[i], "--lang=", 7) == 0) value = argv[i] + 7;
    if (value != nullptr && std::strcmp(value, "zh") == 0) return Language::kChinese;
    if (value != nullptr && std::strcmp(value, "en") == 0) return Language::kEnglish;
  }
  return relief::adapters::LanguageOfEnvironment();
}

}  // namespace

int main(int argc, char** argv) {
  using namespace relief::adapters;
  std::signal(SIGPIPE, SIG_IGN);
  UseLanguage(ChooseLanguage(argc, argv));
  CLI::App app(Text(Say::kAbout), "relief");
  app.footer(Text(Say::kFooter));
  app.set_version_flag("--version", RELIEF_VERSION, Text(Say::kHelpOwnVersion));
  app.require_subcommand(1);
  app.fallthrough();
  app.option_defaults()->always_capture_default(false);
  Session session;
  session.AddFlags(app);
  AddLoadCommand(app, session);
  AddMapCommand(app, session);
  AddFeedCommands(app, session);
  AddExportCommands(app, session);
  AddCheckCommand(app, session);
  AddRegistryCommands(app, session);
  AddFindingCommands(app, session);
  AddAnswerCommands(app, session);
  AddRuleCommands(app, session);
  AddWatchCommand(app, session);
  AddSubscriptionCommands(app, session);
  AddReviewCommands(app, session);
  AddReportCommands(app, session);
  AddStatusCommands(app, session);
  AddReferralCommands(app, session);
  AddCharityCommands(app, session);
  AddAdminCommands(app, session);
  AddAuditCommands(app, session);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  }
  return session.exit_code;
}
