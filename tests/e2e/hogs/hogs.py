"""Hostile loads, one a class. As a program, `hogs.py NAME PORT`: goes on until
its standard input is closed, survives that the node dies and comes back, and
prints one JSON line: what the node has acknowledged to it, and how it
answered.
"""

import collections
import http.client
import http.server
import json
import socket
import sys
import threading

from client import Client, Refused, define, simple, workflow

MB = 1 << 20
KB = 1 << 10


class Hog:
    """`run` does one round of harm; it is repeated by several threads."""

    threads = 2

    def __init__(self, client):
        self.client = client
        self.stop = threading.Event()
        self.lock = threading.Lock()
        self.started = []
        self.answers = collections.Counter()
        self.others = []  # connections to be kept

    def ask(self, method, path, body=None):
        try:
            out = self.client.ask(method, path, body)
        except Refused as no:
            self.note(str(no.status))
            raise
        self.note("2xx")
        return out

    def tell(self, method, path, body=None):
        """Whatever the answer is; its text in bytes."""
        status, text = self.client.raw(method, path, body)
        self.note(str(status))
        return status, text

    def note(self, what):
        with self.lock:
            self.answers[what] += 1

    def start(self, name, data=None):
        out = self.ask("POST", "/workflow", {"name": name,
                                             "input": data or {}})
        with self.lock:
            self.started.append(out)
        return out

    def prepare(self):
        pass

    def go_on(self):
        while not self.stop.is_set():
            try:
                self.run()
            except OSError:
                self.stop.wait(0.05)

    def main(self):
        self.prepare()
        print("ready", flush=True)
        threads = [threading.Thread(target=self.go_on, daemon=True)
                   for _ in range(self.threads)]
        for thread in threads:
            thread.start()
        sys.stdin.read()
        self.stop.set()
        for thread in threads:
            thread.join(20)
        print(json.dumps({"started": self.started, "answers": self.answers}))


class LargeOutputs(Hog):
    """A1: a fork of 72 workers, each answers 15 MB."""

    def prepare(self):
        steps = [simple("big_output", f"b{i}") for i in range(72)]
        define(self.client, workflow("hog_outputs", [
            {"name": "f", "taskReferenceName": "f", "type": "FORK_JOIN",
             "forkTasks": [[step] for step in steps]},
            {"name": "j", "taskReferenceName": "j", "type": "JOIN",
             "joinOn": [step["taskReferenceName"] for step in steps]}]),
            ["big_output"])
        self.output = '{"x":"' + "x" * (15 * MB) + '"}'

    def run(self):
        self.start("hog_outputs")
        for _ in range(72):
            task = self.ask("GET", "/tasks/poll/big_output?workerid=hog")
            if not task or self.stop.is_set():
                return
            self.tell("POST", "/tasks", (
                '{"workflowInstanceId":"%s","taskId":"%s",'
                '"status":"COMPLETED","outputData":%s}' % (
                    task["workflowInstanceId"], task["taskId"], self.output)))


class CopiedInputs(Hog):
    """A2: 125 copies of a 9 MB input in one decision; a full inbox."""

    def prepare(self):
        copies = {f"k{i}": "${workflow.input}" for i in range(25)}
        steps = [simple("copied", f"c{i}", inputParameters=copies)
                 for i in range(5)]
        wait = {"name": "w", "taskReferenceName": "w", "type": "WAIT",
                "inputParameters": {"duration": "1 seconds"}}
        define(self.client, workflow("hog_copies", [
            wait,
            {"name": "f", "taskReferenceName": "f", "type": "FORK_JOIN",
             "forkTasks": [[step] for step in steps]},
            {"name": "j", "taskReferenceName": "j", "type": "JOIN",
             "joinOn": [step["taskReferenceName"] for step in steps]}]),
            ["copied"])
        define(self.client, workflow("hog_inbox", [
            {"name": "h", "taskReferenceName": "h", "type": "HUMAN"}]))
        self.input = {"x": "x" * (9 * MB)}
        self.message = '{"x":"' + "x" * (15 * MB) + '"}'

    def run(self):
        self.start("hog_copies", self.input)
        target = self.start("hog_inbox")
        for _ in range(63):
            if self.stop.is_set():
                return
            self.tell("POST", f"/workflow/{target}/messages", self.message)


class EndlessGrowth(Hog):
    """A3: a loop without end, executions that beget two, dry runs of both."""

    def prepare(self):
        self.loop = workflow("hog_loop", [
            {"name": "d", "taskReferenceName": "d", "type": "DO_WHILE",
             "loopCondition": "true", "loopOver": [
                 {"name": "n", "taskReferenceName": "n", "type": "NOOP",
                  "inputParameters": {"x": "${workflow.input.x}"}}]}])
        twice = [{"name": f"s{i}", "taskReferenceName": f"s{i}",
                  "type": "SUB_WORKFLOW",
                  "inputParameters": {"x": "${workflow.input.x}"},
                  "subWorkflowParam": {"name": "hog_twice", "version": 1}}
                 for i in range(2)]
        self.twice = workflow("hog_twice", [
            {"name": "f", "taskReferenceName": "f", "type": "FORK_JOIN",
             "forkTasks": [[twice[0]], [twice[1]]]},
            {"name": "j", "taskReferenceName": "j", "type": "JOIN",
             "joinOn": ["s0", "s1"]}])
        define(self.client, self.loop)
        define(self.client, self.twice)

    def run(self):
        self.start("hog_loop", {"x": "x" * (2 * MB)})
        self.start("hog_twice", {"x": "x" * (200 * KB)})
        for what in (self.loop, self.twice):
            if not self.stop.is_set():
                self.tell("POST", "/workflow/test", {
                    "name": what["name"], "version": 1, "workflowDef": what,
                    "input": {"x": "x" * (200 * KB)}})


class ManyQueues(Hog):
    """A4: one start makes 10,000 branches of 10,000 task types."""

    threads = 1

    def prepare(self):
        define(self.client, workflow("hog_queues", [
            {"name": "f", "taskReferenceName": "f",
             "type": "FORK_JOIN_DYNAMIC", "dynamicForkTasksParam": "tasks",
             "dynamicForkTasksInputParamName": "inputs",
             "inputParameters": {"tasks": "${workflow.input.tasks}",
                                 "inputs": "${workflow.input.inputs}"}},
            {"name": "j", "taskReferenceName": "j", "type": "JOIN"}]))
        self.number = 0

    def run(self):
        self.number += 1
        tasks = [simple(f"hog_q{self.number}_{i}", f"b{i}")
                 for i in range(10_000)]
        self.start("hog_queues", {
            "tasks": tasks, "inputs": {f"b{i}": {} for i in range(10_000)}})


class UnknownReferences(Hog):
    """A5: a small definition with hundreds of references that are unknown."""

    def prepare(self):
        text = " ".join(f"${{nobody{i}.output.x}}" for i in range(600))
        self.definition = workflow("hog_unknown", [
            simple("u", inputParameters={"x": text})])

    def run(self):
        self.tell("POST", "/metadata/workflow", self.definition)


class LargeDefinition(Hog):
    """A6: a valid definition of 2.5 MB with 20,000 references."""

    def prepare(self):
        steps = []
        for i in range(1000):
            steps.append(simple("l", f"l{i}", inputParameters={
                f"p{k}": "${l%d.output.%s}" % (i - 1, "v" * 100)
                for k in range(20)} if i else {}))
        self.definition = json.dumps([workflow("hog_large", steps)])

    def run(self):
        self.tell("PUT", "/metadata/workflow", self.definition)


class LongDecisions(Hog):
    """A7: long expressions and schema checks, large reads, self-starters."""

    threads = 4

    def prepare(self):
        define(self.client, workflow("hog_paths", [
            simple("p", inputParameters={
                f"k{i}": "${workflow.input.list[?(@.v > %d)].v}" % (100_000 + i)
                for i in range(50)})]), ["p"])
        self.list = json.dumps({"name": "hog_paths", "input": {
            "list": [{"v": i} for i in range(100_000)]}})
        define(self.client, workflow("hog_rows", [
            {"name": "d", "taskReferenceName": "d", "type": "DO_WHILE",
             "loopCondition": "$.d['iteration'] < 20000", "loopOver": [
                 {"name": "n", "taskReferenceName": f"n{i}", "type": "NOOP"}
                 for i in range(3)]}]))
        define(self.client, workflow("hog_pair", [
            {"name": f"s{i}", "taskReferenceName": f"s{i}",
             "type": "START_WORKFLOW", "inputParameters": {
                 "startWorkflow": {"name": "hog_pair", "version": 1}}}
            for i in range(2)]))
        self.rows = self.start("hog_rows")
        self.number = 0

    def run(self):
        with self.lock:
            self.number += 1
            number = self.number
        if number % 20 == 1:
            self.start("hog_pair")
        elif number % 4 == 2:
            self.tell("POST", "/workflow", self.list)
        else:
            self.tell("GET", f"/workflow/{self.rows}?includeTasks=true")


class UnfinishedBodies(Hog):
    """A8: 150 connections that send 15 of 16 MB each, and stop."""

    threads = 1

    def run(self):
        head = (b"POST /api/workflow HTTP/1.1\r\nHost: localhost\r\n"
                b"Content-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n" % (16 * MB))
        body = b'{"x":"' + b"x" * (15 * MB)
        for _ in range(150):
            if self.stop.is_set():
                return
            try:
                s = socket.create_connection(
                    ("127.0.0.1", self.client.port), timeout=5)
                self.others.append(s)
                s.sendall(head + body)
                self.note("sent")
            except OSError:
                self.note("cut off")
        self.stop.wait(2)
        for s in self.others:
            s.close()
        self.others.clear()


class LargeAnswers(Hog):
    """A9: logs of tasks that never were, 300 MB of logs, polls of 512 MB."""

    def prepare(self):
        define(self.client, workflow("hog_logs", [simple("hog_logged")]),
               ["hog_logged"])
        define(self.client, workflow("hog_polled", [
            simple("hog_large_input",
                   inputParameters={"x": "${workflow.input.x}"})]),
            ["hog_large_input"])
        self.start("hog_logs")
        self.task = None
        self.line = json.dumps("l" * (1 * MB))
        self.input = json.dumps({"name": "hog_polled",
                                 "input": {"x": "x" * (8 * MB)}})

    def run(self):
        if self.task is None:
            task = self.ask("GET", "/tasks/poll/hog_logged?workerid=hog")
            if not task:
                return
            self.task = task["taskId"]
        for i in range(20):
            if self.stop.is_set():
                return
            self.tell("POST", f"/tasks/never-{i}/log", '"x"')
            self.tell("POST", f"/tasks/{self.task}/log", self.line)
        self.tell("GET", f"/tasks/{self.task}/log")
        for _ in range(8):
            self.tell("POST", "/workflow", self.input)
        self.tell("GET", "/tasks/poll/batch/hog_large_input"
                         "?workerid=hog&count=64&timeout=100")


class LightTexts(Hog):
    """few bytes of text, much memory: lists of lists, read by expressions."""

    threads = 6

    def prepare(self):
        nodes = [
            {"name": "w", "taskReferenceName": "w", "type": "WAIT",
             "inputParameters": {"duration": "1 seconds"}},
            {"name": "n", "taskReferenceName": "n", "type": "NOOP",
             "inputParameters": {"x": "${workflow.input..*}"}}]
        self.definition = workflow("hog_trees", nodes)
        define(self.client, self.definition)
        # Below the bound of one document, near it, far above.
        self.inputs = ['{"x":[' + ",".join(["[]"] * n) + "]}"
                       for n in (300_000, 750_000, 3_400_000)]
        self.number = 0

    def run(self):
        with self.lock:
            self.number += 1
            number = self.number
        data = self.inputs[number % 3]
        if number % 2:
            status, text = self.tell(
                "POST", "/workflow",
                '{"name":"hog_trees","input":%s}' % data)
            if status == 200:
                with self.lock:
                    self.started.append(text.decode())
        else:
            self.tell("POST", "/workflow/test",
                      '{"name":"hog_trees","version":1,"workflowDef":%s,'
                      '"input":%s}' % (json.dumps(self.definition), data))


class WokenAtOnce(Hog):
    """10 sleeping executions of 40 MB, woken at once by everything."""

    threads = 10

    def prepare(self):
        steps = [simple("hog_kept", f"k{i}") for i in range(6)]
        define(self.client, workflow("hog_sleepers", steps), ["hog_kept"])
        self.output = '{"x":"' + "x" * (8 * MB) + '"}'
        self.sleepers = []
        while len(self.sleepers) < 10:
            name = self.insist(lambda: self.start(
                "hog_sleepers", {"x": "x" * (8 * MB)}))
            for i in range(4):
                self.insist(lambda: self.ask(
                    "POST", f"/tasks/{name}/k{i}/COMPLETED", self.output))
            self.sleepers.append(name)
        self.number = 0

    def insist(self, what):
        """Whoever is answered 429, or cut off, tries again."""
        while True:
            try:
                return what()
            except Refused as no:
                if no.status not in (429, 500, 503):
                    return None  # done before, the answer was lost
                self.stop.wait(0.2)
            except OSError:
                self.stop.wait(0.2)

    def run(self):
        with self.lock:
            self.number += 1
            number = self.number
        name = self.sleepers[number % 10]
        if number % 30 < 10:
            self.tell("GET", f"/workflow/{name}/status")
        elif number % 30 < 20:
            self.tell("POST", f"/workflow/{name}/messages", '{"a":1}')
        else:
            self.tell("PUT", f"/workflow/{name}/pause")
        if number % 120 == 0:
            self.stop.wait(1.5)  # they fall asleep again


class LargeResponses(Hog):
    """100 HTTP tasks that are answered 9.9 MB each at once."""

    threads = 2

    def prepare(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Large)
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()
        uri = f"http://127.0.0.1:{self.server.server_address[1]}/"
        step = {"name": "h", "taskReferenceName": "h", "type": "HTTP",
                "inputParameters": {"http_request": {
                    "uri": uri, "method": "GET"}}}
        define(self.client, workflow("hog_responses", [step]))

    def run(self):
        for _ in range(50):
            if self.stop.is_set():
                return
            self.start("hog_responses")
        self.stop.wait(0.5)


class Large(http.server.BaseHTTPRequestHandler):
    """All ask at once; each is answered text or a list of small values."""

    BODIES = [b'"' + b"x" * (99 * MB // 10) + b'"',
              b"[1" + b",1" * (99 * MB // 20) + b"]"]
    number = 0

    def do_GET(self):
        Large.number += 1
        body = self.BODIES[Large.number % 2]
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass

    def log_message(self, *_):
        pass


class ManyDefinitions(Hog):
    """definitions without end, and their lists."""

    threads = 3

    def prepare(self):
        self.number = 0

    def run(self):
        with self.lock:
            self.number += 1
            number = self.number
        if number % 10 == 9:
            self.tell("GET", "/metadata/taskdefs")
            self.tell("GET", "/metadata/workflow")
        elif number % 2:
            steps = [simple("d", f"d{i}", inputParameters={"x": "y" * 200})
                     for i in range(2_000)]
            self.tell("POST", "/metadata/workflow",
                      workflow(f"hog_def_{number}", steps))
        else:
            self.tell("POST", "/metadata/taskdefs", [
                {"name": f"hog_task_{number}_{i}", "retryCount": 0,
                 "ownerEmail": "a@b.example", "description": "d" * 2_000}
                for i in range(500)])


class InventedNames(Hog):
    """polls of task types, domains and workers that never were."""

    threads = 4

    def prepare(self):
        self.number = 0

    def run(self):
        with self.lock:
            self.number += 1
            number = self.number
        name = "n" * 900 + str(number)
        self.tell("GET", f"/tasks/poll/{name}?workerid={name}&domain={name}")
        if number % 500 == 0:
            self.tell("GET", "/tasks/queue/polldata/all")
            self.metrics()

    def metrics(self):
        c = http.client.HTTPConnection("127.0.0.1", self.client.port,
                                       timeout=60)
        try:
            c.request("GET", "/metrics")
            self.note(f"metrics {c.getresponse().status}")
        finally:
            c.close()


HOGS = {"A1": LargeOutputs, "A2": CopiedInputs, "A3": EndlessGrowth,
        "A4": ManyQueues, "A5": UnknownReferences, "A6": LargeDefinition,
        "A7": LongDecisions, "A8": UnfinishedBodies, "A9": LargeAnswers,
        "trees": LightTexts, "waking": WokenAtOnce,
        "responses": LargeResponses, "definitions": ManyDefinitions,
        "names": InventedNames}


if __name__ == "__main__":
    HOGS[sys.argv[1]](Client(int(sys.argv[2]))).main()
