#include "server/review/case_records.h"

#include "server/base/time.h"
#include "server/core/schema.h"
#include "server/records/identity_mapping.h"
#include "server/records/mask.h"
#include "server/review/case_history.h"
#include "server/review/review_rows.h"
#include "storage/status_macros.h"

namespace relief::server::review {
namespace {

struct Nickname {
  const char *zh, *en;
};
constexpr Nickname kNicknames[] = {{"青松", "Pine"},     {"白鹭", "Egret"},  {"红枫", "Maple"},
                                   {"蓝湖", "Lake"},     {"金穗", "Wheat"},  {"紫藤", "Wisteria"},
                                   {"银杏", "Ginkgo"},   {"翠竹", "Bamboo"}, {"海燕", "Petrel"},
                                   {"山茶", "Camellia"}, {"朝霞", "Dawn"},   {"晚星", "Evenstar"}};

}  // namespace

void SetNickname(size_t n, std::string* zh, std::string* en) {
  const Nickname& name = kNicknames[n % std::size(kNicknames)];
  const size_t round = n / std::size(kNicknames);
  *zh = name.zh + (round == 0 ? "" : std::to_string(round + 1));
  *en = name.en + (round == 0 ? "" : " " + std::to_string(round + 1));
}

absl::StatusOr<v1::CaseRecord> ReadCaseRecord(const storage::Reader& reader, matcher::RecordKey key) {
  auto stored = review_rows::ReadRow<stored::Record>(reader, schema::RecordRow(key), "record");
  if (!stored.ok()) return stored.status();
  const v1::Record effective = records::EffectiveRecord(*stored);
  v1::CaseRecord out;
  v1::PersonRecord& record = *out.mutable_record();
  record.mutable_name()->set_source_id(stored->source_id());
  record.mutable_name()->set_record_id(effective.record_id());
  *record.mutable_person() = records::MaskIdentity(effective.person());
  *record.mutable_household() = effective.household();
  if (effective.has_benefit()) {
    *record.mutable_benefit() = effective.benefit();
    record.mutable_benefit()->set_payee_account(records::MaskNumber(effective.benefit().payee_account()));
    out.set_programme(effective.benefit().programme());
  }
  if (effective.has_fact()) *record.mutable_fact() = effective.fact();
  if (effective.has_lead()) *record.mutable_lead() = effective.lead();
  if (effective.has_gift()) *record.mutable_gift() = effective.gift();
  out.set_source_id(stored->source_id());
  out.set_version(effective.version());
  *out.mutable_record_time() = ToTimestamp(stored->commit_time_us());
  RELIEF_ASSIGN_OR_RETURN(
      auto source, review_rows::ReadOrEmpty<stored::Source>(reader, schema::SourceRow(stored->source_id())));
  out.set_source_region(source.source().region_prefix());
  return out;
}

}  // namespace relief::server::review
