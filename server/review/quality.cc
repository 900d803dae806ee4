#include "server/review/quality.h"

#include <openssl/rand.h>

#include <algorithm>
#include <map>
#include <random>

#include "server/base/time.h"
#include "server/core/schema.h"
#include "server/review/case_history.h"
#include "server/review/case_records.h"
#include "server/review/deciding.h"
#include "server/review/explanation.h"
#include "server/review/field_comparison.h"
#include "server/review/review_rows.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::review {
namespace {

using matcher::PersonId;
using matcher::RecordKey;

constexpr int kMostItems = 2000;
constexpr size_t kPersonPage = 2000;

absl::StatusOr<v1::QualitySample> ReadSample(const storage::Reader& reader, const std::string& id) {
  return review_rows::ReadRow<v1::QualitySample>(reader, review_rows::SampleRow(id), "sample");
}

absl::StatusOr<std::vector<stored::QualityItem>> ReadItems(const storage::Reader& reader,
                                                           const std::string& id) {
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.Scan(review_rows::SampleItemPrefix(id), {}, kMostItems + 1));
  std::vector<stored::QualityItem> items;
  for (const storage::KeyRow& row : rows)
    if (!items.emplace_back().ParseFromString(row.row.value))
      return absl::DataLossError("an item of a sample is damaged");
  return items;
}

bool JudgedBy(const stored::QualityItem& item, const Officer& officer) {
  return std::any_of(item.judgements().begin(), item.judgements().end(),
                     [&](const auto& judgement) { return judgement.person() == officer.person; });
}

// Two judge each item; a third is not asked.
bool OpenFor(const stored::QualityItem& item, const Officer& officer) {
  return item.judgements_size() < 2 && !JudgedBy(item, officer);
}

RecordKey KeyIn(const std::string& bytes) { return RecordKey::FromBytes(bytes.data()); }

// A link is seen as a case of its two records would be.
bool Sees(const Officer& officer, const stored::QualityItem& item) {
  const RecordKey a = KeyIn(item.record_a()), b = KeyIn(item.record_b());
  v1::WorkItem link;
  link.set_conflict_id("C-" + std::min(a, b).ToString() + std::max(a, b).ToString());
  return officer.Sees(link);
}

// The reasons of the link: the levels that speak for it, strongest first.
std::string PatternOf(v1::MatchExplanation explanation) {
  std::stable_sort(
      explanation.mutable_fields()->begin(), explanation.mutable_fields()->end(),
      [](const v1::FieldEvidence& l, const v1::FieldEvidence& r) { return l.bits() > r.bits(); });
  std::string pattern;
  int named = 0;
  for (const v1::FieldEvidence& field : explanation.fields()) {
    if (field.bits() <= 0 || ++named > 3) break;
    pattern += (pattern.empty() ? "" : ", ") + field.field() + " " + field.level();
  }
  return pattern;
}

// A link that may be drawn: the nth of those that hold this person.
struct Drawable {
  PersonId person;
  size_t link = 0;
};

absl::StatusOr<std::vector<Drawable>> AllLinks(const storage::Reader& reader) {
  std::vector<Drawable> links;
  std::optional<PersonId> after;
  while (true) {
    RELIEF_ASSIGN_OR_RETURN(auto persons, matcher::ListPersons(reader, after, kPersonPage));
    if (persons.empty()) return links;
    after = persons.back();
    for (const PersonId& person : persons) {
      RELIEF_ASSIGN_OR_RETURN(auto members, matcher::MembersOf(reader, person));
      for (size_t i = 0; i + 1 < members.size(); ++i) links.push_back({person, i});
    }
  }
}

absl::StatusOr<bool> InRegion(const storage::Reader& reader, const matcher::PersonLink& link,
                              const std::string& prefix) {
  if (prefix.empty()) return true;
  for (const RecordKey& key : {link.a, link.b}) {
    RELIEF_ASSIGN_OR_RETURN(auto record,
                            review_rows::ReadRow<stored::Record>(reader, schema::RecordRow(key), "record"));
    for (const std::string& region :
         {record.record().benefit().paying_region(), record.record().person().region_code()})
      if (region.compare(0, prefix.size(), prefix) == 0 && !region.empty()) return true;
  }
  return false;
}

absl::StatusOr<std::vector<stored::QualityItem>> Draw(const core::Hub& hub, const storage::Reader& reader,
                                                      const v1::DrawQualitySampleRequest& request,
                                                      uint64_t seed, int64_t* links_there) {
  RELIEF_ASSIGN_OR_RETURN(auto links, AllLinks(reader));
  *links_there = static_cast<int64_t>(links.size());
  std::mt19937_64 random(seed);
  std::vector<stored::QualityItem> items;
  for (size_t i = 0; i < links.size() && items.size() < static_cast<size_t>(request.size()); ++i) {
    std::swap(links[i], links[i + random() % (links.size() - i)]);
    const Drawable& drawn = links[i];
    RELIEF_ASSIGN_OR_RETURN(auto how, matcher::ExplainPerson(reader, drawn.person));
    if (drawn.link >= how.size()) continue;
    const matcher::PersonLink& link = how[drawn.link];
    if (link.by_officer) continue;
    if (request.has_min_bits() && link.bits < request.min_bits()) continue;
    if (request.has_max_bits() && link.bits > request.max_bits()) continue;
    RELIEF_ASSIGN_OR_RETURN(auto in_region, InRegion(reader, link, request.region_prefix()));
    if (!in_region) continue;
    RELIEF_ASSIGN_OR_RETURN(auto a, matcher::IdentityOf(reader, link.a));
    RELIEF_ASSIGN_OR_RETURN(auto b, matcher::IdentityOf(reader, link.b));
    stored::QualityItem& item = items.emplace_back();
    item.set_record_a(std::string(link.a.view()));
    item.set_record_b(std::string(link.b.view()));
    item.set_bits(link.bits);
    RELIEF_ASSIGN_OR_RETURN(auto explanation, Explain(reader, hub.model(), a, b));
    item.set_pattern(PatternOf(explanation));
  }
  return items;
}

}  // namespace

absl::StatusOr<v1::QualitySample> DrawQualitySample(core::Hub& hub,
                                                    const v1::DrawQualitySampleRequest& request,
                                                    const Officer& officer) {
  if (request.size() < 1 || request.size() > kMostItems) return absl::InvalidArgumentError("size: 1 to 2000");
  uint64_t seed = request.seed();
  if (seed == 0) {
    RAND_bytes(reinterpret_cast<unsigned char*>(&seed), sizeof seed);
    seed >>= 11;
  }
  const auto snapshot = hub.store().Snapshot();
  v1::QualitySample sample;
  int64_t links = 0;
  RELIEF_ASSIGN_OR_RETURN(auto items, Draw(hub, *snapshot, request, seed, &links));
  if (items.empty()) return absl::FailedPreconditionError("no link of the machine's own fits");
  sample.set_seed(seed);
  sample.set_links(links);
  sample.set_items(static_cast<int32_t>(items.size()));
  sample.set_model_version(hub.model().version());
  sample.set_officer(officer.name);
  auto done = hub.Write([&](core::WriteContext& context) -> absl::Status {
    auto number =
        NextNumber(context.txn, &stored::ReviewCounters::samples, &stored::ReviewCounters::set_samples);
    if (!number.ok()) return number.status();
    sample.set_sample_id(review_rows::Numbered('Q', *number));
    *sample.mutable_create_time() = ToTimestamp(context.now_us);
    context.txn.Put(review_rows::SampleRow(sample.sample_id()), sample.SerializeAsString());
    for (size_t i = 0; i < items.size(); ++i)
      context.txn.Put(review_rows::SampleItemRow(sample.sample_id(), static_cast<int64_t>(i) + 1),
                      items[i].SerializeAsString());
    context.Audit({officer.name, "review.sample", sample.sample_id(), "", "", std::to_string(items.size())});
    return absl::OkStatus();
  });
  if (!done.ok()) return done.status();
  return sample;
}

absl::StatusOr<v1::ListQualitySamplesResponse> ListQualitySamples(const storage::Reader& reader) {
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.Scan(review_rows::kSamplePrefix, {}, 10'000));
  v1::ListQualitySamplesResponse response;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row)
    if (!response.add_samples()->ParseFromString(row->row.value))
      return absl::DataLossError("the row of a sample is damaged");
  return response;
}

absl::StatusOr<v1::QualityItem> NextQualityItem(const core::Hub& hub, const std::string& sample_id,
                                                const Officer& officer) {
  const auto reader = hub.store().Snapshot();
  if (auto sample = ReadSample(*reader, sample_id); !sample.ok()) return sample.status();
  RELIEF_ASSIGN_OR_RETURN(auto items, ReadItems(*reader, sample_id));
  v1::QualityItem out;
  for (size_t i = 0; i < items.size(); ++i) {
    const stored::QualityItem& item = items[i];
    if (!OpenFor(item, officer) || !Sees(officer, item)) continue;
    out.set_left(out.left() + 1);
    if (out.number() != 0) continue;
    const RecordKey a = KeyIn(item.record_a()), b = KeyIn(item.record_b());
    auto record_a = ReadCaseRecord(*reader, a), record_b = ReadCaseRecord(*reader, b);
    auto raw_a = review_rows::ReadRow<stored::Record>(*reader, schema::RecordRow(a), "record");
    auto raw_b = review_rows::ReadRow<stored::Record>(*reader, schema::RecordRow(b), "record");
    auto identity_a = matcher::IdentityOf(*reader, a), identity_b = matcher::IdentityOf(*reader, b);
    // A record went since: there is nothing left to judge.
    if (!record_a.ok() || !record_b.ok() || !raw_a.ok() || !raw_b.ok() || !identity_a.ok() ||
        !identity_b.ok()) {
      out.set_left(out.left() - 1);
      continue;
    }
    out.set_sample_id(sample_id);
    out.set_number(static_cast<int32_t>(i) + 1);
    *out.mutable_record_a() = *std::move(record_a);
    *out.mutable_record_b() = *std::move(record_b);
    for (v1::FieldComparison& field :
         CompareFields({raw_a->record().person(), *identity_a, raw_a->record().household()},
                       {raw_b->record().person(), *identity_b, raw_b->record().household()}, {}))
      *out.add_fields() = std::move(field);
  }
  if (out.number() == 0) return absl::NotFoundError("nothing is left for you in this sample");
  return out;
}

absl::StatusOr<v1::JudgeQualityItemResponse> JudgeQualityItem(core::Hub& hub,
                                                              const v1::JudgeQualityItemRequest& request,
                                                              const Officer& officer) {
  if (request.verdict() == v1::Decision::VERDICT_UNSPECIFIED ||
      !v1::Decision::Verdict_IsValid(request.verdict()))
    return absl::InvalidArgumentError("verdict: required");
  v1::JudgeQualityItemResponse response;
  auto done = hub.Write([&](core::WriteContext& context) -> absl::Status {
    const storage::TransactionReader reader(context.txn);
    RELIEF_ASSIGN_OR_RETURN(auto sample, ReadSample(reader, request.sample_id()));
    const std::string row = review_rows::SampleItemRow(request.sample_id(), request.number());
    RELIEF_ASSIGN_OR_RETURN(auto item, review_rows::ReadRow<stored::QualityItem>(reader, row, "item"));
    if (JudgedBy(item, officer)) return absl::FailedPreconditionError("you judged this item already");
    if (item.judgements_size() >= 2)
      return absl::FailedPreconditionError("two officers judged this item already");
    auto& judgement = *item.add_judgements();
    judgement.set_officer(officer.name);
    judgement.set_person(officer.person);
    judgement.set_verdict(request.verdict());
    context.txn.Put(row, item.SerializeAsString());
    if (item.judgements_size() == 1) sample.set_judged_once(sample.judged_once() + 1);
    if (item.judgements_size() == 2) sample.set_judged_twice(sample.judged_twice() + 1);
    context.txn.Put(review_rows::SampleRow(request.sample_id()), sample.SerializeAsString());
    RELIEF_ASSIGN_OR_RETURN(auto items, ReadItems(reader, request.sample_id()));
    response.set_left(static_cast<int32_t>(std::count_if(items.begin(), items.end(), [&](const auto& one) {
      return OpenFor(one, officer) && Sees(officer, one);
    })));
    return absl::OkStatus();
  });
  if (!done.ok()) return done.status();
  return response;
}

absl::StatusOr<v1::QualityReport> GetQualityReport(const core::Hub& hub,
                                                   const v1::GetQualityReportRequest& request) {
  const auto reader = hub.store().Snapshot();
  std::vector<std::string> ids;
  v1::QualityReport report;
  report.set_model_version(request.model_version().empty() ? hub.model().version() : request.model_version());
  if (!request.sample_id().empty()) {
    RELIEF_ASSIGN_OR_RETURN(auto sample, ReadSample(*reader, request.sample_id()));
    report.set_model_version(sample.model_version());
    ids.push_back(request.sample_id());
  } else {
    RELIEF_ASSIGN_OR_RETURN(auto samples, ListQualitySamples(*reader));
    for (const v1::QualitySample& sample : samples.samples())
      if (sample.model_version() == report.model_version()) ids.push_back(sample.sample_id());
  }
  struct Tally {
    double right = 0;
    int64_t judged = 0;
  };
  Tally all;
  std::map<std::string, Tally> patterns;
  int64_t table[3][3] = {}, agreed = 0;
  for (const std::string& id : ids) {
    RELIEF_ASSIGN_OR_RETURN(auto items, ReadItems(*reader, id));
    for (const stored::QualityItem& item : items) {
      report.set_items(report.items() + 1);
      if (item.judgements().empty()) continue;
      report.set_judged_once(report.judged_once() + 1);
      if (item.judgements_size() == 2) {
        report.set_judged_twice(report.judged_twice() + 1);
        const int first = item.judgements(0).verdict() - 1, second = item.judgements(1).verdict() - 1;
        ++table[first][second];
        agreed += first == second;
      }
      double right = 0;
      int said = 0;
      for (const auto& judgement : item.judgements()) {
        if (judgement.verdict() == v1::Decision::UNSURE) continue;
        right += judgement.verdict() == v1::Decision::SAME;
        ++said;
      }
      if (said == 0) {
        report.set_unsure(report.unsure() + 1);
        continue;
      }
      for (Tally* tally : {&all, &patterns[item.pattern()]}) {
        tally->right += right / said;
        ++tally->judged;
      }
    }
  }
  *report.mutable_precision() = ShareOf(all.right, all.judged);
  *report.mutable_agreement() = ShareOf(static_cast<double>(agreed), report.judged_twice());
  const Kappa kappa = KappaOf(table);
  report.set_kappa(kappa.value);
  report.set_kappa_low(kappa.low);
  report.set_kappa_high(kappa.high);
  for (const auto& [pattern, tally] : patterns) {
    auto& one = *report.add_patterns();
    one.set_pattern(pattern);
    *one.mutable_precision() = ShareOf(tally.right, tally.judged);
  }
  std::stable_sort(report.mutable_patterns()->begin(), report.mutable_patterns()->end(),
                   [](const auto& l, const auto& r) { return l.precision().of() > r.precision().of(); });
  return report;
}

}  // namespace relief::server::review
