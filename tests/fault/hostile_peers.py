"""The hub among peers that are slow, broken or hostile: F11, A1, A6, A7, A11 of the list of cases. RUNBOOK.md has the figures.

    hostile_peers.py Oversize            messages, fields and batches beyond every limit (A1)
    hostile_peers.py Floods              pings, reset streams, idle connections, slow requests to the console (A11)
    hostile_peers.py StuckSubscriber     one that reads nothing while notices pile up (F11)
    hostile_peers.py HotName             everybody is called the same (A6)
    hostile_peers.py SharedPhone         everybody has the same telephone (A7)

    --size N    records (HotName, SharedPhone), notices (StuckSubscriber) or connections (Floods), instead of the short run of ctest
"""
import argparse
import collections
import contextlib
import gzip
import csv
import json
import multiprocessing
import os
import re
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import http2  # noqa: E402
from hub_process import PATIENCE, ROOT, Hub, free_port, wait_until  # noqa: E402

WRITER = os.environ["RELIEF_FEED_WRITER"]
MB = 1 << 20


SMALL = "block_cache_bytes: %d memory_bytes: %d" % (32 * MB, 512 * MB)  # so that what grows is not the cache
DEFAULTS = ""


def config(directory, console=None, limits=SMALL):
    path = os.path.join(directory, "hub.textproto")
    gateway = 'gateway { listen_address: "127.0.0.1:%s" accounts_file: "%s/deploy/config/dev-accounts.textproto" static_directory: "pages" }' % (console, ROOT)
    os.makedirs(os.path.join(directory, "pages", "assets"), exist_ok=True)
    with open(os.path.join(directory, "pages", "assets", "page-1a2b.js"), "w") as f:
        f.write("1" * MB)
    with open(path, "w") as f:
        f.write('''listen_address: "127.0.0.1:1"
data_directory: "data"
rules_directory: "%s/deploy/rules"
model_file: "%s/deploy/model/zh.textproto"
auto_register_sources: true
limits { notice_retention: 10000000 min_free_disk_bytes: 1 %s }
%s
''' % (ROOT, ROOT, limits, gateway if console else ""))
    return path


def memory(hub, what="VmRSS"):
    with open("/proc/%d/status" % hub.process.pid) as f:
        return int(re.search(what + r":\s+(\d+)", f.read()).group(1)) * 1024


class Peak:
    """The most memory that the hub had within a block, above what it had when the block began."""

    def __init__(self, hub):
        self.hub = hub

    def __enter__(self):
        with open("/proc/%d/clear_refs" % self.hub.process.pid, "w") as f:
            f.write("5")  # the high-water mark begins anew
        self.before = memory(self.hub)
        return self

    def __exit__(self, *_):
        self.growth = memory(self.hub, "VmHWM") - self.before


def feed(hub, source, first, count, shape):
    """Returns p50 and p99 of the acknowledgements, in milliseconds."""
    diary = os.path.join(hub.directory, "diary")
    open(diary, "w").close()
    done = subprocess.run([WRITER, "127.0.0.1:%d" % hub.port, source, str(first), diary, str(PATIENCE), str(count), shape],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told = re.search(r"p50_ms (\S+) p99_ms (\S+)", done.stdout)
    return float(told.group(1)), float(told.group(2))


def status(hub):
    return json.loads(hub.run("status", "--json").stdout)


def ask(hub, attack=None, times=2000):
    """What an honest caller meets, while `attack` says so or for so many calls: p50, p99 in milliseconds, and how many were refused."""
    waited, refused = [], 0
    connection = http2.Connection(hub.port)
    while attack() if attack else len(waited) + refused < times:
        begin = time.time()
        if connection.status():
            waited.append((time.time() - begin) * 1000)
        else:
            refused += 1
        time.sleep(0.002)
    connection.close()
    waited.sort()
    assert waited, "an honest caller was never answered"
    return "p50 %.1f, p99 %.1f ms, %d of %d refused" % (waited[len(waited) // 2], waited[len(waited) * 99 // 100], refused, len(waited) + refused)


def recovers(hub):
    """Seconds until an honest caller is answered fifty times in a row."""
    begin, row = time.time(), 0
    connection = http2.Connection(hub.port)
    while row < 50:
        row = row + 1 if connection.status() else 0
        assert time.time() - begin < PATIENCE, "honest callers are not answered any more"
    connection.close()
    return time.time() - begin


def at_once(function, *arguments):
    process = multiprocessing.get_context("fork").Process(target=function, args=arguments)
    process.start()
    return process


@contextlib.contextmanager
def running(directory, console=None, limits=SMALL):
    hub = Hub(directory, config(directory, console, limits))
    hub.start()
    try:
        yield hub
        assert hub.process.poll() is None, "the hub died"
        assert hub.stop() == 0
    finally:
        if hub.process.poll() is None:
            hub.kill()


def length_delimited(field, body):
    def varint(value):
        out = b""
        while value > 127:
            out += bytes([value & 127 | 128])
            value >>= 7
        return out + bytes([value])
    return varint(field << 3 | 2) + varint(len(body)) + body


def push_fields():
    """Field numbers of the contract, read from it."""
    with open(os.path.join(ROOT, "proto/relief/v1/feed_service.proto"), encoding="utf-8") as f:
        text = f.read()
    request = re.search(r"message PushRequest \{(.*?)\n\}", text, re.S).group(1)
    batch = re.search(r"message Batch \{(.*?)\n\}", text, re.S).group(1)
    return (int(re.search(r"Batch batch = (\d+)", request).group(1)), int(re.search(r"repeated Record records = (\d+)", batch).group(1)))


def console_oversize(hub, port):
    """Nobody has logged in."""
    post = b"POST /session/login HTTP/1.1\r\nHost: h\r\n"
    bomb = gzip.compress(b"{" + b" " * (400 * MB), 9)
    headers = b"".join(b"X%d: y\r\n" % i for i in range(100_000))
    for name, pieces in [
            ("a body that unpacks to 400 MB", [post + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb) + bomb]),
            ("a body in chunks without end", [post + b"Transfer-Encoding: chunked\r\n\r\n"] + [b"100000\r\n" + b"x" * MB + b"\r\n"] * 200),
            ("a body without length or end", [post + b"\r\n"] + [b"x" * MB] * 200),
            ("a header line without end", [b"GET / HTTP/1.1\r\nX: "] + [b"x" * MB] * 200),
            ("headers without end", [b"GET / HTTP/1.1\r\n"] + [headers] * 100),
            ("a page of 1 MB in 2,000 ranges", [b"GET /assets/page-1a2b.js HTTP/1.1\r\nHost: h\r\nConnection: close\r\nRange: bytes=" +
                                                b",".join([b"0-"] * 2000) + b"\r\n\r\n"])]:
        with Peak(hub) as peak, socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
            got = 0
            with contextlib.suppress(OSError):
                for piece in pieces:
                    connection.sendall(piece)
                connection.shutdown(socket.SHUT_WR)
                while more := connection.recv(MB):
                    got += len(more)
        print("oversize: console: %s: %d bytes answered, the hub grew by %.1f MB at most" % (name, got, peak.growth / MB), flush=True)
        assert peak.growth < 24 * MB and got < 2 * MB, name


def oversize(directory, _):
    push = "/relief.v1.FeedService/Push"
    batch, records = push_fields()
    transport = 128 * MB  # limits.transport_memory_bytes, by default: a quarter of the limit
    # Of a message of 2 MB parsing would make 80.
    parts = length_delimited(batch, length_delimited(records, b"") * 1_000_000)
    unknown = length_delimited(100, b"") * 1_000_000
    bomb = gzip.compress(b"\0" * (400 * MB), 9)
    console = free_port()
    with running(directory, console) as hub:
        console_oversize(hub, console)
        connection = http2.Connection(hub.port)
        assert connection.status()
        for name, path, body, declared, most in [
                ("a message of 5 MB", push, b"\0" * (5 * MB), None, 32 * MB),
                ("a message of 64 MB", push, b"\0" * (64 * MB), None, transport),
                ("a message of 400 MB", push, b"\0" * (400 * MB), None, transport),
                ("4 GB announced, little sent", push, b"\0" * 1000, 0xFFFFFFFF, 32 * MB),
                ("a field of 3 MB", "/relief.v1.RegistryService/GetPerson", length_delimited(1, b"P" * (3 * MB)), None, 32 * MB),
                ("a million records without content", push, parts, None, 32 * MB),
                ("a million fields that nobody knows", "/relief.v1.AdminService/GetStatus", unknown, None, 32 * MB),
                ("a megabyte that unpacks to 400", push, bomb, None, 32 * MB),
                ("half a message", push, length_delimited(batch, b"")[:1], None, 32 * MB),
        ]:
            with Peak(hub) as peak:
                answer = connection.call(path, body, declared, "gzip" if body is bomb else None)
            assert not answer, name + " was answered"
            assert connection.status(), name + ": the connection did not survive"
            print("oversize: %s: refused, the hub grew by %.1f MB at most, the connection lives" % (name, peak.growth / MB), flush=True)
            assert peak.growth < 2 * most, name
        connection.close()
        p50, p99 = feed(hub, "honest", 0, 200, "people")
        print("oversize: afterwards 200 records in, ack p99 %.0f ms" % p99)


def ping_flood(hub):
    """Sends pings until it is cut off. Pings are answered in order: one that is answered was borne, and so were those before it."""
    connection = http2.Connection(hub.port)
    pings, sent = 20_000, 0
    try:
        for i in range(pings):
            connection.send(http2.frame(http2.PING, 0, 0, struct.pack(">Q", i)))
            sent += 1
            if i % 100 == 99:
                connection.read_what_came(0.01)
        kind = payload = None
        while kind != http2.PING or payload != struct.pack(">Q", pings - 1):
            kind, _, _, payload = connection.read()
        raise AssertionError("the hub bore %d pings" % pings)
    except http2.Closed:
        pass
    assert connection.goaway in ("too_many_pings", None), connection.goaway  # the reason may be lost with the connection
    return sent


def rapid_reset(port, source, stop, path, told):
    """Opens streams only to reset them, as fast as it can, and comes again whenever it is cut. Tells how many streams."""
    opened = 0
    while not stop.is_set():
        try:
            connection = http2.Connection(port, source=source)
            while not stop.is_set():
                burst = b""
                for _ in range(100):
                    stream = connection.stream()
                    burst += http2.frame(http2.HEADERS, http2.END_HEADERS, stream, http2.headers(path))
                    burst += http2.frame(http2.RST_STREAM, 0, stream, struct.pack(">I", 8))
                connection.send(burst)
                opened += 100
                connection.read_what_came(0.0001)
        except (http2.Closed, OSError):
            time.sleep(0.01)
    told.put(opened)


def cuts_of(hub):
    with open(hub.log.name, encoding="utf-8") as log:
        return log.read().count('"connection.cut"')


def idle_connections(port, of_each, sources):
    """Half of them say nothing at all."""
    opened = []
    for source in sources:
        for i in range(of_each):
            one = socket.create_connection(("127.0.0.1", port), source_address=(source, 0))
            if i % 2:
                with contextlib.suppress(OSError):
                    one.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + http2.frame(http2.SETTINGS, 0, 0))
            opened.append(one)
    return opened


def is_open(connection):
    """The hub speaks first. None: it has not decided yet."""
    connection.setblocking(False)
    try:
        return len(connection.recv(9, socket.MSG_PEEK)) > 0
    except BlockingIOError:
        return None
    except OSError:
        return False


def floods(directory, size):
    size, seconds = size or 500, 20 if size else 4
    console = free_port()
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(40_000, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
    with running(directory, console) as hub:
        print("floods: an honest caller alone: " + ask(hub), flush=True)

        with Peak(hub) as peak:
            sent = ping_flood(hub)
        print("floods: pings: the connection was ended after at most %d, the hub grew by %.1f MB" % (sent, peak.growth / MB),
              flush=True)
        recovers(hub)

        cut = 0
        for source, path in ("127.0.0.2", "/relief.v1.AdminService/GetStatus"), ("127.0.0.3", "/relief.v1.AdminService/NoSuchMethod"):
            context = multiprocessing.get_context("fork")
            told, stop, begin = context.SimpleQueue(), context.Event(), time.time()

            def goes_on():
                lasted = time.time() - begin
                assert lasted < PATIENCE, "whoever resets streams is not cut"
                return lasted < seconds or cuts_of(hub) == cut

            with Peak(hub) as peak:
                attack = at_once(rapid_reset, hub.port, source, stop, path, told)
                try:
                    meanwhile = ask(hub, goes_on)
                finally:
                    stop.set()
                opened = told.get()
                attack.join()
                lasted = time.time() - begin
                recovered = recovers(hub)
            cuts = cuts_of(hub) - cut
            cut += cuts
            print("floods: for %.0f s streams of %s opened and reset, %d of them, cut %d times: the hub grew by %.1f MB; an honest caller "
                  "meanwhile %s; %.1f s to recover" % (lasted, path, opened, cuts, peak.growth / MB, meanwhile, recovered), flush=True)
            assert attack.exitcode == 0
            assert peak.growth < 160 * MB
            assert 1 <= cuts <= 1 + lasted / 10, "whoever resets streams is cut, and then not let in for 10 s"

        for addresses in 1, size // 400 + 1:
            with Peak(hub) as peak:
                idle = idle_connections(hub.port, size * 2 // addresses, ["127.0.1.%d" % (i + 1) for i in range(addresses)])
                wait_until(lambda: None not in map(is_open, idle), "each connection is let in or refused")
                crowded = ask(hub)
                let_in = sum(map(is_open, idle))
            print("floods: %d idle connections of %d addresses, %d let in: the hub grew by %.1f MB; an honest caller meanwhile %s" %
                  (len(idle), addresses, let_in, peak.growth / MB, crowded), flush=True)
            for one in idle:
                one.close()
            assert let_in <= addresses * 512
            assert let_in == 512 or addresses > 1, "the limit of an address"
            assert peak.growth < 64 * MB + let_in * 64 * 1024

        # Requests that never end, one byte a second: more than the console has threads.
        slow = [socket.create_connection(("127.0.0.1", console), source_address=("127.0.0.5", 0)) for _ in range(400)]
        for one in slow:
            one.sendall(b"GET / HTTP/1.1\r\nHost: h\r\nX: ")
        begin, answered = time.time(), None
        while answered is None and time.time() - begin < PATIENCE:
            for one in slow:
                with contextlib.suppress(OSError):
                    one.sendall(b"x")
            try:
                with socket.create_connection(("127.0.0.1", console), timeout=10) as honest:
                    honest.sendall(b"GET /live HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
                    if honest.recv(100).startswith(b"HTTP/1.1 200"):
                        answered = time.time() - begin
            except OSError:
                pass
        assert answered is not None, "400 slow requests keep the console from everybody else"
        print("floods: 400 requests of a byte a second: the console answered others after %.1f s" % answered)
        assert http2.Connection(hub.port).status()


def stuck_subscriber(directory, size):
    size = size or 600
    with running(directory) as hub:
        alone = feed(hub, "before", 0, size // 2, "people")
        readers, names = [], ("stuck", "honest")
        for name in names:
            out = open(os.path.join(directory, name + ".jsonl"), "w")
            readers.append(subprocess.Popen(hub.client("watch", name, "--create", "--json"), stdout=out, stderr=subprocess.DEVNULL))

        def received():
            return [sum(1 for _ in open(os.path.join(directory, name + ".jsonl"))) for name in names]

        wait_until(lambda: all(hub.run("subscription", "show", name, check=False).returncode == 0 for name in names), "the subscriptions")
        feed(hub, "first", 5_000_000, 20, "people")
        wait_until(lambda: min(received()) >= 20, "both follow")
        stuck, honest = readers
        stuck.send_signal(signal.SIGSTOP)
        with Peak(hub) as peak:
            beside = feed(hub, "during", 10_000_000, size, "people")
        stuck.send_signal(signal.SIGCONT)
        wait_until(lambda: min(received()) >= 20 + size, "both have a notice of each finding", pause=1)
        before = None
        while before != (before := received()) or len(set(before)) > 1:  # there may be more
            time.sleep(1)
        for one in readers:
            one.terminate()
            one.wait()
        sequences = []
        for name in names:
            with open(os.path.join(directory, name + ".jsonl"), encoding="utf-8") as f:
                sequences.append([int(json.loads(line)["sequence"]) for line in f])
        for name, got in zip(names, sequences):
            assert got == list(range(1, len(got) + 1)), name + ": notices are missing, twice or out of order"
        assert sequences[0] == sequences[1] and len(sequences[0]) >= 20 + size, "%d and %d notices" % (len(sequences[0]), len(sequences[1]))
        print("stuck subscriber: %d notices; the hub grew by %.1f MB while it was stuck; ack p99 of others %.0f ms (%.0f ms before); resumed, 0 lost, 0 out of order" %
              (len(sequences[0]), peak.growth / MB, beside[1], alone[1]))


def persons(hub):
    """How many records each person has."""
    path = os.path.join(hub.directory, "export.csv")
    hub.run("export", "persons", "--out", path)
    with open(path, encoding="utf-8-sig") as f:
        return collections.Counter(row["person_id"] for row in csv.DictReader(f))


def shape(directory, name, size, kind):
    """The same number of ordinary people and of these, each into a hub of its own."""
    figures = []
    for which in ("people", kind):
        os.makedirs(os.path.join(directory, which))
        with running(os.path.join(directory, which), limits=DEFAULTS) as hub:
            begin = time.time()
            p50, p99 = feed(hub, "people", 0, size, which)
            figures.append((time.time() - begin, p50, p99))
            told, counted = status(hub), persons(hub)
    ordinary, these = figures
    conflicts = int(told.get("open_conflicts", 0))
    print("%s: %d records in %.0f s (ordinary people %.0f s), ack p50 %.0f p99 %.0f ms (ordinary %.0f, %.0f), %d persons, the largest of %d records, %d conflicts" %
          (name, size, these[0], ordinary[0], *these[1:], *ordinary[1:], len(counted), max(counted.values()), conflicts), flush=True)
    assert conflicts <= size, "conflicts grow faster than the people"
    return ordinary, these, max(counted.values())


def hot_name(directory, size):
    size = size or 2000
    ordinary, these, largest = shape(directory, "hot name", size, "one-name")
    assert largest == 1, "people with different numbers became one"
    # A block that crosses its limit is judged again as a whole, once: that is the slowest batch of a short run, not of a long one.
    if size >= 50_000:
        assert these[2] <= 3 * ordinary[2], "p99 %.0f ms, ordinary %.0f ms" % (these[2], ordinary[2])
    assert these[0] <= 10 * ordinary[0], "%.0f s, ordinary %.0f s" % (these[0], ordinary[0])


def shared_phone(directory, size):
    for kind in ("one-phone", "one-phone-one-family"):
        _, _, largest = shape(directory, "shared phone (%s)" % kind, size or 2000, kind)
        assert largest <= 2, "a telephone made one person of many"
        shutil.rmtree(os.path.join(directory, "people"))


SUITES = {"Oversize": oversize, "Floods": floods, "StuckSubscriber": stuck_subscriber, "HotName": hot_name, "SharedPhone": shared_phone}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("suite", choices=sorted(SUITES))
    arguments.add_argument("--size", type=int, default=None)
    options = arguments.parse_args()
    directory = tempfile.mkdtemp(prefix="relief-peers-")
    try:
        SUITES[options.suite](directory, options.size)
    except BaseException:
        print("kept for a look: " + directory, file=sys.stderr)
        raise
    shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
