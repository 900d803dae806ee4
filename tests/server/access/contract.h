// The contract, read from its folder: every method, whether or not the program links its service. For tests
// only.
#pragma once

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace relief::server::access {

// "relief.v1.FeedService/Push"
inline std::vector<std::string> ContractMethods() {
  static const std::regex service(R"(^service (\w+))"), method(R"(^\s+rpc (\w+)\()");
  std::vector<std::string> methods;
  for (const auto& entry : std::filesystem::directory_iterator(RELIEF_PROTO_DIRECTORY "/relief/v1")) {
    std::ifstream file(entry.path());
    std::string line, name;
    for (std::smatch match; std::getline(file, line);) {
      if (std::regex_search(line, match, service)) name = match[1];
      if (std::regex_search(line, match, method))
        methods.push_back("relief.v1." + name + "/" + match[1].str());
    }
  }
  return methods;
}

inline std::vector<std::string> ContractServices() {
  std::set<std::string> services;
  for (const std::string& method : ContractMethods()) services.insert(method.substr(0, method.find('/')));
  return {services.begin(), services.end()};
}

}  // namespace relief::server::access
