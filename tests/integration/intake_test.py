"""A clerk's months: the real client loads lists, payments and withdrawals into a real hub, and what comes of it."""
import json
import os
import shutil
import tempfile
import time
import unittest

from hub_process import Hub

WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]


def number_of(birth, sequence):
    digits = "371302%s%03d" % (birth, sequence)
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, WEIGHTS)) % 11]


PEOPLE = [("赵%s" % name, number_of("19500%d1%d" % (1 + i % 9, i % 10), 100 + i)) for i, name in enumerate("一甲乙丙丁戊己庚辛壬癸子丑寅卯辰")]


class Intake(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="relief-intake-")
        self.hub = Hub(os.path.join(self.directory, "hub"))
        self.hub.start()

    def tearDown(self):
        self.assertEqual(self.hub.stop(), 0)
        shutil.rmtree(self.directory)

    def write(self, name, header, rows, title=None):
        path = os.path.join(self.directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="gb18030") as f:
            for line in ([[title]] if title else []) + [header] + rows:
                f.write(",".join(line) + "\n")
        return path

    def roster(self, name, people, start="2025年3月", spoil=None):
        rows = [[str(i + 1), person, number, start, "500" if i != spoil else "五百左右"] for i, (person, number) in enumerate(people)]
        return self.write(name, ["序号", "姓名", "身份证号", "享受起始年月", "月保障金额（元）"], rows, "柳林县最低生活保障对象名册")

    def load(self, *arguments, code=0):
        done = self.hub.run("load", *arguments, "--lang", "en", "--rejects", os.path.join(self.directory, "rejects.xlsx"), check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def source(self, name="minimum_living"):
        listed = [json.loads(line) for line in self.hub.run("sources", "--json").stdout.splitlines()]
        listed = [one for line in listed for one in line.get("sources", [line])]
        return next(one for one in listed if one["source_id"] == name)

    def live(self, name="minimum_living"):
        return int(self.source(name).get("live_records", 0))

    def findings(self, *arguments):
        return [json.loads(line) for line in self.hub.run("findings", *arguments, "--json").stdout.splitlines() if '"finding_id"' in line]

    def test_whoever_is_no_longer_on_the_list_has_ended_with_the_month_before(self):
        self.load(self.roster("八月.csv", PEOPLE), "--as", "roster", "--period", "2026-08")
        self.load(self.roster("名单.csv", PEOPLE[:-1]), "--as", "roster", "--period", "2026-09")
        self.assertEqual(self.live(), len(PEOPLE) - 1, "another name is no other source")
        # A spoilt cell ends nothing.
        told = self.load(self.roster("十月.csv", PEOPLE[:-1], spoil=3), "--as", "roster", "--period", "2026-10", code=3)
        self.assertIn("0 ended", told)
        self.assertEqual(self.live(), len(PEOPLE) - 1)

    def test_one_content_under_any_name_does_nothing(self):
        first = self.roster("a.csv", PEOPLE)
        self.load(first, "--as", "changes")
        before = self.source()
        copy = os.path.join(self.directory, "elsewhere", "b.csv")
        os.makedirs(os.path.dirname(copy))
        shutil.copy(first, copy)
        self.assertIn("same content", self.load(copy, "--as", "changes"))
        self.assertEqual(before["accepted"], self.source()["accepted"])

    def test_ids_are_the_same_from_another_folder_and_hold_no_guessable_number(self):
        self.load(self.roster("here/a.csv", PEOPLE))
        rows = PEOPLE[:-1] + [("钱新", number_of("19610101", 7))]
        self.load(self.roster("there/b.csv", rows, start="2025-03"))
        self.assertEqual(self.live(), len(PEOPLE) + 1)

    def test_a_list_of_several_files_is_one(self):
        for part in (0, 1):
            self.roster("full/镇%d.csv" % part, PEOPLE[part::2])
        self.load(os.path.join(self.directory, "full"), "--as", "roster", "--period", "2026-09")
        self.assertEqual(self.live(), len(PEOPLE))
        # One of them is as it was: who is on it is still on the list.
        self.roster("full/镇1.csv", PEOPLE[1::2][:-1])
        told = self.load(os.path.join(self.directory, "full"), "--as", "roster", "--period", "2026-09")
        self.assertIn("1 ended", told)
        self.assertEqual(self.live(), len(PEOPLE) - 1)

    def test_a_folder_of_several_months_is_a_list_a_month(self):
        for month, people in (("10", PEOPLE[:-2]), ("08", PEOPLE), ("09", PEOPLE[:-1])):
            self.roster("months/名册2026-%s.csv" % month, people)
        told = self.load(os.path.join(self.directory, "months"), "--as", "roster")
        self.assertEqual(told.count("1 ended"), 2, told)
        self.assertEqual(self.live(), len(PEOPLE) - 2)

    def test_how_a_list_is_read_is_remembered_for_the_folder(self):
        self.load(self.roster("八月.csv", PEOPLE), "--as", "roster", "--period", "2026-08")
        told = self.load(self.roster("九月.csv", PEOPLE[:-1]), "--period", "2026-09")
        self.assertIn("--as roster", told)
        self.assertEqual(self.live(), len(PEOPLE) - 1)

    def test_a_list_under_the_name_of_another_month_is_the_same_content(self):
        first = self.roster("名册2026年9月.csv", PEOPLE)
        self.load(first, "--as", "roster")
        copy = os.path.join(self.directory, "名单.csv")
        shutil.copy(first, copy)
        self.assertIn("same content", self.load(copy, "--as", "roster"))
        self.assertEqual(self.live(), len(PEOPLE))

    def test_columns_that_are_months_are_a_payment_each(self):
        rows = [[person, number, "455", "460", ""] for person, number in PEOPLE]
        path = self.write("明细.csv", ["姓名", "身份证号", "一月", "二月", "三月"], rows, "2026年农村低保金发放明细")
        self.load(path)
        self.assertEqual(self.live(), 2 * len(PEOPLE))
        self.load(self.write("明细.csv", ["姓名", "身份证号", "一月", "二月", "三月"], [row[:4] + ["460"] for row in rows], "2026年农村低保金发放明细"))
        self.assertEqual(self.live(), 3 * len(PEOPLE), "what was paid before is not paid again")

    def test_payments_add(self):
        for month in ("2026-08", "2026-09"):
            self.load(self.roster("发放%s.csv" % month, PEOPLE), "--as", "payments", "--period", month)
        self.assertEqual(self.live(), 2 * len(PEOPLE))

    def test_a_wrong_death_does_not_stay(self):
        self.load(self.roster("低保.csv", PEOPLE))
        before = self.findings()
        header, rows = ["姓名", "身份证号", "死亡日期"], [[PEOPLE[0][0], PEOPLE[0][1], "2026-03-01"]]
        self.load(self.write("死亡.csv", header, rows, "火化人员名单"))
        self.assertIn("D20", {f["rule_id"] for f in self.findings()})
        self.load(self.write("撤销.csv", header, rows, "撤销死亡登记人员名单"), "--as", "withdrawal")
        self.assertEqual([f["finding_id"] for f in self.findings()], [f["finding_id"] for f in before])
        self.assertEqual(self.live("deaths"), 0)
        # The first list again, under another name: it was taken already.
        time.sleep(0.01)
        self.load(self.write("x/死亡人员.csv", header, rows, "火化人员名单"))
        self.assertEqual(self.live("deaths"), 0)

    def test_a_withdrawal_of_what_is_not_there_is_told(self):
        header, rows = ["姓名", "身份证号", "死亡日期"], [[PEOPLE[0][0], PEOPLE[0][1], "2026-03-01"]]
        told = self.load(self.write("撤销.csv", header, rows, "撤销死亡登记人员名单"), "--as", "withdrawal")
        self.assertIn("1 of 1", told)

    def test_rejected_rows_come_back_to_be_corrected(self):
        self.load(self.roster("十月.csv", PEOPLE, spoil=3), "--as", "roster", "--period", "2026-10", code=3)
        self.assertEqual(self.live(), len(PEOPLE) - 1)
        workbook = os.path.join(self.directory, "rejects.xlsx")
        self.assertEqual(os.stat(workbook).st_mode & 0o077, 0)
        correct(workbook, "五百左右", "500")
        again = os.path.join(self.directory, "corrected.xlsx")
        os.rename(workbook, again)
        self.load(again, "--as", "changes")
        self.assertEqual(self.live(), len(PEOPLE))

    def test_a_dry_run_says_what_would_open_and_changes_nothing(self):
        self.load(self.roster("低保.csv", PEOPLE))
        before = self.findings()
        rows = [[PEOPLE[0][0], PEOPLE[0][1], "2026-03-01"]]
        deaths = self.write("死亡.csv", ["姓名", "身份证号", "死亡日期"], rows, "火化人员名单")
        told = self.load(deaths, "--dry-run")
        self.assertRegex(told, r"D\d+ +1 +0")
        self.assertEqual(self.findings(), before)
        told = self.load(deaths)
        self.assertIn("baseline", told)
        self.assertTrue(all(f.get("by_baseline") for f in self.findings()))


def correct(workbook, wrong, right):
    """As a clerk would in a spreadsheet program: one cell's text is another."""
    import zipfile
    with zipfile.ZipFile(workbook) as z:
        parts = {name: z.read(name) for name in z.namelist()}
    found = 0
    for name, content in parts.items():
        found += content.count(wrong.encode())
        parts[name] = content.replace(wrong.encode(), right.encode())
    assert found > 0
    with zipfile.ZipFile(workbook, "w") as z:
        for name, content in parts.items():
            z.writestr(name, content)


if __name__ == "__main__":
    unittest.main()
