// Names whose UTF-8 bytes were read as GBK: 张伟 becomes 寮犱紵. Told by encoding them back.
//
// Pure; callable from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace relief::matcher {

// What the text was before, if it is such a text: every character of the answer is a standard Han character
// or the dot of names, and at least one of the given text is not a common one. Nothing otherwise.
std::optional<std::u32string> RepairMojibake(std::u32string_view text);

}  // namespace relief::matcher
