// The pairs of golden_pairs.txt, which a domain expert can read and edit.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "matcher/compare/scorer.h"
#include "matcher/normalize/id_number.h"
#include "matcher/normalize/normalizer.h"

namespace relief::matcher {
namespace {

std::string Trim(const std::string& text) {
  const size_t begin = text.find_first_not_of(' '), end = text.find_last_not_of(' ');
  return begin == std::string::npos ? "" : text.substr(begin, end - begin + 1);
}

Identity ParseSide(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> cells;
  for (std::string cell; std::getline(stream, cell, '|');) cells.push_back(Trim(cell));
  EXPECT_EQ(cells.size(), 6u) << text;
  RawIdentity raw;
  raw.name = cells[0];
  raw.id_number = cells[1];
  if (!raw.id_number.empty() && raw.id_number.back() == '#')
    raw.id_number.back() = ResidentIdCheckDigit(raw.id_number.substr(0, 17));
  raw.birth_date = ParseDate(cells[2]);
  raw.sex = cells[3] == "M" ? Sex::kMale : cells[3] == "F" ? Sex::kFemale : Sex::kUnknown;
  if (!cells[4].empty()) raw.phones = {cells[4]};
  raw.region_code = cells[5];
  return Normalize(raw);
}

TEST(GoldenPairs, AreJudgedAsTheExpertSays) {
  const auto model = Model::Load(RELIEF_MODEL_FILE);
  ASSERT_TRUE(model.ok()) << model.status();
  std::ifstream file(RELIEF_GOLDEN_PAIRS);
  int pairs = 0, number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.empty() || line[0] == '#') continue;
    const size_t colon = line.find(" : "), middle = line.find("  ==  ");
    ASSERT_TRUE(colon != std::string::npos && middle != std::string::npos) << "line " << number;
    const std::string expected = Trim(line.substr(0, colon));
    const Identity a = ParseSide(line.substr(colon + 3, middle - colon - 3)),
                   b = ParseSide(line.substr(middle + 6));
    std::vector<FieldEvidence> evidence;
    const PairScore score = Score(**model, a, b, &evidence);
    std::string verdict = "no";
    const bool doubtful = (score.vetoes & kDoubts) == score.vetoes && score.vetoes != kNoVeto;
    if (doubtful && score.bits < (*model)->doubtful_review_threshold()) {
      verdict = "no";
    } else if (score.vetoes != kNoVeto) {
      verdict = "veto";
    } else if (score.bits >= (*model)->link_threshold()) {
      verdict = "link";
    } else if (score.bits >= (*model)->review_threshold()) {
      verdict = "review";
    }
    std::string why;
    for (const FieldEvidence& field : evidence)
      why +=
          std::string(field.field) + " " + std::string(field.level) + " " + std::to_string(field.bits) + "\n";
    EXPECT_EQ(verdict, expected) << "line " << number << ", " << score.bits << " bits\n" << why;
    ++pairs;
  }
  EXPECT_GE(pairs, 20);
}

}  // namespace
}  // namespace relief::matcher
