// Who is logged in to the console. Sessions live in memory: a restart of the hub logs everybody out. How many
// guesses are judged is login_gate.h's.
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
#include "server/console/login_gate.h"

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
  static constexpr int64_t kIdleSeconds = 30 * 60, kLongestSeconds = 12 * 3600;
  static constexpr size_t kMost = 10'000;

  struct Attempt {
    std::string user, password, code, address;
    std::string mark;  // NewDeviceMark, as the browser kept it; or anything
  };
  struct Entered {
    // RESOURCE_EXHAUSTED: not judged, to be tried again after so many seconds; UNAUTHENTICATED: wrong.
    absl::Status status;
    int64_t retry_after_seconds = 0;
    std::string token;  // the session's secret
    std::string mark;   // for the browser to keep
  };
  Entered Login(const AccountBook& book, const Attempt& attempt, int64_t now);
  // Prolongs the session.
  std::optional<Session> Find(const std::string& token, int64_t now);
  // The session that ended, if there was one.
  std::optional<Session> Logout(const std::string& token);

 private:
  struct Live {
    Session session;
    int64_t begun = 0, seen = 0;
  };
  LoginGate gate_;
  LoginDesk desk_;
  std::mutex mutex_;
  std::map<std::string, Live> live_;           // by the hash of the token
  std::map<std::string, int64_t> used_steps_;  // of one-time codes, by user
};

}  // namespace relief::server::console
