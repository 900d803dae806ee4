// Somebody who knows a person's name, birthday and county has a thousand numbers left to try, and an answer that finds
// the person tells which is right. So guesses that miss are counted: by the person that was found in spite of them,
// and by the county and birthday of the number where nobody was. Whoever asks for people whom the hub knows by their
// numbers misses nothing. Once there were too many, the right number is refused like the others: it would be known by
// being answered.
//
// Pure; callable from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "relief/v1/registry_service.pb.h"

namespace relief::server::access {

// A number that was tried.
struct Guess {
  size_t whom = 0;    // a person, or a county and birthday
  size_t number = 0;  // hashes
  bool is_right = false;
};

// The guesses that an answer, whole as the hub gave it, is one to.
std::vector<Guess> GuessesOf(const v1::CheckApplicantRequest& request,
                             const v1::CheckApplicantResponse& answer);

class NumberGuesses {
 public:
  enum class Answer { kAllowed, kRefused, kFirstRefusal };
  static constexpr size_t kMostMisses =
      5;  // different numbers for one person, or one county and birthday, in a day

  // An answer that is refused tells nothing, and its misses are counted all the same.
  Answer Look(const std::string& agency, const std::vector<Guess>& guesses, int64_t now_us);

 private:
  struct Tried {
    std::unordered_map<size_t, int64_t> last_us;  // numbers, and when each was tried last
    std::optional<int64_t> alarmed_us;
  };
  std::mutex mutex_;
  std::map<std::string, std::unordered_map<size_t, Tried>> agencies_;
  int64_t swept_us_ = 0;
};

}  // namespace relief::server::access
