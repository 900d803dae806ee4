"""Runs the real binaries: a hub on loopback with a data directory of its own, and the client against it."""
import os
import random
import signal
import socket
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HUB = os.environ["RELIEF_HUB"]
CLIENT = os.environ["RELIEF_CLIENT"]
AS_OF = "2026-10-31"
PATIENCE = 300  # seconds for what must happen, however slow the machine: a test waits for the event and judges nothing by the time


def make_district(out, people, seed, errors=1.0):
    subprocess.run(["python3", os.path.join(ROOT, "tests/tools/synth_county.py"), "--out", out, "--people", str(people),
                    "--seed", str(seed), "--errors", str(errors)], check=True, stdout=subprocess.DEVNULL)
    return out


def free_port():
    """A port that is free, and stays so while a hub is restarted: below those that the system gives to outgoing connections."""
    with open("/proc/sys/net/ipv4/ip_local_port_range") as f:
        first = int(f.read().split()[0])
    chance = random.SystemRandom()
    while True:
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", chance.randrange(10_000, first) if first > 12_000 else 0))
                return s.getsockname()[1]
            except OSError:
                continue


def wait_until(condition, what, pause=0.05):
    """Asks until the answer is true, and returns it."""
    deadline = time.time() + PATIENCE
    while not (answer := condition()):
        assert time.time() < deadline, "waited in vain: " + what
        time.sleep(pause)
    return answer


class Hub:
    """A hub process. Use as a context manager; leaving it stops the hub gracefully and checks that it exits with 0."""

    def __init__(self, directory, config="deploy/config/dev.textproto", extra=()):
        self.directory = directory
        self.config = os.path.join(ROOT, config)
        self.extra = list(extra)
        self.process = None
        self.port = free_port()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, value, trace):
        if self.process and self.process.poll() is None:
            code = self.stop()
            if kind is None and code != 0:
                raise AssertionError("the hub ended with %d" % code)

    def start(self):
        os.makedirs(self.directory, exist_ok=True)
        self.log = open(os.path.join(self.directory, "hub.log"), "ab")
        self.process = subprocess.Popen([HUB, "--config", self.config, "--listen", "127.0.0.1:%d" % self.port, "--data",
                                         os.path.join(self.directory, "data"), "--as-of", AS_OF] + self.extra, stderr=self.log, stdout=self.log)

        def answers():
            if self.process.poll() is not None:
                raise AssertionError("the hub did not start: see %s" % self.log.name)
            return self.run("status", check=False).returncode == 0

        wait_until(answers, "the hub answers")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=PATIENCE)
        self.log.close()
        return code

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.log.close()

    def client(self, *arguments):
        return [CLIENT, arguments[0], "--server", "127.0.0.1:%d" % self.port, *arguments[1:]]

    def run(self, *arguments, check=True):
        done = subprocess.run(self.client(*arguments), capture_output=True, text=True, env=dict(os.environ, LANG="C.UTF-8"))
        if check and done.returncode not in (0, 3):
            raise AssertionError("relief %s: %d\n%s%s" % (" ".join(arguments), done.returncode, done.stdout, done.stderr))
        return done

    def load(self, files, rejects=None, *options):
        files = [files] if isinstance(files, str) else list(files)
        return self.run("load", *files, "--rejects", rejects or os.path.join(self.directory, "rejects.csv"), *options)

    def export(self, name):
        """The bytes of both exports."""
        result = []
        for what in ("persons", "findings"):
            path = os.path.join(self.directory, "%s-%s.csv" % (name, what))
            self.run("export", what, "--out", path)
            with open(path, "rb") as f:
                result.append(f.read())
        return result
