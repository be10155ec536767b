"""A real tuttid as a child, and the requests that the stores are made with."""

import ctypes
import http.client
import json
import pathlib
import signal
import socket
import subprocess
import time
from urllib.parse import quote

PATIENCE_S = 30
# Nothing may become due by itself between the making of a store and the day
# on which it is opened: a commit that was put off or a retention of the
# default would.
SETTINGS = ["--set", "events.message_hours_max=1000000",
            "--set", "outbound.allowed_networks=127.0.0.0/8",
            "--set", "node.test_clock=true",
            "--set", "store.shards=4"]


def in_time(holds, what):
    """What `holds` answers once that is true; another process makes it so."""
    deadline = time.monotonic() + PATIENCE_S
    while not (answer := holds()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not in {PATIENCE_S} s: {what}")
        time.sleep(0.01)
    return answer


def dies_with_us():
    """In the child: SIGKILL when the test ends."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def put_off_nothing(tuttid):
    """The setting for it, under the name that this version has for it."""
    known = subprocess.run([tuttid, "--print-config"], check=True,
                           capture_output=True, text=True).stdout
    name = ("deferred_commit_ms" if "deferred_commit_ms" in known
            else "linger_ms")
    return ["--set", f"executions.{name}=0"]


class Node:
    def __init__(self, tuttid, folder, data):
        self.log = pathlib.Path(folder, "node.log")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(
                [tuttid, "--data", data, "--port", str(self.port), *SETTINGS,
                 *put_off_nothing(tuttid)],
                stdout=log, stderr=log, preexec_fn=dies_with_us)
        self.connection = None
        in_time(self.healthy, f"{tuttid} is healthy: {self.log}")

    def healthy(self):
        if self.child.poll() is not None:
            raise AssertionError(f"tuttid ended: {self.log.read_text()}")
        try:
            return self.raw("GET", "/health")[0] == 200
        except OSError:
            return False

    def raw(self, method, path, body=None):
        """Status and text. One connection is kept."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            self.connection.request(
                method, path, None if body is None else json.dumps(body),
                {"Content-Type": "application/json"})
            answer = self.connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException) as trouble:
            self.connection = None
            raise OSError(str(trouble)) from trouble

    def ask(self, method, path, body=None):
        """The document that the node answers; anything but 2xx is wrong."""
        status, text = self.raw(method, "/api" + path, body)
        if not 200 <= status < 300:
            raise AssertionError(f"{method} {path}: {status} {text}")
        try:
            return json.loads(text)
        except ValueError:
            return text or None

    def get(self, path):
        return self.ask("GET", path)

    def start(self, name, **request):
        return self.ask("POST", "/workflow", {"name": name, **request})

    def execution(self, workflow):
        return self.get(f"/workflow/{workflow}?includeTasks=true")

    def poll(self, kind, domain=None):
        """A task, or None when none is ready now."""
        where = f"&domain={quote(domain)}" if domain else ""
        status, text = self.raw(
            "GET", f"/api/tasks/poll/{quote(kind)}?workerid=worker{where}")
        if status not in (200, 204):
            raise AssertionError(f"poll {kind}: {status} {text}")
        return json.loads(text) if status == 200 and text else None

    def take(self, kind, domain=None):
        return in_time(lambda: self.poll(kind, domain), f"a task of {kind}")

    def update(self, task, status="COMPLETED", output=None, **more):
        self.ask("POST", "/tasks", {
            "workflowInstanceId": task["workflowInstanceId"],
            "taskId": task["taskId"], "status": status,
            "workerId": "worker", "outputData": output or {}, **more})

    def kill(self):
        self.child.kill()
        self.child.wait()

    def stop(self):
        self.child.terminate()
        code = self.child.wait(PATIENCE_S)
        if code != 0:
            raise AssertionError(f"exit code {code}: {self.log.read_text()}")
