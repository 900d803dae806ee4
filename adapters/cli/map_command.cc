// relief map
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <set>

#include "adapters/cli/commands.h"
#include "adapters/cli/intake_flags.h"
#include "adapters/cli/names.h"
#include "adapters/cli/receipt.h"
#include "adapters/cli/table.h"
#include "adapters/cli/text.h"

namespace relief::adapters {
namespace {

namespace fs = std::filesystem;

struct MapOptions {
  std::string file, out, source;
  IntakeFlags intake;
};

class MapFile {
 public:
  MapFile(const MapOptions& options, Session& session) : options_(options), session_(session) {}

  int Run() {
    if (absl::Status status = understanding_.Read(options_.intake); !status.ok())
      return session_.Fail(status);
    // What was confirmed before is shown anew only if nothing else was told: the file is understood from the beginning.
    std::unique_ptr<IntakeFile> file;
    for (int round = 0;; ++round) {
      auto opened = IntakeFile::Open(options_.file, understanding_.options);
      if (!opened.ok())
        return session_.Fail(
            absl::Status(opened.status().code(), InWords(std::string(opened.status().message()))));
      file = *std::move(opened);
      if (round == 30 || !Answer(*file)) break;
    }
    const std::string name = fs::path(options_.file).filename().string();
    TellUnderstanding(name, *file);
    bool blocked = false;
    for (const IntakeSheet& sheet : file->sheets()) {
      Show(sheet);
      blocked = blocked || (sheet.guessed && sheet.proposal.blocked());
    }
    if (blocked) return session_.exit_code = kFailed;
    return Write(*file);
  }

 private:
  // Asks whoever sits there what is uncertain. True if something was answered.
  bool Answer(IntakeFile& file) {
    if (isatty(STDIN_FILENO) != 1) return false;
    for (const IntakeSheet& sheet : file.sheets()) {
      for (const Question& question : sheet.proposal.questions) {
        const bool of_column =
            question.doubt == Doubt::kUnknownColumn || question.doubt == Doubt::kContradiction;
        if (!(question.doubt == Doubt::kProgramme || of_column) || asked_.count(question.about) > 0) continue;
        asked_.insert(question.about);
        std::cerr << Ask(question) << "\n> " << std::flush;
        std::string answer;
        if (!std::getline(std::cin, answer)) return false;
        if (answer.empty()) continue;
        understanding_.options.told[question.doubt == Doubt::kProgramme ? "programme" : question.about] =
            answer;
        return true;
      }
    }
    return false;
  }

  static void Show(const IntakeSheet& sheet) {
    if (!sheet.name.empty()) std::cout << '[' << sheet.name << "]\n";
    if (!sheet.guessed) {
      std::cout << Fill(Say::kKnownMapping, {sheet.mapping.name()}) << '\n';
      return;
    }
    Table table({{Text(Say::kColumn)},
                 {Text(Say::kUse)},
                 {Text(Say::kSure), true},
                 {Text(Say::kBecause)},
                 {Text(Say::kSamples)}});
    for (const ColumnGuess& column : sheet.proposal.columns) {
      std::string samples;
      for (const std::string& sample : sheet.samples(static_cast<size_t>(column.position)))
        samples += (samples.empty() ? "" : "  ") + sample;
      table.Add(
          {column.heading, UseInWords(column.use),
           column.use.empty() ? "" : std::to_string(static_cast<int>(column.confidence * 100 + 0.5)) + "%",
           ReasonInWords(column.reason), samples});
    }
    table.Print(std::cout);
    for (const Question& question : sheet.proposal.questions)
      std::cout << (question.blocks ? "! " : "? ") << Ask(question) << '\n';
  }

  int Write(IntakeFile& file) {
    std::set<std::string> written;
    for (IntakeSheet& sheet : file.sheets()) {
      if (!sheet.guessed || !written.insert(sheet.mapping.name()).second) continue;
      if (!options_.source.empty()) sheet.mapping.set_source_id(options_.source);
      const std::string folder = ConfirmedMappingsIn(fs::path(options_.file).parent_path().string());
      std::string path = options_.out;
      if (path.empty()) {
        std::error_code error;
        fs::create_directories(folder, error);
        path = (fs::path(folder) /
                ((options_.source.empty() ? sheet.mapping.name() : options_.source) + ".textproto"))
                   .string();
      }
      std::ofstream out(path, std::ios::binary | std::ios::trunc);
      out << MappingText(sheet.mapping);
      if (!out.flush()) return session_.Fail(absl::UnavailableError(Fill(Say::kCannotWrite, {path})));
      std::cerr << Fill(Say::kMappingWritten, {path}) << '\n';
    }
    return session_.exit_code = kDone;
  }

  const MapOptions& options_;
  Session& session_;
  Understanding understanding_;
  std::set<std::string> asked_;
};

}  // namespace

void AddMapCommand(CLI::App& app, Session& session) {
  auto options = std::make_shared<MapOptions>();
  CLI::App* map = app.add_subcommand("map", Text(Say::kHelpMap));
  map->footer(Text(Say::kHelpMapFooter));
  map->add_option("file", options->file, Text(Say::kHelpMapPath))->required()->type_name("FILE");
  map->add_option("--source", options->source, Text(Say::kHelpSource));
  map->add_option("--out", options->out, Text(Say::kHelpMapOut));
  options->intake.AddTo(*map);
  map->callback([options, &session] { session.exit_code = MapFile(*options, session).Run(); });
}

}  // namespace relief::adapters
