#include "adapters/intake/programme_guess.h"

#include <algorithm>
#include <cctype>
#include <map>

#include "adapters/mapping/cell_parsers.h"

namespace relief::adapters {

std::optional<ProgrammeGuess> GuessProgramme(const std::vector<std::string>& titles,
                                             const std::vector<std::string>& header,
                                             const std::vector<std::string>& cells,
                                             const WordsOfColumns& words) {
  // A title names the programme; headings and cells only hint at it.
  std::map<int, double> scores;  // 0 = facts
  const auto add = [&](const std::string& text, double weight) {
    const std::string plain = Plain(text);
    for (const ProgrammeWords& of : words.vocabulary().programmes()) {
      const bool found = std::any_of(of.words().begin(), of.words().end(), [&](const std::string& word) {
        return plain.find(word) != std::string::npos;
      });
      if (found) scores[of.facts() ? 0 : of.programme()] += weight * std::max(1, of.weight());
    }
  };
  for (size_t i = 0; i < titles.size(); ++i) add(titles[i], 3);
  for (const std::string& heading : header) add(heading, 1);
  for (const std::string& cell : cells)
    add(cell, 1.0 / static_cast<double>(std::max<size_t>(1, cells.size())));
  int best = -1;
  double most = 0, second = 0;
  for (const auto& [programme, score] : scores) {
    if (score > most) {
      second = most;
      most = score;
      best = programme;
    } else {
      second = std::max(second, score);
    }
  }
  if (best < 0 || most < 1.5 || second >= most) return std::nullopt;
  ProgrammeGuess guess;
  guess.facts = best == 0;
  guess.programme = static_cast<v1::Programme>(best);
  if (guess.facts) {
    std::string all;
    for (const std::string& title : titles) all += Plain(title);
    const std::pair<const char*, v1::FactType> kWhole[] = {
        {"死亡", v1::DEATH},
        {"火化", v1::DEATH},
        {"事实无人抚养", v1::UNATTENDED_CHILD_ALLOWANCE},
        {"孤儿", v1::ORPHAN_ALLOWANCE},
        {"失业保险金", v1::UNEMPLOYMENT_INSURANCE},
        {"护理补贴", v1::DISABILITY_NURSING_SUBSIDY},
        {"困难残疾人生活补贴", v1::DISABILITY_LIVING_SUBSIDY}};
    for (const auto& [word, type] : kWhole)
      if (guess.fact == v1::FACT_TYPE_UNSPECIFIED && all.find(word) != std::string::npos) guess.fact = type;
  }
  return guess;
}

std::optional<ProgrammeGuess> ProgrammeNamed(const std::string& name) {
  std::string capital = name;
  for (char& c : capital) c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  ProgrammeGuess guess;
  if (capital == "FACTS") {
    guess.facts = true;
    return guess;
  }
  if (v1::Programme_Parse(capital, &guess.programme) && guess.programme != v1::PROGRAMME_UNSPECIFIED)
    return guess;
  if (v1::FactType_Parse(capital, &guess.fact) && guess.fact != v1::FACT_TYPE_UNSPECIFIED) {
    guess.facts = true;
    return guess;
  }
  const std::pair<const char*, v1::Programme> kNames[] = {
      {"低保", v1::MINIMUM_LIVING},  {"最低生活保障", v1::MINIMUM_LIVING},
      {"特困", v1::EXTREME_POVERTY}, {"特困供养", v1::EXTREME_POVERTY},
      {"受灾救助", v1::DISASTER},    {"医疗救助", v1::MEDICAL},
      {"教育救助", v1::EDUCATION},   {"住房救助", v1::HOUSING},
      {"就业救助", v1::EMPLOYMENT},  {"临时救助", v1::TEMPORARY}};
  for (const auto& [word, programme] : kNames)
    if (name == word) {
      guess.programme = programme;
      return guess;
    }
  return std::nullopt;
}

std::optional<std::string> FactTypeOf(const std::string& heading, const WordsOfColumns& words) {
  for (const CellWords& codes : words.vocabulary().codes()) {
    if (codes.field() != "fact.type") continue;
    for (const CellWord& word : codes.words())
      if (heading.find(word.cell()) != std::string::npos) return word.value();
  }
  return std::nullopt;
}

std::string ProgrammeSourceName(v1::Programme programme) {
  std::string name = v1::Programme_Name(programme);
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

std::string FactsName(v1::FactType type) {
  if (type == v1::DEATH) return "deaths";
  return "facts";
}

std::vector<const char*> IdFrom(v1::Programme programme) {
  switch (programme) {
    case v1::MINIMUM_LIVING:
      return {"household.household_id"};
    case v1::HOUSING:
      return {"benefit.form", "benefit.contract_number", "benefit.house_id"};
    case v1::EMPLOYMENT:
      return {"benefit.form", "benefit.sub_item", "benefit.start_month"};
    case v1::EDUCATION:
      return {"benefit.term", "benefit.sub_item"};
    case v1::MEDICAL:
      return {"benefit.form", "benefit.invoice_number", "benefit.pay_date", "benefit.benefit_year"};
    case v1::TEMPORARY:
      return {"benefit.pay_date", "benefit.cause", "benefit.approval_number"};
    case v1::DISASTER:
      return {"benefit.pay_date", "benefit.event_id", "benefit.stage"};
    default:
      return {};
  }
}

}  // namespace relief::adapters
