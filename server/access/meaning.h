// What each message and each text of the contract stands for: the table that the guard judges by.
//
// Nothing is judged that is not written here, and nothing leaves or enters the hub that is not judged: a method
// whose request or answer can hold a type or a text that nobody has declared is refused, and a test fails. So
// whoever adds a message says here whether it is a row that some callers may not see, names rows by their ids, or
// says nothing of any.
//
// Built once. Callable from any thread.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

namespace relief::server::access {

// What a text stands for.
enum class IdKind {
  kNothing,  // says of no row that it is there: words, codes, names of callers, figures, tokens bound to their caller
  kWithin,  // names something only together with what is around it, which is judged: a record within its source
  kOwned,  // a charity's project: its owner's alone, which the handlers hold to
  kPerson,
  kFinding,
  kConflict,
  kDecision,
  kProposal,
  kJob,
  kSample,
  kReferral,
  kSubscription,
  kSource,
};

enum class TypeKind {
  kPlain,     // says nothing of a row by itself; what is in it is judged
  kRow,       // a row, or a part of one (row_judge.cc says by what it is seen); what is in it is judged too
  kWholeRow,  // the same, and who sees it sees all of it
  kNames,     // seen where all that it names, by ids and names of records of its own, is seen
};

struct TypeMeaning;

struct FieldMeaning {
  const google::protobuf::FieldDescriptor* field = nullptr;
  IdKind id = IdKind::kNothing;       // of a text
  const TypeMeaning* type = nullptr;  // of a message
  bool shown = false;                 // with what it is part of: not judged once more
};

struct TypeMeaning {
  TypeKind kind = TypeKind::kPlain;
  bool holds_judged = false;  // it, or something in it, may have to be taken out
  bool holds_owned = false;   // it, or something in it, belongs to one agency, whatever its callers' scopes
  bool holds_ids = false;     // it, or something in it, names a row
  std::vector<FieldMeaning> fields;  // those that are texts or messages
};

// Null: nobody has declared the type, or something that can be in it.
const TypeMeaning* MeaningOf(const google::protobuf::Descriptor* type);

// What can be in a message of this type and is not declared, by its full name. Empty: it may pass.
std::vector<std::string> Undeclared(const google::protobuf::Descriptor* type);

// Names in the table that the contract does not have (any more).
std::vector<std::string> DeclaredInVain();

}  // namespace relief::server::access
