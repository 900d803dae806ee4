#!/usr/bin/env python3
"""Make the exports of the eight programmes for a made-up district, with the truth beside them.

    synth_county.py --out DIR [--people 20000] [--seed 7] [--errors 1.0] [--as-of 2026-10-31]

Writes, in the formats that departments really export (column names, code sets, date styles and encodings differ by
programme, and some rows are dirty):

    minimum_living.csv   最低生活保障   GB18030, one row per household member
    extreme_poverty.csv  特困人员供养   GB18030
    disaster.csv         受灾人员救助   UTF-8 with BOM
    medical.csv          医疗救助       UTF-8, one row per settlement, 冲账 rows included, plus 资助参保 rows
    education.csv        教育救助       GB18030, one row per grant and term
    housing.csv          住房救助       UTF-8 with BOM
    employment.csv       就业救助       UTF-8
    temporary.csv        临时救助       GB18030
    facts.csv            facts that other departments report: death, school roll, unemployment, disability, dangerous house
    truth_persons.csv    programme,record_id,person   which rows are the same human
    truth_findings.csv   rule,person_or_household,records   what a correct hub finds (rules of deploy/rules)
    truth_rejects.csv    programme,record_id,reason   rows that no hub can accept

Nobody in it exists: people, phones, addresses and events are drawn from a seeded generator. Python 3.9+, no packages.
"""
import argparse, csv, datetime as dt, os, random
from collections import defaultdict

SURNAMES = ("王9520 李9340 张8960 刘6930 陈6130 杨4270 黄3220 赵2880 吴2780 周2680 徐1930 孙1940 马1740 朱1640 胡1550 郭1490 何1480 "
            "林1420 高1410 罗1300 郑1240 梁1180 谢1020 宋1010 唐970 许950 韩880 邓830 冯820 曹810 彭800 曾780 肖770 田750 董740 潘680 "
            "袁670 蔡670 蒋650 余640 于620 杜610 叶600 程590 魏570 苏570 吕560 丁550 任540 卢530 姚520 沈510 钟500 姜490 崔480 谭480 "
            "陆470 范460 汪450 廖440 石430 金430 韦420 贾400 夏390 付380 方370 邹360 熊350 白340 孟330 秦320 邱310 侯300 江290 尹280 "
            "薛270 闫260 段250 雷240 龙230 黎220 史220 陶210 贺200 毛190 郝180 顾180 龚170 邵160 万150 覃150 武140 钱130 戴130 严120 莫120 "
            "孔110 向110 常100 汤90 单30 解30 仇20 区20 查20 朴20 缪15 欧阳60 司马8 上官8 诸葛6 尉迟3").split()
GIVEN_M = "伟强磊军勇涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆林建国文志海龙东亮江峰宏德胜利永忠福贵山春生金宝成庆祥云天保根树旺兴"
GIVEN_F = "芳娜敏静丽艳娟霞秀兰英玲桂珍凤梅莉红燕萍玉雪琴慧倩婷洁琳佳怡欣颖莹蓉翠香月仙菊莲花彩云素淑贞秋巧银环爱青春美"
GIVEN_X = "子涵梓轩雨泽诗琪一诺思远嘉乐文博宇航晨曦浩然欣妍可馨若兮紫萱昊天睿"
HOMO = ["伟玮炜纬苇", "芳方坊", "静婧靖净", "丽莉俐莅", "艳燕雁彦砚", "霞侠遐", "秀绣岫", "兰岚蓝澜", "英瑛莹颖樱", "玲铃伶灵凌", "珍真贞祯", "凤奉风",
        "梅玫湄", "红洪宏弘鸿泓", "萍平苹坪", "玉钰育煜裕", "慧惠会卉", "倩茜", "婷亭庭", "洁杰捷婕", "琳林霖", "强蔷", "军君钧均", "勇永咏", "涛韬焘",
        "明铭名鸣", "超朝", "刚钢", "辉晖徽", "鹏朋", "飞菲霏", "波博", "斌彬宾滨", "浩昊皓", "健建", "俊峻骏", "国帼", "志智芝治", "海骇", "东冬",
        "华桦骅", "龙隆珑", "峰锋丰枫", "德得", "胜圣晟", "福富", "生升声", "成诚城承程", "祥翔详", "云芸耘", "月悦越", "张章", "付傅", "肖萧", "闫阎", "邱丘",
        "余于俞", "于余", "徐许", "江姜", "程成", "陆路", "何和", "雷蕾", "戴代"]
SHAPE = ["未末", "己已", "土士", "王玉", "田由甲申", "大太", "日曰", "千干", "天夭", "人入", "刘到", "陈阵", "芳劳", "莉荔", "洁结", "倩情", "婷停", "帅师", "娟捐",
         "伟纬", "杨扬", "徐涂", "洋详", "晴睛", "辉挥", "凯剀", "梅悔", "琴瑟", "红江", "萍苹", "桂佳", "霞震", "静净", "明朋", "林沐"]
TRAD = dict(zip("刘张陈杨黄赵吴孙马郑谢许韩邓冯萧蒋余叶苏吕卢钟谭陆范贾邹云丽兰国华伟强军龙东凤红玲艳贵银宝庆兴长风飞",
                "劉張陳楊黃趙吳孫馬鄭謝許韓鄧馮蕭蔣余葉蘇呂盧鍾譚陸範賈鄒雲麗蘭國華偉強軍龍東鳳紅玲艷貴銀寶慶興長風飛"))
UYGHUR = "阿卜杜拉 买买提 艾力 吐尔逊 玉素甫 阿依古丽 古丽娜尔 麦麦提 热合曼 依明 帕提古丽 库尔班 艾山 托合提 努尔 阿迪力 米热 古力".split()
TOWNS = "城关镇 东岗镇 西河乡 南桥街道 北苑街道 柳林镇 石门乡 双溪镇".split()
HOMO_OF = {c: [x for x in g if x != c] for g in HOMO for c in g}
SHAPE_OF = {c: [x for x in g if x != c] for g in SHAPE for c in g}
W = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def check_digit(id17):
    return "10X98765432"[sum(int(c) * w for c, w in zip(id17, W)) % 11]


def months(a, b):
    """Month keys from a to b, both included."""
    y, m = a
    while (y, m) <= b:
        yield (y, m)
        y, m = (y + 1, 1) if m == 12 else (y, m + 1)


def add_months(ym, n):
    i = ym[0] * 12 + ym[1] - 1 + n
    return (i // 12, i % 12 + 1)


class County:
    def __init__(self, seed, people, errors, as_of, given=None):
        self.r = random.Random(seed)
        self.err = errors
        self.as_of = as_of
        self.now = (as_of.year, as_of.month)
        self.codes = ["371302", "371311", "371312", "371321", "371322", "371324"]
        self.surn, self.sw = zip(*[(s.rstrip("0123456789"), int("".join(c for c in s if c.isdigit()))) for s in SURNAMES])
        self.given = given
        self.people, self.households = [], []
        self.rows = defaultdict(list)          # programme -> [dict]
        self.truth, self.rejects = [], []
        self.seq = defaultdict(int)
        self.phone_n = 0
        self.make_people(people)

    # ---- who lives there -------------------------------------------------------------------------------------------
    def name(self, sex, year, surname=None):
        r = self.r
        if surname is None:
            surname = r.choices(self.surn, self.sw)[0]
        if self.given:
            return surname + r.choices(*self.given)[0]
        pool = GIVEN_X + (GIVEN_M if sex == 1 else GIVEN_F) if year > 2004 else (GIVEN_M if sex == 1 else GIVEN_F)
        k = 1 if r.random() < 0.17 else 2
        return surname + "".join(r.choice(pool) for _ in range(k))

    def person(self, hh, rel, age, sex, surname=None):
        r = self.r
        day = self.as_of - dt.timedelta(days=int(age * 365.25) + r.randrange(365))
        region = hh["county"] if r.random() < 0.9 else r.choice(self.codes)
        id17 = region + day.strftime("%Y%m%d") + "%02d%d" % (r.randrange(100), r.choice((1, 3, 5, 7, 9) if sex == 1 else (0, 2, 4, 6, 8)))
        if hh["uyghur"]:
            nm = r.choice(UYGHUR) + "·" + r.choice(UYGHUR)
        else:
            nm = self.name(sex, day.year, surname)
        self.phone_n += 1
        p = dict(id=len(self.people), name=nm, sex=sex, dob=day, idno=id17 + check_digit(id17), hh=hh, rel=rel,
                 phone="1%s%08d" % (r.choice(("30", "35", "38", "50", "52", "58", "86", "99")), r.randrange(10 ** 8)) if age > 12 else hh.get("phone", ""),
                 former=None, death=None, age=(self.as_of - day).days // 365, facts={})
        self.people.append(p)
        hh["members"].append(p)
        return p

    def make_people(self, n):
        r = self.r
        while len(self.people) < n:
            county = r.choice(self.codes)
            hh = dict(id=len(self.households), county=county, town=r.choice(TOWNS), no=r.randrange(1, 400), members=[], uyghur=r.random() < 0.02)
            self.households.append(hh)
            kind = r.random()
            if kind < 0.3:                                       # old or single people
                h = self.person(hh, "户主", r.randrange(45, 90), r.choice((1, 2)))
                if r.random() < 0.4:
                    self.person(hh, "配偶", max(22, h["age"] + r.randrange(-6, 6)), 3 - h["sex"])
            else:
                h = self.person(hh, "户主", r.randrange(26, 62), 1 if r.random() < 0.75 else 2)
                hh["phone"] = h["phone"]
                sn = None if hh["uyghur"] else next((s for s in ("欧阳", "司马", "上官", "诸葛", "尉迟") if h["name"].startswith(s)), h["name"][0])
                if r.random() < 0.85:
                    self.person(hh, "配偶", max(22, h["age"] + r.randrange(-5, 5)), 3 - h["sex"])
                base = h["age"] - 24
                for _ in range(r.choices((0, 1, 2, 3), (2, 4, 3, 1))[0]):
                    if base > 0:
                        self.person(hh, "子女", max(0, base - r.randrange(0, 8)), r.choice((1, 2)), sn)
                if r.random() < 0.05 and len(hh["members"]) > 2:  # twins: same birthday, neighbouring numbers
                    t = hh["members"][-1]
                    q = self.person(hh, "子女", t["age"], t["sex"], sn)
                    q["dob"] = t["dob"]
                    id17 = t["idno"][:14] + "%03d" % ((int(t["idno"][14:17]) + 2) % 1000)
                    q["idno"] = id17 + check_digit(id17)
                if r.random() < 0.25:
                    self.person(hh, "父母", h["age"] + r.randrange(21, 30), r.choice((1, 2)), sn if r.random() < .6 else None)
        for p in self.people:
            if r.random() < 0.01:
                p["former"] = p["name"]
                p["name"] = p["name"][0] + self.name(p["sex"], p["dob"].year)[1:]
            f = p["facts"]
            a = p["age"]
            f["school"] = 6 <= a <= 17 and r.random() < .97 or 18 <= a <= 22 and r.random() < .4
            f["unemployed"] = 22 <= a < 58 and r.random() < .12
            f["disability"] = r.choice((1, 2, 3, 4)) if r.random() < .05 else 0
            if r.random() < .012:
                p["death"] = self.as_of - dt.timedelta(days=r.randrange(150, 700))
        for h in self.households:
            h["danger_house"] = r.random() < .05

    # ---- how a department writes a person down ---------------------------------------------------------------------
    def write_name(self, p, noisy=True):
        r, nm = self.r, p["name"]
        if p["former"] and r.random() < .5:
            nm = p["former"]
        if not noisy:
            return nm
        e = self.err
        if "·" in nm:
            x = r.random()
            if x < .15: nm = nm.replace("·", r.choice("•‧．・."))
            elif x < .2: nm = nm.replace("·", "")
            elif x < .25: nm = nm.split("·")[0]
            return nm
        x = r.random()
        i = r.randrange(len(nm))
        if x < .03 * e and nm[i] in HOMO_OF: nm = nm[:i] + r.choice(HOMO_OF[nm[i]]) + nm[i + 1:]
        elif x < .042 * e and nm[i] in SHAPE_OF: nm = nm[:i] + r.choice(SHAPE_OF[nm[i]]) + nm[i + 1:]
        elif x < .046 * e: nm = nm[:i] + "?" + nm[i + 1:]
        elif x < .056 * e: nm = "".join(TRAD.get(c, c) for c in nm)
        elif x < .066 * e: nm = nm[0] + " " + nm[1:]
        elif x < .072 * e and len(nm) == 3: nm = nm[0] + nm[2] + nm[1]
        elif x < .076 * e and len(nm) == 3: nm = nm[:2]
        return nm

    def write_id(self, p, missing=.03):
        """The number as the department holds it; what is kept says which fault was put in."""
        r, n, e = self.r, p["idno"], self.err
        x = r.random()
        if x < missing * e: return ""
        x = r.random()
        if x < .012 * e:
            i = r.randrange(6, 17); return n[:i] + str((int(n[i]) + r.randrange(1, 10)) % 10) + n[i + 1:]
        if x < .017 * e:
            i = r.randrange(6, 16); return n[:i] + n[i + 1] + n[i] + n[i + 2:]
        if x < .035 * e and p["dob"].year < 1999: return n[:6] + n[8:17]
        if x < .045 * e: return n.lower()
        if x < .05 * e: return "".join(chr(ord(c) + 0xFEE0) for c in n)
        if x < .055 * e: return " " + n[:6] + " " + n[6:]
        if x < .06 * e: return "'" + n
        if p["age"] < 14 and x < .06 * e + .05 * e: return p["hh"]["members"][0]["idno"]      # a guardian's number
        return n

    def row(self, prog, p, **benefit):
        """One exported row for person p; returns its record id."""
        self.seq[prog] += 1
        rid = "%s%06d" % ({"minimum_living": "DB", "extreme_poverty": "TK", "disaster": "SZ", "medical": "YL", "education": "JY", "housing": "ZF",
                           "employment": "JYJ", "temporary": "LS", "facts": "FA"}[prog], self.seq[prog])
        r = self.r
        dob = p["dob"]
        if r.random() < .01 * self.err: dob = dob.replace(month=1, day=1)
        elif r.random() < .005 * self.err: dob = dob.replace(year=dob.year + r.choice((-1, 1)), day=min(dob.day, 28))
        elif r.random() < .004 * self.err and dob.day <= 12: dob = dob.replace(month=dob.day, day=dob.month)
        d = dict(rid=rid, p=p, name=self.write_name(p), idno=self.write_id(p), dob=None if r.random() < .06 * self.err else dob, sex=p["sex"],
                 phone=p["phone"] if r.random() < .75 else (self.r.choice(self.people)["phone"] if r.random() < .02 else ""), county=p["hh"]["county"], town=p["hh"]["town"],
                 addr="%s%d号" % (p["hh"]["town"], p["hh"]["no"]), **benefit)
        self.rows[prog].append(d)
        self.truth.append((prog, rid, p["id"]))
        return d

    # ---- two years of assistance, with the faults that the hub exists to find ---------------------------------------
    def run(self):
        r, now = self.r, self.now
        start_floor = add_months(now, -24)
        for h in self.households:
            m = h["members"]
            x = r.random()
            old_alone = len(m) == 1 and m[0]["age"] >= 60
            kind = "tekun" if old_alone and x < .45 else "dibao" if x < .16 else "edge" if x < .22 else None
            h["kind"] = kind
            if kind == "dibao":
                s = add_months(start_floor, r.randrange(0, 18))
                end = None if r.random() < .85 else add_months(s, r.randrange(4, 10))
                if end and end > now: end = None
                hid = "H%05d" % h["id"]
                for p in m:
                    if r.random() < .02 and p["rel"] != "户主": continue
                    pend = end
                    if p["death"]:                                   # a careful office stops within three months, a careless one does not
                        dm = (p["death"].year, p["death"].month)
                        if r.random() < .6 and (end is None or dm < end): pend = max(add_months(dm, r.randrange(0, 3)), s)
                    self.row("minimum_living", p, household=hid, county_pay=h["county"], start=s, end=pend, amount=r.randrange(200, 900), rel=p["rel"])
                if r.random() < .03:                                 # the same household drawn twice, in two counties
                    other = r.choice([c for c in self.codes if c != h["county"]])
                    for p in m[: r.randrange(1, len(m) + 1)]:
                        self.row("minimum_living", p, household=hid + "X", county_pay=other, start=add_months(s, 2), end=pend if p["death"] else end, amount=r.randrange(200, 900), rel=p["rel"])
            elif kind == "tekun":
                p = m[0]
                s = add_months(start_floor, r.randrange(0, 18))
                end = None
                if p["death"]:
                    dm = (p["death"].year, p["death"].month)
                    end = max(dm, s) if r.random() < .6 else None
                conc = r.random() < .3
                self.row("extreme_poverty", p, county_pay=h["county"], start=s, end=end, amount=r.randrange(900, 1500), form="集中" if conc else "分散")
                if r.random() < .06:
                    self.row("minimum_living", p, household="H%05d" % h["id"], county_pay=h["county"], start=add_months(s, r.randrange(-3, 3)), end=None, amount=r.randrange(200, 900), rel="户主")
                if conc and r.random() < .05:
                    self.row("housing", p, county_pay=h["county"], form="租赁补贴", start=add_months(s, 1), end=None, contract="")
            poor = kind in ("dibao", "tekun")
            for p in m:                                              # insurance paid for, and hospital stays
                if poor and r.random() < .9:
                    for year in sorted({now[0] - 1, now[0]}):
                        self.row("medical", p, county_pay=h["county"], kind="资助参保", year=year, invoice="", total=0, insured=0, assist=r.choice((200, 380)), date=dt.date(year, 1, 10), start=None, end=None)
                        if r.random() < .01:
                            self.row("medical", p, county_pay=r.choice(self.codes), kind="资助参保", year=year, invoice="", total=0, insured=0, assist=380, date=dt.date(year, 2, 10), start=None, end=None)
                if r.random() < (.12 if poor else .02):
                    tot = r.randrange(3000, 60000); ins = int(tot * r.uniform(.5, .7)); inv = "INV%09d" % r.randrange(10 ** 9)
                    day = self.as_of - dt.timedelta(days=r.randrange(60, 600))
                    if not p["death"] or day < p["death"]:
                        assist = int((tot - ins) * .7) if poor and r.random() < .85 else 0
                        a = dict(county_pay=h["county"], kind="住院", year=day.year, invoice=inv, total=tot, insured=ins, assist=assist, date=day, start=None, end=None)
                        if assist and r.random() < .02: a["assist"] = assist = tot - ins + r.randrange(200, 2000)      # more than was left to pay
                        self.row("medical", p, **a)
                        if assist and r.random() < .04:
                            self.row("medical", p, **{**a, "county_pay": r.choice(self.codes), "date": day + dt.timedelta(days=20)})
                        elif assist and r.random() < .03:                     # struck off and settled again: not a duplicate
                            self.row("medical", p, **{**a, "kind": "冲账", "total": -tot, "insured": -ins, "assist": -assist, "date": day + dt.timedelta(days=3)})
                            self.row("medical", p, **{**a, "date": day + dt.timedelta(days=5)})
                if p["facts"]["school"] and not p["death"]:
                    self.row("facts", p, fact="在校", value="义务教育" if p["age"] < 16 else "高中及以上", date=dt.date(now[0], 9, 1))
                    if poor and r.random() < .88:
                        d = self.row("education", p, county_pay=h["county"], term="%d秋" % now[0], school="学校%03d" % r.randrange(200), amount=r.choice((500, 625, 1000)), start=(now[0], 9), end=None)
                        if r.random() < .01:
                            self.row("education", p, county_pay=h["county"], term=d["term"], school="学校%03d" % r.randrange(200), amount=500, start=(now[0], 9), end=None)
                if p["facts"]["unemployed"] and not p["death"] and r.random() < .8:
                    self.row("facts", p, fact="登记失业", value="", date=self.as_of - dt.timedelta(days=r.randrange(100, 300)))
                    p["facts"]["registered"] = True
                    if kind == "dibao" and r.random() < .8:
                        self.row("employment", p, county_pay=h["county"], item=r.choice(("岗位补贴", "社会保险补贴", "职业培训", "公益性岗位")), start=add_months(now, -r.randrange(0, 3)), end=None, amount=r.randrange(300, 1500))
                if p["facts"]["disability"] and r.random() < .9:
                    self.row("facts", p, fact="残疾等级", value=str(p["facts"]["disability"]), date=dt.date(now[0] - 3, 5, 1))
                if p["death"]:
                    self.row("facts", p, fact="死亡", value="", date=p["death"])
            p = m[0]
            if not p["death"] and kind != "tekun":
                if r.random() < (.12 if kind == "dibao" else .01):
                    s = add_months(start_floor, r.randrange(0, 16))
                    self.row("housing", p, county_pay=h["county"], form="公租房", start=s, end=None, contract="GZ%06d" % r.randrange(10 ** 6))
                    if r.random() < .06:
                        self.row("housing", p, county_pay=h["county"], form="租赁补贴", start=add_months(s, 2), end=None, contract="")
                elif h["danger_house"]:
                    self.row("facts", p, fact="危房", value=r.choice("CD"), date=self.as_of - dt.timedelta(days=r.randrange(200, 500)))
                    if r.random() < .8:
                        self.row("housing", p, county_pay=h["county"], form="危房改造", start=add_months(now, -r.randrange(1, 5)), end=None, contract="WG%06d" % r.randrange(10 ** 6))
                    h["danger_reported"] = True
            if r.random() < (.06 if kind else .01) and not p["death"]:
                cause, day = r.choice(("火灾", "交通事故", "突发重病", "子女教育支出")), self.as_of - dt.timedelta(days=r.randrange(40, 500))
                ap = "SP%07d" % r.randrange(10 ** 7)
                self.row("temporary", p, county_pay=h["county"], cause=cause, event=day, approval=ap, stage=1, amount=r.randrange(500, 5000), date=day + dt.timedelta(days=5))
                x = r.random()
                if x < .06:                                          # asked again for the same cause, elsewhere
                    self.row("temporary", p, county_pay=r.choice(self.codes), cause=cause, event=day, approval="SP%07d" % r.randrange(10 ** 7), stage=1, amount=r.randrange(500, 5000), date=day + dt.timedelta(days=r.randrange(20, 200)))
                elif x < .16:                                        # one approval paid in stages: allowed
                    self.row("temporary", p, county_pay=h["county"], cause=cause, event=day, approval=ap, stage=2, amount=800, date=day + dt.timedelta(days=40))
            if h["town"] == "柳林镇" and r.random() < .3 and not p["death"]:
                day = dt.date(now[0], 7, 12)
                self.row("facts", p, fact="房屋倒损", value=r.choice(("倒塌", "严重损坏", "一般损坏")), date=day)
                h["hit"] = self.rows["facts"][-1]["value"]
                if r.random() < .9:
                    self.row("disaster", p, county_pay=h["county"], event="%d柳林洪涝" % now[0], stage="应急救助", amount=r.randrange(300, 2000), date=day + dt.timedelta(days=4), start=None, end=None)
        self.spoil()

    def spoil(self):
        """A few rows that no hub can accept: they must come back with a reason, and cost nothing else."""
        r = self.r
        for prog in ("minimum_living", "temporary", "education"):
            for why in ("no name and no number", "start month is not a month", "no record id"):
                d = self.row(prog, r.choice(self.people), **{k: v for k, v in self.rows[prog][0].items() if k not in
                             ("rid", "p", "name", "idno", "dob", "sex", "phone", "county", "town", "addr")})
                if why == "no name and no number": d["name"] = d["idno"] = ""
                elif why == "no record id": d["blank_rid"] = True
                else:
                    d["bad_month"] = True
                self.truth.pop()
                self.rejects.append((prog, "" if why == "no record id" else d["rid"], why))
                d["rejected"] = True

    def years(self, p):
        b, a = p["dob"], self.as_of
        return a.year - b.year - ((a.month, a.day) < (b.month, b.day))

    # ---- the truth ---------------------------------------------------------------------------------------------------
    def findings(self):
        """What the rules of deploy/rules give on the true persons."""
        now, out = self.now, []
        by = defaultdict(lambda: defaultdict(list))
        for prog, rows in self.rows.items():
            for d in rows:
                if not d.get("rejected"): by[d["p"]["id"]][prog].append(d)
        span = lambda d: set(months(d["start"], min(d["end"] or now, now)))
        fact = lambda rows, name: [d for d in rows["facts"] if d["fact"] == name]
        def add(rule, who, *recs): out.append((rule, "p%d" % who, " ".join(sorted(x["rid"] for x in recs))))
        for pid, rows in by.items():
            ml, ep, hs = rows["minimum_living"], rows["extreme_poverty"], rows["housing"]
            for a in ep:
                for b in ml:
                    if len(span(a) & span(b)) > 1: add("D01", pid, a, b)
            for i, a in enumerate(ml):
                for b in ml[i + 1:]:
                    if a["county_pay"] != b["county_pay"] and len(span(a) & span(b)) > 1: add("D07", pid, a, b)
            t = [d for d in rows["temporary"] if d["date"] <= self.as_of]   # what is paid on a later day is not judged yet
            for i, a in enumerate(t):
                for b in t[i + 1:]:
                    if a["cause"] == b["cause"] and a["approval"] != b["approval"] and abs((a["date"] - b["date"]).days) <= 365: add("D10", pid, a, b)
            inv = defaultdict(list)
            for d in rows["medical"]:
                if d["invoice"]: inv[d["invoice"]].append(d)
            for ds in inv.values():
                live = [d for d in ds if d["assist"] > 0]
                struck = sum(1 for d in ds if d["kind"] == "冲账")
                if len(live) - struck > 1: add("D13", pid, *live)
                elif sum(d["insured"] + d["assist"] for d in ds) > max(d["total"] for d in ds): add("D14", pid, *ds)
            paid = defaultdict(list)
            for d in rows["medical"]:
                if d["kind"] == "资助参保": paid[d["year"]].append(d)
            for ds in paid.values():
                if len(ds) > 1: add("D15", pid, *ds)
            for a in hs:
                for b in hs:
                    if a["form"] == "公租房" and b["form"] == "租赁补贴" and len(span(a) & span(b)) > 1: add("D16", pid, a, b)
            terms = defaultdict(list)
            for d in rows["education"]: terms[d["term"]].append(d)
            for ds in terms.values():
                if len({d["school"] for d in ds}) > 1: add("D19", pid, *ds)
            dead = fact(rows, "死亡")
            if dead:
                dm = (dead[0]["date"].year, dead[0]["date"].month)
                for d in ep:
                    if (d["end"] or now) > dm: add("D20", pid, d, dead[0])
                for d in ml:
                    if span(d) and (d["end"] or now) > add_months(dm, 3): add("D20", pid, d, dead[0])
                for d in rows["medical"]:                            # premiums for a later year, or paid long after
                    if d["kind"] == "资助参保" and (d["year"] > dm[0] or (d["date"] - dead[0]["date"]).days > 90): add("D20C", pid, d, dead[0])
            for a in ep:
                if a["form"] == "集中":
                    for b in hs:
                        if len(span(a) & span(b)) > 1: add("D23", pid, a, b)
            live_ml = [d for d in ml if (d["end"] or now) >= now]
            live_ep = [d for d in ep if (d["end"] or now) >= now]
            base = live_ml + live_ep
            hit = [d for d in fact(rows, "房屋倒损") if d["value"] in ("倒塌", "严重损坏")]
            if hit and not dead and not rows["disaster"]: add("M09", pid, hit[0], *base)      # on a list or not
            if dead or not base: continue
            old = [d for d in base if d["start"] <= add_months(now, -3)]
            if old and now[0] not in paid: add("M01", pid, *base)
            for d in rows["medical"]:
                cover = [b for b in ml + ep if (d["date"].year, d["date"].month) in span(b)]
                if d["kind"] == "住院" and d["assist"] == 0 and d["total"] > d["insured"] and cover and (self.as_of - d["date"]).days > 30 \
                        and not any(x["assist"] > 0 for x in inv[d["invoice"]]): add("M02", pid, d, *cover)
            sch = fact(rows, "在校")
            if old and sch and not any(d["term"] == "%d秋" % now[0] for d in rows["education"]): add("M03", pid, sch[0], *base)
            dang = fact(rows, "危房")
            if dang and not hs: add("M05", pid, dang[0], *base)
            un = fact(rows, "登记失业")
            p = un[0]["p"] if un else None                            # of working age: men to 59, women to 54
            if live_ml and un and not rows["employment"] and self.years(p) <= (59 if p["sex"] == 1 else 54): add("M06", pid, un[0], *live_ml)
        return sorted(set(out))


# ---- the departments' own formats --------------------------------------------------------------------------------------
def ym(v, style, bad=False):
    if bad: return "2025-13"
    if v is None: return ""
    return {"dash": "%d-%02d", "dot": "%d.%d", "cn": "%d年%d月", "packed": "%d%02d"}[style] % v


def day(v, style):
    if v is None: return ""
    return {"dash": v.isoformat(), "dot": "%d.%d.%d" % (v.year, v.month, v.day), "cn": "%d年%d月%d日" % (v.year, v.month, v.day), "packed": v.strftime("%Y%m%d"), "slash": v.strftime("%Y/%m/%d")}[style]


SEX = {"cn": {1: "男", 2: "女"}, "num": {1: "1", 2: "2"}, "long": {1: "男性", 2: "女性"}}


def export(c, out):
    os.makedirs(out, exist_ok=True)
    def dump(prog, enc, head, line):
        with open(os.path.join(out, prog + ".csv"), "w", encoding=enc, errors="replace", newline="") as f:
            w = csv.writer(f)
            w.writerow(head)
            rows = c.rows[prog][:]
            c.r.shuffle(rows)
            for d in rows: w.writerow(line(d))
    rid = lambda d: "" if d.get("blank_rid") else d["rid"]
    dump("minimum_living", "gb18030", "记录编号 低保家庭编号 与户主关系 姓名 性别 身份证号码 出生日期 联系电话 家庭住址 发放地区划代码 保障起始年月 保障停止年月 月保障金(元)".split(),
         lambda d: [rid(d), d["household"], d["rel"], d["name"], SEX["cn"][d["sex"]], d["idno"], day(d["dob"], "dash"), d["phone"], d["addr"], d["county_pay"], ym(d["start"], "cn", d.get("bad_month")), ym(d["end"], "cn"), d["amount"]])
    dump("extreme_poverty", "gb18030", "编号 特困人员姓名 公民身份号码 性别 出生年月日 供养方式 供养起始 供养终止 月供养金 行政区划 住址".split(),
         lambda d: [rid(d), d["name"], d["idno"], SEX["num"][d["sex"]], day(d["dob"], "packed"), d["form"], ym(d["start"], "packed"), ym(d["end"], "packed"), d["amount"], d["county_pay"], d["addr"]])
    dump("disaster", "utf-8-sig", "救助流水号 灾害事件 救助阶段 姓名 证件号 性别 出生日期 电话 县区代码 乡镇 救助日期 金额".split(),
         lambda d: [rid(d), d["event"], d["stage"], d["name"], d["idno"], SEX["cn"][d["sex"]], day(d["dob"], "slash"), d["phone"], d["county_pay"], d["town"], day(d["date"], "slash"), d["amount"]])
    dump("medical", "utf-8", "settlement_id 业务类型 参保人姓名 身份证号 性别 出生日期 统筹区 年度 票据号 结算日期 总费用 基本医保及大病支付 医疗救助支付".split(),
         lambda d: [rid(d), d["kind"], d["name"], d["idno"], SEX["num"][d["sex"]], day(d["dob"], "dash"), d["county_pay"], d["year"], d["invoice"], day(d["date"], "dash"), "%.2f" % d["total"], "%.2f" % d["insured"], "%.2f" % d["assist"]])
    dump("education", "gb18030", "资助编号 学生姓名 性别 身份证件号 出生日期 就读学校 资助学期 资助金额 区县 监护人电话".split(),
         lambda d: [rid(d), d["name"], SEX["long"][d["sex"]], d["idno"], day(d["dob"], "dot"), d["school"], "bad" if d.get("bad_month") else d["term"], d["amount"], d["county_pay"], d["phone"]])
    dump("housing", "utf-8-sig", "保障编号 申请人 身份证号 性别 出生日期 保障方式 合同号 起始月 终止月 区划 地址 手机".split(),
         lambda d: [rid(d), d["name"], d["idno"], SEX["cn"][d["sex"]], day(d["dob"], "dash"), d["form"], d["contract"], ym(d["start"], "dash"), ym(d["end"], "dash"), d["county_pay"], d["addr"], d["phone"]])
    dump("employment", "utf-8", "id,姓名,身份证号,性别,出生日期,援助项目,起始月,终止月,金额,区划,手机号".split(","),
         lambda d: [rid(d), d["name"], d["idno"], SEX["num"][d["sex"]], day(d["dob"], "packed"), d["item"], ym(d["start"], "dash"), ym(d["end"], "dash"), d["amount"], d["county_pay"], d["phone"]])
    dump("temporary", "gb18030", "救助编号 审批编号 阶段 姓名 身份证号 性别 出生日期 困难事由 事件日期 发放日期 救助金额 发放地 现住址 电话".split(),
         lambda d: [rid(d), d["approval"], d["stage"], d["name"], d["idno"], SEX["cn"][d["sex"]], day(d["dob"], "cn"), d["cause"], day(d["event"], "dash"), "2025-02-30" if d.get("bad_month") else day(d["date"], "dash"), d["amount"], d["county_pay"], d["addr"], d["phone"]])
    dump("facts", "utf-8", "fact_id 姓名 身份证号 性别 出生日期 事项 值 日期 区划 电话".split(),
         lambda d: [rid(d), d["name"], d["idno"], SEX["num"][d["sex"]], day(d["dob"], "dash"), d["fact"], d["value"], day(d["date"], "dash"), d["county"], d["phone"]])
    for name, head, rows in (("truth_persons", "programme record_id person", c.truth), ("truth_findings", "rule person records", c.findings()), ("truth_rejects", "programme record_id reason", c.rejects)):
        with open(os.path.join(out, name + ".csv"), "w", newline="") as f:
            w = csv.writer(f); w.writerow(head.split()); w.writerows(rows)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--out", required=True, metavar="DIR", help="where the files go; made if absent")
    a.add_argument("--people", type=int, default=20000, help="how many people live there (default %(default)s)")
    a.add_argument("--seed", type=int, default=7, help="the same seed gives the same files (default %(default)s)")
    a.add_argument("--errors", type=float, default=1.0, help="how dirty the rows are: 0 clean, 1 as usual, 2 twice that (default %(default)s)")
    a.add_argument("--as-of", default="2026-10-31", metavar="DATE", help="the day of the exports (default %(default)s)")
    a.add_argument("--given", metavar="FILE", help="given names with their weights, one pair a line, instead of the built-in ones")
    o = a.parse_args()
    given = None
    if o.given:
        rows = [l.rstrip("\n").split("\t") for l in open(o.given, encoding="utf-8") if "\t" in l]
        given = ([x[0] for x in rows], [float(x[1]) for x in rows])
    c = County(o.seed, o.people, o.errors, dt.date.fromisoformat(o.as_of), given)
    c.run()
    export(c, o.out)
    print("%d people, %d households, %s" % (len(c.people), len(c.households), ", ".join("%s %d" % (k, len(v)) for k, v in sorted(c.rows.items()))))


if __name__ == "__main__":
    main()
