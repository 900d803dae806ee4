#include "adapters/intake/proposal.h"

#include <google/protobuf/text_format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <set>

#include "adapters/intake/column_look.h"
#include "adapters/intake/programme_guess.h"
#include "adapters/mapping/cell_parsers.h"
#include "adapters/mapping/cell_repairs.h"
#include "adapters/mapping/heading.h"

namespace relief::adapters {
namespace {

// The part of a heading behind its group.
std::string Own(const std::string& heading) {
  const size_t slash = heading.rfind('/');
  return slash == std::string::npos ? heading : heading.substr(slash + 1);
}
std::string Group(const std::string& heading) {
  const size_t slash = heading.rfind('/');
  return slash == std::string::npos ? "" : heading.substr(0, slash);
}

bool Has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

class Proposer {
 public:
  Proposer(const ProposalInput& input, const WordsOfColumns& words) : input_(input), words_(words) {}

  Proposal Run() {
    for (size_t i = 0; i < input_.header.size(); ++i) looks_.push_back(LookAt(*input_.rows, i));
    for (size_t i = 0; i < input_.header.size(); ++i) GuessColumn(i);
    SettlePeople();
    GuessFromCells();
    Told();
    KeepTheNearest();
    SettleProgramme();
    SettleAmounts();
    if (programme_) MakeMapping();
    return std::move(proposal_);
  }

 private:
  void Ask(Doubt doubt, const std::string& about, bool blocks = false) {
    proposal_.questions.push_back({doubt, about, blocks});
  }
  std::vector<ColumnGuess>& columns() { return proposal_.columns; }

  ColumnGuess* Of(const std::string& use) {
    for (ColumnGuess& column : columns())
      if (column.use == use) return &column;
    return nullptr;
  }

  // What the vocabulary says of the heading, weighed with the cells.
  void GuessColumn(size_t i) {
    ColumnGuess guess;
    guess.heading = input_.header[i];
    guess.position = static_cast<int>(i);
    const ColumnLook& look = looks_[i];
    std::vector<HeadingMatch> matches = words_.Find(Own(guess.heading));
    for (const HeadingMatch& of_all : words_.Find(guess.heading)) matches.push_back(of_all);
    if (!Group(guess.heading).empty() &&
        std::none_of(matches.begin(), matches.end(), [](const HeadingMatch& match) { return match.whole; }))
      for (HeadingMatch of_group : words_.Find(Group(guess.heading)))
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
      // 合计 under 保障人数 counts people.
      if (match.field->field() == "benefit.amount_fen" &&
          (Has(Group(guess.heading), "人数") || Has(Group(guess.heading), "人口")))
        continue;
      if (score > guess.confidence + 0.001) {
        guess.use = match.field->field();
        guess.confidence = score;
        guess.reason = reason;
      }
    }
    if (Has(Group(guess.heading), "人数")) {
      guess.use = Own(guess.heading) == "合计" ? "covered" : "unused: how many live in the household";
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

  void SettlePeople() {
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

  // Columns whose heading says nothing, by what is in them.
  void GuessFromCells() {
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

  void Told() {
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

  // One column for each use; the others of the same use are left out, and told.
  void KeepTheNearest() {
    std::map<std::string, std::vector<ColumnGuess*>> by_use;
    for (ColumnGuess& column : columns()) {
      const bool many = column.use == "benefit.amount_fen" || column.use == "person.phones" ||
                        column.use == "serial" || column.use == "place" ||
                        column.use.rfind("unused", 0) == 0 || column.use.empty();
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

  void SettleProgramme() {
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

  std::optional<int64_t> AmountAt(const SheetRow& row, int position) const {
    if (static_cast<size_t>(position) >= row.cells.size()) return std::nullopt;
    const std::string cell = Trim(row.cells[static_cast<size_t>(position)]);
    if (cell.empty() || SaysNothing(cell)) return 0;
    Repair repair;
    auto fen = ReadMoney(cell, YUAN, &repair);
    if (!fen.ok()) return std::nullopt;
    return *fen;
  }

  // Of several amounts: the total where one sums the others up, or else each is a part of what the row gives.
  void SettleAmounts() {
    std::vector<ColumnGuess*> amounts;
    for (ColumnGuess& column : columns())
      if (column.use == "benefit.amount_fen") amounts.push_back(&column);
    if (amounts.size() < 2) return;
    const auto drop = [&](ColumnGuess* column, Reason reason) {
      column->use =
          reason == Reason::kPartOfTotal ? "unused: part of a total" : "unused: another column is nearer";
      column->reason = reason;
    };
    for (ColumnGuess* told : amounts) {
      if (told->reason != Reason::kTold) continue;
      for (ColumnGuess* other : amounts)
        if (other != told && other->reason != Reason::kTold) drop(other, Reason::kNearer);
      return;
    }
    for (ColumnGuess* total : amounts) {
      const std::string own = Own(total->heading);
      if (!Has(own, "合计") && !Has(own, "总") && !Has(own, "实发") && !Has(own, "应发") && !Has(own, "小计"))
        continue;
      int rows = 0, right = 0;
      for (const SheetRow& row : *input_.rows) {
        const auto sum = AmountAt(row, total->position);
        if (!sum || *sum == 0) continue;
        int64_t parts = 0;
        bool known = true;
        for (ColumnGuess* part : amounts) {
          if (part == total || Has(Own(part->heading), "标准")) continue;
          const auto amount = AmountAt(row, part->position);
          known = known && amount.has_value();
          parts += amount.value_or(0);
        }
        if (!known) continue;
        ++rows;
        right += parts == *sum ? 1 : 0;
      }
      if (rows == 0 || right * 10 < rows * 9) {
        // A total that is none of these amounts' sum still says what is paid, if it says so.
        if (!Has(own, "实发") && !Has(own, "合计")) continue;
      }
      for (ColumnGuess* part : amounts)
        if (part != total) drop(part, Reason::kPartOfTotal);
      return;
    }
    // A standard is not what is paid where something else is.
    for (size_t i = 0; i < amounts.size() && amounts.size() > 1;) {
      if (Has(Own(amounts[i]->heading), "标准")) {
        drop(amounts[i], Reason::kNearer);
        amounts.erase(amounts.begin() + static_cast<ptrdiff_t>(i));
      } else {
        ++i;
      }
    }
    if (amounts.size() < 2) return;
    // 户月... beside 人均...: the household's.
    for (ColumnGuess* amount : amounts) {
      if (!Has(amount->heading, "人均")) continue;
      if (std::any_of(amounts.begin(), amounts.end(),
                      [](const ColumnGuess* other) { return !Has(other->heading, "人均"); })) {
        drop(amount, Reason::kNearer);
        amounts.erase(std::find(amounts.begin(), amounts.end(), amount));
        break;
      }
    }
    if (amounts.size() < 2) return;
    parts_ = amounts;
  }

  std::optional<Unit> UnitFor(const std::string& heading) {
    if (const auto own = UnitOf(heading)) return own;
    for (const std::string& title : input_.titles)
      if (const auto above = UnitOf(title); above && Has(title, "单位")) return above;
    return std::nullopt;
  }

  FieldMapping* Add(const std::string& target, const ColumnGuess& column, Parser parser,
                    google::protobuf::RepeatedPtrField<FieldMapping>* to = nullptr) {
    FieldMapping* field = to != nullptr ? to->Add() : proposal_.mapping.add_fields();
    field->add_target(target);
    field->set_column(column.heading);
    field->set_parser(parser);
    const ColumnLook& look = looks_[static_cast<size_t>(column.position)];
    if ((parser == MONTH || parser == MONTH_OF_DAY || parser == DAY_OF_MONTH) && look.padded_months &&
        !look.unpadded_months)
      field->set_zero_lost(true);
    if (parser == MONEY_YUAN) field->set_unit(UnitFor(column.heading).value_or(YUAN));
    return field;
  }
  void AddConstant(const std::string& target, const std::string& value,
                   google::protobuf::RepeatedPtrField<FieldMapping>* to = nullptr) {
    FieldMapping* field = to != nullptr ? to->Add() : proposal_.mapping.add_fields();
    field->add_target(target);
    field->set_constant(value);
  }
  bool AddCodes(const std::string& target, const ColumnGuess& column) {
    FieldMapping field;
    field.add_target(target);
    field.set_column(column.heading);
    field.set_parser(CODE);
    std::set<std::string> known;
    for (const CellWords& codes : words_.vocabulary().codes()) {
      if (codes.field() != target || (codes.programme() != v1::PROGRAMME_UNSPECIFIED &&
                                      codes.programme() != proposal_.mapping.programme()))
        continue;
      for (const CellWord& word : codes.words()) {
        if (!known.insert(word.cell()).second) continue;
        Code* code = field.add_codes();
        code->set_cell(word.cell());
        code->set_value(word.value());
      }
    }
    if (field.codes().empty()) return false;
    // Cells of this table that no code knows would refuse their rows.
    for (const SheetRow& row : *input_.rows) {
      if (static_cast<size_t>(column.position) >= row.cells.size()) continue;
      const std::string cell = Trim(row.cells[static_cast<size_t>(column.position)]);
      if (!cell.empty() && !SaysNothing(cell) && known.count(cell) == 0 && known.count(Plain(cell)) == 0) {
        if (target != "fact.type") return false;
        Ask(Doubt::kContradiction, column.heading);
        break;
      }
    }
    *proposal_.mapping.add_fields() = std::move(field);
    return true;
  }

  void MakeMapping();
  void AddPerson();
  void AddBenefit();
  void AddFact();
  void AddAmounts(const std::string& target);

  const ProposalInput& input_;
  const WordsOfColumns& words_;
  std::vector<ColumnLook> looks_;
  std::optional<ProgrammeGuess> programme_;
  std::vector<ColumnGuess*> parts_;
  Proposal proposal_;
};

void Proposer::AddPerson() {
  Mapping& mapping = proposal_.mapping;
  const std::pair<const char*, Parser> kPlain[] = {
      {"record_id", ID},           {"household.household_id", TEXT}, {"household.relation", TEXT},
      {"person.name", TEXT},       {"person.id_number", ID},         {"person.sex", SEX},
      {"person.birth_date", DATE}, {"person.address", TEXT},         {"person.former_names", TEXT}};
  for (const auto& [use, parser] : kPlain)
    if (const ColumnGuess* column = Of(use)) Add(use, *column, parser);
  for (const ColumnGuess& column : columns())
    if (column.use == "person.phones") Add("person.phones", column, TEXT);
  if (Of("record_id") == nullptr) mapping.set_make_record_id(true);
  const ColumnGuess* head_number = Of("head.id_number");
  if (head_number != nullptr && Of("household.household_id") == nullptr)
    mapping.set_head_number_column(head_number->heading);
  if (head_number != nullptr && Of("household.household_id") != nullptr)
    mapping.set_head_number_column(head_number->heading);
  const ColumnGuess* head_name = Of("head.name");
  if (head_name != nullptr && head_number == nullptr && Of("household.household_id") == nullptr)
    Add("household.household_id", *head_name, TEXT);
  // Cells of a household are left blank below its first row where other columns of those rows are filled.
  for (const ColumnGuess* column :
       std::initializer_list<const ColumnGuess*>{Of("household.household_id"), head_name, head_number}) {
    if (column == nullptr ||
        (head_name == nullptr && head_number == nullptr && Of("household.relation") == nullptr))
      continue;
    const ColumnLook& look = looks_[static_cast<size_t>(column->position)];
    if (look.filled > 0 && look.filled < static_cast<int>(input_.rows->size()))
      mapping.add_fill_down(column->heading);
  }
  if (const ColumnGuess* covered = Of("covered");
      covered != nullptr && head_name == nullptr && Of("household.relation") == nullptr)
    mapping.set_covered_column(covered->heading);
  if (Of("person.name") == nullptr && Of("person.id_number") == nullptr) Ask(Doubt::kNoPerson, "", true);
}

void Proposer::AddAmounts(const std::string& target) {
  Mapping& mapping = proposal_.mapping;
  if (!parts_.empty()) {
    for (const ColumnGuess* amount : parts_) {
      Part* part = mapping.add_parts();
      part->set_name(BareHeading(Own(amount->heading)));
      Add(target, *amount, MONEY_YUAN, part->mutable_fields());
      if (mapping.content() == v1::Source::BENEFITS) {
        AddConstant("benefit.sub_item", part->name(), part->mutable_fields());
      } else if (const auto type = FactTypeOf(part->name(), words_)) {
        AddConstant("fact.type", *type, part->mutable_fields());
      }
    }
    return;
  }
  const ColumnGuess* amount = Of("benefit.amount_fen");
  if (amount == nullptr) return;
  Add(target, *amount, MONEY_YUAN);
  // 户月保障金额 on every member's row is one amount, and so is an amount that all rows of a household repeat.
  const bool of_household = amount->heading.find("户月") != std::string::npos ||
                            amount->heading.find("家庭月") != std::string::npos ||
                            amount->heading.find("全户") != std::string::npos;
  bool of_group = false;
  for (const ColumnGuess& column : columns())
    of_group = of_group ||
               (column.use == "unused: part of a total" && column.heading.find("户月") != std::string::npos);
  if ((of_household || of_group) &&
      (Of("household.relation") != nullptr || Of("head.id_number") != nullptr || Of("head.name") != nullptr))
    mapping.set_amount_of_household(true);
}

void Proposer::AddBenefit() {
  Mapping& mapping = proposal_.mapping;
  const v1::Programme programme = mapping.programme();
  const bool monthly = programme == v1::MINIMUM_LIVING || programme == v1::EXTREME_POVERTY ||
                       programme == v1::HOUSING || programme == v1::EMPLOYMENT;
  const ColumnGuess* start = Of("benefit.start_month");
  const ColumnGuess* decision = Of("benefit.decision_date");
  const ColumnGuess* pay_month = Of("pay_month");
  const ColumnGuess* pay = Of("benefit.pay_date");
  if (start != nullptr) Add("benefit.start_month", *start, MONTH_OF_DAY);
  if (monthly && start == nullptr) {
    if (decision != nullptr && !input_.period_given) {
      Add("benefit.start_month", *decision, MONTH_OF_DAY);
      Ask(Doubt::kStartIsDecision, decision->heading);
    } else if (pay_month != nullptr) {
      Add("benefit.start_month", *pay_month, MONTH_OF_DAY);
    } else if (pay != nullptr && !input_.period_given) {
      Add("benefit.start_month", *pay, MONTH_OF_DAY);
    } else if (!input_.period_given) {
      Ask(Doubt::kNoStart, "", true);
    }
  }
  if (const ColumnGuess* end = Of("benefit.end_month")) Add("benefit.end_month", *end, MONTH_OF_DAY);
  if (programme == v1::EDUCATION) {
    if (const ColumnGuess* term = Of("benefit.term")) {
      Add("benefit.term", *term, TERM);
      if (start == nullptr) Add("benefit.start_month", *term, MONTH_OF_TERM);
    } else {
      Ask(Doubt::kNoTerm, "", true);
    }
  }
  if (pay != nullptr) Add("benefit.pay_date", *pay, DAY_OF_MONTH);
  if ((programme == v1::TEMPORARY || programme == v1::DISASTER || programme == v1::MEDICAL) &&
      pay == nullptr) {
    if (pay_month != nullptr) {
      Add("benefit.pay_date", *pay_month, DAY_OF_MONTH);
    } else if (decision != nullptr) {
      Add("benefit.pay_date", *decision, DATE);
      Ask(Doubt::kStartIsDecision, decision->heading);
    } else if (!input_.period_given) {
      Ask(Doubt::kNoPayDate, "", true);
    }
  }
  AddAmounts("benefit.amount_fen");
  const std::pair<const char*, Parser> kPlain[] = {{"benefit.decision_number", TEXT},
                                                   {"benefit.decision_date", DATE},
                                                   {"benefit.cause", TEXT},
                                                   {"benefit.event_date", DATE},
                                                   {"benefit.event_id", TEXT},
                                                   {"benefit.stage", TEXT},
                                                   {"benefit.approval_number", TEXT},
                                                   {"benefit.invoice_number", TEXT},
                                                   {"benefit.total_cost_fen", MONEY_YUAN},
                                                   {"benefit.insured_fen", MONEY_YUAN},
                                                   {"benefit.benefit_year", INTEGER},
                                                   {"benefit.school", TEXT},
                                                   {"benefit.contract_number", TEXT},
                                                   {"benefit.house_id", TEXT},
                                                   {"benefit.payee_account", ID},
                                                   {"benefit.stop_reason", TEXT}};
  for (const auto& [use, parser] : kPlain) {
    const ColumnGuess* column = Of(use);
    if (column == nullptr) continue;
    if (std::string_view(use) == "benefit.decision_date" &&
        looks_[static_cast<size_t>(column->position)].Fits(DAYS) < 0.5)
      continue;
    Add(use, *column, parser);
  }
  if (const ColumnGuess* region = Of("benefit.paying_region")) {
    Add("benefit.paying_region", *region, REGION)->add_target("person.region_code");
  } else if (input_.region.size() == 6) {
    AddConstant("benefit.paying_region", input_.region);
    AddConstant("person.region_code", input_.region);
  }
  const ColumnGuess* item = Of("benefit.sub_item");
  const ColumnGuess* form = Of("benefit.form");
  if (form == nullptr) form = Of("fact.type");
  bool coded = form != nullptr && AddCodes("benefit.form", *form);
  if (!coded && item != nullptr) coded = AddCodes("benefit.form", *item);
  if (!coded && programme != v1::HOUSING && programme != v1::EMPLOYMENT && programme != v1::MEDICAL)
    AddConstant("benefit.form", "CASH");
  if (item == nullptr && form != nullptr && !coded) item = form;
  if (item != nullptr && parts_.empty()) Add("benefit.sub_item", *item, TEXT);
  if (const ColumnGuess* marks = Of("benefit.marks")) AddCodes("benefit.marks", *marks);
  AddConstant("benefit.cycle", monthly ? "MONTHLY" : programme == v1::EDUCATION ? "PER_TERM" : "ONCE");
  if (mapping.make_record_id()) {
    for (const char* target : IdFrom(programme)) mapping.add_id_from(target);
    if (Of("household.household_id") == nullptr && mapping.id_from().empty()) return;
  }
}

void Proposer::AddFact() {
  Mapping& mapping = proposal_.mapping;
  const ColumnGuess* type = Of("fact.type");
  if (type == nullptr) type = Of("benefit.sub_item");
  bool typed = !parts_.empty();
  if (!typed && type != nullptr) typed = AddCodes("fact.type", *type);
  if (!typed && programme_->fact != v1::FACT_TYPE_UNSPECIFIED) {
    AddConstant("fact.type", v1::FactType_Name(programme_->fact));
    typed = true;
  }
  if (!typed)
    if (const ColumnGuess* amount = Of("benefit.amount_fen"))
      if (const auto named = FactTypeOf(BareHeading(Own(amount->heading)), words_)) {
        AddConstant("fact.type", *named);
        typed = true;
      }
  if (!typed) Ask(Doubt::kNoFactType, "", true);
  const ColumnGuess* date = nullptr;
  for (const char* use :
       {"fact.date", "benefit.start_month", "pay_month", "benefit.pay_date", "benefit.decision_date"})
    if (date == nullptr) date = Of(use);
  if (date != nullptr) {
    Add("fact.date", *date, DAY_OF_MONTH);
    if (date->use == "benefit.decision_date") Ask(Doubt::kStartIsDecision, date->heading);
  } else if (!input_.period_given) {
    Ask(Doubt::kNoStart, "", true);
  }
  if (const ColumnGuess* end = Of("benefit.end_month")) Add("fact.end_date", *end, DATE);
  AddAmounts("fact.amount_fen");
  if (const ColumnGuess* region = Of("benefit.paying_region")) {
    Add("person.region_code", *region, REGION);
  } else if (input_.region.size() == 6) {
    AddConstant("person.region_code", input_.region);
  }
  if (mapping.make_record_id()) mapping.add_id_from("fact.type");
}

void Proposer::MakeMapping() {
  Mapping& mapping = proposal_.mapping;
  mapping.set_content(programme_->facts ? v1::Source::FACTS : v1::Source::BENEFITS);
  if (!programme_->facts) mapping.set_programme(programme_->programme);
  mapping.set_name(programme_->facts ? FactsName(programme_->fact)
                                     : ProgrammeSourceName(programme_->programme));
  AddPerson();
  if (programme_->facts) {
    AddFact();
  } else {
    AddBenefit();
  }
  for (ColumnGuess& column : columns()) {
    if (column.heading.empty()) continue;
    if (column.use.empty()) {
      Ask(Doubt::kUnknownColumn, column.heading);
    }
    ColumnUse* use = mapping.add_columns();
    use->set_heading(column.heading);
    use->set_use(column.use);
    use->set_confirmed(column.reason == Reason::kTold);
  }
  for (const FieldMapping& field : mapping.fields())
    for (const std::string& target : field.target())
      if (!field.column().empty() &&
          (target == "person.name" || target == "person.id_number" || target == "record_id"))
        mapping.add_recognised_by(field.column());
  for (const char* use :
       {"benefit.amount_fen", "benefit.start_month", "benefit.pay_date", "benefit.term", "fact.type"})
    if (const ColumnGuess* column = Of(use)) mapping.add_recognised_by(column->heading);
  for (const ColumnGuess* part : parts_) mapping.add_recognised_by(part->heading);
  std::set<std::string> seen;
  for (int i = mapping.recognised_by_size() - 1; i >= 0; --i)
    if (!seen.insert(mapping.recognised_by(i)).second) mapping.mutable_recognised_by()->DeleteSubrange(i, 1);
}

}  // namespace

bool Proposal::blocked() const {
  return mapping.name().empty() || std::any_of(questions.begin(), questions.end(),
                                               [](const Question& question) { return question.blocks; });
}

Proposal Propose(const ProposalInput& input, const WordsOfColumns& words) {
  return Proposer(input, words).Run();
}

std::string MappingText(const Mapping& mapping) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetUseUtf8StringEscaping(true);
  std::string text;
  printer.PrintToString(mapping, &text);
  return "# proto-file: adapters/mapping/mapping.proto\n# proto-message: relief.adapters.Mapping\n#\n# "
         "Written by `relief map`, and read by `relief load`. Edit it as you like.\n" +
         text;
}

}  // namespace relief::adapters
