"""The audit chain through the real binaries (A10): kept heads, export, offline verification, a person's question, a restart."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from hub_process import ROOT, Hub, make_district

VERIFY = os.environ["RELIEF_AUDIT_VERIFY"]
CONFIG = """
listen_address: "127.0.0.1:0" data_directory: "data" auto_register_sources: true
rules_directory: "%(root)s/deploy/rules" model_file: "%(root)s/deploy/model/zh.textproto"
audit { digest: %(digest)s signing_key_file: "audit-key.pem" sign_every_entries: 5 %(more)s }
"""


class Audit(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="relief-audit-")
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", self.path("audit-key.pem")], check=True, capture_output=True)
        os.chmod(self.path("audit-key.pem"), 0o600)
        subprocess.run(["openssl", "pkey", "-in", self.path("audit-key.pem"), "-pubout", "-out", self.path("audit-pub.pem")], check=True)

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def config(self, digest="SHA_256", more=""):
        with open(self.path("hub.textproto"), "w") as f:
            f.write(CONFIG % {"root": ROOT, "digest": digest, "more": more})
        return self.path("hub.textproto")

    def verify(self, file, *options):
        return subprocess.run([VERIFY, file, "--key", self.path("audit-pub.pem"), "--lang", "en", *options], capture_output=True, text=True)

    def lines(self):
        with open(self.path("audit.jsonl"), encoding="utf-8") as f:
            return f.readlines()

    def tampered(self, lines):
        with open(self.path("tampered.jsonl"), "w", encoding="utf-8") as f:
            f.writelines(lines)
        return self.verify(self.path("tampered.jsonl"), "--heads", self.path("kept.jsonl"))

    def test_a_chain_is_exported_kept_and_verified_and_every_edit_is_named(self):
        district = make_district(self.path("exports"), 1500, 21)
        with Hub(self.path("hub"), self.config()) as hub:
            hub.load(district)
            hub.run("audit", "heads", self.path("kept.jsonl"))
        # Another digest from here on; the chain goes on.
        with Hub(self.path("hub"), self.config("SM3")) as hub:
            shown = hub.run("person", "--record", "minimum_living", "DB000001", "--purpose", "review", "--case", "2026-77", "--json")
            person = json.loads(shown.stdout)["person_id"]
            accesses = hub.run("audit", "accesses", person, "--all")
            self.assertRegex(accesses.stdout, r"looked .*registry\.person .*periodic re-check .*2026-77")
            self.assertRegex(accesses.stdout, r"sent .*feed\.batch")
            before = os.path.getsize(self.path("kept.jsonl"))
            hub.run("audit", "heads", self.path("kept.jsonl"))
            self.assertGreater(os.path.getsize(self.path("kept.jsonl")), before, "what is new is added")
            hub.run("audit", "export", self.path("audit.jsonl"))
        whole = self.verify(self.path("audit.jsonl"), "--heads", self.path("kept.jsonl"))
        self.assertEqual(whole.returncode, 0, whole.stdout + whole.stderr)
        print(whole.stdout, flush=True)

        lines = self.lines()
        entries = [i for i, line in enumerate(lines) if '"entry"' in line]
        numbers = [int(json.loads(lines[i])["entry"]["sequence"]) for i in entries]
        self.assertEqual(numbers, list(range(1, len(entries) + 1)))
        self.assertIn("SM3", lines[entries[-1]])
        middle, victim = entries[len(entries) // 2], len(entries) // 2 + 1
        altered = lines[:middle] + [lines[middle].replace('"actor":"local"', '"actor":"nobody"')] + lines[middle + 1:]
        swapped = lines[:]
        swapped[middle], swapped[entries[len(entries) // 2 + 1]] = swapped[entries[len(entries) // 2 + 1]], swapped[middle]
        for name, edited, first in [("altered", altered, victim), ("deleted", lines[:middle] + lines[middle + 1:], victim),
                                    ("was moved", swapped, victim), ("cut off", lines[:middle], victim)]:
            told = self.tampered(edited)
            self.assertEqual(told.returncode, 1, name + told.stdout)
            self.assertIn("entry %d:" % first, told.stdout)
            self.assertIn(name, told.stdout)
        self.assertEqual(self.verify(self.path("nothing.jsonl")).returncode, 2)

    def test_no_names_or_numbers_in_the_chain(self):
        district = make_district(self.path("exports"), 500, 22)
        with Hub(self.path("hub"), self.config()) as hub:
            hub.load(district)
            hub.run("audit", "export", self.path("audit.jsonl"))
        text = "".join(self.lines())
        with open(os.path.join(district, "minimum_living.csv"), "rb") as f:
            raw = f.read()
        numbers = {n.decode() for n in re.findall(rb"[0-9]{17}[0-9Xx]", raw)}
        self.assertGreater(len(numbers), 10)
        self.assertFalse([n for n in numbers if n in text])

    def test_what_the_hub_writes_is_for_its_own_account(self):
        before = os.umask(0o022)  # as most shells have it
        self.addCleanup(os.umask, before)
        with Hub(self.path("hub"), self.config()) as hub:
            hub.load(os.path.join(make_district(self.path("exports"), 200, 23), "minimum_living.csv"))
        written = [os.path.join(folder, name) for folder, folders, files in os.walk(self.path("hub", "data")) for name in folders + files]
        self.assertGreater(len(written), 5)
        self.assertEqual([name for name in written if os.stat(name).st_mode & 0o077], [])

    def test_a_hub_does_not_start_with_what_the_law_or_caution_forbids(self):
        for prepare, message in [(lambda: self.config(more="retention_days: 365"), "retention_days"),
                                 (lambda: (os.chmod(self.path("audit-key.pem"), 0o644), self.config())[1], "chmod 600")]:
            hub = Hub(self.path("refused"), prepare())
            with self.assertRaises(AssertionError):
                hub.start()
            self.assertEqual(hub.process.returncode, 1)
            with open(self.path("refused/hub.log"), encoding="utf-8") as f:
                self.assertIn(message, f.read())


if __name__ == "__main__":
    unittest.main(verbosity=2)
