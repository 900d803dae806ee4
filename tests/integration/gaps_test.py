"""What is claimed of people for want of help, through the real binaries: nothing without a source that would tell of the help."""
import csv
import json
import os
import shutil
import tempfile
import unittest

from hub_process import Hub, make_district

PROGRAMMES = ["minimum_living", "extreme_poverty", "disaster", "medical", "education", "housing", "employment", "temporary"]
# Whom the district always has: a rule that concerns somebody whether or not the programme's own feed is there.
CONCERNS = {"disaster": "M09", "medical": "M01", "education": "M03", "housing": "M05", "employment": "M06"}


class Gaps(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="relief-test-")
        cls.addClassCleanup(shutil.rmtree, cls.dir, ignore_errors=True)
        cls.district = make_district(os.path.join(cls.dir, "exports"), 3000, 21)
        with open(os.path.join(cls.district, "truth_findings.csv"), encoding="utf-8-sig", newline="") as f:
            cls.true_rules = {row["rule"] for row in csv.DictReader(f)}

    def files(self, left_out=""):
        return [os.path.join(self.district, name + ".csv") for name in PROGRAMMES + ["facts"] if name != left_out]

    def gaps(self, hub):
        lines = hub.run("findings", "--kind", "MISSING", "--state", "open", "--all", "--json").stdout.splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def coverage(self, hub):
        report = json.loads(hub.run("report", "--json").stdout)
        return {rate["rule_id"]: rate for rate in report["coverage"]}

    @staticmethod
    def for_want_of_a_source(rate):
        return sum(int(one["persons"]) for one in rate.get("undecidable_by_reason", []) if one["reason"] != "PERSON_IN_REVIEW")

    def test_without_any_one_feed_nobody_is_missed_by_its_programme_and_the_rules_say_that_they_cannot_tell(self):
        for left_out in [""] + PROGRAMMES:
            with self.subTest(left_out or "all there"), Hub(os.path.join(self.dir, "hub-" + left_out)) as hub:
                hub.load(self.files(left_out))
                gaps, coverage = self.gaps(hub), self.coverage(hub)
                for programme, rule in CONCERNS.items():
                    undecidable = self.for_want_of_a_source(coverage[rule])
                    missed = [gap for gap in gaps if programme.upper() in gap["notify"]]
                    if programme == left_out:
                        self.assertEqual(missed, [])
                        self.assertGreater(undecidable, 0, rule)
                        self.assertEqual(int(coverage[rule].get("holders", 0)), 0, "no rate without a source")
                    elif left_out not in ("minimum_living", "extreme_poverty"):
                        self.assertEqual(bool(missed), rule in self.true_rules, programme)
                        self.assertEqual(undecidable, 0, rule)
                self.assertEqual([gap["finding_id"] for gap in gaps if left_out and left_out.upper() in gap["notify"]], [])

    def test_a_list_of_applicants_is_checked_row_by_row_and_a_row_that_cannot_be_asked_about_costs_only_itself(self):
        with Hub(os.path.join(self.dir, "checked")) as hub:
            hub.load(self.files("medical"))
            person = json.loads(hub.run("findings", "--rule", "D01", "--json", "--page-size", "1").stdout.splitlines()[0])["person_id"]
            records = json.loads(hub.run("person", person, "--case", "T-1", "--json").stdout)["records"]
            asked = next(r["person"] for r in records if r["person"].get("birth_date"))
            birth = "%04d-%02d-%02d" % tuple(asked["birth_date"][part] for part in ("year", "month", "day"))
            path = os.path.join(self.dir, "applicants.csv")
            with open(path, "w", encoding="utf-8", newline="") as f:
                rows = csv.writer(f)
                rows.writerow(["姓名", "出生日期", "区划代码", "救助项目"])
                rows.writerow([asked["name"], birth, asked.get("region_code", ""), "住房救助"])
                rows.writerow(["", "", "", "住房救助"])
                rows.writerow(["查无此人氏", "1931-02-03", "", "住房救助"])
                for _ in range(120):
                    rows.writerow(["查无此人氏", "1931-02-03", "", ""])
            done = hub.run("check", "--file", path, "--case", "T-2", check=False)
            lines = done.stdout.splitlines()
            self.assertEqual(len(lines), 1 + 123, done.stdout + done.stderr)
            self.assertNotEqual(done.returncode, 0, "one row could not be asked about")
            one = hub.run("check", "--name", asked["name"], "--birth", birth, "--case", "T-3", check=False)
            self.assertEqual(one.returncode, 0, one.stderr)

    def test_the_sheet_of_entitlements_says_what_somebody_has_and_lacks_and_what_cannot_be_told(self):
        with Hub(os.path.join(self.dir, "sheet")) as hub:
            hub.load(self.files("medical"))
            person = json.loads(hub.run("findings", "--rule", "M03", "--json", "--page-size", "1").stdout.splitlines()[0])["person_id"]
            sheet = json.loads(hub.run("entitlements", person, "--case", "T-4", "--json").stdout)
            first = sheet["members"][0]
            self.assertEqual(first["person_id"], person)
            states = {one["rule_id"]: one for one in first["entitlements"]}
            self.assertEqual(states["M03"]["state"], "NOT_HELPED")
            self.assertEqual(states["M01"]["state"], "UNDECIDED")
            self.assertEqual(states["M01"]["reason"], "NO_FEED")
            self.assertIn("待核", hub.run("entitlements", person, "--case", "T-4", "--lang", "zh", check=False).stdout
                          or hub.run("entitlements", person, "--case", "T-4").stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
