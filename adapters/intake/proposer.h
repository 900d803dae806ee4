// How a proposal is made: first a use for each column, then what the amounts are, then the mapping. Private to
// adapters/intake/proposal.cc and the files beside it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/intake/column_look.h"
#include "adapters/intake/programme_guess.h"
#include "adapters/intake/proposal.h"

namespace relief::adapters {

// The part of a heading behind its group, and the group.
inline std::string OwnHeading(const std::string& heading) {
  const size_t slash = heading.rfind('/');
  return slash == std::string::npos ? heading : heading.substr(slash + 1);
}
inline std::string GroupOf(const std::string& heading) {
  const size_t slash = heading.rfind('/');
  return slash == std::string::npos ? "" : heading.substr(0, slash);
}

inline bool Has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

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
    if (!SettleMonths()) SettleAmounts();
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

  // proposer_columns.cc
  // What the vocabulary says of the heading, weighed with the cells.
  void GuessColumn(size_t i);
  void SettlePeople();
  // Columns whose heading says nothing, by what is in them.
  void GuessFromCells();
  void Told();
  // One column for each use; the others of the same use are left out, and told.
  void KeepTheNearest();
  void SettleProgramme();

  // proposer_amounts.cc
  static bool CountsOtherThings(const std::string& heading);
  // What is paid for several months at once: in every row it is the same small multiple of what the others sum up to.
  bool IsForSeveralMonths(const ColumnGuess& total, const std::vector<ColumnGuess*>& amounts) const;
  std::optional<int64_t> AmountAt(const SheetRow& row, int position) const;
  // Of several amounts: the total where one sums the others up, or else each is a part of what the row gives.
  void SettleAmounts();
  void AddAmounts(const std::string& target);

  // proposer_months.cc
  // Columns that are months, with what was paid in each. False: there are none.
  bool SettleMonths();

  // proposer_mapping.cc
  std::optional<Unit> UnitFor(const std::string& heading);
  FieldMapping* Add(const std::string& target, const ColumnGuess& column, Parser parser,
                    google::protobuf::RepeatedPtrField<FieldMapping>* to = nullptr);
  void AddConstant(const std::string& target, const std::string& value,
                   google::protobuf::RepeatedPtrField<FieldMapping>* to = nullptr);
  bool AddCodes(const std::string& target, const ColumnGuess& column);
  void MakeMapping();
  void AddPerson();
  void AddBenefit();
  void AddFact();

  const ProposalInput& input_;
  const WordsOfColumns& words_;
  std::vector<ColumnLook> looks_;
  std::optional<ProgrammeGuess> programme_;
  std::vector<ColumnGuess*> parts_;
  bool parts_are_months_ = false;
  Proposal proposal_;
};

}  // namespace relief::adapters
