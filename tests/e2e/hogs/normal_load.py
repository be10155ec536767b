"""The load of a well-behaved user: 50 workflows a second, each of one step.

As a program, `normal_load.py PORT`: runs until its standard input is closed,
then waits for what is open and prints one JSON line: the time of each
workflow from its start to the acknowledgement of its result, with what was
acknowledged. Starts follow a clock, not the answers: a node that is slow does
not get fewer of them.
"""

import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from client import Client, define, simple, workflow

RATE = 50
NAME = "normal_one_step"
STEP = "normal_step"
DRAIN_S = 90


class NormalLoad:
    def __init__(self, port):
        self.client = Client(port)
        self.lock = threading.Lock()
        self.begun = {}      # token: when its start was sent
        self.started = {}    # workflow id: token; acknowledged
        self.finished = {}   # token: when its result was acknowledged
        self.done = threading.Event()

    def start(self, token):
        """Repeated until it is acknowledged; the key makes that harmless."""
        with self.lock:
            self.begun[token] = time.time()
        while not self.done.is_set():
            try:
                name = self.client.ask("POST", "/workflow", {
                    "name": NAME, "input": {"token": token},
                    "idempotencyKey": token,
                    "idempotencyStrategy": "RETURN_EXISTING"})
                with self.lock:
                    self.started[name] = token
                return
            except OSError:
                self.done.wait(0.05)

    def work(self):
        while not self.done.is_set():
            try:
                for task in self.client.ask(
                        "GET", f"/tasks/poll/batch/{STEP}?workerid=normal"
                               "&count=8&timeout=500"):
                    self.finish(task)
            except OSError:
                self.done.wait(0.05)

    def finish(self, task):
        token = task["inputData"]["token"]
        while not self.done.is_set():
            try:
                self.client.ask("POST", "/tasks", {
                    "workflowInstanceId": task["workflowInstanceId"],
                    "taskId": task["taskId"], "status": "COMPLETED",
                    "outputData": {"token": token}})
                with self.lock:
                    self.finished.setdefault(token, time.time())
                return
            except OSError:
                self.done.wait(0.05)

    def run(self, told_to_stop):
        workers = [threading.Thread(target=self.work) for _ in range(6)]
        for worker in workers:
            worker.start()
        with ThreadPoolExecutor(200) as starters:
            begin = time.monotonic()
            number = 0
            while not told_to_stop.is_set():
                starters.submit(self.start, f"t{number}")
                number += 1
                told_to_stop.wait(max(
                    0, begin + number / RATE - time.monotonic()))
            self.drain()
            self.done.set()
        for worker in workers:
            worker.join()

    def drain(self):
        deadline = time.monotonic() + DRAIN_S
        while time.monotonic() < deadline:
            with self.lock:
                if len(self.finished) == len(self.begun):
                    return
            self.done.wait(0.05)

    def report(self):
        return {
            "times": [[self.begun[t], self.finished[t] - self.begun[t]]
                      for t in self.finished],
            "unfinished": sorted(set(self.begun) - set(self.finished)),
            "started": list(self.started)}


def main():
    load = NormalLoad(int(sys.argv[1]))
    define(load.client, workflow(NAME, [simple(
        STEP, inputParameters={"token": "${workflow.input.token}"})]), [STEP])
    told_to_stop = threading.Event()

    def wait_for_end():
        sys.stdin.read()
        told_to_stop.set()
    threading.Thread(target=wait_for_end, daemon=True).start()
    load.run(told_to_stop)
    print(json.dumps(load.report()))


if __name__ == "__main__":
    main()
