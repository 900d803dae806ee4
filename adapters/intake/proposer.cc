#include "adapters/intake/proposer.h"

namespace relief::adapters {

Proposal Propose(const ProposalInput& input, const WordsOfColumns& words) {
  return Proposer(input, words).Run();
}

}  // namespace relief::adapters
