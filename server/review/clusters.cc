#include "server/review/clusters.h"

#include <algorithm>
#include <map>
#include <set>

#include "matcher/compare/scorer.h"
#include "matcher/normalize/normalizer.h"
#include "server/review/case_records.h"
#include "server/review/conflict_view.h"
#include "server/review/effect.h"
#include "server/review/explanation.h"
#include "server/review/proposals.h"
#include "server/review/stake.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::review {
namespace {

using matcher::PersonId;
using matcher::RecordKey;

constexpr size_t kMostRecords = 200;  // in one cluster view or decision
constexpr size_t kMostLinks = 2000;

RecordKey KeyOf(const v1::RecordName& name) { return RecordKey::Of(name.source_id(), name.record_id()); }

// The person and those that it has conflicts with, itself first.
absl::StatusOr<std::vector<PersonId>> PersonsAround(const storage::Reader& reader,
                                                    const std::string& person_id) {
  const auto asked = PersonId::Parse(person_id);
  if (!asked) return absl::InvalidArgumentError("person_id: not a person id");
  RELIEF_ASSIGN_OR_RETURN(auto person, matcher::FollowPersonId(reader, *asked));
  RELIEF_ASSIGN_OR_RETURN(auto members, matcher::MembersOf(reader, person));
  RELIEF_ASSIGN_OR_RETURN(auto conflicts, matcher::ConflictsOfRecords(reader, members));
  std::set<PersonId> others;
  for (const matcher::MatchConflict& conflict : conflicts) {
    for (const RecordKey& key : {conflict.a, conflict.b}) {
      RELIEF_ASSIGN_OR_RETURN(auto other, matcher::PersonOfRecord(reader, key));
      if (other != person) others.insert(other);
    }
  }
  std::vector<PersonId> persons = {person};
  persons.insert(persons.end(), others.begin(), others.end());
  return persons;
}

// Covers the grouping of the records and their content: a change of either makes a decision stale.
absl::StatusOr<std::string> EtagOf(const storage::Reader& reader, const std::vector<PersonId>& persons) {
  std::string seen;
  for (const PersonId& person : persons) {
    RELIEF_ASSIGN_OR_RETURN(auto members, matcher::MembersOf(reader, person));
    seen += person.ToString();
    for (const RecordKey& key : members) {
      RELIEF_ASSIGN_OR_RETURN(auto identity, matcher::IdentityOf(reader, key));
      seen.append(key.view()).append(matcher::EncodeIdentity(identity));
    }
  }
  return RecordKey::Of("cluster", seen).ToString();
}

void Add(std::vector<v1::Decision::Constraint>* constraints, const v1::RecordName& a, const v1::RecordName& b,
         v1::Decision::Verdict verdict) {
  v1::Decision::Constraint& constraint = constraints->emplace_back();
  *constraint.mutable_record_a() = a;
  *constraint.mutable_record_b() = b;
  constraint.set_verdict(verdict);
}

void KeepTogether(std::vector<v1::Decision::Constraint>* constraints,
                  const v1::ClusterDecision::Group& group) {
  for (int i = 1; i < group.records_size(); ++i)
    Add(constraints, group.records(0), group.records(i), v1::Decision::SAME);
}

absl::Status CheckGroups(const storage::Reader& reader, const v1::ClusterDecision& decision) {
  std::set<RecordKey> seen;
  for (int g = 0; g < decision.groups_size(); ++g) {
    if (decision.groups(g).records().empty())
      return absl::InvalidArgumentError("groups[" + std::to_string(g) + "].records: at least one");
    for (const v1::RecordName& name : decision.groups(g).records()) {
      const RecordKey key = KeyOf(name);
      if (!seen.insert(key).second)
        return absl::InvalidArgumentError("groups[" + std::to_string(g) +
                                          "].records: a record is named twice");
      if (auto person = matcher::PersonOfRecord(reader, key); absl::IsNotFound(person.status()))
        return absl::InvalidArgumentError("groups[" + std::to_string(g) +
                                          "].records: there is no such record");
    }
  }
  if (seen.size() > kMostRecords) return absl::InvalidArgumentError("groups: at most 200 records");
  return absl::OkStatus();
}

absl::Status CheckCluster(const storage::Reader& reader, const v1::ClusterDecision& decision) {
  RELIEF_ASSIGN_OR_RETURN(auto persons, PersonsAround(reader, decision.person_id()));
  RELIEF_ASSIGN_OR_RETURN(auto etag, EtagOf(reader, persons));
  if (etag == decision.etag()) return absl::OkStatus();
  v1::StaleDecision stale;
  stale.add_changed("cluster");
  return Stale("the persons or their records changed since they were read: look again", stale);
}

}  // namespace

absl::StatusOr<std::vector<v1::Decision::Constraint>> ConstraintsOf(const storage::Reader& reader,
                                                                    const v1::ClusterDecision& decision) {
  RELIEF_RETURN_IF_ERROR(CheckGroups(reader, decision));
  std::vector<v1::Decision::Constraint> constraints;
  const auto& groups = decision.groups();
  switch (decision.operation()) {
    case v1::Decision::KEEP:
      if (groups.empty()) return absl::InvalidArgumentError("groups: at least one to keep");
      for (const auto& group : groups) KeepTogether(&constraints, group);
      if (constraints.empty()) return absl::InvalidArgumentError("groups: at least one of two records");
      return constraints;
    case v1::Decision::SPLIT: {
      if (groups.size() < 2) return absl::InvalidArgumentError("groups: at least two to split into");
      std::set<RecordKey> named;
      for (const auto& group : groups)
        for (const v1::RecordName& name : group.records()) named.insert(KeyOf(name));
      RELIEF_ASSIGN_OR_RETURN(auto person, matcher::PersonOfRecord(reader, KeyOf(groups[0].records(0))));
      RELIEF_ASSIGN_OR_RETURN(auto members, matcher::MembersOf(reader, person));
      if (!std::equal(named.begin(), named.end(), members.begin(), members.end()))
        return absl::InvalidArgumentError(
            "groups: together they hold every record of the person, and no other");
      for (const auto& group : groups) KeepTogether(&constraints, group);
      for (int i = 0; i < groups.size(); ++i)
        for (int j = i + 1; j < groups.size(); ++j)
          Add(&constraints, groups[i].records(0), groups[j].records(0), v1::Decision::DIFFERENT);
      return constraints;
    }
    case v1::Decision::MOVE: {
      if (groups.size() != 2)
        return absl::InvalidArgumentError(
            "groups: the records that move, and the records that they belong to");
      RELIEF_ASSIGN_OR_RETURN(auto from, matcher::PersonOfRecord(reader, KeyOf(groups[0].records(0))));
      std::set<RecordKey> moving;
      for (const v1::RecordName& name : groups[0].records()) moving.insert(KeyOf(name));
      RELIEF_ASSIGN_OR_RETURN(auto members, matcher::MembersOf(reader, from));
      if (members.size() > kMostRecords) return absl::InvalidArgumentError("groups: at most 200 records");
      for (const RecordKey& key : moving)
        if (!std::binary_search(members.begin(), members.end(), key))
          return absl::InvalidArgumentError("groups[0].records: all of one person");
      RELIEF_ASSIGN_OR_RETURN(auto to, matcher::PersonOfRecord(reader, KeyOf(groups[1].records(0))));
      if (to == from) return absl::InvalidArgumentError("groups[1].records: of another person");
      KeepTogether(&constraints, groups[0]);
      Add(&constraints, groups[0].records(0), groups[1].records(0), v1::Decision::SAME);
      // Away from each record that stays: any of them might pull it back.
      for (const RecordKey& stays : members) {
        if (moving.contains(stays)) continue;
        RELIEF_ASSIGN_OR_RETURN(auto name, NameOf(reader, stays));
        Add(&constraints, groups[0].records(0), name, v1::Decision::DIFFERENT);
      }
      return constraints;
    }
    default:
      return absl::InvalidArgumentError("operation: MOVE, SPLIT or KEEP");
  }
}

absl::StatusOr<v1::Cluster> ReadCluster(const ReviewView& view, const std::string& person_id) {
  const auto reader = view.hub.store().Snapshot();
  RELIEF_ASSIGN_OR_RETURN(auto persons, PersonsAround(*reader, person_id));
  v1::Cluster cluster;
  RELIEF_ASSIGN_OR_RETURN(auto etag, EtagOf(*reader, persons));
  cluster.set_etag(etag);
  struct Member {
    RecordKey key;
    PersonId person;
    v1::RecordName name;
    matcher::Identity identity;
  };
  std::vector<Member> all;
  size_t nickname = 0;
  for (const PersonId& person : persons) {
    RELIEF_ASSIGN_OR_RETURN(auto members, matcher::MembersOf(*reader, person));
    if (all.size() + members.size() > kMostRecords) break;
    v1::Cluster::Group& group = *cluster.add_groups();
    group.set_person_id(person.ToString());
    SetNickname(nickname++, group.mutable_nickname_zh(), group.mutable_nickname_en());
    for (const RecordKey& key : members) {
      RELIEF_ASSIGN_OR_RETURN(auto record, ReadCaseRecord(*reader, key));
      RELIEF_ASSIGN_OR_RETURN(auto identity, matcher::IdentityOf(*reader, key));
      all.push_back({key, person, record.record().name(), std::move(identity)});
      *group.add_records() = std::move(record);
    }
  }
  std::set<std::pair<RecordKey, RecordKey>> holding, weakest;
  for (const PersonId& person : persons) {
    RELIEF_ASSIGN_OR_RETURN(auto links, matcher::ExplainPerson(*reader, person));
    for (const matcher::PersonLink& link : links) holding.insert({link.a, link.b});
    if (!links.empty()) weakest.insert({links.front().a, links.front().b});
  }
  std::vector<v1::Cluster::Link> links;
  for (size_t i = 0; i < all.size(); ++i) {
    for (size_t j = i + 1; j < all.size(); ++j) {
      const auto pair = std::minmax(all[i].key, all[j].key);
      const auto phone_of_many =
          matcher::PhoneIsOfMany(*reader, view.hub.model(), all[i].identity, all[j].identity);
      if (!phone_of_many.ok()) return phone_of_many.status();
      const matcher::PairScore score =
          matcher::Score(view.hub.model(), all[i].identity, all[j].identity, nullptr, *phone_of_many);
      const bool holds = holding.contains(pair);
      RELIEF_ASSIGN_OR_RETURN(auto decisions, DecisionsOnPair(*reader, PairId(all[i].name, all[j].name)));
      auto conflict = matcher::ConflictBetween(*reader, pair.first, pair.second);
      if (!conflict.ok() && !absl::IsNotFound(conflict.status())) return conflict.status();
      v1::Cluster::Link link;
      for (const v1::Decision& decision : decisions) {
        if (decision.has_undo_time()) continue;
        if (decision.constraints().empty()) link.set_decided(decision.verdict());
        for (const auto& constraint : decision.constraints())
          if (PairId(constraint.record_a(), constraint.record_b()) == PairId(all[i].name, all[j].name))
            link.set_decided(constraint.verdict());
      }
      if (!holds && !conflict.ok() && link.decided() == v1::Decision::VERDICT_UNSPECIFIED &&
          score.bits < view.hub.model().review_threshold())
        continue;
      *link.mutable_record_a() = all[i].name;
      *link.mutable_record_b() = all[j].name;
      link.set_bits(score.bits);
      for (std::string_view veto : matcher::VetoNames(score.vetoes)) link.add_vetoes(std::string(veto));
      link.set_holds(holds);
      link.set_weakest(weakest.contains(pair));
      if (conflict.ok()) link.set_conflict_id(conflict->ToString());
      links.push_back(std::move(link));
    }
  }
  std::stable_sort(links.begin(), links.end(), [](const v1::Cluster::Link& l, const v1::Cluster::Link& r) {
    return l.bits() < r.bits();
  });
  if (links.size() > kMostLinks) links.erase(links.begin(), links.end() - kMostLinks);
  for (v1::Cluster::Link& link : links) *cluster.add_links() = std::move(link);
  return cluster;
}

absl::StatusOr<v1::Effect> PreviewCluster(core::Hub& hub, const v1::ClusterDecision& decision) {
  RELIEF_ASSIGN_OR_RETURN(auto constraints, ConstraintsOf(*hub.store().Snapshot(), decision));
  return PreviewEffect(hub, constraints);
}

absl::StatusOr<v1::Decision> DecideClusterNow(core::WriteContext& context, const v1::ClusterDecision& asked,
                                              const Attribution& by) {
  const storage::TransactionReader reader(context.txn);
  RELIEF_RETURN_IF_ERROR(CheckCluster(reader, asked));
  RELIEF_ASSIGN_OR_RETURN(auto constraints, ConstraintsOf(reader, asked));
  v1::Decision decision;
  decision.set_operation(asked.operation());
  decision.set_comment(asked.comment());
  for (v1::Decision::Constraint& constraint : constraints)
    *decision.add_constraints() = std::move(constraint);
  return DecideManyNow(context, std::move(decision), by);
}

absl::StatusOr<v1::Decision> DecideCluster(core::Hub& hub, const v1::ClusterDecision& asked,
                                           const Officer& officer) {
  RELIEF_RETURN_IF_ERROR(CheckComment(asked.comment(), "comment"));
  if (asked.etag().empty()) return absl::InvalidArgumentError("etag: required, as the cluster was read");
  v1::Decision decision;
  auto done = hub.Write([&](core::WriteContext& context) -> absl::Status {
    auto made = DecideClusterNow(context, asked, Alone(officer));
    const auto ground = SecondPersonNeeded(made.status());
    if (!ground) {
      if (!made.ok()) return made.status();
      decision = *std::move(made);
      return absl::OkStatus();
    }
    v1::Proposal proposal;
    *proposal.mutable_cluster() = asked;
    proposal.set_ground(*ground);
    RELIEF_ASSIGN_OR_RETURN(auto id, Propose(context, std::move(proposal), officer));
    decision.Clear();
    decision.set_operation(asked.operation());
    decision.set_officer(officer.name);
    decision.set_proposal_id(id);
    return absl::OkStatus();
  });
  if (!done.ok()) return done.status();
  return decision;
}

}  // namespace relief::server::review
