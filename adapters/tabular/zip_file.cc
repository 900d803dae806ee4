#include "adapters/tabular/zip_file.h"

#include <zip.h>

#include <utility>
#include <vector>

namespace relief::adapters {
namespace {

constexpr size_t kPiece = 64 * 1024;
constexpr int64_t kMostEntries = 20'000;
// A sheet of a million rows and twenty columns unpacks to about 1 GiB, at ten to thirty times its packed
// size.
constexpr int64_t kMostUnpacked = int64_t{8} << 30;
constexpr int64_t kRatioMatters = int64_t{32} << 20;
constexpr int64_t kMostRatio = 200;

absl::Status Damaged() {
  return absl::DataLossError(
      "the workbook is damaged or incomplete; open it in a spreadsheet program and save it again");
}

}  // namespace

struct ZipEntry::State {
  zip_file_t* file = nullptr;
  int64_t unpacked = 0, total = 0, packed = 0;
  std::vector<char> piece = std::vector<char>(kPiece);
  ~State() {
    if (file != nullptr) zip_fclose(file);
  }
};

ZipEntry::ZipEntry(std::unique_ptr<State> state) : state_(std::move(state)) {}
ZipEntry::~ZipEntry() = default;
int64_t ZipEntry::bytes_unpacked() const { return state_->unpacked; }
int64_t ZipEntry::bytes_total() const { return state_->total; }

absl::StatusOr<std::string_view> ZipEntry::Next() {
  const zip_int64_t got = zip_fread(state_->file, state_->piece.data(), state_->piece.size());
  if (got < 0) return Damaged();
  state_->unpacked += got;
  const bool swollen = state_->unpacked > kRatioMatters &&
                       state_->unpacked / kMostRatio > std::max<int64_t>(state_->packed, 1);
  if (state_->unpacked > kMostUnpacked || swollen)
    return absl::DataLossError(
        "the workbook unpacks to far more than a table could hold; it was not read further");
  return std::string_view(state_->piece.data(), static_cast<size_t>(got));
}

struct ZipFile::State {
  zip_t* zip = nullptr;
  ~State() {
    if (zip != nullptr) zip_discard(zip);
  }
};

ZipFile::ZipFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
ZipFile::~ZipFile() = default;

absl::StatusOr<std::unique_ptr<ZipFile>> ZipFile::Open(const std::string& path) {
  auto state = std::make_unique<State>();
  int error = 0;
  state->zip = zip_open(path.c_str(), ZIP_RDONLY, &error);
  if (state->zip == nullptr) return Damaged();
  if (zip_get_num_entries(state->zip, 0) > kMostEntries) return Damaged();
  return std::unique_ptr<ZipFile>(new ZipFile(std::move(state)));
}

bool ZipFile::Has(const std::string& name) const {
  return zip_name_locate(state_->zip, name.c_str(), ZIP_FL_NOCASE) >= 0;
}

absl::StatusOr<std::unique_ptr<ZipEntry>> ZipFile::Read(const std::string& name) const {
  const zip_int64_t index = zip_name_locate(state_->zip, name.c_str(), ZIP_FL_NOCASE);
  if (index < 0) return absl::NotFoundError("the workbook has no part " + name);
  zip_stat_t info;
  zip_stat_init(&info);
  if (zip_stat_index(state_->zip, static_cast<zip_uint64_t>(index), 0, &info) != 0) return Damaged();
  if ((info.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && info.encryption_method != ZIP_EM_NONE)
    return absl::UnimplementedError("the file is protected by a password; save it without one");
  auto state = std::make_unique<ZipEntry::State>();
  state->total = static_cast<int64_t>(info.size);
  state->packed = static_cast<int64_t>(info.comp_size);
  state->file = zip_fopen_index(state_->zip, static_cast<zip_uint64_t>(index), 0);
  if (state->file == nullptr) return Damaged();
  return std::unique_ptr<ZipEntry>(new ZipEntry(std::move(state)));
}

absl::StatusOr<std::string> ZipFile::ReadAll(const std::string& name, size_t most_bytes) const {
  auto entry = Read(name);
  if (!entry.ok()) return entry.status();
  std::string all;
  while (true) {
    auto piece = (*entry)->Next();
    if (!piece.ok()) return piece.status();
    if (piece->empty()) return all;
    if (all.size() + piece->size() > most_bytes) return Damaged();
    all += *piece;
  }
}

}  // namespace relief::adapters
