// Numbers of documents and telephones within what people write: in references, remarks and names.
//
//   MaskNumbersWithin("身份证371302195003140022，电话 139 0539 0001", Text::kWritten)
//       -> "身份证371***************，电话 139 **** **01"
//
// Found are resident numbers of 18 characters (a province, a day, a serial number), those of 15, mobile telephones
// and telephones with an area code, in narrow and full-width digits, in one piece or with single spaces, hyphens or
// dots between their groups. Departments number their decisions by region and day: in a reference a number of 18
// characters is a person's only if its check character is right; and the id of a record, by which it is asked for,
// hides nothing but such a number.
//
// Pure; callable from any thread.
#pragma once

#include <string>

namespace relief::server::records {

enum class Text { kRecordId, kReference, kWritten };

// The first three digits of each number stay, and of a telephone the last two.
std::string MaskNumbersWithin(const std::string& text, Text kind);

}  // namespace relief::server::records
