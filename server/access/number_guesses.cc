#include "server/access/number_guesses.h"

#include <algorithm>
#include <functional>

#include "matcher/normalize/normalizer.h"
#include "server/records/identity_mapping.h"

namespace relief::server::access {
namespace {

constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000, kSweepEveryUs = kDayUs / 24;
constexpr size_t kCountyAndBirthday = 14;  // characters of a resident number
// What is left of a number when one knows the county and the birthday, and takes one more digit for a slip.
constexpr int kClose = 5;

std::string ResidentNumber(const v1::PersonIdentity& identity) {
  return std::string(
      matcher::Normalize(records::ToRawIdentity(identity, "", v1::Household())).id.resident_number());
}

int Different(const std::string& a, const std::string& b) {
  int different = 0;
  for (size_t i = 0; i < a.size() && i < b.size(); ++i) different += a[i] != b[i];
  return different;
}

size_t Hash(const std::string& text) { return std::hash<std::string>()(text); }

}  // namespace

std::vector<Guess> GuessesOf(const v1::CheckApplicantRequest& request,
                             const v1::CheckApplicantResponse& answer) {
  std::vector<Guess> guesses;
  for (int i = 0; i < request.persons_size() && i < answer.results_size(); ++i) {
    const std::string guess = ResidentNumber(request.persons(i));
    if (guess.empty()) continue;
    bool hit = false;
    for (const v1::Candidate& candidate : answer.results(i).candidates()) {
      bool own = false, near = false;
      for (const v1::PersonRecord& record : candidate.person().records()) {
        const std::string number = ResidentNumber(record.person());
        if (number.empty()) continue;
        own = own || number == guess;
        near = near || Different(number, guess) <= kClose;
      }
      hit = hit || own;
      if (near || own) guesses.push_back({Hash(candidate.person().person_id()), Hash(guess), own});
    }
    guesses.push_back({Hash(guess.substr(0, kCountyAndBirthday)), Hash(guess), hit});
  }
  return guesses;
}

NumberGuesses::Answer NumberGuesses::Look(const std::string& agency, const std::vector<Guess>& guesses,
                                          int64_t now_us) {
  std::lock_guard lock(mutex_);
  const auto old = [&](const auto& one) { return now_us - one.second > kDayUs; };
  if (now_us - swept_us_ > kSweepEveryUs) {
    swept_us_ = now_us;
    for (auto& [name, tried] : agencies_) {
      for (auto& [whom, numbers] : tried) std::erase_if(numbers.last_us, old);
      std::erase_if(tried, [](const auto& one) { return one.second.last_us.empty(); });
    }
    std::erase_if(agencies_, [](const auto& one) { return one.second.empty(); });
  }
  Answer answer = Answer::kAllowed;
  auto& all_tried = agencies_[agency];
  for (const Guess& guess : guesses) {
    if (guess.is_right && !all_tried.contains(guess.whom)) continue;
    Tried& tried = all_tried[guess.whom];
    std::erase_if(tried.last_us, old);
    // What is refused already is refused again, however much is tried: no more of it is kept.
    if (!guess.is_right && tried.last_us.size() <= kMostMisses) tried.last_us[guess.number] = now_us;
    if (tried.last_us.size() <= kMostMisses) continue;
    const bool first = !tried.alarmed_us || now_us - *tried.alarmed_us > kDayUs;
    if (first) tried.alarmed_us = now_us;
    if (answer != Answer::kFirstRefusal) answer = first ? Answer::kFirstRefusal : Answer::kRefused;
  }
  return answer;
}

}  // namespace relief::server::access
