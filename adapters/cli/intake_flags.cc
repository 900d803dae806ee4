#include "adapters/cli/intake_flags.h"

#include <filesystem>
#include <unordered_map>

#include "adapters/cli/names.h"
#include "adapters/cli/text.h"

namespace relief::adapters {

void IntakeFlags::AddTo(CLI::App& command) {
  command.add_option("--mappings", mappings, Text(Say::kHelpMappings));
  command.add_option("--vocabulary", vocabulary, Text(Say::kHelpVocabulary));
  command.add_option("--programme", programme, Text(Say::kHelpIsProgramme));
  command.add_option("--period", period, Text(Say::kHelpPeriod));
  command.add_option("--tell", tell, Text(Say::kHelpTell));
  command.add_option("--region-prefix", region_prefix, Text(Say::kHelpRegionPrefix));
}

std::string ConfirmedMappingsIn(const std::string& folder) {
  return (std::filesystem::path(folder.empty() ? "." : folder) / "relief-mappings").string();
}

absl::Status Understanding::Read(const IntakeFlags& flags) {
  auto mappings = flags.mappings.empty() ? MappingSet::BuiltIn() : MappingSet::FromDirectory(flags.mappings);
  if (!mappings.ok()) return mappings.status();
  known = *std::move(mappings);
  auto read = flags.vocabulary.empty() ? WordsOfColumns::BuiltIn() : WordsOfColumns::With(flags.vocabulary);
  if (!read.ok()) return read.status();
  words = *std::move(read);
  options.known = &known;
  options.words = &words;
  options.region = flags.region_prefix;
  if (!flags.period.empty()) {
    auto period = ReadPeriod(flags.period);
    if (!period.ok()) return absl::InvalidArgumentError(Fill(Say::kBadValue, {"--period"}));
    options.period = period->first;
  }
  for (const std::string& one : flags.tell) {
    const size_t equals = one.rfind('=');
    if (equals == std::string::npos || equals == 0)
      return absl::InvalidArgumentError(Fill(Say::kBadValue, {"--tell"}));
    options.told[one.substr(0, equals)] = one.substr(equals + 1);
  }
  if (!flags.programme.empty()) options.told["programme"] = flags.programme;
  return absl::OkStatus();
}

absl::Status Understanding::ReadFolder(const std::string& folder) {
  confirmed = MappingSet();
  options.confirmed = nullptr;
  std::error_code error;
  if (!std::filesystem::is_directory(ConfirmedMappingsIn(folder), error)) return absl::OkStatus();
  auto read = MappingSet::FromDirectory(ConfirmedMappingsIn(folder));
  if (absl::IsNotFound(read.status())) return absl::OkStatus();
  if (!read.ok()) return read.status();
  confirmed = *std::move(read);
  options.confirmed = &confirmed;
  return absl::OkStatus();
}

std::string Ask(const Question& question) {
  const std::string& about = question.about;
  switch (question.doubt) {
    case Doubt::kProgramme:
      return Text(Say::kAskProgramme);
    case Doubt::kNoPerson:
      return Text(Say::kAskPerson);
    case Doubt::kNoStart:
      return Text(Say::kAskStart);
    case Doubt::kNoPayDate:
      return Text(Say::kAskPayDate);
    case Doubt::kNoTerm:
      return Text(Say::kAskTerm);
    case Doubt::kNoFactType:
      return Text(Say::kAskFactType);
    case Doubt::kStartIsDecision:
      return Fill(Say::kAskDecision, {about});
    case Doubt::kSameHeading:
      return Fill(Say::kAskSameHeading, {about});
    case Doubt::kContradiction:
      return Fill(Say::kAskContradiction, {about});
    case Doubt::kSeveralAmounts:
      return Fill(Say::kAskAmounts, {about});
    case Doubt::kUnknownColumn:
      return Fill(Say::kAskUnknown, {about});
  }
  return "";
}

std::string InWords(const std::string& sentence) {
  if (CurrentLanguage() == Language::kChinese) {
    static const auto& sentences = *new std::unordered_map<std::string, std::string>{
#define RELIEF_SENTENCE(en, zh) {en, zh},
#include "adapters/cli/sentences.inc"
#undef RELIEF_SENTENCE
    };
    if (const auto found = sentences.find(sentence); found != sentences.end()) return found->second;
  }
  return sentence;
}

std::string UseInWords(const std::string& use) {
  if (use.empty()) return Text(Say::kUseUnknown);
  if (use.rfind("unused", 0) == 0 || use == "place") return Text(Say::kUseNone);
  return InWords(use);
}

std::string ReasonInWords(Reason reason) {
  switch (reason) {
    case Reason::kHeading:
      return Text(Say::kBecauseHeading);
    case Reason::kHeadingPart:
      return Text(Say::kBecausePart);
    case Reason::kCells:
      return Text(Say::kBecauseCells);
    case Reason::kBoth:
      return Text(Say::kBecauseBoth);
    case Reason::kTold:
      return Text(Say::kBecauseTold);
    case Reason::kPartOfTotal:
      return Text(Say::kBecauseTotal);
    case Reason::kNearer:
      return Text(Say::kBecauseNearer);
    case Reason::kNone:
      return "";
  }
  return "";
}

}  // namespace relief::adapters
