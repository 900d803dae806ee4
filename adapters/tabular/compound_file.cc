#include "adapters/tabular/compound_file.h"

#include <cstring>
#include <filesystem>
#include <fstream>

namespace relief::adapters {
namespace {

constexpr uint64_t kLargest = uint64_t{512} << 20;
constexpr uint32_t kLastRegular = 0xFFFFFFFA;
constexpr size_t kMiniSector = 64;

absl::Status Damaged() {
  return absl::DataLossError(
      "the .xls file is damaged or incomplete; open it in a spreadsheet program and save it again");
}

uint32_t Word(std::string_view bytes, size_t at, size_t size) {
  uint32_t word = 0;
  for (size_t i = 0; i < size && at + i < bytes.size(); ++i)
    word |= static_cast<uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  return word;
}

}  // namespace

absl::StatusOr<CompoundFile> CompoundFile::Open(const std::string& path) {
  CompoundFile file;
  std::ifstream in(path, std::ios::binary);
  if (!in) return absl::UnavailableError("cannot open " + path);
  in.seekg(0, std::ios::end);
  const auto size = static_cast<uint64_t>(std::max<std::streamoff>(in.tellg(), 0));
  if (size > kLargest)
    return absl::DataLossError("the .xls file is larger than 512 MiB, more than the format can hold");
  in.seekg(0);
  file.bytes_.resize(size);
  in.read(file.bytes_.data(), static_cast<std::streamsize>(size));
  if (static_cast<uint64_t>(in.gcount()) != size) return absl::UnavailableError("cannot read " + path);
  if (absl::Status status = file.ReadStructure(); !status.ok()) return status;
  return file;
}

std::string_view CompoundFile::Sector(uint32_t number) const {
  const uint64_t at = (static_cast<uint64_t>(number) + 1) * sector_size_;
  if (at >= bytes_.size()) return {};
  return std::string_view(bytes_).substr(at, sector_size_);  // the last one may be cut
}

absl::StatusOr<std::string> CompoundFile::Chain(uint32_t first, uint64_t size) const {
  std::string all;
  const size_t most = bytes_.size() / sector_size_ + 2;
  size_t sectors = 0;
  for (uint32_t at = first; at < kLastRegular && all.size() < size;
       at = at < fat_.size() ? fat_[at] : 0xFFFFFFFF) {
    const std::string_view sector = Sector(at);
    if (sector.empty() || ++sectors > most) return Damaged();
    all += sector;
  }
  if (all.size() > size) all.resize(size);
  return all;
}

absl::Status CompoundFile::ReadStructure() {
  if (bytes_.size() < 512 || std::string_view(bytes_).substr(0, 8) != kCompoundFileSignature)
    return Damaged();
  const uint32_t shift = Word(bytes_, 30, 2);
  if (shift != 9 && shift != 12) return Damaged();
  sector_size_ = size_t{1} << shift;
  mini_cutoff_ = Word(bytes_, 56, 4);
  const size_t most = bytes_.size() / sector_size_ + 2;
  // The sectors of the allocation table: 109 in the header, the rest in a chain of their own.
  std::vector<uint32_t> tables;
  for (size_t i = 0; i < 109; ++i) tables.push_back(Word(bytes_, 76 + 4 * i, 4));
  size_t links = 0;
  for (uint32_t at = Word(bytes_, 68, 4); at < kLastRegular;) {
    const std::string_view sector = Sector(at);
    if (sector.empty() || ++links > most) return Damaged();
    for (size_t i = 0; i + 8 <= sector_size_; i += 4) tables.push_back(Word(sector, i, 4));
    at = Word(sector, sector_size_ - 4, 4);
  }
  for (const uint32_t table : tables) {
    if (table >= kLastRegular) continue;
    const std::string_view sector = Sector(table);
    if (sector.empty()) return Damaged();
    for (size_t i = 0; i < sector_size_ && fat_.size() < most; i += 4)
      fat_.push_back(i < sector.size() ? Word(sector, i, 4) : 0xFFFFFFFF);
  }
  auto directory = Chain(Word(bytes_, 48, 4), bytes_.size());
  if (!directory.ok()) return directory.status();
  for (size_t at = 0; at + 128 <= directory->size(); at += 128) {
    const std::string_view entry = std::string_view(*directory).substr(at, 128);
    Entry one;
    const size_t letters = std::min<size_t>(Word(entry, 64, 2) / 2, 32);
    for (size_t i = 0; i + 1 < letters; ++i) {
      const uint32_t letter = Word(entry, 2 * i, 2);
      one.name += letter < 0x80 ? static_cast<char>(letter) : '?';
    }
    one.type = static_cast<uint8_t>(entry[66]);
    one.first = Word(entry, 116, 4);
    one.size = Word(entry, 120, 4);
    entries_.push_back(std::move(one));
  }
  if (entries_.empty()) return Damaged();
  auto mini_fat = Chain(Word(bytes_, 60, 4), bytes_.size());
  if (!mini_fat.ok()) return mini_fat.status();
  for (size_t at = 0; at + 4 <= mini_fat->size(); at += 4) mini_fat_.push_back(Word(*mini_fat, at, 4));
  auto mini_stream = Chain(entries_[0].first, std::min<uint64_t>(entries_[0].size, bytes_.size()));
  if (!mini_stream.ok()) return mini_stream.status();
  mini_stream_ = *std::move(mini_stream);
  return absl::OkStatus();
}

const CompoundFile::Entry* CompoundFile::Find(std::string_view name) const {
  for (const Entry& entry : entries_)
    if (entry.type == 2 && entry.name == name) return &entry;
  return nullptr;
}

absl::StatusOr<std::string> CompoundFile::Read(std::string_view name) const {
  const Entry* entry = Find(name);
  if (entry == nullptr) return absl::NotFoundError("the file has no such stream");
  if (entry->size >= mini_cutoff_) {
    auto all = Chain(entry->first, entry->size);
    if (all.ok() && all->size() < entry->size) return Damaged();
    return all;
  }
  std::string all;
  size_t sectors = 0;
  for (uint32_t at = entry->first; at < kLastRegular && all.size() < entry->size;
       at = at < mini_fat_.size() ? mini_fat_[at] : 0xFFFFFFFF) {
    const uint64_t begin = static_cast<uint64_t>(at) * kMiniSector;
    if (begin >= mini_stream_.size() || ++sectors > mini_stream_.size() / kMiniSector + 1) return Damaged();
    all += mini_stream_.substr(begin, kMiniSector);
  }
  if (all.size() < entry->size) return Damaged();
  all.resize(entry->size);
  return all;
}

}  // namespace relief::adapters
