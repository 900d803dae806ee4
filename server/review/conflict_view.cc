#include "server/review/conflict_view.h"

#include <cmath>

#include "absl/strings/cord.h"
#include "matcher/normalize/normalizer.h"
#include "matcher/normalize/text.h"
#include "server/review/explanation.h"
#include "server/review/work_items.h"
#include "storage/status_macros.h"

namespace relief::server::review {
namespace {

constexpr size_t kPartSize = 4;  // characters of base 32: one change in a million goes unseen

std::string Hash(const std::string& text) {
  return matcher::RecordKey::Of("etag", text).ToString().substr(0, kPartSize);
}

struct Part {
  std::string name, hash;
};

void AddRecord(const std::string& side, const matcher::Identity& identity, std::vector<Part>* parts) {
  const auto add = [&](const char* field, const std::string& text) {
    parts->push_back({side + "." + field, Hash(text)});
  };
  std::string names, phones;
  for (const matcher::Name& name : identity.names)
    for (const std::u32string& token : name.tokens) names += matcher::EncodeUtf8(token) + "\x1f";
  for (const std::string& phone : identity.phones) phones += phone + "\x1f";
  add("name", names);
  add("id_number", identity.id.text + (identity.id.trusted() ? "+" : "-"));
  add("birth_date", identity.birth_date ? std::to_string(identity.birth_date->days()) : "");
  add("sex", std::to_string(static_cast<int>(identity.sex)));
  add("phone", phones);
  add("address", matcher::EncodeUtf8(identity.address));
  add("region", identity.region + "/" + identity.domicile);
  add("household", identity.household);
}

std::string EtagOf(const v1::Conflict& conflict, const matcher::Identity& a, const matcher::Identity& b) {
  std::vector<Part> parts = {
      {"kind", Hash(std::to_string(conflict.kind()))},
      {"score", Hash(std::to_string(std::lround(conflict.explanation().total_bits() * 64)))},
      {"model", Hash(conflict.explanation().model_version())},
      {"person_a", Hash(conflict.person_a_id())},
      {"person_b", Hash(conflict.person_b_id())}};
  AddRecord("record_a", a, &parts);
  AddRecord("record_b", b, &parts);
  std::string etag;
  for (const Part& part : parts) etag += part.hash;
  return etag;
}

// The names of the parts, in the order in which they stand in an etag.
std::vector<std::string> PartNames() {
  std::vector<std::string> names = {"kind", "score", "model", "person_a", "person_b"};
  std::vector<Part> parts;
  AddRecord("record_a", matcher::Identity(), &parts);
  AddRecord("record_b", matcher::Identity(), &parts);
  for (const Part& part : parts) names.push_back(part.name);
  return names;
}

absl::StatusOr<v1::Conflict> Frame(const storage::Reader& reader, const matcher::MatchConflict& conflict) {
  RELIEF_ASSIGN_OR_RETURN(auto name_a, NameOf(reader, conflict.a));
  RELIEF_ASSIGN_OR_RETURN(auto name_b, NameOf(reader, conflict.b));
  RELIEF_ASSIGN_OR_RETURN(auto person_a, matcher::PersonOfRecord(reader, conflict.a));
  RELIEF_ASSIGN_OR_RETURN(auto person_b, matcher::PersonOfRecord(reader, conflict.b));
  v1::Conflict out;
  out.set_conflict_id(conflict.ToString());
  out.set_kind(ToProto(conflict.kind));
  *out.mutable_record_a() = std::move(name_a);
  *out.mutable_record_b() = std::move(name_b);
  out.set_person_a_id(person_a.ToString());
  out.set_person_b_id(person_b.ToString());
  return out;
}

}  // namespace

absl::StatusOr<std::pair<matcher::RecordKey, matcher::RecordKey>> PairOf(const std::string& conflict_id) {
  const auto pair = matcher::MatchConflict::Parse(conflict_id);
  if (!pair) return absl::InvalidArgumentError("conflict_id: not a conflict id");
  return *pair;
}

absl::StatusOr<v1::Conflict> ReadConflictBriefly(const storage::Reader& reader,
                                                 const std::string& conflict_id) {
  RELIEF_ASSIGN_OR_RETURN(auto pair, PairOf(conflict_id));
  RELIEF_ASSIGN_OR_RETURN(auto conflict, matcher::ConflictBetween(reader, pair.first, pair.second));
  return Frame(reader, conflict);
}

absl::StatusOr<v1::Conflict> ReadConflict(const storage::Reader& reader, const matcher::Model& model,
                                          const std::string& conflict_id) {
  RELIEF_ASSIGN_OR_RETURN(auto pair, PairOf(conflict_id));
  RELIEF_ASSIGN_OR_RETURN(auto conflict, matcher::ConflictBetween(reader, pair.first, pair.second));
  auto out = Frame(reader, conflict);
  if (!out.ok()) return out.status();
  RELIEF_ASSIGN_OR_RETURN(auto a, matcher::IdentityOf(reader, conflict.a));
  RELIEF_ASSIGN_OR_RETURN(auto b, matcher::IdentityOf(reader, conflict.b));
  RELIEF_ASSIGN_OR_RETURN(*out->mutable_explanation(),
                          Explain(reader, model, a, b, v1::MatchExplanation::IN_REVIEW));
  out->set_etag(EtagOf(*out, a, b));
  return out;
}

std::vector<std::string> ChangedSince(const std::string& etag, const v1::Conflict& now) {
  if (etag == now.etag()) return {};
  std::vector<std::string> changed;
  const std::vector<std::string> names = PartNames();
  for (size_t i = 0; i < names.size(); ++i)
    if (etag.size() != now.etag().size() ||
        etag.compare(i * kPartSize, kPartSize, now.etag(), i * kPartSize, kPartSize) != 0)
      changed.push_back(names[i]);
  return changed;
}

absl::Status Stale(const std::string& message, const v1::StaleDecision& stale) {
  absl::Status status = absl::AbortedError(message);
  status.SetPayload("type.googleapis.com/relief.v1.StaleDecision", absl::Cord(stale.SerializeAsString()));
  return status;
}

}  // namespace relief::server::review
