// A use for each column.
#include <algorithm>
#include <map>
#include <set>

#include "adapters/intake/proposer.h"
#include "adapters/mapping/cell_parsers.h"
#include "adapters/mapping/heading.h"

namespace relief::adapters {

void Proposer::GuessColumn(size_t i) {
  ColumnGuess guess;
  guess.heading = input_.header[i];
  guess.position = static_cast<int>(i);
  const ColumnLook& look = looks_[i];
  std::vector<HeadingMatch> matches = words_.Find(OwnHeading(guess.heading));
  for (const HeadingMatch& of_all : words_.Find(guess.heading)) matches.push_back(of_all);
  if (!GroupOf(guess.heading).empty() &&
      std::none_of(matches.begin(), matches.end(), [](const HeadingMatch& match) { return match.whole; }))
    for (HeadingMatch of_group : words_.Find(GroupOf(guess.heading)))
      if (of_group.field->look() == MONEY) matches.push_back({of_group.field, false});
  double contradicted = 0;
  for (const HeadingMatch& match : matches) {
    double score = match.whole ? 0.9 : 0.65;
    const double fits = look.Fits(match.field->look());
    Reason reason = match.whole ? Reason::kHeading : Reason::kHeadingPart;
    if (match.field->look() != ANYTHING && look.filled > 0) {
      if (fits >= 0.7) {
        score += 0.09;
        reason = Reason::kBoth;
      } else if (fits < 0.3) {
        contradicted = std::max(contradicted, score);
        score *= 0.35;
      }
    }
    // 补贴月数 counts months, 保障面积 square metres.
    if (match.field->look() == MONEY && CountsOtherThings(OwnHeading(guess.heading))) continue;
    // 合计 under 保障人数 counts people.
    if (match.field->field() == "benefit.amount_fen" &&
        (Has(GroupOf(guess.heading), "人数") || Has(GroupOf(guess.heading), "人口")))
      continue;
    if (score > guess.confidence + 0.001) {
      guess.use = match.field->field();
      guess.confidence = score;
      guess.reason = reason;
    }
  }
  if (Has(GroupOf(guess.heading), "人数")) {
    guess.use = OwnHeading(guess.heading) == "合计" ? "covered" : "unused: how many live in the household";
    guess.confidence = 0.9;
    guess.reason = Reason::kHeading;
  }
  // 编号 may be the file's own numbering, or the id of the record.
  if (guess.use == "serial" && look.filled > 0 && look.Fits(COUNTS) < 0.5) {
    guess.use = look.distinct == look.filled ? "record_id" : "";
    guess.confidence = 0.6;
  }
  if (guess.confidence < 0.5) {
    if (contradicted > 0.6 && !guess.use.empty() && look.filled > 2) {
      guess.in_doubt = true;
      Ask(Doubt::kContradiction, guess.heading);
    }
    if (guess.confidence < 0.3) guess.use.clear();
  }
  columns().push_back(std::move(guess));
}

void Proposer::SettlePeople() {
  const bool members = Of("member.name") != nullptr || Of("member.id_number") != nullptr;
  const bool people = Of("person.name") != nullptr;
  for (ColumnGuess& column : columns()) {
    if (members) {
      // The row is a member's. 姓名 beside 成员姓名 is then the head's; 身份证号 is the member's unless there is another.
      if (column.use == "person.name" && Of("member.name") != nullptr) column.use = "head.name";
      if (column.use == "person.id_number" && Of("member.id_number") != nullptr)
        column.use = "head.id_number";
    }
  }
  const bool member_number = Of("member.id_number") != nullptr;
  for (ColumnGuess& column : columns()) {
    if (column.use == "member.name") column.use = "person.name";
    if (column.use == "member.id_number") column.use = "person.id_number";
  }
  if (members || people) return;
  // Only the head is named: the head is who is paid.
  const bool own_number = Of("person.id_number") != nullptr && !member_number;
  for (ColumnGuess& column : columns()) {
    if (column.use == "head.name") column.use = "person.name";
    if (column.use == "head.id_number" && !own_number) column.use = "person.id_number";
  }
}

void Proposer::GuessFromCells() {
  const auto take = [&](const char* use, Look look, double share, double confidence) {
    if (Of(use) != nullptr) return;
    ColumnGuess* best = nullptr;
    double most = share;
    for (ColumnGuess& column : columns()) {
      if (!column.use.empty() && !(look == NUMBERS_OF_PEOPLE && column.confidence < 0.7 &&
                                   looks_[static_cast<size_t>(column.position)].valid_people > 0 &&
                                   column.use.rfind("head", 0) != 0 && column.use.rfind("unused", 0) != 0))
        continue;
      const ColumnLook& of = looks_[static_cast<size_t>(column.position)];
      if (of.filled == 0) continue;
      const double fits =
          look == NUMBERS_OF_PEOPLE ? static_cast<double>(of.valid_people) / of.filled : of.Fits(look);
      if (fits >= most) {
        most = fits + 0.0001;
        best = &column;
      }
    }
    if (best == nullptr) return;
    best->use = use;
    best->confidence = confidence;
    best->reason = Reason::kCells;
    best->in_doubt = confidence < 0.7;
  };
  take("person.id_number", NUMBERS_OF_PEOPLE, 0.6, 0.85);
  take("person.name", NAMES, 0.9, 0.6);
  take("person.sex", SEXES, 0.95, 0.75);
  take("person.phones", PHONES, 0.9, 0.7);
}

void Proposer::Told() {
  for (ColumnGuess& column : columns()) {
    for (const auto& [heading, use] : input_.told) {
      if (HeadingKey(heading) != HeadingKey(column.heading)) continue;
      column.use = use;
      column.confidence = 1;
      column.reason = Reason::kTold;
      column.in_doubt = false;
    }
  }
}

void Proposer::KeepTheNearest() {
  std::map<std::string, std::vector<ColumnGuess*>> by_use;
  for (ColumnGuess& column : columns()) {
    const bool many = column.use == "benefit.amount_fen" || column.use == "person.phones" ||
                      column.use == "serial" || column.use == "place" || column.use.rfind("unused", 0) == 0 ||
                      column.use.empty();
    if (!many) by_use[column.use].push_back(&column);
  }
  for (auto& [use, same] : by_use) {
    if (same.size() < 2) continue;
    // A column with cells is nearer than an empty one.
    const auto weight = [&](const ColumnGuess* column) {
      return column->confidence + (looks_[static_cast<size_t>(column->position)].filled > 0 ? 0.05 : 0);
    };
    std::stable_sort(same.begin(), same.end(),
                     [&](const ColumnGuess* l, const ColumnGuess* r) { return weight(l) > weight(r); });
    const bool twins =
        HeadingKey(same[0]->heading) == HeadingKey(same[1]->heading) && same[0]->reason != Reason::kTold;
    if (twins && (use == "person.name" || use == "person.id_number" || use == "head.name"))
      Ask(Doubt::kSameHeading,
          same[0]->heading + " (" + std::to_string(same[0]->position + 1) + ", " +
              std::to_string(same[1]->position + 1) + ")",
          true);
    for (size_t i = 1; i < same.size(); ++i) {
      same[i]->use = "unused: another column is nearer";
      same[i]->reason = Reason::kNearer;
    }
  }
}

void Proposer::SettleProgramme() {
  if (const auto told = input_.told.find("programme"); told != input_.told.end()) {
    programme_ = ProgrammeNamed(told->second);
  } else {
    std::vector<std::string> cells;
    for (const char* use : {"benefit.sub_item", "fact.type"})
      if (const ColumnGuess* column = Of(use))
        for (const SheetRow& row : *input_.rows)
          if (static_cast<size_t>(column->position) < row.cells.size() && cells.size() < 20)
            cells.push_back(row.cells[static_cast<size_t>(column->position)]);
    programme_ = GuessProgramme(input_.titles, input_.header, cells, words_);
  }
  if (!programme_) Ask(Doubt::kProgramme, "", true);
}

}  // namespace relief::adapters
