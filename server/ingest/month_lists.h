// Lists of months: who is on the list of a month was helped in it, and whoever was on an earlier list and is on none since was
// helped until the month before the first list that lacks them. What is said of a record depends on the lists that were
// committed, in whatever order they came.
//
// Months are numbers: year * 12 + month - 1; 0 is none. Pure functions over a source's row.
#pragma once

#include <cstdint>

#include "relief/v1/types.pb.h"
#include "server/records/stored.pb.h"

namespace relief::server::ingest {

int32_t MonthNumber(const v1::Month& month);
v1::Month ToMonth(int32_t number);

// The month of the list that this snapshot of the source is or was; 0 if it is none, or was never committed.
int32_t ListMonth(const stored::Source& source, int64_t snapshot);

// The earliest list, of those that were committed or are open, after `month`; 0 if there is none.
int32_t NextList(const stored::Source& source, int32_t month);

// The open snapshot is committed: it takes the place of an earlier list of its month.
void KeepList(stored::Source* source);

}  // namespace relief::server::ingest
