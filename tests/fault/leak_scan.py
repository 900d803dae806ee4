"""Case A14: nothing that a hub or its client logs, refuses or counts tells of a person.

A hub is loaded with a made-up district, files that are wrong in every way, and calls that fail: through the client, and through
the console's HTTP server. Then everything that operators, terminals and monitoring get to see is searched for every document
number, telephone number and full name (three characters or more) of the district: the hub's log, the client's standard error,
the answers of failing calls, the file of rejected rows, /metrics.

    leak_scan.py            as ctest runs it
    leak_scan.py --plant    logs a number in secret, to see the test fail
"""
import csv
import http.client
import json
import os
import re
import shutil
import sys
import tempfile
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
from hub_process import PATIENCE, ROOT, Hub, free_port, make_district  # noqa: E402

FILES = ["minimum_living", "extreme_poverty", "disaster", "medical", "education", "housing", "employment", "temporary", "facts"]
NUMBER = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx]|(?<![0-9])[0-9]{15}(?![0-9])")
PHONE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
PASSWORD = "try-the-console"


def read(path):
    with open(path, "rb") as f:
        content = f.read()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            pass
    return content.decode("utf-8", "replace")


class Secrets:
    """What must not be seen. Found in a text by one pass over its numbers, and by looking for each name."""

    def __init__(self, district):
        self.numbers, self.phones, self.names = set(), set(), set()
        for file in FILES:
            text = read(os.path.join(district, file + ".csv"))
            self.numbers.update(NUMBER.findall(text))
            self.phones.update(PHONE.findall(text))
            for row in csv.DictReader(text.splitlines()):
                self.names.update(v.strip() for k, v in row.items() if k and v and ("姓名" in k or k == "申请人") and len(v.strip()) >= 3)
        # What is a word of the program as well as a name would be found everywhere.
        self.names -= {"无名氏"}

    def in_text(self, text):
        found = {n for n in NUMBER.findall(text) if n in self.numbers} | {p for p in PHONE.findall(text) if p in self.phones}
        # Numbers that stand inside longer runs of digits, or escaped as URLs do.
        for run in re.findall(r"[0-9]{15,}[Xx]?", text):
            found |= {n for n in self.numbers if n in run}
        return found | {n for n in self.names if n in text or urllib.parse.quote(n) in text or json.dumps(n)[1:-1] in text}


class Seen:
    """Texts that somebody got to see, and where."""

    def __init__(self):
        self.texts = []

    def add(self, where, text):
        self.texts.append((where, text if isinstance(text, str) else text.decode("utf-8", "replace")))

    def search(self, secrets):
        for where, text in self.texts:
            for secret in sorted(secrets.in_text(text)):
                at = text.find(secret)
                yield where, secret, text[max(0, at - 60):at + 60].replace("\n", " ")


def config(directory, console_port, metrics_port):
    path = os.path.join(directory, "hub.textproto")
    with open(path, "w") as f:
        f.write('''listen_address: "127.0.0.1:1"
data_directory: "data"
rules_directory: "%(root)s/deploy/rules"
model_file: "%(root)s/deploy/model/zh.textproto"
auto_register_sources: true
gateway { listen_address: "127.0.0.1:%(port)d" accounts_file: "%(root)s/deploy/config/dev-accounts.textproto" }
metrics { listen_address: "127.0.0.1:%(metrics)d" }
limits { min_free_disk_bytes: 1 }
storage { backup_directory: "%(directory)s/backups" }
log_level: "debug"
''' % {"root": ROOT, "port": console_port, "metrics": metrics_port, "directory": directory})
    return path


def one_person(district):
    with_all = [r for r in csv.DictReader(read(os.path.join(district, "minimum_living.csv")).splitlines())
                if len(r["身份证号码"]) == 18 and len(r["姓名"]) >= 3 and PHONE.fullmatch(r["联系电话"])]
    row = with_all[0]
    return row["姓名"], row["身份证号码"], row["联系电话"], row["记录编号"]


def wrong_files(district, directory):
    """Exports with cells where they do not belong: shifted rows, numbers as dates and amounts, quotes that never close, other encodings."""
    def table(file):
        head, *rows = csv.reader(read(os.path.join(district, file + ".csv")).splitlines()[:60])
        return head, rows

    head, rows = table("minimum_living")
    name, number = head.index("姓名"), head.index("身份证号码")

    def swapped(file, a, b):
        head, rows = table(file)
        a, b = head.index(a), head.index(b)
        for row in rows:
            row[a], row[b] = row[b], row[a]
        return [head] + rows

    contents = {
        "shifted": [head] + [row[1:] for row in rows],
        "surplus": [head] + [row + [row[number]] for row in rows],
        "number_as_month": swapped("minimum_living", "身份证号码", "保障起始年月"),
        "name_as_month": swapped("minimum_living", "姓名", "保障起始年月"),
        "phone_as_amount": swapped("minimum_living", "联系电话", "月保障金(元)"),
        "name_as_region": swapped("minimum_living", "姓名", "发放地区划代码"),
        "name_as_code": swapped("extreme_poverty", "特困人员姓名", "供养方式"),
        "number_as_code": swapped("medical", "身份证号", "业务类型"),
        "name_as_fact": swapped("facts", "姓名", "事项"),
        "number_as_value": swapped("facts", "身份证号", "值"),
        "phone_as_term": swapped("education", "监护人电话", "资助学期"),
        "long_name": [head] + [[c * 60 if i == name else c for i, c in enumerate(row)] for row in rows],
        "control": [head] + [["\x01" + c if i == 0 else c for i, c in enumerate(row)] for row in rows],
        "turned_round": [head] + [[c[:1] + "\u202e" + c[1:] if i == name else c for i, c in enumerate(row)] for row in rows],
        "no_header": rows,
    }
    for file, body in contents.items():
        path = os.path.join(directory, file + ".csv")
        with open(path, "w", encoding="utf-8-sig", newline="") as f:
            csv.writer(f).writerows(body)
        yield path
    open_quote = os.path.join(directory, "open_quote.csv")
    with open(open_quote, "w", encoding="utf-8") as f:
        f.write("\n".join([",".join(head)] + [",".join('"' + c if i == name and n > 40 else c for i, c in enumerate(row)) for n, row in enumerate(rows)]) + "\n")
    yield open_quote


def call_client(hub, seen, district, directory):
    """Every command, with what works and with what does not. Standard output of what works shows persons: that is its purpose."""
    name, number, phone, record = one_person(district)
    succeeded = 0

    def call(*arguments):
        nonlocal succeeded
        done = hub.run(*arguments, check=False)
        seen.add("stderr of relief " + arguments[0], done.stderr)
        if done.returncode == 0:
            succeeded += 1
        else:
            seen.add("output of a failed relief " + arguments[0], done.stdout)
        return done

    for path in wrong_files(district, directory):
        rejects = path + ".rejects"
        call("load", path, "--rejects", rejects)
        if os.path.exists(rejects):
            seen.add("rejects of " + os.path.basename(path), read(rejects))
    for secret in (name, number, phone):
        for command in ("person", "household", "finding", "history", "conflict", "how", "watch"):
            call(command, secret)
        call("findings", "--region", secret)
        call("findings", "--person", secret)
        call("findings", "--page-token", secret)
        call("conflicts", "--page-token", secret)
        call("report", "--region", secret)
        call("decide", secret, "same")
        call("undo", secret)
        call("dispose", secret, "--outcome", "confirmed")
        call("deliberate", secret, "--outcome", "upheld", "--heard", "a", "b", "--because", "x")
        call("confirm-snapshot", secret, secret, "--reason", "x")
        call("explain", "minimum_living", secret, "medical", secret)
        call("person", "--record", "minimum_living", secret, "--case", "T-1")
        call("check", "--name", name, "--id", number, "--birth", secret, "--case", "T-1")
        call("check", "--name", name, "--id", number, "--region", secret, "--programme", "minimum_living", "--case", "T-1")
        call("check", "--name", name, "--id", number, "--phone", phone)  # without a case number
        call("referral", "take", secret)
        call("referral", "show", secret)
        call("charity", "matches", secret)
    call("check", "--name", name, "--id", number, "--phone", phone, "--region", "371302", "--programme", "minimum_living", "--start", "2026-11", "--case", "T-1")
    call("person", "--record", "minimum_living", record, "--case", "T-1")
    for command in (["sources"], ["status"], ["findings", "--all"], ["conflicts", "--all"], ["report"], ["rules"], ["preview-rules"], ["reload-rules"],
                    ["referral", "list"], ["charity", "projects"], ["admin", "stats"], ["admin", "backup"], ["admin", "verify"], ["admin", "restore-check"]):
        call(*command)
    conflict = json.loads(hub.run("conflicts", "--page-size", "1", "--json").stdout.splitlines()[0])
    call("conflict", conflict["conflict_id"])
    call("decide", conflict["conflict_id"], "unsure", "--comment", "x", "--etag", "wrong")
    finding = json.loads(hub.run("findings", "--page-size", "1", "--json").stdout.splitlines()[0])
    call("finding", finding["finding_id"])
    call("dispose", finding["finding_id"], "--outcome", "confirmed", "--until", number)
    return succeeded


class Console:
    def __init__(self, port, seen):
        self.port, self.seen, self.cookie = port, seen, ""

    def request(self, method, path, body=None, headers=()):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request(method, path, body.encode() if body is not None else None, dict(headers, Cookie=self.cookie))
        answer = connection.getresponse()
        text = answer.read()
        self.cookie = (answer.getheader("Set-Cookie") or self.cookie).split(";")[0]
        connection.close()
        if answer.status >= 400:
            self.seen.add("%d of the console" % answer.status, text)
            self.seen.add("headers of the console", str(answer.getheaders()))
        return answer.status, text

    def call(self, method, body):
        return self.request("POST", "/api/relief.v1." + method, body, {"Content-Type": "application/json", "Connect-Protocol-Version": "1"})


def call_console(port, seen, district):
    name, number, phone, record = one_person(district)
    console = Console(port, seen)
    login = {"X-Relief-Console": "1"}
    console.request("POST", "/session/login", json.dumps({"user": name, "password": number}), login)
    status, _ = console.request("POST", "/session/login", json.dumps({"user": "officer", "password": PASSWORD}), login)
    assert status == 200, "the console let nobody in"
    failed = 0
    purpose = {"kind": "REVIEW", "caseNumber": "T-1"}
    for secret in (name, number, phone):
        for method, request in [("RegistryService/GetPerson", {"personId": secret, "purpose": purpose}), ("RegistryService/GetPerson", {"personId": secret}),
                                ("RegistryService/GetPerson", {secret: 1, "personId": {"x": secret}}), ("FindingService/GetFinding", {"findingId": secret}),
                                ("FindingService/ListFindings", {"pageToken": secret}), ("FindingService/ListFindings", {"orderBy": secret}),
                                ("ReviewService/GetConflict", {"conflictId": secret}), ("ReviewService/ListConflicts", {"filter": {"kinds": [secret]}}),
                                ("ReviewService/Decide", {"conflictId": secret, "comment": secret}), ("ReportService/GapReport", {"filter": {"regionPrefix": secret}}),
                                ("RegistryService/CheckApplicant", {"identity": {"name": name, "birthDate": secret}}), (secret and "Nothing/Here", {"x": secret})]:
            status, _ = console.call(method, json.dumps(request, ensure_ascii=False))
            failed += status >= 400
        for body in ('{"personId":"%s' % secret, secret, "[" * 100000 + secret):
            status, _ = console.call("RegistryService/GetPerson", body)
            failed += status == 400
        console.request("GET", "/api/relief.v1.RegistryService/GetPerson?personId=" + urllib.parse.quote(secret))
        console.request("GET", "/persons/" + urllib.parse.quote(secret))
        console.request("DELETE", "/" + urllib.parse.quote(secret))
    for path in ("/live", "/ready"):
        status, text = console.request("GET", path)
        if status == 200:
            seen.add(path, text)
    return failed


def read_metrics(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def scan(directory, plant):
    district = make_district(os.path.join(directory, "exports"), 1500, 14)
    secrets = Secrets(district)
    assert len(secrets.numbers) > 500 and len(secrets.phones) > 300 and len(secrets.names) > 500, "too little to look for"
    seen = Seen()
    console_port, metrics_port = free_port(), free_port()
    with Hub(os.path.join(directory, "hub"), config(directory, console_port, metrics_port)) as hub:
        loaded = hub.load(district)
        seen.add("stderr of relief load", loaded.stderr)
        seen.add("rejects", read(os.path.join(hub.directory, "rejects.csv")))
        succeeded = call_client(hub, seen, district, directory)
        failed = call_console(console_port, seen, district)
        assert succeeded >= 10 and failed >= 30, "the calls do not do what they are made for: %d, %d" % (succeeded, failed)
        metrics = read_metrics(metrics_port)
        assert 'source="minimum_living"' in metrics, "no metrics"
        seen.add("/metrics", metrics)
        # The search finds what is there: in a department's file, and in an answer whose purpose it is to show a person.
        shown = hub.run("person", "--record", "minimum_living", one_person(district)[3], "--case", "T-1").stdout
        assert secrets.in_text(shown) and len(secrets.in_text(read(os.path.join(district, "medical.csv")))) > 100, "the search is blind"
    log = read(os.path.join(hub.directory, "hub.log"))
    assert log.count("\n") > 3
    seen.add("hub.log", log + (sorted(secrets.numbers)[7] if plant else ""))
    hits = list(seen.search(secrets))
    for where, _, context in hits[:20]:
        print("%s: ...%s..." % (where, context), file=sys.stderr)
    print("leaks: %d numbers, %d telephones, %d names looked for in %d texts of %d kB (log: %d lines); %d commands done, %d console calls refused; hits = %d" %
          (len(secrets.numbers), len(secrets.phones), len(secrets.names), len(seen.texts), sum(len(t) for _, t in seen.texts) // 1000, log.count("\n"),
           succeeded, failed, len(hits)))
    return len(hits)


def main():
    directory = tempfile.mkdtemp(prefix="relief-leak-")
    try:
        return 1 if scan(directory, "--plant" in sys.argv[1:]) else 0
    finally:
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
