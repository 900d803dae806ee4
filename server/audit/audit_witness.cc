#include "server/audit/audit_witness.h"

#include <filesystem>
#include <fstream>

#include "server/audit/audit_line.h"
#include "server/audit/audit_rows.h"
#include "server/core/schema.h"
#include "storage/status_macros.h"

namespace relief::server::audit {
namespace {

absl::Status PutBack(const std::string& path, const audit::Head& remembered, const std::string& what) {
  return absl::FailedPreconditionError(
      "audit.witness_file: the data directory was put back to an older state: " + path + " remembers entry " +
      std::to_string(remembered.sequence()) + " of the audit chain, and " + what +
      ". If that was meant (a restored backup), write it down and move the file away");
}

}  // namespace

absl::Status CheckWitness(const storage::Reader& reader, const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return absl::OkStatus();
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::getline(file, text);
  const auto line = ParseAuditLine(text);
  if (!line.ok() || !line->has_head() || line->head().sequence() <= 0)
    return absl::InvalidArgumentError("audit.witness_file: " + path + " is not what a hub wrote");
  const audit::Head& remembered = line->head();
  const std::string keys[] = {schema::AuditRow(remembered.sequence()),
                              std::string(audit_rows::kBeginningRow)};
  RELIEF_ASSIGN_OR_RETURN(auto rows, reader.MultiGet(keys));
  audit::Entry entry;
  audit::Head beginning;
  if (!entry.ParseFromString(rows[0].value) || !beginning.ParseFromString(rows[1].value))
    return absl::DataLossError("a row of the audit chain is damaged");
  if (!rows[0].present())
    return beginning.sequence() >= remembered.sequence()
               ? absl::OkStatus()
               : PutBack(path, remembered, "the chain does not go so far");
  return entry.hash() == remembered.entry_hash() ? absl::OkStatus()
                                                 : PutBack(path, remembered, "the chain has another one");
}

absl::Status WriteWitness(const audit::Entry& newest, const std::string& path) {
  audit::Line line;
  audit::Head& head = *line.mutable_head();
  head.set_kind(audit::Head::HEAD);
  head.set_sequence(newest.sequence());
  head.set_entry_hash(newest.hash());
  head.set_entry_time_us(newest.time_us());
  const std::string fresh = path + ".new";
  {
    std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
    file << FormatAuditLine(line);
    file.flush();
    if (!file) return absl::UnavailableError("audit.witness_file: cannot write " + fresh);
  }
  std::error_code error;
  std::filesystem::rename(fresh, path, error);
  return error ? absl::UnavailableError("audit.witness_file: cannot write " + path) : absl::OkStatus();
}

}  // namespace relief::server::audit
