#include "matcher/normalize/compound_surnames.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace relief::matcher {
namespace {

// In use today, from the usual lists of 复姓. Those that are more often a single surname and the first
// character of a given name (单于, 第五 ...) would split more names wrongly than rightly and are left out.
constexpr std::u32string_view kSurnames[] = {
    U"欧阳", U"太史", U"端木", U"上官", U"司马", U"东方", U"独孤", U"南宫", U"万俟", U"闻人", U"夏侯",
    U"诸葛", U"尉迟", U"公羊", U"赫连", U"澹台", U"皇甫", U"宗政", U"濮阳", U"公冶", U"太叔", U"申屠",
    U"公孙", U"慕容", U"仲孙", U"钟离", U"长孙", U"宇文", U"司徒", U"鲜于", U"司空", U"闾丘", U"子车",
    U"亓官", U"司寇", U"巫马", U"公西", U"颛孙", U"壤驷", U"公良", U"漆雕", U"乐正", U"宰父", U"谷梁",
    U"拓跋", U"夹谷", U"轩辕", U"令狐", U"段干", U"百里", U"呼延", U"东郭", U"南门", U"羊舌", U"微生",
    U"左丘", U"西门", U"梁丘", U"纳兰", U"完颜", U"叶赫", U"那拉", U"耶律", U"贺兰", U"淳于", U"褚师"};

constexpr uint64_t Pack(char32_t first, char32_t second) {
  return static_cast<uint64_t>(first) << 32 | second;
}

constexpr auto Sorted() {
  std::array<uint64_t, std::size(kSurnames)> packed{};
  for (size_t i = 0; i < packed.size(); ++i) packed[i] = Pack(kSurnames[i][0], kSurnames[i][1]);
  std::sort(packed.begin(), packed.end());
  return packed;
}

constexpr auto kSorted = Sorted();

}  // namespace

bool IsCompoundSurname(std::u32string_view two_characters) {
  return two_characters.size() == 2 &&
         std::binary_search(kSorted.begin(), kSorted.end(), Pack(two_characters[0], two_characters[1]));
}

}  // namespace relief::matcher
