// Review of security, 5: eight of eight whole numbers were found out, with eight calls and without any right to see them.
#include "server/access/number_guesses.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/server/hub_fixture.h"

namespace relief::server::access {
namespace {

constexpr int64_t kHourUs = int64_t{3600} * 1'000'000;

v1::CheckApplicantRequest Ask(const std::string& number) {
  v1::CheckApplicantRequest request;
  request.add_persons()->set_id_number(number);
  return request;
}
v1::CheckApplicantResponse Found(const std::string& person_id, const std::string& number) {
  v1::CheckApplicantResponse response;
  v1::Person& person = *response.add_results()->add_candidates()->mutable_person();
  person.set_person_id(person_id);
  person.add_records()->mutable_person()->set_id_number(number);
  return response;
}
std::string Number(int sequence, int day = 14) {
  return MadeUp("", {1950, 3, static_cast<uint8_t>(day)}, sequence).id_number;
}

int Missed(const std::vector<Guess>& guesses) {
  return static_cast<int>(
      std::count_if(guesses.begin(), guesses.end(), [](const Guess& one) { return !one.is_right; }));
}

TEST(NumberGuesses, AKnownPersonsNumberIsNoMissAndAnothersIs) {
  EXPECT_EQ(Missed(GuessesOf(Ask(Number(2)), Found("P-1", Number(2)))), 0);
  EXPECT_EQ(Missed(GuessesOf(Ask(Number(3)), Found("P-1", Number(2)))), 2)
      << "of the person, and of county and birthday";
  v1::CheckApplicantResponse nobody;
  nobody.add_results();
  EXPECT_EQ(Missed(GuessesOf(Ask(Number(3)), nobody)), 1) << "nobody was found: of county and birthday";
  EXPECT_EQ(Missed(GuessesOf(Ask("X"), nobody)), 0);
  const std::string far = MadeUp("", {1987, 11, 25}, 555).id_number;
  EXPECT_EQ(Missed(GuessesOf(Ask(far), Found("P-1", Number(2)))), 1) << "a namesake's is not guessed by it";
}

// The right one would be known by being answered where all others are refused.
TEST(NumberGuesses, OnceTooManyMissedTheRightOneIsRefusedLikeThem) {
  NumberGuesses guesses;
  const auto right = GuessesOf(Ask(Number(2)), Found("P-1", Number(2)));
  EXPECT_EQ(guesses.Look("housing", right, 0), NumberGuesses::Answer::kAllowed);
  for (int sequence = 10; sequence < 16; ++sequence)
    guesses.Look("housing", GuessesOf(Ask(Number(sequence)), Found("P-1", Number(2))), 0);
  EXPECT_EQ(guesses.Look("housing", right, 0), NumberGuesses::Answer::kRefused);
  EXPECT_EQ(guesses.Look("medical", right, 0), NumberGuesses::Answer::kAllowed) << "another agency";
  EXPECT_EQ(guesses.Look("housing", GuessesOf(Ask(Number(2, 20)), Found("P-2", Number(2, 20))), 0),
            NumberGuesses::Answer::kAllowed)
      << "another person";
  EXPECT_EQ(guesses.Look("housing", right, 26 * kHourUs), NumberGuesses::Answer::kAllowed) << "the day after";
}

TEST(NumberGuesses, TheNineThatTwoShownDigitsWouldLeaveAreNotTriedOut) {
  NumberGuesses guesses;
  int answered = 0;
  for (int sequence = 10; sequence < 19; ++sequence)
    answered += guesses.Look("housing", GuessesOf(Ask(Number(sequence)), Found("P-1", Number(2))), 0) ==
                NumberGuesses::Answer::kAllowed;
  EXPECT_EQ(answered, 5);
  EXPECT_EQ(guesses.Look("medical", GuessesOf(Ask(Number(30)), Found("P-1", Number(2))), 0),
            NumberGuesses::Answer::kAllowed)
      << "another agency has tried nothing";
}

// A second way that the review does not have: junk names, so that only the right number finds anybody.
TEST(NumberGuesses, WhoeverFindsNobodyIsCountedToo) {
  NumberGuesses guesses;
  v1::CheckApplicantResponse nobody;
  nobody.add_results();
  std::vector<NumberGuesses::Answer> answers;
  for (int sequence = 10; sequence < 18; ++sequence)
    answers.push_back(guesses.Look("housing", GuessesOf(Ask(Number(sequence)), nobody), 0));
  EXPECT_EQ(answers[4], NumberGuesses::Answer::kAllowed);
  EXPECT_EQ(answers[5], NumberGuesses::Answer::kFirstRefusal) << "the time to raise the alarm";
  EXPECT_EQ(answers[6], NumberGuesses::Answer::kRefused);
}

TEST(NumberGuesses, OneSlipInTheKnownDigitsHidesNothing) {
  NumberGuesses guesses;
  int answered = 0;
  for (int day = 10; day < 19; ++day)  // another birthday each time, so that county and birthday never repeat
    answered += guesses.Look("housing", GuessesOf(Ask(Number(10 + day, day)), Found("P-1", Number(2))), 0) ==
                NumberGuesses::Answer::kAllowed;
  EXPECT_LE(answered, 5);
}

TEST(NumberGuesses, ASlipThatIsRepeatedIsOneAndADayForgets) {
  NumberGuesses guesses;
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(guesses.Look("housing", GuessesOf(Ask(Number(3)), Found("P-1", Number(2))), i),
              NumberGuesses::Answer::kAllowed);
  for (int sequence = 10; sequence < 20; ++sequence)
    guesses.Look("housing", GuessesOf(Ask(Number(sequence)), Found("P-1", Number(2))), 0);
  EXPECT_EQ(guesses.Look("housing", GuessesOf(Ask(Number(40)), Found("P-1", Number(2))), 26 * kHourUs),
            NumberGuesses::Answer::kAllowed);
}

}  // namespace
}  // namespace relief::server::access
