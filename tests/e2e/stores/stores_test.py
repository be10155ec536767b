#!/usr/bin/env python3
"""Stores that earlier versions left open in the version at hand.

  stores_test.py TUTTID [ARCHIVE...]

For every archive: the node on a copy answers what the node of then answered,
keeps its promises (keys, caches, leases), and every execution goes on to its
end. make_store.py tells how an archive is made.
"""

import json
import pathlib
import sys
import tarfile
import tempfile

import definitions
from node import Node, in_time
from record import record

HERE = pathlib.Path(__file__).resolve().parent
TERMINAL = {"COMPLETED", "FAILED", "TERMINATED", "TIMED_OUT"}
# What happened to them stays as it is.
STAY = {"terminated": "TERMINATED", "archived": "COMPLETED",
        "first of its key": "COMPLETED", "completed": "COMPLETED"}
# What goes on by itself when a node starts: a timer that has become due, a
# call whose node is gone.
BY_THEMSELVES = {"timer", "call"}
THEIR_QUEUES = {"timer:t3", "HTTP"}


class Store:
    """One store of an archive, open, and what was recorded about it."""

    def __init__(self, tuttid, folder, name):
        told = json.loads((folder / f"{name}.json").read_text())
        self.name, self.named = name, told["named"]
        self.answers = told["answers"]
        self.node = Node(tuttid, folder, folder / name)

    def check(self, holds, what):
        if not holds:
            raise AssertionError(f"{self.name}: {what}")

    def execution(self, label):
        return self.node.execution(self.named[label])

    def status(self, label):
        return self.execution(label)["status"]


def difference(path, was, now):
    """Where two documents differ, for a reader."""
    if isinstance(was, dict) and isinstance(now, dict):
        for key in sorted(was.keys() | now.keys()):
            if was.get(key) != now.get(key) or (key in was) != (key in now):
                return difference(f"{path}/{key}", was.get(key), now.get(key))
    if isinstance(was, list) and isinstance(now, list) \
            and len(was) == len(now):
        for at, (one, other) in enumerate(zip(was, now)):
            if one != other:
                return difference(f"{path}/{at}", one, other)
    return f"{path}: was {was!r:.300}, is {now!r:.300}"


def comparable(path, answer, moving):
    """Without what is said of the executions and tasks named `moving`."""
    def of_them(one):
        text = json.dumps(one)
        return any(name in text for name in moving)

    if of_them(path):
        return None
    if path.startswith("/tasks/queue/") and answer is not None:
        return {queue: size for queue, size in answer.items()
                if queue not in THEIR_QUEUES}
    if path.startswith("/tutti/queues"):
        answer = [row for row in answer if row["queue"] not in THEIR_QUEUES]
    if isinstance(answer, list):
        return [one for one in answer if not of_them(one)]
    return answer


def answers_as_before(store):
    """Equal answers, but of the executions that go on by themselves."""
    moving = [store.named[label] for label in BY_THEMSELVES]
    moving += [task["taskId"] for label in moving for task in
               store.answers[f"/workflow/{label}?includeTasks=true"]["tasks"]]
    now = record(store.node, store.named.values())
    wrong = []
    for path, answer in store.answers.items():
        was = comparable(path, answer, moving)
        is_now = comparable(path, now.get(path), moving)
        if was != is_now:
            wrong.append(difference(path, was, is_now))
    store.check(not wrong, f"{len(wrong)} answers of {len(store.answers)} "
                "differ:\n" + "\n".join(wrong[:10]))


def promises_are_kept(store):
    node = store.node
    key = {"idempotencyKey": "the key"}
    status, text = node.raw("POST", "/api/workflow",
                            {"name": "keyed", "idempotencyStrategy":
                             "FAIL_ON_RUNNING", **key})
    store.check(status == 409, f"a key in use was answered {status} {text}")
    same = node.start("keyed", idempotencyStrategy="RETURN_EXISTING", **key)
    store.check(same == store.named["second of its key"],
                "a key leads to another execution")
    again = node.start("cached", input={"k": "key"})
    in_time(lambda: node.execution(again)["status"] == "COMPLETED",
            "the cached output ends it")
    row = node.execution(again)["tasks"][0]
    store.check(row["outputData"] == {"cached": 1}, f"cached: {row}")
    store.check(not node.poll("one_at_a_time"),
                "the held lease no longer counts for the limit")
    status, text = node.raw("POST", "/api/workflow",
                            {"name": "checked", "input": {"n": "text"}})
    store.check(status == 400, f"the schema of then: {status} {text}")
    for queue in ("event:news", "event:changed"):
        path = f"/tutti/event-queues/{queue}/messages"
        message, = node.get(path)
        node.ask("DELETE", f"{path}/{message['id']}")
        store.check(node.get(path) == [], f"{queue} is not empty")


def finish_open_rows(node, one):
    """Ends what workers hold and what waits to be told; how many."""
    ended = 0
    for row in one["tasks"]:
        held = row["status"] == "IN_PROGRESS" and (
            row["taskType"] in ("HUMAN", "WAIT")
            or row["taskType"] == row["taskDefName"] and row.get("workerId"))
        if held and row["taskType"] not in ("HTTP",):
            node.update(row, output={"made": "held", "go": "on"})
            ended += 1
    return ended


def poll_everything(node):
    """Works on whatever is in a queue; how many tasks."""
    worked = 0
    for queue, size in node.get("/tasks/queue/all").items():
        domain, _, kind = queue.rpartition(":")
        if size and not queue.startswith("event:"):
            while task := node.poll(kind, domain or None):
                node.update(task, output={"made": kind, "go": "on"})
                worked += 1
    return worked


def all_goes_on(store):
    """Until every execution has ended."""
    node = store.node
    for label in store.named:
        if store.status(label) in ("FAILED", "TIMED_OUT"):
            node.ask("POST", f"/workflow/{store.named[label]}/retry")
    node.ask("PUT", f"/workflow/{store.named['paused']}/resume")
    node.ask("POST", f"/workflow/{store.named['pulls']}/messages", {"n": 9})
    # What is due after an hour, then what is due in sixty years.
    for ms in (0, 2 * definitions.SOON_S * 1000,
               2 * definitions.FAR_S * 1000 // 2 + 10_000):
        if ms:
            node.ask("POST", "/tutti/clock/advance", {"ms": ms})

        def nothing_moves():
            """Also: every open execution is one that a later time frees."""
            moved = poll_everything(node)
            running = node.get("/tutti/executions?running=true&count=10000")
            for row in running:
                moved += finish_open_rows(
                    node, node.execution(row["workflowId"]))
            return not moved

        in_time(nothing_moves, "no task is left to work on")
    for label, workflow in store.named.items():
        wanted = STAY.get(label, "COMPLETED")
        in_time(lambda: node.execution(workflow)["status"] == wanted,
                f"{label} ({workflow}) is {wanted}: "
                f"{json.dumps(node.execution(workflow))[:3000]}")
    left = node.get("/tutti/executions?running=true&count=10000")
    store.check(not left, f"these still run: {left}")
    last = store.execution("jump")["tasks"][-1]["referenceTaskName"]
    store.check(last == "t3__2", f"behind its target the jump made {last}")
    store.check(store.execution("computed")["output"]
                == {"v": [1, {"a": 2}], "next": 42}, "the output of then")


def check_archive(tuttid, archive):
    with tempfile.TemporaryDirectory(prefix="tutti-stores-") as scratch:
        folder = pathlib.Path(scratch)
        with tarfile.open(archive) as tar:
            tar.extractall(folder)
        for name in ("killed", "stopped"):
            store = Store(tuttid, folder, name)
            answers_as_before(store)
            promises_are_kept(store)
            all_goes_on(store)
            store.node.stop()
            print(f"{archive.name}, {name}: {len(store.answers)} answers "
                  f"equal, {len(store.named)} executions went on")


def main():
    tuttid = sys.argv[1]
    archives = [pathlib.Path(name) for name in sys.argv[2:]]
    archives = archives or sorted(HERE.glob("*.tar.xz"))
    if not archives:
        sys.exit("there is no archive to open")
    for archive in archives:
        check_archive(tuttid, archive)


if __name__ == "__main__":
    main()
