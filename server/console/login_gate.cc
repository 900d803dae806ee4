#include "server/console/login_gate.h"

#include <absl/strings/escaping.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>
#include <arpa/inet.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <vector>

namespace relief::server::console {
namespace {

constexpr int64_t kDaySeconds = 86'400, kMarkDays = 180;
constexpr size_t kDeviceBytes = 16;

std::string Pair(const LoginGate::Guess& guess) { return guess.user + '\n' + guess.address; }
std::string Device(const LoginGate::Guess& guess) { return guess.user + '\n' + guess.device; }

std::string Signature(const std::string& content, const std::string& secret) {
  // Never the key of anything else.
  const std::string key = "relief console device 1\n" + secret;
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(content.data()), content.size(), mac, &length);
  return absl::BytesToHexString(std::string(reinterpret_cast<const char*>(mac), length));
}

}  // namespace

int64_t LoginGate::Locked(Counts& counts, const std::string& who, int64_t now) {
  const auto found = counts.find(who);
  if (found == counts.end()) return 0;
  const int64_t left = found->second.first + kWindowSeconds - now;
  if (left <= 0) {
    counts.erase(found);
    return 0;
  }
  return found->second.guesses >= kPairGuesses ? left : 0;
}

int64_t LoginGate::Paused(Counts& counts, const std::string& who, int most, int64_t now) {
  const auto found = counts.find(who);
  if (found == counts.end()) return 0;
  if (found->second.last + kWindowSeconds <= now) {  // as long as it goes on, it goes on slowly
    counts.erase(found);
    return 0;
  }
  return found->second.guesses >= most ? std::max<int64_t>(0, found->second.last + kPauseSeconds - now) : 0;
}

void LoginGate::Add(Counts& counts, const std::string& who, int64_t now) {
  if (counts.size() >= kMost && !counts.contains(who)) {
    std::erase_if(counts, [&](const auto& one) { return one.second.last + kWindowSeconds <= now; });
    // Whoever makes up names pushes out made-up names before those who are guessed at now.
    if (counts.size() >= kMost)
      counts.erase(std::min_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) {
        return std::pair(a.second.guesses, a.second.last) < std::pair(b.second.guesses, b.second.last);
      }));
  }
  Count& count = counts[who];
  if (count.guesses++ == 0) count.first = now;
  count.last = now;
}

void LoginGate::Less(Counts& counts, const std::string& who) {
  const auto found = counts.find(who);
  if (found != counts.end() && --found->second.guesses <= 0) counts.erase(found);
}

int64_t LoginGate::Enter(const Guess& guess, int64_t now) {
  const std::lock_guard lock(mutex_);
  if (!guess.device.empty()) {
    if (const int64_t left = Locked(devices_, Device(guess), now); left > 0) return left;
    Add(devices_, Device(guess), now);
    return 0;
  }
  const int64_t left =
      std::max({Locked(pairs_, Pair(guess), now), Paused(addresses_, guess.address, kAddressGuesses, now),
                Paused(users_, guess.user, kUserGuesses, now)});
  if (left > 0) return left;
  Add(pairs_, Pair(guess), now);
  Add(addresses_, guess.address, now);
  Add(users_, guess.user, now);
  return 0;
}

void LoginGate::Right(const Guess& guess) {
  const std::lock_guard lock(mutex_);
  if (!guess.device.empty()) {
    devices_.erase(Device(guess));
    return;
  }
  pairs_.erase(Pair(guess));
  Less(addresses_, guess.address);
  Less(users_, guess.user);
}

void LoginGate::TakeBack(const Guess& guess) {
  const std::lock_guard lock(mutex_);
  if (!guess.device.empty()) return Less(devices_, Device(guess));
  Less(pairs_, Pair(guess));
  Less(addresses_, guess.address);
  Less(users_, guess.user);
}

LoginDesk::Place::Place(LoginDesk& desk, const LoginGate::Guess& guess)
    : desk_(desk), known_(!guess.device.empty()) {
  std::unique_lock lock(desk_.mutex_);
  const Limits& limits = desk_.limits_;
  int& judged = desk_.judged_[known_];
  int& waiting = desk_.waiting_[known_];
  const int most = known_ ? limits.known : limits.strangers;
  if (judged >= most) {
    int& of_address = desk_.waiting_of_[guess.address];
    if (waiting >= limits.waiting || (!known_ && of_address >= limits.waiting_of_an_address)) {
      if (of_address == 0) desk_.waiting_of_.erase(guess.address);
      return;
    }
    ++waiting;
    ++of_address;
    const bool free = desk_.free_.wait_for(lock, limits.most_wait, [&] { return judged < most; });
    --waiting;
    if (--desk_.waiting_of_[guess.address] == 0) desk_.waiting_of_.erase(guess.address);
    if (!free) return;
  }
  ++judged;
  taken_ = true;
}

LoginDesk::Place::~Place() {
  if (!taken_) return;
  {
    const std::lock_guard lock(desk_.mutex_);
    --desk_.judged_[known_];
  }
  desk_.free_.notify_all();
}

std::string NewDeviceMark(const std::string& user, const std::string& secret, int64_t now) {
  std::string bytes(kDeviceBytes, '\0');
  RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  const std::string content =
      user + "/" + absl::BytesToHexString(bytes) + "/" + std::to_string(now / kDaySeconds);
  return content + "/" + Signature(content, secret);
}

std::string DeviceOf(const std::string& mark, const std::string& user, const std::string& secret,
                     int64_t now) {
  const std::vector<std::string> parts = absl::StrSplit(mark, '/');
  int64_t day = 0;
  if (secret.empty() || parts.size() != 4 || parts[0] != user || parts[1].size() != 2 * kDeviceBytes ||
      !absl::SimpleAtoi(parts[2], &day))
    return "";
  const std::string wanted = Signature(parts[0] + "/" + parts[1] + "/" + parts[2], secret);
  const bool good =
      wanted.size() == parts[3].size() && CRYPTO_memcmp(wanted.data(), parts[3].data(), wanted.size()) == 0;
  return good && now / kDaySeconds - day <= kMarkDays ? parts[1] : "";
}

std::string CountedAddress(const std::string& address) {
  in6_addr six{};
  if (inet_pton(AF_INET6, address.substr(0, address.find('%')).c_str(), &six) != 1) return address;
  if (IN6_IS_ADDR_V4MAPPED(&six)) {
    char text[INET_ADDRSTRLEN] = "";
    inet_ntop(AF_INET, six.s6_addr + 12, text, sizeof text);
    return text;
  }
  return absl::BytesToHexString(std::string(reinterpret_cast<const char*>(six.s6_addr), 8)) + "::/64";
}

}  // namespace relief::server::console
