"""A node of its own, and plain requests to it."""

import http.client
import json
import os
import pathlib
import re
import subprocess
import tempfile

PATIENCE_S = 60


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.body = status, body
        self.headers = {k.lower(): v for k, v in headers}

    def text(self):
        return self.body.decode("utf-8", "replace")

    def type(self):
        return self.headers.get("content-type", "")

    def json(self):
        return json.loads(self.body)


class Node:
    """with Node(tuttid) as node: node.send("GET", "/health")"""

    def __init__(self, tuttid, *settings, environment=None):
        self._environment = {**os.environ, **(environment or {})}
        self._command = [tuttid, "--port", "0"]
        for setting in settings:
            self._command += ["--set", setting]

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tutti-endpoints-")
        log = pathlib.Path(self.folder.name, "log")
        with open(log, "w") as out:
            self._process = subprocess.Popen(
                [*self._command, "--data",
                 str(pathlib.Path(self.folder.name, "data"))],
                stdout=subprocess.PIPE, stderr=out, text=True,
                env=self._environment)
        ready = self._process.stdout.readline()
        found = re.search(r"ready on http://([^:/]+):(\d+)", ready)
        if not found:
            raise RuntimeError("the node did not start:\n" + log.read_text())
        self._address = found[1], int(found[2])
        self._connection = None
        return self

    def send(self, method, target, body=None, headers=()):
        """One request. `body`: bytes. One connection is kept."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                *self._address, timeout=PATIENCE_S)
            self._connection.connect()
        c = self._connection
        try:
            c.putrequest(method, target, skip_accept_encoding=True)
            for name, value in headers:
                c.putheader(name, value)
            if body is not None:
                c.putheader("Content-Length", str(len(body)))
            c.endheaders(body)
            answer = c.getresponse()
            got = Answer(answer.status, answer.getheaders(), answer.read())
            if answer.will_close:
                self._forget()
            return got
        except (OSError, http.client.HTTPException):
            self._forget()
            if self._process.poll() is not None:
                raise RuntimeError(
                    f"the node ended with {self._process.returncode} after "
                    f"{method} {target}:\n" + self.log()) from None
            raise

    def _forget(self):
        if self._connection:
            self._connection.close()
        self._connection = None

    def memory(self):
        """What the process has now, in bytes."""
        status = pathlib.Path(f"/proc/{self._process.pid}/status").read_text()
        return next(int(line.split()[1]) << 10
                    for line in status.splitlines()
                    if line.startswith("VmRSS"))

    def log(self):
        return pathlib.Path(self.folder.name, "log").read_text()[-3000:]

    def __exit__(self, *_):
        self._forget()
        self._process.terminate()
        self._process.communicate(timeout=PATIENCE_S)
        self.folder.cleanup()
