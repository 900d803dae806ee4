#include "adapters/cli/receipt.h"

#include <iostream>

#include "adapters/cli/intake_flags.h"
#include "adapters/cli/names.h"
#include "adapters/cli/text.h"

namespace relief::adapters {
namespace {

std::string Joined(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : Text(Say::kListComma)) + text;
  return joined;
}

std::string OfRepair(Repair repair) {
  switch (repair) {
    case Repair::kSerialDay:
      return Text(Say::kRepairSerial);
    case Repair::kLostZero:
      return Text(Say::kRepairZero);
    case Repair::kNumerals:
      return Text(Say::kRepairNumerals);
    case Repair::kShortYear:
      return Text(Say::kRepairYear);
    case Repair::kWords:
      return Text(Say::kRepairWords);
    case Repair::kOpenEnd:
      return Text(Say::kRepairOpenEnd);
    case Repair::kUnit:
      return Text(Say::kRepairUnit);
    case Repair::kAroundNumber:
      return Text(Say::kRepairAround);
    case Repair::kCertificate:
      return Text(Say::kRepairCertificate);
    case Repair::kMasked:
      return Text(Say::kRepairMasked);
    case Repair::kDestroyedNumber:
      return Text(Say::kRepairDestroyed);
    case Repair::kDestroyedAccount:
      return Text(Say::kRepairAccount);
    case Repair::kNoSuchPhone:
      return Text(Say::kRepairPhone);
    case Repair::kLeftOut:
      return Text(Say::kRepairLeftOut);
    case Repair::kNothing:
      return Text(Say::kRepairNothing);
    case Repair::kNone:
      return "";
  }
  return "";
}

}  // namespace

void TellUnderstanding(const std::string& file, IntakeFile& intake) {
  for (const PassedOver& sheet : intake.passed_over()) {
    const std::string why = sheet.hidden  ? Text(Say::kSheetHidden)
                            : sheet.empty ? Text(Say::kSheetEmpty)
                                          : InWords(sheet.why);
    std::cerr << Fill(Say::kSheetPassedOver, {file, sheet.sheet, why}) << '\n';
  }
  for (IntakeSheet& sheet : intake.sheets()) {
    const std::string where = sheet.name.empty() ? file : file + " [" + sheet.name + "]";
    if (sheet.guessed)
      std::cerr << Fill(Say::kUnderstood,
                        {where, std::to_string(sheet.table->header_line()), InWords(sheet.mapping.name())})
                << '\n';
    if (sheet.period.known() && sheet.period.from != IntakePeriod::kTold)
      std::cerr << Fill(Say::kMonthFromTitle, {where, FormatMonth(sheet.period.month)}) << '\n';
    if (sheet.period.among_others) std::cerr << Fill(Say::kMonthUnknown, {where}) << '\n';
    if (!sheet.unread.empty()) std::cerr << Fill(Say::kColumnsUnread, {where, Joined(sheet.unread)}) << '\n';
    if (!sheet.missing.empty() && !sheet.unread.empty())
      std::cerr << Fill(Say::kColumnsMissing, {where, Joined(sheet.missing)}) << '\n';
    for (const Question& question : sheet.proposal.questions)
      if (question.doubt != Doubt::kUnknownColumn || question.blocks)
        std::cerr << "  " << (question.blocks ? "! " : "? ") << Ask(question) << '\n';
  }
}

void TellOutcome(const std::string& file, const FileOutcome& outcome) {
  const RowCounts& rows = outcome.rows;
  const auto count = [](int64_t number) { return std::to_string(number); };
  if (rows.totals + rows.notes + rows.headers + rows.blanks + rows.repeats > 0)
    std::cerr << Fill(Say::kRowsWithoutRecord, {file, count(rows.totals), count(rows.notes),
                                                count(rows.headers), count(rows.blanks), count(rows.repeats)})
              << '\n';
  if (rows.not_computed > 0) std::cerr << Fill(Say::kNotComputed, {file, count(rows.not_computed)}) << '\n';
  if (rows.not_covered > 0) std::cerr << Fill(Say::kNotCovered, {file, count(rows.not_covered)}) << '\n';
  if (rows.unnamed_people > 0)
    std::cerr << Fill(Say::kUnnamedPeople, {file, count(rows.unnamed_people)}) << '\n';
  std::vector<std::string> columns;
  for (const ColumnCount& column : outcome.columns) {
    if (column.use.empty() || column.use.rfind("unused", 0) == 0) continue;
    const int64_t marks[] = {column.noted, column.left_out, column.rejected};
    std::string text = (column.heading.empty() ? column.use : column.heading) + " " + count(column.filled);
    if (marks[0] + marks[1] + marks[2] > 0)
      text += Fill(Say::kColumnMarks, {count(marks[0]), count(marks[1]), count(marks[2])});
    columns.push_back(std::move(text));
  }
  if (!columns.empty()) std::cerr << Fill(Say::kColumnCounts, {file, Joined(columns)}) << '\n';
  for (const auto& [what, times] : outcome.fields.notes)
    std::cerr << Fill(Say::kColumnNote, {file, what.first, OfRepair(what.second), count(times)}) << '\n';
  for (const auto& [what, times] : outcome.fields.rejections)
    std::cerr << Fill(Say::kFieldRejected,
                      {file, what.first.empty() ? "-" : what.first, InWords(what.second), count(times)})
              << '\n';
}

}  // namespace relief::adapters
