#!/usr/bin/env python3
"""Make the exports of a made-up district as its offices write people down, with the truth and every cause of error.

    synth_office.py --out DIR [--place hunan] [--office poor] [--people 24000] [--seed 1] [--without CAUSE,...]

This is the second generator. synth_county.py is about programmes and what a correct hub finds; this one is about persons:
who they are, and what becomes of a name and a number on the way into a file. It shares no code and no tables with the
first, and its rates are not taken from the matcher's model. Whoever tunes the matcher uses other seeds, places and causes
than those that a result is reported on.

Places:  hunan (clan villages, generation characters), sichuan (Yi), xinjiang (Uyghur, Kazakh, Hui), qinghai (Tibetan, Hui,
         Mongol), guangxi (Zhuang, Yao), jilin (Korean), mixed (all of them)
Offices: good, ordinary, poor
Errors stay: what an office once wrote of a person is in all of its rows of that person.

Writes minimum_living.csv, medical.csv, facts.csv, education.csv, temporary.csv, housing.csv and
    truth_persons.csv   programme,record_id,person
    truth_causes.csv    programme,record_id,nation,causes   causes separated by blanks; none for a clean row

Nobody in it exists. The same arguments give the same files. Python 3.9+, no packages.
"""
import argparse, csv, datetime as dt, os, random
from collections import defaultdict

OFFICES = {"good": 0.12, "ordinary": 0.4, "poor": 1.0}
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

# ---- names ------------------------------------------------------------------------------------------------------------
HAN_SURNAMES = ("李 王 张 刘 陈 杨 周 黄 赵 吴 徐 孙 朱 马 胡 郭 林 何 高 梁 郑 罗 宋 谢 唐 韩 曹 许 邓 萧 冯 曾 程 蔡 彭 潘 袁 于 董 余 苏 叶 吕 魏 蒋 田 "
                "杜 丁 沈 姜 范 江 傅 钟 卢 汪 戴 崔 任 陆 廖 姚 方 金 邱 夏 谭 韦 贾 邹 石 熊 孟 秦 阎 薛 侯 雷 白 龙 段 郝 孔 邵 史 毛 常 万 顾 赖 武 康 贺 "
                "严 尹 钱 施 牛 洪 龚 解 单 仇 查 翟 庹 昌 欧阳 司徒 令狐").split()
MEN = {1930: "德福 有才 长庚 家旺 正清 国栋 先明 开富 世荣 启发 水生 火根 三元 炳南 仁贵 永昌 代忠 金山 树清 化成 顺才 光前 宗汉 连生 玉堂",
       1950: "建民 卫国 志远 新生 解放 援朝 跃进 国庆 和平 爱民 保国 立功 少华 天佑 广田 长林 文斌 喜来 大勇 克俭 运良 友谊 汉文 忠义 前进",
       1970: "海波 晓东 永红 红兵 卫东 立新 学军 小军 向阳 建华 文革 爱军 春雷 小平 志刚 劲松 少波 朝晖 正文 宏伟 高峰 国强 岳生 平安 晓明",
       1990: "俊杰 文杰 鹏程 嘉伟 志豪 宇 凯 鑫 旭 浩 帅 威 振宇 伟杰 泽华 子健 家豪 弘毅 世杰 天翔 少康 明轩 冠军 斌 磊",
       2005: "梓豪 子墨 奕辰 铭泽 宇泽 皓轩 承恩 逸凡 景行 沐阳 俊熙 睿哲 星宇 佑安 博涵 之恒 煜城 瑾瑜 言 默"}
WOMEN = {1930: "桂英 秀珍 玉兰 冬秀 春香 满秀 菊英 翠莲 招弟 细妹 友莲 淑贞 银娥 爱莲 凤姣 运姣 梅香 七姑 九妹 月娥 福秀 桃英 贵香 莲香 腊梅",
         1950: "小英 丽华 美玉 国珍 建英 爱华 金莲 群英 惠兰 静芬 红英 凤英 玉珍 新莲 巧云 国英 文英 少英 继红 亚男 素芳 良英 秋菊 长秀 喜珍",
         1970: "红梅 晓燕 春梅 海燕 丽萍 冬梅 小红 艳红 建红 爱平 云霞 雪梅 丽君 巧玲 晓玲 卫红 玉梅 利平 志红 美华 小玲 艳萍 海英 菊花 亚琴",
         1990: "婷婷 丹丹 佳慧 思思 雅琪 梦瑶 倩 雪 蕾 莹 露 瑶 晶晶 媛媛 佳丽 娇 玲玲 思敏 丽娟 文静 慧敏 欢 艳芳 芳芳 梦婷",
         2005: "语桐 诗涵 雨桐 欣怡 梓涵 若曦 可欣 心怡 依诺 艺涵 雨萱 芷若 清妍 佳琪 一一 苡沫 思彤 念 晚晴 书瑶"}
GENERATIONS = "祖宗培德厚 孝友振家声 诗书传万代 忠厚继先人 道学承光远 文章启后贤".replace(" ", "")
NICK = "二狗 三毛 细伢子 满崽 毛毛 幺妹 大宝 狗娃 石头 铁蛋 老三 么儿 豆豆 丫丫 胖子 牛牛 小宝 妹妹 秋秋 金宝".split()
UYGHUR_M = ("买买提 艾合买提 吐尔逊 阿卜力米提 玉苏普 依米提 卡迪尔 图尔贡 艾尼瓦尔 麦合苏木 阿布都热西提 热西提 库尔班江 帕尔哈提 艾克拜尔 居麦 瓦热斯 肉孜 萨依木 "
            "亚森 伊力哈木 木合塔尔 艾则孜 吾买尔 白克力 希尔艾力 阿不都外力 尼亚孜 托合提江 喀斯木 斯迪克 牙生 卡吾力 毛拉 达吾提 阿西木 塔西 热依木 苏来曼 巴拉提").split()
UYGHUR_F = ("帕提古丽 阿米娜 热依汗 米日古丽 再乃普 古丽巴哈尔 海丽切姆 阿依谢姆 热孜万古丽 吐尔逊古丽 布再娜普 玛依拉 迪丽娜尔 茹克亚木 哈丽旦 阿孜古丽 努尔比亚 祖丽胡玛 帕丽旦 "
            "美合日古丽 奥古丽 坎拜尔 麦尔耶姆 汗祖热 萨拉麦提 木妮热 沙尼亚 古丽孜拉 其曼古丽 阿提古丽").split()
KAZAKH = "叶尔兰 巴合提 努尔兰 加娜尔 阿依努尔 马合沙提 赛力克 哈力木 沙吾列 别克 江阿古丽 阿合买提 木拉提 古丽夏提 艾达尔 胡安什 叶斯木 玛合帕丽 阿娜尔 托留".split()
TIBETAN = "扎西 卓玛 次仁 顿珠 拉姆 尼玛 达娃 旦增 索南 央金 白玛 格桑 平措 曲珍 洛桑 多吉 德吉 巴桑 米玛 仁青 才让 卓嘎 加措 旺堆 普布 玉珍 贡布 桑吉 措姆 丹巴".split()
MONGOL_M = "巴特尔 孟克 朝鲁 巴雅尔 苏和 宝音 特木尔 阿拉坦 额尔敦 那顺 布和 青格乐 哈斯 乌力吉 满都拉 达来 敖其尔 吉日嘎拉".split()
MONGOL_F = "其其格 斯琴 高娃 乌兰 娜仁 萨仁 托娅 琪琪格 阿茹娜 乌云 塔娜 通嘎拉嘎 赛罕 格日乐 敖登 图雅".split()
YI_CLANS = "吉克 阿苦 的日 沙马 吉巴 曲木 阿约 勒格 瓦扎 海来 马海 莫色 吉木 俄木 赤黑 加巴 罗洪 尔古 水洛 补约 阿尔 苏呷 立立 阿的 节列 依火 曲比 麦吉 丁 瓦其".split()
YI_GIVEN = "阿木 阿牛 尔布 伍牛 木基 拉日 子哈 古铁 日古 伍合 有作 阿甲 阿呷 里古 伍各 石布 阿依 尔呷 克惹 乌牛 色布 阿芝 拉且 尔哈 木果 阿支 小红 有打".split()
HUI_GIVEN_M = "穆萨 尤素福 伊布拉 哈麦 阿丹 尔洒 有布 哈三 胡塞 占海 玉明 生福 进才 学文 国福 富贵 忠义 成龙 小林 志荣".split()
HUI_GIVEN_F = "阿米娜 法土麦 索非亚 海且 买燕 哈力麦 麦尔燕 则乃 桂兰 秀花 玉梅 芳 娟 燕 兰兰 小芳 春花 梅花 翠兰 索菲".split()
ZHUANG_SURNAMES = "韦 覃 黄 蒙 农 陆 梁 莫 蓝 罗 卢 岑 班 潘 李".split()
YAO_SURNAMES = "盘 赵 邓 李 黄 蓝 冯 凤 奉 周".split()
KOREAN_SURNAMES = "金 李 朴 崔 郑 许 全 赵 韩 姜 池 南 玄 安".split()
KOREAN_M = "哲洙 永浩 光植 成哲 东哲 龙男 昌国 京浩 范植 学哲 相哲 吉男 虎 正日 明哲".split()
KOREAN_F = "英淑 顺姬 美花 贞淑 玉女 明姬 春姬 莲花 善玉 京爱 福顺 海兰 香兰 美兰 顺子".split()
ALIAS_OF_CLAN = {"吉克": "吉", "阿苦": "苦", "的日": "狄", "沙马": "沙", "曲木": "曲", "马海": "马", "罗洪": "罗", "瓦扎": "王", "海来": "海", "莫色": "莫", "阿约": "罗"}
SPELLINGS = [("买买提", "麦麦提", "买合买提"), ("艾合买提", "艾合麦提", "爱合买提"), ("阿卜", "阿布", "阿不"), ("都热", "杜热", "都勒"), ("吐尔", "图尔", "土尔"), ("玉苏普", "玉素甫", "吾苏甫"),
             ("依米提", "伊敏", "依明"), ("艾尼", "爱尼", "安尼"), ("帕尔哈提", "排尔哈提", "帕日哈提"), ("艾克拜尔", "阿克拜尔", "艾壳拜尔"), ("古丽", "姑丽", "谷丽"), ("米日", "米热", "迷热"),
             ("再乃普", "再娜甫", "则乃普"), ("热西提", "热希提", "热夏提"), ("艾则孜", "艾孜孜", "艾孜则"), ("吾买尔", "乌买尔", "吾马尔"), ("阿米娜", "阿米那", "啊米娜"), ("库尔班", "库尔板", "柯尔班"),
             ("托合提", "托乎提", "吐合提"), ("尼亚孜", "尼牙孜", "尼亚子"), ("亚森", "牙森", "亚生"), ("叶尔", "叶日", "也尔"), ("巴合提", "巴哈提", "把合提"), ("努尔", "奴尔", "努日"),
             ("扎西", "札西", "扎喜"), ("次仁", "才仁", "泽仁"), ("卓玛", "卓马", "周毛"), ("旦增", "丹增", "旦真"), ("顿珠", "敦珠", "东珠"), ("米玛", "朱玛", "米马"), ("曲珍", "曲真", "琼珍"),
             ("其其格", "琪琪格", "其木格"), ("孟克", "蒙克", "孟和"), ("巴特尔", "巴图尔", "把特尔"), ("斯琴", "思琴", "斯勤"), ("乌云", "乌运", "吾云"), ("索非亚", "索菲亚", "沙索非"), ("尤素福", "优素福", "尤素夫"),
             ("哈力麦", "哈利麦", "哈里麦"), ("法土麦", "法图麦", "法图买"), ("阿牛", "阿纽", "啊牛"), ("伍牛", "五牛", "乌牛"), ("尔布", "尔补", "日布"), ("拉日", "拉惹", "拉热"), ("古铁", "古体", "古帖")]
SOUND = ("秀绣 英瑛莹樱 珍真贞 兰岚蓝 玉钰育 桂贵 华花桦 明名铭 国果 建健剑 志智治 文闻雯 军君均 红洪宏鸿 平萍苹 春椿 丽莉利俐 芳方房 永勇咏 福富 德得 昌长常 生声升胜 新欣鑫心 小晓筱 金今 梅玫 香湘 "
         "凤奉风 琴勤芹 云芸耘 霞侠 慧惠会 静敬净 世士仕 成诚城 立力利 海亥 波博 林琳霖 强墙 伟炜纬玮 宇雨语羽 轩萱宣 涵晗含 梓子紫 怡宜仪 欣心馨 付傅富 肖萧 闫严阎 于余俞 邱丘秋 戴代 龚宫 毛茅 贾甲 石时 "
         "姣娇 银寅 友有 先仙 连莲 满曼 国郭 炳丙秉 启起 家佳嘉 忠中 义艺 运韵 良梁 少绍 克可").split()
LOOK = "士土 未末 己已巳 日曰 大太犬 天夭 玉王 干千 田由甲 刀力 治冶 晴睛 辰晨 展辰 固国 平乎 岑芩 先光 洪供 银根 桂挂 秋秒 梅海 杨扬 陈阵 壮状 兰羊 炎炭 鸣呜 免兔 今令 成戍 茂戊 享亨 侯候 汪江 徐徕 梁粱 楊场 娟捐".split()
TRADITIONAL = dict(zip("国华兰丽刘张陈杨黄赵吴孙马郑谢许韩邓冯蒋叶苏吕卢钟谭陆贾邹云东红凤龙军义关荣贵长银庆凯杰宝", "國華蘭麗劉張陳楊黃趙吳孫馬鄭謝許韓鄧馮蔣葉蘇呂盧鍾譚陸賈鄒雲東紅鳳龍軍義關榮貴長銀慶凱傑寶"))
RARE = "䶮㛃堃喆翀昇犇淼垚彧頔曌祎赟"
REMARKS = ("（已故）", "(注销)", " 注销", "（女）", "(妻子)", "（五保）", "(迁出)", " 已故", "（代）", "(低保户)", "同志", "（户主）", "(死亡)", "（残）")
VILLAGES = ("大塘 石桥 柳树 上湾 下湾 新屋 老屋 枫树 龙潭 白水 铁厂 青山 红星 东风 幸福 团结 前进 和平 胜利 光明 杨柳 松林 竹山 桐木 茶园 樟树 沙坪 双江 三星 五星 金龙 银坑").split()

NATIONS = {"hunan": (("han", .97), ("hui", .03)), "sichuan": (("han", .4), ("yi", .6)), "xinjiang": (("han", .2), ("uyghur", .62), ("kazakh", .08), ("hui", .1)),
           "qinghai": (("han", .3), ("tibetan", .42), ("hui", .16), ("mongol", .12)), "guangxi": (("han", .45), ("zhuang", .45), ("yao", .1)), "jilin": (("han", .6), ("korean", .4)),
           "mixed": (("han", .44), ("hui", .08), ("yi", .1), ("uyghur", .12), ("kazakh", .03), ("tibetan", .09), ("mongol", .05), ("zhuang", .06), ("korean", .03))}
COUNTIES = {"hunan": ("430582", "430524", "430522"), "sichuan": ("513431", "513401", "513430"), "xinjiang": ("653122", "653125", "653130"), "qinghai": ("632221", "632323", "632521"),
            "guangxi": ("451025", "451024", "451221"), "jilin": ("222401", "222404", "222424"), "mixed": ("620421", "620122", "620502")}
SOURCES = ("minimum_living", "medical", "facts", "education", "temporary", "housing")
PREFIX = dict(zip(SOURCES, ("DB", "YL", "FA", "JY", "LS", "ZF")))


def check_character(seventeen):
    return "10X98765432"[sum(int(c) * w for c, w in zip(seventeen, WEIGHTS)) % 11]


def decade(names, year):
    return names[max(d for d in names if d <= max(year, 1930))].split()


class District:
    def __init__(self, place, office, people, seed, without):
        self.r = random.Random("%s/%d/%d" % (place, people, seed))  # the same people at every level of office
        self.place, self.counties, self.without = place, COUNTIES[place], set(without)
        self.people, self.given_out = [], defaultdict(int)
        self.settle(people)
        self.number_everybody()
        self.r = random.Random("%s/%d/%d/%s" % (place, people, seed, office))
        self.rate = OFFICES[office]
        self.rows = defaultdict(list)
        self.written, self.sequence = {}, defaultdict(int)

    # ---- who lives there --------------------------------------------------------------------------------------------
    def settle(self, wanted):
        r = self.r
        surnames = HAN_SURNAMES[:]
        r.shuffle(surnames)
        rank = [1.0 / (i + 3) ** 0.9 for i in range(len(surnames))]
        household = 0
        while len(self.people) < wanted:
            nations, weights = zip(*NATIONS[self.place])
            nation = r.choices(nations, weights)[0]
            village = dict(name=r.choice(VILLAGES) + r.choice(("村", "村", "社区")), town="%s%s" % (r.choice(VILLAGES), r.choice(("镇", "乡", "街道"))), county=r.choice(self.counties),
                           clan=r.choices(surnames, rank)[0], cadre=self.phone(), poem=r.randrange(0, 20), surnames=(surnames, rank))
            for _ in range(r.randrange(25, 90)):
                household += 1
                self.family(household, village, nation if r.random() < .9 else r.choices(nations, weights)[0])
                if len(self.people) >= wanted: break

    def phone(self):
        r = self.r
        return "1%s%08d" % (r.choice(("31", "33", "36", "37", "39", "51", "57", "59", "73", "77", "88", "91")), r.randrange(10 ** 8))

    def family(self, number, village, nation):
        r = self.r
        home = dict(id=number, village=village, number=r.randrange(1, 220), members=[], phone=self.phone() if r.random() < .9 else "")
        shape = r.random()
        if shape < .22:                                   # alone, mostly old
            self.person(home, nation, r.choices((r.randrange(18, 60), r.randrange(60, 93)), (1, 3))[0], r.choice((1, 2)), None)
            return
        age = r.randrange(27, 76)
        head = self.person(home, nation, age, 1, None)
        wife = self.person(home, nation, max(20, age + r.randrange(-6, 4)), 2, None, spouse=head) if r.random() < .85 else None
        for n in range(r.choices((0, 1, 2, 3, 4), (2, 4, 4, 1, .5 if nation != "han" else .1))[0]):
            child_age = age - r.randrange(21, 36)
            if child_age < 0: continue
            child = self.person(home, nation, child_age, r.choice((1, 2)), head)
            if r.random() < .025:
                self.person(home, nation, child_age, child["sex"] if r.random() < .7 else 3 - child["sex"], head, twin=child)
        if r.random() < .2: self.person(home, nation, min(96, age + r.randrange(21, 30)), r.choice((1, 2)), None, parent_of=head)
        for p in home["members"]:
            p["guardian"] = wife or head

    def person(self, home, nation, age, sex, father, spouse=None, parent_of=None, twin=None):
        r = self.r
        born = twin["born"] if twin else dt.date(2026, 10, 31) - dt.timedelta(days=age * 365 + r.randrange(365))
        p = dict(id=len(self.people), home=home, nation=nation, sex=sex, born=born, father=father, spouse=spouse, twin=twin, phone=self.phone() if r.random() < .7 and born.year < 2012 else home["phone"])
        p["parts"] = self.name(p, home["village"], parent_of)
        p["name"] = self.spell(p)
        p["origin"] = home["village"]["county"] if r.random() < .9 else r.choice(("%s%s" % (r.choice(("11", "32", "33", "44", "51", "61")), r.choice(("0102", "0421", "0525", "1324", "0823"))), r.choice(self.counties)))
        p["disabled"] = r.random() < .06
        self.people.append(p)
        home["members"].append(p)
        return p

    def name(self, p, village, parent_of):
        """(surname or clan, given) of a Han-like name, (own, father's) of a name of two parts, (name,) of a single one."""
        r, nation, sex, year = self.r, p["nation"], p["sex"], p["born"].year
        pick = lambda men, women: r.choice(men if sex == 1 else women)
        if nation == "uyghur": return (pick(UYGHUR_M, UYGHUR_F), p["father"]["parts"][0] if p["father"] else r.choice(UYGHUR_M))
        if nation == "kazakh": return (r.choice(KAZAKH), p["father"]["parts"][0] if p["father"] else r.choice(KAZAKH))
        if nation == "tibetan": return (r.choice(TIBETAN) + (r.choice(TIBETAN) if r.random() < .7 else ""),)
        if nation == "mongol": return (pick(MONGOL_M, MONGOL_F) + (pick(MONGOL_M, MONGOL_F) if r.random() < .25 else ""),)
        if nation == "yi": return (p["father"]["parts"][0] if p["father"] else r.choice(YI_CLANS), r.choice(YI_GIVEN))
        own = {"zhuang": ZHUANG_SURNAMES, "yao": YAO_SURNAMES, "korean": KOREAN_SURNAMES}.get(nation)
        if p["father"]: surname = p["father"]["parts"][0]
        elif parent_of and sex == 1: surname = parent_of["parts"][0]
        elif nation == "hui": surname = r.choice("马 马 马 马 丁 沙 海 哈 白 杨 王 张 韩 喇".split())
        elif own: surname = r.choice(own)
        elif sex == 1 and r.random() < .45: surname = village["clan"]
        else: surname = r.choices(*village["surnames"])[0]
        if nation == "hui" and r.random() < .6: return (surname, pick(HUI_GIVEN_M, HUI_GIVEN_F))
        if nation == "korean": return (surname, pick(KOREAN_M, KOREAN_F))
        given = r.choice(decade(MEN if sex == 1 else WOMEN, year))
        if r.random() < .3:                               # a freer name of two of the decade's characters
            given = r.choice(given) + r.choice(r.choice(decade(MEN if sex == 1 else WOMEN, year)))
        if sex == 1 and surname == village["clan"] and year < 1995 and r.random() < .6:
            given = GENERATIONS[(village["poem"] + (year - 1920) // 22) % len(GENERATIONS)] + given[-1]
        if r.random() < .004: given = given[:-1] + r.choice(RARE)
        return (surname, given)

    def spell(self, p):
        return "·".join(p["parts"]) if p["nation"] in ("uyghur", "kazakh") else "".join(p["parts"])

    def number_everybody(self):
        """Numbers are given out as people are registered: neighbours in a county's book of births have neighbouring ones."""
        order = sorted(self.people, key=lambda p: (p["born"], p["id"]))
        for p in order:
            p["number"] = self.give_out(p, p["origin"])
            if self.r.random() < .012: p["second"] = self.give_out(p, self.r.choice(self.counties))
            p["former"] = self.former(p) if self.r.random() < .03 else None

    def give_out(self, p, county):
        key = (county, p["born"], p["sex"])
        start = self.given_out.setdefault(key, self.r.randrange(0, 4) * 10 + self.r.randrange(5))
        self.given_out[key] += 1
        seventeen = county + p["born"].strftime("%Y%m%d") + "%03d" % (start * 2 + (1 if p["sex"] == 1 else 0))
        return seventeen + check_character(seventeen)

    def former(self, p):
        if p["nation"] in ("han", "zhuang", "yao", "korean", "hui"): return p["parts"][0] + self.r.choice(decade(MEN if p["sex"] == 1 else WOMEN, p["born"].year))
        if p["nation"] == "yi": return ALIAS_OF_CLAN.get(p["parts"][0], p["parts"][0][0]) + self.r.choice(decade(MEN if p["sex"] == 1 else WOMEN, p["born"].year))
        return None

    # ---- what an office makes of a person ---------------------------------------------------------------------------
    def slips(self, rate, cause):
        """Whether this cause strikes, at so many of a hundred in a poor office."""
        return self.r.random() < rate * self.rate / 100 and cause not in self.without

    def write(self, p, source):
        if (p["id"], source) in self.written: return self.written[p["id"], source]
        causes = []
        w = dict(causes=causes, sex=p["sex"], born=p["born"].isoformat(), region=p["home"]["village"]["county"])
        w["number"] = self.write_number(p, source, causes)
        w["name"] = self.write_name(p, causes)
        self.write_birth(p, w, causes)
        if self.slips(.7, "s_wrong"): w["sex"] = 3 - p["sex"]; causes.append("s_wrong")
        elif self.slips(1.5, "s_none"): w["sex"] = 0; causes.append("s_none")
        if self.slips(5, "c_moved"): w["region"] = self.r.choice(self.counties); causes.append("c_moved")
        x = self.r.random()
        w["phone"] = p["phone"] if x < .55 else p["home"]["phone"] if x < .7 else p["home"]["village"]["cadre"] if x < .7 + .12 * self.rate else self.phone() if x < .85 else ""
        v = p["home"]["village"]
        w["address"] = self.r.choice(("%s%s%d号" % (v["town"], v["name"], p["home"]["number"]), v["town"] + v["name"], v["town"], "%s%s%d组" % (v["town"], v["name"], p["home"]["number"] % 9 + 1)))
        self.written[p["id"], source] = w
        return w

    def write_number(self, p, source, causes):
        r, number = self.r, p["number"]
        def done(cause, text):
            causes.append(cause)
            return text
        if p.get("second") and self.slips(45, "i_old"): number = done("i_old", p["second"])
        age = 2026 - p["born"].year
        if age < 16 and self.slips(7, "i_guard"): return done("i_guard", p["guardian"]["number"])
        if p["spouse"] and self.slips(.8, "i_family"): return done("i_family", p["spouse"]["number"])
        if p["disabled"] and source == "facts" and self.slips(35, "i_cert"):
            return done("i_cert", number + r.choice("1234567") + r.choice("1234") + ("B1" if r.random() < .15 else ""))
        if self.slips(5, "i_none"): return done("i_none", "")
        if self.slips(1.4, "i_digit"):
            i = r.randrange(18 if number[17] != "X" else 17)
            return done("i_digit", number[:i] + str((int(number[i]) + r.randrange(1, 10)) % 10) + number[i + 1:])
        if self.slips(.5, "i_swap"):
            i = r.randrange(6, 16)
            return done("i_swap", number[:i] + number[i + 1] + number[i] + number[i + 2:])
        if self.slips(.4, "i_short"):
            i = r.randrange(18)
            return done("i_short", number[:i] + number[i + 1:])
        if p["born"].year < 1985 and self.slips(1.5, "i_15"): return done("i_15", number[:6] + number[8:17])
        if self.slips(1.6, "i_mask"):
            return done("i_mask", r.choice((number[:6] + "********" + number[14:], number[:10] + "****" + number[14:], number[:4] + "*" * 14, number[:14] + "****")))
        if self.slips(.7, "i_sci"): return done("i_sci", "%s.%sE+17" % (number[0], number[1:6].rstrip("0") or "0"))
        if self.slips(.5, "i_words"): return done("i_words", r.choice(("待补", "无", "无身份证", "NULL", "000000000000000000", number[:6] + number[6:14] + "0000")))
        return number

    def write_name(self, p, causes):
        r, name = self.r, p["name"]
        def done(cause, text):
            causes.append(cause)
            return text
        if p["former"] and self.slips(30, "n_alias"): name = done("n_alias", p["former"])
        if p["nation"] in ("uyghur", "kazakh"): return self.write_parts(p, causes)
        if p["nation"] in ("tibetan", "mongol", "hui", "yi") and self.slips(6, "e_variant"):
            varied = self.vary(name)
            if varied != name: return done("e_variant", varied)
        if p["nation"] == "yi" and len(p["parts"]) == 2 and self.slips(5, "e_part"): return done("e_part", p["parts"][1] if r.random() < .7 else p["parts"][1] + p["parts"][0])
        if p["nation"] in ("tibetan", "mongol") and len(name) >= 4 and self.slips(4, "e_part"): return done("e_part", name[:2])
        if p["sex"] == 2 and p["born"].year < 1950 and p["nation"] == "han" and self.slips(4, "n_zwshi"):
            return done("n_zwshi", (p["spouse"]["parts"][0] if p["spouse"] else "") + p["parts"][0] + "氏")
        if self.slips(.5, "n_nick"): return done("n_nick", r.choice(NICK) if r.random() < .4 else p["parts"][0] + r.choice(NICK))
        if p["spouse"] and self.slips(.8, "n_holder"): return done("n_holder", p["spouse"]["name"])
        if p["father"] and 2026 - p["born"].year < 16 and self.slips(1.2, "n_holder"): return done("n_holder", p["father"]["name"])
        if p["spouse"] and self.slips(.3, "n_rel"): return done("n_rel", p["spouse"]["name"] + r.choice(("之妻", "妻", "（妻）", "爱人")))
        if self.slips(1.2, "n_remark"): return done("n_remark", name + r.choice(REMARKS))
        if self.slips(2.2, "n_homo"):
            text = self.replace(name, SOUND)
            if text != name: return done("n_homo", text)
        if self.slips(.9, "n_shape"):
            text = self.replace(name, LOOK)
            if text != name: return done("n_shape", text)
        if self.slips(1, "n_variant"):
            text = "".join(TRADITIONAL.get(c, c) for c in name)
            if text != name: return done("n_variant", text)
        if len(name) == 3 and self.slips(.4, "n_swap"): return done("n_swap", name[0] + name[2] + name[1])
        if len(name) == 3 and self.slips(.4, "n_drop"): return done("n_drop", name[0] + r.choice(name[1:]))
        if any(c in RARE for c in name) and self.slips(60, "n_rare"):
            return done("n_rare", "".join((r.choice(("?", "*", "□", "YAN"))) if c in RARE else c for c in name))
        if len(name) >= 2 and self.slips(.5, "n_mask"): return done("n_mask", name[0] + "*" * (1 if len(name) == 2 else r.choice((1, 2))) + (name[-1] if len(name) > 2 and r.random() < .6 else ""))
        if self.slips(1, "n_space"): return done("n_space", name[0] + r.choice((" ", "　")) + name[1:])
        return name

    def write_parts(self, p, causes):
        r, (own, father) = self.r, p["parts"]
        if self.slips(9, "e_variant"):
            varied, other = self.vary(own), self.vary(father) if r.random() < .4 else father
            if (varied, other) != (own, father):
                own, father = varied, other
                causes.append("e_variant")
        if self.slips(7, "e_part"): causes.append("e_part"); return own
        if self.slips(1.5, "e_order"): causes.append("e_order"); return father + "·" + own
        if self.slips(3, "e_trunc") and len(own + father) > 5: causes.append("e_trunc"); return (own + "·" + father)[:r.choice((4, 5, 6))]
        if self.slips(14, "e_dot"): causes.append("e_dot"); return own + r.choice((".", "•", "。", " ", "", "-", "．")) + father
        return own + "·" + father

    def vary(self, name):
        for group in self.r.sample(SPELLINGS, len(SPELLINGS)):
            for form in group:
                if form in name: return name.replace(form, self.r.choice([g for g in group if g != form]), 1)
        return name

    def replace(self, name, groups):
        places = [(i, g) for i, c in enumerate(name) for g in groups if c in g]
        if not places: return name
        i, group = self.r.choice(places)
        return name[:i] + self.r.choice([c for c in group if c != name[i]]) + name[i + 1:]

    def write_birth(self, p, w, causes):
        r, born = self.r, p["born"]
        def done(cause, text):
            causes.append(cause)
            w["born"] = text
        if self.slips(5, "b_none"): done("b_none", "")
        elif self.slips(1.2, "b_year"): done("b_year", r.choice(("%d", "%d年", "%d-00-00")) % born.year)
        elif self.slips(1.5, "b_first"): done("b_first", "%d-01-01" % born.year)
        elif born.year < 1980 and self.slips(2.2, "b_lunar"): done("b_lunar", (born - dt.timedelta(days=r.randrange(19, 50))).isoformat())
        elif self.slips(.6, "b_digit"):
            try: done("b_digit", born.replace(**{r.choice(("month", "day")): r.randrange(1, 13)}).isoformat())
            except ValueError: pass
        elif self.slips(.5, "b_other"): done("b_other", (born + dt.timedelta(days=r.choice((-1, 1)) * r.randrange(200, 1300))).isoformat())

    # ---- who gets something -----------------------------------------------------------------------------------------
    def run(self):
        r = self.r
        r = self.r
        for p in self.people:
            poor = p["home"].setdefault("poor", r.random() < .2)
            age = 2026 - p["born"].year
            if poor: self.add("minimum_living", p)
            for _ in range(r.choices((0, 1, 2, 3), (25, 45, 22, 8) if poor else (92, 5, 2, 1))[0]): self.add("medical", p)
            if p["disabled"] and r.random() < .85: self.add("facts", p)
            if 6 <= age < 19 and poor: self.add("education", p); self.add("facts", p)
            if age > 60 and poor and r.random() < .3: self.add("facts", p)
            if r.random() < (.15 if poor else .02): self.add("temporary", p)
            if r.random() < (.06 if poor else .004) and age > 20: self.add("housing", p)

    def add(self, source, p):
        self.sequence[source] += 1
        rid = "%s%06d" % (PREFIX[source], self.sequence[source])
        self.rows[source].append((rid, p, self.write(p, source)))


SEX = {0: "", 1: "男", 2: "女"}


def export(d, out):
    os.makedirs(out, exist_ok=True)
    r = random.Random(1)
    def dump(source, encoding, header, line):
        with open(os.path.join(out, source + ".csv"), "w", encoding=encoding, errors="replace", newline="") as f:
            w = csv.writer(f)
            w.writerow(header.split())
            rows = d.rows[source][:]
            r.shuffle(rows)
            w.writerows(line(*row) for row in rows)
    dump("minimum_living", "gb18030", "记录编号 低保家庭编号 与户主关系 姓名 性别 身份证号码 出生日期 联系电话 家庭住址 发放地区划代码 保障起始年月 保障停止年月 月保障金(元)",
         lambda i, p, w: (i, "H%06d" % p["home"]["id"], "户主" if p is p["home"]["members"][0] else "其他", w["name"], SEX[w["sex"]], w["number"], w["born"], w["phone"], w["address"], w["region"], "2025-%02d" % (p["id"] % 12 + 1), "", 300 + p["id"] % 400))
    dump("medical", "utf-8", "settlement_id 业务类型 参保人姓名 身份证号 性别 出生日期 统筹区 年度 票据号 结算日期 总费用 基本医保及大病支付 医疗救助支付",
         lambda i, p, w: (i, "住院", w["name"], w["number"], SEX[w["sex"]], w["born"], w["region"], "2026", "PJ" + i, "2026-%02d-%02d" % (p["id"] % 9 + 1, p["id"] % 28 + 1), 8000, 5000, 1000))
    dump("facts", "utf-8", "fact_id 姓名 身份证号 性别 出生日期 事项 值 日期 区划 电话",
         lambda i, p, w: (i, w["name"], w["number"], SEX[w["sex"]], w["born"], "残疾等级" if p["disabled"] else "在校", "2" if p["disabled"] else "义务教育", "2024-05-01", w["region"], w["phone"]))
    dump("education", "gb18030", "资助编号 学生姓名 性别 身份证件号 出生日期 就读学校 资助学期 资助金额 区县 监护人电话",
         lambda i, p, w: (i, w["name"], SEX[w["sex"]], w["number"], w["born"], "学校%03d" % (p["home"]["id"] % 90), "2026秋", 500, w["region"], w["phone"]))
    dump("temporary", "gb18030", "救助编号 审批编号 阶段 姓名 身份证号 性别 出生日期 困难事由 事件日期 发放日期 救助金额 发放地 现住址 电话",
         lambda i, p, w: (i, "SP" + i, 1, w["name"], w["number"], SEX[w["sex"]], w["born"], "突发重病", "2026-04-01", "2026-04-20", 2000, w["region"], w["address"], w["phone"]))
    dump("housing", "utf-8-sig", "保障编号 申请人 身份证号 性别 出生日期 保障方式 合同号 起始月 终止月 区划 地址 手机",
         lambda i, p, w: (i, w["name"], w["number"], SEX[w["sex"]], w["born"], "公租房", "HT" + i, "2025-06", "", w["region"], w["address"], w["phone"]))
    with open(os.path.join(out, "truth_persons.csv"), "w", newline="") as f, open(os.path.join(out, "truth_causes.csv"), "w", newline="") as g:
        persons, causes = csv.writer(f), csv.writer(g)
        persons.writerow(("programme", "record_id", "person"))
        causes.writerow(("programme", "record_id", "nation", "causes"))
        for source in SOURCES:
            for rid, p, w in d.rows[source]:
                persons.writerow((source, rid, p["id"]))
                causes.writerow((source, rid, p["nation"], " ".join(w["causes"])))


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--out", required=True, metavar="DIR", help="where the files go; made if absent")
    a.add_argument("--place", choices=sorted(NATIONS), default="hunan")
    a.add_argument("--office", choices=sorted(OFFICES), default="ordinary")
    a.add_argument("--people", type=int, default=24000, help="how many people live there (default %(default)s)")
    a.add_argument("--seed", type=int, default=1, help="the same seed gives the same people (default %(default)s)")
    a.add_argument("--without", default="", metavar="CAUSE,...", help="causes of error to leave out")
    o = a.parse_args()
    d = District(o.place, o.office, o.people, o.seed, [c for c in o.without.split(",") if c])
    d.run()
    export(d, o.out)
    print("%d people, %s" % (len(d.people), ", ".join("%s %d" % (s, len(d.rows[s])) for s in SOURCES)))


if __name__ == "__main__":
    main()
