#include "server/audit/audit_export.h"

#include <utility>
#include <vector>

#include "server/audit/audit.pb.h"
#include "server/audit/audit_line.h"
#include "server/audit/audit_rows.h"
#include "server/core/schema.h"
#include "storage/status_macros.h"

namespace relief::server::audit {
namespace {

constexpr size_t kPage = 1000;
constexpr size_t kChunkBytes = 256 << 10;

absl::Status Damaged() { return absl::DataLossError("a row of the audit chain is damaged"); }

// Gathers lines into chunks.
class Lines {
 public:
  explicit Lines(const TakeAuditLines& take) : take_(take) {}
  bool Add(const audit::Line& line) {
    chunk_ += FormatAuditLine(line);
    return chunk_.size() < kChunkBytes || Flush();
  }
  bool Flush() { return chunk_.empty() || take_(std::exchange(chunk_, std::string())); }

 private:
  const TakeAuditLines& take_;
  std::string chunk_;
};

// Rows of a prefix, one after the other, in pages.
class Rows {
 public:
  Rows(const storage::Reader& reader, std::string_view prefix, std::string from)
      : reader_(reader), prefix_(prefix), next_(std::move(from)) {}
  // nullptr: no more.
  absl::StatusOr<const storage::KeyRow*> Next() {
    if (at_ == page_.size()) {
      if (last_page_) return nullptr;
      RELIEF_ASSIGN_OR_RETURN(auto rows, reader_.Scan(prefix_, next_, kPage));
      page_ = std::move(rows);
      at_ = 0;
      last_page_ = page_.size() < kPage;
      if (page_.empty()) return nullptr;
      next_ = page_.back().key + std::string(1, '\0');
    }
    return &page_[at_++];
  }

 private:
  const storage::Reader& reader_;
  const std::string_view prefix_;
  std::string next_;
  std::vector<storage::KeyRow> page_;
  size_t at_ = 0;
  bool last_page_ = false;
};

// The next head, as a line; its sequence is 0 where there is none.
absl::StatusOr<audit::Line> NextHead(Rows& heads) {
  RELIEF_ASSIGN_OR_RETURN(auto row, heads.Next());
  audit::Line line;
  if (row != nullptr && !line.mutable_head()->ParseFromString((row)->row.value)) return Damaged();
  return line;
}

}  // namespace

absl::Status ExportAuditChain(const storage::Reader& reader, const TakeAuditLines& take) {
  Lines out(take);
  audit::Line line;
  line.set_format(kAuditFileFormat);
  if (!out.Add(line)) return absl::OkStatus();
  const std::string beginning_key(audit_rows::kBeginningRow);
  RELIEF_ASSIGN_OR_RETURN(auto beginning, reader.MultiGet({&beginning_key, 1}));
  if (beginning[0].present()) {
    if (!line.mutable_head()->ParseFromString(beginning[0].value)) return Damaged();
    if (!out.Add(line)) return absl::OkStatus();
  }
  Rows heads(reader, audit_rows::kHeadPrefix, "");
  auto head = NextHead(heads);
  Rows entries(reader, schema::kAuditPrefix, "");
  while (true) {
    RELIEF_ASSIGN_OR_RETURN(auto row, entries.Next());
    if (row == nullptr) break;
    if (!line.mutable_entry()->ParseFromString((row)->row.value)) return Damaged();
    if (!out.Add(line)) return absl::OkStatus();
    while (head.ok() && head->has_head() && head->head().sequence() <= line.entry().sequence()) {
      if (!out.Add(*head)) return absl::OkStatus();
      head = NextHead(heads);
    }
    if (!head.ok()) return head.status();
  }
  // Heads of entries that are not there: they must not be kept from the auditor.
  for (; head.ok() && head->has_head(); head = NextHead(heads))
    if (!out.Add(*head)) return absl::OkStatus();
  if (!head.ok()) return head.status();
  out.Flush();
  return absl::OkStatus();
}

absl::Status ExportAuditHeads(const storage::Reader& reader, int64_t after_sequence,
                              const TakeAuditLines& take) {
  Lines out(take);
  Rows heads(reader, audit_rows::kHeadPrefix, audit_rows::HeadRow(after_sequence + 1));
  auto head = NextHead(heads);
  for (; head.ok() && head->has_head(); head = NextHead(heads))
    if (!out.Add(*head)) return absl::OkStatus();
  if (!head.ok()) return head.status();
  out.Flush();
  return absl::OkStatus();
}

}  // namespace relief::server::audit
