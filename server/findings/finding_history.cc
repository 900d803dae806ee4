#include "server/findings/finding_history.h"

#include <optional>

#include "server/core/schema.h"
#include "server/findings/report_rows.h"
#include "server/records/stored.pb.h"

namespace relief::server::findings {
namespace {

constexpr size_t kScanPage = 1000;

using Step = std::function<void(const v1::Finding*, const v1::Finding&, int64_t)>;

int64_t Microseconds(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1'000'000 + time.nanos() / 1000;
}

// The entries of the history one by one, in the order of findings and their sequence.
class History {
 public:
  explicit History(const storage::Reader& reader) : reader_(reader) {}

  // Entries of this finding; those of findings before it are passed over.
  absl::StatusOr<std::vector<stored::FindingEvent>> Of(const std::string& finding_id) {
    const std::string prefix = schema::FindingEventPrefix(finding_id);
    std::vector<stored::FindingEvent> events;
    while (true) {
      if (at_ == page_.size()) {
        if (ended_) return events;
        auto rows = reader_.Scan(schema::kAllFindingEventsPrefix, from_, kScanPage);
        if (!rows.ok()) return rows.status();
        page_ = *std::move(rows);
        at_ = 0;
        ended_ = page_.size() < kScanPage;
        if (page_.empty()) return events;
        from_ = page_.back().key + std::string(1, '\0');
      }
      const storage::KeyRow& row = page_[at_];
      if (row.key.starts_with(prefix)) {
        if (!events.emplace_back().ParseFromString(row.row.value))
          return absl::DataLossError("the row of an event is damaged");
      } else if (row.key > prefix) {
        return events;
      }
      ++at_;
    }
  }

 private:
  const storage::Reader& reader_;
  std::vector<storage::KeyRow> page_;
  size_t at_ = 0;
  std::string from_;
  bool ended_ = false;
};

// What the history does not hold: entries of older formats without the finding, and changes that were no
// event.
void CatchUp(const v1::Finding& now, std::optional<v1::Finding>* then, const Step& step) {
  if (!*then && now.state() != v1::Finding::OPEN) {
    v1::Finding& opened = then->emplace(now);
    opened.set_state(v1::Finding::OPEN);
    step(nullptr, opened, Microseconds(now.open_time()));
  }
  step(*then ? &**then : nullptr, now, Microseconds(*then ? now.update_time() : now.open_time()));
  *then = now;
}

}  // namespace

absl::Status WalkHistory(const storage::Reader& reader, int64_t until_us, const Step& step,
                         const std::function<bool(const v1::Finding&)>& last) {
  History history(reader);
  std::string from;
  while (true) {
    auto rows = reader.Scan(schema::kFindingPrefix, from, kScanPage);
    if (!rows.ok()) return rows.status();
    for (const storage::KeyRow& row : *rows) {
      v1::Finding now;
      if (!now.ParseFromString(row.row.value)) return absl::DataLossError("the row of a finding is damaged");
      auto events = history.Of(now.finding_id());
      if (!events.ok()) return events.status();
      std::optional<v1::Finding> then;
      for (stored::FindingEvent& event : *events) {
        const int64_t time_us = Microseconds(event.event().time());
        if (!event.has_finding() || time_us > until_us) continue;
        step(then ? &*then : nullptr, event.finding(), time_us);
        then = std::move(*event.mutable_finding());
      }
      if (until_us == kUntilNow) CatchUp(now, &then, step);
      if (then && !last(*then)) return absl::OkStatus();
    }
    if (rows->size() < kScanPage) return absl::OkStatus();
    from = rows->back().key + std::string(1, '\0');
  }
}

}  // namespace relief::server::findings
