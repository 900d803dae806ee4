"""The hub's promises on whole districts, through the real binaries: accuracy, order, durability."""
import csv
import json
import os
import random
import re
import shutil
import subprocess
import tempfile
import unittest

from hub_process import PATIENCE, ROOT, Hub, make_district, wait_until

EXPORTS = ["minimum_living", "extreme_poverty", "disaster", "medical", "education", "housing", "employment", "temporary", "facts"]


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def live_records(hub):
    return int(json.loads(hub.run("status", "--json").stdout).get("live_records", 0))


class TempDir(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="relief-test-")
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)

    def path(self, *parts):
        return os.path.join(self.dir, *parts)


class Accuracy(TempDir):
    """Figures on made-up districts: a floor that a change must not fall through, not a claim about real ones."""

    def check(self, seed):
        district = make_district(self.path("exports"), 20000, seed)
        with Hub(self.path("hub")) as hub:
            hub.load(district, self.path("rejects.csv"))
            hub.export("all")
            score = subprocess.run(["python3", os.path.join(ROOT, "tests/tools/score_county.py"), district, "--persons", self.path("hub/all-persons.csv"),
                                    "--findings", self.path("hub/all-findings.csv"), "--min-f1", "0.985", "--min-findings-f1", "0.93"],
                                   capture_output=True, text=True)
        print(score.stdout.splitlines()[0], "|", score.stdout.splitlines()[-1], flush=True)
        self.assertEqual(score.returncode, 0, score.stdout)
        # A row without a record id can only be told by its programme.
        wanted = sorted((r["programme"], r["record_id"]) for r in rows(os.path.join(district, "truth_rejects.csv")))
        got = sorted((r["programme"], r["record_id"]) for r in rows(self.path("rejects.csv")))
        self.assertEqual(got, wanted)
        self.assertTrue(all(r["reason"] and r["field"] for r in rows(self.path("rejects.csv"))))

    def test_seed_1(self):
        self.check(1)

    def test_seed_2(self):
        self.check(2)

    def test_seed_3(self):
        self.check(3)


class Order(TempDir):
    def test_order_batching_and_repetition_give_identical_bytes(self):
        district = make_district(self.path("exports"), 3000, 11)
        files = [os.path.join(district, name + ".csv") for name in EXPORTS]
        shuffled = self.shuffle_rows(files)
        runs = {
            "plain": (files, [], 1),
            "backwards, one by one": (files[::-1], ["--batch", "1"], 1),
            "rows shuffled, by the thousand": (shuffled, ["--batch", "1000"], 1),
            "twice over": (files, ["--version", "1"], 2),
        }
        expected = None
        for name, (order, options, times) in runs.items():
            with self.subTest(name), Hub(self.path(re.sub(r"\W", "-", name))) as hub:
                for _ in range(times):
                    hub.load(order, None, *options)
                got = hub.export("all")
                expected = expected or got
                self.assertEqual(got, expected)
        self.assertGreater(len(expected[0].splitlines()), 1000)
        self.assertGreater(len(expected[1].splitlines()), 20)

    def shuffle_rows(self, files):
        """The same exports with their rows in another order; the files stay as the department encodes them."""
        os.makedirs(self.path("shuffled"))
        out = []
        for path in files:
            with open(path, "rb") as f:
                head, *lines = f.read().splitlines(keepends=True)
            random.Random(5).shuffle(lines)
            out.append(self.path("shuffled", os.path.basename(path)))
            with open(out[-1], "wb") as f:
                f.write(head + b"".join(lines))
        return out


class Durability(TempDir):
    def test_kill_in_the_middle_of_a_load_leaves_no_trace(self):
        district = make_district(self.path("exports"), 6000, 12)
        with Hub(self.path("calm")) as hub:
            hub.load(district)
            expected = hub.export("all")
        hub = Hub(self.path("killed"))
        hub.start()
        chance = random.Random(3)
        for _ in range(4):
            enough = live_records(hub) + chance.randrange(1, 1000)
            load = subprocess.Popen(hub.client("load", district, "--batch", "50", "--rejects", self.path("r.csv"), "--retry-seconds", "1"),
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            wait_until(lambda: live_records(hub) >= enough or load.poll() is not None, "the load goes on", pause=0)
            hub.kill()
            self.assertNotIn(load.wait(), (0, 3), "the load was over before the hub was killed")
            hub.start()
        hub.load(district)
        self.assertEqual(hub.export("all"), expected)
        self.assertEqual(hub.stop(), 0)

    def test_a_client_rides_out_a_restart(self):
        district = make_district(self.path("exports"), 3000, 13)
        with Hub(self.path("calm")) as hub:
            hub.load(district)
            expected = hub.export("all")
        hub = Hub(self.path("restarted"))
        hub.start()
        load = subprocess.Popen(hub.client("load", district, "--batch", "20", "--rejects", self.path("r.csv"), "--retry-seconds", str(PATIENCE)),
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        wait_until(lambda: live_records(hub) > 0, "the load begins", pause=0)
        hub.kill()
        self.assertIsNone(load.poll(), "the load was over before the hub was killed")
        hub.start()
        _, told = load.communicate()
        self.assertEqual(load.returncode, 3, told)
        self.assertEqual(hub.export("all"), expected)
        self.assertEqual(hub.stop(), 0)

    def test_a_second_hub_on_one_directory_refuses_and_says_why(self):
        with Hub(self.path("hub")) as hub:
            second = Hub(self.path("hub"))
            with self.assertRaises(AssertionError):
                second.start()
            self.assertEqual(second.process.returncode, 1)
            with open(self.path("hub/hub.log"), encoding="utf-8") as f:
                self.assertIn(str(hub.process.pid), f.read())


class Discretion(TempDir):
    def test_no_number_of_the_corpus_is_in_logs_or_errors(self):
        district = make_district(self.path("exports"), 1500, 14)
        numbers = set()
        for name in EXPORTS:
            with open(os.path.join(district, name + ".csv"), "rb") as f:
                numbers.update(re.findall(rb"[0-9]{17}[0-9Xx]", f.read()))
        self.assertGreater(len(numbers), 500)
        with Hub(self.path("hub")) as hub:
            told = [hub.load(district).stderr, hub.run("sources").stdout, hub.run("status").stdout, hub.run("conflicts").stdout,
                    hub.run("person", "--record", "minimum_living", "DB000001", "--case", "T-1").stdout]
        with open(self.path("hub/hub.log"), "rb") as f:
            log = f.read()
        self.assertGreater(len(log), 0)
        for where, text in [("log", log), ("rejects", open(self.path("hub/rejects.csv"), "rb").read())] + [("output", t.encode()) for t in told]:
            for number in numbers:
                self.assertNotIn(number, text, where)


if __name__ == "__main__":
    unittest.main(verbosity=2)
