#include "adapters/tabular/shared_strings.h"

#include <algorithm>
#include <cstring>

namespace relief::adapters {
namespace {

constexpr size_t kInMemory = 32 << 20;
constexpr uint64_t kBlock = 128 * 1024;
constexpr size_t kMostBlocks = 64;

}  // namespace

SharedStrings::~SharedStrings() {
  if (file_ != nullptr) std::fclose(file_);
}

absl::Status SharedStrings::Add(const std::string& text) {
  if (count_++ % kStride == 0) starts_.push_back(written_ + tail_.size());
  const auto size = static_cast<uint32_t>(text.size());
  tail_.append(reinterpret_cast<const char*>(&size), sizeof size);
  tail_ += text;
  if (tail_.size() < kInMemory) return absl::OkStatus();
  if (file_ == nullptr) file_ = std::tmpfile();
  if (file_ == nullptr || std::fseek(file_, 0, SEEK_END) != 0 ||
      std::fwrite(tail_.data(), 1, tail_.size(), file_) != tail_.size())
    return absl::ResourceExhaustedError("no room on the disk for the texts of the workbook");
  written_ += tail_.size();
  tail_.clear();
  return absl::OkStatus();
}

absl::StatusOr<const std::string*> SharedStrings::Block(uint64_t number) {
  if (const auto known = by_number_.find(number); known != by_number_.end()) {
    blocks_.splice(blocks_.begin(), blocks_, known->second);
    return &blocks_.front().second;
  }
  std::string block(std::min(kBlock, written_ - number * kBlock), '\0');
  if (std::fseek(file_, static_cast<long>(number * kBlock), SEEK_SET) != 0 ||
      std::fread(block.data(), 1, block.size(), file_) != block.size())
    return absl::UnavailableError("the texts of the workbook cannot be read back from the disk");
  blocks_.emplace_front(number, std::move(block));
  by_number_[number] = blocks_.begin();
  if (blocks_.size() > kMostBlocks) {
    by_number_.erase(blocks_.back().first);
    blocks_.pop_back();
  }
  return &blocks_.front().second;
}

absl::Status SharedStrings::Read(uint64_t at, size_t size, char* to) {
  while (size > 0) {
    if (at >= written_) {
      std::memcpy(to, tail_.data() + (at - written_), size);
      return absl::OkStatus();
    }
    auto block = Block(at / kBlock);
    if (!block.ok()) return block.status();
    const size_t part = std::min<size_t>(size, (*block)->size() - at % kBlock);
    std::memcpy(to, (*block)->data() + at % kBlock, part);
    at += part;
    to += part;
    size -= part;
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> SharedStrings::Find(uint64_t number, std::string* text) {
  if (number >= count_) return false;
  uint64_t at = starts_[number / kStride];
  for (uint64_t i = number / kStride * kStride;; ++i) {
    uint32_t size = 0;
    if (absl::Status status = Read(at, sizeof size, reinterpret_cast<char*>(&size)); !status.ok())
      return status;
    at += sizeof size;
    if (i == number) {
      text->resize(size);
      if (absl::Status status = Read(at, size, text->data()); !status.ok()) return status;
      return true;
    }
    at += size;
  }
}

}  // namespace relief::adapters
