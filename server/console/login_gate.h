// How many guesses of passwords are judged: counted before they are judged, so that many at once are no way
// around, and few judged at the same time, since each takes a tenth of a second and 32 MiB on purpose.
//
// Whoever logged in before has a mark in that browser (DeviceMark) and is counted apart from all others: a
// stranger's guesses, from wherever, never keep such a browser out. For everybody else,
//   a user from one address has five guesses in a quarter of an hour (no other address, no other user is
//   locked by them);
//   an address beyond twenty wrong guesses, and a user beyond thirty from all addresses together, are slowed
//   down to one guess every few seconds, and not locked.
// An address is an IPv4 address or an IPv6 network of 64 bits. A user who does not exist is counted like one
// who does.
//
// Thread-safe. Times are seconds since 1970, given by the caller. In memory: a restart forgets the counts,
// and no mark.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace relief::server::console {

class LoginGate {
 public:
  static constexpr int64_t kWindowSeconds = 15 * 60, kPauseSeconds = 3;
  static constexpr int kPairGuesses = 5, kAddressGuesses = 20, kUserGuesses = 30;
  static constexpr size_t kMost = 10'000;  // that are remembered, of each kind

  struct Guess {
    std::string user, address;
    std::string device;  // of a good mark; empty: none
  };

  // Counts the guess as wrong and returns 0, or returns how many seconds to wait: it may not be judged.
  int64_t Enter(const Guess& guess, int64_t now);
  // It was right: the user starts anew there, and the address has one wrong guess less.
  void Right(const Guess& guess);
  // It was not judged after all.
  void TakeBack(const Guess& guess);

 private:
  struct Count {
    int guesses = 0;
    int64_t first = 0, last = 0;
  };
  using Counts = std::map<std::string, Count>;
  static int64_t Locked(Counts& counts, const std::string& who, int64_t now);
  static int64_t Paused(Counts& counts, const std::string& who, int most, int64_t now);
  static void Add(Counts& counts, const std::string& who, int64_t now);
  static void Less(Counts& counts, const std::string& who);

  std::mutex mutex_;
  Counts devices_, pairs_, addresses_, users_;
};

// At most so many at a time, and so many who wait, and no longer than so long.
class LoginDesk {
 public:
  struct Limits {
    int strangers = 2, known = 1;  // judged at once; those with a mark have a place of their own
    int waiting = 16, waiting_of_an_address = 4;
    std::chrono::milliseconds most_wait{5000};
  };
  LoginDesk() = default;
  explicit LoginDesk(Limits limits) : limits_(limits) {}

  // A place, given back when it goes. Not `taken`: there was none.
  class Place {
   public:
    Place(LoginDesk& desk, const LoginGate::Guess& guess);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    bool taken() const { return taken_; }

   private:
    LoginDesk& desk_;
    const bool known_;
    bool taken_ = false;
  };

 private:
  const Limits limits_;
  std::mutex mutex_;
  std::condition_variable free_;
  int judged_[2] = {0, 0}, waiting_[2] = {0, 0};  // strangers, known
  std::map<std::string, int> waiting_of_;
};

// What a browser keeps of a log-in: "user/device/day/signature". The key is the account's password hash, so
// that no secret has to be stored, and a new password ends all marks. Empty `secret`: nobody's.
std::string NewDeviceMark(const std::string& user, const std::string& secret, int64_t now);
// The device, if the mark is of this user and not older than half a year; or else empty.
std::string DeviceOf(const std::string& mark, const std::string& user, const std::string& secret,
                     int64_t now);

// The address as it is counted.
std::string CountedAddress(const std::string& address);

}  // namespace relief::server::console
