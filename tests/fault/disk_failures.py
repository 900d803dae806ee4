"""The nth call to the disk fails, n = 1, 2, ... until a run passes untouched. Case F5.

What was acknowledged must be there after the store is opened again on a disk that works, and after a failed write or
sync nothing more may be acknowledged.

    disk_failures.py WRITER LIBRARY [--step N] [--commits N] [--errors EIO,ENOSPC] [--encrypted]
"""
import argparse
import errno
import os
import re
import shutil
import subprocess
import sys
import tempfile

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("writer")
arguments.add_argument("library")
arguments.add_argument("--step", type=int, default=1, help="only every so many-th n")
arguments.add_argument("--commits", type=int, default=300)
arguments.add_argument("--errors", default="EIO,ENOSPC")
arguments.add_argument("--encrypted", action="store_true")
options = arguments.parse_args()

root = tempfile.mkdtemp(prefix="relief-disk-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
keys = []
if options.encrypted:
    keys = [os.path.join(root, "keys")]
    with open(keys[0], "w") as f:
        f.write("k1 " + "5a" * 32 + "\n")
    os.chmod(keys[0], 0o600)


def run(directory, number, error, lasts):
    told = os.path.join(root, "told")
    if os.path.exists(told):
        os.remove(told)
    environment = dict(os.environ, LD_PRELOAD=options.library, FAILING_DISK_DIR=directory + "/", FAILING_DISK_NTH=str(number),
                       FAILING_DISK_ERRNO=str(getattr(errno, error)), FAILING_DISK_TELL=told)
    if lasts:
        environment["FAILING_DISK_LASTS"] = "1"
    done = subprocess.run([options.writer, "write", directory, "100", str(options.commits)] + keys, capture_output=True, text=True, env=environment,
                          timeout=1200)
    call = open(told).read().strip() if os.path.exists(told) else ""
    return done, call


def listed(directory):
    done = subprocess.run([options.writer, "list", directory] + keys, capture_output=True, text=True, timeout=1200)
    return done, {int(line) for line in done.stdout.split()}


runs = compared = lost = refused_later = unopened = aborted = 0
wrong = []
kinds = {}
for error in options.errors.split(","):
    for lasts in (False, True):
        n = 1
        while True:
            directory = os.path.join(root, "db")
            shutil.rmtree(directory, ignore_errors=True)
            # Half of it is there before the disk begins to fail, so that opening is tried too.
            subprocess.run([options.writer, "write", directory, "0", "100"] + keys, check=True, capture_output=True)
            done, call = run(directory, n, error, lasts)
            acked = [int(x) for x in re.findall(r"^acked (\d+)$", done.stdout, re.M)]
            after_refusal = re.findall(r"^acked", done.stdout.split("refused\n", 1)[1], re.M) if "refused\n" in done.stdout else []
            check, there = listed(directory)
            where = "%s%s at call %d (%s)" % (error, " from then on" if lasts else "", n, call)
            runs += 1
            compared += len(acked) + 100
            if check.returncode != 0:
                unopened += 1
                wrong.append(where + ": cannot be opened again: " + check.stderr.strip()[-300:])
            missing = (set(acked) | set(range(100))) - there
            if missing:
                lost += len(missing)
                wrong.append(where + ": %d acknowledged rows are lost" % len(missing))
            if there - set(range(100 + options.commits)):
                wrong.append(where + ": rows that nobody sent")
            if after_refusal:
                refused_later += 1
                wrong.append(where + ": acknowledged after a refusal")
            if done.returncode < 0:
                aborted += 1  # allowed: a crash like any other
            kind = re.sub(r"[0-9]+", "N", call)
            kinds[kind] = kinds.get(kind, 0) + 1
            if not call:  # the run had fewer calls than n: untouched
                if done.returncode != 0:
                    wrong.append(where + ": an untouched run ended with %d: %s" % (done.returncode, done.stderr[-300:]))
                break
            n += options.step
shutil.rmtree(root)
print("failing calls by kind: " + ", ".join("%s %d" % item for item in sorted(kinds.items()) if item[0]))
print("disk failures: runs %d, acknowledged rows compared %d, lost = %d, acknowledged after a refusal = %d, could not be opened again = %d, "
      "ended by abort (allowed) = %d" % (runs, compared, lost, refused_later, unopened, aborted))
for line in wrong[:20]:
    print("WRONG " + line)
sys.exit(1 if wrong else 0)
