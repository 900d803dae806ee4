// The mapping that follows from the uses of the columns.
#include <algorithm>
#include <map>
#include <set>

#include "adapters/intake/proposer.h"
#include "adapters/intake/title_month.h"
#include "adapters/mapping/cell_parsers.h"
#include "adapters/mapping/cell_repairs.h"
#include "adapters/mapping/heading.h"

namespace relief::adapters {

std::optional<Unit> Proposer::UnitFor(const std::string& heading) {
  if (const auto own = UnitOf(heading)) return own;
  for (const std::string& title : input_.titles)
    if (const auto above = UnitOf(title); above && Has(title, "单位")) return above;
  return std::nullopt;
}

FieldMapping* Proposer::Add(const std::string& target, const ColumnGuess& column, Parser parser,
                            google::protobuf::RepeatedPtrField<FieldMapping>* to) {
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

void Proposer::AddConstant(const std::string& target, const std::string& value,
                           google::protobuf::RepeatedPtrField<FieldMapping>* to) {
  FieldMapping* field = to != nullptr ? to->Add() : proposal_.mapping.add_fields();
  field->add_target(target);
  field->set_constant(value);
}

bool Proposer::AddCodes(const std::string& target, const ColumnGuess& column) {
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
  if (monthly && start == nullptr && Of("range") == nullptr && !parts_are_months_) {
    if (decision != nullptr && !input_.period_given) {
      Add("benefit.start_month", *decision, MONTH_OF_DAY);
      Ask(Doubt::kStartIsDecision, decision->heading);
    } else if (pay_month != nullptr) {
      Add("benefit.start_month", *pay_month, MONTH_OF_DAY);
    } else if (pay != nullptr && !input_.period_given) {
      Add("benefit.start_month", *pay, MONTH_OF_DAY);
    } else if (!input_.period_given && !input_.month_in_title) {
      Ask(Doubt::kNoStart, "", !input_.withdrawal);
    }
  }
  if (const ColumnGuess* end = Of("benefit.end_month")) Add("benefit.end_month", *end, MONTH_OF_DAY);
  // 2026.01-2026.06 says both.
  if (const ColumnGuess* range = Of("range"); range != nullptr && monthly) {
    if (start == nullptr) Add("benefit.start_month", *range, MONTH_OF_DAY);
    if (Of("benefit.end_month") == nullptr) Add("benefit.end_month", *range, MONTH_OF_DAY);
  }
  if (programme == v1::EDUCATION) {
    if (const ColumnGuess* term = Of("benefit.term")) {
      Add("benefit.term", *term, TERM);
      if (start == nullptr) Add("benefit.start_month", *term, MONTH_OF_TERM);
    } else if (const auto named = TermNamedIn(input_.titles)) {
      AddConstant("benefit.term", *named);
    } else {
      Ask(Doubt::kNoTerm, "", true);
    }
  }
  if (pay != nullptr) Add("benefit.pay_date", *pay, DAY_OF_MONTH);
  if ((programme == v1::TEMPORARY || programme == v1::DISASTER || programme == v1::MEDICAL) &&
      pay == nullptr && !parts_are_months_) {
    if (pay_month != nullptr) {
      Add("benefit.pay_date", *pay_month, DAY_OF_MONTH);
    } else if (decision != nullptr) {
      Add("benefit.pay_date", *decision, DATE);
      Ask(Doubt::kStartIsDecision, decision->heading);
    } else if (!input_.period_given && !input_.month_in_title) {
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
  bool typed = !parts_.empty() && !parts_are_months_;
  if (!typed && type != nullptr) typed = AddCodes("fact.type", *type);
  if (!typed && programme_->fact != v1::FACT_TYPE_UNSPECIFIED) {
    AddConstant("fact.type", v1::FactType_Name(programme_->fact));
    typed = true;
  }
  if (!typed)
    if (const ColumnGuess* amount = Of("benefit.amount_fen"))
      if (const auto named = FactTypeOf(BareHeading(OwnHeading(amount->heading)), words_)) {
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
  } else if (!input_.period_given && !input_.month_in_title && !parts_are_months_) {
    Ask(Doubt::kNoStart, "", !input_.withdrawal);
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
  if (parts_are_months_) mapping.set_reading(PAYMENTS);
  std::set<std::string> seen;
  for (int i = mapping.recognised_by_size() - 1; i >= 0; --i)
    if (!seen.insert(mapping.recognised_by(i)).second) mapping.mutable_recognised_by()->DeleteSubrange(i, 1);
}

}  // namespace relief::adapters
