// Who is logged in to the console, and who is locked out.
//
// Sessions live in memory: a restart of the hub logs everybody out. After five wrong passwords a user is
// locked for a quarter of an hour; the address they came from after twenty.
//
// Thread-safe. Times are seconds since 1970, given by the caller.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "server/console/accounts.h"

namespace relief::server::console {

struct Session {
  std::string user;
  Role role = ROLE_UNSPECIFIED;
  std::string language;
  std::string person;         // Account.person
  std::string password_hash;  // with which it began: another one ends it
};

class Sessions {
 public:
  static constexpr int64_t kIdleSeconds = 30 * 60, kLongestSeconds = 12 * 3600, kLockSeconds = 15 * 60;
  static constexpr int kUserFailures = 5, kAddressFailures = 20;
  static constexpr size_t kMost = 10'000;

  // RESOURCE_EXHAUSTED: locked; UNAUTHENTICATED: wrong. Returns the session's secret token.
  absl::StatusOr<std::string> Login(const AccountBook& book, const std::string& user,
                                    const std::string& password, const std::string& code,
                                    const std::string& address, int64_t now);
  // Prolongs the session.
  std::optional<Session> Find(const std::string& token, int64_t now);
  // The session that ended, if there was one.
  std::optional<Session> Logout(const std::string& token);

  int64_t LockedFor(const std::string& user, const std::string& address, int64_t now);

 private:
  struct Live {
    Session session;
    int64_t begun = 0, seen = 0;
  };
  struct Failures {
    int count = 0;
    int64_t first = 0;
  };
  void Fail(std::map<std::string, Failures>* failures, const std::string& who, int64_t now);
  static int64_t Locked(std::map<std::string, Failures>* failures, const std::string& who, int most,
                        int64_t now);

  std::mutex mutex_;
  std::map<std::string, Live> live_;  // by the hash of the token
  std::map<std::string, Failures> users_, addresses_;
  std::map<std::string, int64_t> used_steps_;  // of one-time codes, by user
};

}  // namespace relief::server::console
