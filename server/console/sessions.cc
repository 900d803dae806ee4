#include "server/console/sessions.h"

#include <absl/strings/escaping.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>

namespace relief::server::console {
namespace {

constexpr int64_t kBusySeconds = 2;

std::string Hashed(const std::string& token) {
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const uint8_t*>(token.data()), token.size(),
         reinterpret_cast<uint8_t*>(hash.data()));
  return hash;
}

}  // namespace

Sessions::Entered Sessions::Login(const AccountBook& book, const Attempt& attempt, int64_t now) {
  const std::string& user = attempt.user;
  const Account* known = book.Find(user);
  const LoginGate::Guess guess{
      user, CountedAddress(attempt.address),
      DeviceOf(attempt.mark, user, known ? known->password_hash() : std::string(), now)};
  Entered answer;
  answer.retry_after_seconds = gate_.Enter(guess, now);
  if (answer.retry_after_seconds > 0) {
    answer.status = absl::ResourceExhaustedError("too many guesses");
    return answer;
  }
  std::optional<AccountBook::Match> match;
  {
    const LoginDesk::Place place(desk_, guess);
    if (!place.taken()) {
      gate_.TakeBack(guess);
      answer.retry_after_seconds = kBusySeconds;
      answer.status = absl::ResourceExhaustedError("too many at once");
      return answer;
    }
    match = book.Check(user, attempt.password, attempt.code, now);
  }
  const std::lock_guard lock(mutex_);
  bool right = match.has_value();
  if (right && match->time_step) {
    int64_t& used = used_steps_[user];
    right = *match->time_step > used;
    used = std::max(used, *match->time_step);
  }
  if (!right) {
    answer.status = absl::UnauthenticatedError("wrong");
    return answer;
  }
  gate_.Right(guess);
  std::erase_if(live_, [&](const auto& one) {
    return now - one.second.seen > kIdleSeconds || now - one.second.begun > kLongestSeconds;
  });
  if (live_.size() >= kMost) {
    answer.retry_after_seconds = kBusySeconds;
    answer.status = absl::ResourceExhaustedError("too many sessions");
    return answer;
  }
  std::string bytes(32, '\0');
  RAND_bytes(reinterpret_cast<uint8_t*>(bytes.data()), static_cast<int>(bytes.size()));
  answer.token = absl::BytesToHexString(bytes);
  const Account& account = *match->account;
  answer.mark = NewDeviceMark(user, account.password_hash(), now);
  live_[Hashed(answer.token)] = {
      {account.user(), account.role(), account.language().empty() ? "zh" : account.language(),
       account.person(), account.password_hash()},
      now,
      now};
  return answer;
}

std::optional<Session> Sessions::Find(const std::string& token, int64_t now) {
  const std::lock_guard lock(mutex_);
  const auto found = live_.find(Hashed(token));
  if (found == live_.end()) return std::nullopt;
  Live& live = found->second;
  if (now - live.seen > kIdleSeconds || now - live.begun > kLongestSeconds) {
    live_.erase(found);
    return std::nullopt;
  }
  live.seen = now;
  return live.session;
}

std::optional<Session> Sessions::Logout(const std::string& token) {
  const std::lock_guard lock(mutex_);
  const auto found = live_.find(Hashed(token));
  if (found == live_.end()) return std::nullopt;
  Session session = found->second.session;
  live_.erase(found);
  return session;
}

}  // namespace relief::server::console
