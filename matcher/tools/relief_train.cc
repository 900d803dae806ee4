// relief-train: fits the hub's match model to a register, without labels.
#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>

#include "matcher/tools/register.h"
#include "matcher/train/training.h"

namespace relief::matcher {
namespace {

int Fail(const absl::Status& status) {
  std::cerr << "relief-train: " << status.message() << '\n';
  return 1;
}

void PrintReport(const Training& training) {
  std::printf("pairs compared   %zu, of which 1 in %.0f of all pairs is one person\n", training.pairs,
              1 / training.prior);
  std::printf("convergence      %zu steps; greatest change of a weight in bits:",
              training.convergence.size());
  for (double change : training.convergence) std::printf(" %.2f", change);
  std::printf("\n\n%-12s %-18s %9s %9s %8s %8s %10s\n", "field", "level", "m", "u", "bits", "before",
              "pairs");
  for (const TrainedLevel& level : training.levels)
    std::printf("%-12s %-18s %9.2g %9.2g %+8.2f %+8.2f %10.0f\n", level.field.c_str(), level.level.c_str(),
                level.m_after, level.u_after, std::log2(level.m_after / level.u_after),
                std::log2(level.m_before / level.u_before), level.matches);
}

int Main(int argc, char** argv) {
  CLI::App app{
      "Fits the match model to departments' exports: u from random pairs, m by EM, name frequencies by "
      "counting.\n"
      "Nothing is labelled; the starting model is the prior. Look at the report, and measure with "
      "relief-eval,\n"
      "before the hub is given the new model."};
  std::string start, out;
  std::vector<std::string> paths;
  TrainingOptions options;
  app.add_option("--model", start, "The model to start from")->required();
  app.add_option("--out", out, "Write the trained model here")->required();
  app.add_option("--name", options.name, "Name of the trained model, e.g. lanshan-2026.1")->required();
  app.add_option("--seed", options.seed, "Of the random pairs");
  app.add_option("paths", paths, "Exports, or folders of them")->required();
  CLI11_PARSE(app, argc, argv);

  std::ifstream file(start, std::ios::binary);
  if (!file) return Fail(absl::NotFoundError("cannot read " + start));
  std::stringstream text;
  text << file.rdbuf();
  const auto records = ReadRegister(paths);
  if (!records.ok()) return Fail(records.status());
  std::vector<Identity> identities;
  for (const RegisterRecord& record : *records) identities.push_back(*record.change.identity);
  const auto training = Train(text.str(), identities, options);
  if (!training.ok()) return Fail(training.status());
  std::ofstream model(out, std::ios::binary);
  model << "# Trained by relief-train on " << records->size() << " records, starting from " << start
        << ", seed " << options.seed << ".\n# Schema: matcher/model/model.proto.\n"
        << training->model_text;
  if (!model.flush()) return Fail(absl::UnavailableError("cannot write " + out));
  PrintReport(*training);
  return 0;
}

}  // namespace
}  // namespace relief::matcher

int main(int argc, char** argv) { return relief::matcher::Main(argc, argv); }
