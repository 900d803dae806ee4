// Sources: who may push what.
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

#include "matcher/resolve/index_reader.h"
#include "server/core/schema.h"
#include "server/findings/feed_rows.h"
#include "server/ingest/feed.h"
#include "server/ingest/loads.h"
#include "server/ingest/source_row.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::ingest {
namespace {

constexpr int kDefaultPage = 100, kMaxPage = 1000;
constexpr size_t kMostDigest = 64;

absl::Status CheckOpen(const v1::Open& open) {
  const std::string& id = open.source_id();
  const bool characters = std::all_of(id.begin(), id.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
  if (id.empty() || id.size() > 64 || !characters)
    return absl::InvalidArgumentError("open.source_id: 1 to 64 of A-Z a-z 0-9 . _ -");
  if (open.content() == v1::Source::CONTENT_UNSPECIFIED || !v1::Source::Content_IsValid(open.content()))
    return absl::InvalidArgumentError("open.content: BENEFITS, FACTS, LEADS or GIFTS");
  if (open.content() == v1::Source::BENEFITS &&
      (open.programme() == v1::PROGRAMME_UNSPECIFIED || !v1::Programme_IsValid(open.programme())))
    return absl::InvalidArgumentError("open.programme: required for a source of benefits");
  if (open.content_digest().size() > kMostDigest)
    return absl::InvalidArgumentError("open.content_digest: at most 64 characters");
  const std::string& region = open.region_prefix();
  if (!std::all_of(region.begin(), region.end(), [](char c) { return c >= '0' && c <= '9'; }) ||
      (!region.empty() && region.size() != 2 && region.size() != 4 && region.size() != 6))
    return absl::InvalidArgumentError("open.region_prefix: 0, 2, 4 or 6 digits");
  return absl::OkStatus();
}

}  // namespace

std::string SnapshotId(int64_t number) { return "S-" + std::to_string(number); }

absl::StatusOr<stored::Source> ReadSource(storage::Transaction& txn, const std::string& source_id) {
  RELIEF_ASSIGN_OR_RETURN(auto value, txn.Get(schema::SourceRow(source_id)));
  if (!value) return absl::NotFoundError("no such source");
  stored::Source source;
  if (!source.ParseFromString(*value)) return absl::DataLossError("the row of a source is damaged");
  return source;
}

void WriteSource(storage::Transaction& txn, const stored::Source& source) {
  txn.Put(schema::SourceRow(source.source().source_id()), source.SerializeAsString());
}

absl::StatusOr<std::optional<stored::Record>> ReadRecord(storage::Transaction& txn, matcher::RecordKey key) {
  RELIEF_ASSIGN_OR_RETURN(auto value, txn.Get(schema::RecordRow(key)));
  if (!value) return std::optional<stored::Record>();
  stored::Record record;
  if (!record.ParseFromString(*value)) return absl::DataLossError("the row of a record is damaged");
  return std::optional(std::move(record));
}

absl::Status CheckOwner(const stored::Source& source, const std::string& actor) {
  if (source.owner().empty() || source.owner() == actor) return absl::OkStatus();
  return absl::PermissionDeniedError("the source belongs to another agency");
}

absl::StatusOr<stored::Source> OpenSourceIn(core::WriteContext& context, const v1::Open& open,
                                            const std::string& actor, bool may_register) {
  auto source = ReadSource(context.txn, open.source_id());
  if (absl::IsNotFound(source.status())) {
    if (!may_register) return source.status();
    stored::Source fresh;
    fresh.mutable_source()->set_source_id(open.source_id());
    fresh.mutable_source()->set_content(open.content());
    if (open.content() == v1::Source::BENEFITS) fresh.mutable_source()->set_programme(open.programme());
    fresh.mutable_source()->set_region_prefix(open.region_prefix());
    WriteSource(context.txn, fresh);
    context.Audit({actor, "feed.register", open.source_id(), "", "", ""});
    return fresh;
  }
  if (!source.ok()) return source.status();
  RELIEF_RETURN_IF_ERROR(CheckOwner(*source, actor));
  const v1::Source& registered = source->source();
  if (registered.content() != open.content() ||
      (registered.content() == v1::Source::BENEFITS && registered.programme() != open.programme()))
    return absl::FailedPreconditionError("the source is registered with another content or programme");
  return source;
}

namespace {

absl::StatusOr<stored::Source> OpenStored(core::Hub& hub, const v1::Open& open, const std::string& actor) {
  RELIEF_RETURN_IF_ERROR(CheckOpen(open));
  const bool may_register = hub.features().Get<FeedSettings>().auto_register_sources;
  stored::Source opened;
  auto done = hub.Write([&](core::WriteContext& context) -> absl::Status {
    RELIEF_ASSIGN_OR_RETURN(auto source, OpenSourceIn(context, open, actor, may_register));
    opened = std::move(source);
    // A source belongs to the load from here on, also when its content turns out to be known and nothing is sent: an earlier
    // load of it that broke off is over (loads.cc, EndSuperseded).
    return CountEnded(context.txn, open.load_id(), open.source_id(), 0);
  });
  if (!done.ok()) return done.status();
  return opened;
}

// Of the hub's secret and the source: known to nobody but the source's senders, and the same for ever.
std::string RecordIdKey(const matcher::BlockSecret& secret, const std::string& source_id) {
  const std::string text = "record-id/" + source_id;
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
  return {reinterpret_cast<const char*>(mac), size};
}

bool HasContent(const stored::Source& source, const std::string& digest) {
  const auto& contents = source.contents();
  return !digest.empty() && std::find(contents.begin(), contents.end(), digest) != contents.end();
}

absl::StatusOr<v1::Opened> ToldAtOpening(core::Hub& hub, const v1::Open& open, stored::Source source) {
  RELIEF_ASSIGN_OR_RETURN(auto secret, matcher::ReadBlockSecret(hub.store()));
  v1::Opened opened;
  opened.set_max_batch_records(kMaxBatchRecords);
  opened.set_max_in_flight(kMaxBatchesInFlight);
  opened.set_record_id_key(RecordIdKey(secret, open.source_id()));
  opened.set_content_known(HasContent(source, open.content_digest()));
  *opened.mutable_source() = std::move(*source.mutable_source());
  return opened;
}

}  // namespace

absl::StatusOr<v1::Source> OpenSource(core::Hub& hub, const v1::Open& open, const std::string& actor) {
  RELIEF_ASSIGN_OR_RETURN(auto source, OpenStored(hub, open, actor));
  return source.source();
}

absl::StatusOr<v1::Opened> OpenFeed(core::Hub& hub, const v1::Open& open, const std::string& actor) {
  RELIEF_ASSIGN_OR_RETURN(auto source, OpenStored(hub, open, actor));
  return ToldAtOpening(hub, open, std::move(source));
}

absl::StatusOr<v1::Opened> LookAtFeed(core::Hub& hub, const v1::Open& open, const std::string& actor) {
  RELIEF_RETURN_IF_ERROR(CheckOpen(open));
  const bool may_register = hub.features().Get<FeedSettings>().auto_register_sources;
  stored::Source opened;
  absl::Status done = hub.DryRun(
      [&](core::WriteContext& context) -> absl::Status {
        RELIEF_ASSIGN_OR_RETURN(auto source, OpenSourceIn(context, open, actor, may_register));
        opened = std::move(source);
        return absl::OkStatus();
      },
      [](storage::Transaction&) { return absl::OkStatus(); });
  if (!done.ok()) return done;
  return ToldAtOpening(hub, open, std::move(opened));
}

absl::Status RegisterSource(core::Hub& hub, const v1::Source& source, const std::string& owner) {
  return hub
      .Write([&](core::WriteContext& context) -> absl::Status {
        auto stored = ReadSource(context.txn, source.source_id());
        if (!stored.ok() && !absl::IsNotFound(stored.status())) return stored.status();
        stored::Source row;
        if (stored.ok()) row = *std::move(stored);
        const v1::Source& before = row.source();
        if (before.accepted() > 0 &&
            (before.content() != source.content() || before.programme() != source.programme()))
          return absl::FailedPreconditionError("source " + source.source_id() +
                                               " already holds records of another content or programme");
        if (before.content() == source.content() && before.programme() == source.programme() &&
            before.region_prefix() == source.region_prefix() &&
            before.holds_each_person_once() == source.holds_each_person_once() && row.owner() == owner &&
            before.declared().SerializeAsString() == source.declared().SerializeAsString())
          return absl::OkStatus();
        row.mutable_source()->set_source_id(source.source_id());
        row.mutable_source()->set_content(source.content());
        row.mutable_source()->set_programme(source.programme());
        row.mutable_source()->set_region_prefix(source.region_prefix());
        row.mutable_source()->set_holds_each_person_once(source.holds_each_person_once());
        row.mutable_source()->clear_declared();
        if (source.has_declared()) *row.mutable_source()->mutable_declared() = source.declared();
        row.set_owner(owner);
        WriteSource(context.txn, row);
        RELIEF_RETURN_IF_ERROR(findings::FeedChange().Write(context, row, true));
        context.Audit({"local", "feed.register", source.source_id(), "", "", ""});
        return absl::OkStatus();
      })
      .status();
}

namespace {

absl::StatusOr<stored::Source> GetStored(const storage::Reader& reader, const std::string& source_id) {
  const std::string key = schema::SourceRow(source_id);
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.MultiGet({&key, 1}));
  if (!rows[0].present()) return absl::NotFoundError("no such source");
  stored::Source source;
  if (!source.ParseFromString(rows[0].value)) return absl::DataLossError("the row of a source is damaged");
  return source;
}

}  // namespace

absl::StatusOr<v1::Source> GetSource(const storage::Reader& reader, const std::string& source_id) {
  RELIEF_ASSIGN_OR_RETURN(auto source, GetStored(reader, source_id));
  return std::move(*source.mutable_source());
}

absl::StatusOr<bool> KnowsContent(const storage::Reader& reader, const std::string& source_id,
                                  const std::string& digest) {
  auto source = GetStored(reader, source_id);
  if (absl::IsNotFound(source.status())) return false;
  if (!source.ok()) return source.status();
  return HasContent(*source, digest);
}

absl::StatusOr<v1::ListSourcesResponse> ListSources(const storage::Reader& reader,
                                                    const v1::ListSourcesRequest& request) {
  if (request.page_size() < 0) return absl::InvalidArgumentError("page_size: not negative");
  const int size = request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kMaxPage);
  std::string from;
  if (!request.page_token().empty()) from = schema::SourceRow(request.page_token()) + std::string(1, '\0');
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.Scan(schema::kSourcePrefix, from, static_cast<size_t>(size) + 1));
  v1::ListSourcesResponse response;
  for (const storage::KeyRow& row : rows) {
    if (response.sources_size() == size) {
      response.set_next_page_token(response.sources(size - 1).source_id());
      break;
    }
    stored::Source source;
    if (!source.ParseFromString(row.row.value)) return absl::DataLossError("the row of a source is damaged");
    *response.add_sources() = std::move(*source.mutable_source());
  }
  return response;
}

}  // namespace relief::server::ingest
