#include "matcher/normalize/surnames.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace relief::matcher {
namespace {

// 百家姓, and others in use today; standard characters. Characters that begin the transliterated names of Uyghur, Kazakh,
// Tibetan, Mongol and Yi people far more often than Han names (阿, 巴, 扎, 次, 尼, 格, 拉, 吉, 其, 才) are left out.
constexpr std::u32string_view kSurnames =
    U"赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭郎鲁韦昌马"
    U"苗凤花方俞任袁柳酆"
    U"鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝臧计"
    U"伏成戴谈宋茅庞熊纪"
    U"舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干"
    U"解应宗丁宣贲邓郁单"
    U"杭洪包诸左石崔钮龚程嵇邢滑裴陆荣翁荀羊惠甄麴封芮储靳邴糜松井段富巫乌焦弓牧隗谷车侯宓蓬全郗班仰仲伊宫宁"
    U"仇栾暴甘钭厉戎祖武"
    U"符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲从鄂索咸籍赖卓蔺屠蒙池乔阴胥苍闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍却"
    U"璩桑桂濮牛寿通边扈"
    U"燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿弘匡国文寇广禄阙东欧殳沃蔚越夔"
    U"隆师巩厍聂晁勾敖融"
    U"冷訾辛阚那饶曾毋沙乜鞠须丰巢关蒯相查后荆游竺权逯盖桓公肖闫付代涂佟岳帅缑亢况郈有琴商牟佘佴伯赏墨哈谯笪"
    U"年爱阳覃仝苟冼洗占"
    U"邸丛苑蒿银巨门岩撒庹鹿战展翠原降楚晋揭呼亓句仁候粟冻邝区褟麦苌隋官侬宾禤荔鄢幺敬由尧泮盘奉雒贠员浮种朴"
    U"玄奇鲜南独洙表谌鄞"
    U"檀洛缐线盍练校拾宛潭续楼么辜青旷税芦闪朝召补刀侍尉同仉纳喇虎";

constexpr auto Sorted() {
  std::array<char32_t, kSurnames.size()> sorted{};
  for (size_t i = 0; i < sorted.size(); ++i) sorted[i] = kSurnames[i];
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}
constexpr auto kSorted = Sorted();

}  // namespace

bool IsSurname(char32_t c) { return std::binary_search(kSorted.begin(), kSorted.end(), c); }

}  // namespace relief::matcher
