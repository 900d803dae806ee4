#include "matcher/train/training.h"

#include <google/protobuf/text_format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <unordered_map>

#include "matcher/block/blocking.h"
#include "matcher/compare/name_comparison.h"
#include "matcher/compare/scorer.h"
#include "matcher/model/model.h"
#include "matcher/model/model.pb.h"
#include "matcher/normalize/han.h"
#include "matcher/normalize/text.h"

namespace relief::matcher {
namespace {

constexpr size_t kLeast = 1000;
constexpr double kPriorShare = 0.05;  // the starting model's m counts as this share of the pairs
constexpr double kPriorNames = 2000;  // and its name frequencies as so many names
constexpr double kConvergedBits = 0.02;
constexpr size_t kLevels = static_cast<size_t>(Level::kCount);

struct Pair {
  uint32_t a, b;
};

// Stands for a rule, or for a kind of name that has too few pairs to count.
bool IsRule(Level level) {
  switch (level) {
    case Level::kIdShared:
    case Level::kIdOtherDocument:
    case Level::kBirthConfirmsId:
    case Level::kNameFormer:
    case Level::kNameChanged:
    case Level::kNameTokenEqual:
    case Level::kNameTokenMissing:
    case Level::kNameLatinClose:
    case Level::kNameTransliteration:
    case Level::kIdHiddenFits:
    case Level::kIdHiddenDiffers:
    case Level::kBirthYearAlone:
      return true;
    default:
      return false;
  }
}

// Observed once for each character of a name rather than once for each name.
bool IsOfCharacter(Level level) { return level <= Level::kNameDifferent; }

// Share of a pair that is at `share`, to two significant digits: so that a model file has groups, not a line
// for each name.
double Rounded(double share) {
  const double scale = std::pow(10, std::floor(std::log10(share)) - 1);
  return std::round(share / scale) * scale;
}

class Trainer {
 public:
  Trainer(ModelSpec spec, std::span<const Identity> identities, const TrainingOptions& options)
      : spec_(std::move(spec)), identities_(identities), options_(options) {
    for (size_t l = 0; l < kLevels; ++l) {
      const auto level = static_cast<Level>(l);
      index_[{std::string(FieldOf(level)), std::string(NameOf(level))}] = level;
    }
    for (ComparisonSpec& comparison : *spec_.mutable_comparisons())
      for (LevelSpec& level : *comparison.mutable_levels()) {
        const Level at = index_.at({comparison.field(), level.name()});
        levels_[static_cast<size_t>(at)] = &level;
        training_.levels.push_back({comparison.field(), level.name(), level.m(), 0, level.u(), 0, 0});
        start_m_[static_cast<size_t>(at)] = level.m();
        start_u_[static_cast<size_t>(at)] = level.u();
      }
  }

  absl::StatusOr<Training> Run() {
    if (!options_.name.empty()) spec_.set_name(options_.name);
    CountNames();
    if (absl::Status status = Rebuild(); !status.ok()) return status;
    MeasureU();
    if (absl::Status status = Rebuild(); !status.ok()) return status;
    FindPairs();
    const double all =
        static_cast<double>(identities_.size()) * static_cast<double>(identities_.size() - 1) / 2;
    training_.prior = std::min(0.1, static_cast<double>(identities_.size()) / 2 / all);
    for (int step = 0; step < options_.max_steps; ++step) {
      training_.convergence.push_back(Step(all));
      if (absl::Status status = Rebuild(); !status.ok()) return status;
      if (training_.convergence.back() < kConvergedBits) break;
    }
    for (TrainedLevel& level : training_.levels) {
      const auto at = static_cast<size_t>(index_.at({level.field, level.level}));
      level.m_after = levels_[at]->m();
      level.u_after = levels_[at]->u();
      level.matches = matches_[at];
    }
    training_.model_text = Text();
    return std::move(training_);
  }

 private:
  std::string Text() const {
    std::string text;
    google::protobuf::TextFormat::Printer printer;
    printer.SetUseUtf8StringEscaping(true);
    printer.PrintToString(spec_, &text);
    return text;
  }

  absl::Status Rebuild() {
    auto model = Model::Parse(Text());
    if (!model.ok()) return model.status();
    model_ = *std::move(model);
    return absl::OkStatus();
  }

  void SetBounded(double* value, double to) { *value = std::clamp(to, 1e-9, 0.999); }

  // Shares of surnames and given-name characters, smoothed with the starting ones.
  void CountNames() {
    NameFrequencies& names = *spec_.mutable_names();
    std::map<std::u32string, double> surnames;
    std::map<char32_t, double> given;
    double all_surnames = 0, all_given = 0;
    for (const Identity& identity : identities_) {
      if (identity.names.empty() || !identity.names[0].has_surname()) continue;
      const Name& name = identity.names[0];
      if (name.tokens.size() != 1 || name.surname().find(kWildcard) != std::u32string_view::npos) continue;
      ++surnames[std::u32string(name.surname())];
      ++all_surnames;
      for (char32_t c : name.given()) {
        if (c == kWildcard || !IsHan(c)) continue;
        ++given[c];
        ++all_given;
      }
    }
    std::map<std::u32string, double> surname_start;
    for (const auto& group : names.surnames()) {
      std::u32string word;
      for (char32_t c : DecodeUtf8(group.names()) + U" ") {
        if (c != U' ') {
          word += c;
        } else if (!word.empty()) {
          surname_start[word] = group.share();
          word.clear();
        }
      }
    }
    std::map<char32_t, double> given_start;
    for (const auto& group : names.given_characters())
      for (char32_t c : DecodeUtf8(group.names()))
        if (c != U' ') given_start[c] = group.share();
    for (const auto& [surname, share] : surname_start) surnames.emplace(surname, 0);
    for (const auto& [c, share] : given_start) given.emplace(c, 0);

    std::map<double, std::string, std::greater<>> groups;
    for (const auto& [surname, n] : surnames) {
      const auto known = surname_start.find(surname);
      const double start = known == surname_start.end() ? names.other_surname_share() : known->second;
      groups[Rounded((n + kPriorNames * start) / (all_surnames + kPriorNames))] += EncodeUtf8(surname) + " ";
    }
    names.clear_surnames();
    for (auto& [share, text] : groups) {
      auto& group = *names.add_surnames();
      group.set_share(share);
      text.pop_back();
      group.set_names(text);
    }
    groups.clear();
    for (const auto& [c, n] : given) {
      const auto known = given_start.find(c);
      const double start =
          known == given_start.end() ? names.given_share_by_level(StandardLevel(c)) : known->second;
      groups[Rounded((n + kPriorNames * start) / (all_given + kPriorNames))] +=
          EncodeUtf8(std::u32string(1, c)) + " ";
    }
    names.clear_given_characters();
    for (auto& [share, text] : groups) {
      auto& group = *names.add_given_characters();
      group.set_share(share);
      text.pop_back();
      group.set_names(text);
    }
  }

  // Fields of one pair and their levels; kCount for a name that is written the same. Fields that a rule took
  // out of the sum are left out.
  template <typename Use>
  void ForEachLevel(uint32_t a, uint32_t b, float* bits, Use&& use) {
    const PairScore score = Score(*model_, identities_[a], identities_[b], &evidence_);
    if (bits) *bits = score.bits;
    for (const FieldEvidence& field : evidence_) {
      const auto found = index_.find({std::string(field.field), std::string(field.level)});
      if (found == index_.end() ? field.field != "name" : IsRule(found->second)) continue;
      use(field.field, found == index_.end() ? Level::kCount : found->second);
    }
  }

  void MeasureU() {
    std::mt19937_64 random(options_.seed);
    std::vector<double> count(kLevels), of_field(kLevels);
    std::map<std::string_view, double> compared;
    std::vector<double> characters(kLevels);
    double character_pairs = 0;
    for (size_t i = 0; i < options_.random_pairs; ++i) {
      const auto a = static_cast<uint32_t>(random() % identities_.size());
      const auto b = static_cast<uint32_t>(random() % identities_.size());
      if (a == b) continue;
      ForEachLevel(a, b, nullptr, [&](std::string_view field, Level level) {
        ++compared[field];
        if (level != Level::kCount) ++count[static_cast<size_t>(level)];
      });
      if (identities_[a].names.empty() || identities_[b].names.empty()) continue;
      const std::u32string_view x = identities_[a].names[0].tokens[0], y = identities_[b].names[0].tokens[0];
      const Level level = CharacterLevel(x.back(), y.back());
      ++character_pairs;
      if (level != Level::kCount) ++characters[static_cast<size_t>(level)];
    }
    for (size_t l = 0; l < kLevels; ++l) {
      const auto level = static_cast<Level>(l);
      if (IsRule(level)) continue;
      const double n = IsOfCharacter(level) ? character_pairs : compared[FieldOf(level)];
      const double c = IsOfCharacter(level) ? characters[l] : count[l];
      // The starting u is kept where so rare a level cannot have been seen among so few pairs.
      constexpr double kSeen = 5;
      double u = (c + kSeen) / (n + kSeen / start_u_[l]);
      levels_[l]->set_u(std::clamp(u, 1e-9, 0.999));
    }
  }

  void FindPairs() {
    std::unordered_map<BlockKey, std::vector<uint32_t>> blocks;
    for (uint32_t i = 0; i < identities_.size(); ++i)
      for (BlockKey key : BlockingKeys(identities_[i])) blocks[key].push_back(i);
    std::vector<uint64_t> pairs;
    for (const auto& [key, members] : blocks) {
      if (members.size() > static_cast<size_t>(model_->block_limit())) continue;
      for (size_t i = 0; i < members.size(); ++i)
        for (size_t j = i + 1; j < members.size(); ++j)
          pairs.push_back(uint64_t{members[i]} << 32 | members[j]);
    }
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    for (uint64_t pair : pairs)
      pairs_.push_back({static_cast<uint32_t>(pair >> 32), static_cast<uint32_t>(pair)});
    training_.pairs = pairs_.size();
  }

  // One step of EM. Returns the greatest change of a weight, in bits.
  double Step(double all_pairs) {
    std::vector<double> count(kLevels);
    std::map<std::string_view, double> compared;
    double characters = 0, equal_characters = 0, matches = 0;
    const double prior_bits = std::log2(training_.prior / (1 - training_.prior));
    std::vector<std::pair<std::string_view, Level>> seen;
    for (const Pair& pair : pairs_) {
      float bits = 0;
      seen.clear();
      ForEachLevel(pair.a, pair.b, &bits,
                   [&](std::string_view field, Level level) { seen.emplace_back(field, level); });
      const double p = 1 / (1 + std::exp2(-(bits + prior_bits)));
      if (p < 1e-6) continue;
      matches += p;
      for (const auto& [field, level] : seen) {
        compared[field] += p;
        if (level != Level::kCount) count[static_cast<size_t>(level)] += p;
        if (field != "name") continue;
        const double length = static_cast<double>(std::min(identities_[pair.a].names[0].tokens[0].size(),
                                                           identities_[pair.b].names[0].tokens[0].size()));
        characters += p * length;
        equal_characters += p * (level == Level::kCount ? length : length - 1);
      }
    }
    double change = 0;
    for (size_t l = 0; l < kLevels; ++l) {
      const auto level = static_cast<Level>(l);
      matches_[l] = count[l];
      if (IsRule(level)) continue;
      const double n = IsOfCharacter(level) ? characters : compared[FieldOf(level)];
      const double prior = kPriorShare * n + 1;
      const double m = (count[l] + prior * start_m_[l]) / (n + prior);
      const double before = levels_[l]->m();
      levels_[l]->set_m(std::clamp(m, 1e-9, 0.999));
      change = std::max(change, std::abs(std::log2(levels_[l]->m() / before)));
    }
    if (characters > 0)
      spec_.mutable_names()->set_equal_character_m(std::clamp(equal_characters / characters, 0.5, 0.999));
    training_.prior = std::max(matches, 1.0) / all_pairs;
    return change;
  }

  ModelSpec spec_;
  const std::span<const Identity> identities_;
  const TrainingOptions options_;
  std::map<std::pair<std::string, std::string>, Level> index_;
  LevelSpec* levels_[kLevels] = {};
  double start_m_[kLevels] = {}, start_u_[kLevels] = {}, matches_[kLevels] = {};
  std::shared_ptr<const Model> model_;
  std::vector<Pair> pairs_;
  std::vector<FieldEvidence> evidence_;
  Training training_;
};

}  // namespace

absl::StatusOr<Training> Train(const std::string& model_text, std::span<const Identity> identities,
                               const TrainingOptions& options) {
  if (auto model = Model::Parse(model_text); !model.ok()) return model.status();
  if (identities.size() < kLeast)
    return absl::FailedPreconditionError("training needs at least 1,000 records");
  ModelSpec spec;
  google::protobuf::TextFormat::ParseFromString(model_text, &spec);
  return Trainer(std::move(spec), identities, options).Run();
}

}  // namespace relief::matcher
