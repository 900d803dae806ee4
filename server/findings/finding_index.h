// Findings in the orders in which they are listed: by money, by due date, by opening. Rows (prefix "hi")
// carry what filters look at, so that a page is found without reading findings that are not on it.
//
// Kept in the commit that writes the finding. Callable from any thread.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "relief/v1/finding_service.pb.h"
#include "server/findings/tally.pb.h"
#include "storage/store.h"
#include "storage/transaction.h"

namespace relief::server::findings {

// `before` is null for a new finding.
void IndexFinding(storage::Transaction& txn, const v1::Finding* before, const v1::Finding& after);

// The rows of findings of one state in one order begin with this.
std::string FindingIndexPrefix(v1::FindingOrder order, v1::Finding::State state);
// What follows: its place in the order, and its id. By id alone for FINDING_ORDER_UNSPECIFIED.
std::string FindingPlace(v1::FindingOrder order, const v1::Finding& finding);
std::string FindingIdAt(v1::FindingOrder order, std::string_view place);

// What the row says of the finding, and whether a filter allows it. Its person is not looked at.
stored::ListedFinding ListedOf(const v1::Finding& finding);
bool Allows(const v1::FindingFilter& filter, const stored::ListedFinding& listed);

absl::Status RemakeFindingIndex(storage::Store& store);

}  // namespace relief::server::findings
