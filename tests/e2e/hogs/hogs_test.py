#!/usr/bin/env python3
"""hogs_test.py TUTTID [--hogs A1,A4] [--rounds 3] [--seconds 4]

Each hostile load beside a normal one on a node whose memory is limited to
1 GiB, with SIGKILL in the middle. Asserted: the node lives, stays below its
memory, and has everything that it acknowledged. Printed: p99 of the normal
load with the hog and without it.
"""

import argparse
import ctypes
import http.client
import json
import os
import pathlib
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from hogs import HOGS

HERE = pathlib.Path(__file__).parent
MEMORY = 1 << 30
PATIENCE_S = 60


def in_time(holds, what, seconds=PATIENCE_S):
    deadline = time.monotonic() + seconds
    while not (answer := holds()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not in {seconds} s: {what}")
        time.sleep(0.02)
    return answer


class MemoryLimit:
    """A control group of its own, where we may make one. Otherwise only what
    the process says of itself is checked."""

    def __init__(self):
        self.group = None
        for parent, limit in (
                ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
                ("/sys/fs/cgroup", "memory.max")):
            group = pathlib.Path(parent, f"tutti-hogs-{os.getpid()}")
            try:
                group.mkdir()
            except OSError:
                continue
            try:
                (group / limit).write_text(str(MEMORY))
                self.group = group
                return
            except OSError:
                group.rmdir()

    def enter(self):
        if self.group:
            (self.group / "cgroup.procs").write_text(str(os.getpid()))

    def remove(self):
        if self.group:
            in_time(self._gone, "the control group is empty")

    def _gone(self):
        try:
            self.group.rmdir()
            return True
        except OSError:
            return False


class LimitedNode:
    def __init__(self, tuttid, folder, limit, settings):
        self.tuttid, self.folder, self.limit = tuttid, folder, limit
        self.settings = [word for x in settings for word in ("--set", x)]
        self.log = pathlib.Path(folder, "node.log")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.largest = 0
        self.start()

    def start(self):
        def before_exec():
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)
            self.limit.enter()
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(
                [self.tuttid, "--data", str(self.folder / "data"),
                 "--port", str(self.port),
                 "--set", "outbound.allowed_networks=127.0.0.0/8",
                 *self.settings],
                stdout=log, stderr=log, preexec_fn=before_exec)
        in_time(self.healthy, f"the node is healthy: {self.log}")

    def get(self, path, timeout=PATIENCE_S):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            c.request("GET", path)
            answer = c.getresponse()
            return answer.status, answer.read()
        finally:
            c.close()

    def check(self):
        """Fails when the node has ended by itself or is too large."""
        if self.child.poll() is not None:
            raise AssertionError(
                f"the node ended with {self.child.returncode}:\n"
                + self.log.read_text()[-3000:])
        status = pathlib.Path(f"/proc/{self.child.pid}/status").read_text()
        peak = next(int(line.split()[1]) for line in status.splitlines()
                    if line.startswith("VmHWM")) << 10
        self.largest = max(self.largest, peak)
        if peak > MEMORY:
            raise AssertionError(f"the node used {peak >> 20} MiB")

    def healthy(self):
        self.check()
        try:
            return self.get("/health")[0] == 200
        except OSError:
            return False

    def kill(self):
        self.child.kill()
        self.child.wait()


class Helper:
    """A load in a process of its own. Its CPU stands for that of another
    machine, so a hog's has the lowest priority here."""

    def __init__(self, program, *arguments, nice=0):
        self.child = subprocess.Popen(
            [sys.executable, "-B", str(HERE / program), *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            preexec_fn=lambda: os.nice(nice))

    def wait_until_ready(self):
        line = self.child.stdout.readline()
        if line.strip() != "ready":
            raise AssertionError(f"a hog did not begin: {line}")

    def end(self):
        out, _ = self.child.communicate("", timeout=200)
        return json.loads(out.strip().splitlines()[-1])

    def kill(self):
        self.child.kill()
        self.child.wait()


def p99(times):
    times = sorted(times)
    return times[min(len(times) - 1, len(times) * 99 // 100)] if times else 0


class Round:
    def __init__(self, tuttid, limit, hog, seconds, settings):
        self.hog, self.seconds = hog, seconds
        self.scratch = tempfile.TemporaryDirectory(prefix=f"hog-{hog}-")
        self.node = LimitedNode(tuttid, pathlib.Path(self.scratch.name), limit,
                                settings)
        self.helpers = []

    def watch(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.node.check()
            time.sleep(0.05)

    def helper(self, *arguments, nice=0):
        self.helpers.append(Helper(*arguments, nice=nice))
        return self.helpers[-1]

    def run(self):
        try:
            return self._run()
        finally:
            for helper in self.helpers:
                helper.kill()
            self.node.kill()
            self.scratch.cleanup()

    def _run(self):
        load = self.helper("normal_load.py", str(self.node.port))
        self.watch(1)
        hog = None
        if self.hog:
            hog = self.helper("hogs.py", self.hog, str(self.node.port),
                              nice=19)
            hog.wait_until_ready()
        begin = time.time()
        self.watch(self.seconds)
        away = time.time()
        self.node.kill()
        self.node.start()
        back = time.time()
        self.watch(self.seconds)
        end = time.time()
        of_hog = hog.end() if hog else {"started": [], "answers": {}}
        report = load.end()
        self.check_promises(report, of_hog)
        # A workflow that was open while the node was away is not counted.
        counted = [t for at, t in report["times"]
                   if begin <= at and at + t <= away or back + 0.5 <= at < end]
        return p99(counted), of_hog["answers"]

    def check_promises(self, report, of_hog):
        if report["unfinished"]:
            raise AssertionError(
                f"{len(report['unfinished'])} workflows never finished, such "
                f"as {report['unfinished'][0]}")
        for name in report["started"]:
            status, text = self.node.get(
                f"/api/workflow/{name}?includeTasks=false")
            if status != 200 or json.loads(text)["status"] != "COMPLETED":
                raise AssertionError(f"{name}: {status} {text[:300]}")
        for name in of_hog["started"]:
            status, text = self.node.get(
                f"/api/workflow/{name}?includeTasks=false")
            if status != 200:
                raise AssertionError(
                    f"{self.hog}, {name}: {status} {text[:300]}")
        self.node.check()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("tuttid")
    options.add_argument("--hogs", default=",".join(HOGS))
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=float, default=3)
    options.add_argument("--set", action="append", default=[],
                         metavar="SECTION.KEY=VALUE", help="a setting")
    given = options.parse_args()
    limit = MemoryLimit()
    print("memory limit of 1 GiB:",
          limit.group or "only VmHWM is checked", flush=True)
    failed = 0
    alone = []
    try:
        for hog in ["", *filter(None, given.hogs.split(","))]:
            figures, peak, answers = [], 0, {}
            try:
                for _ in range(given.rounds):
                    one = Round(given.tuttid, limit, hog, given.seconds, given.set)
                    figure, answers = one.run()
                    figures.append(figure)
                    peak = max(peak, one.node.largest)
            except (AssertionError, subprocess.TimeoutExpired) as wrong:
                failed += 1
                print(f"{hog}: WRONG: {wrong}", flush=True)
                continue
            median = statistics.median(figures)
            if not hog:
                alone.append(median)
            ratio = f"{median / alone[0]:5.2f}" if alone else "?"
            print(f"{hog or 'alone':6} p99 {median * 1000:8.1f} ms  ratio "
                  f"{ratio}  peak {peak >> 20:5} MiB  "
                  f"{HOGS[hog].__doc__.splitlines()[0] if hog else ''}  "
                  f"{dict(answers)}", flush=True)
    finally:
        limit.remove()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
