// A question to a message type that stands for all types that may be within it: "is there anything of this
// kind in it?"
//
// Each type is looked at once, and remembered. Callable from any thread.
#pragma once

#include <google/protobuf/descriptor.h>

#include <map>
#include <mutex>
#include <set>

namespace relief::server::access {

class TypeQuestion {
 public:
  using Descriptor = google::protobuf::Descriptor;

  // `here`: whether the type itself has it, whatever is within it.
  explicit TypeQuestion(bool (*here)(const Descriptor*)) : here_(here) {}

  bool operator()(const Descriptor* type) {
    std::lock_guard lock(mutex_);
    if (const auto found = known_.find(type); found != known_.end()) return found->second;
    std::set<const Descriptor*> asked;
    return known_[type] = Ask(type, &asked);
  }

 private:
  // `asked`: types may hold one another in a circle.
  bool Ask(const Descriptor* type, std::set<const Descriptor*>* asked) const {
    if (!asked->insert(type).second) return false;
    if (here_(type)) return true;
    for (int i = 0; i < type->field_count(); ++i)
      if (const Descriptor* inner = type->field(i)->message_type(); inner != nullptr && Ask(inner, asked))
        return true;
    return false;
  }

  bool (*const here_)(const Descriptor*);
  std::mutex mutex_;
  std::map<const Descriptor*, bool> known_;
};

}  // namespace relief::server::access
