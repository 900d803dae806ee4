// What a table without a fixed mapping most likely means: for each column a use, how sure that is, and why; what has to be
// asked; and the mapping that follows.
//
// Two things speak for a use: the heading, by the vocabulary, and the cells themselves, which can overrule it: a column of
// valid resident numbers is the number, whatever its name.
//
// Pure functions; callable from any thread.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/intake/words_of_columns.h"
#include "adapters/mapping/mapping.pb.h"
#include "adapters/tabular/workbook.h"

namespace relief::adapters {

enum class Reason {
  kNone,
  kHeading,      // the heading is a word for it
  kHeadingPart,  // a part of the heading is
  kCells,        // the cells look like it
  kBoth,
  kTold,         // somebody said so
  kPartOfTotal,  // an amount that another column sums up
  kNearer,       // another column is nearer to the same use
};

struct ColumnGuess {
  std::string heading;
  int position = 0;
  std::string use;  // a target, or one of the vocabulary's other uses; empty: not known
  double confidence = 0;
  Reason reason = Reason::kNone;
  bool in_doubt = false;  // worth a question
};

enum class Doubt {
  kProgramme,        // which programme this is
  kNoPerson,         // neither a name nor a number
  kNoStart,          // no column says since when, and no period was given
  kNoPayDate,        // no column says when it was paid
  kNoTerm,           // no column says which school term
  kNoFactType,       // no column says what is reported
  kStartIsDecision,  // the month of the decision is taken for the first month
  kSameHeading,      // two columns with one heading
  kContradiction,    // the cells do not look like what the heading says
  kSeveralAmounts,   // one of several amounts was chosen
  kUnknownColumn,    // nobody knows what it is: left out
};

struct Question {
  Doubt doubt;
  std::string about;    // the heading, or the choices
  bool blocks = false;  // nothing can be loaded before it is answered
};

struct Proposal {
  Mapping mapping;  // empty name: there is none
  std::vector<ColumnGuess> columns;
  std::vector<Question> questions;
  bool blocked() const;
};

struct ProposalInput {
  std::vector<std::string> header;
  const std::deque<SheetRow>* rows = nullptr;  // some, without totals and notes
  std::vector<std::string> titles;  // above the table, the sheet's name, the file's name: the nearest first
  bool period_given = false;
  bool month_in_title =
      false;                // the title says of which month it is: better than a question, less than a column
  int year = 0;             // that the list is of; 0: nobody says
  bool withdrawal = false;  // what a record needs besides its id may be missing
  std::string region;       // a county, if the source is of one
  std::map<std::string, std::string> told;  // heading -> use; "programme" -> its name
};

Proposal Propose(const ProposalInput& input, const WordsOfColumns& words);

// The text form of a mapping file, with the columns it does not use as comments.
std::string MappingText(const Mapping& mapping);

}  // namespace relief::adapters
