"""Three tuttid processes that are one Tutti, as children."""

import ctypes
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from urllib.parse import quote

PATIENCE_S = 60
NAMES = ("a", "b", "c")
SHARDS = ("0-5", "6-10", "11-15")
ROOT = pathlib.Path(__file__).resolve().parents[2]


def in_time(holds, what, patience=PATIENCE_S):
    """What `holds` answers once that is true; another process makes it so."""
    deadline = time.monotonic() + patience
    while not (answer := holds()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not in {patience} s: {what}")
        time.sleep(0.01)
    return answer


def dies_with_us():
    """In the child: SIGKILL when the test ends."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def free_ports(count):
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [x.getsockname()[1] for x in held]
    for x in held:
        x.close()
    return ports


class Refused(Exception):
    def __init__(self, status, text):
        super().__init__(f"{status} {text}")
        self.status, self.text = status, text


class Node:
    """A node by its REST port. Connections are kept; not for two threads."""

    def __init__(self, cluster, name, port):
        self.cluster, self.name, self.port = cluster, name, port
        self.log = pathlib.Path(cluster.folder, f"{name}.log")
        self.child = self.connection = None

    def start(self):
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(
                self.cluster.command(self), stdout=log, stderr=log,
                env=os.environ | self.cluster.environment,
                preexec_fn=dies_with_us)
        self.connection = None

    def wait(self):
        in_time(self.healthy, f"node {self.name} is healthy: {self.log}")

    def healthy(self):
        if self.child.poll() is not None:
            raise AssertionError(f"tuttid ended: {self.log.read_text()}")
        try:
            return self.raw("GET", "/health")[0] == 200
        except OSError:
            return False

    def raw(self, method, path, body=None):
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
        status, text = self.raw(method, "/api" + path, body)
        if not 200 <= status < 300:
            raise Refused(status, f"{method} {path} at {self.name}: {text}")
        try:
            return json.loads(text)
        except ValueError:
            return text or None

    def get(self, path):
        return self.ask("GET", path)

    def start_workflow(self, name, **request):
        return self.ask("POST", "/workflow", {"name": name, **request})

    def execution(self, workflow):
        return self.get(f"/workflow/{workflow}?includeTasks=true")

    def poll(self, kind, timeout_ms=None):
        """A task, or None."""
        wait = "" if timeout_ms is None else f"&timeout={timeout_ms}"
        where = "poll/batch" if timeout_ms is not None else "poll"
        count = "&count=1" if timeout_ms is not None else ""
        status, text = self.raw(
            "GET", f"/api/tasks/{where}/{quote(kind)}?workerid=w{count}{wait}")
        if status not in (200, 204):
            raise Refused(status, f"poll {kind} at {self.name}: {text}")
        got = json.loads(text) if status == 200 and text else None
        if isinstance(got, list):
            return got[0] if got else None
        return got

    def take(self, kind):
        return in_time(lambda: self.poll(kind), f"a task of {kind}")

    def update(self, task, status="COMPLETED", output=None):
        self.ask("POST", "/tasks", {
            "workflowInstanceId": task["workflowInstanceId"],
            "taskId": task["taskId"], "status": status, "workerId": "w",
            "outputData": output or {}})

    def metric(self, name, **labels):
        """The sum of the samples that have these labels."""
        total = 0
        for line in self.raw("GET", "/metrics")[1].splitlines():
            if line.startswith((name + "{", name + " ")) and all(
                    f'{key}="{value}"' in line for key, value in labels.items()):
                total += float(line.rsplit(" ", 1)[1])
        return total

    def kill(self):
        self.child.kill()
        self.child.wait()

    def stop(self):
        self.child.terminate()
        code = self.child.wait(PATIENCE_S)
        if code != 0:
            raise AssertionError(f"exit code {code}: {self.log.read_text()}")


class Cluster:
    def __init__(self, tuttid, *settings, environment=None):
        self.tuttid, self.settings = tuttid, settings
        self.environment = environment or {}
        self.folder = tempfile.mkdtemp(prefix="tutti-cluster-")
        subprocess.run([ROOT / "tools" / "cluster", "certificates",
                        f"{self.folder}/certificates", "test", *NAMES],
                       check=True)
        ports = free_ports(6)
        self.peers = ", ".join(
            f"{name}=127.0.0.1:{port}/{shards}"
            for name, port, shards in zip(NAMES, ports[3:], SHARDS))
        self.nodes = [Node(self, name, port)
                      for name, port in zip(NAMES, ports[:3])]
        self.dice = random.Random(1)

    def command(self, node):
        files = f"{self.folder}/certificates"
        return [self.tuttid, "--data", f"{self.folder}/{node.name}",
                "--port", str(node.port),
                "--set", f"cluster.node={node.name}",
                "--set", "cluster.id=test",
                "--set", f"cluster.peers={self.peers}",
                "--set", f"cluster.ca_file={files}/ca.pem",
                "--set", f"cluster.certificate_file={files}/{node.name}.pem",
                "--set", f"cluster.key_file={files}/{node.name}.key",
                *self.settings]

    def __enter__(self):
        for node in self.nodes:
            node.start()
        for node in self.nodes:
            node.wait()
        self.connected()
        return self

    def connected(self):
        for node in self.nodes:
            in_time(lambda: self.sees_all(node), f"{node.name} sees all nodes")

    def sees_all(self, node):
        status = node.get("/tutti/cluster")
        return all(x["self"] or x["connected"] for x in status["nodes"])

    def any(self):
        return self.dice.choice(self.nodes)

    def owner(self, workflow):
        """The node that has the execution, by the ids' hash (ids.cpp)."""
        value = 14695981039346656037
        for byte in workflow[:23].encode():
            value = (value ^ byte) * 1099511628211 % 2**64
        shard = (value ^ value >> 32) % 16
        for node, text in zip(self.nodes, SHARDS):
            first, last = map(int, text.split("-"))
            if first <= shard <= last:
                return node
        raise AssertionError(f"no node has shard {shard}")

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                for node in self.nodes:
                    if node.child.poll() is None:
                        node.stop()
        finally:
            for node in self.nodes:
                if node.child and node.child.poll() is None:
                    node.kill()
            if kind is None:
                shutil.rmtree(self.folder)
            else:
                print(f"the logs are in {self.folder}")
