// Whom a message tells of: persons and records, found by what its fields stand for (meaning.h), in whatever message.
// So that every look leaves an entry in the audit chain that ListAccesses finds, and nobody has to remember it.
//
// A ToldOf belongs to one call; one thread at a time.
#pragma once

#include <google/protobuf/message.h>

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "matcher/record_key.h"
#include "server/access/meaning.h"
#include "storage/store.h"

namespace relief::server::access {

class ToldOf {
 public:
  // An answer, as it leaves.
  void AddAnswer(const google::protobuf::Message& answer);
  // What a request names: whoever asks by an id and is answered was told of it.
  void AddRequest(const google::protobuf::Message& request);

  bool tells() const { return tells_; }           // the answer, of somebody
  bool shows() const { return !shown_.empty(); }  // and names and numbers with it
  void ForgetAnswers();

  struct Persons {
    // Ids to be read by people, as far as they are few; and tokens of all records of the persons that are told
    // of, as the audit chain's subjects have them.
    std::string subject;
    size_t persons = 0;
    std::vector<size_t> shown;  // hashes of the persons whose names and numbers were in it
  };
  absl::StatusOr<Persons> Resolve(const storage::Reader& reader) const;

 private:
  void Walk(const TypeMeaning& meaning, const google::protobuf::Message& message, bool answer);
  void AddId(IdKind kind, const std::string& id);

  std::set<matcher::RecordKey> records_, shown_;
  std::set<std::string> findings_, decisions_, referrals_;  // that nothing beside them says the persons of
  std::vector<std::string> named_;                          // ids of the request
  bool tells_ = false;
};

}  // namespace relief::server::access
