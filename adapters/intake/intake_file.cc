#include "adapters/intake/intake_file.h"

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <set>
#include <utility>

#include "adapters/intake/title_month.h"
#include "adapters/mapping/cell_parsers.h"
#include "adapters/mapping/heading.h"

namespace relief::adapters {
namespace {

constexpr size_t kRowsKept = 20'000;

// Columns that the mapping reads, by any of its fields.
std::set<std::string> ReadBy(const Mapping& mapping) {
  std::set<std::string> read;
  const auto add = [&](const std::string& column) {
    if (!column.empty()) read.insert(HeadingKey(column));
  };
  for (const FieldMapping& field : mapping.fields()) {
    add(field.column());
    add(field.when().column());
  }
  for (const Part& part : mapping.parts())
    for (const FieldMapping& field : part.fields()) add(field.column());
  add(mapping.head_number_column());
  add(mapping.covered_column());
  for (const ColumnUse& column : mapping.columns())
    if (column.use() == "is_covered") add(column.heading());
  for (const std::string& column : mapping.fill_down()) add(column);
  return read;
}

int ColumnOf(const Mapping& mapping, const std::vector<std::string>& header, const std::string& target) {
  for (const FieldMapping& field : mapping.fields())
    for (const std::string& one : field.target())
      if (one == target && !field.column().empty()) return FindColumn(header, field.column());
  return -1;
}

// A column that the mapping knows by another name is taken by the vocabulary: 保障终止年月 for 保障停止年月.
void TakeOtherNames(const std::vector<std::string>& header, const WordsOfColumns& words, Mapping* mapping) {
  const std::set<std::string> read = ReadBy(*mapping);
  for (FieldMapping& field : *mapping->mutable_fields()) {
    if (field.column().empty() || FindColumn(header, field.column()) != -1 || field.target().empty())
      continue;
    for (const std::string& heading : header) {
      if (heading.empty() || read.count(HeadingKey(heading)) > 0) continue;
      bool same = BareHeading(heading) == BareHeading(field.column());
      for (const HeadingMatch& match : words.Find(heading))
        same = same || (match.whole && match.field->field() == field.target(0));
      if (!same) continue;
      if (field.parser() == MONEY_YUAN) field.set_unit(UnitOf(heading).value_or(YUAN));
      field.set_column(heading);
      break;
    }
  }
}

class SheetRecords : public RecordSource {
 public:
  SheetRecords(std::vector<IntakeSheet*> sheets, const IntakeOptions& options)
      : sheets_(std::move(sheets)), options_(options) {
    Begin();
  }

  const Mapping& mapping() const override { return sheets_.front()->mapping; }
  std::vector<std::string> header() const override { return sheets_[at_]->table->header(); }
  std::string title() const override {
    std::string all;
    for (const std::string& title : sheets_[at_]->titles) all += (all.empty() ? "" : " ") + title;
    const IntakePeriod& period = sheets_[at_]->period;
    if (period.from == IntakePeriod::kTold)
      all += " " + std::to_string(period.month.year()) + "年" + std::to_string(period.month.month()) + "月";
    return all;
  }
  IntakePeriod period() const override {
    IntakePeriod period = sheets_.front()->period;
    period.year = sheets_.front()->year;
    return period;
  }
  std::string sheets() const override {
    std::string all;
    for (const IntakeSheet* sheet : sheets_) all += std::to_string(sheet->number) + " ";
    return all;
  }
  std::map<std::string, int64_t> filled() const override {
    std::map<std::string, int64_t> all = filled_before_;
    const std::vector<std::string>& header = sheets_[at_]->table->header();
    for (size_t i = 0; i < header.size(); ++i)
      if (!header[i].empty()) all[header[i]] += filled_[i];
    return all;
  }
  const RowCounts& counts() const override { return counts_; }
  void SetRecordIdKey(const std::string& key) override {
    record_id_key_ = key;
    mapper_->SetRecordIdKey(key);
  }
  void SetPayments() override {
    payments_ = true;
    mapper_->SetPayments();
  }
  int64_t bytes_read() const override { return sheets_[at_]->table->reader().bytes_read(); }
  int64_t bytes_total() const override { return sheets_[at_]->table->reader().bytes_total(); }

  absl::StatusOr<bool> Next(std::vector<MappedRow>* records, int64_t* line) override {
    SheetRow row;
    while (true) {
      auto more = sheets_[at_]->table->Next(&row);
      if (!more.ok()) return more.status();
      if (!*more) {
        counts_.unnamed_people += mapper_->unnamed_people();
        counts_.not_covered += mapper_->not_covered();
        counts_.not_computed += sheets_[at_]->table->not_computed();
        if (at_ + 1 == sheets_.size()) return false;
        filled_before_ = filled();
        ++at_;
        Begin();
        continue;
      }
      switch (sheets_[at_]->table->RoleOf(row)) {
        case RowRole::kTotal:
          ++counts_.totals;
          continue;
        case RowRole::kNote:
          ++counts_.notes;
          continue;
        case RowRole::kHeaderAgain:
          ++counts_.headers;
          continue;
        case RowRole::kNumberedBlank:
          ++counts_.blanks;
          continue;
        case RowRole::kRecord:
          break;
      }
      *line = row.line;
      // As a household's first row has it: a row that is given back stands alone.
      mapper_->FillDown(&row);
      {
        std::lock_guard lock(mutex_);
        kept_.emplace_back(row.line, row.cells);
        if (kept_.size() > kRowsKept) kept_.pop_front();
      }
      for (size_t i = 0; i < std::min(filled_.size(), row.cells.size()); ++i)
        filled_now_[i] = !Trim(row.cells[i]).empty();
      bool repeats = false;
      *records = mapper_->MapAll(std::move(row), &repeats);
      if (records->empty()) {
        counts_.repeats += repeats ? 1 : 0;
        continue;
      }
      ++counts_.records;
      for (size_t i = 0; i < filled_.size(); ++i) filled_[i] += filled_now_[i] ? 1 : 0;
      return true;
    }
  }

  std::vector<std::string> CellsOf(int64_t line) const override {
    std::lock_guard lock(mutex_);
    for (auto row = kept_.rbegin(); row != kept_.rend(); ++row)
      if (row->first == line) return row->second;
    return {};
  }

 private:
  void Begin() {
    IntakeSheet& sheet = *sheets_[at_];
    // What a later month says of an award is newer.
    auto next =
        std::make_unique<RowMapper>(sheet.mapping, sheet.table->header(), options_.version + sheet.later);
    if (mapper_ != nullptr) next->ShareNames(*mapper_);
    mapper_ = std::move(next);
    mapper_->SetPeriod(sheet.period.month);
    mapper_->SetYear(sheet.year);
    mapper_->SetRecordIdKey(record_id_key_);
    if (payments_) mapper_->SetPayments();
    filled_.assign(sheet.table->header().size(), 0);
    filled_now_.assign(filled_.size(), false);
    std::lock_guard lock(mutex_);
    kept_.clear();
  }

  std::vector<IntakeSheet*> sheets_;
  const IntakeOptions& options_;
  size_t at_ = 0;
  std::unique_ptr<RowMapper> mapper_;
  std::string record_id_key_;
  bool payments_ = false;
  mutable std::mutex mutex_;  // of kept_: acknowledgements ask from a thread of their own
  std::deque<std::pair<int64_t, std::vector<std::string>>> kept_;
  RowCounts counts_;
  std::map<std::string, int64_t> filled_before_;  // of the sheets before
  std::vector<int64_t> filled_;                   // by column of this sheet
  std::vector<bool> filled_now_;                  // of this row
};

}  // namespace

std::string Masked(const std::string& cell) {
  // The first character, and of long numbers the first four.
  std::string masked;
  size_t shown = 0;
  const bool digits = !cell.empty() && cell[0] >= '0' && cell[0] <= '9';
  const size_t most = digits ? (cell.size() >= 10 ? 4 : cell.size()) : 1;
  for (size_t at = 0; at < cell.size() && shown < 30; ++shown) {
    const auto byte = static_cast<unsigned char>(cell[at]);
    const size_t length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    masked += shown < most ? cell.substr(at, length) : "*";
    at += length;
  }
  return masked;
}

std::vector<std::string> IntakeSheet::samples(size_t column) const {
  std::vector<std::string> some;
  for (const SheetRow& row : table->Peek()) {
    if (column >= row.cells.size() || table->RoleOf(row) != RowRole::kRecord) continue;
    const std::string cell = Trim(row.cells[column]);
    if (!cell.empty()) some.push_back(Masked(cell));
    if (some.size() == 2) break;
  }
  return some;
}

absl::StatusOr<std::unique_ptr<IntakeFile>> IntakeFile::Open(const std::string& path,
                                                             const IntakeOptions& options) {
  auto file = std::make_unique<IntakeFile>();
  file->options_ = options;
  auto workbook = Workbook::Open(path);
  if (!workbook.ok()) return workbook.status();
  file->workbook_ = *std::move(workbook);
  for (size_t i = 0; i < file->workbook_->sheets().size(); ++i)
    if (absl::Status status = file->OpenSheet(i, path, options); !status.ok()) return status;
  file->CompareMonths();
  if (!file->sheets_.empty()) return file;
  for (const PassedOver& sheet : file->passed_over_)
    if (!sheet.hidden && !sheet.empty) return absl::NotFoundError(sheet.why);
  return absl::NotFoundError("there is nothing in the file");
}

absl::Status IntakeFile::OpenSheet(size_t number, const std::string& path, const IntakeOptions& options) {
  const SheetInfo& info = workbook_->sheets()[number];
  if (info.hidden) {
    passed_over_.push_back({info.name, "hidden", true, false});
    return absl::OkStatus();
  }
  auto reader = workbook_->Read(number);
  if (!reader.ok()) return reader.status();
  // Confirmed mappings know headings of their own; the finder is told of both kinds.
  auto table = SheetTable::Find(*std::move(reader), *options.known, *options.words);
  if (absl::IsNotFound(table.status())) {
    const std::string why(table.status().message());
    passed_over_.push_back({info.name, why, false, why == "there is nothing in it"});
    return absl::OkStatus();
  }
  if (!table.ok()) return table.status();
  IntakeSheet sheet;
  sheet.name = info.name;
  sheet.number = number;
  sheet.table = *std::move(table);
  const std::vector<std::string>& header = sheet.table->header();
  std::vector<std::string> titles = sheet.table->titles();
  if (!info.name.empty()) titles.push_back(info.name);
  const auto in_file = MonthNamedIn(titles);
  titles.push_back(std::filesystem::path(options.name.empty() ? path : options.name).stem().string());
  sheet.titles = titles;
  if (options.period.year() > 0) {
    sheet.period = {options.period, IntakePeriod::kTold};
  } else if (const auto named = MonthNamedIn(titles)) {
    sheet.period = {*named, in_file ? IntakePeriod::kTitle : IntakePeriod::kFileName};
  }
  sheet.year = sheet.period.known() ? sheet.period.month.year() : YearNamedIn(titles).value_or(0);
  const Mapping* known = options.confirmed != nullptr ? options.confirmed->ForHeader(header) : nullptr;
  if (known == nullptr) known = options.known->ForHeader(header);
  if (known != nullptr) {
    sheet.mapping = *known;
    if (absl::Status status = CheckHeader(sheet.mapping, header); !status.ok()) return status;
    TakeOtherNames(header, *options.words, &sheet.mapping);
  } else if (!options.guess) {
    passed_over_.push_back({info.name, "no mapping recognises the header", false, false});
    return absl::OkStatus();
  } else {
    std::deque<SheetRow> rows;
    for (const SheetRow& row : sheet.table->Peek())
      if (sheet.table->RoleOf(row) == RowRole::kRecord) rows.push_back(row);
    ProposalInput input;
    input.header = header;
    input.rows = &rows;
    input.titles = titles;
    input.period_given = options.period.year() > 0;
    input.month_in_title = sheet.period.known() && sheet.period.from != IntakePeriod::kTold;
    input.year = sheet.year;
    input.withdrawal = options.withdrawal;
    input.region = options.region;
    input.told = options.told;
    sheet.proposal = Propose(input, *options.words);
    sheet.mapping = sheet.proposal.mapping;
    sheet.guessed = true;
  }
  // Text rows keep their width: a short or a long one may be shifted. Tabs at the end of a line are often lost.
  sheet.table->SetPadding(workbook_->format() != FileFormat::kText || known == nullptr);
  sheet.table->SetIdentityColumns(
      {ColumnOf(sheet.mapping, header, "person.name"), ColumnOf(sheet.mapping, header, "person.id_number")});
  const std::set<std::string> read = ReadBy(sheet.mapping);
  for (const std::string& heading : header)
    if (!heading.empty() && read.count(HeadingKey(heading)) == 0) sheet.unread.push_back(heading);
  for (const FieldMapping& field : sheet.mapping.fields())
    if (!field.column().empty() && FindColumn(header, field.column()) == -1)
      sheet.missing.push_back(field.column());
  sheets_.push_back(std::move(sheet));
  return absl::OkStatus();
}

bool IntakeFile::complete() const {
  return std::all_of(passed_over_.begin(), passed_over_.end(),
                     [](const PassedOver& sheet) { return sheet.hidden || sheet.empty; });
}

// Of the sheets that one mapping reads: one without a month is of the month that the others name. Where they name several, it is
// of none of them.
void IntakeFile::CompareMonths() {
  const auto number = [](const IntakePeriod& period) {
    return period.month.year() * 12 + period.month.month();
  };
  std::map<std::string, std::map<int, IntakePeriod>> named;  // by mapping
  for (const IntakeSheet& sheet : sheets_)
    if (sheet.period.known()) named[sheet.mapping.name()].emplace(number(sheet.period), sheet.period);
  for (IntakeSheet& sheet : sheets_) {
    const std::map<int, IntakePeriod>& months = named[sheet.mapping.name()];
    if (months.size() == 1) sheet.period = months.begin()->second;
    if (months.size() == 1) sheet.year = sheet.period.month.year();
    if (months.size() < 2) continue;
    sheet.period.among_others = !sheet.period.known();
    if (sheet.period.known())
      sheet.later = static_cast<int>(std::distance(months.begin(), months.find(number(sheet.period))));
  }
}

std::vector<std::vector<IntakeSheet*>> IntakeFile::SheetGroups() {
  std::vector<std::vector<IntakeSheet*>> groups;
  for (IntakeSheet& sheet : sheets_) {
    auto same = std::find_if(groups.begin(), groups.end(), [&](const auto& group) {
      return group.front()->mapping.name() == sheet.mapping.name() && group.front()->later == sheet.later &&
             group.front()->period.among_others == sheet.period.among_others;
    });
    if (same == groups.end()) same = groups.insert(groups.end(), std::vector<IntakeSheet*>());
    same->push_back(&sheet);
  }
  return groups;
}

std::vector<std::unique_ptr<RecordSource>> IntakeFile::Groups() {
  std::vector<std::unique_ptr<RecordSource>> groups;
  for (std::vector<IntakeSheet*>& sheets : SheetGroups())
    groups.push_back(std::make_unique<SheetRecords>(std::move(sheets), options_));
  return groups;
}

}  // namespace relief::adapters
