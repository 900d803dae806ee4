#include "server/console/sessions.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace relief::server::console {
namespace {

constexpr char kPassword[] = "correct horse battery";
constexpr char kSecret[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";  // "12345678901234567890", RFC 6238
constexpr char kHome[] = "10.0.0.1", kElsewhere[] = "10.0.0.2";
constexpr int64_t kNow = 1'793'000'000;

class SessionsTest : public testing::Test {
 protected:
  static std::shared_ptr<const AccountBook> Book(const std::string& password = kPassword) {
    const std::string hash = HashPassword(password);
    auto book = AccountBook::Parse("accounts { user: \"li\" role: OFFICER password_hash: \"" + hash +
                                   "\" } accounts { user: \"wu\" role: SUPERVISOR password_hash: \"" + hash +
                                   "\" totp_secret: \"" + kSecret + "\" }");
    EXPECT_TRUE(book.ok()) << book.status();
    return *book;
  }
  Sessions::Entered Login(const std::string& user, const std::string& password, const std::string& address,
                          int64_t now = kNow, const std::string& mark = "", const std::string& code = "") {
    return sessions_.Login(*book_, {user, password, code, address, mark}, now);
  }
  bool Enters(const std::string& user, const std::string& address, int64_t now = kNow,
              const std::string& mark = "") {
    return Login(user, kPassword, address, now, mark).status.ok();
  }
  void GuessUntilRefused(const std::string& user, const std::string& address, int64_t now = kNow) {
    for (int i = 0; i < 100; ++i)
      if (absl::IsResourceExhausted(Login(user, "wrong", address, now).status)) return;
    FAIL() << "a hundred guesses were judged";
  }

  std::shared_ptr<const AccountBook> book_ = Book();
  Sessions sessions_;
};

TEST_F(SessionsTest, LiveAsLongAsTheyAreUsed) {
  const auto first = Login("li", kPassword, kHome);
  ASSERT_TRUE(first.status.ok());
  EXPECT_EQ(first.token.size(), 64u);
  ASSERT_TRUE(sessions_.Find(first.token, kNow + 1000));
  EXPECT_EQ(sessions_.Find(first.token, kNow + 2000)->user, "li");
  EXPECT_FALSE(sessions_.Find(first.token, kNow + 2000 + Sessions::kIdleSeconds + 1));
  EXPECT_FALSE(sessions_.Find("", kNow));

  const auto busy = Login("li", kPassword, kHome);
  int64_t now = kNow;
  for (; now <= kNow + Sessions::kLongestSeconds; now += 1000)
    ASSERT_TRUE(sessions_.Find(busy.token, now)) << now - kNow;
  EXPECT_FALSE(sessions_.Find(busy.token, now)) << "never longer than a working day";

  const auto ended = Login("li", kPassword, kHome);
  EXPECT_EQ(sessions_.Logout(ended.token)->user, "li");
  EXPECT_FALSE(sessions_.Find(ended.token, kNow));
}

TEST_F(SessionsTest, ACodeWorksOnce) {
  const std::string code = OneTimeCode(kSecret, kNow / 30);
  EXPECT_TRUE(Login("wu", kPassword, kHome, kNow, "", code).status.ok());
  EXPECT_TRUE(absl::IsUnauthenticated(Login("wu", kPassword, kHome, kNow, "", code).status));
}

TEST_F(SessionsTest, FiveWrongPasswordsLockTheUserThereForAWhile) {
  for (int i = 0; i < LoginGate::kPairGuesses; ++i)
    EXPECT_TRUE(absl::IsUnauthenticated(Login("li", "wrong", kHome, kNow + i).status));
  const auto locked = Login("li", kPassword, kHome, kNow + 9);
  EXPECT_TRUE(absl::IsResourceExhausted(locked.status)) << "even with the right one";
  EXPECT_EQ(locked.retry_after_seconds, LoginGate::kWindowSeconds - 9);
  EXPECT_TRUE(Enters("li", kHome, kNow + LoginGate::kWindowSeconds));
}

TEST_F(SessionsTest, GuessesAreCountedBeforeTheyAreJudged) {
  std::atomic<int> judged = 0, refused = 0;
  std::vector<std::thread> guesses;
  for (int i = 0; i < 40; ++i)
    guesses.emplace_back([&] {
      const auto answer = Login("li", "wrong", kHome);
      (absl::IsUnauthenticated(answer.status) ? judged : refused)++;
    });
  for (std::thread& guess : guesses) guess.join();
  EXPECT_LE(judged, LoginGate::kPairGuesses);
  EXPECT_EQ(judged + refused, 40);
}

TEST_F(SessionsTest, AStrangersGuessesShutNobodyElseOut) {
  GuessUntilRefused("li", kHome);
  EXPECT_TRUE(Enters("li", kElsewhere)) << "the user, from another address";
  GuessUntilRefused("nobody", kHome);
  GuessUntilRefused("somebody", kHome);
  GuessUntilRefused("anybody", kHome);
  // The address is beyond its number now: slowed down, not locked.
  Login("everybody", "wrong", kHome, kNow);
  const auto slowed = Login("everybody", "wrong", kHome, kNow);
  EXPECT_TRUE(absl::IsResourceExhausted(slowed.status));
  EXPECT_LE(slowed.retry_after_seconds, LoginGate::kPauseSeconds);
}

TEST_F(SessionsTest, WhoeverLoggedInBeforeInThisBrowserIsCountedApart) {
  const std::string mark = Login("li", kPassword, kHome).mark;
  ASSERT_FALSE(mark.empty());
  GuessUntilRefused("li", kHome);
  EXPECT_TRUE(Enters("li", kHome, kNow, mark)) << "in the same office, while somebody guesses";
  EXPECT_FALSE(Enters("li", kHome)) << "and without the mark not";
  // A hundred addresses together slow the user down elsewhere, and there not either.
  for (int i = 0; i < 100; ++i) Login("li", "wrong", "10.1.0." + std::to_string(i));
  EXPECT_TRUE(absl::IsResourceExhausted(Login("li", "wrong", "10.2.0.1").status));
  EXPECT_TRUE(Enters("li", kHome, kNow, mark));
}

TEST_F(SessionsTest, AMarkIsNoWayAroundTheCount) {
  const std::string mark = Login("li", kPassword, kHome).mark;
  for (int i = 0; i < LoginGate::kPairGuesses; ++i)
    EXPECT_TRUE(absl::IsUnauthenticated(Login("li", "wrong", kHome, kNow, mark).status));
  EXPECT_TRUE(absl::IsResourceExhausted(Login("li", kPassword, kElsewhere, kNow, mark).status));
}

TEST_F(SessionsTest, AMarkIsOfOneUserOnePasswordAndHalfAYear) {
  const std::string mark = Login("li", kPassword, kHome).mark;
  GuessUntilRefused("li", kHome);
  GuessUntilRefused("wu", kHome);
  EXPECT_TRUE(absl::IsResourceExhausted(Login("wu", kPassword, kHome, kNow, mark).status)) << "li's mark";
  std::string forged = mark;
  forged.back() = forged.back() == '0' ? '1' : '0';
  EXPECT_FALSE(Enters("li", kHome, kNow, forged));
  EXPECT_FALSE(Enters("li", kHome, kNow, "li/00/1/00"));
  const int64_t later = kNow + 181 * 86'400;
  GuessUntilRefused("li", kHome, later);
  EXPECT_FALSE(Enters("li", kHome, later, mark)) << "too old";
  book_ = Book("another long password");
  EXPECT_TRUE(absl::IsResourceExhausted(
      Login("li", "another long password", kHome, later, NewDeviceMark("li", "old hash", later)).status))
      << "a new password ends the old marks";
}

TEST(LoginGateTest, AnAddressOfIpv6IsItsNetwork) {
  EXPECT_EQ(CountedAddress("2001:db8:1:2:3:4:5:6"), CountedAddress("2001:db8:1:2::1"));
  EXPECT_NE(CountedAddress("2001:db8:1:2::1"), CountedAddress("2001:db8:1:3::1"));
  EXPECT_EQ(CountedAddress("::ffff:10.0.0.1"), "10.0.0.1");
}

TEST(LoginGateTest, MadeUpNamesDoNotPushOutWhoIsGuessedAt) {
  LoginGate gate;
  for (int i = 0; i < LoginGate::kPairGuesses; ++i) EXPECT_EQ(gate.Enter({"li", kHome, ""}, kNow), 0);
  for (size_t i = 0; i < LoginGate::kMost + 10; ++i) {
    const std::string name = std::to_string(i);
    (void)gate.Enter({"user" + name, "host" + name, ""}, kNow);
  }
  EXPECT_GT(gate.Enter({"li", kHome, ""}, kNow), 0);
}

TEST(LoginDeskTest, FewAreJudgedAtOnceAndFewWait) {
  LoginDesk desk({.strangers = 2,
                  .known = 1,
                  .waiting = 3,
                  .waiting_of_an_address = 2,
                  .most_wait = std::chrono::milliseconds(20'000)});
  std::atomic<int> inside = 0, most = 0, refused = 0;
  std::atomic<bool> go = false;
  std::vector<std::thread> guesses;
  for (int i = 0; i < 20; ++i)
    guesses.emplace_back([&, i] {
      const LoginDesk::Place place(desk, {"li", "10.0.0." + std::to_string(i % 2), ""});
      if (!place.taken()) {
        ++refused;
        return;
      }
      for (int seen = most, now = ++inside; now > seen && !most.compare_exchange_weak(seen, now);) continue;
      while (!go) std::this_thread::yield();
      --inside;
    });
  while (refused < 15) std::this_thread::yield();
  {
    const LoginDesk::Place known(desk, {"wu", "10.0.0.0", "0123"});
    EXPECT_TRUE(known.taken()) << "whoever is known has a place of their own";
  }
  go = true;
  for (std::thread& guess : guesses) guess.join();
  EXPECT_EQ(most, 2);
  EXPECT_EQ(refused, 15) << "two judged, three waiting";
}

TEST(LoginDeskTest, NobodyWaitsForEver) {
  LoginDesk desk({.strangers = 1, .most_wait = std::chrono::milliseconds(10)});
  const LoginDesk::Place first(desk, {"li", kHome, ""});
  const LoginDesk::Place second(desk, {"li", kHome, ""});
  EXPECT_FALSE(second.taken());
}

}  // namespace
}  // namespace relief::server::console
