"""The hub under a machine that fails: kill -9 (F1), a full disk (F4), too little memory (F6); and what may be restored (F16).

The oracle is a diary that feed_writer keeps outside the hub: which records were sent, which acknowledged.

    hub_faults.py Kills|DiskFull|Memory          one of them, as ctest runs it
    hub_faults.py ClockJumps                     the wall clock is set while it is fed (F7)
    hub_faults.py MemoryCap [--megabytes 512]    memory that the system itself enforces by killing; needs root and a control group
    hub_faults.py Kills --cycles 200 --seed 1    as long as you like; the seed is printed
"""
import argparse
import contextlib
import csv
import json
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import http2  # noqa: E402
from hub_process import PATIENCE, ROOT, Hub, wait_until  # noqa: E402

WRITER = os.environ["RELIEF_FEED_WRITER"]


class Diary:
    def __init__(self, directory):
        self.path = os.path.join(directory, "diary")
        open(self.path, "w").close()
        self.counted, self.offset = 0, 0

    def read(self):
        with open(self.path) as f:
            lines = [line.split() for line in f.read().splitlines()]
        return {x[1] for x in lines if x[0] == "sent"}, {x[1] for x in lines if x[0] == "acked"}

    def acked(self):
        """How many are acknowledged. Reads only what is new."""
        with open(self.path, "rb") as f:
            f.seek(self.offset)
            whole = f.read().rpartition(b"\n")[0]
        self.offset += len(whole)
        self.counted += whole.count(b"acked ")
        return self.counted

    def wait_for(self, count, feed):
        """Until so many are acknowledged, or the feed has ended."""
        wait_until(lambda: self.acked() >= count or feed.poll() is not None, "%d records are acknowledged" % count, pause=0.01)


def config(directory, encrypted=True, min_free=1, cache=8 << 20, memory=0, transport=0):
    """A configuration of its own, encrypted, with backups."""
    keys = os.path.join(directory, "keys")
    if not os.path.exists(keys):
        with open(keys, "w") as f:
            f.write("k1 " + "5a" * 32 + "\n")
        os.chmod(keys, 0o600)
    path = os.path.join(directory, "hub.textproto")
    with open(path, "w") as f:
        f.write('''listen_address: "127.0.0.1:1"
data_directory: "data"
rules_directory: "%s/deploy/rules"
model_file: "%s/deploy/model/zh.textproto"
auto_register_sources: true
limits { min_free_disk_bytes: %d block_cache_bytes: %d memory_bytes: %d transport_memory_bytes: %d }
storage { backup_directory: "%s/backups" backups_kept: 5 %s }
''' % (ROOT, ROOT, min_free, cache, memory, transport, directory, 'encryption { keys_file: "%s" }' % keys if encrypted else ""))
    return path


def writer(hub, diary, first, retry_seconds, most=None):
    command = [WRITER, "127.0.0.1:%d" % hub.port, "faults", str(first), diary.path, str(retry_seconds)]
    return subprocess.Popen(command + ([str(most)] if most else []), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)


def present(hub):
    path = os.path.join(hub.directory, "export.csv")
    hub.run("export", "persons", "--out", path)
    with open(path, encoding="utf-8-sig") as f:
        return [row["record_id"] for row in csv.DictReader(f)]


def status(hub):
    return json.loads(hub.run("status", "--json").stdout)


def findings(hub):
    path = os.path.join(hub.directory, "findings.csv")
    hub.run("export", "findings", "--out", path)
    with open(path, encoding="utf-8-sig") as f:
        return [tuple(row.values()) for row in csv.DictReader(f)]


def compare(hub, diary):
    """acked without present = 0, present without sent = 0, nothing twice, counters = recount. Returns how many were compared."""
    sent, acked = diary.read()
    there = present(hub)
    assert len(there) == len(set(there)), "a record is there twice"
    lost, invented = acked - set(there), set(there) - sent
    assert not lost, "%d acknowledged records are lost, e.g. %s" % (len(lost), sorted(lost)[:3])
    assert not invented, "%d records are there that nobody sent" % len(invented)
    told, open_findings = status(hub), findings(hub)
    assert int(told.get("live_records", 0)) == len(there), "the counter of records is %s, there are %d" % (told.get("live_records"), len(there))
    assert len(open_findings) == len(set(open_findings)), "a finding is there twice"
    assert int(told.get("open_findings", 0)) == len(open_findings), "the counter of findings is wrong"
    return len(acked)


def check_chain(hub):
    """Backs up, restores on trial, and walks the audit chain."""
    hub.run("admin", "backup")
    return json.loads(hub.run("admin", "restore-check", "--json").stdout)


def kills(directory, cycles, seed):
    print("kills: seed %d, %d cycles" % (seed, cycles), flush=True)
    chance = random.Random(seed)
    diary = Diary(directory)
    hub = Hub(directory, config(directory))
    slowest = 0
    first = 0
    for cycle in range(cycles):
        begin = time.time()
        hub.start()
        slowest = max(slowest, time.time() - begin)
        if cycle % 20 == 0 or cycle < 5:
            compare(hub, diary)
        feed = writer(hub, diary, first, 0)
        # From before the first batch to well after some; by what was acknowledged, so that it is the same on every machine.
        batches = chance.choice([0, 1, 5, 25]) * chance.random()
        diary.wait_for(diary.acked() + int(batches * 20), feed)
        time.sleep(0.02 * chance.random())
        hub.kill()
        feed.wait()
        numbers = [int(x[1:]) for x in diary.read()[0]]
        first = max(numbers, default=-1) + 1
        first += first % 2
    hub.start()
    compared = compare(hub, diary)
    checked = check_chain(hub)
    verified = hub.run("admin", "verify", "--backups")
    assert hub.stop() == 0
    assert compared > cycles, "too little was acknowledged to say anything: %d" % compared
    print("kills: cycles %d, acked compared %d, lost = 0, invented = 0, audit entries chained %s, slowest start %.1f s" %
          (cycles, compared, checked.get("audit_entries"), slowest))
    print("verify: " + verified.stdout.strip())


def disk_full(directory):
    """A 64 MB disk with a watermark of 24 MB: ingest stops before the disk is full, reads go on, and it resumes by itself."""
    disk = os.path.join(directory, "disk")
    os.makedirs(disk)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", disk], capture_output=True).returncode != 0:
        print("disk full: skipped, a file system cannot be mounted here")
        return
    try:
        diary = Diary(directory)
        hub = Hub(disk, config(directory, min_free=24 << 20))
        hub.start()
        ballast = os.path.join(disk, "ballast")
        feed = writer(hub, diary, 0, PATIENCE, 3000)
        diary.wait_for(500, feed)
        feed.send_signal(signal.SIGSTOP)  # or a fast machine would be done before the disk is full
        assert diary.acked() < 3000
        with open(ballast, "wb") as f:  # somebody else fills the disk to beyond the watermark
            room = os.statvfs(disk)
            f.write(b"\0" * max(0, room.f_bavail * room.f_frsize - (16 << 20)))
        feed.send_signal(signal.SIGCONT)
        wait_until(lambda: "RESOURCE_EXHAUSTED" in read_log(hub), "the hub says why it takes nothing")
        held = wait_for_refusal(hub, diary)
        assert held < 3000, "ingest went on below the watermark: %d" % held
        assert feed.poll() is None, "the sender gave up: " + feed.stderr.read()
        os.remove(ballast)
        assert feed.wait(timeout=PATIENCE) == 0, feed.stderr.read()
        compared = compare(hub, diary)
        assert compared == 3000
        # Now really full, by somebody who does not stop at the watermark.
        feed = writer(hub, diary, 3000, 2)
        diary.wait_for(3100, feed)
        with open(ballast, "wb") as f:
            try:
                while True:
                    f.write(b"\0" * (1 << 20))
                    f.flush()
            except OSError:
                pass
        feed.wait(timeout=PATIENCE)
        os.remove(ballast)
        if hub.process.poll() is None:
            hub.stop()
        hub.start()
        after = compare(hub, diary)
        hub.stop()
        print("disk full: held at %d acked below the watermark, reads served, resumed by itself to %d; after a full disk acked compared %d, lost = 0" %
              (held, compared, after))
    finally:
        if hub.process and hub.process.poll() is None:
            hub.kill()
        subprocess.run(["umount", "-l", disk])


def wait_for_refusal(hub, diary):
    """Until nothing comes in any more, though senders push. Returns how many are acknowledged, all of which are shown."""
    looks = []

    def rests():
        looks.append((diary.acked(), present(hub)))
        time.sleep(2)
        return looks[-2:-1] == looks[-1:]

    wait_until(rests, "nothing is taken any more")
    assert diary.read()[1] <= set(looks[-1][1])
    return looks[-1][0]


def memory_of(hub, what):
    with open("/proc/%d/status" % hub.process.pid) as f:
        return int(re.search(what + r":\s+(\d+)", f.read()).group(1)) * 1024


def read_log(hub):
    with open(hub.log.name, encoding="utf-8") as f:
        return f.read()


def events(hub, name):
    return read_log(hub).count('"%s"' % name)


class HeldMemory:
    """Half a message, that gRPC keeps for as long as the connection lives: memory that the hub can neither use nor give back."""

    def __init__(self, hub, size):
        self.connection = http2.Connection(hub.port, timeout=PATIENCE)
        self.connection.begin_call("/relief.v1.FeedService/Push", b"\0" * size, declared=2 * size)

    def release(self):
        self.connection.close()


def memory(directory):
    """Twelve senders push, and somebody takes the hub's memory up to its limit: it refuses them, answers, and loses nothing; it takes
    theirs again when the memory is free. Twice."""
    hub = Hub(directory, config(directory))
    hub.start()
    began_with = memory_of(hub, "RssAnon")
    hub.stop()
    limit = max(96 << 20, began_with + (48 << 20))
    hub = Hub(directory, config(directory, memory=limit, transport=4 * limit))
    hub.start()
    diary = Diary(directory)
    with pushing(hub, diary) as feeds:
        peak, resting = Peak(hub), 0
        for time_of_need in 1, 2:
            diary.wait_for(diary.acked() + 1000, feeds[0])
            held = HeldMemory(hub, limit - began_with)
            wait_until(lambda: peak.look() and events(hub, "memory.shed") >= time_of_need, "the limit is felt")
            refused_at = wait_for_refusal(hub, diary)
            resting = max(resting, memory_of(hub, "RssAnon"))
            held.release()
            diary.wait_for(refused_at + 1000, feeds[0])
            assert events(hub, "memory.admits") >= time_of_need
        assert all(feed.poll() is None for feed in feeds), "a sender gave up"
    shed, compared = served_and_whole(hub, diary)
    print("memory: limit %d MB, %d MB of them held by others, %d MB taken when that began and %d MB when all was given back, began to shed %d times, "
          "refused while it was short, lived; acked compared %d, lost = 0" %
          (limit >> 20, limit - began_with >> 20, peak.bytes >> 20, resting >> 20, shed, compared))
    # What is held is of the limit's size; beside it are connections, threads, and the rows that are not worth a table.
    assert resting < limit + (48 << 20), "it keeps what it could give back"


@contextlib.contextmanager
def pushing(hub, diary):
    """Twelve senders push meanwhile. Where the test fails, the hub ends with them."""
    feeds = [writer(hub, diary, i * 1_000_000, 2 * PATIENCE) for i in range(12)]
    try:
        yield feeds
    except BaseException:
        hub.kill()
        raise
    finally:
        for feed in feeds:
            feed.kill()
            feed.wait()


class Peak:
    """The most that the hub was seen to take."""

    def __init__(self, hub):
        self.hub, self.bytes = hub, 0

    def look(self):
        assert self.hub.process.poll() is None, "the hub died"
        self.bytes = max(self.bytes, memory_of(self.hub, "RssAnon"))
        return True


def served_and_whole(hub, diary):
    """Whoever comes after the rush is served, and everything is there, also after a kill. Returns how often it shed, and how many were compared."""
    shed = events(hub, "memory.shed")
    assert writer(hub, diary, 90_000_000, PATIENCE, 100).wait(timeout=2 * PATIENCE) == 0, "it does not recover"
    compared = compare(hub, diary)
    hub.kill()
    hub.start()
    assert compare(hub, diary) == compared
    hub.stop()
    return shed, compared


def press(hub, directory, title, seconds):
    """Twelve senders push for so long."""
    diary = Diary(directory)
    peak = Peak(hub)
    with pushing(hub, diary):
        until = time.time() + seconds
        while time.time() < until and peak.look():
            time.sleep(0.05)
    shed, compared = served_and_whole(hub, diary)
    print("%s, at most %d MB taken, began to shed %d times, lived; acked compared %d, lost = 0" % (title, peak.bytes >> 20, shed, compared))


class ControlGroup:
    """A group whose memory the kernel limits: whoever is in it and goes beyond is killed. Version 2, or 1 where that is mounted."""

    def __init__(self, limit):
        self.version = 2 if os.path.exists("/sys/fs/cgroup/cgroup.controllers") else 1
        self.root = "/sys/fs/cgroup" if self.version == 2 else "/sys/fs/cgroup/memory"
        self.path = os.path.join(self.root, "relief-faults-%d" % os.getpid())
        if self.version == 2:
            self.write(self.root, "cgroup.subtree_control", "+memory")
        os.mkdir(self.path)
        self.write(self.path, "memory.max" if self.version == 2 else "memory.limit_in_bytes", limit)

    @staticmethod
    def write(directory, file, value):
        with open(os.path.join(directory, file), "w") as f:
            f.write(str(value))

    def __enter__(self):
        self.write(self.path, "cgroup.procs", os.getpid())  # children begin where their parent is
        return self

    def __exit__(self, *_):
        self.write(self.root, "cgroup.procs", os.getpid())

    def kills(self):
        file = "memory.events" if self.version == 2 else "memory.oom_control"
        with open(os.path.join(self.path, file)) as f:
            return int(re.search(r"^oom_kill (\d+)", f.read(), re.M).group(1))

    def remove(self):
        os.rmdir(self.path)


def memory_cap(directory, megabytes):
    """The limit is the kernel's: a hub that takes more is killed. It reads the limit itself where it can (version 2), and has a cache that
    would fill it."""
    limit = megabytes << 20
    group = ControlGroup(limit)
    try:
        hub = Hub(directory, config(directory, cache=limit, memory=0 if group.version == 2 else limit))
        with group:
            hub.start()
        press(hub, directory, "memory cap: %d MB, enforced by the kernel" % megabytes, 60)
        assert group.kills() == 0, "the kernel killed"
    finally:
        group.remove()


DAY, LEAP_DAY, YEARS_END = 86_400, 1_835_366_398, 1_798_732_798  # two seconds before 2028-02-29 and 2027-01-01 in China
# What the clock is off by, or the time at which it stands still.
CLOCKS = [("right", 0, 0), ("a day ahead", DAY, 0), ("a day behind", -DAY, 0), ("ten years ahead", 3650 * DAY, 0), ("ten years behind", -3650 * DAY, 0),
          ("into a leap day", lambda: LEAP_DAY - int(time.time()), 0), ("standing still", 0, YEARS_END), ("right again", 0, 0)]


def clock_jumps(directory):
    """Beside a hub whose clock is right: the same records make the same persons and findings, notices come in order, the chain is whole."""
    clock = os.path.join(directory, "clock")
    outcomes = []
    for clocks in (CLOCKS[:1] * len(CLOCKS), CLOCKS):
        home = os.path.join(directory, "jumps" if clocks is CLOCKS else "right")
        os.makedirs(home)
        diary = Diary(home)
        hub = Hub(home, config(home))
        set_clock(clock, clocks[0])
        faked = {"LD_PRELOAD": os.environ["RELIEF_SHIFTED_CLOCK"], "RELIEF_CLOCK": clock}
        os.environ.update(faked)
        hub.start()
        for name in faked:
            del os.environ[name]
        out = open(os.path.join(home, "notices"), "w+")
        follower = subprocess.Popen(hub.client("watch", "follower", "--create", "--json"), stdout=out, stderr=subprocess.DEVNULL)
        wait_until(lambda: hub.run("subscription", "show", "follower", check=False).returncode == 0, "the follower's subscription")
        for i, now in enumerate(clocks):
            set_clock(clock, now)
            assert writer(hub, diary, i * 10_000, PATIENCE, 600).wait(timeout=2 * PATIENCE) == 0, "the hub takes nothing: clock " + now[0]
            time.sleep(2.5)  # over the end of the day
            assert writer(hub, diary, i * 10_000 + 5_000, PATIENCE, 100).wait(timeout=2 * PATIENCE) == 0, "the hub takes nothing: clock " + now[0]
            assert hub.process.poll() is None, "the hub died: clock " + now[0]
        compared = compare(hub, diary)
        chained = check_chain(hub).get("audit_entries")
        wait_until(lambda: len(open(out.name).readlines()) >= len(findings(hub)), "a notice for each finding", pause=0.2)
        follower.terminate()
        follower.wait()
        notices = [json.loads(line) for line in open(out.name)]
        sequences, years = [int(notice["sequence"]) for notice in notices], {notice["time"][:4] for notice in notices}
        # Times of commits never go back: after ten years ahead they stay there.
        assert (len(years) >= 2) == (clocks is CLOCKS), "the clock was not what it was made to be: %s" % sorted(years)
        times = [notice["time"] for notice in notices]
        assert times == sorted(times), "a notice is older than the one before it"
        assert sequences == list(range(1, len(sequences) + 1)) and len(sequences) >= len(findings(hub)), "notices are missing, twice or out of order"
        path = os.path.join(home, "persons.csv")
        hub.run("export", "persons", "--out", path)
        with open(path, encoding="utf-8-sig") as f:
            persons = sorted(tuple(row.values()) for row in csv.DictReader(f))
        outcomes.append((persons, sorted(row[0] for row in findings(hub))))
        assert hub.stop() == 0
    assert outcomes[0] == outcomes[1], "another clock made other persons or findings"
    print("clock jumps: %s: acked compared %d, lost = 0; the same %d persons' records and %d findings as with the right clock; %d notices in order; %s audit entries chained" %
          (", ".join(name for name, _, _ in CLOCKS), compared, len(outcomes[1][0]), len(outcomes[1][1]), len(sequences), chained))


def set_clock(path, clock):
    _, shift, stands = clock
    shift = shift() if callable(shift) else shift
    with open(path, "r+b" if os.path.exists(path) else "w+b") as f:  # mapped by the hub
        f.write(struct.pack("=qq", shift, stands))


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("suite", choices=["Kills", "DiskFull", "Memory", "MemoryCap", "ClockJumps"])
    arguments.add_argument("--cycles", type=int, default=20)
    arguments.add_argument("--seed", type=int, default=None)
    arguments.add_argument("--megabytes", type=int, default=512)
    options = arguments.parse_args()
    directory = tempfile.mkdtemp(prefix="relief-fault-")
    try:
        if options.suite == "Kills":
            kills(directory, options.cycles, options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 30))
        elif options.suite == "DiskFull":
            disk_full(directory)
        elif options.suite == "ClockJumps":
            clock_jumps(directory)
        elif options.suite == "MemoryCap":
            memory_cap(directory, options.megabytes)
        else:
            memory(directory)
    except AssertionError:
        print("kept for a look: " + directory, file=sys.stderr)
        raise
    shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
