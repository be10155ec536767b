#!/usr/bin/env python3
"""definitions_test.py TUTTID [--definitions 10000]

Ten thousand definitions, written by several clients at once: no write is lost,
also by SIGKILL; pages have each of them once. What a definition of four tasks
costs in memory until it runs is printed, and bounded.
"""

import argparse
import http.client
import json
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading

PATIENCE_S = 60
CLIENTS = 8
BYTES_MAX = 5_000
AT_ONCE = 50
PAGE = 1_000


class Node:
    def __init__(self, tuttid, folder):
        self.tuttid, self.folder = tuttid, pathlib.Path(folder)
        self.local = threading.local()
        self.start()

    def start(self):
        with open(self.folder / "log", "a") as log:
            self.process = subprocess.Popen(
                [self.tuttid, "--port", "0", "--data",
                 str(self.folder / "data")],
                stdout=subprocess.PIPE, stderr=log, text=True)
        ready = self.process.stdout.readline()
        found = re.search(r"ready on http://([^:/]+):(\d+)", ready)
        if not found:
            raise RuntimeError("the node did not start:\n"
                               + (self.folder / "log").read_text())
        self.address = found[1], int(found[2])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=PATIENCE_S)

    def send(self, method, path, body=None):
        """Status, headers and document; a connection per thread and start."""
        if getattr(self.local, "of", None) != self.address:
            self.local.of = self.address
            self.local.connection = http.client.HTTPConnection(
                *self.address, timeout=PATIENCE_S)
        c = self.local.connection
        c.request(method, "/api" + path,
                  None if body is None else json.dumps(body),
                  {"Content-Type": "application/json"})
        answer = c.getresponse()
        text = answer.read()
        return (answer.status, answer.headers,
                json.loads(text) if text else None)

    def memory(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) << 10
                    for line in status.splitlines()
                    if line.startswith("VmRSS"))


def together(work):
    """`work(number)` in as many threads as there are clients."""
    failures = []

    def run(number):
        try:
            work(number)
        except Exception as wrong:  # told below: a thread has no caller
            failures.append(wrong)
    threads = [threading.Thread(target=run, args=(i,))
               for i in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def check(holds, what):
    if not holds:
        raise AssertionError(what)


def definition(name, **more):
    tasks = [{"name": f"work_{i}", "taskReferenceName": f"step_{i}",
              "inputParameters": {"order": "${workflow.input.order}",
                                  "step": i}} for i in range(4)]
    return {"name": name, "version": 1, "ownerEmail": "ada@example.com",
            "description": "One of very many definitions.", "tasks": tasks,
            "outputParameters": {"done": "${step_3.output.done}"}, **more}


def pages_of(node, path):
    start, seen = 0, []
    while True:
        status, headers, page = node.send(
            "GET", f"{path}?start={start}&count={PAGE}")
        check(status == 200 and len(page) <= PAGE, f"{path}: {status}")
        seen += page
        following = headers.get("Tutti-Next")
        if following is None:
            return seen
        check(int(following) == start + PAGE, f"{path}: next is {following}")
        start = int(following)


def many(node, number):
    """Each client registers its part of them, in lists."""
    node.send("PUT", "/metadata/workflow", [definition("first")])
    pages_of(node, "/metadata/workflow/names")
    before = node.memory()

    def register(client):
        mine = range(client, number, CLIENTS)
        for at in range(0, len(mine), AT_ONCE):
            part = [definition(f"def_{i:05}") for i in mine[at:at + AT_ONCE]]
            status, _, answer = node.send("PUT", "/metadata/workflow", part)
            check(status == 200 and not answer["bulkErrorResults"],
                  f"{status} {answer}")
    together(register)
    # The first snapshots and the write buffers of the store are in it, too.
    return (node.memory() - before) / number


def all_are_there(node, number):
    def both(x):
        return x["name"], x["version"]
    expected = {(f"def_{i:05}", 1) for i in range(number)}
    for path, name in (("/metadata/workflow", both),
                       ("/metadata/workflow/latest-versions", both),
                       ("/metadata/workflow/names", lambda x: (x, 1))):
        names = [name(x) for x in pages_of(node, path)]
        check(names == sorted(names), f"{path} is not in order")
        check(len(set(names)) == len(names), f"{path} has one twice")
        check(expected <= set(names),
              f"{path} lacks {sorted(expected - set(names))[:3]}")


def one_wins(node):
    """Of those who create the same, one is told that it did."""
    for turn in range(20):
        won = []

        def create(client):
            status, _, _ = node.send(
                "POST", "/metadata/workflow",
                definition(f"race_{turn}", description=str(client)))
            check(status in (200, 409), f"created: {status}")
            if status == 200:
                won.append(client)
        together(create)
        check(len(won) == 1, f"race {turn} was won by {won}")
        _, _, kept = node.send("GET", f"/metadata/workflow/race_{turn}")
        check(kept["description"] == str(won[0]), f"race {turn}: {kept}")


TAGS = 10


def no_tag_is_lost(node):
    """All change the same definition; everybody's change is in the end."""
    def tag(client):
        for i in range(TAGS):
            status, _, _ = node.send(
                "POST", "/metadata/workflow/first/tags",
                {"key": f"k{client}.{i}", "value": "v"})
            check(status == 200, f"tagged: {status}")
            status, _, _ = node.send(
                "PUT", "/metadata/workflow",
                [definition(f"own_{client}", version=i + 1)])
            check(status == 200, f"a version: {status}")
    together(tag)


def changes_are_there(node):
    _, _, tags = node.send("GET", "/metadata/workflow/first/tags")
    check({x["key"] for x in tags} == {f"k{c}.{i}" for c in range(CLIENTS)
                                       for i in range(TAGS)},
          f"tags were lost: there are {len(tags)}")
    _, _, all_versions = node.send("GET",
                                   "/metadata/workflow/names-and-versions")
    for client in range(CLIENTS):
        versions = [x["version"] for x in all_versions[f"own_{client}"]]
        check(versions == list(range(1, TAGS + 1)), f"versions: {versions}")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("tuttid")
    options.add_argument("--definitions", type=int, default=10_000)
    options = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="tutti-definitions-") as folder:
        node = Node(options.tuttid, folder)
        try:
            each = many(node, options.definitions)
            print(f"{options.definitions} definitions: {each:.0f} bytes of "
                  "memory each, when they were registered")
            all_are_there(node, options.definitions)
            one_wins(node)
            no_tag_is_lost(node)
            changes_are_there(node)
            node.kill()
            node.start()
            empty = each_when_loaded(options.tuttid, node,
                                     options.definitions)
            print(f"{empty:.0f} bytes each after a start")
            all_are_there(node, options.definitions)
            changes_are_there(node)
            check(max(each, empty) < BYTES_MAX,
                  f"a definition costs {max(each, empty):.0f} bytes")
        finally:
            node.kill()
    return 0


def each_when_loaded(tuttid, node, number):
    """Against a node without definitions."""
    with tempfile.TemporaryDirectory(prefix="tutti-definitions-") as folder:
        other = Node(tuttid, folder)
        try:
            return (node.memory() - other.memory()) / number
        finally:
            other.kill()


if __name__ == "__main__":
    sys.exit(main())
