// A hub on a memory store with the shipped model and rules, and one-line builders of records. For tests only.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "matcher/normalize/normalizer.h"
#include "server/core/hub.h"
#include "server/features.h"
#include "server/findings/feed_rows.h"
#include "server/ingest/feed.h"
#include "server/records/identity_mapping.h"
#include "storage/memory_store.h"

namespace relief::server {

inline std::shared_ptr<const matcher::Model> ShippedModel() {
  auto model = matcher::Model::Load(RELIEF_MODEL_FILE);
  EXPECT_TRUE(model.ok()) << model.status();
  return *model;
}

inline std::shared_ptr<const coverage::RuleSet> ShippedRules() {
  auto rules = coverage::RuleSet::LoadDirectory(RELIEF_RULES_DIRECTORY);
  EXPECT_TRUE(rules.ok()) << rules.status();
  return *rules;
}

inline core::Hub::Options TestOptions() {
  core::Hub::Options options;
  options.as_of = matcher::CivilDate{2026, 10, 31};
  options.features = AllFeatures();
  options.features.Set(ingest::FeedSettings{.auto_register_sources = true});
  // What follows from gaps is not about feeds: tests of those ask for them (feed_rows_test.cc).
  options.features.Set(findings::GapSettings{.feeds_tell_everything = true});
  options.clock = [] { return int64_t{1'793'000'000'000'000}; };
  return options;
}

inline std::unique_ptr<core::Hub> OpenHub(std::unique_ptr<storage::Store> store = storage::NewMemoryStore(),
                                          core::Hub::Options options = TestOptions(),
                                          std::shared_ptr<const coverage::RuleSet> rules = ShippedRules()) {
  auto hub = core::Hub::Open(std::move(options), std::move(store), ShippedModel(), std::move(rules));
  EXPECT_TRUE(hub.ok()) << hub.status();
  return *std::move(hub);
}

struct Who {
  std::string name;
  std::string id_number;
  matcher::CivilDate birth;
};

// A made-up person: the number is well formed for the birth date.
inline Who MadeUp(const std::string& name, matcher::CivilDate birth, int sequence) {
  char text[32];
  std::snprintf(text, sizeof text, "371302%04d%02d%02d%03d", birth.year, birth.month, birth.day, sequence);
  return {name, std::string(text) + matcher::ResidentIdCheckDigit(text), birth};
}

inline v1::Record RecordOf(const Who& who, const std::string& record_id, int64_t version = 1) {
  v1::Record record;
  record.set_record_id(record_id);
  record.set_version(version);
  record.mutable_person()->set_name(who.name);
  record.mutable_person()->set_id_number(who.id_number);
  *record.mutable_person()->mutable_birth_date() = records::ToProto(who.birth);
  record.mutable_person()->set_region_code("371302");
  return record;
}

inline v1::Month MonthOf(int year, int month) {
  v1::Month out;
  out.set_year(year);
  out.set_month(month);
  return out;
}

inline v1::Record Monthly(const Who& who, const std::string& record_id, v1::Programme programme,
                          v1::Month start, const std::string& region = "371302", int64_t version = 1) {
  v1::Record record = RecordOf(who, record_id, version);
  v1::Benefit& benefit = *record.mutable_benefit();
  benefit.set_programme(programme);
  *benefit.mutable_start_month() = start;
  benefit.set_amount_fen(50000);
  benefit.set_cycle(v1::MONTHLY);
  benefit.set_paying_region(region);
  return record;
}

inline v1::Record FactOf(const Who& who, const std::string& record_id, v1::FactType type,
                         matcher::CivilDate date) {
  v1::Record record = RecordOf(who, record_id);
  record.mutable_fact()->set_type(type);
  *record.mutable_fact()->mutable_date() = records::ToProto(date);
  return record;
}

inline v1::Source OpenBenefits(core::Hub& hub, const std::string& source_id, v1::Programme programme) {
  v1::Open open;
  open.set_source_id(source_id);
  open.set_content(v1::Source::BENEFITS);
  open.set_programme(programme);
  auto source = ingest::OpenSource(hub, open, "local");
  EXPECT_TRUE(source.ok()) << source.status();
  return *source;
}

inline v1::Source OpenFacts(core::Hub& hub, const std::string& source_id) {
  v1::Open open;
  open.set_source_id(source_id);
  open.set_content(v1::Source::FACTS);
  auto source = ingest::OpenSource(hub, open, "local");
  EXPECT_TRUE(source.ok()) << source.status();
  return *source;
}

inline v1::BatchAck Push(core::Hub& hub, const v1::Source& source, const std::vector<v1::Record>& records) {
  v1::Batch batch;
  batch.set_batch_id(1);
  for (const v1::Record& record : records) *batch.add_records() = record;
  auto ack = ingest::SubmitBatch(hub, source, std::move(batch), "local").get();
  EXPECT_TRUE(ack.ok()) << ack.status();
  return *ack;
}

// Rows whose keys begin with `prefix`.
inline std::map<std::string, std::string> Rows(const core::Hub& hub, std::string_view prefix) {
  std::map<std::string, std::string> rows;
  const auto all = hub.store().Scan(prefix, "", 1'000'000);
  for (const storage::KeyRow& row : *all) rows[row.key] = row.row.value;
  return rows;
}

inline std::vector<v1::Finding> OpenFindings(const core::Hub& hub) {
  std::vector<v1::Finding> findings;
  for (const auto& [key, value] : Rows(hub, "hf")) {
    v1::Finding finding;
    EXPECT_TRUE(finding.ParseFromString(value));
    if (finding.state() == v1::Finding::OPEN) findings.push_back(std::move(finding));
  }
  return findings;
}

// A store that outlives the hub on it.
class BorrowedStore : public storage::Store {
 public:
  explicit BorrowedStore(storage::Store& store) : store_(store) {}
  absl::StatusOr<std::vector<storage::Row>> MultiGet(std::span<const std::string> keys) const override {
    return store_.MultiGet(keys);
  }
  absl::StatusOr<std::vector<storage::KeyRow>> Scan(std::string_view prefix, std::string_view from,
                                                    size_t limit) const override {
    return store_.Scan(prefix, from, limit);
  }
  storage::Version version() const override { return store_.version(); }
  absl::StatusOr<storage::CommitResult> Apply(const storage::Commit& commit) override {
    return store_.Apply(commit);
  }
  std::unique_ptr<storage::Reader> Snapshot() const override { return store_.Snapshot(); }
  std::optional<std::vector<std::string>> ChangedKeys(std::string_view prefix, storage::Version after,
                                                      storage::Version to) const override {
    return store_.ChangedKeys(prefix, after, to);
  }
  std::unique_ptr<storage::ExclusiveTurn> TakeTurn() override { return store_.TakeTurn(); }
  uint64_t DiskBytes() const override { return store_.DiskBytes(); }

 private:
  storage::Store& store_;
};

}  // namespace relief::server
