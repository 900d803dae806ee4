// What was paid twice, or wrongly: sums in fen. They saturate, and count what was paid back. Callable from any
// thread.
#pragma once

#include <cstdint>
#include <optional>

#include "server/coverage/selector.h"

namespace relief::coverage {

// Of amounts that are not negative: the greatest there is rather than an overflow.
int64_t SumFen(int64_t a, int64_t b);
int64_t TimesFen(int64_t fen, int64_t times);

// What is paid in a month; 0 if not stated or not monthly.
int64_t MonthlyFen(const Item& item);

// The sum of all amounts but the largest, which is rightly had. Where only one states an amount, that one: the
// other is had as well, and nobody says for how much.
int64_t AllButLargestFen(const Items& items);

// What was paid back of these benefits: strike-offs of their programmes, of none of which the record says that
// it is of another invoice, year, term, approval or contract, from the day on which the first of them began.
// Appends the strike-offs. Sums are positive.
int64_t RepaidFen(const PersonRecords& person, const Items& benefits, Items* strike_offs);

// What is left of an amount in question after so much was paid back; nothing if all of it was. An amount of 0
// was not stated.
std::optional<int64_t> LeftFen(int64_t fen, int64_t repaid);

}  // namespace relief::coverage
