#!/usr/bin/python3
"""Makes tests/adapters/cases/formats: files in the formats that cases/own has once or not at all, and truth.json. Run by hand; the
files are checked in. Everybody in them is made up.
"""
import json
import os
import random

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases", "formats")
RANDOM = random.Random(20261128)
TRUTH = []
WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]


def person():
    digits = "371311%04d%02d%02d%03d" % (RANDOM.randint(1938, 2004), RANDOM.randint(1, 12), RANDOM.randint(1, 28), len(TRUTH) + 1)
    name = RANDOM.choice("孔孟颜曾闵冉卜言") + RANDOM.choice("秀建桂玉国志明文") + RANDOM.choice("英华兰芳强军梅")
    return name, digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, WEIGHTS)) % 11]


def truth(file, kind, who, **more):
    TRUTH.append({"file": file, "kind": kind, "name": who[0], "id": who[1], **more})


def write(file, text, encoding):
    with open(os.path.join(HERE, file), "wb") as out:
        out.write(text.encode(encoding))


def excel2003(file, sheets):
    """`sheets`: name -> rows; a cell is a value, or (value, how many rows it goes down)."""
    def cell(value):
        down = ""
        if isinstance(value, tuple):
            value, rows = value
            down = ' ss:MergeDown="%d"' % (rows - 1)
        kind = "Number" if isinstance(value, (int, float)) else "String"
        return '<Cell%s><Data ss:Type="%s">%s</Data></Cell>' % (down, kind, value)

    def row(cells):
        # Cells that a merge goes over are left out: the next one says where it stands.
        text, skipped = "", False
        for at, value in enumerate(cells):
            if value is None:
                skipped = True
            else:
                text += cell(value).replace("<Cell", '<Cell ss:Index="%d"' % (at + 1) if skipped else "<Cell", 1)
                skipped = False
        return "<Row>" + text + "</Row>"

    book = '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
    for name, rows in sheets.items():
        book += '<Worksheet ss:Name="%s"><Table>%s</Table></Worksheet>' % (name, "".join(map(row, rows)))
    write(file, book + "</Workbook>\n", "utf-8")


def months_as_columns():
    file = "低保金发放明细.xls"
    rows = [["2026年农村低保金发放明细表"], ["序号", "姓名", "身份证号", "一月", "二月", "三月", "四月", "合计"]]
    for i in range(4):
        who, paid = person(), [455 + i, 455 + i, None if i == 1 else 460, 0 if i == 2 else 460]
        rows.append([i + 1, who[0], who[1], *paid, sum(p or 0 for p in paid)])
        for month, amount in enumerate(paid):
            if amount:
                truth(file, "MINIMUM_LIVING", who, amount_fen=sum(p or 0 for p in paid) * 100, records=sum(1 for p in paid if p))
                break
    rows.append(["合计", None, None, 1826, 1826, 1380, 1380, 6412])
    excel2003(file, {"明细": rows})


def merged_downwards():
    file = "低保家庭.xls"
    rows = [["家庭编号", "姓名", "与户主关系", "身份证号码", "享受起始年月", "户月保障金额"]]
    for house in range(3):
        for i in range(3):
            who = person()
            first = i == 0
            rows.append([("DB1%02d" % house, 3) if first else None, who[0], "户主" if first else "子女", who[1], "2025年%d月" % (house + 4), 900 + house if first else None])
            truth(file, "MINIMUM_LIVING", who, household="H%d" % house, start="2025-%02d" % (house + 4), amount_fen=(90000 + 100 * house) if first else 0)
    excel2003(file, {"家庭": rows})


def web_page():
    file = "临时救助公示.xls"
    rows = ""
    for i in range(4):
        who = person()
        day = '<td rowspan="2">2026年9月%d日</td>' % (10 + i) if i % 2 == 0 else ""
        rows += '<tr height=20><td>%d</td><td>%s</td><td x:str>%s</td><td>%d.00</td>%s<td>重大疾病</td></tr>\n' % (i + 1, who[0], who[1], 2000 + i, day)
        truth(file, "TEMPORARY", who, date="2026-09-%02d" % (10 + i // 2 * 2), amount_fen=(2000 + i) * 100)
    page = ('<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta http-equiv=Content-Type content="text/html; charset=utf-8"></head><body>'
            '<table border=1><tr><td colspan=6>2026年三季度临时救助对象公示</td></tr>\n<tr><td>序号</td><td>姓名</td><td>身份证号</td><td>救助金额(元)</td><td>救助时间</td><td>救助原因</td></tr>\n')
    write(file, page + rows + "<tr><td>合计</td><td></td><td></td><td>8006.00</td><td></td><td></td></tr></table></body></html>", "utf-8")


def unicode_text():
    file = "护理补贴.txt"  # as 另存为 Unicode 文本 writes it
    lines = ["残疾人姓名\t残疾证号\t重度残疾人护理补贴\t补贴月份"]
    for i in range(3):
        who = person()
        lines.append('%s\t%s41\t"1%d0.00"\t2026-0%d' % (who[0], who[1], i + 1, i + 7))
        truth(file, "FACTS", who, fact="DISABILITY_NURSING_SUBSIDY", amount_fen=(i + 11) * 1000, date="2026-0%d-01" % (i + 7))
    write(file, "\ufeff" + "\r\n".join(lines) + "\r\n", "utf-16-le")


def unicode_commas():
    file = "特困人员.csv"
    lines = ["特困供养对象,证件号码,供养方式,供养起始时间,月供养金"]
    for i in range(3):
        who = person()
        lines.append('%s,%s,%s,2024.0%d,"1,%d.50"' % (who[0], who[1], ["集中供养", "分散供养", "分散"][i], i + 1, 120 + i))
        truth(file, "EXTREME_POVERTY", who, start="2024-0%d" % (i + 1), amount_fen=112050 + 100 * i)
    write(file, "\ufeff" + "\n".join(lines) + "\n", "utf-16-be")


def commas_of_the_mainland():
    file = "住院救助.csv"
    lines = ["住院医疗救助明细", "序号,患者姓名,身份证号,结算日期,医疗总费用,医保报销,救助金额,票据号"]
    for i in range(3):
        who = person()
        lines.append('%d,"%s","\t%s",2026/8/%d,%d.10,%d.00,%d.10,PJ%05d' % (i + 1, who[0], who[1], i + 1, 9000 + i, 7000, 2000 + i, i))
        truth(file, "MEDICAL", who, date="2026-08-0%d" % (i + 1), amount_fen=200010 + 100 * i)
    write(file, "\r\n".join(lines) + "\r\n", "gb18030")


def tabs():
    file = "岗位补贴.tsv"
    lines = ["姓名\t身份证号码\t岗位类型\t补贴标准\t补贴起始年月\t补贴终止年月"]
    for i in range(3):
        who = person()
        lines.append("%s\t%s\t公益性岗位\t%d\t2026年%s月\t%s" % (who[0], who[1], 1500 + i, "一二三"[i], ["2026年十二月", "长期", ""][i]))
        truth(file, "EMPLOYMENT", who, start="2026-0%d" % (i + 1), end="2026-12" if i == 0 else "", amount_fen=150000 + 100 * i)
    write(file, "\n".join(lines) + "\n", "utf-8")


def tabs_of_the_mainland():
    file = "生活补助.txt"
    lines = ["学校\t学生姓名\t身份证号\t学期\t补助金额"]
    for i in range(3):
        who = person()
        lines.append("第%d小学\t%s\t%s\t%s\t%d元" % (i + 1, who[0], who[1], ["2026-2027学年第一学期", "2026秋", "2026年秋季"][i], 400 + i))
        truth(file, "EDUCATION", who, term="2026秋", start="2026-09", amount_fen=40000 + 100 * i)
    write(file, "\r\n".join(["寄宿生生活补助发放表", *lines, "合计\t\t\t\t1203元"]), "gb18030")


def main():
    os.makedirs(HERE, exist_ok=True)
    for make in (months_as_columns, merged_downwards, web_page, unicode_text, unicode_commas, commas_of_the_mainland, tabs, tabs_of_the_mainland):
        make()
    with open(os.path.join(HERE, "truth.json"), "w", encoding="utf-8") as out:
        out.write("[\n" + ",\n".join(" " + json.dumps(row, ensure_ascii=False) for row in TRUTH) + "\n]\n")


main()
