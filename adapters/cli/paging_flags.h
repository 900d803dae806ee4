// --page-size, --page-token and --all, as every listing has them.
#pragma once

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>

#include "adapters/cli/text.h"

namespace relief::adapters {

struct PagingFlags {
  int page_size = 50;
  std::string page_token;
  bool all = false;

  void Add(CLI::App& command) {
    command.add_option("--page-size", page_size, Text(Say::kHelpPageSize))
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    command.add_option("--page-token", page_token, Text(Say::kHelpPageToken));
    command.add_flag("--all", all, Text(Say::kHelpAll));
  }

  // Calls `page(request, &next)` for one page, or for all of them, and says if there are more.
  template <typename Request, typename Page>
  absl::Status Walk(Request request, const Page& page) const {
    request.set_page_size(page_size);
    request.set_page_token(page_token);
    std::string next;
    do {
      if (absl::Status status = page(request, &next); !status.ok()) return status;
      request.set_page_token(next);
    } while (all && !next.empty());
    if (!next.empty()) std::cerr << Fill(Say::kMorePages, {next}) << '\n';
    return absl::OkStatus();
  }
};

}  // namespace relief::adapters
