#include "adapters/intake/folder_memory.h"

#include <google/protobuf/text_format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "adapters/mapping/heading.h"

namespace relief::adapters {
namespace {

constexpr int64_t kFewRows = 20;  // of which half may be missing by chance

std::string PathIn(const std::string& folder) {
  return (std::filesystem::path(folder.empty() ? "." : folder) / "relief-intake.textproto").string();
}

}  // namespace

absl::StatusOr<FolderMemory> ReadFolderMemory(const std::string& folder) {
  FolderMemory memory;
  std::error_code error;
  if (!std::filesystem::exists(PathIn(folder), error)) return memory;
  std::ifstream in(PathIn(folder), std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in || !google::protobuf::TextFormat::ParseFromString(text.str(), &memory))
    return absl::InvalidArgumentError(PathIn(folder) + " cannot be read; mend it or remove it");
  return memory;
}

absl::Status WriteFolderMemory(const std::string& folder, const FolderMemory& memory) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetUseUtf8StringEscaping(true);
  std::string text;
  printer.PrintToString(memory, &text);
  // A new file in the place of the old one, so that an interrupted load leaves one of the two.
  const std::string path = PathIn(folder), fresh = path + ".new";
  {
    std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
    out << "# What `relief load` remembers of this folder. Remove it to begin anew.\n" << text;
    if (!out.flush()) return absl::UnavailableError("cannot write " + path);
  }
  std::error_code error;
  std::filesystem::rename(fresh, path, error);
  if (error) return absl::UnavailableError("cannot write " + path);
  return absl::OkStatus();
}

RememberedSource* FindRemembered(FolderMemory& memory, const std::string& mapping,
                                 const std::string& source_id) {
  for (RememberedSource& source : *memory.mutable_sources())
    if (source.mapping() == mapping && (source_id.empty() || source.source_id() == source_id)) return &source;
  return nullptr;
}

absl::StatusOr<std::string> ContentHash(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return absl::UnavailableError("cannot read " + path);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestInit_ex(context, EVP_sha256(), nullptr);
  std::vector<char> piece(1 << 16);
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0)
    EVP_DigestUpdate(context, piece.data(), static_cast<size_t>(in.gcount()));
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_DigestFinal_ex(context, hash, &size);
  EVP_MD_CTX_free(context);
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex += "0123456789abcdef"[hash[i] >> 4];
    hex += "0123456789abcdef"[hash[i] & 15];
  }
  return hex;
}

std::string TextHash(const std::string& text) {
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), hash, &size, EVP_sha256(), nullptr);
  std::string hex;
  for (int i = 0; i < 20; ++i) {
    hex += "0123456789abcdef"[hash[i] >> 4];
    hex += "0123456789abcdef"[hash[i] & 15];
  }
  return hex;
}

std::vector<Change> ChangesSince(const RememberedSource& last, const std::vector<std::string>& columns,
                                 const std::string& period) {
  std::vector<Change> changes;
  if (!period.empty() && !last.period().empty() && period < last.period())
    changes.push_back({Change::kOlderPeriod, last.period(), period});
  const size_t older = changes.size();
  const auto has = [](const auto& list, const std::string& heading) {
    return std::any_of(list.begin(), list.end(),
                       [&](const std::string& one) { return HeadingKey(one) == HeadingKey(heading); });
  };
  for (const std::string& heading : last.headings())
    if (!has(columns, heading)) changes.push_back({Change::kColumnGone, heading, ""});
  // Another table of the same source (members beside payees) is no changed one.
  if ((changes.size() - older) * 2 > static_cast<size_t>(last.headings_size())) {
    changes.resize(older);
    return changes;
  }
  for (const std::string& heading : columns)
    if (!heading.empty() && !has(last.headings(), heading))
      changes.push_back({Change::kColumnNew, heading, ""});
  for (const std::string& heading : last.headings())
    for (const std::string& now : columns)
      if (BareHeading(heading) == BareHeading(now) && UnitOf(heading) != UnitOf(now))
        changes.push_back({Change::kOtherUnit, heading, now});
  return changes;
}

bool HasFarFewerRows(const RememberedSource& last, int64_t rows) {
  return last.rows() > kFewRows && rows * 2 < last.rows();
}

void Remember(const std::vector<std::string>& columns, const std::string& period, int64_t rows,
              Reading reading, RememberedSource* last) {
  last->set_rows(rows);
  if (!period.empty()) last->set_period(period);
  last->set_reading(Reading_Name(reading));
  last->clear_headings();
  for (const std::string& heading : columns) last->add_headings(heading);
}

Reading RememberedReading(const RememberedSource& last) {
  Reading reading = READING_UNSPECIFIED;
  return Reading_Parse(last.reading(), &reading) && reading != WITHDRAWAL ? reading : READING_UNSPECIFIED;
}

}  // namespace relief::adapters
