#include "server/intake/understanding.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "adapters/cli/names.h"
#include "adapters/intake/folder_memory.h"
#include "adapters/intake/programme_guess.h"
#include "adapters/load_unit.h"
#include "adapters/mapping/heading.h"
#include "server/base/time.h"
#include "server/ingest/feed.h"
#include "server/intake/sentences.h"
#include "server/intake/upload_rows.h"

namespace relief::server::intake {
namespace {

using adapters::IntakeSheet;

constexpr int kMostSources = 10'000;
constexpr size_t kMostQuestions = 100;

v1::UploadColumn::Because BecauseOf(adapters::Reason reason) {
  switch (reason) {
    case adapters::Reason::kNone:
      return v1::UploadColumn::BECAUSE_UNSPECIFIED;
    case adapters::Reason::kHeading:
      return v1::UploadColumn::HEADING;
    case adapters::Reason::kHeadingPart:
      return v1::UploadColumn::HEADING_PART;
    case adapters::Reason::kCells:
      return v1::UploadColumn::CELLS;
    case adapters::Reason::kBoth:
      return v1::UploadColumn::BOTH;
    case adapters::Reason::kTold:
      return v1::UploadColumn::TOLD;
    case adapters::Reason::kPartOfTotal:
      return v1::UploadColumn::PART_OF_TOTAL;
    case adapters::Reason::kNearer:
      return v1::UploadColumn::NEARER;
  }
  return v1::UploadColumn::BECAUSE_UNSPECIFIED;
}

v1::UploadQuestion::Doubt DoubtOf(adapters::Doubt doubt) {
  switch (doubt) {
    case adapters::Doubt::kProgramme:
      return v1::UploadQuestion::WHICH_PROGRAMME;
    case adapters::Doubt::kNoPerson:
      return v1::UploadQuestion::NO_PERSON;
    case adapters::Doubt::kNoStart:
      return v1::UploadQuestion::NO_START;
    case adapters::Doubt::kNoPayDate:
      return v1::UploadQuestion::NO_PAY_DATE;
    case adapters::Doubt::kNoTerm:
      return v1::UploadQuestion::NO_TERM;
    case adapters::Doubt::kNoFactType:
      return v1::UploadQuestion::NO_FACT_TYPE;
    case adapters::Doubt::kStartIsDecision:
      return v1::UploadQuestion::START_IS_DECISION;
    case adapters::Doubt::kSameHeading:
      return v1::UploadQuestion::SAME_HEADING;
    case adapters::Doubt::kContradiction:
      return v1::UploadQuestion::CONTRADICTION;
    case adapters::Doubt::kSeveralAmounts:
      return v1::UploadQuestion::SEVERAL_AMOUNTS;
    case adapters::Doubt::kUnknownColumn:
      return v1::UploadQuestion::UNKNOWN_COLUMN;
  }
  return v1::UploadQuestion::DOUBT_UNSPECIFIED;
}

void ShowColumns(const IntakeSheet& sheet, v1::UploadTable* table) {
  const std::vector<std::string>& header = sheet.table->header();
  if (sheet.guessed) {
    for (const adapters::ColumnGuess& guess : sheet.proposal.columns) {
      v1::UploadColumn& column = *table->add_columns();
      column.set_heading(guess.heading);
      column.set_use(guess.use.rfind("unused", 0) == 0 ? "unused" : guess.use);
      column.set_percent_sure(static_cast<int32_t>(guess.confidence * 100 + 0.5));
      column.set_because(BecauseOf(guess.reason));
      column.set_in_doubt(guess.in_doubt);
      for (const std::string& sample : sheet.samples(static_cast<size_t>(guess.position)))
        column.add_samples(sample);
    }
    return;
  }
  for (size_t i = 0; i < header.size(); ++i) {
    if (header[i].empty()) continue;
    v1::UploadColumn& column = *table->add_columns();
    column.set_heading(header[i]);
    const std::string use = adapters::UseOf(sheet.mapping, header[i]);
    column.set_use(use.empty() ? "unused" : use);
    column.set_because(v1::UploadColumn::MAPPING);
    column.set_percent_sure(100);
    for (const std::string& sample : sheet.samples(i)) column.add_samples(sample);
  }
}

class Reading {
 public:
  Reading(const UnderstandingInput& input, v1::Upload* shown)
      : input_(input), answers_(input.upload->upload().answers()), shown_(shown) {}

  absl::StatusOr<std::unique_ptr<UnderstoodFile>> Run() {
    understood_ = std::make_unique<UnderstoodFile>();
    understood_->knowledge = input_.knowledge;
    SetOptions();
    if (absl::Status status = ReadSources(); !status.ok()) return status;
    if (absl::Status status = OpenFile(); !status.ok()) return status;
    if (absl::Status status = ShowTables(); !status.ok()) return status;
    // What was confirmed for the sources counts, unless the officer has said otherwise this time.
    if (answers_.columns().empty() && UseConfirmed()) {
      if (absl::Status status = OpenFile(); !status.ok()) return status;
      if (absl::Status status = ShowTables(); !status.ok()) return status;
    }
    *shown_->mutable_format() = FormatSentence(understood_->file->workbook().format());
    shown_->clear_sheets_left();
    for (const adapters::PassedOver& left : understood_->file->passed_over()) {
      if (left.empty) continue;
      v1::UploadSheetLeft& sheet = *shown_->add_sheets_left();
      sheet.set_title(left.sheet);
      *sheet.mutable_why() = left.hidden ? Sentence("隐藏的工作表", "hidden") : Sentence(left.why);
    }
    return std::move(understood_);
  }

 private:
  void SetOptions() {
    adapters::IntakeOptions& options = understood_->options;
    // A column that was said to be something else is read anew: a fixed mapping would not listen.
    options.known = answers_.columns().empty() ? &input_.knowledge->mappings() : &understood_->nothing;
    options.words = &input_.knowledge->words();
    options.name = input_.upload->upload().file_name();
    options.period = answers_.period();
    options.region = answers_.region_prefix();
    options.version = ToMicros(input_.upload->upload().create_time());  // as the client counts versions
    for (const v1::UploadTarget& target : answers_.targets())
      options.withdrawal = options.withdrawal || target.reading() == v1::TABLE_WITHDRAWAL;
    // What is taken back is taken back now, whatever came since the file was sent.
    if (options.withdrawal) options.version = ToMicros(input_.upload->upload().change_time());
    for (const v1::UploadAnswers::Column& column : answers_.columns())
      options.told[column.heading()] = column.use() == "unused" ? "unused: told" : column.use();
    if (answers_.facts()) {
      options.told["programme"] = "facts";
    } else if (answers_.programme() != v1::PROGRAMME_UNSPECIFIED) {
      options.told["programme"] = adapters::ProgrammeSourceName(answers_.programme());
    }
  }

  absl::Status OpenFile() {
    auto opened = adapters::IntakeFile::Open(input_.path, understood_->options);
    if (!opened.ok()) return opened.status();
    understood_->file = *std::move(opened);
    understood_->groups = understood_->file->SheetGroups();
    understood_->sources = understood_->file->Groups();
    return absl::OkStatus();
  }

  // Those that the officer may feed.
  absl::Status ReadSources() {
    v1::ListSourcesRequest request;
    request.set_page_size(1000);
    do {
      auto page = ingest::ListSources(*input_.reader, request);
      if (!page.ok()) return page.status();
      for (v1::Source& source : *page->mutable_sources())
        if (input_.may_feed(source)) sources_.push_back(std::move(source));
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty() && sources_.size() < kMostSources);
    return absl::OkStatus();
  }

  absl::Status ShowTables() {
    shown_->clear_tables();
    understood_->digests.clear();
    for (const auto& group : understood_->groups) {
      v1::UploadTable& table = *shown_->add_tables();
      const IntakeSheet& first = *group.front();
      if (first.period.known()) *table.mutable_period() = first.period.month;
      for (const IntakeSheet* sheet : group)
        if (!sheet->name.empty()) table.add_titles(sheet->name);
      table.set_header_line(first.table->header_line());
      table.set_content(first.mapping.content());
      table.set_programme(first.mapping.programme());
      table.set_known(!first.guessed);
      ShowColumns(first, &table);
      std::set<std::string> asked;
      for (const IntakeSheet* sheet : group) {
        for (const adapters::Question& question : sheet->proposal.questions) {
          const auto doubt = DoubtOf(question.doubt);
          if (asked.size() >= kMostQuestions || !asked.insert(std::to_string(doubt) + question.about).second)
            continue;
          v1::UploadQuestion& shown = *table.add_questions();
          shown.set_doubt(doubt);
          shown.set_heading(question.about);
          shown.set_must_answer(question.blocks);
        }
      }
      if (absl::Status status = ChooseSource(first, &table); !status.ok()) return status;
      if (absl::Status status = ShowSameContent(&table); !status.ok()) return status;
      if (absl::Status status = ShowChanges(first, &table); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  // The source that was chosen; or the one whose last file had these headings; or the only one that fits; or a new one.
  absl::Status ChooseSource(const IntakeSheet& sheet, v1::UploadTable* table) {
    const int index = shown_->tables_size() - 1;
    const v1::UploadTarget target =
        index < answers_.targets_size() ? answers_.targets(index) : v1::UploadTarget();
    if (sheet.mapping.name().empty()) return SetReading(target, table);
    std::string chosen;
    size_t best = 0, fitting = 0;
    for (const v1::Source& source : sources_) {
      if (source.content() != table->content() ||
          (source.content() == v1::Source::BENEFITS && source.programme() != table->programme()) ||
          (!answers_.region_prefix().empty() && source.region_prefix() != answers_.region_prefix()))
        continue;
      table->add_source_ids(source.source_id());
      ++fitting;
      auto memory = ReadMemory(*input_.reader, source.source_id());
      if (!memory.ok()) return memory.status();
      size_t same = 0;
      if (memory->has_value())
        for (const std::string& heading : (*memory)->last().headings())
          same += adapters::FindColumn(sheet.table->header(), heading) >= 0 ? 1 : 0;
      if (same > best) {
        best = same;
        chosen = source.source_id();
      }
    }
    if (chosen.empty() && fitting == 1) chosen = table->source_ids(0);
    if (!target.source_id().empty()) chosen = target.source_id();
    if (chosen.empty()) {
      chosen = sheet.mapping.source_id().empty() ? sheet.mapping.name() : sheet.mapping.source_id();
      if (!answers_.region_prefix().empty()) chosen += "-" + answers_.region_prefix();
    }
    table->set_source_id(chosen);
    auto known = ingest::GetSource(*input_.reader, chosen);
    if (!known.ok() && !absl::IsNotFound(known.status())) return known.status();
    table->set_new_source(!known.ok());
    return SetReading(target, table);
  }

  absl::Status SetReading(const v1::UploadTarget& target, v1::UploadTable* table) {
    auto memory = ReadMemory(*input_.reader, table->source_id());
    if (!memory.ok()) return memory.status();
    const adapters::RecordSource& rows =
        *understood_->sources[static_cast<size_t>(shown_->tables_size()) - 1];
    table->set_reading(static_cast<v1::TableReading>(
        adapters::ReadingOf(static_cast<adapters::Reading>(target.reading()), rows,
                            memory->has_value() ? &(*memory)->last() : nullptr)));
    return absl::OkStatus();
  }

  absl::Status ShowSameContent(v1::UploadTable* table) {
    const adapters::RecordSource& rows = *understood_->sources[understood_->digests.size()];
    std::string digest = adapters::ContentDigest(input_.upload->content_hash(), rows,
                                                 static_cast<adapters::Reading>(table->reading()));
    auto known = ingest::KnowsContent(*input_.reader, table->source_id(), digest);
    if (!known.ok()) return known.status();
    if (*known) table->add_changes()->set_kind(v1::UploadChange::SAME_CONTENT);
    understood_->digests.push_back(std::move(digest));
    return absl::OkStatus();
  }

  absl::Status ShowChanges(const IntakeSheet& sheet, v1::UploadTable* table) {
    auto memory = ReadMemory(*input_.reader, table->source_id());
    if (!memory.ok()) return memory.status();
    if (!memory->has_value()) return absl::OkStatus();
    const adapters::RememberedSource& last = (*memory)->last();
    const auto add = [&](v1::UploadChange::Kind kind, const std::string& before, const std::string& now) {
      v1::UploadChange& change = *table->add_changes();
      change.set_kind(kind);
      change.set_before(before);
      change.set_now(now);
    };
    // What is taken back says nothing of a list.
    if (table->reading() == v1::TABLE_WITHDRAWAL) return absl::OkStatus();
    const auto changes =
        adapters::ChangesSince(last, sheet.table->header(), adapters::FormatMonth(table->period()));
    for (const adapters::Change& change : changes) {
      switch (change.kind) {
        case adapters::Change::kColumnGone:
          add(v1::UploadChange::COLUMN_GONE, change.what, "");
          break;
        case adapters::Change::kColumnNew:
          add(v1::UploadChange::COLUMN_NEW, "", change.what);
          break;
        case adapters::Change::kOtherUnit:
          add(v1::UploadChange::OTHER_UNIT, change.what, change.now);
          break;
        case adapters::Change::kOlderPeriod:
          add(v1::UploadChange::OLDER_PERIOD, change.what, change.now);
          break;
        case adapters::Change::kFewerRows:
          break;  // known only when all rows were read
      }
    }
    return absl::OkStatus();
  }

  // True if mappings were found that guesses give way to.
  bool UseConfirmed() {
    std::vector<adapters::MappingFile> files;
    for (int i = 0; i < shown_->tables_size(); ++i) {
      if (!understood_->groups[static_cast<size_t>(i)].front()->guessed) continue;
      auto memory = ReadMemory(*input_.reader, shown_->tables(i).source_id());
      if (memory.ok() && memory->has_value() && !(*memory)->mapping().empty())
        files.push_back({shown_->tables(i).source_id(), (*memory)->mapping()});
    }
    if (files.empty()) return false;
    auto set = adapters::MappingSet::From(files);
    if (!set.ok()) return false;  // they contradict one another: the guess stands
    understood_->confirmed = *std::move(set);
    understood_->options.confirmed = &understood_->confirmed;
    return true;
  }

  const UnderstandingInput& input_;
  const v1::UploadAnswers& answers_;
  v1::Upload* shown_;
  std::unique_ptr<UnderstoodFile> understood_;
  std::vector<v1::Source> sources_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<const Knowledge>> Knowledge::BuiltIn() {
  auto mappings = adapters::MappingSet::BuiltIn();
  if (!mappings.ok()) return mappings.status();
  auto words = adapters::WordsOfColumns::BuiltIn();
  if (!words.ok()) return words.status();
  auto knowledge = std::make_shared<Knowledge>();
  knowledge->mappings_ = *std::move(mappings);
  knowledge->words_ = *std::move(words);
  std::set<std::string> added;
  for (const adapters::FieldWords& field : knowledge->words_.vocabulary().fields()) {
    const bool unused = field.field().rfind("unused", 0) == 0;
    if (!added.insert(unused ? "unused" : field.field()).second || field.words().empty()) continue;
    v1::UploadUse& use = knowledge->uses_.emplace_back();
    use.set_use(unused ? "unused" : field.field());
    *use.mutable_label() = UseSentence(field.field(), field.words(0));
  }
  return knowledge;
}

absl::StatusOr<std::unique_ptr<UnderstoodFile>> Understand(const UnderstandingInput& input,
                                                           v1::Upload* shown) {
  return Reading(input, shown).Run();
}

}  // namespace relief::server::intake
