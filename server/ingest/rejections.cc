#include "server/ingest/rejections.h"

#include <algorithm>
#include <tuple>

#include "server/core/schema.h"
#include "server/ingest/feed.h"
#include "server/records/mask.h"
#include "server/records/stored.pb.h"
#include "storage/status_macros.h"

namespace relief::server::ingest {
namespace {

constexpr int kSamples = 5;
constexpr size_t kLongNumber = 11;  // a telephone, a document, an account

// Which one of a list it was does not matter: "phones[3]" counts as "phones[]".
std::string WithoutPositions(const std::string& field) {
  std::string plain;
  bool inside = false;
  for (char c : field) {
    inside = inside && c != ']';
    if (!inside) plain.push_back(c);
    inside = inside || c == '[';
  }
  return plain;
}

// Some departments use a person's number as the number of the record.
std::string MaskLongNumbers(const std::string& text) {
  std::string masked;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    while (end < text.size() && is_digit(text[end])) ++end;
    if (end < text.size() && end > at && (text[end] == 'X' || text[end] == 'x')) ++end;
    if (end - at >= kLongNumber) {
      masked += records::MaskDocument(text.substr(at, end - at));
    } else {
      end = std::max(end, at + 1);
      masked += text.substr(at, end - at);
    }
    at = end;
  }
  return masked;
}

v1::RejectionCount& CountOf(const v1::FieldError& error, stored::Rejections& row) {
  const std::string field = WithoutPositions(error.field());
  for (v1::RejectionCount& count : *row.mutable_counts())
    if (count.field() == field && count.reason() == error.reason()) return count;
  v1::RejectionCount& added = *row.add_counts();
  added.set_field(field);
  added.set_reason(error.reason());
  return added;
}

}  // namespace

absl::Status CountRejections(storage::Transaction& txn, const std::string& source_id,
                             const google::protobuf::RepeatedPtrField<v1::Rejection>& rejected,
                             int64_t now_us) {
  if (rejected.empty()) return absl::OkStatus();
  const std::string key = schema::RejectionsRow(source_id);
  RELIEF_ASSIGN_OR_RETURN(auto value, txn.Get(key));
  stored::Rejections row;
  if (value && !row.ParseFromString(*value)) return absl::DataLossError("a row of the hub is damaged");
  for (const v1::Rejection& rejection : rejected) {
    for (const v1::FieldError& error : rejection.errors()) {
      v1::RejectionCount& count = CountOf(error, row);
      count.set_message(error.message());
      count.set_records(count.records() + 1);
      count.mutable_last_time()->set_seconds(now_us / 1'000'000);
      auto& samples = *count.mutable_sample_record_ids();
      if (rejection.record_id().empty() ||
          std::find(samples.begin(), samples.end(), rejection.record_id()) != samples.end())
        continue;
      *samples.Add() = rejection.record_id();
      std::rotate(samples.begin(), samples.end() - 1, samples.end());
      if (samples.size() > kSamples) samples.RemoveLast();
    }
  }
  txn.Put(key, row.SerializeAsString());
  return absl::OkStatus();
}

absl::StatusOr<v1::ListRejectionsResponse> ListRejections(const storage::Reader& reader,
                                                          const std::string& source_id) {
  if (auto source = GetSource(reader, source_id); !source.ok()) return source.status();
  const std::string key = schema::RejectionsRow(source_id);
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.MultiGet({&key, 1}));
  stored::Rejections row;
  if (!row.ParseFromString(rows.front().value)) return absl::DataLossError("a row of the hub is damaged");
  v1::ListRejectionsResponse response;
  *response.mutable_rejections() = std::move(*row.mutable_counts());
  std::sort(response.mutable_rejections()->begin(), response.mutable_rejections()->end(),
            [](const auto& l, const auto& r) {
              return std::tuple(-l.records(), l.field(), l.reason()) <
                     std::tuple(-r.records(), r.field(), r.reason());
            });
  for (v1::RejectionCount& count : *response.mutable_rejections())
    for (std::string& id : *count.mutable_sample_record_ids()) id = MaskLongNumbers(id);
  return response;
}

}  // namespace relief::server::ingest
