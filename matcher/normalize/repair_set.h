// The repairs made on one record: a set that comes out in the order of the codes. Private to
// matcher/normalize.
#pragma once

#include <cstdint>
#include <vector>

#include "matcher/normalize/identity.h"

namespace relief::matcher {

class RepairSet {
 public:
  void Add(Repair repair) { bits_ |= 1u << static_cast<int>(repair); }
  void AddIf(bool condition, Repair repair) {
    if (condition) Add(repair);
  }

  // Joins them to those that stand in `repairs`, which may be null.
  void MoveTo(std::vector<Repair>* repairs) const {
    if (repairs == nullptr) return;
    uint32_t bits = bits_;
    for (Repair repair : *repairs) bits |= 1u << static_cast<int>(repair);
    repairs->clear();
    for (int code = 0; code < 32; ++code) {
      if ((bits >> code & 1) != 0) repairs->push_back(static_cast<Repair>(code));
    }
  }

 private:
  uint32_t bits_ = 0;
};

}  // namespace relief::matcher
