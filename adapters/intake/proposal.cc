#include "adapters/intake/proposal.h"

#include <google/protobuf/text_format.h>

#include <algorithm>

namespace relief::adapters {

bool Proposal::blocked() const {
  return mapping.name().empty() || std::any_of(questions.begin(), questions.end(),
                                               [](const Question& question) { return question.blocks; });
}

std::string MappingText(const Mapping& mapping) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetUseUtf8StringEscaping(true);
  std::string text;
  printer.PrintToString(mapping, &text);
  return "# proto-file: adapters/mapping/mapping.proto\n# proto-message: relief.adapters.Mapping\n#\n# "
         "Written by `relief map`, and read by `relief load`. Edit it as you like.\n" +
         text;
}

}  // namespace relief::adapters
