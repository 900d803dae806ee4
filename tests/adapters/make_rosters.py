#!/usr/bin/python3
"""Makes tests/adapters/cases/own: twelve files in the styles of departments, and truth.json. Run by hand; the files are checked in.

Everybody in them is made up. Needs python3-openpyxl, python3-xlsxwriter, python3-xlwt, libreoffice-calc-nogui.
"""
import datetime
import json
import os
import random
import subprocess

import openpyxl
import xlsxwriter
import xlwt

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases", "own")
random.seed(20261031)
TRUTH = []


def number(year=None):
    digits = "371322%04d%02d%02d%03d" % (year or random.randint(1935, 2005), random.randint(1, 12), random.randint(1, 28), random.randint(1, 999))
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights)) % 11]


def name():
    return random.choice("赵钱孙李周吴郑王冯陈") + random.choice("秀建桂玉国志明文") + random.choice(["", *"英华兰芳强军梅"])


def person():
    while True:
        who = (name(), number())
        if not any(row["id"] == who[1] for row in TRUTH):
            return who


def truth(file, kind, who, **more):
    TRUTH.append({"file": file, "kind": kind, "name": who[0], "id": who[1], **more})


def path(file):
    return os.path.join(HERE, file)


def rural_roll():
    file, people = "三季度农保名册.xls", [person() for _ in range(6)]
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Sheet1")
    sheet.write_merge(0, 0, 0, 7, "河东乡农村居民最低生活保障金发放花名册")
    sheet.write(1, 0, "填报单位：河东乡人民政府（盖章）")
    sheet.write(1, 5, "单位：元")
    for column, text in enumerate(["序号", "村别", "户主姓名", "身份证号码", "起保时间", None, None, "一卡通账号"]):
        if text:
            sheet.write_merge(2, 3, column, column, text)
    sheet.write_merge(2, 2, 5, 6, "月保障金")
    sheet.write(3, 5, "保障金额")
    sheet.write(3, 6, "保障人数")
    line = 4
    for i, who in enumerate(people):
        for column, value in enumerate([i + 1, "河东村", who[0], who[1], "二〇二五年%s月" % "一二三四五六"[i], 300.5 + i, 1, "62230000000000%05d" % i]):
            sheet.write(line, column, value)
        truth(file, "MINIMUM_LIVING", who, start="2025-%02d" % (i + 1), amount_fen=30050 + 100 * i)
        line += 1
        if i == 2:
            sheet.write(line, 1, "小计")
            sheet.write(line, 5, 904.5)
            line += 1
            for column, text in enumerate(["序号", "村别", "户主姓名", "身份证号码", "起保时间", "月保障金", None, "一卡通账号"]):
                if text:
                    sheet.write(line, column, text)
            line += 1
    sheet.write(line, 0, "总计")
    sheet.write(line, 5, 1818)
    sheet.write(line + 1, 0, "分管领导：")
    sheet.write(line + 1, 4, "经办人：")
    book.save(path(file))


def convert(source, file):
    subprocess.run(["soffice", "--headless", "--convert-to", file.rsplit(".", 1)[1], "--outdir", "/tmp/relief-rosters", source], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    made = os.path.join("/tmp/relief-rosters", os.path.basename(source).rsplit(".", 1)[0] + "." + file.rsplit(".", 1)[1])
    os.replace(made, path(file))


def care():
    file, people = "分散供养.ods", [person() for _ in range(4)]
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["2026年10月特困人员分散供养资金发放表"])
    sheet.append(["序号", "供养对象", "公民身份号码", "供养类型", "基本生活费", "护理费", "合计", "享受起始时间"])
    for i, who in enumerate(people):
        sheet.append([i + 1, who[0], who[1], "分散供养", 915, 128.5 * i, None, datetime.date(2024, 5 + i, 1)])
        sheet.cell(3 + i, 7).value = "=E%d+F%d" % (3 + i, 3 + i)
        sheet.cell(3 + i, 8).number_format = 'yyyy"年"m"月"'
        truth(file, "EXTREME_POVERTY", who, start="2024-%02d" % (5 + i), amount_fen=91500 + 12850 * i, records=1)
    sheet.append(["注：护理费按自理能力评估等级发放"])
    os.makedirs("/tmp/relief-rosters", exist_ok=True)
    book.save("/tmp/relief-rosters/care.xlsx")
    convert("/tmp/relief-rosters/care.xlsx", file)


def two_allowances():
    file, people = "残疾人补贴发放.csv", [person() for _ in range(4)]
    lines = ["序号,残疾人姓名,残疾人证号,困难残疾人生活补贴(元),重度残疾人护理补贴(元),发放月份,备注"]
    for i, who in enumerate(people):
        both = i % 2 == 0
        lines.append(f"{i + 1},{who[0]},{who[1]}4{i % 4 + 1},{100 if both else ''},{'120.00' if i < 3 else '-'},2026年10月,")
        if i == 3:
            lines[-1] = f"4,{who[0]},{who[1]}41B1,100,-,2026年10月,"
        truth(file, "FACTS", who, amount_fen=(22000 if both else 12000) if i < 3 else 10000, date="2026-10-01", records=(2 if both else 1))
    with open(path(file), "wb") as out:
        out.write(b"\xef\xbb\xbf" + "\r\n".join(lines + ["合计,,,300,360,,", ""]).encode())


def ten_thousands():
    file, people = "临时救助台账.xlsx", [person() for _ in range(4)]
    book = xlsxwriter.Workbook(path(file))
    sheet = book.add_worksheet("台账")
    sheet.merge_range("A1:G1", "双溪镇急难型临时救助台账")
    sheet.write(1, 6, "单位：万元")
    for column, text in enumerate(["编号", "申请人姓名", "身份证件号码", "困难事由", "救助金", "给付时间", "手机号码"]):
        sheet.write(2, column, text)
    for i, who in enumerate(people):
        for column, value in enumerate([i + 1, who[0], "'" + who[1] if i % 2 else who[1] + "(本人)", "突发疾病", 0.15 + 0.01 * i, "26.07.%02d" % (3 + i), 19900000000 + i]):
            sheet.write(3 + i, column, value)
        truth(file, "TEMPORARY", who, date="2026-07-%02d" % (3 + i), amount_fen=150000 + 10000 * i, phone=str(19900000000 + i))
    book.close()


def students():
    file, people = "资助名单.xls", [person() for _ in range(3)]
    rows = "".join(f"<tr><td>{i + 1}</td><td>{who[0]}</td><td style='vnd.ms-excel.numberformat:@'>{who[1]}</td><td>双溪小学</td><td>2026年秋季学期</td><td>500元</td></tr>" for i, who in enumerate(people))
    page = f"<html><meta charset='gb2312'><body><h2>家庭经济困难学生生活补助公示</h2><table><thead><tr><th>序号</th><th>学生<br>姓名</th><th>身份证号</th><th>就读学校</th><th>学期</th><th>资助标准</th></tr></thead>{rows}</table><p>公示期：5个工作日 监督电话：12345</p></body></html>"
    with open(path(file), "wb") as out:
        out.write(page.encode("gb18030"))
    for who in people:
        truth(file, "EDUCATION", who, term="2026秋", amount_fen=50000, start="2026-09")


def households():
    file = "低保户成员.xlsx"
    book = xlsxwriter.Workbook(path(file))
    sheet = book.add_worksheet("城市")
    book.add_worksheet("填表说明").write(0, 0, "一户一组, 户主在前。")
    for column, text in enumerate(["户号", "姓名", "与户主关系", "身份证号", "户月保障金额", "保障起始年月"]):
        sheet.write(0, column, text)
    line = 1
    for house in range(3):
        for i in range(house + 1):
            who = person()
            for column, value in enumerate(["3713%04d" % house if i == 0 else None, who[0], "户主" if i == 0 else "子女", who[1], 800 + house if i == 0 else None, "2026/0%d" % (house + 1)]):
                if value is not None:
                    sheet.write(line, column, value)
            truth(file, "MINIMUM_LIVING", who, household="H%d" % house, start="2026-%02d" % (house + 1), amount_fen=(80000 + 100 * house) if i == 0 else 0)
            line += 1
    book.close()


def posts():
    file, people = "公益岗.xls", [person() for _ in range(4)]
    months = ["2025.09", "2025.1", "2025.11", "2026.01"]
    cells = lambda row: "<Row>" + "".join(f'<Cell><Data ss:Type="{"Number" if isinstance(value, (int, float)) else "String"}">{value}</Data></Cell>' for value in row) + "</Row>"
    rows = [cells(["公益性岗位人员岗位补贴明细"]), cells(["序号", "劳动者姓名", "身份证号码", "上岗时间", "补贴金额", "岗位名称"])]
    for i, who in enumerate(people):
        rows.append(cells([i + 1, who[0], who[1], float(months[i]) if i == 1 else months[i], 1200, "保洁"]))
        truth(file, "EMPLOYMENT", who, start=["2025-09", "2025-10", "2025-11", "2026-01"][i], amount_fen=120000)
    with open(path(file), "w", encoding="utf-8") as out:
        out.write('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="明细"><Table>'
                  + "".join(rows) + "</Table></Worksheet></Workbook>")


def winter():
    file, people = "冬春救助.txt", [person() for _ in range(4)]
    lines = ["序号\t受灾群众姓名\t身份证号\t灾种\t发放时间\t救助金额（元）"]
    for i, who in enumerate(people):
        lines.append(f"{i + 1}\t{who[0]}\t{who[1][:6]} {who[1][6:14]} {who[1][14:]}\t洪涝\t2026-01-{10 + i}\t￥{1 + i},200.00")
        truth(file, "DISASTER", who, date="2026-01-%02d" % (10 + i), amount_fen=120000 + 100000 * i)
    with open(path(file), "wb") as out:
        out.write("\r\n".join(["某县冬春救助资金发放表", *lines, "共4人", ""]).encode("gb18030"))


def rents():
    file, people = "租赁补贴.ods", [person() for _ in range(3)]
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["住房保障租赁补贴发放名单"])
    sheet.append(["序号", "申请人", "证件号码", "补贴方式", "月补贴标准", "补贴起始月份", "补贴截止月份"])
    for i, who in enumerate(people):
        sheet.append([i + 1, who[0], who[1], "租赁补贴", 360 + i, "2026年%d月" % (i + 1), "9999-12" if i == 0 else "2026-12"])
        truth(file, "HOUSING", who, start="2026-%02d" % (i + 1), end="" if i == 0 else "2026-12", amount_fen=36000 + 100 * i)
    book.save("/tmp/relief-rosters/rents.xlsx")
    convert("/tmp/relief-rosters/rents.xlsx", file)


def deaths():
    file, people = "火化名单.xlsx", [person() for _ in range(3)]
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["10月份死亡人员火化登记表"])
    sheet.append(["编号", "姓名", "性别", "身份证号码", "死亡日期"])
    for i, who in enumerate(people):
        sheet.append(["HH%04d" % i, who[0], "男", who[1], 46300 + i])
        truth(file, "FACTS", who, fact="DEATH", date=(datetime.date(1899, 12, 30) + datetime.timedelta(46300 + i)).isoformat())
    book.save(path(file))


def no_names_for_columns():
    file, people = "导出.csv", [person() for _ in range(5)]
    lines = ["临时救助;导出", "对象;号码;原因;钱数;救助日期;联系"]
    for i, who in enumerate(people):
        lines.append(f"{who[0]};{who[1]};火灾;{700 + i};2026/8/{i + 1};1990000{i:04d}")
        truth(file, "TEMPORARY", who, date="2026-08-%02d" % (i + 1), phone=f"1990000{i:04d}")
    with open(path(file), "wb") as out:
        out.write("\n".join(lines + [""]).encode())


def of_a_month():
    file, people = "城市低保在保名单.xls", [person() for _ in range(4)]
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("在保")
    for column, text in enumerate(["姓名", "身份证号", "低保证编号", "低保金", "年龄"]):
        sheet.write(0, column, text)
    for i, who in enumerate(people):
        for column, value in enumerate([who[0], who[1], "DB%03d" % i, 455.5, 50]):
            sheet.write(1 + i, column, value)
        truth(file, "MINIMUM_LIVING", who, start="2026-10", period="2026-10", amount_fen=45550, household="DB%03d" % i)
    book.save(path(file))


def main():
    os.makedirs(HERE, exist_ok=True)
    for make in (rural_roll, care, two_allowances, ten_thousands, students, households, posts, winter, rents, deaths, no_names_for_columns, of_a_month):
        make()
    with open(path("truth.json"), "w", encoding="utf-8") as out:
        out.write("[\n" + ",\n".join(" " + json.dumps(row, ensure_ascii=False) for row in TRUTH) + "\n]\n")


main()
