#!/usr/bin/python3
"""Makes the files of tests/adapters/samples: one small table as every program writes it. Run by hand; the files are checked in.

  tests/adapters/make_samples.py      needs python3-openpyxl, python3-xlsxwriter, python3-xlwt, libreoffice-calc-nogui

Everybody in them is made up.
"""
import datetime
import os
import re
import subprocess
import zipfile

import openpyxl
import xlsxwriter
import xlwt

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "samples")
TITLE = "某某县临时救助花名册"
HEAD = ["序号", "姓名", "身份证号", "家庭编号", "金额", "起始月", "发放日期", "备注"]
ROWS = [
    [1, "柳一一", "371302199001010029", "H1", 1020.5, datetime.date(2026, 3, 1), datetime.date(2026, 3, 15), "a,b\"c"],
    [2, "柳一二", "371302201501010013", None, 512.25, datetime.date(2026, 4, 1), datetime.date(2024, 2, 29), "两\n行"],
    [3, "欧阳三", "37130219500101001X", "H2", 0.1 + 0.2, datetime.date(2025, 12, 1), datetime.date(2026, 12, 31), ""],
]


def path(name):
    return os.path.join(HERE, name)


def by_openpyxl():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "名册"
    sheet.append([TITLE])
    sheet.merge_cells("A1:H1")
    sheet.append(HEAD)
    for row in ROWS:
        sheet.append(row)
    sheet.merge_cells("D3:D4")
    for line in range(3, 6):
        sheet.cell(line, 6).number_format = 'yyyy"年"m"月"'
        sheet.cell(line, 7).number_format = "yyyy-mm-dd"
    sheet["I3"] = "=E3*2"  # no program has computed it
    book.create_sheet("空表")
    hidden = book.create_sheet("字典")
    hidden["A1"] = "代码"
    hidden.sheet_state = "hidden"
    book.save(path("openpyxl.xlsx"))


def by_xlsxwriter(name, system_of_1904=False, formulas=True):
    book = xlsxwriter.Workbook(path(name), {"date_1904": system_of_1904})
    book.set_properties({"created": datetime.datetime(2026, 10, 31)})
    sheet = book.add_worksheet("名册")
    month, day = book.add_format({"num_format": 'yyyy"年"m"月"'}), book.add_format({"num_format": 14})
    sheet.merge_range("A1:H1", TITLE)
    for column, text in enumerate(HEAD):
        sheet.write_rich_string(1, column, book.add_format({"bold": True}), text[:1], text[1:]) if len(text) > 1 else sheet.write(1, column, text)
    for line, row in enumerate(ROWS, 2):
        for column, value in enumerate(row):
            if column == 4 and formulas:
                sheet.write_formula(line, column, "=1", None, value)
            elif column == 1 and formulas:
                sheet.write_formula(line, column, f'="{value}"', None, value)
            elif column in (5, 6):
                sheet.write_datetime(line, column, value, month if column == 5 else day)
            elif value is not None:
                sheet.write(line, column, value)
    sheet.merge_range("D3:D4", "H1")
    book.add_worksheet("空表")
    hidden = book.add_worksheet("字典")
    hidden.write(0, 0, "代码")
    hidden.very_hidden() if hasattr(hidden, "very_hidden") else hidden.hide()
    book.close()


def by_xlwt(name, system_of_1904=False):
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = system_of_1904
    sheet = book.add_sheet("名册")
    month, day = xlwt.easyxf(num_format_str='yyyy"年"m"月"'), xlwt.easyxf(num_format_str="yyyy-mm-dd")
    sheet.write_merge(0, 0, 0, 7, TITLE)
    for column, text in enumerate(HEAD):
        sheet.write(1, column, text)
    for line, row in enumerate(ROWS, 2):
        for column, value in enumerate(row):
            if column == 3 and line < 4:
                continue
            if column in (5, 6):
                sheet.write(line, column, value, month if column == 5 else day)
            elif value not in (None, ""):
                sheet.write(line, column, value)
    sheet.write_merge(2, 3, 3, 3, "H1")
    book.add_sheet("空表")
    hidden = book.add_sheet("字典")
    hidden.write(0, 0, "代码")
    hidden.visibility = 1
    book.save(path(name))


def by_libreoffice():
    by_xlsxwriter("plain.xlsx", formulas=False)
    for target, name in (("ods", "libreoffice.ods"), ("fods", "libreoffice.fods"), ("xlsx", "libreoffice.xlsx"), ("xls", "libreoffice.xls")):
        subprocess.run(["soffice", "--headless", "--convert-to", target, "--outdir", "/tmp/relief-samples", path("plain.xlsx")],
                       check=True, stdout=subprocess.DEVNULL)
        os.replace("/tmp/relief-samples/plain." + target, path(name))
    os.remove(path("plain.xlsx"))
    # Its default styles and settings, which say nothing of the table, make most of a .fods.
    with open(path("libreoffice.fods"), encoding="utf-8") as file:
        text = file.read()
    text = re.sub(r"<office:(settings|font-face-decls|master-styles|scripts)>.*?</office:\1>", "", text, flags=re.S)
    with open(path("libreoffice.fods"), "w", encoding="utf-8") as file:
        file.write(text)


def excel_2003():
    def cell(value, extra=""):
        if value in (None, ""):
            return f"<Cell{extra}/>"
        if isinstance(value, datetime.date):
            return f'<Cell{extra}><Data ss:Type="DateTime">{value.isoformat()}T00:00:00.000</Data></Cell>'
        kind = "Number" if isinstance(value, (int, float)) else "String"
        text = str(value).replace("&", "&amp;").replace("<", "&lt;").replace("\n", "&#10;")
        return f'<Cell{extra}><Data ss:Type="{kind}">{text}</Data><Comment><ss:Data>看不见</ss:Data></Comment></Cell>'

    lines = ['<?xml version="1.0"?>', '<?mso-application progid="Excel.Sheet"?>',
             '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel" '
             'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">', '<Worksheet ss:Name="名册"><Table>',
             "<Row>" + cell(TITLE, ' ss:MergeAcross="7"') + "</Row>", "<Row>" + "".join(cell(text) for text in HEAD) + "</Row>"]
    for number, row in enumerate(ROWS):
        cells = []
        for column, value in enumerate(row):
            if column == 3 and number == 0:
                cells.append(cell("H1", ' ss:MergeDown="1"'))
            elif column == 3 and number == 1:
                continue
            elif column == 4 and number == 1:
                cells.append(cell(value, ' ss:Index="5"'))
            else:
                cells.append(cell(value))
        lines.append("<Row>" + "".join(cells) + "</Row>")
    lines += ["</Table></Worksheet>", '<Worksheet ss:Name="空表"><Table/></Worksheet>',
              '<Worksheet ss:Name="字典"><Table><Row>' + cell("代码") + "</Row></Table><WorksheetOptions "
              'xmlns="urn:schemas-microsoft-com:office:excel"><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet>', "</Workbook>"]
    with open(path("excel2003.xls"), "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


def html():
    def cells(row):
        out = ""
        for value in row:
            text = value.isoformat() if isinstance(value, datetime.date) else "" if value is None else f"{value:.15g}" if isinstance(value, float) else str(value)
            out += f"<td style='mso-number-format:\"\\@\"'>{text.replace('&', '&amp;').replace(chr(10), '<br>')}</td>"
        return out

    rows = [cells(row) for row in ROWS]
    rows[0] = rows[0].replace("<td style='mso-number-format:\"\\@\"'>H1", "<td rowspan=2>H1")
    rows[1] = rows[1].replace("<td style='mso-number-format:\"\\@\"'></td>", "", 1)
    page = (f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>导出</title><style>td {{color:red}}</style></head>'
            f"<body><table border=1><tr><td colspan=8>{TITLE}</td></tr>\n<tr>{''.join(f'<th>{text}</th>' for text in HEAD)}</tr>\n"
            + "\n".join(f"<tr>{row}</tr>" for row in rows) + "</table></body></html>")
    with open(path("page.xls"), "wb") as file:
        file.write(page.encode("gb18030"))


def text(name, separator, encoding):
    def shown(value):
        if value is None:
            return ""
        if isinstance(value, datetime.date):
            return value.isoformat()
        written = f"{value:.15g}" if isinstance(value, float) else str(value)
        return '"' + written.replace('"', '""') + '"' if set(written) & set('",\n\t;' + separator) else written

    lines = [TITLE] + [separator.join(HEAD)] + [separator.join(shown(value) for value in row) for row in ROWS]
    with open(path(name), "wb") as file:
        file.write("\r\n".join(lines + [""]).encode(encoding))


def broken():
    whole = open(path("xlsxwriter.xlsx"), "rb").read()
    open(path("cut.xlsx"), "wb").write(whole[: len(whole) // 2])
    xls = open(path("xlwt.xls"), "rb").read()
    open(path("cut.xls"), "wb").write(xls[: len(xls) // 2])
    # What Excel makes of a workbook with a password: a container with a stream of this name.
    at = xls.find("Workbook".encode("utf-16le") + b"\0\0")
    name = "EncryptedPackage".encode("utf-16le")
    locked = xls[:at] + name.ljust(64, b"\0") + (len(name) + 2).to_bytes(2, "little") + xls[at + 66 :]
    open(path("protected.xlsx"), "wb").write(locked)
    with zipfile.ZipFile(path("xlsxwriter.xlsx")) as old:
        with zipfile.ZipFile(path("bomb.xlsx"), "w", zipfile.ZIP_DEFLATED) as new:
            for item in old.infolist():
                content = old.read(item.filename)
                if item.filename.endswith("sheet1.xml"):
                    content = content.replace(b"<sheetData>", b"<sheetData>" + b" " * (80 << 20))
                new.writestr(item.filename, content)
        with zipfile.ZipFile(path("entities.xlsx"), "w", zipfile.ZIP_DEFLATED) as new:
            for item in old.infolist():
                content = old.read(item.filename)
                if item.filename.endswith("sharedStrings.xml"):
                    entity = b"".join(b'<!ENTITY e%d "%s">' % (i, (b"&e%d;" % (i - 1)) * 10 if i else b"ha") for i in range(12))
                    content = content.replace(b"<sst", b"<!DOCTYPE sst [" + entity + b"]><sst", 1)
                new.writestr(item.filename, content)


def many_rows():
    book = xlsxwriter.Workbook(path("many_rows.xlsx"))
    sheet = book.add_worksheet()
    for line in range(5000):
        sheet.write(line, 0, line)
        sheet.write(line, 1, "甲")
    book.close()


def main():
    os.makedirs(HERE, exist_ok=True)
    by_openpyxl()
    by_xlsxwriter("xlsxwriter.xlsx")
    by_xlsxwriter("system_of_1904.xlsx", True)
    by_xlwt("xlwt.xls")
    by_xlwt("system_of_1904.xls", True)
    by_libreoffice()
    excel_2003()
    html()
    text("commas.csv", ",", "gb18030")
    text("tabs.txt", "\t", "utf-16")
    text("semicolons.csv", ";", "utf-8")
    text("bars.txt", "|", "utf-16-be")
    broken()
    many_rows()


main()
