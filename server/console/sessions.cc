#include "server/console/sessions.h"

#include <absl/strings/escaping.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>

namespace relief::server::console {
namespace {

std::string Hashed(const std::string& token) {
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const uint8_t*>(token.data()), token.size(),
         reinterpret_cast<uint8_t*>(hash.data()));
  return hash;
}

}  // namespace

int64_t Sessions::Locked(std::map<std::string, Failures>* failures, const std::string& who, int most,
                         int64_t now) {
  const auto found = failures->find(who);
  if (found == failures->end()) return 0;
  const int64_t left = found->second.first + kLockSeconds - now;
  if (left <= 0) {
    failures->erase(found);
    return 0;
  }
  return found->second.count >= most ? left : 0;
}

void Sessions::Fail(std::map<std::string, Failures>* failures, const std::string& who, int64_t now) {
  if (failures->size() >= kMost)
    std::erase_if(*failures, [&](const auto& f) { return f.second.first + kLockSeconds <= now; });
  if (failures->size() >= kMost) failures->erase(failures->begin());
  Failures& mine = (*failures)[who];
  if (mine.count++ == 0) mine.first = now;
}

int64_t Sessions::LockedFor(const std::string& user, const std::string& address, int64_t now) {
  const std::lock_guard lock(mutex_);
  return std::max(Locked(&users_, user, kUserFailures, now),
                  Locked(&addresses_, address, kAddressFailures, now));
}

absl::StatusOr<std::string> Sessions::Login(const AccountBook& book, const std::string& user,
                                            const std::string& password, const std::string& code,
                                            const std::string& address, int64_t now) {
  if (LockedFor(user, address, now) > 0) return absl::ResourceExhaustedError("locked");
  const auto match = book.Check(user, password, code, now);  // slow: outside the lock
  const std::lock_guard lock(mutex_);
  bool right = match.has_value();
  if (right && match->time_step) {
    int64_t& used = used_steps_[user];
    right = *match->time_step > used;
    used = std::max(used, *match->time_step);
  }
  if (!right) {
    Fail(&users_, user, now);
    Fail(&addresses_, address, now);
    return absl::UnauthenticatedError("wrong");
  }
  users_.erase(user);
  std::erase_if(live_, [&](const auto& one) {
    return now - one.second.seen > kIdleSeconds || now - one.second.begun > kLongestSeconds;
  });
  if (live_.size() >= kMost) return absl::ResourceExhaustedError("too many sessions");
  std::string bytes(32, '\0');
  RAND_bytes(reinterpret_cast<uint8_t*>(bytes.data()), static_cast<int>(bytes.size()));
  std::string token = absl::BytesToHexString(bytes);
  const Account& account = *match->account;
  live_[Hashed(token)] = {
      {account.user(), account.role(), account.language().empty() ? "zh" : account.language(),
       account.person(), account.password_hash()},
      now,
      now};
  return token;
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
